/*
 * A message on its way from the claim to the relay, and lists of those. Handed
 * from thread to thread; one has it at a time.
 */
#include "base/cleanup.h"
#include "base/err.h"
#include "delivery/claim.h"
#include "delivery/sender_private.h"

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
