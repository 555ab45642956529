/*
 * delivery/delivery_fixture.h - a database with an audience, its members and a
 * campaign to send, for unit tests
 */
#ifndef DELIVERY_DELIVERY_FIXTURE_H
#define DELIVERY_DELIVERY_FIXTURE_H

#include "base/err.h"
#include "delivery/event.h"
#include "store/store_fixture.h"

#define FIXTURE_NOW INT64_C(1700000000000)

struct delivery_fixture {
	struct store_fixture store;
	struct arena *arena;
	int64_t list_id, campaign_id;
};

/* Members 1 .. n are subscribed, m<i>@d<i % 7>.example; FNAME is "M<i>". The
 * campaign is `sending` and not frozen; its HTML is as given. */
void delivery_fixture_open(struct delivery_fixture *f, int members,
			   const char *html);
void delivery_fixture_free(struct delivery_fixture *f);

/* SQL on the audience, with printf's values pasted in. */
void fixture_exec(struct delivery_fixture *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* First column of the first row; fails the test if there is none. */
int64_t fixture_int(struct delivery_fixture *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* All members enter the ledger, queued, without freeze.c. */
void fixture_queue_all(struct delivery_fixture *f);
/* The owner holds the lease of those who apply. */
void fixture_hold_lease(struct delivery_fixture *f, const char *owner);
/* One event in a transaction of its own. */
void fixture_event(struct delivery_fixture *f, struct event event);

#endif
