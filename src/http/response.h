/*
 * http/response.h - what the client gets
 *
 * A fresh response has status 200 and an empty body. The server adds Date,
 * Content-Length, X-Request-Id and the security headers, and compresses text
 * for clients that take it (http/encoding.h; not what is made piece by piece).
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/json.h"
#include "base/strbuf.h"

struct err;

struct response {
	int status;
	const char *content_type; /* default application/json */
	struct strbuf body;
	struct response_private *private;
};

/* name and value are copied; a value with CR or LF is a bug. */
void response_header(struct response *rs, const char *name, const char *value);
bool response_has_header(const struct response *rs, const char *name);
void response_redirect(struct response *rs, int status, const char *location);
void response_empty(struct response *rs, int status); /* 204 and the like */

/* As it was before the handler was called. */
void response_reset(struct response *rs);

/*
 * A body of unknown length, made piece by piece while it is being sent: fn
 * appends the next piece to out and returns 1, 0 at the end, or -1 (the
 * connection is cut, so that nobody takes it for complete). free_fn (may be
 * NULL) is called once at the end, whatever happens. `context` may live in the
 * request's arena.
 */
typedef int (*response_stream_fn)(void *context, struct strbuf *out,
				  struct err *err);
void response_stream(struct response *rs, response_stream_fn fn,
		     void (*free_fn)(void *context), void *context);

/*
 * An answer that another thread gives, so that no worker waits for it:
 *
 *     response_later(rs);
 *     if (!queue_try_push(q, hit))
 *             response_done(rs, &busy);
 *     return 1;
 *
 * Request and response stay alive, and may be filled by whoever completes,
 * until response_done (exactly once; err NULL: all is well). Call
 * response_later before anybody else knows the response. The handler does not
 * touch either after it handed them over. Whoever owes answers must give them
 * before the server is stopped.
 */
void response_later(struct response *rs);
void response_done(struct response *rs, const struct err *err);

#endif
