/*
 * delivery/sender_private.h - what claim, rendering and hand-over share
 */
#ifndef DELIVERY_SENDER_PRIVATE_H
#define DELIVERY_SENDER_PRIVATE_H

#include "base/clock.h"
#include "base/vec.h"
#include "delivery/delivery.h"
#include "delivery/mailing.h"
#include "delivery/relay.h"
#include "delivery/sender.h"

#include <pthread.h>
#include <stdatomic.h>

struct claimed;
struct claims;
struct holds;
struct queue;

/* One message on its way; one thread at a time has it. */
struct shipment {
	struct sender *sender;
	struct shipment *next;   /* in a list of the sender */
	struct mailing *mailing; /* NULL: a single mail */
	int64_t outgoing_id;     /* of a single mail; else 0 */
	const char *envelope_sender;
	struct mailing_person person;
	int64_t attempts; /* this one included */
	int64_t first_ms; /* when it was first tried; 0: now */
	struct strbuf content, subject;
	char *problem; /* why it cannot be rendered; NULL: it was */
	/* the outcome, once there is one */
	int outcome; /* enum event_kind; 0: none yet */
	int64_t outcome_code, outcome_ms;
	char *detail;
	char text[]; /* keeps the texts of person and envelope */
};

struct mailings VEC_FIELDS(struct mailing *);

/* A campaign that could not be worked on: left alone for a while. */
struct failure {
	int64_t campaign_id, until_us; /* monotonic */
};
struct failures VEC_FIELDS(struct failure);

struct shipments {
	struct shipment *first, **last;
	size_t n;
};

#define RENDER_THREADS_MAX 16

/* What holds.c counts in, and what is waited for. */
static inline int64_t monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

static inline int64_t monotonic_us_in(int64_t ms)
{
	return clock_monotonic_us() + ms * 1000;
}

struct sender {
	struct sender_setup setup;
	/* The one in force. Whoever uses it holds the lock to read; it is only
	 * exchanged under the lock to write. */
	struct relay *relay;
	pthread_rwlock_t relay_lock;
	/* Of the claiming thread. The last one, until it has answered, or for
	 * so long at most; NULL: there is none. */
	struct relay *last_relay;
	char *relay_url;
	int64_t last_until_us;
	struct holds *holds;
	struct queue *to_render, *ready; /* of struct shipment */
	struct mailings mailings;        /* of the claiming thread */
	pthread_t claiming, handover;
	pthread_t renderers[RENDER_THREADS_MAX];
	size_t renderers_n;
	bool claiming_runs, handover_runs;
	int64_t next_hand_us;     /* throttle; of the handing thread */
	struct failures failures; /* of the claiming thread */

	pthread_mutex_t lock; /* of what stands below */
	pthread_cond_t wake;  /* of the claiming thread */
	pthread_cond_t slot;  /* of the handing one: one is free, or stopping */
	bool is_woken;
	int64_t in_window;
	struct shipments back;    /* to be given back */
	struct shipments unsaved; /* whose outcome could not be stored */
	struct shipments singles; /* single mails with an outcome */
	int64_t pause_until_us;   /* monotonic: the relay takes none */

	atomic_bool stopping;
	/* From the exchange of the relay until the last one has answered:
	 * nothing is handed over. */
	atomic_bool switching;
	atomic_bool wants_room;       /* claiming waits for to_render */
	atomic_llong relay_failures;  /* in a row */
	atomic_llong leased_until_us; /* monotonic */
	atomic_llong accepted, refused, deferred;
};

/* --- shipment.c --- */
/* mailing NULL: a single mail. Texts are copied, the mailing is held. */
struct shipment *shipment_new(struct sender *s, struct mailing *mailing,
			      const char *envelope_sender,
			      const struct claimed *claimed);
void shipment_free(struct shipment *p); /* NULL is fine */
void shipments_init(struct shipments *list);
void shipments_add(struct shipments *list, struct shipment *p);
struct shipment *shipments_take(struct shipments *list);
/* To be given back to the queue (any thread). */
void shipment_give_back(struct shipment *p);
/* A relay_gate_fn: right before they leave, may their people still get them?
 * Called back, opted out, gone or moved: no. */
void last_look(void *sender, void *const *shipments, size_t n, bool *may);

/* --- sender.c --- */
/* Whether its claims are still its own. */
bool sender_has_lease(const struct sender *s);

/* relay_send of the relay in force; ERR_RETRY also while it is exchanged. */
int sender_relay_send(struct sender *s, struct relay_message *message,
		      struct err *err);

/* --- barred.c --- */
/* Of those that were claimed, whom the relay in force must not get is left out,
 * and taken out of the list. On failure all are given back. Of the claiming
 * thread. */
int keep_back_claims(struct sender *s, struct db *db, int64_t campaign_id,
		     struct claims *claims, struct err *err);
/* Must the relay in force not get a mail to the address? 1, 0, -1. */
int keep_back_single(struct sender *s, const char *address, struct err *err);

/* --- relay_switch.c --- */
/* The first one. */
int relay_switch_begin(struct sender *s, struct db *db, struct err *err);
/* Exchanges the relay if another is in force by now, and ends an exchange. Of
 * the claiming thread. */
int relay_switch_round(struct sender *s, struct db *db, struct err *err);
void relay_switch_free(struct sender *s);

/* --- handover.c --- */
void *handover_main(void *sender);
void handover_result(void *sender, const struct relay_result *result);
/* As far as anybody knows. */
void handover_relay_works(struct sender *s);
/* Try again to store outcomes that could not be stored. */
void handover_retry_unsaved(struct sender *s);

/* --- outgoing.c --- */
/* Sends single mails that are due; returns how many were taken. */
int outgoing_send_due(struct sender *s, int64_t now_ms, struct err *err);
/* Writes what became of them. */
int outgoing_settle(struct sender *s, int64_t now_ms, struct err *err);

#endif
