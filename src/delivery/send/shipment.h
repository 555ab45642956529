/*
 * delivery/send/shipment.h - a message on its way from the claim to the relay
 *
 * Handed from room to room through queues; one thread has it at a time. Those
 * that go back lie in a bin, where any thread puts them and one takes them all.
 */
#ifndef DELIVERY_SHIPMENT_H
#define DELIVERY_SHIPMENT_H

#include "base/strbuf.h"
#include "delivery/event.h"
#include "delivery/mailing.h"
#include "smtp/smtp_content.h"

#include <pthread.h>

struct claimed;
struct handover;

struct shipment {
	struct shipment *next;     /* in a list */
	struct handover *handover; /* once it is handed over: by whom */
	struct mailing *mailing;   /* held; NULL: a single mail */
	int64_t outgoing_id;       /* of a single mail; else 0 */
	const char *envelope_sender;
	struct mailing_person person;
	int64_t attempts;            /* this one included */
	int64_t first_ms;            /* when it was first tried; 0: now */
	struct smtp_content content; /* scanned, unless there is a problem */
	struct strbuf subject;
	char *problem; /* why it cannot be rendered; NULL: it was */
	/* what became of it, once that is known */
	int outcome; /* enum event_kind; 0: not yet */
	int64_t outcome_code, outcome_ms;
	char *detail;
	char text[]; /* keeps the texts of person and envelope */
};

/* mailing NULL: a single mail. Texts are copied, the mailing is held. */
struct shipment *shipment_new(struct mailing *mailing,
			      const char *envelope_sender,
			      const struct claimed *claimed);
void shipment_free(struct shipment *p); /* NULL is fine */
/* Its campaign was paused or canceled, or waits: it goes back. */
bool shipment_is_called_back(const struct shipment *p);

struct shipments {
	struct shipment *first, **last;
};
void shipments_init(struct shipments *list);
void shipments_add(struct shipments *list, struct shipment *p);
struct shipment *shipments_take(struct shipments *list); /* NULL: empty */
/* All of *from, behind those of *to. */
void shipments_move(struct shipments *from, struct shipments *to);
void shipments_free(struct shipments *list); /* with those in it */

struct shipment_bin {
	pthread_mutex_t lock;
	struct shipments list;
};
void shipment_bin_init(struct shipment_bin *bin);
void shipment_bin_release(struct shipment_bin *bin);
void shipment_bin_put(struct shipment_bin *bin, struct shipment *p);
/* All that are in it, into an empty list; false: none were. */
bool shipment_bin_take(struct shipment_bin *bin, struct shipments *out);

#endif
