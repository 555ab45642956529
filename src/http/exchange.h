/*
 * http/exchange.h - one request and its response on their way
 *
 * What request.c, response.c, auth.c, problem.c and connection.c share. An
 * exchange begins with the request line and ends when the answer has been sent
 * or the connection is gone. It belongs to the connection's thread, but for
 * the time between response_later() and response_done().
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "base/err.h"
#include "http/problem.h"
#include "http/router_private.h"
#include "http/server.h"

#include <pthread.h>
#include <stdatomic.h>

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;
struct exchange;

struct header {
	const char *name;
	const char *value;
	struct header *next;
};

struct request_private {
	struct MHD_Connection *connection;
	enum http_dialect dialect;
	struct params path;
	struct params query;
	struct params cookies;
	struct params form;
	bool cookies_parsed;
	bool form_parsed;
	json_t *json;
	const char *upload_path; /* NULL: not an upload */
	int upload_fd;
};

struct response_private {
	struct exchange *exchange;
	struct header *headers;
	response_stream_fn stream;
	void (*stream_free)(void *context);
	void *stream_context;
	struct strbuf piece; /* of the stream, being sent */
	size_t piece_sent;
};

enum exchange_stage {
	EXCHANGE_NEW,     /* the request line was read */
	EXCHANGE_BODY,    /* head checked; body arrives */
	EXCHANGE_OWED,    /* another thread will answer */
	EXCHANGE_ANSWERED /* queued */
};

struct exchange {
	struct request rq;
	struct response rs;
	struct request_private in;
	struct response_private out;
	struct http_server *server;
	struct client *client;
	const char *target; /* as in the request line */
	enum exchange_stage stage;
	struct route_match match;
	struct strbuf body;
	int64_t begun_us;
	int64_t body_max;
	int64_t received;
	bool refused;   /* rs holds the answer; the body is thrown away */
	bool in_hand;   /* counted in server.in_hand */
	bool user_call; /* counted in server.users */
	bool done;      /* by response_done */
	bool done_failed;
	struct err done_err;
	pthread_cond_t done_wake;
};

/* What a connection is doing, for the watch on slow clients; clients.c. */
enum client_phase {
	CLIENT_HEAD,  /* idle, or sending the head of a request */
	CLIENT_BODY,  /* sending a body */
	CLIENT_WAITS, /* the handler runs */
	CLIENT_READS, /* reading the answer */
};

struct client {
	int fd;
	bool excess;  /* beyond the limit of connections */
	bool untimed; /* libmicrohttpd's time-out is off */
	bool cut;     /* shut down by us: not counted any more */
	char ip[46];
	atomic_int phase;
	atomic_llong since_ms;
	atomic_llong bytes; /* moved, or to be moved, in this phase */
	struct client *prev, *next;
};

struct clients {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct client *first;
	int64_t n; /* but those that were cut */
	bool stopping;
};

struct user_calls {
	int64_t user_id; /* 0: free */
	int64_t calls;
};

struct http_server {
	struct http_options options;
	const struct router *router;
	struct MHD_Daemon *daemon;
	struct clients clients;
	pthread_t watch;
	bool watching;
	char address[80];
	int port;
	int listen_fd;
	bool stopped;
	pthread_mutex_t lock; /* of what stands below */
	pthread_cond_t idle;
	int64_t in_hand; /* exchanges between head and end of the answer */
	int64_t owed;    /* by response_done */
	struct user_calls *users;
	size_t users_n;
	atomic_bool closing; /* answers say Connection: close */
};

/* --- clients.c --- */
/*
 * libmicrohttpd takes the time that a piece of a stream is being made for
 * silence of the client: its time-out is off until the next request; the watch
 * goes on.
 */
void client_set_untimed(struct exchange *x, bool untimed);
/*
 * Where all places are taken, the connection that has been idle for longest
 * (at least a second) makes room: keeping it open was a courtesy.
 */
struct client *client_add(struct clients *clients, int fd, int64_t limit);
void client_remove(struct clients *clients, struct client *client);
void client_phase(struct client *client, enum client_phase phase,
		  int64_t bytes);
/* Cuts those that are too slow, every second; a thread's main function. */
void *clients_watch(void *server);
bool client_is_too_slow(const struct client *client, int64_t now_ms,
			int64_t idle_ms, int64_t slow_ms);

/* --- upload.c --- */
int upload_begin(struct exchange *x, struct err *err);
int upload_write(struct exchange *x, const char *data, size_t len,
		 struct err *err);
int upload_end(struct exchange *x, struct err *err);
void upload_remove(struct exchange *x); /* unless the handler moved it */

/* --- admit.c --- */
/* Reads the head of the request. -1 and *out: it is refused. */
int admit(struct exchange *x, const char *method, struct problem *out);
bool user_call_begin(struct http_server *server, int64_t user_id);
void user_call_end(struct http_server *server, int64_t user_id);

/* --- answer.c --- */
/* Queues x->rs; MHD_YES or MHD_NO. */
int answer(struct exchange *x);

/* --- exchange.c --- */
struct exchange *exchange_new(struct http_server *server,
			      struct MHD_Connection *connection,
			      const char *target);
/* The access handler of libmicrohttpd, once it has found the exchange. */
int exchange_go_on(struct exchange *x, const char *method, const char *data,
		   size_t *len);
void exchange_end(struct exchange *x); /* frees it */
void response_drop_stream(struct exchange *x);

#endif
