/*
 * Webhooks: whether a URL is there, and forms that are sent to it.
 */
#include "audience/webhook_post.h"

#include "audience/webhook.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "httpc/httpc.h"
#include "jobs/runner.h"

#include <stdio.h>
#include <string.h>

#define TIMEOUT_MS (10 * MS_SECOND)
#define REPLY_MAX 65536

/* --- the form --- */

void webhook_form_add(struct strbuf *form, const char *key, const char *value)
{
	if (form->len)
		strbuf_addch(form, '&');
	strbuf_add_url(form, str_of(key));
	strbuf_addch(form, '=');
	strbuf_add_url(form, str_of(value));
}

void webhook_form_add_data(struct strbuf *form, const char *name,
			   const char *value)
{
	char key[64];

	(void)snprintf(key, sizeof(key), "data[%s]", name);
	webhook_form_add(form, key, value ? value : "");
}

/* --- sending --- */

/* url is `own` or lies below it. */
static bool is_below(const char *url, const char *own)
{
	size_t len = own ? strlen(own) : 0;

	while (len && own[len - 1] == '/')
		len--;
	return len && strncmp(url, own, len) == 0 &&
	       strchr("/?", url[len]); /* also the end */
}

static struct httpc *client_for(bool allow_private)
{
	struct httpc_options options = HTTPC_OPTIONS_DEFAULT;

	options.connect_ms = options.total_ms = TIMEOUT_MS;
	options.stall_ms = TIMEOUT_MS;
	options.body_max = REPLY_MAX;
	options.allow_private = allow_private;
	return httpc_new(&options);
}

bool webhook_may_be_private(const struct webhook_options *o, const char *url)
{
	if (o->allow_private)
		return true;
	for (const char *const *own = o->own_urls; own && *own; own++)
		if (is_below(url, *own))
			return true;
	return false;
}

int webhook_check_url(const char *url, const struct webhook_options *options,
		      struct err *err)
{
	CLEANUP(httpc_free)
	struct httpc *client = client_for(webhook_may_be_private(options, url));
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	struct err why = ERR_INIT;

	if (httpc_send(client, &(struct httpc_request){ .url = url }, &reply,
		       &why) < 0)
		reply.status = 0;
	if (reply.status == 200)
		return 0;
	return err_field(err, "url",
			 "We couldn't verify the URL is working. Please "
			 "double check and try again. HTTP Code: %d",
			 reply.status ? reply.status : 400);
}

/* Waits before each further try; together 75 minutes. */
static const int64_t waits_ms[] = { MS_MINUTE, 4 * MS_MINUTE, 10 * MS_MINUTE,
				    20 * MS_MINUTE, 40 * MS_MINUTE };

static int try_again(struct job_run *run, const char *why, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;
	int64_t tries = run->job->done;

	if (tries >= (int64_t)ARRAY_SIZE(waits_ms))
		return err_set(err, ERR_INVALID, "given up: %s", why);
	strbuf_addf(&state, "{\"tries\":%lld}", (long long)tries + 1);
	if (job_progress(run, NULL, tries + 1, 0, state.buf, err) < 0)
		return -1;
	return job_again(run, clock_now_ms() + waits_ms[tries]);
}

static int post_form(const struct webhook_options *options, const char *url,
		     const char *form, int *status, struct err *err)
{
	CLEANUP(httpc_free)
	struct httpc *client = client_for(webhook_may_be_private(options, url));
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;

	if (httpc_send(client,
		       &(struct httpc_request){
			       .method = "POST",
			       .url = url,
			       .body = str_of(form),
			       .content_type =
				       "application/x-www-form-urlencoded" },
		       &reply, err) < 0)
		return -1;
	*status = reply.status;
	return 0;
}

int webhook_post(struct job_run *run, const struct webhook_options *options,
		 const char *url, const char *form, bool *gone_out,
		 struct err *err)
{
	struct err why = ERR_INIT;
	int status = 0;

	*gone_out = false;
	if (post_form(options, url, form, &status, &why) < 0)
		return try_again(run, why.text, err);
	*gone_out = status == 410;
	if (*gone_out || (status >= 200 && status <= 299))
		return 0;
	return try_again(run, arena_printf(run->arena, "answered %d", status),
			 err);
}
