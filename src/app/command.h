/*
 * app/command.h - the sub-commands of the program
 *
 * Each file cmd_x.c holds the functions of one subject; command.c holds the
 * table of all, from which --help, the man page and bash completion are made.
 * Exit codes: 0 done, 1 failed, 2 wrong usage. Standard output carries what
 * was asked for (with --json one JSON object), standard error the rest.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/config.h"

struct err;
struct invocation;

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* A flag of a sub-command: --name VALUE, or --name if value is NULL. */
struct flag {
	const char *name;
	const char *value; /* "FILE"; NULL: a switch */
	const char *help;
};

struct command {
	const char *name;     /* "group", or "group create" */
	const char *operands; /* "FILE", "ID"; "" if none; [x] is optional */
	const char *summary;
	const char *example;
	const struct flag *flags; /* ends with name NULL; may be NULL */
	int (*fn)(const struct invocation *in);
};

/* What was typed, checked against the command's flags and operands. */
struct invocation {
	const struct command *command;
	struct config *config;
	const char *operands[8];
	int operands_n;
	const char
		*values[16]; /* by place in command->flags; "" for switches */
	/* All of them as they came: a flag may be given more than once. */
	struct {
		int flag;
		const char *value;
	} given[64];
	int given_n;
};

extern const struct command commands[]; /* ends with name NULL */

/* The value of a flag; NULL if it was not given. */
const char *flag_value(const struct invocation *in, const char *name);
bool flag_is_set(const struct invocation *in, const char *name);
/* The values of a flag that is given more than once: NULL behind the last.
 * *at is 0 at first. */
const char *flag_next(const struct invocation *in, const char *name, int *at);

/* Finds and runs the sub-command that argv names. Returns the exit code. */
int command_run(struct config *config, int argc, char **argv);

/* "muster: " + err on standard error; returns EXIT_FAILED, or EXIT_USAGE for
 * ERR_INVALID with the field "usage". */
int command_failed(const struct err *err);

/* cmd_*.c */
int cmd_serve(const struct invocation *in);
int cmd_import(const struct invocation *in);
int cmd_import_list(const struct invocation *in);
int cmd_import_show(const struct invocation *in);
int cmd_import_undo(const struct invocation *in);
int cmd_import_refused(const struct invocation *in);
int cmd_import_decide(const struct invocation *in);
int cmd_import_answers(const struct invocation *in);
int cmd_import_forget(const struct invocation *in);
int cmd_suppression_find(const struct invocation *in);
int cmd_export(const struct invocation *in);
int cmd_group_create(const struct invocation *in);
int cmd_group_list(const struct invocation *in);
int cmd_group_members(const struct invocation *in);
int cmd_group_push(const struct invocation *in);
int cmd_campaign_create(const struct invocation *in);
int cmd_campaign_list(const struct invocation *in);
int cmd_campaign_check(const struct invocation *in);
int cmd_campaign_test(const struct invocation *in);
int cmd_campaign_send(const struct invocation *in);
int cmd_campaign_act(const struct invocation *in);
int cmd_campaign_report(const struct invocation *in);
int cmd_campaign_undo_cleans(const struct invocation *in);
int cmd_field_list(const struct invocation *in);
int cmd_field_set(const struct invocation *in);
int cmd_field_read(const struct invocation *in);
int cmd_job_list(const struct invocation *in);
int cmd_job_show(const struct invocation *in);
int cmd_job_cancel(const struct invocation *in);
int cmd_job_confirm(const struct invocation *in);
int cmd_sync(const struct invocation *in);
int cmd_sync_renew_hook(const struct invocation *in);
int cmd_sync_audience(const struct invocation *in);
int cmd_outbox_list(const struct invocation *in);
int cmd_outbox_show(const struct invocation *in);
int cmd_user_create(const struct invocation *in);
int cmd_user_list(const struct invocation *in);
int cmd_key_create(const struct invocation *in);
int cmd_key_list(const struct invocation *in);
int cmd_key_revoke(const struct invocation *in);
int cmd_config(const struct invocation *in);
int cmd_backup(const struct invocation *in);
int cmd_restore(const struct invocation *in);
int cmd_confirm_restore(const struct invocation *in);
int cmd_doctor(const struct invocation *in);
int cmd_help(const struct invocation *in);

#endif
