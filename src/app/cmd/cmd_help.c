/*
 * Help, manual page and bash completion, all from the table of commands.
 */
#include "app/command.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <string.h>

static void add_flags(const struct command *c, struct strbuf *out)
{
	for (const struct flag *f = c->flags; f && f->name; f++) {
		CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

		strbuf_addf(&name, "--%s%s%s", f->name, f->value ? " " : "",
			    f->value ? f->value : "");
		strbuf_addf(out, "  %-22s %s\n", name.buf, f->help);
	}
}

static void add_one(const struct command *c, struct strbuf *out)
{
	strbuf_addf(out, "muster %s %s%s\n\n%s.\n", c->name, c->operands,
		    c->flags ? " [options]" : "", c->summary);
	if (c->flags)
		strbuf_addstr(out, "\n");
	add_flags(c, out);
	strbuf_addf(out, "\nExample:\n  %s\n\n", c->example);
}

static void add_all(struct strbuf *out)
{
	strbuf_addstr(out,
		      "muster: customer records, a mailing audience, and what "
		      "holds them in step\n\n"
		      "Usage: muster COMMAND [options]\n\n");
	for (const struct command *c = commands; c->name; c++)
		strbuf_addf(out, "  %-20s %-9s %s\n", c->name, c->operands,
			    c->summary);
	strbuf_addstr(
		out,
		"\nserve, user, key, config, backup, restore and doctor work "
		"on the database itself; options\nof the server (muster "
		"config --describe) say which. The others talk to a running "
		"server:\n"
		"  MUSTER_URL   its address (default http://127.0.0.1:8080)\n"
		"  MUSTER_KEY   an API key (make one: muster key create)\n\n"
		"Exit codes: 0 done, 1 failed, 2 wrong usage.\n"
		"Start here: muster serve\n");
}

static int add_about(const char *name, struct strbuf *out, struct err *err)
{
	size_t len = strlen(name);
	int n = 0;

	for (const struct command *c = commands; c->name; c++) {
		if (strncmp(c->name, name, len) != 0 ||
		    (c->name[len] != '\0' && c->name[len] != ' '))
			continue;
		add_one(c, out);
		n++;
	}
	if (n > 0)
		return 0;
	return err_set(err, ERR_NOT_FOUND, "there is no command %s", name);
}

static void add_troff(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			strbuf_addch(out, '\\');
		strbuf_addch(out, *text);
	}
}

static void add_man(struct strbuf *out)
{
	strbuf_addstr(out,
		      ".TH MUSTER 1\n.SH NAME\nmuster \\- customer records and "
		      "a mailing audience, held in step\n"
		      ".SH SYNOPSIS\n.B muster\n.I COMMAND\n[options]\n"
		      ".SH COMMANDS\n");
	for (const struct command *c = commands; c->name; c++) {
		strbuf_addf(out, ".SS muster %s %s\n", c->name, c->operands);
		add_troff(out, c->summary);
		strbuf_addstr(out, ".\n");
		for (const struct flag *f = c->flags; f && f->name; f++) {
			strbuf_addf(out, ".TP\n.B \\-\\-%s %s\n", f->name,
				    f->value ? f->value : "");
			add_troff(out, f->help);
			strbuf_addch(out, '\n');
		}
		strbuf_addstr(out, ".PP\nExample: ");
		add_troff(out, c->example);
		strbuf_addch(out, '\n');
	}
	strbuf_addstr(out,
		      ".SH ENVIRONMENT\n.B MUSTER_URL\nand\n.B MUSTER_KEY\n"
		      "name the server and the key of its clients. The "
		      "server's own options are shown by\n.B muster config "
		      "\\-\\-describe\n"
		      ".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage.\n");
}

static void add_completion(struct strbuf *out)
{
	strbuf_addstr(out, "_muster() {\n"
			   "\tlocal cur=${COMP_WORDS[COMP_CWORD]} words\n"
			   "\tcase \"${COMP_WORDS[*]:1:COMP_CWORD-1}\" in\n");
	for (const struct command *c = commands; c->name; c++) {
		strbuf_addf(out, "\t\"%s\"*) words=\"", c->name);
		for (const struct flag *f = c->flags; f && f->name; f++)
			strbuf_addf(out, "--%s ", f->name);
		strbuf_addstr(out, "\" ;;\n");
	}
	strbuf_addstr(out,
		      "\tgroup) words=\"create list members push\" ;;\n"
		      "\tcampaign) words=\"create list check test send "
		      "pause resume cancel finish report\" ;;\n"
		      "\tsuppression) words=\"find\" ;;\n"
		      "\toutbox) words=\"list show\" ;;\n"
		      "\tuser) words=\"create list\" ;;\n"
		      "\tkey) words=\"create list revoke\" ;;\n"
		      "\t\"\") words=\"serve import export group campaign "
		      "sync suppression outbox user key config backup "
		      "restore confirm-restore doctor help\" ;;\n"
		      "\tesac\n"
		      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		      "\t[ ${#COMPREPLY[@]} -gt 0 ] || "
		      "COMPREPLY=($(compgen -f -- \"$cur\"))\n"
		      "}\n"
		      "complete -F _muster muster\n");
}

int cmd_help(const struct invocation *in, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	if (flag_is_set(in, "man"))
		add_man(&out);
	else if (flag_is_set(in, "completion"))
		add_completion(&out);
	else if (in->operands_n == 0)
		add_all(&out);
	else if (add_about(in->operands[0], &out, err) < 0)
		return -1;
	fputs(out.buf, stdout);
	return EXIT_DONE;
}
