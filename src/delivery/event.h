/*
 * delivery/event.h - the log of what happened to messages, and its writer
 *
 * Every hand-over, every answer of a relay, every open, click and unsubscribe
 * is one row of events.event, never changed afterwards. The applier
 * (delivery/apply/applier.h) moves ledger, members and report figures behind
 * it.
 *
 * The writer is one thread that commits whatever was queued while the last
 * commit ran: one transaction every few ms, not one an event. An event counts
 * as happened only when its done function was called without an error.
 * Adding is possible from any thread and never blocks.
 *
 * While the log is applied too slowly, opens and clicks are written later: each
 * waits EVENT_HIT_WAIT_MS, which slows down whoever sends them, as a client
 * gets its answer when the hit is durable. No hit is refused, and nothing else
 * waits: unsubscribes and outcomes pass by.
 */
#ifndef DELIVERY_EVENT_H
#define DELIVERY_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct event_writer;
struct rows;
struct store;
struct strbuf;
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

bool event_is_hit(const struct event *event);    /* an open or click */
int64_t event_bounce(const struct event *event); /* enum bounce_kind */

/* A row_fn of the queries event-after, event-urgent: *out is a struct event. */
void event_read(const struct rows *rows, struct arena *arena, void *out);

/*
 * Called once for each event, on the writer's thread: must not block. why NULL:
 * it is durable. Else it may be stored or not, and can be added again:
 * ERR_FULL, or ERR_RETRY, which a lock of the database gives after PATIENCE_MS.
 */
typedef void (*event_done_fn)(void *context, const struct err *why);

/*
 * after_commit (may be NULL) is called on the writer's thread after each
 * commit. instance is stored with each event, and must outlive the writer.
 * ERR_IO: no thread.
 */
int event_writer_start(struct store *store, const char *instance,
		       void (*after_commit)(void *context), void *context,
		       struct event_writer **out, struct err *err);
/* The texts are copied. done may be NULL. */
void event_add(struct event_writer *w, const struct event *event,
	       event_done_fn done, void *context);
/* How far behind the log is, as the applier sees it. Any thread. */
#define EVENT_BEHIND_MS 5000   /* from then on hits wait */
#define EVENT_HIT_WAIT_MS 2000 /* so long */
void event_writer_behind(struct event_writer *w, int64_t behind_ms);
/* Add and wait until it is durable. -1: see event_done_fn. */
int event_add_wait(struct event_writer *w, const struct event *event,
		   struct err *err);
/* What writing of the log, or by it, came to last; NULL: it worked. Any thread,
 * as the next. */
void event_writer_note(struct event_writer *w, const struct err *why);
/* There was no room on the disk: true, and what was said is appended. */
bool event_writer_is_full(struct event_writer *w, struct strbuf *out);
void event_writer_stop(struct event_writer *w); /* commits what is queued */
void event_writer_free(struct event_writer **w);

/* Write n events at once in the caller's transaction (of STORE_EVENTS), which
 * from here on keeps all other writers of events waiting until it ends. */
int event_insert(struct tx *tx, const char *instance,
		 const struct event *events, size_t n, struct err *err);

#endif
