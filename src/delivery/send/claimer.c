#include "delivery/send/claimer.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/thread.h"
#include "base/thread/wait.h"
#include "campaign/campaign.h"
#include "delivery/delivery.h"
#include "delivery/event_writer.h"
#include "delivery/freeze.h"
#include "delivery/send/claim.h"
#include "delivery/send/handover.h"
#include "delivery/send/hold.h"
#include "delivery/send/keep_back.h"
#include "delivery/send/mailings.h"
#include "delivery/send/outgoing.h"
#include "delivery/send/permit.h"
#include "delivery/send/relays.h"
#include "delivery/send/renderers.h"
#include "delivery/send/shipment.h"
#include "delivery/send/window.h"
#include "journal/gate.h"
#include "store/store.h"

#define CLAIM 250
#define LOOK_MS 500
#define CHANGE_LOOK_MS 50 /* while a relay is exchanged */
#define FAILED_PAUSE_MS (10 * MS_SECOND)

/* A campaign that could not be worked on: left alone for a while. */
struct failure {
	int64_t campaign_id, until_us; /* monotonic */
};

struct claimer {
	struct claimer_setup setup;
	struct keep_back keep_back;
	struct outgoing outgoing;
	struct renderers *renderers;
	struct handover *handover;
	struct mailings mailings;
	VEC(struct failure) failures;
	pthread_t thread;
	bool runs;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool is_woken; /* under lock */
};

/* --- giving back --- */

static int release_campaign(const struct claimer *c, struct db *db,
			    const struct shipments *list, int64_t campaign_id,
			    struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	for (struct shipment *p = list->first; p; p = p->next)
		if (p->mailing->campaign_id == campaign_id)
			vec_push(&ids, p->person.member_id);
	return claim_release(db, campaign_id, &ids, c->setup.owner, err);
}

static void free_campaign(struct shipments *list, int64_t campaign_id)
{
	struct shipments kept;
	struct shipment *p;

	shipments_init(&kept);
	while ((p = shipments_take(list))) {
		if (p->mailing->campaign_id == campaign_id)
			shipment_free(p);
		else
			shipments_add(&kept, p);
	}
	shipments_move(&kept, list);
}

static void give_back_all(struct claimer *c, struct db *db)
{
	struct shipments list;
	struct shipment *p;
	struct err err = ERR_INIT;

	(void)shipment_bin_take(c->setup.back, &list);
	while (list.first) {
		int64_t campaign_id = list.first->mailing->campaign_id;

		if (release_campaign(c, db, &list, campaign_id, &err) < 0) {
			/* the lease frees them when this process ends */
			log_error("claims cannot be given back", LOG_ERR(&err));
			while ((p = shipments_take(&list)))
				shipment_bin_put(c->setup.back, p);
			return;
		}
		free_campaign(&list, campaign_id);
	}
}

/* --- claiming --- */

static struct mailing *make_mailing(struct claimer *c, struct db *db,
				    int64_t campaign_id, int variant,
				    struct err *err)
{
	struct mailing *m = NULL;

	if (mailing_get(db, c->setup.mailing, campaign_id, variant,
			clock_now_ms(), &m, err) < 0)
		return NULL;
	vec_push(&c->mailings, m);
	return m;
}

/* Of a test, those of all its variants; any of them. */
static struct mailing *get_mailing(struct claimer *c, struct db *db,
				   int64_t campaign_id, struct err *err)
{
	struct mailing *m = mailings_find_any(&c->mailings, campaign_id);

	if (!m) {
		if (holds_load(c->setup.holds, db, campaign_id,
			       clock_monotonic_ms(), err) < 0)
			return NULL;
		m = make_mailing(c, db, campaign_id, 0, err);
	}
	for (int i = 1; m && i <= m->variants; i++)
		if (!mailings_find(&c->mailings, campaign_id, i) &&
		    !make_mailing(c, db, campaign_id, i, err))
			return NULL;
	return m;
}

static bool wants_interests(const struct claimer *c, int64_t campaign_id)
{
	vec_each (&c->mailings, m)
		if ((*m)->campaign_id == campaign_id &&
		    mailing_wants_interests(*m))
			return true;
	return false;
}

/* A variant that there is not, by hand in the database, gets the first one. */
static struct mailing *mailing_for(const struct claimer *c, struct mailing *any,
				   const struct claimed *claimed)
{
	struct mailing *m = any->variants > 0 ? mailings_find(&c->mailings,
							      any->campaign_id,
							      claimed->variant)
					      : any;

	return m ? m : any;
}

/* Campaigns in `sending` whose ledger is there, or begun. */
static int list_work(struct db *db, struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct campaigns sending = VEC_INIT;

	if (campaign_list_by_status(db, CAMPAIGN_SENDING, arena, &sending,
				    err) < 0)
		return -1;
	vec_each (&sending, campaign)
		if (freeze_lets_send(campaign))
			vec_push(out, campaign->id);
	return 0;
}

/* If it fails, they go back, and are met again. */
static void end_unknown(struct claimer *c, struct db *db, int64_t campaign_id,
			const struct ids *members)
{
	struct err err = ERR_INIT;

	if (claim_end_unknown(c->setup.writer, campaign_id, members,
			      clock_now_ms(), &err) == 0)
		return;
	log_error("an unknown outcome was not stored", LOG_ERR(&err));
	err = (struct err)ERR_INIT;
	(void)claim_release(db, campaign_id, members, c->setup.owner, &err);
}

/* If it fails, they go back. */
static int add_interests(struct claimer *c, struct db *db, int64_t campaign_id,
			 struct claims *claims, struct arena *arena,
			 struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err ignored = ERR_INIT;

	if (claims->n == 0 || !wants_interests(c, campaign_id) ||
	    claim_read_interests(db, claims, arena, err) == 0)
		return 0;
	vec_each (claims, claimed)
		vec_push(&ids, claimed->member_id);
	(void)claim_release(db, campaign_id, &ids, c->setup.owner, &ignored);
	return -1;
}

/* Returns how many rows were taken out of the queue. A campaign that is held
 * gives one, to try; the first look at a campaign tells whether it is. */
static int64_t claim_some(struct claimer *c, struct db *db, int64_t campaign_id,
			  struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct claims claims = VEC_INIT;
	CLEANUP(vec_release) struct ids unknown = VEC_INIT;
	struct holds *holds = c->setup.holds;
	struct mailing *m = get_mailing(c, db, campaign_id, err);
	int64_t room, n;

	if (!m)
		return -1;
	room = holds_room(holds, campaign_id, CLAIM, clock_monotonic_ms());
	if (room == 0)
		return 0;
	n = claim_next(db, campaign_id, c->setup.owner, room, clock_now_ms(),
		       arena, &claims, &unknown, err);
	if (unknown.n > 0)
		end_unknown(c, db, campaign_id, &unknown);
	if (n > 0 && add_interests(c, db, campaign_id, &claims, arena, err) < 0)
		return -1;
	if (n > 0 &&
	    keep_back_claims(&c->keep_back, db, campaign_id, &claims, err) < 0)
		return -1;
	if (n > 0 && claims.n == 0)
		holds_try_another(holds, campaign_id, clock_monotonic_ms());
	vec_each (&claims, claimed) {
		struct mailing *its = mailing_for(c, m, claimed);

		renderers_take(c->renderers,
			       shipment_new(its, its->sender, claimed));
	}
	return n;
}

static bool is_left_alone(struct claimer *c, int64_t campaign_id)
{
	int64_t now_us = clock_monotonic_us();

	for (size_t i = 0; i < c->failures.n; i++) {
		struct failure *f = &c->failures.v[i];

		if (f->until_us > now_us && f->campaign_id == campaign_id)
			return true;
		if (f->until_us <= now_us)
			c->failures.v[i--] = c->failures.v[--c->failures.n];
	}
	return false;
}

static void leave_alone(struct claimer *c, int64_t campaign_id,
			const struct err *err)
{
	struct failure f = { campaign_id,
			     clock_monotonic_us() + FAILED_PAUSE_MS * 1000 };

	event_writer_note(c->setup.writer, err);
	log_error("campaign cannot be sent now",
		  LOG_INT("campaign", campaign_id), LOG_ERR(err));
	vec_push(&c->failures, f);
}

static bool may_claim(struct claimer *c)
{
	return permit_holds(c->setup.permit) &&
	       renderers_have_room(c->renderers, CLAIM);
}

/* Once over all campaigns (none while sending is off). Returns how many
 * rows moved. */
static int64_t claim_round(struct claimer *c, struct db *db, bool is_off,
			   struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	int64_t total = 0;

	mailings_drop_called_back(&c->mailings);
	if ((!is_off && list_work(db, &ids, err) < 0) ||
	    mailings_keep(&c->mailings, db, &ids, err) < 0)
		return -1;
	holds_keep(c->setup.holds, &ids);
	for (size_t i = 0; i < ids.n && may_claim(c); i++) {
		struct err of_one = ERR_INIT;
		int64_t n;

		if (is_left_alone(c, ids.v[i]))
			continue;
		n = claim_some(c, db, ids.v[i], &of_one);
		if (n < 0)
			leave_alone(c, ids.v[i], &of_one);
		else
			total += n;
	}
	return total;
}

/* --- rounds --- */

/* May mails leave? 1, 0, -1. */
static int is_open(struct claimer *c, struct db *db, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign_sender_facts facts = {
		.outbox = !relays_mails_leave(c->setup.relays),
		.has_public_url = c->setup.has_public_url,
	};
	const char *why;
	int closed;

	if (campaign_cannot_leave(&facts))
		return 0;
	closed = gate_is_closed(db, arena, &why, err);
	return closed < 0 ? -1 : !closed;
}

/* Whether what is rendered may leave by another relay is asked anew. */
static int look_at_relays(struct claimer *c, struct db *db, struct err *err)
{
	enum relays_news news;

	if (relays_look(c->setup.relays, db, &news, err) < 0)
		return -1;
	if (news == RELAYS_CHANGE)
		mailings_call_back(&c->mailings);
	if (news == RELAYS_CHANGED) {
		holds_restart(c->setup.holds);
		window_forget(c->setup.window);
	}
	return 0;
}

/* Everything its thread does once; returns how many rows moved. */
static int64_t do_round(struct claimer *c, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t now_ms = clock_now_ms();
	int open;

	handover_store_unsaved(c->handover);
	if (store_get(c->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    outgoing_settle(&c->outgoing, db, now_ms, err) < 0)
		return -1;
	give_back_all(c, db);
	if (look_at_relays(c, db, err) < 0 ||
	    holds_store(c->setup.holds, db, now_ms, err) < 0)
		return -1;
	if (relays_are_changing(c->setup.relays))
		return 0;
	open = is_open(c, db, err);
	if (open < 0 ||
	    (open && outgoing_send_due(&c->outgoing, db, now_ms, err) < 0))
		return -1;
	return claim_round(c, db, !open, err);
}

static void wait_for_work(struct claimer *c)
{
	int64_t ms =
		relays_are_changing(c->setup.relays) ? CHANGE_LOOK_MS : LOOK_MS;
	int64_t until_us = clock_monotonic_us() + ms * 1000;

	pthread_mutex_lock(&c->lock);
	while (!c->is_woken && !permit_is_stopping(c->setup.permit))
		if (!wait_until(&c->wake, &c->lock, until_us))
			break;
	c->is_woken = false;
	pthread_mutex_unlock(&c->lock);
}

static void *claimer_main(void *claimer)
{
	struct claimer *c = claimer;

	while (!permit_is_stopping(c->setup.permit)) {
		struct err err = ERR_INIT;
		int64_t n = do_round(c, &err);

		if (n < 0)
			log_error("sending is held up", LOG_ERR(&err));
		if (n != 0)
			event_writer_note(c->setup.writer, n < 0 ? &err : NULL);
		if (n <= 0)
			wait_for_work(c);
	}
	return NULL;
}

/* --- start and stop --- */

struct claimer *claimer_new(const struct claimer_setup *setup)
{
	struct claimer *c = calloc(1, sizeof(*c));

	BUG_ON(!c);
	c->setup = *setup;
	c->keep_back = (struct keep_back){ .barred = setup->barred,
					   .relays = setup->relays,
					   .owner = setup->owner };
	pthread_mutex_init(&c->lock, NULL);
	wait_init(&c->wake);
	return c;
}

int claimer_start(struct claimer *c, struct renderers *renderers,
		  struct handover *handover, struct err *err)
{
	c->renderers = renderers;
	c->handover = handover;
	c->outgoing = (struct outgoing){
		.handover = handover,
		.keep_back = &c->keep_back,
		.ended = c->setup.ended,
		.retry_first_ms = c->setup.options->retry_first_ms,
	};
	c->runs = thread_start(&c->thread, "claim", claimer_main, c) == 0;
	return c->runs ? 0 : err_set(err, ERR_IO, "no thread for sending");
}

void claimer_wake(struct claimer *c)
{
	pthread_mutex_lock(&c->lock);
	c->is_woken = true;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
}

void claimer_join(struct claimer *c)
{
	if (c->runs)
		pthread_join(c->thread, NULL);
	c->runs = false;
}

int claimer_settle(struct claimer *c, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(c->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    outgoing_settle(&c->outgoing, db, clock_now_ms(), err) < 0)
		return -1;
	give_back_all(c, db);
	return 0;
}

void claimer_free(struct claimer **claimer)
{
	struct claimer *c = *claimer;

	if (!c)
		return;
	claimer_join(c);
	mailings_release(&c->mailings);
	vec_release(&c->failures);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->wake);
	free(c);
	*claimer = NULL;
}
