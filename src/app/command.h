/*
 * app/command.h - the sub-commands of the program
 *
 * Each file cmd/cmd_x.c holds the functions of one subject; command.c holds the
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
#define JSON_FLAG                                                  \
	{                                                          \
		"json", NULL, "print one JSON object for programs" \
	}
#define END                      \
	{                        \
		NULL, NULL, NULL \
	}

/* Returns an exit code, or -1: command_run tells the error. */
typedef int command_fn(const struct invocation *in, struct err *err);

struct command {
	const char *name;     /* "group", or "group create" */
	const char *operands; /* "FILE", "ID"; "" if none; [x] is optional */
	const char *summary;
	const char *example;
	const struct flag *flags; /* ends with name NULL; may be NULL */
	command_fn *fn;
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

#define COMMANDS_MAX 128
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
 * ERR_INVALID with the field "usage". For what fails before a command runs. */
int command_failed(const struct err *err);

/* cmd/cmd_*.c */
command_fn cmd_serve;
command_fn cmd_import;
command_fn cmd_import_list;
command_fn cmd_import_show;
command_fn cmd_import_undo;
command_fn cmd_import_refused;
command_fn cmd_import_decide;
command_fn cmd_import_answers;
command_fn cmd_import_forget;
command_fn cmd_suppression_find;
command_fn cmd_export;
command_fn cmd_people_list;
command_fn cmd_people_show;
command_fn cmd_people_opt_out;
/* Of cmd_group.c. */
extern const struct flag group_create_flags[];
extern const struct flag group_list_flags[];
extern const struct flag group_update_flags[];
extern const struct flag group_ids_flags[];
extern const struct flag group_delete_flags[];
extern const struct flag push_rows_flags[];
extern const struct flag group_members_flags[];
extern const struct flag push_flags[];
command_fn cmd_group_create;
command_fn cmd_group_list;
command_fn cmd_group_members;
command_fn cmd_group_push;
command_fn cmd_group_show;
command_fn cmd_group_update;
command_fn cmd_group_include;
command_fn cmd_group_exclude;
command_fn cmd_group_refresh;
command_fn cmd_group_delete;
command_fn cmd_group_pushes;
command_fn cmd_push_rows;
command_fn cmd_image_add;
command_fn cmd_image_list;
command_fn cmd_image_delete;
command_fn cmd_campaign_create;
command_fn cmd_campaign_design;
command_fn cmd_campaign_update;
command_fn cmd_campaign_list;
command_fn cmd_campaign_show;
command_fn cmd_campaign_schedule;
command_fn cmd_campaign_do;
command_fn cmd_campaign_delete;
command_fn cmd_campaign_watch;
command_fn cmd_campaign_check;
command_fn cmd_campaign_preview;
command_fn cmd_campaign_test;
command_fn cmd_campaign_send;
command_fn cmd_campaign_act;
command_fn cmd_campaign_report;
/* Of cmd_recipient.c. */
extern const struct flag recipients_flags[];
extern const struct flag recipients_group_flags[];
command_fn cmd_campaign_recipients;
command_fn cmd_campaign_group;
command_fn cmd_campaign_undo_cleans;
command_fn cmd_field_list;
command_fn cmd_field_set;
command_fn cmd_field_read;
command_fn cmd_template_list;
command_fn cmd_template_show;
command_fn cmd_template_create;
command_fn cmd_template_delete;
command_fn cmd_returned;
command_fn cmd_job_list;
command_fn cmd_job_watch;
command_fn cmd_job_show;
command_fn cmd_job_cancel;
command_fn cmd_job_confirm;
command_fn cmd_sync;
command_fn cmd_sync_renew_hook;
command_fn cmd_sync_audience;
command_fn cmd_outbox_list;
command_fn cmd_outbox_show;
command_fn cmd_user_create;
command_fn cmd_user_list;
command_fn cmd_user_password;
command_fn cmd_key_create;
command_fn cmd_key_list;
command_fn cmd_key_revoke;
command_fn cmd_config;
command_fn cmd_backup;
command_fn cmd_restore;
command_fn cmd_confirm_restore;
command_fn cmd_doctor;
command_fn cmd_help;

#endif
