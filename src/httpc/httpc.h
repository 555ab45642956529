/*
 * httpc/httpc.h - HTTP requests to other servers (libcurl)
 *
 * One client belongs to one thread at a time and keeps its connections open
 * for the next request. Everything from outside has a limit: time, size of
 * the reply, redirects (none unless asked). Private and loopback addresses are
 * refused, on the address that is really connected to, unless the caller
 * allows them; so a webhook cannot be pointed at our own network.
 *
 *     CLEANUP(httpc_free) struct httpc *client = httpc_new(&options);
 *     CLEANUP(httpc_response_release) struct httpc_response reply =
 *             HTTPC_RESPONSE_INIT;
 *
 *     if (httpc_send(client, &(struct httpc_request){
 *                 .method = "POST", .url = url, .body = body,
 *                 .content_type = "application/json" }, &reply, err) < 0)
 *             return -1;
 */
#ifndef HTTPC_HTTPC_H
#define HTTPC_HTTPC_H

#include "base/strbuf.h"

#include <stdio.h>

struct err;
struct httpc;

struct httpc_options {
	int64_t connect_ms; /* for the connection, TLS included */
	int64_t total_ms;   /* for a whole request; 0: no limit */
	int64_t stall_ms;   /* without a byte: given up; 0: no limit */
	int64_t body_max;   /* bytes of a reply kept in memory */
	bool allow_private; /* loopback, private and link-local addresses */
	int64_t redirects;  /* to follow at most; only http and https */
};
#define HTTPC_OPTIONS_DEFAULT                                               \
	{                                                                   \
		.connect_ms = 10000, .total_ms = 120000, .stall_ms = 30000, \
		.body_max = 32 << 20                                        \
	}

struct httpc_header {
	const char *name;
	const char *value;
};

struct httpc_request {
	const char *method;       /* NULL: GET */
	const char *url;          /* http or https */
	struct str body;          /* ignored if upload is set */
	const char *content_type; /* NULL: none */
	const char *user;         /* basic authentication; NULL: none */
	const char *password;
	const struct httpc_header *headers; /* ends with name NULL; or NULL */
	/* Sent at most once: on a connection of its own, because a request on
	 * a kept one that turns out to be dead is sent again. */
	bool once;
	FILE *upload;        /* the body is what can be read from it */
	int64_t upload_size; /* bytes; -1: unknown, sent in chunks */
	FILE *download;      /* a 2xx body is written to it, without limit */
	/* Called now and then while data moves; false ends the request with
	 * ERR_RETRY. May be NULL. */
	bool (*progress)(void *context, int64_t sent, int64_t received);
	void *context;
};

struct httpc_response {
	int status;
	struct strbuf body;
	struct strbuf headers; /* raw lines of the last response */
	struct strbuf url;     /* where that came from, after redirects */
};
#define HTTPC_RESPONSE_INIT                                               \
	{                                                                 \
		.status = 0, .body = STRBUF_INIT, .headers = STRBUF_INIT, \
		.url = STRBUF_INIT                                        \
	}
void httpc_response_release(struct httpc_response *reply);

void httpc_init(void); /* once, before threads start */
struct httpc *httpc_new(const struct httpc_options *options);
void httpc_free(struct httpc **client);

/*
 * Sends a request and reads the reply into *reply, whatever its status. -1:
 * no whole reply came. ERR_INVALID: the URL is bad; ERR_DENIED: the address
 * is private; ERR_LIMIT: the reply is too long; ERR_RETRY: connection or
 * time-out; ERR_IO: upload or download file. *reply is reset first; its status
 * is that of the last head that came, 0 if none did.
 */
int httpc_send(struct httpc *client, const struct httpc_request *request,
	       struct httpc_response *reply, struct err *err);

/* First value of a header of the reply, without white space around it;
 * empty if absent. Case of the name does not matter. */
struct str httpc_header(const struct httpc_response *reply, const char *name);

/* Where a link of the page at `base` leads: false, and nothing, if it is none
 * that a browser would ask a server for. Appends. */
bool httpc_resolve(const char *base, const char *link, struct strbuf *out);

/* Loopback, private, link-local and the like: not of the public internet. */
struct sockaddr;
bool httpc_address_is_private(const struct sockaddr *sa);

#endif
