/*
 * smtp/smtp_private.h - what the files of the pool share
 *
 *     smtp_pool.c     thread, queue of submitted messages, results
 *     smtp_dispatch.c which message goes over which connection; back-off
 *     smtp_job.c      a submitted message, checked
 *     smtp_conn.c     bytes: sockets, TLS, buffers, time-outs
 *     smtp_session.c  greeting, EHLO, STARTTLS, AUTH
 *     smtp_mail.c     MAIL, RCPT, DATA, content, RSET
 *     smtp_resolve.c  names to addresses, beside the loop
 *
 * All but smtp_job_new, the queue and the atomics belong to the loop's thread.
 *
 * A connection keeps a queue of what it expects to be answered; each whole
 * reply takes the first. Commands are appended to `out` and leave together.
 */
#ifndef SMTP_SMTP_PRIVATE_H
#define SMTP_SMTP_PRIVATE_H

#include "smtp/smtp_pool.h"
#include "smtp/smtp_relay.h"
#include "smtp/smtp_reply.h"

#include "base/err.h"
#include "base/random.h"
#include "base/vec.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

struct arena;
struct smtp_resolver;
struct smtp_tls;
struct smtp_tls_context;
struct smtp_trial;

/* --- a message --- */

struct smtp_job {
	struct smtp_job *next;
	char *sender, *rcpt;
	struct smtp_content content; /* scanned */
	bool needs_utf8;             /* an address is not ASCII */
	int tries; /* connections that died under it, see settle() */
	bool has_ascii_sender;
	bool may_begin;   /* what the gate answered */
	int64_t asked_ms; /* ... when it was asked then */
	void *cookie;
};

struct smtp_jobs {
	struct smtp_job *first, *last;
	size_t n;
};
void smtp_jobs_add(struct smtp_jobs *jobs, struct smtp_job *job);
void smtp_jobs_add_first(struct smtp_jobs *jobs, struct smtp_job *job);
struct smtp_job *smtp_jobs_take(struct smtp_jobs *jobs); /* or NULL */

/* Checks and takes the message; smtp_pool_submit's contract. */
int smtp_job_new(struct smtp_message *message, struct smtp_job **out,
		 struct err *err);
void smtp_job_free(struct smtp_job **job);

/* --- a connection --- */

enum smtp_phase {
	SMTP_CLOSED,
	SMTP_CONNECTING,
	SMTP_HANDSHAKE,
	SMTP_TALKING,
};

enum smtp_expect {
	SMTP_EXPECT_GREETING,
	SMTP_EXPECT_EHLO,
	SMTP_EXPECT_HELO,
	SMTP_EXPECT_STARTTLS,
	SMTP_EXPECT_AUTH_USER,
	SMTP_EXPECT_AUTH_PASSWORD,
	SMTP_EXPECT_AUTH,
	SMTP_EXPECT_MAIL,
	SMTP_EXPECT_RCPT,
	SMTP_EXPECT_DATA,
	SMTP_EXPECT_DOT,
	SMTP_EXPECT_EMPTY_DOT, /* of a transaction given up, RFC 2920 3.1 */
	SMTP_EXPECT_RSET,
	SMTP_EXPECT_QUIT,
};

enum smtp_capability {
	SMTP_CAN_PIPELINING = 1,
	SMTP_CAN_8BITMIME = 2,
	SMTP_CAN_UTF8 = 4,
	SMTP_CAN_SIZE = 8,
	SMTP_CAN_STARTTLS = 16,
	SMTP_CAN_AUTH_PLAIN = 32,
	SMTP_CAN_AUTH_LOGIN = 64,
};

#define SMTP_EXPECT_MAX 8
#define SMTP_RESULT_TEXT_MAX 500

struct smtp_conn {
	struct smtp_pool *pool;
	int fd;
	uint32_t armed; /* epoll's events */
	enum smtp_phase phase;
	size_t address; /* index into the pool's */
	bool is_loopback;
	struct smtp_tls *tls;
	int64_t deadline_ms;

	char in[SMTP_LINE_MAX * 2];
	size_t in_len;
	struct strbuf out;
	size_t out_tried; /* bytes of out given to the socket or to TLS */
	size_t out_sent;  /* ... that it took */

	enum smtp_expect expect[SMTP_EXPECT_MAX];
	int expect_n;
	struct smtp_reply reply;

	bool is_greeted;
	bool is_ready; /* said EHLO and AUTH: takes messages */
	unsigned can;  /* enum smtp_capability */
	int64_t size_most;
	int64_t messages; /* begun */
	int64_t answered; /* of these */

	/* The message in MAIL ... DATA (NULL as soon as it failed, though
	 * replies may still be due), and the one whose content is out. */
	struct smtp_job *open, *sent;
	bool mail_accepted; /* RSET is needed if it fails later */
	size_t dot_end;     /* in out: past this, the relay may have `sent` */
};

/* Everything starts here: connect to the pool's address number conn->address.
 */
void smtp_conn_open(struct smtp_conn *conn);
/* The socket is ready. */
void smtp_conn_on_event(struct smtp_conn *conn, uint32_t events);
void smtp_conn_on_timeout(struct smtp_conn *conn);

void smtp_conn_expect(struct smtp_conn *conn, enum smtp_expect what);
void smtp_conn_command(struct smtp_conn *conn, enum smtp_expect what,
		       const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Send what is in `out` as far as the socket takes it, wait for the rest. May
 * close conn. */
void smtp_conn_flush(struct smtp_conn *conn);
/* All of `out` was sent and is answered: start it anew. */
void smtp_conn_forget_sent(struct smtp_conn *conn);
/* The time-out starts anew, by what is awaited now. */
void smtp_conn_touch(struct smtp_conn *conn);
/* TLS from here on: after STARTTLS or the connect. */
void smtp_conn_begin_tls(struct smtp_conn *conn);
/* Free the connection's things, whatever its state; no consequences. */
void smtp_conn_close(struct smtp_conn *conn);
/*
 * The connection has no future; text says why, or if NULL conn->reply does.
 * Its messages get results or wait again; one that never was ready is a failed
 * attempt to reach the relay.
 */
void smtp_conn_fail(struct smtp_conn *conn, enum smtp_stage stage,
		    const char *text);
/* It can begin a message: nothing is due but the answer to the content before
 * it, or to RSET (RFC 2920 section 3.1). */
bool smtp_conn_is_free(const struct smtp_conn *conn);
static inline bool smtp_conn_is_idle(const struct smtp_conn *conn)
{
	return conn->phase == SMTP_TALKING && conn->is_ready &&
	       conn->expect_n == 0 && !conn->open && !conn->sent;
}

/* --- protocol --- */

void smtp_session_begin(struct smtp_conn *conn); /* connected, or TLS done */
/* The first thing expected was answered with conn->reply. */
void smtp_session_on_reply(struct smtp_conn *conn, enum smtp_expect what);
void smtp_session_quit(struct smtp_conn *conn);

void smtp_mail_begin(struct smtp_conn *conn, struct smtp_job *job);
void smtp_mail_on_reply(struct smtp_conn *conn, enum smtp_expect what);

/* --- the pool --- */

struct smtp_address {
	struct sockaddr_storage addr;
	socklen_t len;
};

#define SMTP_ADDRESSES_MAX 8

struct smtp_pool {
	struct arena *arena; /* of relay */
	struct smtp_relay relay;
	struct smtp_options options;
	char ehlo_name[256];
	smtp_result_fn fn;
	void *context;
	pthread_t thread;
	bool is_started;
	int epoll_fd;
	int wake_fd;

	pthread_mutex_t lock; /* for what follows, up to is_asleep */
	pthread_cond_t room;
	struct smtp_jobs submitted, answered;
	int64_t unfinished;
	bool must_stop, must_leave;
	bool is_asleep; /* the loop needs a wake-up */

	struct smtp_tls_context *tls;
	struct smtp_conn *conns; /* options.connections of them */
	size_t conns_n;
	struct smtp_resolver *resolver;
	struct smtp_address addresses[SMTP_ADDRESSES_MAX];
	size_t addresses_n;
	int64_t addresses_until_ms;

	struct smtp_jobs waiting;
	struct smtp_jobs let; /* by the gate; for SMTP_LET_MS */
	size_t asked_n;       /* at the gate */
	int64_t now_ms;       /* monotonic; of this turn of the loop */
	int64_t next_attempt_ms;
	int64_t backoff_ms; /* 0: the last attempt worked */
	struct prng jitter;
	bool is_stopping, is_leaving;
	int64_t stop_deadline_ms;

	struct smtp_trial *trial; /* NULL: it is none */
	atomic_bool held_up;
	atomic_llong opening_ms; /* since when the first connection is being
				    opened, monotonic; 0: none is */
	atomic_llong accepted, refused, temporary, unreached, kept_back;
	atomic_int open_n;
};

/* smtp_pool_start; a trial without a message opens a connection at once. */
int smtp_pool_begin(const struct smtp_relay *relay,
		    const struct smtp_options *options, smtp_result_fn fn,
		    void *context, struct smtp_trial *trial,
		    struct smtp_pool **out, struct err *err);
/* A session is ready (why NULL), or an attempt failed. */
void smtp_trial_end(struct smtp_trial *trial, const struct smtp_result *why);
/* A step was taken, in words; trial NULL: nobody wants to know. */
void smtp_trial_note(struct smtp_trial *trial, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* It hands a message over: no connection is needed before that. */
bool smtp_trial_has_message(const struct smtp_trial *trial);

/* Deliver a result (its cookie is filled in here) and free the job. */
void smtp_pool_finish(struct smtp_pool *pool, struct smtp_job *job,
		      const struct smtp_result *why);
/* Outcome by the reply's first digit. */
void smtp_pool_finish_reply(struct smtp_pool *pool, struct smtp_job *job,
			    enum smtp_stage stage,
			    const struct smtp_reply *reply);

/* One that may begin now; or NULL. */
struct smtp_job *smtp_dispatch_take(struct smtp_pool *pool);
/* The gate's answer. */
void smtp_dispatch_let(struct smtp_pool *pool, struct smtp_job *job);
/* Its connection died: first in line for another, or, if it may be why too
 * often, that is its result. */
void smtp_waiting_again(struct smtp_pool *pool, struct smtp_job *job,
			bool may_be_why, const struct smtp_result *why);
/* All that wait get this result. */
void smtp_waiting_give_back(struct smtp_pool *pool,
			    const struct smtp_result *why);

/* Start what can be started: messages on idle connections, new ones. */
void smtp_dispatch(struct smtp_pool *pool);
void smtp_dispatch_reached(struct smtp_pool *pool); /* a session is ready */
/* An attempt to reach the relay failed. */
void smtp_dispatch_failed(struct smtp_pool *pool,
			  const struct smtp_result *why);
/* When smtp_dispatch must be called though nothing happens; INT64_MAX: no. */
int64_t smtp_dispatch_due_ms(const struct smtp_pool *pool);

/* --- names --- */

/*
 * Look the host up in a thread of its own, which writes to wake_fd when it is
 * done. Freeing does not wait for it.
 */
struct smtp_resolver *smtp_resolver_start(const char *host, int port,
					  int wake_fd);
/* 1: n_out addresses (at least 1), 0: not yet, -1: failed. */
int smtp_resolver_poll(struct smtp_resolver *resolver, struct smtp_address *out,
		       size_t *n_out, struct err *err);
void smtp_resolver_free(struct smtp_resolver **resolver);

#endif
