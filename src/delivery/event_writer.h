/*
 * delivery/event_writer.h - writes the log of events
 *
 * One thread commits whatever was queued while the last commit ran: one
 * transaction every few ms, not one an event. An event counts as happened only
 * when its done function was called without an error. Adding is possible from
 * any thread and never blocks.
 *
 * Then it is *synced*: it survives the death of the machine. A group made up
 * wholly of events of sending is only *written*: it survives the death of this
 * process, and is synced at most EVENT_SYNC_MS later, by the next synced commit
 * or by one made for it. No more than unsynced_most messages are handed over
 * unsynced. Nothing may pass what is synced: who moves other databases behind
 * the log asks event_writer_unsynced. A sync that fails ends the process.
 * docs/decisions/0043-written-and-synced.md has the reasons.
 *
 * A group of hits waits, EVENT_HIT_PACE_MS at most, until it is half as large
 * as the one before: who answers many then has them in few groups.
 *
 * While the log is applied too slowly, opens and clicks are written later: each
 * waits EVENT_HIT_WAIT_MS, which slows down whoever sends them, as a client
 * gets its answer when the hit is durable. No hit is refused, and nothing else
 * waits: unsubscribes and outcomes pass by.
 */
#ifndef DELIVERY_EVENT_WRITER_H
#define DELIVERY_EVENT_WRITER_H

#include "delivery/event.h"

struct arena;
struct event_writer;
struct store;
struct strbuf;

/*
 * Called once for each event, on the writer's thread: must not block. why NULL:
 * it is stored. Else it may be stored or not, and can be added again:
 * ERR_FULL, or ERR_RETRY, which a lock of the database gives after PATIENCE_MS.
 */
typedef void (*event_done_fn)(void *context, const struct err *why);

struct event_writer_setup {
	struct store *store;
	const char *instance; /* stored with each event */
	/* Messages handed over and not synced, at most; 0: all groups are
	 * synced. */
	int64_t unsynced_most;
	/* So many events of sending are written at once; fewer wait for more,
	 * EVENT_PACE_MS at most. 0: none wait. */
	int64_t enough;
	/* A server lost what was written, and the process ends now: its claims
	 * say nothing. May be NULL. */
	void (*torn)(void *context);
	/* Called on the writer's thread when all is synced; may be NULL.
	 * is_urgent: there is more than hits and events of sending. */
	void (*after_commit)(void *context, bool is_urgent);
	void *context;
};

/* setup is copied, what it points to must outlive the writer. ERR_IO: no
 * thread. */
int event_writer_start(const struct event_writer_setup *setup,
		       struct event_writer **out, struct err *err);
/* The event is copied, into the arena if there is one, which must live until
 * `done` was called; that may free it. done may be NULL. */
void event_add(struct event_writer *w, const struct event *event,
	       struct arena *arena, event_done_fn done, void *context);
#define EVENT_SYNC_MS 100
#define EVENT_PACE_MS 2
#define EVENT_HIT_PACE_MS 1 /* a hit waits so long for others, at most */
/* The id that everything unsynced has at least; 0: all is synced. Of what was
 * read before this was asked, nothing below it is lost. Any thread. On
 * PostgreSQL always 0: a synced commit of any schema syncs the log. */
int64_t event_writer_unsynced(const struct event_writer *w);
/* How far behind the log is, as the applier sees it. Any thread. */
#define EVENT_BEHIND_MS 5000   /* from then on hits wait */
#define EVENT_HIT_WAIT_MS 2000 /* so long */
void event_writer_behind(struct event_writer *w, int64_t behind_ms);
/* Add and wait until it is stored. -1: see event_done_fn. */
int event_add_wait(struct event_writer *w, const struct event *event,
		   struct err *err);
/* What writing of the log, or by it, came to last; NULL: it worked. Any thread,
 * as the next. */
void event_writer_note(struct event_writer *w, const struct err *why);
/* There was no room on the disk: true, and what was said is appended. */
bool event_writer_is_full(struct event_writer *w, struct strbuf *out);
void event_writer_stop(struct event_writer *w); /* commits what is queued */
void event_writer_free(struct event_writer **w);

#endif
