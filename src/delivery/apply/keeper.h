/*
 * delivery/apply/keeper.h - the housekeeping of sending, one thread
 *
 * In each process: renews its leases. In the one that holds the lease
 * `delivery`, also: starts what is due, freezes, cancels, finishes campaigns,
 * and frees what dead senders had claimed or handed over - once what they had
 * written to the log is applied, so that only what is really unknown counts as
 * uncertain. If the end of that log was lost, since the machine died with them,
 * that is all that they had claimed. Nothing else waits for the log.
 */
#ifndef DELIVERY_KEEPER_H
#define DELIVERY_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

struct applier;
struct campaign_sender_facts;
struct db;
struct err;
struct event_writer;
struct freezings;
struct keeper;
struct marks;
struct still;
struct store;

struct keeper_setup {
	struct store *store;
	struct applier *applier;
	struct event_writer *writer;
	const struct campaign_sender_facts *facts; /* but for the outbox */
	const char *relay;    /* option, see delivery/relay_setting.h */
	const char *owner;    /* of leases */
	bool is_sender;       /* this process claims recipients */
	bool may_be_unsynced; /* what it hands over, see event_writer.h */
	bool uncertain_again; /* uncertain ones are sent again, else left */
	/* Called when something may be claimed now. */
	void (*wake_sender)(void *context);
	/* The sender's lease holds until then (clock_monotonic_us); may be
	 * NULL. */
	void (*leased)(void *context, int64_t until_us);
	void *context;
	/* Of the keeper's thread: what was seen of the leases of others. NULL:
	 * only those that gave up are dead. */
	struct still *others;
	/* Of the keeper's thread: what of the log is waited for. NULL only
	 * without an applier. */
	struct marks *marks;
	struct freezings *freezings; /* of the keeper's thread */
};

/* Starts its thread; setup is copied. ERR_IO: no thread. */
int keeper_start(const struct keeper_setup *setup, struct keeper **out,
		 struct err *err);
/* Look now. Any thread, like keeper_applied. */
void keeper_wake(struct keeper *k);
/* Something of the log was applied: who waits for that goes on. */
void keeper_applied(struct keeper *k);
/* The end of our own log is lost, and the process ends: whoever frees its
 * claims shall know. Any thread; best effort. */
void keeper_log_is_torn(struct keeper *k);
void keeper_stop(struct keeper *k);
void keeper_free(struct keeper **k); /* gives up the leases, too */

/* One round of the work of the holder, for tests. 1: more to do at once. */
int keeper_round(const struct keeper_setup *setup, struct db *db,
		 int64_t now_ms, struct err *err);

#endif
