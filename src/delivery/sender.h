/*
 * delivery/sender.h - takes recipients from the ledger to the relay
 *
 *     claim -> render (and sign) -> hand over -> relay -> outcome
 *
 * Three kinds of threads hand whole shipments on: one claims, some render, one
 * hands over. Handing over means: wait for a free slot (at most uncertain_max
 * shipments are between their `handed` event and a durable outcome), write
 * `handed` to the log, and give the message to the relay only when that is
 * durable. So a kill at any moment loses nobody and doubles at most
 * uncertain_max.
 *
 * Consent is checked at the claim, and once more when it is a message's turn
 * with the relay (relay_gate_fn), however long that is after. Who left
 * meanwhile, and who has another address, goes back to the ledger: returned, if
 * `handed` was written, and else given back. The next claim says what becomes
 * of them. An instance sees at that moment what all others have committed.
 *
 * Campaigns are worked on in turn, while they are `sending` and frozen. One
 * that is paused, canceled or finished gets back what was claimed. Single mails
 * of outgoing_message go the same way without ledger.
 *
 * The relay in force (delivery/relay_setting.h) is looked up in every round, at
 * least twice a second. When it is another one, all that is rendered goes back
 * to the ledger, the last relay answers what it has begun, and only then the
 * new one gets messages (relay_switch.c).
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
