#include "delivery/apply/keeper.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/still.h"
#include "base/thread/stop.h"
#include "base/thread/thread.h"
#include "base/thread/wait.h"
#include "campaign/campaign.h"
#include "delivery/apply/applier.h"
#include "delivery/apply/marks.h"
#include "delivery/apply/standstill.h"
#include "delivery/apply/under_way.h"
#include "delivery/freeze.h"
#include "delivery/lease.h"
#include "delivery/recipient.h"
#include "delivery/relay_setting.h"
#include "delivery/send/claim.h"
#include "store/store.h"

#include "sql/recipient.h"

#define ROUND_MS 500

struct keeper {
	struct keeper_setup setup;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool is_woken, stopping, joined;
	atomic_bool ending; /* the same as stopping, for base/thread/stop.h */
	bool is_waiting;    /* for the log */
	struct marks marks;
	struct freezings freezings;
	int64_t renewed_us; /* 0: not yet */
	bool holds;
	struct still others;
};

static const char *sender_lease(const char *owner, struct arena *arena)
{
	return arena_printf(arena, "sender/%s", owner);
}

/* --- dead senders --- */

static int list_uncertain(struct db *db, int64_t campaign_id, const char *owner,
			  struct ids *out, struct err *err)
{
	return db_list_ids(db, SQL_RECIPIENT_LIST_UNCERTAIN,
			   SQL_ARGS(sql_int(campaign_id), sql_text(owner)), out,
			   err);
}

/* Before it is listed who is uncertain; doing it twice is nothing. */
static int doubt_claimed(const struct keeper_setup *k, struct db *db,
			 int64_t campaign_id, const char *dead, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int ours = lease_begin(db, LEASE_DELIVERY, k->owner, &tx, err);

	if (ours <= 0)
		return ours;
	if (db_exec(&tx, SQL_RECIPIENT_DOUBT_CLAIMED,
		    SQL_ARGS(sql_int(campaign_id), sql_text(dead)), err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
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
	    lease_drop(&tx, sender_lease(dead, arena), dead, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int free_sender(const struct keeper_setup *k, struct db *db,
		       const char *dead, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct ids open = VEC_INIT;
	int torn = lease_is_torn(db, sender_lease(dead, arena), err);

	if (torn < 0 || db_list_ids(db, SQL_RECIPIENT_CAMPAIGNS_OPEN,
				    SQL_NO_ARGS, &open, err) < 0)
		return -1;
	for (size_t i = 0; i < open.n; i++) {
		int rc = torn ? doubt_claimed(k, db, open.v[i], dead, err) : 1;

		if (rc > 0)
			rc = free_in_one(k, db, open.v[i], dead, now_ms, err);
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
	if (!k->applier)
		return 1;
	if (!marks_has(k->marks, dead) &&
	    marks_set(k->marks, k->applier, dead, err) < 0)
		return -1;
	return !marks_wait(k->marks, k->applier, dead);
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
	struct campaign_sender_facts facts = *k->facts;

	if (free_dead(k, db, now_ms, err) < 0 ||
	    relay_is_outbox_now(db, k->relay, &facts.outbox, err) < 0 ||
	    campaign_start_due(db, &facts, now_ms, err) < 0)
		return -1;
	return under_way_step(k, db, now_ms, err);
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

/* The first one says, before anything is claimed, in which life that is. */
static int take_sender_lease(struct keeper *k, struct tx *tx, int64_t now_ms,
			     struct arena *arena, struct err *err)
{
	int64_t until_ms = now_ms + LEASE_MS;
	const char *owner = k->setup.owner;
	const char *name = sender_lease(owner, arena), *life = NULL;

	if (lease_take(tx, name, owner, until_ms, 0, err) < 0 ||
	    standstill_end(tx, now_ms, err) < 0)
		return -1;
	if (k->renewed_us || !k->setup.may_be_unsynced)
		return 0;
	if (db_life(tx->db, arena, &life, err) < 0)
		return -1;
	return lease_set_life(tx, name, owner, life, err);
}

static int renew(struct keeper *k, struct db *db, int64_t now_ms,
		 struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *owner = k->setup.owner;
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
	     take_sender_lease(k, &tx, now_ms, arena, err) < 0) ||
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
	k->setup.freezings = &k->freezings;
	pthread_mutex_init(&k->lock, NULL);
	wait_init(&k->wake);
	if (thread_start(&k->thread, "keeper", keeper_main, k) != 0) {
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
	const char *name = sender_lease(owner, arena);

	if (store_get(k->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    lease_drop(&tx, LEASE_DELIVERY, owner, err) < 0)
		return -1;
	if (k->setup.is_sender && lease_take(&tx, name, owner, 0, 0, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int tear_lease(struct keeper *k, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *owner = k->setup.owner;

	if (store_get(k->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    lease_set_life(&tx, sender_lease(owner, arena), owner, "", err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

void keeper_log_is_torn(struct keeper *k)
{
	struct err err = ERR_INIT;

	if (tear_lease(k, &err) < 0)
		log_error("it was not noted that the log is torn",
			  LOG_ERR(&err));
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
	marks_release(&(*k)->marks);
	freezings_release(&(*k)->freezings);
	free(*k);
	*k = NULL;
}
