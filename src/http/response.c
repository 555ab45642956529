#include "http/response.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/text/uri.h"
#include "http/exchange.h"

#include <string.h>
#include <strings.h>

void response_header(struct response *rs, const char *name, const char *value)
{
	struct response_private *out = rs->private;
	struct arena *arena = out->exchange->rq.arena;
	struct header *h = arena_new_of(arena, struct header);

	BUG_ON(strpbrk(name, "\r\n: ") || strpbrk(value, "\r\n"));
	h->name = arena_strdup(arena, name);
	h->value = arena_strdup(arena, value);
	h->next = out->headers;
	out->headers = h;
}

bool response_has_header(const struct response *rs, const char *name)
{
	const struct header *h = rs->private->headers;

	while (h && strcasecmp(h->name, name) != 0)
		h = h->next;
	return h != NULL;
}

void response_redirect(struct response *rs, int status, const char *location)
{
	CLEANUP(strbuf_release) struct strbuf uri = STRBUF_INIT;

	uri_of_text(str_of(location), &uri);
	response_empty(rs, status);
	response_header(rs, "Location", uri.buf);
}

void response_empty(struct response *rs, int status)
{
	rs->status = status;
	strbuf_reset(&rs->body);
}

void response_reset(struct response *rs)
{
	response_drop_stream(rs->private->exchange);
	rs->private->headers = NULL;
	rs->content_type = NULL;
	response_empty(rs, 200);
}

void response_stream(struct response *rs, response_stream_fn fn,
		     void (*free_fn)(void *context), void *context)
{
	struct response_private *out = rs->private;

	BUG_ON(out->stream);
	out->stream = fn;
	out->stream_free = free_fn;
	out->stream_context = context;
}

void response_later(struct response *rs)
{
	struct exchange *x = rs->private->exchange;

	x->owed = true;
	atomic_store(&x->holders, 2);
}

void response_done(struct response *rs, const struct err *err)
{
	struct exchange *x = rs->private->exchange;

	x->done_failed = err != NULL;
	if (err)
		x->done_err = *err;
	if (atomic_fetch_sub(&x->holders, 1) == 1)
		loop_return(x);
}
