/*
 * http/http_fixture.h - a real server on an ephemeral port, with routes that
 * tests ask for, and a client so plain that it can also misbehave
 */
#ifndef HTTP_HTTP_FIXTURE_H
#define HTTP_HTTP_FIXTURE_H

#include "base/cleanup.h"
#include "base/err.h"
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

/* --- routes: see http_fixture_routes.c --- */

struct queue;

#define KEY "0123456789abcdef0123456789abcdef-us1"

/* What tests share with handlers. */
struct shared {
	struct queue *owed; /* responses that answer_owed answers */
	struct queue *gate; /* closed: GET /api/v1/block goes on */
	int freed;
	int hurried; /* of GET /api/v1/locked */
	int64_t locked_until_us; /* monotonic: it waits at least so long */
	struct err fault;
};

struct fixture {
	struct router *router;
	struct shared shared;
	struct http_options options;
	char folder[32];
};

int setup(void **state);
int teardown(void **state); /* fails if an upload stayed behind */

#define FIXTURE(f)                                                          \
	struct fixture *f = *state;                                         \
	CLEANUP(http_server_free)                                           \
	struct http_server *server = fixture_start(&f->options, f->router); \
	CLEANUP(reply_release) struct reply reply = REPLY_INIT

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"
#define GET_WITH(path, headers) \
	"GET " path " HTTP/1.1\r\nHost: x\r\n" headers "\r\n\r\n"
#define KEY_HEADER "Authorization: Bearer " KEY

/* --- checks --- */

void assert_has(const struct strbuf *text, const char *part);
void assert_header(const struct reply *reply, const char *name,
		   const char *value);
void assert_detail(const struct reply *reply, int status, const char *title,
		   const char *detail);

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
