/*
 * http/http_fixture.h - a real server on an ephemeral port, and a client so
 * plain that it can also misbehave
 */
#ifndef HTTP_HTTP_FIXTURE_H
#define HTTP_HTTP_FIXTURE_H

#include "base/strbuf.h"
#include "http/server.h"

struct reply {
	int status; /* 0: the connection was closed without an answer */
	struct strbuf head;
	struct strbuf body;
	bool whole; /* false: cut before its end */
};
#define REPLY_INIT                                                    \
	{                                                             \
		.status = 0, .head = STRBUF_INIT, .body = STRBUF_INIT \
	}
void reply_release(struct reply *reply);
/* The value of a header, trimmed; empty if absent. */
struct str reply_header(const struct reply *reply, const char *name);

struct http_server *fixture_start(const struct http_options *options,
				  const struct router *router);

int fixture_connect(const struct http_server *server);
void fixture_send(int fd, const char *text);
void fixture_send_bytes(int fd, const void *data, size_t len);
/* One whole answer; what follows stays unread. is_head: without a body. */
void fixture_read(int fd, bool is_head, struct reply *out);
/* Connects, sends, reads, closes. */
void fixture_ask(const struct http_server *server, const char *text,
		 struct reply *out);
bool fixture_is_closed(int fd); /* waits for the end of the connection */

#endif
