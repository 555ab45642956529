/*
 * delivery/send/sender.h - takes recipients from the ledger to the relay
 *
 *     claimer -> renderers -> handover -> relays
 *        ^                      | ^          |
 *        +--- given back -------+ +- answers-+
 *
 * Each is a room that owns its state and its threads; whole shipments go from
 * one to the next through queues. Two things go back: what is not handed over
 * (a bin that the claimer empties), and a slot of the window when an outcome is
 * stored. This one starts them, wires them, and stops them in order.
 *
 * What is promised of a kill, and how, stands in handover.h; consent is checked
 * at the claim (claim.h), and when it is a message's turn with the relay
 * (handover.h). An instance sees at that moment what all others have committed.
 */
#ifndef DELIVERY_SENDER_H
#define DELIVERY_SENDER_H

#include "base/strbuf.h"
#include "delivery/barred.h"

struct delivery_options;
struct err;
struct event_writer;
struct mailing_setup;
struct outbox;
struct sender;
struct store;

struct sender_setup {
	struct store *store;
	const struct delivery_options *options;
	const struct mailing_setup *mailing;
	struct event_writer *writer;
	struct outbox *outbox;
	const char *owner;   /* of claims, see lease.h */
	bool has_public_url; /* else only the outbox gets mails */
	struct barred barred;
};

/* Starts its threads; setup is copied, what it points to must outlive it.
 * ERR_INVALID: the relay's URL. ERR_IO: threads. Else as store_get. */
int sender_start(const struct sender_setup *setup, struct sender **out,
		 struct err *err);
void sender_wake(struct sender *s); /* look for work now */
/* The lease of the owner holds until then (clock_monotonic_us). Without one (at
 * first, and when its process was held up for too long) nothing is claimed or
 * handed over. */
void sender_leased(struct sender *s, int64_t until_us);
/* Hands over no more, waits for the answers, gives back the rest. */
void sender_stop(struct sender *s);
void sender_free(struct sender **s);
/* The relay takes nothing now. Any thread, like sender_describe. */
bool sender_is_held_up(struct sender *s);
/* Appends "accepted=12 refused=0 ... " and the relay's. */
void sender_describe(struct sender *s, struct strbuf *out);

#endif
