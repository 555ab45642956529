/*
 * A message on its way from the claim to the relay, and lists of those. Handed
 * from thread to thread; one has it at a time.
 */
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "delivery/claim.h"
#include "delivery/sender_private.h"
#include "store/store.h"

#define FAILED_PAUSE_MS MS_SECOND

static char *put_text(char *at, const char *text, const char **out)
{
	size_t size = text ? strlen(text) + 1 : 1;

	memcpy(at, text ? text : "", size);
	*out = at;
	return at + size;
}

static size_t size_of(const char *text)
{
	return text ? strlen(text) + 1 : 1;
}

struct shipment *shipment_new(struct sender *s, struct mailing *mailing,
			      const char *envelope_sender,
			      const struct claimed *claimed)
{
	size_t size = size_of(envelope_sender) + size_of(claimed->address) +
		      size_of(claimed->unique_id) + size_of(claimed->merge);
	struct shipment *p = calloc(1, sizeof(*p) + size);
	char *at;

	BUG_ON(!p);
	p->sender = s;
	p->mailing = mailing ? mailing_hold(mailing) : NULL;
	p->attempts = claimed->attempts + 1;
	p->first_ms = claimed->first_ms;
	p->person.member_id = claimed->member_id;
	p->person.optin_ms = claimed->optin_ms;
	at = put_text(p->text, envelope_sender, &p->envelope_sender);
	at = put_text(at, claimed->address, &p->person.address);
	at = put_text(at, claimed->unique_id, &p->person.unique_id);
	put_text(at, claimed->merge, &p->person.merge);
	p->content = (struct strbuf)STRBUF_INIT;
	p->subject = (struct strbuf)STRBUF_INIT;
	return p;
}

void shipment_free(struct shipment *p)
{
	if (!p)
		return;
	mailing_put(&p->mailing);
	strbuf_release(&p->content);
	strbuf_release(&p->subject);
	free(p->problem);
	free(p->detail);
	free(p);
}

void shipments_init(struct shipments *list)
{
	list->first = NULL;
	list->last = &list->first;
	list->n = 0;
}

void shipments_add(struct shipments *list, struct shipment *p)
{
	p->next = NULL;
	*list->last = p;
	list->last = &p->next;
	list->n++;
}

struct shipment *shipments_take(struct shipments *list)
{
	struct shipment *p = list->first;

	if (!p)
		return NULL;
	list->first = p->next;
	if (!list->first)
		list->last = &list->first;
	list->n--;
	return p;
}

void shipment_give_back(struct shipment *p)
{
	struct sender *s = p->sender;

	pthread_mutex_lock(&s->lock);
	shipments_add(&s->back, p);
	pthread_mutex_unlock(&s->lock);
}

/* --- the last look --- */

/*
 * Between the claim, which asks first, and here may lie minutes, when the rate
 * is low or the relay slow, or days, when it is down. Who may not get it goes
 * back to the ledger, and the next claim leaves them out with the reason; who
 * has another address by now gets the mail there.
 */
static int look(struct sender *s, void *const *shipments, size_t n, bool *may,
		struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char **addresses = arena_array(arena, const char *, n);
	const char **reasons = arena_array(arena, const char *, n);
	int64_t *ids = arena_array(arena, int64_t, n);

	for (size_t i = 0; i < n; i++) {
		const struct shipment *p = shipments[i];

		ids[i] = p->person.member_id;
		addresses[i] = p->person.address;
	}
	if (store_get(s->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    consent_check_at(db, ids, addresses, n, reasons, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct shipment *p = shipments[i];

		/* single mails are of nobody: who asked for them is mailed */
		may[i] = !p->mailing ||
			 (!reasons[i] && !atomic_load(&p->mailing->stopped));
	}
	return 0;
}

static void pause_a_moment(struct sender *s)
{
	int64_t until_us = monotonic_us_in(FAILED_PAUSE_MS);

	pthread_mutex_lock(&s->lock);
	if (s->pause_until_us < until_us)
		s->pause_until_us = until_us;
	pthread_mutex_unlock(&s->lock);
}

void last_look(void *sender, void *const *shipments, size_t n, bool *may)
{
	struct sender *s = sender;
	struct err err = ERR_INIT;

	if (look(s, shipments, n, may, &err) == 0)
		return;
	log_error("consent cannot be checked", LOG_ERR(&err));
	for (size_t i = 0; i < n; i++)
		may[i] = !((const struct shipment *)shipments[i])->mailing;
	pause_a_moment(s);
}
