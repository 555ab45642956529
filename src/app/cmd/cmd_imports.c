/*
 * muster import list, show, undo, refused, decide, answers, forget: imports
 * that were run before, and what is remembered of them
 */
#include "app/client.h"
#include "app/command.h"
#include "app/import_print.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>

static void import_path(const struct invocation *in, const char *what,
			struct strbuf *out)
{
	strbuf_addstr(out, "/api/v1/imports/");
	strbuf_add_url(out, str_of(in->operands[0]));
	strbuf_addstr(out, what);
}

/* Calls what adds a job, and waits for it. */
static int run_job(const struct invocation *in, const char *what,
		   const char *body, json_t **job, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	import_path(in, what, &path);
	if (client_open(&c, err) < 0)
		return -1;
	return client_run_job(c, "POST", path.buf, body, "import", false, job,
			      err);
}

int cmd_import_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 6 },           { "job_id", "JOB", 6 },
		{ "state", "STATE", 18 },    { "created", "CREATED", 8 },
		{ "updated", "UPDATED", 8 }, { "refused", "REFUSED", 8 },
		{ "created_at", "AT", 26 },  { "file_name", "FILE", 0 },
		{ NULL, NULL, 0 },
	};

	return print_list(in, "/api/v1/imports", columns, err);
}

/* The job's result, as long as it is kept; else what the import counts. */
static void print_shown(const json_t *import, const json_t *job)
{
	const char *file = print_text(import, "file_name");

	printf("import %lld: %s, %s of %.16s%s%s\n",
	       (long long)print_int(import, "id"), print_text(import, "state"),
	       print_text(import, "entity"), print_text(import, "created_at"),
	       *file ? ", " : "", file);
	if (json_is_string(json_object_get(import, "error")))
		printf("error: %s\n", print_text(import, "error"));
	if (strcmp(print_text(import, "state"), "needs_confirmation") == 0)
		printf("%s: confirm it with `muster job confirm %lld`\n",
		       print_text(json_object_get(job, "result"), "question"),
		       (long long)print_int(import, "job_id"));
	else if (json_object_get(json_object_get(job, "result"), "created"))
		import_print_result(job, false);
	else
		printf("%lld created, %lld updated, %lld unchanged, %lld "
		       "refused\n",
		       (long long)print_int(import, "created"),
		       (long long)print_int(import, "updated"),
		       (long long)print_int(import, "unchanged"),
		       (long long)print_int(import, "refused"));
}

int cmd_import_show(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf job_path = STRBUF_INIT;
	CLEANUP(json_free) json_t *import = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	struct err gone = ERR_INIT; /* jobs are kept for a month */

	import_path(in, "", &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &import, err) < 0)
		return -1;
	strbuf_addf(&job_path, "/api/v1/jobs/%lld",
		    (long long)print_int(import, "job_id"));
	if (client_call(c, "GET", job_path.buf, NULL, &job, &gone) < 0 &&
	    gone.code != ERR_NOT_FOUND)
		return err_set(err, gone.code, "%s", gone.text);
	if (!flag_is_set(in, "json")) {
		print_shown(import, job);
		return 0;
	}
	/* fails only for want of memory */
	(void)json_object_set(import, "result", json_object_get(job, "result"));
	print_json(import);
	return 0;
}

int cmd_import_undo(const struct invocation *in, struct err *err)
{
	CLEANUP(json_free) json_t *job = NULL;
	const json_t *result;

	if (run_job(in, "/undo",
		    flag_is_set(in, "keep-opt-outs")
			    ? "{\"keep_opt_outs\":true}"
			    : "{}",
		    &job, err) < 0)
		return -1;
	result = json_object_get(job, "result");
	if (flag_is_set(in, "json"))
		print_json(result);
	else
		printf("%lld removed, %lld restored, %lld kept because they "
		       "were changed or used since; %lld opt-outs given back, "
		       "%lld kept\n",
		       (long long)print_int(result, "removed"),
		       (long long)print_int(result, "restored"),
		       (long long)print_int(result, "kept"),
		       (long long)print_int(result, "opt_outs_given_back"),
		       (long long)print_int(result, "opt_outs_kept"));
	return 0;
}

int cmd_import_refused(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	import_path(in, "/refused.csv", &path);
	if (client_open(&c, err) < 0)
		return -1;
	return client_download(c, path.buf, flag_value(in, "output"), err);
}

int cmd_import_decide(const struct invocation *in, struct err *err)
{
	CLEANUP(json_free) json_t *job = NULL;
	bool opt_out = flag_is_set(in, "opt-out");

	if (opt_out == flag_is_set(in, "release"))
		return err_field(err, "usage",
				 "give either --opt-out or --release");
	if (run_job(in, "/unclear-opt-outs",
		    opt_out ? "{\"decision\":\"opt_out\"}"
			    : "{\"decision\":\"release\"}",
		    &job, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(json_object_get(job, "result"));
	else
		printf("%lld addresses %s\n",
		       (long long)print_int(json_object_get(job, "result"),
					    "settled"),
		       opt_out ? "opted out" : "released");
	return 0;
}

/* --- answers --- */

#define ANSWERS "/api/v1/import-answers"
#define ID_SHOWN 12 /* characters: enough to tell them apart */

static void print_set(const json_t *set)
{
	const json_t *answer;
	size_t i;

	printf("%.*s  %s  %s\n", ID_SHOWN, print_text(set, "id"),
	       print_text(set, "entity"), print_text(set, "file_name"));
	json_array_foreach (json_object_get(set, "answers"), i, answer) {
		const char *column = print_text(answer, "column");
		const char *value = print_text(answer, "value");

		printf("    %s%s%s is %s (%.10s)\n",
		       *column ? column : "the order of dates",
		       *value ? ":" : "", value, print_text(answer, "is"),
		       print_text(answer, "at"));
	}
}

static int get_answers(struct client *c, json_t **out, struct err *err)
{
	return client_call(c, "GET", ANSWERS "?limit=1000", NULL, out, err);
}

int cmd_import_answers(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *reply = NULL;
	const json_t *set;
	size_t i;

	if (client_open(&c, err) < 0 || get_answers(c, &reply, err) < 0)
		return -1;
	if (flag_is_set(in, "json")) {
		print_json(reply);
		return 0;
	}
	json_array_foreach (json_object_get(reply, "items"), i, set)
		print_set(set);
	if (i == 0)
		puts("nothing is remembered");
	return 0;
}

/* The whole id of what begins so, if there is one such. */
static int find_id(const json_t *sets, const char *begin, const char **out,
		   struct err *err)
{
	const json_t *set;
	int found = 0;
	size_t i;

	json_array_foreach (json_object_get(sets, "items"), i, set) {
		const char *id = print_text(set, "id");

		if (strncmp(id, begin, strlen(begin)) != 0)
			continue;
		*out = id;
		found++;
	}
	if (found == 1)
		return 0;
	return err_set(err, ERR_NOT_FOUND,
		       found ? "several answers begin with %s: give more of "
			       "the id"
			     : "there are no answers %s: see `muster import "
			       "answers`",
		       begin);
}

int cmd_import_forget(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *sets = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	const char *id = NULL;

	if (client_open(&c, err) < 0 || get_answers(c, &sets, err) < 0 ||
	    find_id(sets, in->operands[0], &id, err) < 0)
		return -1;
	strbuf_addf(&path, ANSWERS "/%s", id);
	if (flag_is_set(in, "column")) {
		strbuf_addstr(&path, "?column=");
		strbuf_add_url(&path, str_of(flag_value(in, "column")));
	}
	if (client_call(c, "DELETE", path.buf, NULL, NULL, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		printf("{\"forgotten\":\"%s\"}\n", id);
	else
		puts("forgotten: such files are asked about again");
	return 0;
}
