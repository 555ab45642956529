/*
 * From what was typed to the sub-command that is meant, with its flags and
 * operands, or to a sentence that says what is wrong. Called by main.
 */
#include "app/command.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/text/near.h"

#include <string.h>

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
	const char *names[COMMANDS_MAX];
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
	char firsts[COMMANDS_MAX][24];
	const char *names[COMMANDS_MAX], *near;
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
