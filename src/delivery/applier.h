/*
 * delivery/applier.h - moves the ledger, members and figures behind the log
 *
 * A durable cursor over (xid, id) of events.event lies in the audience and
 * moves in the transaction of what was applied, so that each event is applied
 * exactly once, whatever dies. One process of a cluster applies: the holder of
 * the lease `delivery`, checked in each transaction.
 *
 * Writers of events queue for a lock of the database until they have committed
 * (event_insert), so that what is seen behind the cursor is complete: nothing
 * commits out of order. No transaction of somebody else can hold it up.
 *
 * applier_wake() after a commit in this process makes it run at once; commits
 * elsewhere are seen within 250 ms.
 */
#ifndef DELIVERY_APPLIER_H
#define DELIVERY_APPLIER_H

#include <stdbool.h>
#include <stdint.h>

struct applier;
struct db;
struct err;
struct store;
struct verdict_bursts;

struct applier_options {
	const char *owner; /* of the lease */
	int64_t early_ms;  /* rule 20: hits so soon are machines' */
	int64_t burst;
	int64_t retry_first_ms; /* see trouble_wait_ms */
	/* Called after each batch, on the applier's thread; may be NULL. */
	void (*after)(void *context);
	void *context;
};

/* One batch: events, audience are connections of those schemas. Returns how
 * many events were applied; 0: none are left, or the lease is not ours. */
int64_t applier_step(const struct applier_options *options, struct db *events,
		     struct db *audience, struct verdict_bursts *bursts,
		     int64_t now_ms, struct err *err);

int applier_start(struct store *store, const struct applier_options *options,
		  struct applier **out, struct err *err);
void applier_wake(struct applier *a);
/*
 * Wait until everything that was committed to the log before this call is
 * applied. ERR_RETRY: not within 8 s, or the lease is not ours.
 */
int applier_drain(struct applier *a, struct err *err);
void applier_stop(struct applier *a); /* applies what is there first */
void applier_free(struct applier **a);

#endif
