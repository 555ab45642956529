/*
 * muster sync, muster outbox ...
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

/* The call that starts it, and its end. */
static int sync_by(const struct invocation *in, const char *method,
		   const char *path, const char *body, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	const json_t *result;

	if (client_open(&c, err) < 0 ||
	    client_run_job(c, method, path, body, "sync", false, &job, err) < 0)
		return -1;
	result = json_object_get(job, "result");
	if (flag_is_set(in, "json"))
		print_json(result);
	else
		printf("%lld opted out, %lld repaired, %lld parked\n",
		       (long long)print_int(result, "opted_out"),
		       (long long)print_int(result, "repaired"),
		       (long long)print_int(result, "parked"));
	return 0;
}

int cmd_sync_renew_hook(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *job = NULL;

	if (client_open(&c, err) < 0 ||
	    client_run_job(c, "POST", "/api/v1/sync/hook", "{}", "webhook",
			   false, &job, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(job);
	else
		puts("the webhook has a new secret; the old one is refused");
	return 0;
}

int cmd_sync(const struct invocation *in, struct err *err)
{
	return sync_by(in, "POST", "/api/v1/sync", "{}", err);
}

int cmd_sync_audience(const struct invocation *in, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&body);

	json_begin_object(&w);
	json_key_text(&w, "audience_id", in->operands[0]);
	json_end_object(&w);
	return sync_by(in, "PUT", "/api/v1/sync/audience", body.buf, err);
}

int cmd_outbox_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 8 },    { "at", "AT", 26 },
		{ "rcpt", "TO", 36 }, { "subject", "SUBJECT", 0 },
		{ NULL, NULL, 0 },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	const char *limit = flag_value(in, "limit");

	strbuf_addf(&path, "/api/v1/outbox?limit=%s", limit ? limit : "50");
	if (flag_is_set(in, "rcpt")) {
		strbuf_addstr(&path, "&rcpt=");
		strbuf_add_url(&path, str_of(flag_value(in, "rcpt")));
	}
	return print_list(in, path.buf, columns, err);
}

int cmd_outbox_show(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *message = NULL;

	strbuf_addstr(&path, "/api/v1/outbox/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &message, err) < 0)
		return -1;
	fputs(print_text(message, "source"), stdout);
	return 0;
}
