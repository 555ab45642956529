/*
 * delivery/send/claimer.h - the thread that takes recipients out of the ledger
 *
 * Campaigns are worked on in turn, while they are `sending`, from the first
 * page of the ledger on. One that is paused, canceled or finished gets back
 * what was claimed; so does all, when another relay comes into force. It also
 * gives back what the other rooms put into the bin for it, sends the single
 * mails that are due, and stores what was decided about campaigns that wait
 * (hold.h).
 */
#ifndef DELIVERY_CLAIMER_H
#define DELIVERY_CLAIMER_H

#include "delivery/barred.h"

#include <stdint.h>

struct claimer;
struct delivery_options;
struct err;
struct event_writer;
struct handover;
struct holds;
struct mailing_setup;
struct permit;
struct relays;
struct renderers;
struct shipment_bin;
struct store;
struct window;

struct claimer_setup {
	struct store *store;
	const struct delivery_options *options;
	const struct mailing_setup *mailing;
	struct event_writer *writer;
	const char *owner;   /* of claims */
	bool has_public_url; /* else only the outbox gets mails */
	struct barred barred;
	const struct permit *permit;
	struct relays *relays;
	struct window *window;
	struct holds *holds;
	struct shipment_bin *back, *ended; /* it empties them */
};

struct claimer *claimer_new(const struct claimer_setup *setup);
/* ERR_IO: no thread. */
int claimer_start(struct claimer *c, struct renderers *renderers,
		  struct handover *handover, struct err *err);
void claimer_wake(struct claimer *c); /* look for work now; any thread */
/* Returns when its thread has ended; the permit says that it stops. */
void claimer_join(struct claimer *c);
/* When nothing else runs any more: what still lies in the bins. */
int claimer_settle(struct claimer *c, struct err *err);
void claimer_free(struct claimer **c); /* NULL is fine */

#endif
