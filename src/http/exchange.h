/*
 * http/exchange.h - one request and its response on their way
 *
 * What the loop (loop.c, connection.c) and the workers' side (exchange.c,
 * admit.c, answer.c, ...) share. An exchange begins with a head and ends when
 * the answer has been sent or the client is gone. It belongs to the loop, but
 * while it is given away: then it belongs to the worker that has it, or to
 * whoever owes the answer, until loop_return(). The connection under it belongs
 * to the loop always.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "base/err.h"
#include "base/random.h"
#include "http/chunked.h"
#include "http/client.h"
#include "http/head.h"
#include "http/pool.h"
#include "http/problem.h"
#include "http/router_private.h"
#include "http/server.h"

#include <pthread.h>
#include <stdatomic.h>

#define SCRATCH_BYTES (64 << 10) /* read at a time */
#define LOOP_EXCESS 64 /* connections beyond the limit that get a 503 */
#define SPARE_ARENAS 64

struct exchange;

struct request_private {
	struct head head;
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
	struct header *headers; /* the last one first */
	response_stream_fn stream;
	void (*stream_free)(void *context);
	void *stream_context;
	bool more;          /* there is, behind the first piece */
	bool ended;         /* piece is the last one of the stream */
	struct strbuf head; /* from the status line to the empty line */
	struct strbuf piece;
	struct str unsent[2]; /* what the loop sends now */
};

/* What a worker is to do with an exchange. */
enum exchange_step {
	STEP_ADMIT, /* who asks? before a body is taken */
	STEP_SPOOL, /* write what came of an upload */
	STEP_RUN,   /* the request is whole */
	STEP_PIECE, /* make the next piece of a stream */
	STEP_END,   /* free it: that can mean files */
};

struct exchange { /* in the arena of its request */
	struct request rq;
	struct response rs;
	struct request_private in;
	struct response_private out;
	struct http_server *server;
	struct client *client;
	struct route_match match;
	enum exchange_step step;
	struct strbuf body;
	struct chunked chunked;
	int64_t left; /* of the body, by Content-Length */
	int64_t received;
	int64_t body_max;
	int64_t body_ms; /* that the client took for it, but for now */
	int64_t begun_us;
	bool admitted;
	bool refused;      /* rs holds the answer; the body is thrown away */
	bool whole;        /* the body is */
	int64_t given_us;  /* since it waits for a worker, or did; 0: not yet */
	int64_t step_us;   /* the same of this step */
	bool taken;        /* a worker came */
	bool closes;       /* the connection, behind the answer */
	bool answered;     /* out.head is made */
	int64_t user_call; /* whom it is counted for in server.users; 0: nobody
			    */
	bool owed;         /* response_later */
	atomic_int holders; /* handler and debtor: the last one returns it */
	bool done_failed;
	struct err done_err;
	struct exchange *next_returned;
};

struct user_calls {
	int64_t user_id;
	int64_t calls;
};

/* Of requests that have ended, for the next ones. */
struct spare_arenas {
	struct arena *v[SPARE_ARENAS];
	size_t n;
};

struct loop {
	int epoll_fd;
	int wake_fd;
	bool listening;
	bool closing; /* server.closing was seen */
	int64_t stop_by_ms;
	int64_t ticked_ms;
	int64_t away; /* exchanges that are given away */
	char *scratch;
	struct random_stock random; /* for the ids of requests */
	struct spare_arenas spare;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* of what came back */
	struct exchange *returned, **last_returned;
};

struct http_server {
	struct http_options options;
	const struct router *router;
	char address[80];
	int port;
	int listen_fd;
	struct clients clients;
	struct loop loop;
	struct pool *pools[WORKERS_N];
	bool stopped;
	atomic_bool closing; /* answers say Connection: close */
	atomic_llong in_hand;
	atomic_llong vain_us; /* when one waited for a lock in vain; 0: never */
	pthread_mutex_t lock; /* of what stands below */
	struct user_calls *users;
	size_t users_n, users_cap;
};

/* --- loop.c --- */
int loop_start(struct http_server *server, struct err *err);
/* The answer to server.closing. Returns when nothing is away any more. */
void loop_stop(struct http_server *server);
/* This client has more to do; others come first. */
void loop_call_again(struct client *client);
/* Gives an exchange back; whoever calls does not touch it any more. */
void loop_return(struct exchange *x);

/* --- connection.c --- */
/* Does what can be done for it without waiting. */
void connection_go_on(struct client *client);
void connection_take_back(struct exchange *x);
/* Wherever it is, but not while others have its request. */
void connection_close(struct client *client);
void connection_cut(struct client *client, const char *why);

/* --- upload.c --- */
int upload_begin(struct exchange *x, struct err *err);
int upload_write(struct exchange *x, struct err *err); /* x->body */
int upload_end(struct exchange *x, struct err *err);
void upload_remove(struct exchange *x); /* unless the handler moved it */

/* --- admit.c --- */
void make_request_id(struct random_stock *stock, char out[37]);
/* Is it well-formed, is there such a route? -1 and *out: it is refused. */
int find_target(struct exchange *x, struct problem *out);
/* Who asks, may they? A worker's. Same. */
int admit(struct exchange *x, struct problem *out);
void user_call_end(struct http_server *server, int64_t user_id);

/* --- answer.c --- */
/* Before answer(), for a stream: what comes first can still be refused. */
int answer_first_piece(struct exchange *x, struct err *err);
/* Before answer(): a whole body of text goes as gzip to who takes that. */
void answer_compress(struct exchange *x);
void answer(struct exchange *x); /* fills x->out for x->rs */
void answer_piece(struct exchange *x);

/* --- exchange.c --- */
struct exchange *exchange_new(struct client *client);
/* The head is there. */
void exchange_begin(struct exchange *x, struct str text);
void exchange_refuse(struct exchange *x, const struct problem *problem);
void exchange_refuse_size(struct exchange *x);
void exchange_refuse_busy(struct exchange *x);
void exchange_settle_owed(struct exchange *x);
void exchange_work(void *exchange); /* x->step; a worker's */
/* STEP_RUN of a whole request by the loop itself (WORKERS_NONE): what became of
 * it. If it is owed, it may be somebody else's already. */
enum exchange_fate { FATE_DONE, FATE_OWED, FATE_WOULD_WAIT };
enum exchange_fate exchange_run_here(struct exchange *x);
/* spare: takes its arena, if that is small; NULL: not on the loop. */
void exchange_free(struct exchange *x, struct spare_arenas *spare);
void response_drop_stream(struct exchange *x);

#endif
