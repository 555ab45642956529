/*
 * delivery/relay.h - where messages go: an SMTP relay, or the built-in outbox
 *
 * One face for both. Every message that relay_send() took gets exactly one
 * result, on a thread of the relay; the result function must not block. What
 * an answer means was already decided (trouble.h).
 *
 * relay_send() never waits for the network; at most `queue` messages may be
 * without a result.
 */
#ifndef DELIVERY_RELAY_H
#define DELIVERY_RELAY_H

#include "delivery/trouble.h"
#include "smtp/smtp_content.h"

struct err;
struct outbox;
struct relay;

/*
 * Asked of each message right before it goes out, when a connection is free:
 * sets may[i] of the message of cookies[i]. Called with those that go next, on
 * a thread of the relay that does nothing else: it may look into a database.
 */
typedef void (*relay_gate_fn)(void *context, void *const *cookies, size_t n,
			      bool *may);

struct relay_options {
	const char *url; /* outbox:, smtp://..., smtps://... */
	int64_t connections;
	int64_t queue;
	relay_gate_fn gate; /* with the context of results; NULL: all may */
};

struct relay_message {
	int64_t campaign_id; /* 0: none */
	bool is_test;        /* of that campaign */
	const char *sender, *rcpt, *subject;
	struct smtp_content content; /* taken: an empty one is left */
	void *cookie;
};

struct relay_result {
	void *cookie;
	enum trouble trouble;
	bool is_kept_back;  /* the gate said no; the rest says nothing */
	bool is_caught;     /* lies in the outbox: it went to nobody */
	bool maybe_sent;    /* TROUBLE_RETRY: no answer came to the content */
	int code;           /* of the relay; 0: no answer */
	const char *detail; /* what it said; lives for the call */
};
typedef void (*relay_result_fn)(void *context,
				const struct relay_result *result);

/* What the relay is called in logs: without user and password. */
void relay_url_describe(const char *url, struct strbuf *out);

/* outbox must outlive the relay; fn is called with context. ERR_INVALID: no
 * such URL. ERR_IO: threads, the file of certificates. */
int relay_start(const struct relay_options *options, struct outbox *outbox,
		relay_result_fn fn, void *context, struct relay **out,
		struct err *err);
bool relay_is_outbox_url(const char *url);
/*
 * The texts are copied, the content is taken. -1: nothing was taken, and there
 * will be no result. ERR_RETRY: it is stopping; else the message can never go
 * out (an address, or the content).
 */
int relay_send(struct relay *relay, struct relay_message *message,
	       struct err *err);
/* Another takes its place: takes nothing any more (ERR_RETRY), gives back what
 * was not begun (TROUBLE_RELAY), goes on with the rest. Waits for nothing. */
void relay_leave(struct relay *relay);
/* Everything that it took has its result. */
bool relay_is_idle(const struct relay *relay);
/* It cannot be reached: what is sent to it waits. */
bool relay_is_held_up(const struct relay *relay);
/* Returns when all results are delivered. */
void relay_stop(struct relay *relay);
void relay_free(struct relay **relay);
void relay_describe(const struct relay *relay, struct strbuf *out);

#endif
