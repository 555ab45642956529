/*
 * muster import, muster export, muster suppression
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>

#define MAPPING_MAX (1 << 20)

static void add_query(struct strbuf *path, const char *name, const char *value)
{
	if (!value)
		return;
	strbuf_addch(path, strchr(path->buf, '?') ? '&' : '?');
	strbuf_addf(path, "%s=", name);
	strbuf_add_url(path, str_of(value));
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* --consent COLUMN=IS and the like, as one JSON object. */
static int add_answers(const struct invocation *in, const char *flag,
		       const char *parameter, struct strbuf *path,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *all = json_object();
	const char *given;
	int at = 0;

	while ((given = flag_next(in, flag, &at))) {
		const char *is = strrchr(given, '=');
		CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

		if (!is || is == given)
			return err_field(err, "usage",
					 "--%s %s: must be NAME=ANSWER", flag,
					 given);
		strbuf_add(&name, given, (size_t)(is - given));
		if (json_object_set_new(all, name.buf, json_string(is + 1)) < 0)
			return err_field(err, "usage", "--%s %s: is not UTF-8",
					 flag, given);
	}
	json_dump(all, &out);
	if (json_object_size(all) > 0)
		add_query(path, parameter, out.buf);
	return 0;
}

static int import_path(const struct invocation *in, struct strbuf *path,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf mapping = STRBUF_INIT;
	const char *file = flag_value(in, "mapping");

	strbuf_addstr(path, "/api/v1/imports");
	add_query(path, "entity", flag_value(in, "entity"));
	add_query(path, "match", flag_value(in, "match"));
	add_query(path, "delimiter", flag_value(in, "delimiter"));
	add_query(path, "encoding", flag_value(in, "encoding"));
	add_query(path, "date_order", flag_value(in, "date-order"));
	if (strcmp(in->operands[0], "-") != 0)
		add_query(path, "file_name", base_name(in->operands[0]));
	if (add_answers(in, "consent", "consent", path, err) < 0 ||
	    add_answers(in, "consent-value", "consent_values", path, err) < 0)
		return -1;
	if (flag_is_set(in, "dry-run"))
		add_query(path, "dry_run", "true");
	if (!file)
		return 0;
	if (strbuf_add_file(&mapping, file, MAPPING_MAX, err) < 0)
		return -1;
	add_query(path, "mapping", mapping.buf);
	return 0;
}

static int64_t count(const json_t *result, const char *key)
{
	return json_integer_value(json_object_get(result, key));
}

/* What needs a look: opt-outs of rows that were refused, or cannot be read. */
static void print_opt_outs(const json_t *result)
{
	const json_t *unclear = json_object_get(result, "unclear_opt_outs");
	long long heeded = count(result, "refused_opted_out");
	long long held = count(unclear, "count");

	if (heeded)
		printf("%lld refused rows said opted out, which was heeded\n",
		       heeded);
	if (held)
		printf("%lld addresses in malformed rows are held: it is "
		       "unclear whether they opted out.\nDecide on them: "
		       "muster import decide %lld --opt-out (or --release)\n",
		       held, (long long)count(result, "import_id"));
}

/* What nobody will find in the records: said aloud. */
static void print_passed_over(const json_t *result)
{
	const json_t *column;
	size_t i;

	json_array_foreach (json_object_get(result, "ignored_columns"), i,
			    column)
		fprintf(stderr, "%s\"%s\"",
			i > 0 ? ", "
			      : "muster: columns passed over, nothing of them "
				"was imported: ",
			json_string_value(column));
	if (i > 0)
		fputs("\n", stderr);
	json_array_foreach (json_object_get(result, "consent_columns"), i,
			    column)
		fprintf(stderr, "muster: column \"%s\" read as %s\n",
			json_string_value(json_object_get(column, "column")),
			json_string_value(json_object_get(column, "as")));
}

static void print_json_result(const json_t *job)
{
	static const char *const keys[] = {
		"created",  "updated",           "unchanged", "refused",
		"repeated", "refused_opted_out", "import_id",
	};
	static const char *const lists[] = { "ignored_columns",
					     "consent_columns" };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);
	const json_t *result = json_object_get(job, "result");

	json_begin_object(&w);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_key_int(&w, keys[i], count(result, keys[i]));
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		json_key(&w, lists[i]);
		json_tree(&w, json_object_get(result, lists[i]));
	}
	json_key_int(
		&w, "unclear_opt_outs",
		count(json_object_get(result, "unclear_opt_outs"), "count"));
	json_key_int(&w, "job_id", count(job, "id"));
	json_end_object(&w);
	puts(out.buf);
}

static void print_import(const struct invocation *in, const json_t *job)
{
	const json_t *result = json_object_get(job, "result");

	print_passed_over(result);
	if (flag_is_set(in, "json")) {
		print_json_result(job);
		return;
	}
	printf("%s%lld created, %lld updated, %lld unchanged, %lld "
	       "refused (job %lld)\n",
	       flag_is_set(in, "dry-run") ? "dry run: " : "",
	       (long long)count(result, "created"),
	       (long long)count(result, "updated"),
	       (long long)count(result, "unchanged"),
	       (long long)count(result, "refused"),
	       (long long)count(job, "id"));
	print_opt_outs(result);
}

/* --- questions --- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void print_values(const json_t *question)
{
	const json_t *value;
	size_t i;

	json_array_foreach (json_object_get(question, "values"), i, value)
		fprintf(stderr, "    %8lld  %s\n",
			(long long)count(value, "count"),
			text_of(value, "value"));
	if (count(question, "more") > 0)
		fprintf(stderr, "    %8lld  others\n",
			(long long)count(question, "more"));
}

/* One question, and the options that answer it. */
static void print_question(const json_t *q)
{
	const char *kind = text_of(q, "kind"), *column = text_of(q, "column");
	const json_t *first = json_array_get(json_object_get(q, "values"), 0);

	if (strcmp(kind, "date_order") == 0)
		fprintf(stderr,
			"Column \"%s\": is the day or the month first?\n",
			column);
	else if (strcmp(kind, "value") == 0)
		fprintf(stderr,
			"Column \"%s\" (%s): do these say that somebody wants "
			"no mail?\n",
			column, text_of(q, "as"));
	else
		fprintf(stderr,
			"Column \"%s\": does it say who wants no mail?\n",
			column);
	print_values(q);
	if (strcmp(kind, "date_order") == 0)
		fputs("  answer with --date-order dmy or --date-order mdy\n",
		      stderr);
	else if (strcmp(kind, "value") == 0)
		fprintf(stderr,
			"  answer each with --consent-value \"%s:%s=out\" or "
			"\"...=ignore\",\n  or the column with --consent "
			"\"%s=ignore\"\n",
			column, text_of(first, "value"), column);
	else
		fprintf(stderr,
			"  answer with --consent \"%s=opt_out\" (yes: no "
			"mail), "
			"\"%s=opt_in\" (no: no mail),\n  \"%s=status\" or "
			"\"%s=ignore\"\n",
			column, column, column, column);
}

/* The server asked instead of importing: 1, else 0. */
static int print_questions(const struct invocation *in, const struct client *c)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);
	const json_t *questions =
		json_object_get(client_problem(c), "questions");
	const json_t *question;
	size_t i;

	json_array_foreach (questions, i, question)
		print_question(question);
	if (i > 0 && flag_is_set(in, "json")) {
		json_begin_object(&w);
		json_key(&w, "questions");
		json_tree(&w, questions);
		json_end_object(&w);
		puts(out.buf);
	}
	return i > 0;
}

static int write_refused(struct client *c, const json_t *job, const char *file,
			 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	const json_t *result = json_object_get(job, "result");
	FILE *f = fopen(file, "wb");
	int ret;

	if (!f)
		return err_errno(err, "writing %s", file);
	strbuf_addf(&path, "/api/v1/imports/%lld/refused.csv",
		    (long long)count(result, "import_id"));
	ret = client_download(c, path.buf, f, err);
	if (fclose(f) != 0 && ret == 0)
		return err_errno(err, "writing %s", file);
	return ret;
}

/* Returns 0, 1 if the file leaves questions open, -1. */
static int import(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	int64_t id;

	if (client_open(&c, err) < 0 || import_path(in, &path, err) < 0)
		return -1;
	if (client_upload(c, path.buf, in->operands[0], &reply, err) < 0)
		return print_questions(in, c) ? 1 : -1;
	if (client_job_id(reply, &id, err) < 0 ||
	    client_wait_job(c, id, "import", flag_is_set(in, "yes"), &job,
			    err) < 0)
		return -1;
	print_import(in, job);
	if (flag_is_set(in, "refused"))
		return write_refused(c, job, flag_value(in, "refused"), err);
	return 0;
}

int cmd_import(const struct invocation *in)
{
	struct err err = ERR_INIT;
	int ret = import(in, &err);

	if (ret < 0)
		return command_failed(&err);
	if (ret == 0)
		return EXIT_DONE;
	fputs("muster: nothing was imported: answer these first; the answers "
	      "are remembered for files with these headers\n",
	      stderr);
	return EXIT_USAGE;
}

static int decide(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	bool opt_out = flag_is_set(in, "opt-out");
	int64_t id;

	if (opt_out == flag_is_set(in, "release"))
		return err_field(err, "usage",
				 "give either --opt-out or --release");
	strbuf_addstr(&path, "/api/v1/imports/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	strbuf_addstr(&path, "/unclear-opt-outs");
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", path.buf,
			opt_out ? "{\"decision\":\"opt_out\"}"
				: "{\"decision\":\"release\"}",
			&reply, err) < 0 ||
	    client_job_id(reply, &id, err) < 0 ||
	    client_wait_job(c, id, "import", false, &job, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(json_object_get(job, "result"));
	else
		printf("%lld addresses %s\n",
		       (long long)count(json_object_get(job, "result"),
					"settled"),
		       opt_out ? "opted out" : "released");
	return 0;
}

int cmd_import_decide(const struct invocation *in)
{
	return print_end(in, decide);
}

static int find_suppression(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	const json_t *item;
	size_t i;

	strbuf_addstr(&path, "/api/v1/suppressions");
	add_query(&path, "address", in->operands[0]);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &reply, err) < 0)
		return -1;
	if (flag_is_set(in, "json")) {
		print_json(reply);
		return 0;
	}
	json_array_foreach (json_object_get(reply, "items"), i, item)
		printf("%s since %s (%s): %s\n", print_text(item, "kind"),
		       print_text(item, "at"), print_text(item, "source"),
		       print_text(item, "effect"));
	if (json_array_size(json_object_get(reply, "items")) == 0)
		puts("nothing stands against it");
	return 0;
}

int cmd_suppression_find(const struct invocation *in)
{
	return print_end(in, find_suppression);
}

static int export(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	const char *file = flag_value(in, "output");
	FILE *to = stdout;
	int ret;

	if (client_open(&c, err) < 0)
		return -1;
	strbuf_addstr(&path, "/api/v1/export/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	strbuf_addstr(&path, ".csv");
	add_query(&path, "group_id", flag_value(in, "group"));
	if (file)
		to = fopen(file, "wb");
	if (!to)
		return err_errno(err, "writing %s", file);
	ret = client_download(c, path.buf, to, err);
	if ((file ? fclose(to) : fflush(to)) != 0 && ret == 0)
		return err_errno(err, "writing %s", file ? file : "the output");
	return ret;
}

int cmd_export(const struct invocation *in)
{
	struct err err = ERR_INIT;

	return export(in, &err) < 0 ? command_failed(&err) : EXIT_DONE;
}
