#include "delivery/send/sender.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/queue.h"
#include "delivery/delivery.h"
#include "delivery/send/claimer.h"
#include "delivery/send/handover.h"
#include "delivery/send/hold.h"
#include "delivery/send/permit.h"
#include "delivery/send/relays.h"
#include "delivery/send/renderers.h"
#include "delivery/send/shipment.h"
#include "delivery/send/window.h"
#include "store/store.h"

/* With the window, fewer than 1,000: all that was claimed counts as uncertain
 * when the end of the log is lost. */
#define RENDER_QUEUE 750
#define READY_QUEUE 100
#define WINDOW_TRIES 10
#define WINDOW_TRY_MS 100

struct sender {
	struct sender_setup setup;
	struct permit permit;
	/* from room to room */
	struct queue *ready;
	struct shipment_bin back, ended;
	struct window *window;
	struct holds *holds;
	/* the rooms */
	struct claimer *claimer;
	struct renderers *renderers;
	struct handover *handover;
	struct relays *relays;
};

static void wake_claimer(void *sender)
{
	sender_wake(sender);
}

static void make_ways(struct sender *s)
{
	const struct delivery_options *o = s->setup.options;

	s->ready = queue_new(READY_QUEUE);
	shipment_bin_init(&s->back);
	shipment_bin_init(&s->ended);
	s->window = window_new(o->uncertain_max, o->rate);
	s->holds = holds_new(o->pause_hard_percent);
}

static void make_handover(struct sender *s)
{
	const struct handover_setup setup = {
		.store = s->setup.store,
		.options = s->setup.options,
		.permit = &s->permit,
		.writer = s->setup.writer,
		.window = s->window,
		.holds = s->holds,
		.ready = s->ready,
		.back = &s->back,
		.ended = &s->ended,
		.wake_claimer = wake_claimer,
		.context = s,
	};

	s->handover = handover_new(&setup);
}

static void make_claimer(struct sender *s)
{
	const struct claimer_setup setup = {
		.store = s->setup.store,
		.options = s->setup.options,
		.mailing = s->setup.mailing,
		.writer = s->setup.writer,
		.owner = s->setup.owner,
		.has_public_url = s->setup.has_public_url,
		.barred = s->setup.barred,
		.permit = &s->permit,
		.relays = s->relays,
		.window = s->window,
		.holds = s->holds,
		.back = &s->back,
		.ended = &s->ended,
	};

	s->claimer = claimer_new(&setup);
}

static int open_relays(struct sender *s, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	const struct relays_setup setup = {
		.options = s->setup.options,
		.outbox = s->setup.outbox,
		.result = handover_result,
		.gate = handover_may_go,
		.context = s->handover,
	};

	return store_get(s->setup.store, STORE_AUDIENCE, &db, err) < 0
		       ? -1
		       : relays_open(&setup, db, &s->relays, err);
}

/* From the relays backwards: whoever hands on finds the next one there. */
static int start_rooms(struct sender *s, struct err *err)
{
	const struct renderers_setup renderers = {
		.permit = &s->permit,
		.threads = s->setup.options->render_threads,
		.room = RENDER_QUEUE,
		.ready = s->ready,
		.back = &s->back,
		.on_room = wake_claimer,
		.context = s,
	};

	make_handover(s);
	if (open_relays(s, err) < 0)
		return -1;
	make_claimer(s);
	return handover_start(s->handover, s->relays, err) < 0 ||
			       renderers_start(&renderers, &s->renderers, err) <
				       0 ||
			       claimer_start(s->claimer, s->renderers,
					     s->handover, err) < 0
		       ? -1
		       : 0;
}

int sender_start(const struct sender_setup *setup, struct sender **out,
		 struct err *err)
{
	CLEANUP(sender_free) struct sender *s = calloc(1, sizeof(*s));

	BUG_ON(!s);
	s->setup = *setup;
	make_ways(s);
	if (start_rooms(s, err) < 0)
		return -1;
	*out = TAKE(s);
	return 0;
}

void sender_leased(struct sender *s, int64_t until_us)
{
	bool had = permit_has_lease(&s->permit);

	atomic_store(&s->permit.leased_until_us, until_us);
	if (!had)
		sender_wake(s);
}

void sender_wake(struct sender *s)
{
	claimer_wake(s->claimer);
}

/* Outcomes that cannot be stored are left: the next start finds them handed
 * and marks them uncertain. */
static void wait_for_outcomes(struct sender *s)
{
	for (int tries = 0; tries < WINDOW_TRIES; tries++) {
		if (window_wait_empty(s->window, WINDOW_TRY_MS))
			return;
		handover_store_unsaved(s->handover);
	}
}

void sender_stop(struct sender *s)
{
	struct err err = ERR_INIT;

	if (atomic_exchange(&s->permit.is_stopping, true))
		return;
	window_close(s->window);
	if (s->claimer) {
		claimer_wake(s->claimer);
		claimer_join(s->claimer);
	}
	if (s->renderers)
		renderers_stop(s->renderers);
	queue_close(s->ready);
	handover_join(s->handover);
	if (s->relays)
		relays_stop(s->relays);
	wait_for_outcomes(s);
	if (s->claimer && claimer_settle(s->claimer, &err) < 0)
		log_error("sender did not end well", LOG_ERR(&err));
}

void sender_free(struct sender **sender)
{
	struct sender *s = *sender;

	if (!s)
		return;
	sender_stop(s);
	claimer_free(&s->claimer);
	renderers_free(&s->renderers);
	relays_free(&s->relays);
	handover_free(&s->handover);
	window_free(&s->window);
	holds_free(&s->holds);
	shipment_bin_release(&s->back);
	shipment_bin_release(&s->ended);
	queue_free(&s->ready);
	free(s);
	*sender = NULL;
}

bool sender_is_held_up(struct sender *s)
{
	return relays_are_held_up(s->relays);
}

void sender_describe(struct sender *s, struct strbuf *out)
{
	struct window_state state = window_state(s->window);

	handover_describe(s->handover, out);
	strbuf_addf(out, "handed=%lld relay_failures=%lld ",
		    (long long)state.taken, (long long)state.relay_failures);
	relays_describe(s->relays, out);
}
