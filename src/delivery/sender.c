#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/queue.h"
#include "base/thread/wait.h"
#include "campaign/campaign.h"
#include "delivery/claim.h"
#include "delivery/event.h"
#include "delivery/hold.h"
#include "delivery/relay_setting.h"
#include "delivery/sender_private.h"
#include "journal/gate.h"
#include "store/store.h"

#define CLAIM 500
#define RENDER_QUEUE 1500
#define READY_QUEUE 100
#define LOOK_MS 500
#define SWITCH_LOOK_MS 50 /* while a relay is exchanged */
#define WINDOW_TRIES 10   /* of 100 ms */
#define FAILED_PAUSE_MS (10 * MS_SECOND)

/* --- rendering --- */

static void render(struct shipment *p)
{
	struct err err = ERR_INIT;

	if (mailing_render(p->mailing, &p->person, clock_now_ms(), &p->content,
			   &p->subject, &err) == 0)
		return;
	log_error("message cannot be rendered",
		  LOG_INT("campaign", p->mailing->campaign_id),
		  LOG_INT("member", p->person.member_id), LOG_ERR(&err));
	p->problem = strdup(err.text);
	BUG_ON(!p->problem);
}

static void *render_main(void *sender)
{
	struct sender *s = sender;
	void *item;

	while (queue_take(s->to_render, &item, 1, -1) == 1) {
		struct shipment *p = item;

		if (queue_size(s->to_render) + CLAIM <= RENDER_QUEUE &&
		    atomic_exchange(&s->wants_room, false))
			sender_wake(s);
		if (atomic_load(&s->stopping) ||
		    atomic_load(&p->mailing->stopped)) {
			shipment_give_back(p);
			continue;
		}
		render(p);
		if (!queue_push(s->ready, p))
			shipment_give_back(p);
	}
	return NULL;
}

/* --- giving back --- */

static int release_campaign(struct sender *s, struct db *db,
			    const struct shipments *list, int64_t campaign_id,
			    struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	for (struct shipment *p = list->first; p; p = p->next)
		if (p->mailing->campaign_id == campaign_id)
			vec_push(&ids, p->person.member_id);
	return claim_release(db, campaign_id, &ids, s->setup.owner, err);
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
	while ((p = shipments_take(&kept)))
		shipments_add(list, p);
}

static void give_back_all(struct sender *s, struct db *db)
{
	struct shipments list;
	struct shipment *p;
	struct err err = ERR_INIT;

	shipments_init(&list);
	pthread_mutex_lock(&s->lock);
	while ((p = shipments_take(&s->back)))
		shipments_add(&list, p);
	pthread_mutex_unlock(&s->lock);
	while (list.first) {
		int64_t campaign_id = list.first->mailing->campaign_id;

		if (release_campaign(s, db, &list, campaign_id, &err) < 0) {
			/* the lease frees them when this process ends */
			log_error("claims cannot be given back", LOG_ERR(&err));
			while ((p = shipments_take(&list)))
				shipment_give_back(p);
			return;
		}
		free_campaign(&list, campaign_id);
	}
}

/* --- claiming --- */

static struct mailing *find_mailing(struct sender *s, int64_t campaign_id)
{
	vec_each (&s->mailings, m)
		if ((*m)->campaign_id == campaign_id)
			return *m;
	return NULL;
}

static struct mailing *get_mailing(struct sender *s, struct db *db,
				   int64_t campaign_id, struct err *err)
{
	struct mailing *m = find_mailing(s, campaign_id);

	if (m)
		return m;
	if (holds_load(s->holds, db, campaign_id, monotonic_ms(), err) < 0 ||
	    mailing_get(db, s->setup.mailing, campaign_id, clock_now_ms(), &m,
			err) < 0)
		return NULL;
	vec_push(&s->mailings, m);
	return m;
}

static bool has_id(const struct ids *ids, int64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->v[i] == id)
			return true;
	return false;
}

/* Those that were called back: what they go on with is made anew. */
static void drop_stopped(struct sender *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->mailings.n; i++) {
		struct mailing *m = s->mailings.v[i];

		if (atomic_load(&m->stopped))
			mailing_put(&m);
		else
			s->mailings.v[kept++] = m;
	}
	s->mailings.n = kept;
}

static int may_go_on(struct db *db, int64_t campaign_id, bool *out,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign campaign;

	if (campaign_get(db, campaign_id, arena, &campaign, err) < 0) {
		*out = false;
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	}
	*out = campaign.status == CAMPAIGN_SENDING ||
	       campaign.status == CAMPAIGN_SENT;
	return 0;
}

/* Those not worked on any more. Paused or canceled: what was claimed comes
 * back; done: the last of it still goes out. */
static int drop_mailings(struct sender *s, struct db *db,
			 const struct ids *working, struct err *err)
{
	size_t kept = 0;
	int rc = 0;

	for (size_t i = 0; i < s->mailings.n; i++) {
		struct mailing *m = s->mailings.v[i];
		bool goes_on = true;

		if (has_id(working, m->campaign_id)) {
			s->mailings.v[kept++] = m;
			continue;
		}
		if (may_go_on(db, m->campaign_id, &goes_on, err) < 0) {
			s->mailings.v[kept++] = m;
			rc = -1;
			continue;
		}
		if (!goes_on)
			atomic_store(&m->stopped, true);
		mailing_put(&m);
	}
	s->mailings.n = kept;
	return rc;
}

/* Campaigns in `sending` and frozen. */
static int list_work(struct db *db, struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct campaigns sending = VEC_INIT;

	if (campaign_list_by_status(db, CAMPAIGN_SENDING, arena, &sending,
				    err) < 0)
		return -1;
	vec_each (&sending, c)
		if (c->frozen)
			vec_push(out, c->id);
	return 0;
}

/* If it fails, they go back, and are met again. */
static void end_unknown(struct sender *s, struct db *db, int64_t campaign_id,
			const struct ids *members)
{
	struct err err = ERR_INIT;

	if (claim_end_unknown(s->setup.writer, campaign_id, members,
			      clock_now_ms(), &err) == 0)
		return;
	log_error("an unknown outcome was not stored", LOG_ERR(&err));
	err = (struct err)ERR_INIT;
	(void)claim_release(db, campaign_id, members, s->setup.owner, &err);
}

/* Returns how many rows were taken out of the queue. A campaign that is held
 * gives one, to try; the first look at a campaign tells whether it is. */
static int64_t claim_some(struct sender *s, struct db *db, int64_t campaign_id,
			  struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct claims claims = VEC_INIT;
	CLEANUP(vec_release) struct ids unknown = VEC_INIT;
	struct mailing *m = get_mailing(s, db, campaign_id, err);
	int64_t room, n;

	if (!m)
		return -1;
	room = holds_room(s->holds, campaign_id, CLAIM, monotonic_ms());
	if (room == 0)
		return 0;
	n = claim_next(db, campaign_id, s->setup.owner, room, clock_now_ms(),
		       arena, &claims, &unknown, err);
	if (unknown.n > 0)
		end_unknown(s, db, campaign_id, &unknown);
	if (n > 0 && keep_back_claims(s, db, campaign_id, &claims, err) < 0)
		return -1;
	if (n > 0 && claims.n == 0)
		holds_try_another(s->holds, campaign_id, monotonic_ms());
	vec_each (&claims, c) {
		struct shipment *p = shipment_new(s, m, m->sender, c);

		if (!queue_push(s->to_render, p))
			shipment_give_back(p);
	}
	return n;
}

bool sender_has_lease(const struct sender *s)
{
	return atomic_load(&s->leased_until_us) > clock_monotonic_us();
}

/* Whoever renders wakes us once there is room. That we want it is said before
 * we look, or the last of them could miss it. */
static bool has_room(struct sender *s)
{
	if (!sender_has_lease(s) || atomic_load(&s->stopping))
		return false;
	atomic_store(&s->wants_room, true);
	if (queue_size(s->to_render) + CLAIM > RENDER_QUEUE)
		return false;
	atomic_store(&s->wants_room, false);
	return true;
}

static bool is_left_alone(struct sender *s, int64_t campaign_id)
{
	int64_t now_us = clock_monotonic_us();

	for (size_t i = 0; i < s->failures.n; i++) {
		struct failure *f = &s->failures.v[i];

		if (f->until_us > now_us && f->campaign_id == campaign_id)
			return true;
		if (f->until_us <= now_us)
			s->failures.v[i--] = s->failures.v[--s->failures.n];
	}
	return false;
}

static void leave_alone(struct sender *s, int64_t campaign_id,
			const struct err *err)
{
	struct failure f = { campaign_id, monotonic_us_in(FAILED_PAUSE_MS) };

	event_writer_note(s->setup.writer, err);
	log_error("campaign cannot be sent now",
		  LOG_INT("campaign", campaign_id), LOG_ERR(err));
	vec_push(&s->failures, f);
}

/* Once over all campaigns (none while sending is off). Returns how many
 * rows moved. */
static int64_t claim_round(struct sender *s, struct db *db, bool is_off,
			   struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	int64_t total = 0;

	drop_stopped(s);
	if ((!is_off && list_work(db, &ids, err) < 0) ||
	    drop_mailings(s, db, &ids, err) < 0)
		return -1;
	holds_keep(s->holds, &ids);
	for (size_t i = 0; i < ids.n && has_room(s); i++) {
		struct err of_one = ERR_INIT;
		int64_t n;

		if (is_left_alone(s, ids.v[i]))
			continue;
		n = claim_some(s, db, ids.v[i], &of_one);
		if (n < 0)
			leave_alone(s, ids.v[i], &of_one);
		else
			total += n;
	}
	return total;
}

static void wait_for_work(struct sender *s, int64_t ms)
{
	int64_t until_us = monotonic_us_in(ms);

	pthread_mutex_lock(&s->lock);
	while (!s->is_woken && !atomic_load(&s->stopping))
		if (!wait_until(&s->wake, &s->lock, until_us))
			break;
	s->is_woken = false;
	pthread_mutex_unlock(&s->lock);
}

/* May mails leave? 1, 0, -1. */
static int is_open(struct sender *s, struct db *db, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign_sender_facts facts = {
		.outbox = relay_is_outbox_url(s->relay_url),
		.has_public_url = s->setup.has_public_url,
	};
	const char *why;
	int closed;

	if (campaign_cannot_leave(&facts))
		return 0;
	closed = gate_is_closed(db, arena, &why, err);
	return closed < 0 ? -1 : !closed;
}

/* Everything the claiming thread does once; returns how many rows moved. */
static int64_t do_round(struct sender *s, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t now_ms = clock_now_ms();
	int open;

	handover_retry_unsaved(s);
	if (outgoing_settle(s, now_ms, err) < 0 ||
	    store_get(s->setup.store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	give_back_all(s, db);
	if (relay_switch_round(s, db, err) < 0 ||
	    holds_store(s->holds, db, now_ms, err) < 0)
		return -1;
	if (s->last_relay)
		return 0;
	open = is_open(s, db, err);
	if (open < 0 || (open && outgoing_send_due(s, now_ms, err) < 0))
		return -1;
	return claim_round(s, db, !open, err);
}

static void *claim_main(void *sender)
{
	struct sender *s = sender;

	while (!atomic_load(&s->stopping)) {
		struct err err = ERR_INIT;
		int64_t n = do_round(s, &err);

		if (n < 0)
			log_error("sending is held up", LOG_ERR(&err));
		if (n != 0)
			event_writer_note(s->setup.writer, n < 0 ? &err : NULL);
		if (n <= 0)
			wait_for_work(s,
				      s->last_relay ? SWITCH_LOOK_MS : LOOK_MS);
	}
	return NULL;
}

/* --- start and stop --- */

static int start_threads(struct sender *s, struct err *err)
{
	size_t wanted = (size_t)s->setup.options->render_threads;

	while (s->renderers_n < wanted && s->renderers_n < RENDER_THREADS_MAX) {
		if (pthread_create(&s->renderers[s->renderers_n], NULL,
				   render_main, s) != 0)
			return err_set(err, ERR_IO, "no thread for rendering");
		s->renderers_n++;
	}
	s->handover_runs =
		pthread_create(&s->handover, NULL, handover_main, s) == 0;
	s->claiming_runs =
		s->handover_runs &&
		pthread_create(&s->claiming, NULL, claim_main, s) == 0;
	return s->claiming_runs ? 0
				: err_set(err, ERR_IO, "no thread for sending");
}

static void init(struct sender *s, const struct sender_setup *setup)
{
	s->setup = *setup;
	s->holds = holds_new(setup->options->pause_hard_percent);
	s->to_render = queue_new(RENDER_QUEUE);
	s->ready = queue_new(READY_QUEUE);
	pthread_rwlock_init(&s->relay_lock, NULL);
	pthread_mutex_init(&s->lock, NULL);
	wait_init(&s->wake);
	wait_init(&s->slot);
	shipments_init(&s->back);
	shipments_init(&s->unsaved);
	shipments_init(&s->singles);
}

int sender_start(const struct sender_setup *setup, struct sender **out,
		 struct err *err)
{
	CLEANUP(sender_free) struct sender *s = calloc(1, sizeof(*s));
	CLEANUP(store_put) struct db *db = NULL;

	BUG_ON(!s);
	init(s, setup);
	if (store_get(setup->store, STORE_AUDIENCE, &db, err) < 0 ||
	    relay_switch_begin(s, db, err) < 0 || start_threads(s, err) < 0)
		return -1;
	*out = TAKE(s);
	return 0;
}

void sender_leased(struct sender *s, int64_t until_us)
{
	bool had = sender_has_lease(s);

	atomic_store(&s->leased_until_us, until_us);
	if (!had)
		sender_wake(s);
}

void sender_wake(struct sender *s)
{
	pthread_mutex_lock(&s->lock);
	s->is_woken = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

static void join_threads(struct sender *s)
{
	if (s->claiming_runs)
		pthread_join(s->claiming, NULL);
	queue_close(s->to_render);
	while (s->renderers_n > 0)
		pthread_join(s->renderers[--s->renderers_n], NULL);
	queue_close(s->ready);
	if (s->handover_runs)
		pthread_join(s->handover, NULL);
	s->claiming_runs = s->handover_runs = false;
}

/* Outcomes that cannot be stored are left: the next start finds them handed
 * and marks them uncertain. */
static void wait_for_window(struct sender *s)
{
	for (int tries = 0; tries < WINDOW_TRIES; tries++) {
		bool is_empty;

		pthread_mutex_lock(&s->lock);
		is_empty = s->in_window == 0;
		if (!is_empty)
			(void)wait_ms(&s->slot, &s->lock, 100); /* or so */
		pthread_mutex_unlock(&s->lock);
		if (is_empty)
			return;
		handover_retry_unsaved(s);
	}
}

void sender_stop(struct sender *s)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;

	if (atomic_exchange(&s->stopping, true))
		return;
	pthread_mutex_lock(&s->lock);
	pthread_cond_broadcast(&s->wake);
	pthread_cond_broadcast(&s->slot);
	pthread_mutex_unlock(&s->lock);
	join_threads(s);
	if (s->last_relay)
		relay_stop(s->last_relay);
	if (s->relay)
		relay_stop(s->relay);
	wait_for_window(s);
	if (outgoing_settle(s, clock_now_ms(), &err) < 0 ||
	    store_get(s->setup.store, STORE_AUDIENCE, &db, &err) < 0) {
		log_error("sender did not end well", LOG_ERR(&err));
		return;
	}
	give_back_all(s, db);
}

static void free_list(struct shipments *list)
{
	struct shipment *p;

	while ((p = shipments_take(list)))
		shipment_free(p);
}

void sender_free(struct sender **sender)
{
	struct sender *s = *sender;

	if (!s)
		return;
	sender_stop(s);
	relay_switch_free(s);
	free_list(&s->back);
	free_list(&s->unsaved);
	free_list(&s->singles);
	vec_each (&s->mailings, m)
		mailing_put(m);
	vec_release(&s->mailings);
	vec_release(&s->failures);
	holds_free(&s->holds);
	queue_free(&s->to_render);
	queue_free(&s->ready);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->wake);
	pthread_cond_destroy(&s->slot);
	free(s);
	*sender = NULL;
}

int sender_relay_send(struct sender *s, struct relay_message *message,
		      struct err *err)
{
	int ret;

	pthread_rwlock_rdlock(&s->relay_lock);
	ret = atomic_load(&s->switching)
		      ? err_set(err, ERR_RETRY, "another relay is in force")
		      : relay_send(s->relay, message, err);
	pthread_rwlock_unlock(&s->relay_lock);
	return ret;
}

bool sender_is_held_up(struct sender *s)
{
	bool is;

	pthread_rwlock_rdlock(&s->relay_lock);
	is = relay_is_held_up(s->relay);
	pthread_rwlock_unlock(&s->relay_lock);
	return is;
}

void sender_describe(struct sender *s, struct strbuf *out)
{
	pthread_mutex_lock(&s->lock);
	strbuf_addf(out,
		    "accepted=%lld refused=%lld deferred=%lld handed=%lld "
		    "relay_failures=%lld ",
		    (long long)atomic_load(&s->accepted),
		    (long long)atomic_load(&s->refused),
		    (long long)atomic_load(&s->deferred),
		    (long long)s->in_window,
		    (long long)atomic_load(&s->relay_failures));
	pthread_mutex_unlock(&s->lock);
	pthread_rwlock_rdlock(&s->relay_lock);
	relay_describe(s->relay, out);
	pthread_rwlock_unlock(&s->relay_lock);
}
