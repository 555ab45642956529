/*
 * From rendered messages to the relay, and its answers to the log: handed
 * before, the outcome after. One thread, and the callbacks of the pool.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/thread/queue.h"
#include "base/thread/wait.h"
#include "delivery/claim.h"
#include "delivery/event.h"
#include "delivery/hold.h"
#include "delivery/recipient.h"
#include "delivery/sender_private.h"

#define HELD_UP_LOOK_MS 200
#define HAND_MOST 100

static struct metric sent = METRIC_COUNTER("muster_messages_accepted",
					   "Messages that a relay accepted");
static struct metric refusals = METRIC_COUNTER(
	"muster_messages_refused", "Messages that were refused or expired");
static struct metric deferrals = METRIC_COUNTER(
	"muster_messages_deferred", "Messages that will be tried again");
static struct metric uncertain_now = METRIC_GAUGE(
	"muster_messages_handed", "Messages handed over without an outcome");
static struct metric held_up =
	METRIC_GAUGE("muster_relay_held_up", "1 while the relay takes nothing");

/* --- outcomes --- */

static void release_slot(struct sender *s)
{
	pthread_mutex_lock(&s->lock);
	s->in_window--;
	metric_set(&uncertain_now, s->in_window);
	pthread_cond_signal(&s->slot);
	pthread_mutex_unlock(&s->lock);
}

static void on_outcome_stored(void *context, const struct err *why)
{
	struct shipment *p = context;
	struct sender *s = p->sender;

	if (!why) {
		shipment_free(p);
		release_slot(s);
		return;
	}
	/* the slot stays taken: this one is uncertain until it is stored */
	pthread_mutex_lock(&s->lock);
	shipments_add(&s->unsaved, p);
	pthread_mutex_unlock(&s->lock);
}

static void store_outcome(struct shipment *p)
{
	struct event event = {
		.at_ms = p->outcome_ms,
		.kind = (enum event_kind)p->outcome,
		.campaign_id = p->mailing->campaign_id,
		.member_id = p->person.member_id,
		.code = p->outcome_code,
		.detail = p->detail,
	};

	event_add(p->sender->setup.writer, &event, on_outcome_stored, p);
}

void handover_retry_unsaved(struct sender *s)
{
	struct shipments list;
	struct shipment *p;

	pthread_mutex_lock(&s->lock);
	list = s->unsaved;
	if (list.first == NULL)
		list.last = &list.first;
	shipments_init(&s->unsaved);
	pthread_mutex_unlock(&s->lock);
	while (list.n > 0 && (p = shipments_take(&list)))
		store_outcome(p);
}

static void finish_single(struct shipment *p)
{
	struct sender *s = p->sender;

	pthread_mutex_lock(&s->lock);
	shipments_add(&s->singles, p);
	pthread_mutex_unlock(&s->lock);
	sender_wake(s);
}

static void set_outcome(struct shipment *p, enum event_kind kind, int64_t code,
			const char *detail)
{
	p->outcome = kind;
	p->outcome_code = code;
	p->outcome_ms = clock_now_ms();
	p->detail = detail ? strdup(detail) : NULL;
	if (p->outgoing_id)
		finish_single(p);
	else
		store_outcome(p);
}

void handover_relay_works(struct sender *s)
{
	pthread_mutex_lock(&s->lock);
	atomic_store(&s->relay_failures, 0);
	s->pause_until_us = 0;
	pthread_cond_signal(&s->slot);
	pthread_mutex_unlock(&s->lock);
	metric_set(&held_up, 0);
}

/* The relay takes nothing: leave it alone for a while, ever longer if it says
 * so. What fails together, all that was on its way, counts once. When it is
 * not there, relay_send waits for it, and no longer than needed. */
static void note_relay_failed(struct sender *s, bool is_answer)
{
	int64_t failures;

	pthread_mutex_lock(&s->lock);
	if (s->pause_until_us > clock_monotonic_us()) {
		pthread_mutex_unlock(&s->lock);
		return;
	}
	failures = atomic_fetch_add(&s->relay_failures, 1) + 1;
	s->pause_until_us = monotonic_us_in(
		trouble_relay_wait_ms(is_answer ? failures : 1, random_u64()));
	pthread_mutex_unlock(&s->lock);
	metric_set(&held_up, 1);
	if (failures == 1)
		log_warn("relay takes no messages");
}

static bool is_too_late(const struct shipment *p)
{
	const struct delivery_options *o = p->sender->setup.options;

	return p->first_ms && clock_now_ms() - p->first_ms >= o->expire_ms;
}

static void refuse(struct shipment *p, enum event_kind kind,
		   enum bounce_kind bounce, int code, const char *detail)
{
	metric_add(&refusals, 1);
	atomic_fetch_add(&p->sender->refused, 1);
	/* without a reply of a server, nobody said anything of the address */
	set_outcome(p, kind,
		    (int64_t)bounce << EVENT_BOUNCE_SHIFT | code |
			    (code == 0 ? EVENT_NO_FAULT : 0),
		    detail);
}

static void defer(struct shipment *p, const struct relay_result *result)
{
	if (result->maybe_sent &&
	    !delivery_sends_again(p->sender->setup.options)) {
		refuse(p, EVENT_EXPIRED, BOUNCE_NONE, 0, CLAIM_UNKNOWN);
		return;
	}
	if (is_too_late(p)) {
		refuse(p, EVENT_EXPIRED, BOUNCE_SOFT, result->code,
		       result->detail);
		return;
	}
	metric_add(&deferrals, 1);
	atomic_fetch_add(&p->sender->deferred, 1);
	set_outcome(p, EVENT_DEFERRED,
		    result->code | (result->maybe_sent ? EVENT_MAYBE_SENT : 0),
		    result->detail);
}

/* What it says about the campaign; single mails have none. */
static void note_campaign(struct shipment *p, const struct relay_result *result)
{
	struct sender *s = p->sender;
	bool is_late;

	if (!p->mailing)
		return;
	is_late = atomic_load(&p->mailing->stopped);
	if (!holds_note(s->holds, p->mailing->campaign_id, result->trouble,
			result->detail, is_late, monotonic_ms()))
		return;
	atomic_store(&p->mailing->stopped, true);
	sender_wake(s);
}

/* Not begun: nothing was said of the relay, nor of the recipient. */
static void call_back(struct shipment *p)
{
	holds_try_another(p->sender->holds, p->mailing->campaign_id,
			  monotonic_ms());
	set_outcome(p, EVENT_RETURNED, 0, "called back");
}

static void note_answer(struct shipment *p, const struct relay_result *result)
{
	struct sender *s = p->sender;

	if (result->trouble == TROUBLE_RELAY &&
	    (atomic_load(&s->stopping) || atomic_load(&s->switching)))
		return; /* it is we who hung up */
	if (result->trouble == TROUBLE_RELAY)
		note_relay_failed(s, result->code != 0);
	else if (atomic_load(&s->relay_failures))
		handover_relay_works(s);
	note_campaign(p, result);
}

/* On a thread of the relay. */
void handover_result(void *sender, const struct relay_result *result)
{
	struct sender *s = sender;
	struct shipment *p = result->cookie;

	if (result->is_kept_back) {
		call_back(p);
		return;
	}
	note_answer(p, result);
	switch (result->trouble) {
	case TROUBLE_NONE:
		metric_add(&sent, 1);
		atomic_fetch_add(&s->accepted, 1);
		set_outcome(p, EVENT_ACCEPTED,
			    result->code |
				    (result->is_caught ? EVENT_CAUGHT : 0),
			    NULL);
		return;
	case TROUBLE_RETRY:
		defer(p, result);
		return;
	case TROUBLE_HARD:
		refuse(p, EVENT_REFUSED, BOUNCE_HARD, result->code,
		       result->detail);
		return;
	case TROUBLE_SOFT:
	case TROUBLE_UNCLEAR:
		refuse(p, EVENT_REFUSED, BOUNCE_SOFT, result->code,
		       result->detail);
		return;
	default: /* it was not about this recipient */
		set_outcome(p, EVENT_RETURNED, result->code, result->detail);
		return;
	}
}

/* --- handing over --- */

static void give_to_relay(struct shipment *p)
{
	struct err err = ERR_INIT;
	struct relay_message m = {
		.campaign_id = p->mailing->campaign_id,
		.sender = p->envelope_sender,
		.rcpt = p->person.address,
		.subject = p->subject.buf,
		.content = p->content,
		.cookie = p,
	};

	p->content = (struct strbuf)STRBUF_INIT;
	if (sender_relay_send(p->sender, &m, &err) == 0)
		return;
	strbuf_release(&m.content);
	if (err.code == ERR_RETRY)
		set_outcome(p, EVENT_RETURNED, 0, err.text);
	else
		refuse(p, EVENT_REFUSED, BOUNCE_SOFT, 0, err.text);
}

/* On the writer's thread: from here on the message may be out. */
static void on_handed(void *context, const struct err *why)
{
	struct shipment *p = context;

	if (why)
		/* perhaps it is in the log after all: take it back there */
		set_outcome(p, EVENT_RETURNED, 0, "not stored");
	else if (p->problem)
		refuse(p, EVENT_REFUSED, BOUNCE_SOFT, 0, p->problem);
	else if (atomic_load(&p->mailing->stopped))
		set_outcome(p, EVENT_RETURNED, 0, "called back");
	else
		give_to_relay(p);
}

static void hand_over(struct shipment *p)
{
	struct event event = {
		.at_ms = clock_now_ms(),
		.kind = EVENT_HANDED,
		.campaign_id = p->mailing->campaign_id,
		.member_id = p->person.member_id,
	};

	if (p->first_ms == 0)
		p->first_ms = event.at_ms;
	event_add(p->sender->setup.writer, &event, on_handed, p);
}

/* Under lock. How many may be out now: one, to probe, while the relay takes
 * none; nobody while it is left alone. */
static int64_t open_slots(struct sender *s)
{
	if (atomic_load(&s->switching) ||
	    s->pause_until_us > clock_monotonic_us())
		return 0;
	if (atomic_load(&s->relay_failures) > 0 || sender_is_held_up(s))
		return 1;
	return s->setup.options->uncertain_max;
}

/* false: stopping. */
static bool take_slot(struct sender *s)
{
	bool taken;

	pthread_mutex_lock(&s->lock);
	while (!atomic_load(&s->stopping) && s->in_window >= open_slots(s))
		(void)wait_ms(&s->slot, &s->lock, HELD_UP_LOOK_MS);
	taken = !atomic_load(&s->stopping);
	if (taken)
		s->in_window++;
	pthread_mutex_unlock(&s->lock);
	return taken;
}

/* Keep to the set rate; what was not used is not saved up. */
static void throttle(struct sender *s)
{
	int64_t rate = s->setup.options->rate;
	int64_t now_us = clock_monotonic_us();

	if (rate <= 0)
		return;
	if (s->next_hand_us < now_us)
		s->next_hand_us = now_us;
	s->next_hand_us += 1000000 / rate;
	pthread_mutex_lock(&s->lock);
	while (!atomic_load(&s->stopping) &&
	       s->next_hand_us > clock_monotonic_us())
		(void)wait_until(&s->slot, &s->lock, s->next_hand_us);
	pthread_mutex_unlock(&s->lock);
}

/* Who left meanwhile uses up none of a low rate. What waits after this is
 * looked at once more, when it is its turn with the relay. */
static void look_first(struct sender *s, void **items, size_t *n)
{
	bool may[HAND_MOST];
	size_t kept = 0;

	if (s->setup.options->rate <= 0)
		return;
	last_look(s, items, *n, may);
	for (size_t i = 0; i < *n; i++) {
		if (may[i])
			items[kept++] = items[i];
		else
			shipment_give_back(items[i]);
	}
	*n = kept;
}

static void hand_over_next(struct sender *s, struct shipment *p)
{
	if (!atomic_load(&p->mailing->stopped))
		throttle(s);
	if (!take_slot(s)) {
		shipment_give_back(p);
		return;
	}
	if (atomic_load(&p->mailing->stopped) || !sender_has_lease(s)) {
		shipment_give_back(p);
		release_slot(s);
		return;
	}
	hand_over(p);
}

/* What goes within a second, at most. */
static size_t most_at_once(const struct sender *s)
{
	int64_t rate = s->setup.options->rate;

	return rate > 0 && rate < HAND_MOST ? (size_t)rate : HAND_MOST;
}

void *handover_main(void *sender)
{
	struct sender *s = sender;
	void *items[HAND_MOST];
	size_t n;

	while ((n = queue_take(s->ready, items, most_at_once(s), -1)) > 0) {
		look_first(s, items, &n);
		for (size_t i = 0; i < n; i++)
			hand_over_next(s, items[i]);
	}
	return NULL;
}
