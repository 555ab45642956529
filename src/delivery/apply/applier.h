/*
 * delivery/apply/applier.h - moves the ledger, members and figures behind the
 * log
 *
 * A durable cursor over the ids of events.event lies in the audience and moves
 * in the transaction of what was applied, so that each event is applied
 * exactly once, whatever dies. One process of a cluster applies: the holder of
 * the lease `delivery`, checked in each transaction. Events that must not wait
 * behind others are applied before each batch by a second cursor (urgent.h).
 *
 * Writers of events queue for a lock of the database until they have committed
 * (event_insert), so that what is seen behind the cursor is complete: nothing
 * commits out of order. No transaction of somebody else can hold it up.
 *
 * applier_wake() after a commit in this process makes it run at once, but not
 * sooner than half a second after a pass that had many events, unless something
 * is urgent; commits elsewhere are seen within 250 ms. A batch is as large as a
 * quarter of a second allows while nobody else wants to write: a page of the
 * database that many hits change is then written once for all of them.
 */
#ifndef DELIVERY_APPLIER_H
#define DELIVERY_APPLIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct applier;
struct apply_memory;
struct db;
struct err;
struct store;

struct applier_options {
	const char *owner; /* of the lease */
	int64_t early_ms;  /* rule 20: hits so soon are machines' */
	int64_t burst;
	int64_t retry_first_ms; /* see trouble_wait_ms */
	/* Called after each batch, on the applier's thread; may be NULL. */
	void (*after)(void *context);
	/* event_writer_unsynced: nothing is applied that could be lost. NULL:
	 * all is synced. */
	int64_t (*unsynced)(void *context);
	/* Called when the backlog was looked at; may be NULL. */
	void (*behind)(void *context, int64_t behind_ms);
	void *context;
};

/* What is kept from batch to batch, see apply_private.h; of one thread. burst
 * as in the options. */
struct apply_memory *apply_memory_new(int64_t burst);
void apply_memory_free(struct apply_memory **memory);

/* One batch of at most `most` events; events, audience are connections of
 * those schemas. Returns how many were applied; 0: none are left, or the lease
 * is not ours; -1: nothing is lost, the cursor stands where
 * the last batch that was stored ended. */
int64_t applier_step(const struct applier_options *options, struct db *events,
		     struct db *audience, struct apply_memory *memory,
		     size_t most, int64_t now_ms, struct err *err);

/* Before anything is written: what an earlier process wrote is synced, and new
 * ids of the log are above every cursor. A log that lost its end would else
 * give ids again that were applied, and what has them would be passed over. */
int applier_prepare_log(struct store *store, struct err *err);
/* Starts its thread; options are copied. ERR_IO: no thread. */
int applier_start(struct store *store, const struct applier_options *options,
		  struct applier **out, struct err *err);
/* is_urgent: somebody left, who must not wait. Any thread, like the rest. */
void applier_wake(struct applier *a, bool is_urgent);

/*
 * To wait for what was committed to the log before now: take a mark, and ask
 * from time to time. Neither waits.
 */
int applier_mark(struct applier *a, int64_t *mark_out, struct err *err);
bool applier_is_past(struct applier *a, int64_t mark);

/* How much of the log is not applied, as seen lately. */
struct backlog {
	int64_t events;
	int64_t behind_ms; /* since the first of them happened */
};
struct backlog applier_backlog(struct applier *a);

/* After the batch in hand: what is not applied is when it starts again. */
void applier_stop(struct applier *a);
void applier_free(struct applier **a);

#endif
