#include "delivery/send/renderers.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/queue.h"
#include "base/thread/thread.h"
#include "delivery/send/permit.h"
#include "delivery/send/shipment.h"

#include <stdatomic.h>

#define THREADS_MAX 16

struct renderers {
	struct renderers_setup setup;
	struct queue *waiting;
	atomic_bool wants_room;
	atomic_size_t wanted; /* how much, then */
	pthread_t threads[THREADS_MAX];
	size_t n;
};

static void render(struct shipment *p)
{
	struct err err = ERR_INIT;

	if (mailing_render(p->mailing, &p->person, clock_now_ms(),
			   &p->content.text, &p->subject, &err) == 0 &&
	    smtp_content_scan(&p->content, &err) == 0)
		return;
	log_error("message cannot be rendered",
		  LOG_INT("campaign", p->mailing->campaign_id),
		  LOG_INT("member", p->person.member_id), LOG_ERR(&err));
	p->problem = strdup(err.text);
	BUG_ON(!p->problem);
}

static bool fits(struct renderers *r, size_t n)
{
	return queue_size(r->waiting) + n <= r->setup.room;
}

static void tell_room(struct renderers *r)
{
	if (fits(r, atomic_load(&r->wanted)) &&
	    atomic_exchange(&r->wants_room, false))
		r->setup.on_room(r->setup.context);
}

static void *render_main(void *renderers)
{
	struct renderers *r = renderers;
	void *item;

	while (queue_take(r->waiting, &item, 1, -1) == 1) {
		struct shipment *p = item;

		tell_room(r);
		if (permit_is_stopping(r->setup.permit) ||
		    shipment_is_called_back(p)) {
			shipment_bin_put(r->setup.back, p);
			continue;
		}
		render(p);
		if (!queue_push(r->setup.ready, p))
			shipment_bin_put(r->setup.back, p);
	}
	return NULL;
}

int renderers_start(const struct renderers_setup *setup, struct renderers **out,
		    struct err *err)
{
	CLEANUP(renderers_free) struct renderers *r = calloc(1, sizeof(*r));
	size_t wanted = (size_t)setup->threads;

	BUG_ON(!r);
	r->setup = *setup;
	r->waiting = queue_new(setup->room);
	while (r->n < wanted && r->n < THREADS_MAX) {
		if (thread_start(&r->threads[r->n], "render", render_main, r) !=
		    0)
			return err_set(err, ERR_IO, "no thread for rendering");
		r->n++;
	}
	*out = TAKE(r);
	return 0;
}

/* That we want it is said before we look, or the last of them could miss it. */
bool renderers_have_room(struct renderers *r, size_t n)
{
	atomic_store(&r->wanted, n);
	atomic_store(&r->wants_room, true);
	if (!fits(r, n))
		return false;
	atomic_store(&r->wants_room, false);
	return true;
}

void renderers_take(struct renderers *r, struct shipment *p)
{
	if (!queue_push(r->waiting, p))
		shipment_bin_put(r->setup.back, p);
}

void renderers_stop(struct renderers *r)
{
	queue_close(r->waiting);
	while (r->n > 0)
		pthread_join(r->threads[--r->n], NULL);
}

void renderers_free(struct renderers **renderers)
{
	struct renderers *r = *renderers;

	if (!r)
		return;
	renderers_stop(r);
	queue_free(&r->waiting);
	free(r);
	*renderers = NULL;
}
