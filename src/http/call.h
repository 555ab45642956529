/*
 * http/call.h - a request that the program makes of its own router
 *
 * For work that clients leave to us (a batch of the Marketing API): the same
 * routes, handlers, rights and errors as over HTTP, but no connection and no
 * worker. It runs on the caller's thread, which may wait for the database and
 * must not hold a connection of it meanwhile.
 *
 *     struct http_call call = { .method = "get", .path = "/3.0/lists", ... };
 *     struct http_reply reply;
 *
 *     http_call(router, &call, arena, &reply);
 */
#ifndef HTTP_CALL_H
#define HTTP_CALL_H

#include "http/router.h"

struct http_call {
	const char *method;   /* in any case */
	const char *path;     /* as in a request: escaped, begins with / */
	const char *query;    /* the same, without ?; "" if none */
	struct str body;      /* JSON; "" if none */
	struct caller caller; /* without a role: 401 */
	const char *client_ip;
	const char *barred; /* NULL, or how routes begin that are not to be
			       reached (403) */
};

struct http_reply {
	int status;
	struct str body; /* in the arena, as what of it the request needed */
};

/*
 * Only routes of the Marketing API are there; those that take uploads, answer
 * piece by piece or later are not (404). It cannot fail: what goes wrong is a
 * reply.
 */
void http_call(const struct router *router, const struct http_call *call,
	       struct arena *arena, struct http_reply *out);

#endif
