#include "delivery/send/shipment.h"

#include "base/err.h"
#include "delivery/send/claim.h"

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

struct shipment *shipment_new(struct mailing *mailing,
			      const char *envelope_sender,
			      const struct claimed *claimed)
{
	size_t size = size_of(envelope_sender) + size_of(claimed->address) +
		      size_of(claimed->unique_id) + size_of(claimed->merge) +
		      size_of(claimed->language) + size_of(claimed->interests);
	struct shipment *p = calloc(1, sizeof(*p) + size);
	char *at;

	BUG_ON(!p);
	p->mailing = mailing ? mailing_hold(mailing) : NULL;
	p->attempts = claimed->attempts + 1;
	p->first_ms = claimed->first_ms;
	p->person.member_id = claimed->member_id;
	p->person.optin_ms = claimed->optin_ms;
	at = put_text(p->text, envelope_sender, &p->envelope_sender);
	at = put_text(at, claimed->address, &p->person.address);
	at = put_text(at, claimed->unique_id, &p->person.unique_id);
	at = put_text(at, claimed->merge, &p->person.merge);
	at = put_text(at, claimed->language, &p->person.language);
	put_text(at, claimed->interests, &p->person.interests);
	p->content = (struct smtp_content)SMTP_CONTENT_INIT;
	p->subject = (struct strbuf)STRBUF_INIT;
	return p;
}

void shipment_free(struct shipment *p)
{
	if (!p)
		return;
	mailing_put(&p->mailing);
	smtp_content_release(&p->content);
	strbuf_release(&p->subject);
	free(p->problem);
	free(p->detail);
	free(p);
}

bool shipment_is_called_back(const struct shipment *p)
{
	return p->mailing && atomic_load(&p->mailing->stopped);
}

/* --- lists --- */

void shipments_init(struct shipments *list)
{
	list->first = NULL;
	list->last = &list->first;
}

void shipments_add(struct shipments *list, struct shipment *p)
{
	p->next = NULL;
	*list->last = p;
	list->last = &p->next;
}

struct shipment *shipments_take(struct shipments *list)
{
	struct shipment *p = list->first;

	if (!p)
		return NULL;
	list->first = p->next;
	if (!list->first)
		list->last = &list->first;
	return p;
}

void shipments_move(struct shipments *from, struct shipments *to)
{
	if (!from->first)
		return;
	*to->last = from->first;
	to->last = from->last;
	shipments_init(from);
}

void shipments_free(struct shipments *list)
{
	struct shipment *p;

	while ((p = shipments_take(list)))
		shipment_free(p);
}

/* --- bins --- */

void shipment_bin_init(struct shipment_bin *bin)
{
	pthread_mutex_init(&bin->lock, NULL);
	shipments_init(&bin->list);
}

void shipment_bin_release(struct shipment_bin *bin)
{
	shipments_free(&bin->list);
	pthread_mutex_destroy(&bin->lock);
}

void shipment_bin_put(struct shipment_bin *bin, struct shipment *p)
{
	pthread_mutex_lock(&bin->lock);
	shipments_add(&bin->list, p);
	pthread_mutex_unlock(&bin->lock);
}

bool shipment_bin_take(struct shipment_bin *bin, struct shipments *out)
{
	shipments_init(out);
	pthread_mutex_lock(&bin->lock);
	shipments_move(&bin->list, out);
	pthread_mutex_unlock(&bin->lock);
	return out->first != NULL;
}
