/*
 * smtp/smtp_pool.h - hands messages to one relay over many connections
 *
 * One thread runs an epoll loop over all connections. Each connection carries
 * any number of messages, one recipient each; with PIPELINING (RFC 2920) the
 * content of one and MAIL, RCPT and DATA of the next go out together, so that
 * a message costs one round trip.
 *
 *     smtp_pool_start(&relay, &options, on_result, sender, &pool, err);
 *     smtp_pool_submit(pool, &message, err);    any thread
 *     ...                                       on_result(sender, &result)
 *     smtp_pool_stop(pool);
 *     smtp_pool_free(&pool);
 *
 * Every submitted message gets exactly one result, on the loop's thread.
 * Messages leave in any order.
 *
 * What the pool does by itself: opens connections as messages wait (up to
 * options.connections), closes idle ones, takes a message to another
 * connection if one dies before the content's end was sent (at most
 * SMTP_TRIES times, not counting connections that had carried others before
 * it: many relays close after some messages). If the relay cannot be reached
 * at all, the waiting messages are given back as SMTP_UNREACHED,
 * smtp_pool_is_held_up() turns true and the relay is probed, ever more rarely
 * up to options.backoff_most_ms (backoff_silent_ms if it does not answer);
 * what is submitted meanwhile waits for the next attempt.
 *
 * With a gate, each message is asked about when it is next, two a connection
 * that is open: smtp_pool_answer() says whether it may. The answer holds for
 * SMTP_LET_MS; what has not begun by then, as the relay is slow or gone, is
 * asked about again.
 *
 * A connection that dies between the content's end and the relay's answer
 * leaves it open whether the relay took the message: result.maybe_sent. The
 * caller bounds how many that can be by bounding what it has submitted.
 *
 * Neither passwords nor content nor addresses are logged.
 */
#ifndef SMTP_SMTP_POOL_H
#define SMTP_SMTP_POOL_H

#include "smtp/smtp_content.h"

struct err;
struct smtp_job;
struct smtp_pool;
struct smtp_relay;

#define SMTP_TRIES 3
#define SMTP_LET_MS 100
#define SMTP_CONNECTIONS_MAX 500
#define SMTP_PATH_MAX                                          \
	254 /* bytes of an address; RFC 5321 section 4.5.3.1.3 \
	     */

/* May a message begin? On the loop's thread: must not block. smtp_pool_answer
 * must follow. */
typedef void (*smtp_gate_fn)(void *context, struct smtp_job *job);

/* Times are RFC 5321 section 4.5.3.2's, shortened where a relay near us that
 * takes longer is of no use. */
struct smtp_options {
	const char *ehlo_name;       /* NULL: this host's name */
	int64_t connections;         /* at most */
	int64_t messages_each;       /* then reconnect; 0: no limit */
	int64_t queue;               /* messages without a result, at most */
	int64_t connect_timeout_ms;  /* TCP, and TLS */
	int64_t greeting_timeout_ms; /* until 220 */
	int64_t slow_ms;             /* the first: then we are held up */
	int64_t command_timeout_ms;  /* EHLO, AUTH, MAIL, RCPT, DATA ... */
	int64_t content_timeout_ms;  /* without progress in sending content */
	int64_t dot_timeout_ms;      /* from the content's end to the answer */
	int64_t idle_timeout_ms;     /* then QUIT */
	int64_t backoff_least_ms;    /* relay is dead: first pause */
	int64_t backoff_most_ms;     /* ... doubled up to this if it answers */
	int64_t backoff_silent_ms;   /* ... and to this if it does not */
	int64_t stop_timeout_ms;     /* smtp_pool_stop gives up after */
	bool no_pipelining;          /* even if offered; for comparing */
	smtp_gate_fn gate; /* with the context of results; NULL: all may */
};
#define SMTP_OPTIONS_DEFAULT                                               \
	{                                                                  \
		.connections = 10, .messages_each = 1000, .queue = 1000,   \
		.connect_timeout_ms = 30000, .greeting_timeout_ms = 60000, \
		.slow_ms = 5000, .command_timeout_ms = 120000,             \
		.content_timeout_ms = 120000, .dot_timeout_ms = 300000,    \
		.idle_timeout_ms = 15000, .backoff_least_ms = 500,         \
		.backoff_most_ms = 60000, .backoff_silent_ms = 4000,       \
		.stop_timeout_ms = 30000,                                  \
	}

struct smtp_message {
	const char *sender; /* envelope; "" is the null reverse path */
	const char *rcpt;   /* envelope, one */
	struct smtp_content content;
	void *cookie; /* the caller's, comes back in the result */
};

enum smtp_outcome {
	SMTP_ACCEPTED,  /* 2xx after the content */
	SMTP_REFUSED,   /* 5xx; or it cannot be sent to this relay at all */
	SMTP_TEMPORARY, /* 4xx, or the connection died or timed out */
	SMTP_UNREACHED, /* no connection, greeting, TLS or AUTH: the message
			   was not even begun; nothing is wrong with it */
	SMTP_KEPT_BACK, /* the gate said no; it was not begun */
};
const char *smtp_outcome_name(enum smtp_outcome outcome);

/* What was being done when the outcome was decided. */
enum smtp_stage {
	SMTP_AT_CONNECT,
	SMTP_AT_GREETING,
	SMTP_AT_EHLO,
	SMTP_AT_TLS,
	SMTP_AT_AUTH,
	SMTP_AT_MAIL,
	SMTP_AT_RCPT,
	SMTP_AT_DATA,
	SMTP_AT_CONTENT, /* and the answer to it */
};
const char *smtp_stage_name(enum smtp_stage stage);

struct smtp_result {
	void *cookie;
	const char *sender, *rcpt; /* of the message */
	enum smtp_outcome outcome;
	enum smtp_stage stage;
	int code;             /* 550; 0: no answer of the relay */
	const char *enhanced; /* "5.1.1" (RFC 3463), "" if none */
	const char *text;     /* valid UTF-8, one line, without the codes */
	bool maybe_sent;      /* SMTP_TEMPORARY: the relay may have taken it */
};

/* On the loop's thread: must not block, nor submit. Texts live for the call. */
typedef void (*smtp_result_fn)(void *context, const struct smtp_result *result);

/*
 * Starts the loop; connects when the first message comes. relay and options
 * are copied. ERR_INVALID: options; ERR_IO: threads, TLS (ca_file).
 */
int smtp_pool_start(const struct smtp_relay *relay,
		    const struct smtp_options *options, smtp_result_fn fn,
		    void *context, struct smtp_pool **out, struct err *err);

/*
 * Queue a message; waits while options.queue of them have no result. The pool
 * takes the content (leaves an empty one behind) and copies the addresses.
 *
 * -1: nothing was taken. ERR_INVALID: an address that is too long or holds
 * anything but printable characters (no white space, control characters or
 * angle brackets), or a content with a bare CR or LF, or with a NUL: nothing
 * in a message can become a command. ERR_RETRY: the pool is stopping.
 */
int smtp_pool_submit(struct smtp_pool *pool, struct smtp_message *message,
		     struct err *err);

/* The gate's answers: may[i] of jobs[i], which are the pool's again. Any
 * thread. */
void smtp_pool_answer(struct smtp_pool *pool, struct smtp_job *const *jobs,
		      const bool *may, size_t n);
void *smtp_job_cookie(const struct smtp_job *job);

/* True from a failed attempt to connect with no other connection open until
 * one succeeds, and while the first takes longer than options.slow_ms. Any
 * thread. */
bool smtp_pool_is_held_up(const struct smtp_pool *pool);

/*
 * From now on: refuses new messages (ERR_RETRY), gives back what was not begun
 * (SMTP_UNREACHED), and goes on with the rest. Waits for nothing. Any thread.
 */
void smtp_pool_leave(struct smtp_pool *pool);

/*
 * Refuse new messages, send the queued ones, say QUIT; at once if the relay
 * is held up. What is not answered after stop_timeout_ms gets its result as
 * if the connection had died. Returns when all results are delivered.
 */
void smtp_pool_stop(struct smtp_pool *pool);
void smtp_pool_free(struct smtp_pool **pool); /* stops it first */

/* "relay=smtp://host:25 held_up=no connections=3 accepted=12 ..." */
void smtp_pool_describe(const struct smtp_pool *pool, struct strbuf *out);

#endif
