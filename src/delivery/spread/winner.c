#include "delivery/spread/winner.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "campaign/campaign.h"
#include "campaign/variate/variate_figures.h"
#include "delivery/lease.h"
#include "delivery/recipient.h"
#include "delivery/spread/spread.h"
#include "store/db.h"

#include "sql/winner.h"

#define PAGE 4000
#define PAGES 25 /* a call: its thread has leases to renew */

/* 1, 0: the lease is lost, -1. */
static int begin(struct db *db, const char *owner, struct tx *out,
		 struct err *err)
{
	if (owner)
		return lease_begin(db, LEASE_DELIVERY, owner, out, err);
	return tx_begin(db, out, err) < 0 ? -1 : 1;
}

/* --- finding it --- */

/* One statement, in a transaction of its own. 1: it was so, 0: somebody was
 * faster, or the lease is lost; -1. */
static int write_once(struct db *db, const char *owner, const struct sql *sql,
		      struct sql_args args, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int changed, ours = begin(db, owner, &tx, err);

	if (ours <= 0)
		return ours;
	changed = db_exec(&tx, sql, args, err);
	if (changed < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return changed > 0;
}

static int sample_waits(struct db *db, int64_t campaign_id, struct err *err)
{
	int64_t one;

	return db_find_int(
		db, SQL_WINNER_SAMPLE_WAITS,
		SQL_ARGS(sql_int(campaign_id), sql_int(SPREAD_HELD_MS)), &one,
		err);
}

/* The sample is sent: from now on it is waited. */
static int begin_wait(struct db *db, const struct campaign *c,
		      const struct variate *v, const char *owner,
		      int64_t now_ms, struct err *err)
{
	int64_t until_ms = now_ms + v->wait_minutes * MS_MINUTE;
	int waits = sample_waits(db, c->id, err);

	if (waits != 0)
		return waits < 0 ? -1 : 0;
	return write_once(db, owner, SQL_WINNER_AWAIT,
			  SQL_ARGS(sql_int(until_ms), sql_int(c->id)), err);
}

static int find_best(struct db *db, const struct campaign *c,
		     const struct variate *v, const char *owner, int64_t now_ms,
		     struct err *err)
{
	struct variate_figures figures;
	int best, rc;

	if (variate_figures(db, c->id, &figures, err) < 0)
		return -1;
	best = variate_best(v, &figures);
	rc = write_once(
		db, owner, SQL_WINNER_PUT,
		SQL_ARGS(sql_int(best), sql_int(now_ms), sql_int(c->id)), err);
	if (rc > 0)
		log_info("the winner of a test is found",
			 LOG_TEXT("campaign", c->hex),
			 LOG_INT("variant", best));
	return rc;
}

/* Without one. *out: AWAITED until the wait has begun. */
static int look_for_winner(struct db *db, const struct campaign *c,
			   const struct variate *v, const char *owner,
			   int64_t now_ms, enum winner_news *out,
			   struct err *err)
{
	int rc;

	if (!variate_is_automatic(v))
		return 0;
	if (!c->winner_ms) {
		rc = begin_wait(db, c, v, owner, now_ms, err);
		if (rc == 0)
			*out = WINNER_AWAITED;
		return rc < 0 ? -1 : 0;
	}
	if (now_ms < c->winner_ms)
		return 0;
	rc = find_best(db, c, v, owner, now_ms, err);
	if (rc > 0)
		*out = WINNER_MORE; /* the next step reads it */
	return rc < 0 ? -1 : 0;
}

/* --- the rest gets it --- */

static int list_held(struct db *db, int64_t campaign_id, int64_t limit,
		     struct ids *out, struct err *err)
{
	return db_list_ids(db, SQL_WINNER_HELD,
			   SQL_ARGS(sql_int(campaign_id),
				    sql_int(SPREAD_HELD_MS), sql_int(limit)),
			   out, err);
}

/* Returns how many, or -1. */
static int release_page(struct db *db, const struct campaign *c,
			const char *owner, int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids members = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int ours = begin(db, owner, &tx, err);

	if (ours <= 0)
		return ours;
	if (list_held(db, c->id, PAGE, &members, err) < 0)
		return -1;
	if (members.n == 0)
		return 0;
	if (db_exec(&tx, SQL_WINNER_RELEASE,
		    SQL_ARGS(sql_int(VARIATE_REST + c->winner), sql_int(now_ms),
			     sql_int(c->id), sql_keys(&members, &keys),
			     sql_int(SPREAD_HELD_MS)),
		    err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return (int)members.n;
}

static int release_rest(struct db *db, const struct campaign *c,
			const char *owner, int64_t now_ms,
			enum winner_news *out, struct err *err)
{
	int n = 1;

	for (int pages = 0; n > 0 && pages < PAGES; pages++) {
		n = release_page(db, c, owner, now_ms, err);
		if (n < 0)
			return -1;
		if (n > 0)
			*out = WINNER_RELEASED;
	}
	if (n > 0)
		*out = WINNER_MORE;
	return 0;
}

int winner_step(struct db *db, const struct campaign *c, const char *owner,
		int64_t now_ms, enum winner_news *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct variate v;

	*out = WINNER_NOTHING;
	if (!variate_read(c->variate, arena, &v))
		return 0;
	if (c->winner == 0)
		return look_for_winner(db, c, &v, owner, now_ms, out, err);
	return variate_has_rest(&v)
		       ? release_rest(db, c, owner, now_ms, out, err)
		       : 0;
}

int winner_say(struct db *db, const char *owner, int64_t now_ms,
	       struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct campaign c;
	struct variate v;

	if (db_list_ids(db, SQL_WINNER_DUE, SQL_ARGS(sql_int(now_ms)), &ids,
			err) < 0)
		return -1;
	vec_each (&ids, id) {
		if (campaign_get(db, *id, arena, &c, err) < 0)
			return -1;
		(void)variate_read(c.variate, arena, &v);
		if (find_best(db, &c, &v, owner, now_ms, err) < 0)
			return -1;
	}
	return 0;
}

/* --- by a person --- */

static int cannot(struct err *err, const char *why)
{
	return err_title(err, ERR_CONFLICT, "Bad Request", "%s", why);
}

/* May one be chosen? 0, or -1. */
static int check_open(struct db *db, const struct campaign *c,
		      const struct variate *v, struct err *err)
{
	CLEANUP(vec_release) struct ids held = VEC_INIT;

	if (!c->variate)
		return cannot(err, "This campaign is no test.");
	if (!variate_has_rest(v))
		return cannot(err, "Nobody waits for the winner of this "
				   "test.");
	if (c->status != CAMPAIGN_SENDING && c->status != CAMPAIGN_PAUSED)
		return cannot(err, "A winner is chosen while the test is being "
				   "sent.");
	if (c->winner != 0)
		return cannot(err, "This test has a winner already.");
	if (!c->frozen)
		return cannot(err, "The test is not sent yet: try again in a "
				   "moment.");
	if (list_held(db, c->id, 1, &held, err) < 0)
		return -1;
	return held.n > 0 ? 0
			  : cannot(err, "Nobody waits for the winner of this "
					"test.");
}

int winner_choose(struct tx *tx, const char *campaign_hex,
		  const char *combination_id, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign c;
	struct variate v;
	int variant, changed;

	if (campaign_get_by_hex(tx->db, campaign_hex, arena, &c, err) < 0)
		return -1;
	(void)variate_read(c.variate, arena, &v);
	if (check_open(tx->db, &c, &v, err) < 0)
		return -1;
	variant = variate_find(&v, c.hex, combination_id);
	if (variant == 0)
		return err_field(err, "combination_id",
				 "The test has no such combination");
	changed = db_exec(
		tx, SQL_WINNER_PUT,
		SQL_ARGS(sql_int(variant), sql_int(now_ms), sql_int(c.id)),
		err);
	if (changed == 0)
		return cannot(err, "This test has a winner already.");
	return changed < 0 ? -1 : 0;
}
