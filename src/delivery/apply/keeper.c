#include "delivery/apply/keeper.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/still.h"
#include "base/thread/stop.h"
#include "base/thread/wait.h"
#include "campaign/campaign.h"
#include "delivery/apply/applier.h"
#include "delivery/claim.h"
#include "delivery/event.h"
#include "delivery/freeze.h"
#include "delivery/lease.h"
#include "delivery/recipient.h"
#include "delivery/relay_setting.h"
#include "store/store.h"

#include "sql/recipient.h"

#define ROUND_MS 500
#define CANCEL_CHUNK 5000
#define CANCEL_CHUNKS 20 /* a round: there are leases to renew */
#define EXPIRE_CHUNK 1000

/* What somebody waits for: that the log is applied up to there. */
struct mark {
	int64_t event_id;
	char *name; /* who */
};
struct marks VEC_FIELDS(struct mark);

struct keeper {
	struct keeper_setup setup;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool is_woken, stopping, joined;
	atomic_bool ending; /* the same as stopping, for base/thread/stop.h */
	bool is_waiting;    /* for the log */
	struct marks marks;
	int64_t renewed_us; /* 0: not yet */
	bool holds;
	struct still others;
};

/* --- waiting for the log --- */

static struct mark *mark_of(const struct keeper_setup *k, const char *name)
{
	vec_each (k->marks, mark)
		if (strcmp(mark->name, name) == 0)
			return mark;
	return NULL;
}

/* From now on `name` waits for what the log holds now. */
static int set_mark(const struct keeper_setup *k, const char *name,
		    struct err *err)
{
	struct mark mark;

	if (applier_mark(k->applier, &mark.event_id, err) < 0)
		return -1;
	mark.name = strdup(name);
	BUG_ON(!mark.name);
	vec_push(k->marks, mark);
	return 0;
}

/* Does `name` wait for the log? Not any more once that is applied. */
static bool awaits_log(const struct keeper_setup *k, const char *name)
{
	struct mark *mark = k->applier ? mark_of(k, name) : NULL;

	if (!mark)
		return false;
	if (!applier_is_past(k->applier, mark->event_id))
		return true;
	free(mark->name);
	*mark = k->marks->v[--k->marks->n];
	return false;
}

/* --- campaigns --- */

/* In a transaction of its own, if the lease is still ours. */
static int move_campaign(const struct keeper_setup *k, struct db *db,
			 int64_t id, enum campaign_status to, int64_t now_ms,
			 struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int ours = lease_begin(db, LEASE_DELIVERY, k->owner, &tx, err);

	if (ours <= 0)
		return ours;
	if (campaign_move(&tx, id, to, now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int is_busy(struct db *db, int64_t campaign_id, struct err *err)
{
	int64_t one;

	return db_find_int(db, SQL_RECIPIENT_BUSY,
			   SQL_ARGS(sql_int(campaign_id)), &one, err);
}

/* 1: nobody waits, and it is sent now. */
static int end_sent(const struct keeper_setup *k, struct db *db,
		    const struct campaign *c, int64_t now_ms, struct err *err)
{
	int busy = is_busy(db, c->id, err);

	if (busy != 0)
		return busy < 0 ? -1 : 0;
	if (move_campaign(k, db, c->id, CAMPAIGN_SENT, now_ms, err) < 0)
		return -1;
	log_info("campaign is sent", LOG_TEXT("campaign", c->hex));
	return 1;
}

static int keep_sending(const struct keeper_setup *k, struct db *db,
			const struct campaign *c, int64_t now_ms,
			struct err *err)
{
	int rc;

	if (!c->frozen) {
		rc = freeze_campaign(db, c, k->owner, now_ms, err);
		if (rc != 1)
			return rc;
		log_info("campaign is frozen", LOG_TEXT("campaign", c->hex));
		if (k->wake_sender)
			k->wake_sender(k->context);
	}
	return end_sent(k, db, c, now_ms, err) < 0 ? -1 : 0;
}

static int cancel_chunk(const struct keeper_setup *k, struct db *db,
			const struct sql *whom, int64_t id, int64_t now_ms,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids members = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int ours = lease_begin(db, LEASE_DELIVERY, k->owner, &tx, err);
	int changed = 0;

	if (ours <= 0)
		return ours;
	if (db_list_ids(db, whom, SQL_ARGS(sql_int(id), sql_int(CANCEL_CHUNK)),
			&members, err) < 0)
		return -1;
	if (members.n > 0)
		changed = db_exec(&tx, SQL_RECIPIENT_CANCEL,
				  SQL_ARGS(sql_int(now_ms), sql_int(id),
					   sql_keys(&members, &keys)),
				  err);
	if (changed < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return changed;
}

/* Whom one of the two queries lists. 0: nobody is left for it. */
static int cancel_some(const struct keeper_setup *k, struct db *db,
		       const struct sql *whom, int64_t id, int64_t now_ms,
		       struct err *err)
{
	int n = 1;

	for (int chunks = 0; n > 0 && chunks < CANCEL_CHUNKS; chunks++)
		n = cancel_chunk(k, db, whom, id, now_ms, err);
	return n;
}

/* Who may have got it was not canceled. Returns how many there were. */
static int end_unknown(const struct keeper_setup *k, struct db *db,
		       const struct campaign *c, int64_t now_ms,
		       struct err *err)
{
	CLEANUP(vec_release) struct ids members = VEC_INIT;

	if (db_list_ids(db, SQL_RECIPIENT_LIST_UNKNOWN,
			SQL_ARGS(sql_int(c->id), sql_int(EXPIRE_CHUNK)),
			&members, err) < 0 ||
	    claim_end_unknown(k->writer, c->id, &members, now_ms, err) < 0)
		return -1;
	if (members.n > 0 && k->applier && set_mark(k, c->hex, err) < 0)
		return -1;
	return (int)members.n;
}

/* What waits is left out; what is on its way is waited for. */
static int keep_canceling(const struct keeper_setup *k, struct db *db,
			  const struct campaign *c, int64_t now_ms,
			  struct err *err)
{
	int n = cancel_some(k, db, SQL_RECIPIENT_LIST_WAITING, c->id, now_ms,
			    err);

	if (n != 0)
		return n < 0 ? -1 : 2;
	if (awaits_log(k, c->hex))
		return 0;
	n = end_unknown(k, db, c, now_ms, err);
	if (n != 0)
		return n < 0 ? -1 : 0;
	n = is_busy(db, c->id, err);
	if (n != 0)
		return n < 0 ? -1 : 0;
	return move_campaign(k, db, c->id, CAMPAIGN_CANCELED, now_ms, err);
}

/* --- finishing --- */

static int list_tried(struct db *db, int64_t campaign_id, struct ids *out,
		      struct err *err)
{
	return db_list_ids(
		db, SQL_RECIPIENT_LIST_TRIED,
		SQL_ARGS(sql_int(campaign_id), sql_int(EXPIRE_CHUNK)), out,
		err);
}

static void is_written(void *context, const struct err *why)
{
	(void)context; /* the next round sees what is missing */
	(void)why;
}

/* Events end them, so that they are counted; it is not the address's fault
 * that nobody waited for it. Returns how many. */
static int expire_some(const struct keeper_setup *k, struct db *db,
		       const struct campaign *c, int64_t now_ms,
		       struct err *err)
{
	CLEANUP(vec_release) struct ids members = VEC_INIT;
	struct event event = {
		.at_ms = now_ms,
		.kind = EVENT_EXPIRED,
		.campaign_id = c->id,
		.code = BOUNCE_SOFT << EVENT_BOUNCE_SHIFT | EVENT_NO_FAULT,
		.detail = "the campaign was finished before it was delivered",
	};

	if (list_tried(db, c->id, &members, err) < 0)
		return -1;
	for (size_t i = 0; i < members.n; i++) {
		event.member_id = members.v[i];
		if (i + 1 < members.n)
			event_add(k->writer, &event, is_written, NULL);
		else if (event_add_wait(k->writer, &event, err) < 0)
			return -1;
	}
	if (members.n > 0 && k->applier && set_mark(k, c->hex, err) < 0)
		return -1;
	return (int)members.n;
}

/* Who was never tried is left out, who waits for another try expires; what is
 * on its way is waited for. */
static int keep_finishing(const struct keeper_setup *k, struct db *db,
			  const struct campaign *c, int64_t now_ms,
			  struct err *err)
{
	int n = 1;

	if (!c->frozen)
		n = freeze_campaign(db, c, k->owner, now_ms, err);
	if (n != 1)
		return n;
	n = cancel_some(k, db, SQL_RECIPIENT_LIST_UNTRIED, c->id, now_ms, err);
	if (n != 0)
		return n < 0 ? -1 : 2;
	if (awaits_log(k, c->hex))
		return 0;
	n = expire_some(k, db, c, now_ms, err);
	if (n != 0)
		return n < 0 ? -1 : 0;
	return end_sent(k, db, c, now_ms, err) < 0 ? -1 : 0;
}

typedef int (*keep_fn)(const struct keeper_setup *k, struct db *db,
		       const struct campaign *c, int64_t now_ms,
		       struct err *err);

/* One that fails must not hold up the others. 1: more to do at once. */
static int keep_each(const struct keeper_setup *k, struct db *db,
		     enum campaign_status status, keep_fn fn, int64_t now_ms,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct campaigns list = VEC_INIT;
	int more = 0;

	if (campaign_list_by_status(db, status, arena, &list, err) < 0)
		return -1;
	vec_each (&list, c) {
		struct err of_one = ERR_INIT;
		int rc = fn(k, db, c, now_ms, &of_one);

		if (rc == 2)
			more = 1;
		if (rc < 0 && !stop_is_asked())
			log_error("campaign is held up",
				  LOG_TEXT("campaign", c->hex),
				  LOG_ERR(&of_one));
	}
	return more;
}

/* --- dead senders --- */

static int list_uncertain(struct db *db, int64_t campaign_id, const char *owner,
			  struct ids *out, struct err *err)
{
	return db_list_ids(db, SQL_RECIPIENT_LIST_UNCERTAIN,
			   SQL_ARGS(sql_int(campaign_id), sql_text(owner)), out,
			   err);
}

static int free_campaign(const struct keeper_setup *k, struct tx *tx,
			 int64_t campaign_id, const char *dead, struct err *err)
{
	struct sql_args args = SQL_ARGS(sql_int(campaign_id), sql_text(dead));

	if (db_exec(tx, SQL_RECIPIENT_FREE_CLAIMED, args, err) < 0)
		return -1;
	return db_exec(tx,
		       k->uncertain_again ? SQL_RECIPIENT_FREE_UNCERTAIN
					  : SQL_RECIPIENT_MARK_UNCERTAIN,
		       args, err);
}

static int free_in_one(const struct keeper_setup *k, struct db *db,
		       int64_t campaign_id, const char *dead, int64_t now_ms,
		       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct ids uncertain = VEC_INIT;
	int ours;

	if (list_uncertain(db, campaign_id, dead, &uncertain, err) < 0)
		return -1;
	ours = lease_begin(db, LEASE_DELIVERY, k->owner, &tx, err);
	if (ours <= 0)
		return ours;
	if (free_campaign(k, &tx, campaign_id, dead, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	if (uncertain.n > 0)
		log_warn("messages are uncertain",
			 LOG_INT("campaign", campaign_id),
			 LOG_INT("messages", (int64_t)uncertain.n));
	if (k->uncertain_again)
		return 1;
	return claim_end_unknown(k->writer, campaign_id, &uncertain, now_ms,
				 err) < 0
		       ? -1
		       : 1;
}

static int drop_lease(struct db *db, const char *dead, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();

	if (tx_begin(db, &tx, err) < 0 ||
	    lease_drop(&tx, arena_printf(arena, "sender/%s", dead), dead, err) <
		    0)
		return -1;
	return tx_commit(&tx, err);
}

static int free_sender(const struct keeper_setup *k, struct db *db,
		       const char *dead, int64_t now_ms, struct err *err)
{
	CLEANUP(vec_release) struct ids open = VEC_INIT;

	if (db_list_ids(db, SQL_RECIPIENT_CAMPAIGNS_OPEN, SQL_NO_ARGS, &open,
			err) < 0)
		return -1;
	for (size_t i = 0; i < open.n; i++) {
		int rc = free_in_one(k, db, open.v[i], dead, now_ms, err);

		if (rc <= 0)
			return rc;
	}
	log_info("claims of an ended sender are free");
	if (k->wake_sender)
		k->wake_sender(k->context);
	return drop_lease(db, dead, err);
}

/* What it wrote to the log before it died comes first. */
static int is_log_of_applied(const struct keeper_setup *k, const char *dead,
			     struct err *err)
{
	bool is_seen;

	if (!k->applier)
		return 1;
	is_seen = mark_of(k, dead) != NULL;
	if (!is_seen && set_mark(k, dead, err) < 0)
		return -1;
	return !awaits_log(k, dead);
}

static int free_dead(const struct keeper_setup *k, struct db *db,
		     int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct texts dead = VEC_INIT;
	int rc = lease_list_dead(db, k->others, clock_monotonic_us(), arena,
				 &dead, err);

	for (size_t i = 0; i < dead.n && rc >= 0; i++) {
		if (strcmp(dead.v[i], k->owner) == 0)
			continue; /* late, but alive: this is its process */
		rc = is_log_of_applied(k, dead.v[i], err);
		if (rc > 0)
			rc = free_sender(k, db, dead.v[i], now_ms, err);
	}
	vec_release(&dead);
	return rc;
}

int keeper_round(const struct keeper_setup *k, struct db *db, int64_t now_ms,
		 struct err *err)
{
	static const struct {
		enum campaign_status status;
		keep_fn fn;
	} kept[] = {
		{ CAMPAIGN_SENDING, keep_sending },
		{ CAMPAIGN_CANCELING, keep_canceling },
		{ CAMPAIGN_FINISHING, keep_finishing },
	};
	struct campaign_sender_facts facts = *k->facts;
	int more = 0;

	if (free_dead(k, db, now_ms, err) < 0 ||
	    relay_is_outbox_now(db, k->relay, &facts.outbox, err) < 0 ||
	    campaign_start_due(db, &facts, now_ms, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		int rc = keep_each(k, db, kept[i].status, kept[i].fn, now_ms,
				   err);

		if (rc < 0)
			return -1;
		more |= rc;
	}
	return more;
}

/* --- the thread --- */

/* *dead_ms: the lease of a holder that stood still for too long; 0: none. */
static int look_at_holder(struct keeper *k, struct db *db, int64_t now_us,
			  int64_t *dead_ms, struct err *err)
{
	int64_t until_ms;

	if (lease_look(db, LEASE_DELIVERY, k->setup.owner, &until_ms, err) < 0)
		return -1;
	if (until_ms != 0 && still_for(&k->others, LEASE_DELIVERY, until_ms,
				       now_us) > LEASE_MS * 1000)
		*dead_ms = until_ms;
	return 0;
}

static int renew(struct keeper *k, struct db *db, int64_t now_ms,
		 struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *owner = k->setup.owner;
	const char *name = arena_printf(arena, "sender/%s", owner);
	int64_t until_ms = now_ms + LEASE_MS;
	int64_t now_us = clock_monotonic_us(), dead_ms = 0;
	int holds;

	/* often while it is not ours: its holder may have ended */
	if (k->holds && now_us - k->renewed_us < LEASE_RENEW_MS * 1000)
		return 0;
	if (look_at_holder(k, db, now_us, &dead_ms, err) < 0 ||
	    tx_begin(db, &tx, err) < 0)
		return -1;
	holds = lease_take(&tx, LEASE_DELIVERY, owner, until_ms, dead_ms, err);
	if (holds < 0 ||
	    (k->setup.is_sender &&
	     lease_take(&tx, name, owner, until_ms, 0, err) < 0) ||
	    tx_commit(&tx, err) < 0)
		return -1;
	k->holds = holds;
	k->renewed_us = now_us;
	if (k->setup.is_sender && k->setup.leased)
		k->setup.leased(k->setup.context, now_us + LEASE_MS * 1000);
	return 0;
}

static int round_of(struct keeper *k, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t now_ms = clock_now_ms();

	if (store_get(k->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    renew(k, db, now_ms, err) < 0)
		return -1;
	return k->holds ? keeper_round(&k->setup, db, now_ms, err) : 0;
}

static bool wait_round(struct keeper *k)
{
	int64_t until_us = clock_monotonic_us() + ROUND_MS * 1000;
	bool go_on;

	pthread_mutex_lock(&k->lock);
	k->is_waiting = k->marks.n > 0;
	while (!k->is_woken && !k->stopping)
		if (!wait_until(&k->wake, &k->lock, until_us))
			break;
	k->is_woken = k->is_waiting = false;
	go_on = !k->stopping;
	pthread_mutex_unlock(&k->lock);
	return go_on;
}

static void *keeper_main(void *arg)
{
	struct keeper *k = arg;

	stop_bind(&k->ending);
	do {
		struct err err = ERR_INIT;
		int rc = round_of(k, &err);

		if (rc < 0 && !stop_is_asked())
			log_error("housekeeping of sending failed",
				  LOG_ERR(&err));
		if (rc > 0)
			keeper_wake(k);
	} while (wait_round(k));
	return NULL;
}

int keeper_start(const struct keeper_setup *setup, struct keeper **out,
		 struct err *err)
{
	struct keeper *k = calloc(1, sizeof(*k));

	BUG_ON(!k);
	k->setup = *setup;
	k->setup.others = &k->others;
	k->setup.marks = &k->marks;
	pthread_mutex_init(&k->lock, NULL);
	wait_init(&k->wake);
	if (pthread_create(&k->thread, NULL, keeper_main, k) != 0) {
		free(k);
		return err_set(err, ERR_IO, "no thread for housekeeping");
	}
	*out = k;
	return 0;
}

void keeper_wake(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	k->is_woken = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
}

void keeper_applied(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	if (k->is_waiting) {
		k->is_woken = true;
		pthread_cond_signal(&k->wake);
	}
	pthread_mutex_unlock(&k->lock);
}

/* `delivery` goes to others at once; our sender's lease ends, so that whatever
 * it left is freed by whoever holds it then. */
static int give_up_leases(struct keeper *k, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *owner = k->setup.owner;
	const char *name = arena_printf(arena, "sender/%s", owner);

	if (store_get(k->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    lease_drop(&tx, LEASE_DELIVERY, owner, err) < 0)
		return -1;
	if (k->setup.is_sender && lease_take(&tx, name, owner, 0, 0, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

void keeper_stop(struct keeper *k)
{
	if (k->joined)
		return;
	atomic_store(&k->ending, true);
	pthread_mutex_lock(&k->lock);
	k->stopping = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
	pthread_join(k->thread, NULL);
	k->joined = true;
}

void keeper_free(struct keeper **k)
{
	struct err err = ERR_INIT;

	if (!*k)
		return;
	keeper_stop(*k);
	if (give_up_leases(*k, &err) < 0)
		log_warn("leases were not given up", LOG_ERR(&err));
	pthread_mutex_destroy(&(*k)->lock);
	pthread_cond_destroy(&(*k)->wake);
	still_release(&(*k)->others);
	vec_each (&(*k)->marks, mark)
		free(mark->name);
	vec_release(&(*k)->marks);
	free(*k);
	*k = NULL;
}
