/*
 * delivery/event.h - the log of what happened to messages
 *
 * Every hand-over, every answer of a relay, every open, click and unsubscribe
 * is one row of events.event, never changed afterwards. The applier
 * (delivery/apply/applier.h) moves ledger, members and report figures behind
 * it. event_writer.h writes it.
 */
#ifndef DELIVERY_EVENT_H
#define DELIVERY_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct rows;
struct tx;

/* Stored in the database: append only, never renumber. */
enum event_kind {
	EVENT_HANDED = 1,   /* goes to the relay now */
	EVENT_ACCEPTED = 2, /* 250 after the final dot */
	EVENT_DEFERRED = 3, /* not now; tried again, see trouble.h */
	EVENT_REFUSED = 4,  /* for good; code, detail */
	EVENT_EXPIRED = 5,  /* tried for too long */
	EVENT_RETURNED = 6, /* handed, but the relay never took it */
	EVENT_OPENED = 7,
	EVENT_CLICKED = 8,
	EVENT_UNSUBSCRIBED = 9, /* by the person */
	EVENT_COMPLAINED = 10,
	EVENT_BOUNCED = 11, /* a bounce message came back later */
};

/* Bits of `code` of an open or click. */
#define EVENT_HIT_HEAD 1 /* asked for with HEAD */

/* Bits of `code` of refused, expired and bounced, above the reply code. */
#define EVENT_BOUNCE_SHIFT 16    /* 1 hard, 2 soft; see trouble.h */
#define EVENT_BOUNCE_MASK 3      /* ... of the bits above that shift */
#define EVENT_NO_FAULT (1 << 20) /* says nothing about the address */

/* A bit of `code` of accepted, above the reply code: by the outbox, so that
 * nobody was mailed. */
#define EVENT_CAUGHT (1 << 21)

/* A bit of `code` of deferred, above the reply code: the relay may have taken
 * it, as its answer never came. */
#define EVENT_MAYBE_SENT (1 << 22)

/*
 * A bit of `code` of unsubscribed: it is taken back, by the person. No kind of
 * its own, since it must stay in the order of the log among them, for whoever
 * reads only what is urgent (delivery/apply/urgent.h); and a program that does
 * not know it yet unsubscribes, which is the safe side.
 */
#define EVENT_TAKEN_BACK 2

#define EVENT_LINK_HONEYPOT 1000000 /* link_id of the link nobody sees */

struct event {
	int64_t id; /* of the log; 0 when adding */
	int64_t at_ms;
	enum event_kind kind;
	int64_t campaign_id, member_id;
	int64_t link_id; /* clicked: which */
	int64_t code;
	const char *ip, *agent, *detail; /* may be NULL */
};

bool event_is_hit(const struct event *event); /* an open or click */
/* Handed over, or what the relay said: nobody was told of it. */
bool event_is_of_sending(const struct event *event);
int64_t event_bounce(const struct event *event); /* enum bounce_kind */

/* A row_fn of the queries event-after, event-urgent: *out is a struct event. */
void event_read(const struct rows *rows, struct arena *arena, void *out);

/* The next ids are greater than this one. For the start, before anybody writes;
 * PostgreSQL, whose log loses nothing that a cursor has passed, needs none. */
int event_raise(struct tx *tx, int64_t above, struct err *err);

/* Write n events at once in the caller's transaction (of STORE_EVENTS), which
 * from here on keeps all other writers of events waiting until it ends. */
int event_insert(struct tx *tx, const char *instance,
		 const struct event *events, size_t n, struct err *err);

#endif
