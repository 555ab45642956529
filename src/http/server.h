/*
 * http/server.h - a listener that serves the routes of a router
 *
 * Several servers may serve one router: the public one, the one on loopback
 * that the bridge uses, one for tracking. A connection costs no thread: one
 * thread, the loop, holds all of them, and hands what is to be done for a whole
 * request to a pool of workers. Handlers may block, they hold up a worker;
 * nobody ever waits for a client. Routes that are marked quick have workers of
 * their own, so that no slow request holds them up. Who comes when all places
 * are taken gets that of the idlest connection, else 503; so does a request
 * that would have to wait behind too many others.
 *
 *     if (http_server_start(&options, router, &server, err) < 0)
 *             return -1;
 *     log_info("listening", LOG_TEXT("address", http_server_address(server)));
 *     ...
 *     http_server_stop(server);
 *     http_server_free(&server);
 *
 * The router must outlive the server. start, stop and free belong to one
 * thread; describe may be called by any.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "base/option.h"
#include "http/auth.h"

struct http_server;

struct http_options {
	const char *name;          /* for logs: "public", "internal", "track" */
	const char *listen;        /* "127.0.0.1:8080", "[::1]:0", "*:80" */
	const char *public_url;    /* for Link headers; NULL: relative ones */
	const char *upload_folder; /* for bodies of upload routes; made */
	int64_t connections; /* fewer if the process may open fewer files */
	int64_t workers;
	int64_t quick_workers; /* see enum workers of http/router.h */
	int64_t password_workers;
	int64_t waiting;     /* requests a pool that no worker has yet */
	int64_t waiting_ms;  /* a request; then nobody wants it any more */
	int64_t per_address; /* unfinished requests of one; 0: any */
	int64_t held_max;    /* bytes of all unfinished requests, and bodies */
	int64_t body_max;   /* bytes, routes without upload; public: <= 1 MiB */
	int64_t upload_max; /* bytes, upload routes */
	int64_t idle_ms;    /* without a byte from or to the client */
	int64_t slow_ms;    /* for a whole head; bodies get more, by size */
	int64_t stop_ms;    /* what is in hand gets at a stop */
	int64_t per_user;   /* simultaneous calls of /3.0 a user, or a key that
			       belongs to nobody; 0: any */
	bool trust_proxy;   /* client_ip: the last of X-Forwarded-For */
	authenticate_fn authenticate; /* NULL: nobody is anybody */
	void *authenticate_context;
};
#define HTTP_OPTIONS_DEFAULT                                                 \
	{                                                                    \
		.name = "public", .listen = "127.0.0.1:8080",                \
		.connections = 12000, .workers = 16, .quick_workers = 4,     \
		.password_workers = 2, .waiting = 1000, .waiting_ms = 10000, \
		.per_address = 256, .held_max = (int64_t)256 << 20,          \
		.body_max = 16 << 20, .upload_max = (int64_t)2 << 30,        \
		.idle_ms = 30000, .slow_ms = 30000, .stop_ms = 30000,        \
		.per_user = 10                                               \
	}

/* Those of http_options that users may set; ends with name NULL. */
extern const struct option http_option_table[];

/* Binds at once, also right after a restart. ERR_CONFLICT: address in use. */
int http_server_start(const struct http_options *options,
		      const struct router *router, struct http_server **out,
		      struct err *err);

/* "127.0.0.1:8080", with the real port if :0 was asked for. */
const char *http_server_address(const struct http_server *server);
int http_server_port(const struct http_server *server);

/*
 * Graceful: accepts nobody new, lets whole requests finish (at most stop_ms;
 * handlers, and answers that are owed by response_done, are waited for without
 * limit), then closes everything. Twice is fine.
 */
void http_server_stop(struct http_server *server);
void http_server_free(struct http_server **server); /* stops it if need be */

#endif
