/*
 * delivery/send/handover.h - from rendered messages to the relay, and its
 * answers to the log
 *
 * Its thread waits for a free slot of the window, has `handed` written to the
 * log, and only when that is stored gives the message to the relay; what the
 * relay says is written too, and then the slot is free. So a kill at any moment
 * loses nobody, and doubles at most as many as the window has slots.
 *
 * Consent is looked at once more when it is a message's turn with the relay,
 * however long that is after the claim.
 */
#ifndef DELIVERY_HANDOVER_H
#define DELIVERY_HANDOVER_H

#include "delivery/send/shipment.h"

struct delivery_options;
struct err;
struct event_writer;
struct handover;
struct holds;
struct permit;
struct queue;
struct relay_message;
struct relay_result;
struct relays;
struct store;
struct strbuf;
struct window;

struct handover_setup {
	struct store *store;
	const struct delivery_options *options;
	const struct permit *permit;
	struct event_writer *writer;
	struct window *window;
	struct holds *holds;
	struct queue *ready;        /* of rendered shipments; it takes them */
	struct shipment_bin *back;  /* it puts those not handed over */
	struct shipment_bin *ended; /* single mails with an outcome */
	/* Something lies in `ended`, or a campaign was called back. */
	void (*wake_claimer)(void *context);
	void *context;
};

struct handover *handover_new(const struct handover_setup *setup);
/* relays: with the two functions below, in its context. ERR_IO: no thread. */
int handover_start(struct handover *h, struct relays *relays, struct err *err);
/* The queue is closed: what is left in it goes back. Answers still come. */
void handover_join(struct handover *h);
void handover_free(struct handover **h); /* NULL is fine */

/* relay_result_fn, relay_gate_fn. */
void handover_result(void *handover, const struct relay_result *result);
void handover_may_go(void *handover, void *const *shipments, size_t n,
		     bool *may);

/* A single mail goes at once, beside the window, and without the log. */
void handover_send_single(struct handover *h, struct shipment *p,
			  struct relay_message *message);
/* Try again to store outcomes that could not be stored. */
void handover_store_unsaved(struct handover *h);
/* "accepted=12 refused=0 deferred=0 " */
void handover_describe(struct handover *h, struct strbuf *out);

#endif
