#include "mcapi/mc_client.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/random.h"
#include "base/thread/stop.h"
#include "httpc/httpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 5
#define FIRST_WAIT_MS 250
#define REPLY_MAX (INT64_C(64) << 20)

/* Of an error that leaves open whether the call was done. */
#define LOST "Answer Lost"

struct mc_client {
	struct mc_options options;
	struct httpc *http;
};

static int send_http(void *context, const struct mc_request *request,
		     struct mc_reply *reply, struct err *err);

struct mc_client *mc_client_new(const struct mc_options *options)
{
	struct httpc_options o = HTTPC_OPTIONS_DEFAULT;
	struct mc_client *c = calloc(1, sizeof(*c));

	BUG_ON(!c);
	c->options = *options;
	if (c->options.tries == 0)
		c->options.tries = TRIES;
	if (!c->options.send) {
		c->options.send = send_http;
		c->options.context = c;
	}
	o.allow_private = options->allow_private;
	o.body_max = REPLY_MAX;
	if (options->most_ms)
		o.connect_ms = o.total_ms = o.stall_ms = options->most_ms;
	c->http = httpc_new(&o);
	return c;
}

void mc_client_free(struct mc_client **client)
{
	if (!*client)
		return;
	httpc_free(&(*client)->http);
	free(*client);
	*client = NULL;
}

static int send_http(void *context, const struct mc_request *request,
		     struct mc_reply *reply, struct err *err)
{
	CLEANUP(httpc_response_release)
	struct httpc_response got = HTTPC_RESPONSE_INIT;
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	struct mc_client *c = context;
	struct httpc_request rq = { .method = request->method,
				    .user = "muster",
				    .password = c->options.key,
				    .once = request->once };

	strbuf_addf(&url, "%s%s", c->options.url, request->path);
	rq.url = url.buf;
	if (request->body) {
		rq.body = str_of(request->body);
		rq.content_type = "application/json";
	}
	if (httpc_send(c->http, &rq, &got, err) < 0)
		return -1;
	reply->status = got.status;
	strbuf_addslice(&reply->body, strbuf_str(&got.body));
	return 0;
}

static enum err_code code_of(int status)
{
	switch (status) {
	case 400:
	case 414:
	case 422:
		return ERR_INVALID;
	case 401:
	case 403:
		return ERR_DENIED;
	case 404:
		return ERR_NOT_FOUND;
	case 405:
	case 409:
		return ERR_CONFLICT;
	default:
		return ERR_RETRY; /* 429, 5xx */
	}
}

/* What is wrong, with the first named field. */
static int refusal(int status, const json_t *problem, struct err *err)
{
	const json_t *first =
		json_array_get(json_object_get(problem, "errors"), 0);
	const char *title =
		json_string_value(json_object_get(problem, "title"));
	const char *detail =
		json_string_value(json_object_get(problem, "detail"));
	const char *message =
		json_string_value(json_object_get(first, "message"));

	if (status >= 500)
		title = LOST; /* it may have failed after the deed */
	return err_title(err, code_of(status), title ? title : "",
			 "Marketing API, HTTP %d: %s%s%s", status,
			 detail ? detail : "no reason given",
			 message ? ": " : "", message ? message : "");
}

/* A page of somebody in between. One that was told 4xx did not pass it on. */
static int not_the_api(int status, struct err *err)
{
	return err_title(err, ERR_RETRY,
			 status >= 400 && status < 500 ? "" : LOST,
			 "HTTP %d, and the answer is not the Marketing API's: "
			 "is a proxy or a maintenance page in between?",
			 status);
}

/*
 * Gateways answer in JSON, and in problem documents of their own, too: what is
 * the API's own has the status in it, and names the one thing that a 404 can
 * be about as the API does.
 */
static bool is_problem(int status, const json_t *body)
{
	const json_t *said = json_object_get(body, "status");
	const char *title = json_string_value(json_object_get(body, "title"));

	if (!json_is_integer(said) || json_integer_value(said) != status ||
	    !title)
		return false;
	return status != 404 || strcmp(title, "Resource Not Found") == 0;
}

static int read_reply(const struct mc_reply *reply, json_t **out,
		      struct err *err)
{
	CLEANUP(json_free) json_t *body = NULL;
	struct err ignored = ERR_INIT;
	bool good = reply->status >= 200 && reply->status < 300;

	if (good && reply->body.len == 0 && (!out || reply->status == 204))
		return 0;
	if (json_parse(strbuf_str(&reply->body), &body, &ignored) < 0 ||
	    !json_is_object(body))
		return not_the_api(reply->status, err);
	if (!good)
		return is_problem(reply->status, body)
			       ? refusal(reply->status, body, err)
			       : not_the_api(reply->status, err);
	if (out) {
		json_free(out);
		*out = TAKE(body);
	}
	return 0;
}

static void reply_release(struct mc_reply *reply)
{
	strbuf_release(&reply->body);
}

static int try_once(struct mc_client *c, const struct mc_request *request,
		    json_t **out, struct err *err)
{
	CLEANUP(reply_release)
	struct mc_reply reply = { 0, STRBUF_INIT };

	if (stop_check(err) < 0)
		return -1; /* nothing was sent: nothing is lost */
	if (c->options.send(c->options.context, request, &reply, err) == 0)
		return read_reply(&reply, out, err);
	if (err->code == ERR_RETRY)
		(void)snprintf(err->title, sizeof(err->title), LOST);
	return err_prefix(err, "Marketing API");
}

bool mc_is_lost(const struct err *err)
{
	return err->code == ERR_RETRY && strcmp(err->title, LOST) == 0;
}

/* 250 ms, doubled each time, 50 to 150 % of it. */
static void back_off(int attempt)
{
	int64_t ms = (FIRST_WAIT_MS << attempt) *
		     (50 + (int64_t)(random_u64() % 101)) / 100;

	stop_pause_ms(ms);
}

int mc_call(struct mc_client *c, const char *method, const char *path,
	    const char *body, json_t **out, struct err *err)
{
	struct mc_request request = { method, path, body, false };

	for (int attempt = 0;; attempt++) {
		if (try_once(c, &request, out, err) == 0)
			return 0;
		if (err->code != ERR_RETRY || attempt + 1 >= c->options.tries ||
		    stop_is_asked())
			return -1;
		back_off(attempt);
	}
}

int mc_call_once(struct mc_client *c, const char *method, const char *path,
		 const char *body, json_t **out, struct err *err)
{
	struct mc_request request = { method, path, body, true };

	return try_once(c, &request, out, err);
}

int mc_get(struct mc_client *c, const char *path, json_t **out, struct err *err)
{
	return mc_call(c, "GET", path, NULL, out, err);
}

static void write_place(const struct mc_pages *p, struct strbuf *out)
{
	const char *cursor =
		json_string_value(json_object_get(p->reply, "next_cursor"));

	strbuf_addf(out, "%s&count=%d&", p->path, p->count);
	if (p->by_cursor)
		strbuf_addf(out, "cursor=%s", cursor ? cursor : "");
	else
		strbuf_addf(out, "offset=%lld", (long long)p->offset);
}

int mc_next_page(struct mc_client *c, struct mc_pages *p, const json_t **page,
		 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	size_t n;

	if (p->done)
		return 0;
	write_place(p, &path);
	if (mc_get(c, path.buf, &p->reply, err) < 0)
		return -1;
	*page = json_object_get(p->reply, p->items);
	if (!json_is_array(*page))
		return err_set(err, ERR_IO, "answer of %s holds no %s", p->path,
			       p->items);
	p->total = json_integer_value(json_object_get(p->reply, "total_items"));
	n = json_array_size(*page);
	p->offset += (int64_t)n;
	p->done = n == 0 ||
		  (p->by_cursor && !json_object_get(p->reply, "next_cursor"));
	return n > 0;
}

void mc_pages_release(struct mc_pages *p)
{
	json_free(&p->reply);
}
