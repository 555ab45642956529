/*
 * A shipment is the done-context of its events, so that each stage ends in the
 * callback of the next: `handed` is stored (the log writer's thread), the relay
 * has answered (the relay's), the outcome is stored (the log writer's again).
 */
#include "delivery/send/handover.h"

#include "audience/suppression.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread/queue.h"
#include "base/thread/thread.h"
#include "delivery/delivery.h"
#include "delivery/event_writer.h"
#include "delivery/recipient.h"
#include "delivery/relay.h"
#include "delivery/send/claim.h"
#include "delivery/send/hold.h"
#include "delivery/send/permit.h"
#include "delivery/send/relays.h"
#include "delivery/send/window.h"
#include "store/store.h"

#include <stdatomic.h>

#define HAND_MOST 100
#define FAILED_PAUSE_MS MS_SECOND

struct handover {
	struct handover_setup setup;
	struct relays *relays;
	struct shipment_bin unsaved; /* whose outcome could not be stored */
	pthread_t thread;
	bool runs;
	atomic_llong accepted, refused, deferred;
};

static struct metric sent = METRIC_COUNTER("muster_messages_accepted",
					   "Messages that a relay accepted");
static struct metric refusals = METRIC_COUNTER(
	"muster_messages_refused", "Messages that were refused or expired");
static struct metric deferrals = METRIC_COUNTER(
	"muster_messages_deferred", "Messages that will be tried again");

/* --- outcomes --- */

static void on_outcome_stored(void *context, const struct err *why)
{
	struct shipment *p = context;
	struct handover *h = p->handover;

	if (why) {
		/* the slot stays taken: it is uncertain until it is stored */
		shipment_bin_put(&h->unsaved, p);
		return;
	}
	shipment_free(p);
	window_release(h->setup.window);
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

	event_add(p->handover->setup.writer, &event, NULL, on_outcome_stored,
		  p);
}

void handover_store_unsaved(struct handover *h)
{
	struct shipments list;
	struct shipment *p;

	(void)shipment_bin_take(&h->unsaved, &list);
	while ((p = shipments_take(&list)))
		store_outcome(p);
}

static void set_outcome(struct shipment *p, enum event_kind kind, int64_t code,
			const char *detail)
{
	const struct handover_setup *setup = &p->handover->setup;

	p->outcome = kind;
	p->outcome_code = code;
	p->outcome_ms = clock_now_ms();
	p->detail = detail ? strdup(detail) : NULL;
	if (p->mailing) {
		store_outcome(p);
		return;
	}
	shipment_bin_put(setup->ended, p);
	setup->wake_claimer(setup->context);
}

static bool is_too_late(const struct shipment *p)
{
	const struct delivery_options *o = p->handover->setup.options;

	return p->first_ms && clock_now_ms() - p->first_ms >= o->expire_ms;
}

static void refuse(struct shipment *p, enum event_kind kind,
		   enum bounce_kind bounce, int code, const char *detail)
{
	metric_add(&refusals, 1);
	atomic_fetch_add(&p->handover->refused, 1);
	/* without a reply of a server, nobody said anything of the address */
	set_outcome(p, kind,
		    (int64_t)bounce << EVENT_BOUNCE_SHIFT | code |
			    (code == 0 ? EVENT_NO_FAULT : 0),
		    detail);
}

static void defer(struct shipment *p, const struct relay_result *result)
{
	if (result->maybe_sent &&
	    !delivery_sends_again(p->handover->setup.options)) {
		refuse(p, EVENT_EXPIRED, BOUNCE_NONE, 0, CLAIM_UNKNOWN);
		return;
	}
	if (is_too_late(p)) {
		refuse(p, EVENT_EXPIRED, BOUNCE_SOFT, result->code,
		       result->detail);
		return;
	}
	metric_add(&deferrals, 1);
	atomic_fetch_add(&p->handover->deferred, 1);
	set_outcome(p, EVENT_DEFERRED,
		    result->code | (result->maybe_sent ? EVENT_MAYBE_SENT : 0),
		    result->detail);
}

static void accept(struct shipment *p, const struct relay_result *result)
{
	metric_add(&sent, 1);
	atomic_fetch_add(&p->handover->accepted, 1);
	set_outcome(p, EVENT_ACCEPTED,
		    result->code | (result->is_caught ? EVENT_CAUGHT : 0),
		    NULL);
}

/* --- answers of the relay --- */

/* What it says about the campaign; single mails have none. */
static void note_campaign(struct shipment *p, const struct relay_result *result)
{
	const struct handover_setup *setup = &p->handover->setup;

	if (!p->mailing)
		return;
	if (!holds_note(setup->holds, p->mailing->campaign_id, result->trouble,
			result->detail, shipment_is_called_back(p),
			clock_monotonic_ms()))
		return;
	atomic_store(&p->mailing->stopped, true);
	setup->wake_claimer(setup->context);
}

/* Not begun: nothing was said of the relay, nor of the recipient. */
static void call_back(struct shipment *p)
{
	holds_try_another(p->handover->setup.holds, p->mailing->campaign_id,
			  clock_monotonic_ms());
	set_outcome(p, EVENT_RETURNED, 0, "called back");
}

static void note_answer(struct shipment *p, const struct relay_result *result)
{
	struct handover *h = p->handover;

	if (result->trouble == TROUBLE_RELAY &&
	    (permit_is_stopping(h->setup.permit) ||
	     relays_are_changing(h->relays)))
		return; /* it is we who hung up */
	if (result->trouble == TROUBLE_RELAY)
		window_relay_failed(h->setup.window, result->code != 0);
	else
		window_relay_works(h->setup.window);
	note_campaign(p, result);
}

/* On a thread of the relay. */
void handover_result(void *handover, const struct relay_result *result)
{
	struct shipment *p = result->cookie;

	(void)handover; /* each shipment has it */
	if (result->is_kept_back) {
		call_back(p);
		return;
	}
	note_answer(p, result);
	switch (result->trouble) {
	case TROUBLE_NONE:
		accept(p, result);
		return;
	case TROUBLE_RETRY:
		defer(p, result);
		return;
	case TROUBLE_HARD:
	case TROUBLE_SOFT:
	case TROUBLE_UNCLEAR:
		refuse(p, EVENT_REFUSED, trouble_bounce(result->trouble),
		       result->code, result->detail);
		return;
	default: /* it was not about this recipient */
		set_outcome(p, EVENT_RETURNED, result->code, result->detail);
		return;
	}
}

/* --- the last look --- */

/*
 * Between the claim, which asks first, and here may lie minutes, when the rate
 * is low or the relay slow, or days, when it is down. Who may not get it goes
 * back to the ledger, and the next claim leaves them out with the reason; who
 * has another address by now gets the mail there.
 */
static int look(struct handover *h, void *const *shipments, size_t n, bool *may,
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
	if (store_get(h->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    consent_check_at(db, ids, addresses, n, reasons, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct shipment *p = shipments[i];

		/* single mails are of nobody: who asked for them is mailed */
		may[i] = !p->mailing ||
			 (!reasons[i] && !shipment_is_called_back(p));
	}
	return 0;
}

void handover_may_go(void *handover, void *const *shipments, size_t n,
		     bool *may)
{
	struct handover *h = handover;
	struct err err = ERR_INIT;

	if (look(h, shipments, n, may, &err) == 0)
		return;
	log_error("consent cannot be checked", LOG_ERR(&err));
	for (size_t i = 0; i < n; i++)
		may[i] = !((const struct shipment *)shipments[i])->mailing;
	window_pause(h->setup.window, FAILED_PAUSE_MS);
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
		.content = smtp_content_take(&p->content),
		.cookie = p,
	};

	if (relays_send(p->handover->relays, &m, &err) == 0)
		return;
	smtp_content_release(&m.content);
	if (err.code == ERR_RETRY)
		set_outcome(p, EVENT_RETURNED, 0, err.text);
	else
		refuse(p, EVENT_REFUSED, BOUNCE_SOFT, 0, err.text);
}

void handover_send_single(struct handover *h, struct shipment *p,
			  struct relay_message *message)
{
	struct err err = ERR_INIT;
	struct relay_result failed = { .cookie = p };

	p->handover = h;
	message->cookie = p;
	if (relays_send(h->relays, message, &err) == 0)
		return;
	smtp_content_release(&message->content);
	failed.trouble = err.code == ERR_RETRY ? TROUBLE_RELAY : TROUBLE_SOFT;
	failed.detail = err.text;
	handover_result(h, &failed);
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
	else if (shipment_is_called_back(p))
		set_outcome(p, EVENT_RETURNED, 0, "called back");
	else
		give_to_relay(p);
}

static void hand_over(struct handover *h, struct shipment *p)
{
	struct event event = {
		.at_ms = clock_now_ms(),
		.kind = EVENT_HANDED,
		.campaign_id = p->mailing->campaign_id,
		.member_id = p->person.member_id,
	};

	p->handover = h;
	if (p->first_ms == 0)
		p->first_ms = event.at_ms;
	event_add(h->setup.writer, &event, NULL, on_handed, p);
}

/* Who left meanwhile uses up none of a low rate. What waits after this is
 * looked at once more, when it is its turn with the relay. */
static void look_first(struct handover *h, void **items, size_t *n)
{
	bool may[HAND_MOST];
	size_t kept = 0;

	if (h->setup.options->rate <= 0)
		return;
	handover_may_go(h, items, *n, may);
	for (size_t i = 0; i < *n; i++) {
		if (may[i])
			items[kept++] = items[i];
		else
			shipment_bin_put(h->setup.back, items[i]);
	}
	*n = kept;
}

static void hand_over_next(struct handover *h, struct shipment *p)
{
	struct window *window = h->setup.window;

	if (!shipment_is_called_back(p))
		window_keep_to_rate(window);
	if (!window_take(window, h->relays)) {
		shipment_bin_put(h->setup.back, p);
		return;
	}
	if (shipment_is_called_back(p) || !permit_has_lease(h->setup.permit)) {
		shipment_bin_put(h->setup.back, p);
		window_release(window);
		return;
	}
	hand_over(h, p);
}

/* What goes within a second, at most. */
static size_t most_at_once(const struct handover *h)
{
	int64_t rate = h->setup.options->rate;

	return rate > 0 && rate < HAND_MOST ? (size_t)rate : HAND_MOST;
}

static void *handover_main(void *handover)
{
	struct handover *h = handover;
	void *items[HAND_MOST];
	size_t n;

	while ((n = queue_take(h->setup.ready, items, most_at_once(h), -1)) >
	       0) {
		look_first(h, items, &n);
		for (size_t i = 0; i < n; i++)
			hand_over_next(h, items[i]);
	}
	return NULL;
}

/* --- start and stop --- */

struct handover *handover_new(const struct handover_setup *setup)
{
	struct handover *h = calloc(1, sizeof(*h));

	BUG_ON(!h);
	h->setup = *setup;
	shipment_bin_init(&h->unsaved);
	return h;
}

int handover_start(struct handover *h, struct relays *relays, struct err *err)
{
	h->relays = relays;
	h->runs = thread_start(&h->thread, "hand over", handover_main, h) == 0;
	return h->runs ? 0 : err_set(err, ERR_IO, "no thread for sending");
}

void handover_join(struct handover *h)
{
	if (h->runs)
		pthread_join(h->thread, NULL);
	h->runs = false;
}

void handover_free(struct handover **handover)
{
	struct handover *h = *handover;

	if (!h)
		return;
	handover_join(h);
	shipment_bin_release(&h->unsaved);
	free(h);
	*handover = NULL;
}

void handover_describe(struct handover *h, struct strbuf *out)
{
	strbuf_addf(out, "accepted=%lld refused=%lld deferred=%lld ",
		    (long long)atomic_load(&h->accepted),
		    (long long)atomic_load(&h->refused),
		    (long long)atomic_load(&h->deferred));
}
