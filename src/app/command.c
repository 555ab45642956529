#include "app/command.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/near.h"
#include "base/str.h"
#include "base/strbuf.h"

#include <string.h>

#define JSON_FLAG                                                  \
	{                                                          \
		"json", NULL, "print one JSON object for programs" \
	}
#define END                      \
	{                        \
		NULL, NULL, NULL \
	}

static const struct flag json_only[] = { JSON_FLAG, END };

static const struct flag import_flags[] = {
	{ "entity", "NAME", "people (default), leads or companies" },
	{ "mapping", "FILE", "JSON object: column header to field" },
	{ "match", "HOW", "auto (default), id, email or key" },
	{ "delimiter", "CHAR", "instead of the detected one" },
	{ "encoding", "NAME", "instead of the detected one: windows-1252 ..." },
	{ "date-order", "ORDER", "of 1/2/1980: dmy or mdy" },
	{ "consent", "COLUMN=IS",
	  "the column is opt_out (yes: no mail), opt_in (no: no mail), status "
	  "(words: unsubscribed), reason (any text: no mail), out (who is "
	  "asked about: no mail) or ignore; repeat it" },
	{ "consent-value", "C:VALUE=SAYS",
	  "that value of column C says out, or ignore; repeat it" },
	{ "yes", NULL, "confirm an import that opts out many" },
	{ "dry-run", NULL, "say what would happen, change nothing" },
	{ "refused", "FILE", "write the refused rows as CSV" },
	JSON_FLAG,
	END,
};

static const struct flag decide_flags[] = {
	{ "opt-out", NULL, "opt out whoever has one of the addresses" },
	{ "release", NULL, "hold them no longer" },
	JSON_FLAG,
	END,
};

static const struct flag output_flags[] = {
	{ "output", "FILE", "write to a file instead of standard output" },
	END,
};

static const struct flag forget_flags[] = {
	{ "column", "NAME", "only what was said of this column" },
	JSON_FLAG,
	END,
};

static const struct flag export_flags[] = {
	{ "group", "ID", "only the members of a group" },
	{ "output", "FILE", "write to a file instead of standard output" },
	END,
};

static const struct flag group_create_flags[] = {
	{ "name", "NAME", "name of the group, and of its tag" },
	{ "kind", "KIND", "static (default) or dynamic" },
	{ "entity", "NAME", "people (default), leads or companies" },
	{ "criteria", "JSON", "conditions; @FILE reads them from a file" },
	JSON_FLAG,
	END,
};

static const struct flag group_members_flags[] = {
	{ "limit", "N", "at most so many (default 100)" },
	JSON_FLAG,
	END,
};

static const struct flag push_flags[] = {
	{ "dry-run", NULL, "only make the plan" },
	{ "yes", NULL, "confirm a push that removes many" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_create_flags[] = {
	{ "name", "NAME", "name of the campaign" },
	{ "group", "ID", "whom it goes to" },
	{ "subject", "TEXT", "subject line; merge tags are allowed" },
	{ "from-name", "NAME", "name of the sender" },
	{ "from-email", "ADDRESS", "address of the sender" },
	{ "html", "FILE", "the message; UTF-8, or it says what it is" },
	{ "text", "FILE",
	  "plain-text part (UTF-8, or with a byte order mark); made from "
	  "the HTML if left out" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_test_flags[] = {
	{ "to", "ADDRESS", "where the test goes" },
	JSON_FLAG,
	END,
};

static const struct flag campaign_send_flags[] = {
	{ "wait", NULL, "stay until it is sent" },
	{ "yes", NULL, "confirm a push that removes many" },
	JSON_FLAG,
	END,
};

static const struct flag field_read_flags[] = {
	{ "create", NULL, "create those that are mapped and missing" },
	JSON_FLAG,
	END,
};

static const struct flag outbox_list_flags[] = {
	{ "rcpt", "ADDRESS", "only to this address" },
	{ "limit", "N", "at most so many (default 50)" },
	JSON_FLAG,
	END,
};

static const struct flag undo_cleans_flags[] = {
	{ "dry-run", NULL, "only say what would be done" },
	JSON_FLAG,
	END,
};

static const struct flag job_list_flags[] = {
	{ "kind", "NAME", "only such: import, push, sync ..." },
	JSON_FLAG,
	END,
};

static const struct flag user_create_flags[] = {
	{ "email", "ADDRESS", "address to sign in with" },
	{ "name", "NAME", "name of the person" },
	{ "role", "ROLE", "administrator, manager or user" },
	{ "may-send", NULL, "may send campaigns" },
	JSON_FLAG,
	END,
};

static const struct flag key_create_flags[] = {
	{ "name", "NAME", "what it is for" },
	{ "role", "ROLE", "administrator, manager or user" },
	{ "may-send", NULL, "may send campaigns" },
	JSON_FLAG,
	END,
};

static const struct flag config_flags[] = {
	{ "print", NULL, "every option, its value and where it came from" },
	{ "describe", NULL, "every option with its names and meaning" },
	END,
};

static const struct flag restore_flags[] = {
	{ "yes", NULL, "replace the data that is there" },
	{ "other-data", NULL,
	  "even with a backup of another installation, one without people, or "
	  "files of several backups" },
	{ "discard-replaced", NULL,
	  "do not keep what is replaced in a folder replaced-TIME of the data "
	  "folder" },
	{ "lose-opt-outs", NULL,
	  "even if opt-outs since the backup are lost: the data cannot be read "
	  "and there is no suppression journal" },
	END,
};

const struct command commands[] = {
	{ "serve", "", "Run the server", "muster serve --listen 0.0.0.0:80",
	  NULL, cmd_serve },
	{ "import decide", "ID",
	  "Decide on addresses held for unclear opt-outs",
	  "muster import decide 7 --opt-out", decide_flags, cmd_import_decide },
	{ "import list", "", "List the imports, the latest first",
	  "muster import list", json_only, cmd_import_list },
	{ "import show", "ID", "What became of an import",
	  "muster import show 7", json_only, cmd_import_show },
	{ "import undo", "ID",
	  "Take an import back: what it made, changed and opted out",
	  "muster import undo 7", json_only, cmd_import_undo },
	{ "import refused", "ID",
	  "Write the refused rows of an import as CSV, with the reasons",
	  "muster import refused 7 --output refused.csv", output_flags,
	  cmd_import_refused },
	{ "import answers", "",
	  "What was answered for files, by their headers, and is remembered",
	  "muster import answers", json_only, cmd_import_answers },
	{ "import forget", "ANSWERS",
	  "Forget such answers: those files are asked about again",
	  "muster import forget 8f14e45f --column Newsletter", forget_flags,
	  cmd_import_forget },
	{ "import", "FILE",
	  "Import people, leads or companies from a CSV file (-: standard "
	  "input)",
	  "muster import people.csv --dry-run", import_flags, cmd_import },
	{ "export", "ENTITY", "Write people, leads or companies as CSV",
	  "muster export people --group 3 > people.csv", export_flags,
	  cmd_export },
	{ "group create", "", "Make a group",
	  "muster group create --name Spain --criteria "
	  "'{\"match\":\"all\",\"conditions\":[{\"field\":\"country\","
	  "\"op\":\"is\",\"value\":\"Spain\"}]}'",
	  group_create_flags, cmd_group_create },
	{ "group list", "", "List the groups with their sizes",
	  "muster group list", json_only, cmd_group_list },
	{ "group members", "ID", "List the people of a group",
	  "muster group members 3 --limit 10", group_members_flags,
	  cmd_group_members },
	{ "group push", "ID", "Send a group to the audience as a tag",
	  "muster group push 3 --dry-run", push_flags, cmd_group_push },
	{ "field list", "", "Which field of people goes into which merge field",
	  "muster field list", json_only, cmd_field_list },
	{ "field set", "MAP", "Say which, instead of what was said before",
	  "muster field set FNAME=first_name,LNAME=last_name,CITY=city",
	  json_only, cmd_field_set },
	{ "field read", "", "Read the merge fields of the audience",
	  "muster field read --create", field_read_flags, cmd_field_read },
	{ "campaign create", "", "Make a campaign",
	  "muster campaign create --name May --group 3 --subject Hello "
	  "--from-name Us --from-email us@example.org --html may.html",
	  campaign_create_flags, cmd_campaign_create },
	{ "campaign list", "", "List the campaigns", "muster campaign list",
	  json_only, cmd_campaign_list },
	{ "campaign check", "ID", "What is missing before it can be sent",
	  "muster campaign check 1", json_only, cmd_campaign_check },
	{ "campaign test", "ID", "Queue a test to one address",
	  "muster campaign test 1 --to me@example.org", campaign_test_flags,
	  cmd_campaign_test },
	{ "campaign send", "ID", "Send it to its group",
	  "muster campaign send 1 --wait", campaign_send_flags,
	  cmd_campaign_send },
	{ "campaign pause", "ID", "Stop sending it for now",
	  "muster campaign pause 1", json_only, cmd_campaign_act },
	{ "campaign resume", "ID", "Go on sending it",
	  "muster campaign resume 1", json_only, cmd_campaign_act },
	{ "campaign cancel", "ID", "Stop sending it: who waits is left out",
	  "muster campaign cancel 1", json_only, cmd_campaign_act },
	{ "campaign finish", "ID", "Try nobody again: then it is sent",
	  "muster campaign finish 1", json_only, cmd_campaign_act },
	{ "campaign report", "ID", "What became of it",
	  "muster campaign report 1", json_only, cmd_campaign_report },
	{ "campaign undo-cleans", "ID",
	  "Undo that its bounces made members cleaned and addresses held",
	  "muster campaign undo-cleans 1 --dry-run", undo_cleans_flags,
	  cmd_campaign_undo_cleans },
	{ "job list", "", "List the jobs, the latest first",
	  "muster job list --kind import", job_list_flags, cmd_job_list },
	{ "job show", "ID", "How far a job is, or what it asks",
	  "muster job show 12", json_only, cmd_job_show },
	{ "job confirm", "ID",
	  "Let a job go on that asked for it, and wait for its end",
	  "muster job confirm 12", json_only, cmd_job_confirm },
	{ "job cancel", "ID", "Stop a job", "muster job cancel 12", json_only,
	  cmd_job_cancel },
	{ "sync renew-hook", "",
	  "Give the webhook in the audience a new secret URL",
	  "muster sync renew-hook", json_only, cmd_sync_renew_hook },
	{ "sync audience", "LIST",
	  "Choose the master audience of an account that has several",
	  "muster sync audience 3f2a9c11d0", json_only, cmd_sync_audience },
	{ "sync", "", "Bring CRM and audience in step now", "muster sync",
	  json_only, cmd_sync },
	{ "suppression find", "ADDRESS",
	  "Say what stands against mailing an address",
	  "muster suppression find ada@example.org", json_only,
	  cmd_suppression_find },
	{ "outbox list", "", "Messages in the built-in mail catcher",
	  "muster outbox list --rcpt ann@example.org", outbox_list_flags,
	  cmd_outbox_list },
	{ "outbox show", "ID", "One message, as it was sent",
	  "muster outbox show 1", NULL, cmd_outbox_show },
	{ "user create", "",
	  "Make a user; the password is read from standard input",
	  "muster user create --email ann@example.org --name Ann --role "
	  "manager",
	  user_create_flags, cmd_user_create },
	{ "user list", "", "List the users", "muster user list", json_only,
	  cmd_user_list },
	{ "key create", "", "Make an API key and print it",
	  "muster key create --name script --role administrator",
	  key_create_flags, cmd_key_create },
	{ "key list", "", "List the API keys", "muster key list", json_only,
	  cmd_key_list },
	{ "key revoke", "ID", "End an API key at once", "muster key revoke 2",
	  NULL, cmd_key_revoke },
	{ "config", "", "Show the configuration", "muster config --print",
	  config_flags, cmd_config },
	{ "backup", "FOLDER", "Copy the embedded databases while they are used",
	  "muster backup /var/backups/muster-2026-11-24", NULL, cmd_backup },
	{ "restore", "FOLDER",
	  "Put a backup in the place of the data folder's databases",
	  "muster restore /var/backups/muster-2026-11-24 --yes", restore_flags,
	  cmd_restore },
	{ "confirm-restore", "",
	  "Let a restored database send although its journal does not fit",
	  "muster confirm-restore", json_only, cmd_confirm_restore },
	{ "doctor", "", "Check the installation and say what to do",
	  "muster doctor", json_only, cmd_doctor },
	{ "help", "[COMMAND]", "Show help; --man and --completion write files",
	  "muster help import",
	  (const struct flag[]){ { "man", NULL, "the manual page, for man(1)" },
				 { "completion", NULL, "completion for bash" },
				 END },
	  cmd_help },
	{ NULL, NULL, NULL, NULL, NULL, NULL },
};

static int flag_place(const struct command *c, struct str name)
{
	for (int i = 0; c->flags && c->flags[i].name; i++)
		if (str_is(name, c->flags[i].name))
			return i;
	return -1;
}

const char *flag_value(const struct invocation *in, const char *name)
{
	int at = flag_place(in->command, str_of(name));

	BUG_ON(at < 0);
	return in->values[at];
}

bool flag_is_set(const struct invocation *in, const char *name)
{
	return flag_value(in, name) != NULL;
}

const char *flag_next(const struct invocation *in, const char *name, int *at)
{
	int flag = flag_place(in->command, str_of(name));

	BUG_ON(flag < 0);
	while (*at < in->given_n) {
		int i = (*at)++;

		if (in->given[i].flag == flag)
			return in->given[i].value;
	}
	return NULL;
}

static int usage(struct err *err, const char *what, const char *about)
{
	return err_field(err, "usage", "%s: %s", what, about);
}

/* What is called ID or N is a number; path and text are not looked at. */
static int check_number(const char *name, const char *given, const char *what,
			struct err *err)
{
	int64_t n;

	if ((strcmp(name, "ID") != 0 && strcmp(name, "N") != 0) ||
	    (text_to_int(given, &n) && n > 0))
		return 0;
	return usage(err, what, "must be a number");
}

static int no_such_option(const struct command *c, struct str name,
			  const char *given, struct err *err)
{
	const char *names[ARRAY_SIZE(((struct invocation *)0)->values) + 1];
	char text[64], about[128];
	const char *near;
	size_t n = 0;

	for (; c->flags && c->flags[n].name; n++)
		names[n] = c->flags[n].name;
	names[n] = NULL;
	(void)snprintf(text, sizeof(text), "%.*s", (int)name.len, name.s);
	near = near_name(text, names);
	(void)snprintf(about, sizeof(about), "there is no such option%s%s%s",
		       near ? "; did you mean --" : "", near ? near : "",
		       near ? "?" : "");
	return usage(err, given, about);
}

static int read_flag(struct invocation *in, int argc, char **argv, int *i,
		     struct err *err)
{
	struct str value = str_of(argv[*i] + 2);
	struct str name = str_cut(&value, '=');
	int at = flag_place(in->command, name);

	if (at < 0)
		return no_such_option(in->command, name, argv[*i], err);
	in->values[at] = value.s ? value.s : "";
	if (in->command->flags[at].value && !value.s) {
		if (*i + 1 >= argc)
			return usage(err, argv[*i], "needs a value");
		in->values[at] = argv[++*i];
	}
	if (in->command->flags[at].value &&
	    check_number(in->command->flags[at].value, in->values[at],
			 in->command->flags[at].name, err) < 0)
		return -1;
	if (in->given_n == (int)ARRAY_SIZE(in->given))
		return usage(err, argv[*i], "is one option too many");
	in->given[in->given_n].flag = at;
	in->given[in->given_n++].value = in->values[at];
	return 0;
}

static int count_operands(const char *operands, bool optional)
{
	int n = *operands ? 1 : 0;

	for (const char *p = operands; *p; p++) {
		n += *p == ' ';
		if (optional && *p == '[')
			n--;
	}
	return n;
}

/* The second word of a command of two words that begin with this one; NULL. */
static const char *second_word(const struct command *c, const char *subject)
{
	size_t len = strlen(subject);

	return strncmp(c->name, subject, len) == 0 && c->name[len] == ' '
		       ? c->name + len + 1
		       : NULL;
}

/* The first word of commands of two: `muster group`. */
static bool is_subject(const char *word)
{
	for (const struct command *c = commands; c->name; c++)
		if (second_word(c, word))
			return true;
	return false;
}

/* What was meant by the second word of `muster subject given`; NULL. */
static const char *near_second(const char *subject, const char *given)
{
	const char *names[ARRAY_SIZE(commands)];
	size_t n = 0;

	for (const struct command *c = commands; c->name; c++)
		if (second_word(c, subject))
			names[n++] = second_word(c, subject);
	names[n] = NULL;
	return near_name(given, names);
}

/* What was meant by the first word: cut off the names of all commands. */
static bool near_first(const char *given, char *out, size_t size)
{
	char firsts[ARRAY_SIZE(commands)][24];
	const char *names[ARRAY_SIZE(commands)], *near;
	size_t n = 0;

	for (const struct command *c = commands; c->name; c++, n++) {
		(void)snprintf(firsts[n], sizeof(firsts[n]), "%.*s",
			       (int)strcspn(c->name, " "), c->name);
		names[n] = firsts[n];
	}
	names[n] = NULL;
	near = near_name(given, names);
	(void)snprintf(out, size, "%s", near ? near : "");
	return near != NULL;
}

/* Names the command that was meant, as far as that can be said. */
static int no_such_command(int argc, char **argv, struct err *err)
{
	char first[24], what[128];
	const char *second = NULL;
	bool has_second = argc > 1 && argv[1][0] != '-';
	bool near = near_first(argv[0], first, sizeof(first));

	if (near && has_second)
		second = near_second(first, argv[1]);
	/* the second word is wrong, and what was meant by it is unknown */
	if (near && strcmp(first, argv[0]) == 0 && !second)
		near = false;
	(void)snprintf(what, sizeof(what), "%.50s%s%.50s", argv[0],
		       has_second && is_subject(first) ? " " : "",
		       has_second && is_subject(first) ? argv[1] : "");
	return err_field(err, "usage", "%s: there is no such command%s%s%s%s%s",
			 what, near ? "; did you mean " : "", near ? first : "",
			 second ? " " : "", second ? second : "",
			 near ? "?" : "");
}

/* More operands than there are; the first may be a word of a command. */
static int too_many(const struct command *c, const char *first,
		    const char *given, struct err *err)
{
	const char *near = near_second(c->name, first);

	if (!near)
		return usage(err, given, "not expected here");
	return err_field(err, "usage",
			 "%s: not expected here; did you mean %s %s?", given,
			 c->name, near);
}

static int read_invocation(struct invocation *in, int argc, char **argv,
			   struct err *err)
{
	const char *operands = in->command->operands;
	bool flags_over = false;

	for (int i = 0; i < argc; i++) {
		if (!flags_over && strcmp(argv[i], "--") == 0)
			flags_over = true;
		else if (!flags_over && strncmp(argv[i], "--", 2) == 0) {
			if (read_flag(in, argc, argv, &i, err) < 0)
				return -1;
		} else if (in->operands_n >= count_operands(operands, false))
			return too_many(in->command,
					in->operands_n ? in->operands[0]
						       : argv[i],
					argv[i], err);
		else
			in->operands[in->operands_n++] = argv[i];
	}
	if (in->operands_n < count_operands(operands, true))
		return usage(err, operands, "is missing");
	return in->operands_n == 0
		       ? 0
		       : check_number(operands, in->operands[0], operands, err);
}

/* "group create" is two words of argv, "import" one. */
static const struct command *find_command(int argc, char **argv, int *used)
{
	for (const struct command *c = commands; c->name; c++) {
		const char *space = strchr(c->name, ' ');
		size_t first =
			space ? (size_t)(space - c->name) : strlen(c->name);

		if (argc < 1 || strlen(argv[0]) != first ||
		    strncmp(argv[0], c->name, first) != 0)
			continue;
		*used = space ? 2 : 1;
		if (!space || (argc > 1 && strcmp(argv[1], space + 1) == 0))
			return c;
	}
	return NULL;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int show_help(struct config *config, const char *about, struct err *err)
{
	static const struct command *help;
	struct invocation in = { .config = config };

	for (help = commands; help->fn != cmd_help; help++)
		;
	in.command = help;
	if (about)
		in.operands[in.operands_n++] = about;
	return cmd_help(&in, err);
}

int command_failed(const struct err *err)
{
	bool is_usage = strcmp(err->field, "usage") == 0;

	fprintf(stderr, "muster: %s%s%s\n",
		err->field[0] && !is_usage ? err->field : "",
		err->field[0] && !is_usage ? ": " : "", err->text);
	if (is_usage)
		fprintf(stderr, "See `muster help`.\n");
	return is_usage ? EXIT_USAGE : EXIT_FAILED;
}

/* An exit code, or -1. */
static int run(struct config *config, int argc, char **argv, struct err *err)
{
	struct invocation in = { .config = config };
	int used = 0;

	in.command = find_command(argc, argv, &used);
	if (argc > 0 && strcmp(argv[0], "--version") == 0) {
		puts("muster " MUSTER_VERSION);
		return EXIT_DONE;
	}
	if (wants_help(argc, argv))
		return show_help(config,
				 in.command ? in.command->name
				 : argc > 0 && argv[0][0] != '-' ? argv[0]
								 : NULL,
				 err);
	if (argc == 0)
		return show_help(config, NULL, err) < 0 ? -1 : EXIT_USAGE;
	if (!in.command && is_subject(argv[0]) &&
	    (argc == 1 || argv[1][0] == '-'))
		return show_help(config, argv[0], err) < 0 ? -1 : EXIT_USAGE;
	if (!in.command)
		return no_such_command(argc, argv, err);
	if (read_invocation(&in, argc - used, argv + used, err) < 0)
		return -1;
	return in.command->fn(&in, err);
}

int command_run(struct config *config, int argc, char **argv)
{
	struct err err = ERR_INIT;
	int ret = run(config, argc, argv, &err);

	if (ret >= 0 && fflush(stdout) != 0)
		ret = err_errno(&err, "writing the output");
	return ret < 0 ? command_failed(&err) : ret;
}
