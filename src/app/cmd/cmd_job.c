/*
 * muster job ...: long work, and what it waits for
 */
#include "app/client.h"
#include "app/command.h"
#include "app/import_print.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>

int cmd_job_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 8 },
		{ "kind", "KIND", 18 },
		{ "state", "STATE", 20 },
		{ "done", "DONE", 10 },
		{ "created_at", "SINCE", 26 },
		{ "error", "ERROR", 0 },
		{ NULL, NULL, 0 },
	};

	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addf(&path, "/api/v1/jobs?open=%s",
		    flag_is_set(in, "open") ? "true" : "false");
	if (flag_is_set(in, "kind")) {
		strbuf_addstr(&path, "&kind=");
		strbuf_add_url(&path, str_of(flag_value(in, "kind")));
	}
	return print_list(in, path.buf, columns, err);
}

static void print_job(const struct invocation *in, const json_t *job)
{
	const json_t *result = json_object_get(job, "result");
	const char *error = print_text(job, "error");

	if (flag_is_set(in, "json")) {
		print_json(job);
		return;
	}
	printf("job %lld (%s): %s%s%s\n", (long long)print_int(job, "id"),
	       print_text(job, "kind"), print_text(job, "state"),
	       *error ? ": " : "", error);
	if (strcmp(print_text(job, "kind"), "import") == 0 &&
	    json_object_get(result, "created"))
		import_print_result(job, false);
	else if (*print_text(result, "question"))
		puts(print_text(result, "question"));
}

/* Calls GET or, with an action, POST; *job is what it is then. */
static int call(struct client *c, const struct invocation *in,
		const char *action, json_t **job, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, "/api/v1/jobs/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	strbuf_addstr(&path, action);
	return client_call(c, *action ? "POST" : "GET", path.buf,
			   *action ? "{}" : NULL, job, err);
}

int cmd_job_show(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *job = NULL;

	if (client_open(&c, err) < 0 || call(c, in, "", &job, err) < 0)
		return -1;
	print_job(in, job);
	return 0;
}

int cmd_job_watch(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *now = NULL;
	CLEANUP(json_free) json_t *job = NULL;

	if (client_open(&c, err) < 0 || call(c, in, "", &now, err) < 0 ||
	    client_wait_job(c, print_int(now, "id"), print_text(now, "kind"),
			    false, &job, err) < 0)
		return -1;
	print_job(in, job);
	return 0;
}

int cmd_job_cancel(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *job = NULL;

	if (client_open(&c, err) < 0 || call(c, in, "/cancel", &job, err) < 0)
		return -1;
	print_job(in, job);
	return 0;
}

int cmd_job_confirm(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *asked = NULL;
	CLEANUP(json_free) json_t *job = NULL;

	if (client_open(&c, err) < 0 ||
	    call(c, in, "/confirm", &asked, err) < 0)
		return -1;
	if (client_wait_job(c, print_int(asked, "id"),
			    print_text(asked, "kind"), false, &job, err) < 0)
		return -1;
	print_job(in, job);
	return 0;
}
