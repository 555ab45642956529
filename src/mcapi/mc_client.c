#include "mcapi/mc_client.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/random.h"
#include "httpc/httpc.h"

#include <stdlib.h>
#include <time.h>

#define TRIES 5
#define FIRST_WAIT_MS 250
#define REPLY_MAX (INT64_C(64) << 20)

struct mc_client {
	struct mc_options options;
	struct httpc *http;
};

struct mc_client *mc_client_new(const struct mc_options *options)
{
	struct httpc_options o = HTTPC_OPTIONS_DEFAULT;
	struct mc_client *c = calloc(1, sizeof(*c));

	BUG_ON(!c);
	c->options = *options;
	if (c->options.tries == 0)
		c->options.tries = TRIES;
	o.allow_private = options->allow_private;
	o.body_max = REPLY_MAX;
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

static enum err_code code_of(const struct httpc_response *reply)
{
	switch (reply->status) {
	case 400:
	case 414:
	case 422:
		return ERR_INVALID;
	case 401:
		return ERR_DENIED;
	case 403: /* without a body: throttled at the edge */
		return reply->body.len > 0 ? ERR_DENIED : ERR_RETRY;
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
static int refusal(const struct httpc_response *reply, struct err *err)
{
	CLEANUP(json_free) json_t *problem = NULL;
	struct err ignored = ERR_INIT;
	const char *title = NULL, *detail = NULL, *message = NULL;
	const json_t *first;

	if (json_parse(strbuf_str(&reply->body), &problem, &ignored) == 0) {
		title = json_string_value(json_object_get(problem, "title"));
		detail = json_string_value(json_object_get(problem, "detail"));
		first = json_array_get(json_object_get(problem, "errors"), 0);
		message = json_string_value(json_object_get(first, "message"));
	}
	return err_title(err, code_of(reply), title ? title : "",
			 "Marketing API, HTTP %d: %s%s%s", reply->status,
			 detail ? detail : "no reason given",
			 message ? ": " : "", message ? message : "");
}

static int try_once(struct mc_client *c, const char *method, const char *path,
		    const char *body, json_t **out, struct err *err)
{
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	struct httpc_request rq = { .method = method,
				    .user = "muster",
				    .password = c->options.key };

	strbuf_addf(&url, "%s%s", c->options.url, path);
	rq.url = url.buf;
	if (body) {
		rq.body = str_of(body);
		rq.content_type = "application/json";
	}
	if (httpc_send(c->http, &rq, &reply, err) < 0)
		return err_prefix(err, "Marketing API");
	if (reply.status >= 300)
		return refusal(&reply, err);
	if (!out || reply.body.len == 0)
		return 0;
	json_free(out);
	if (json_parse(strbuf_str(&reply.body), out, err) < 0)
		return err_prefix(err, "answer of the Marketing API");
	return 0;
}

/* 250 ms, doubled each time, 50 to 150 % of it. */
static void back_off(int attempt)
{
	int64_t ms = (FIRST_WAIT_MS << attempt) *
		     (50 + (int64_t)(random_u64() % 101)) / 100;
	struct timespec pause = { .tv_sec = ms / 1000,
				  .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

int mc_call(struct mc_client *c, const char *method, const char *path,
	    const char *body, json_t **out, struct err *err)
{
	for (int attempt = 0;; attempt++) {
		if (try_once(c, method, path, body, out, err) == 0)
			return 0;
		if (err->code != ERR_RETRY || attempt + 1 >= c->options.tries)
			return -1;
		back_off(attempt);
	}
}

int mc_call_once(struct mc_client *c, const char *method, const char *path,
		 const char *body, json_t **out, struct err *err)
{
	return try_once(c, method, path, body, out, err);
}

int mc_get(struct mc_client *c, const char *path, json_t **out, struct err *err)
{
	return mc_call(c, "GET", path, NULL, out, err);
}

int mc_next_page(struct mc_client *c, struct mc_pages *p, const json_t **page,
		 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	size_t n;

	if (p->done)
		return 0;
	strbuf_addf(&path, "%s&count=%d&offset=%lld", p->path, p->count,
		    (long long)p->offset);
	if (mc_get(c, path.buf, &p->reply, err) < 0)
		return -1;
	*page = json_object_get(p->reply, p->items);
	if (!json_is_array(*page))
		return err_set(err, ERR_IO, "answer of %s holds no %s", p->path,
			       p->items);
	p->total = json_integer_value(json_object_get(p->reply, "total_items"));
	n = json_array_size(*page);
	p->offset += (int64_t)n;
	p->done = n == 0;
	return n > 0;
}

void mc_pages_release(struct mc_pages *p)
{
	json_free(&p->reply);
}
