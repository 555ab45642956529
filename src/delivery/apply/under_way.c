#include "delivery/apply/under_way.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/stop.h"
#include "campaign/campaign.h"
#include "campaign/campaign_hold.h"
#include "campaign/report_kept.h"
#include "campaign/rss/feed_wait.h"
#include "delivery/apply/keeper.h"
#include "delivery/apply/marks.h"
#include "delivery/event_writer.h"
#include "delivery/freeze.h"
#include "delivery/lease.h"
#include "delivery/recipient.h"
#include "delivery/send/claim.h"
#include "delivery/spread/winner.h"
#include "store/store.h"
#include "store/tally.h"

#include "sql/recipient.h"

#include <string.h>

#define CANCEL_CHUNK 5000
#define CANCEL_CHUNKS 20 /* a round: there are leases to renew */
#define EXPIRE_CHUNK 1000

/* In a transaction of its own, if the lease is still ours. */
static int move_campaign(const struct keeper_setup *k, struct db *db,
			 int64_t id, enum campaign_status to, int64_t now_ms,
			 struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int ours = lease_begin(db, LEASE_DELIVERY, k->owner, &tx, err);

	if (ours <= 0)
		return ours;
	if (campaign_move(&tx, id, to, now_ms, err) < 0 ||
	    (to == CAMPAIGN_CANCELED && freeze_end(&tx, id, err) < 0))
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

static int cancel_chunk(const struct keeper_setup *k, struct db *db,
			const struct sql *whom, int64_t id, int64_t now_ms,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids members = VEC_INIT;
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
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
	tally_add(&kept, id, KEPT_CANCELED, 0, changed);
	if (changed < 0 || report_kept_write(&kept, &tx, err) < 0 ||
	    tx_commit(&tx, err) < 0)
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

static void is_written(void *context, const struct err *why)
{
	(void)context; /* the next round sees what is missing */
	(void)why;
}

/* Whom the query lists, some of them: an event ends each, so that they are
 * counted. how: the rest of the event. Returns how many. */
static int expire_some(const struct keeper_setup *k, struct db *db,
		       const struct sql *whom, const struct campaign *c,
		       const struct event *how, struct err *err)
{
	CLEANUP(vec_release) struct ids members = VEC_INIT;
	struct event event = *how;

	event.kind = EVENT_EXPIRED;
	event.campaign_id = c->id;
	if (db_list_ids(db, whom,
			SQL_ARGS(sql_int(c->id), sql_int(EXPIRE_CHUNK)),
			&members, err) < 0)
		return -1;
	for (size_t i = 0; i < members.n; i++) {
		event.member_id = members.v[i];
		if (i + 1 < members.n)
			event_add(k->writer, &event, NULL, is_written, NULL);
		else if (event_add_wait(k->writer, &event, err) < 0)
			return -1;
	}
	if (members.n > 0 && k->applier &&
	    marks_set(k->marks, k->applier, c->hex, err) < 0)
		return -1;
	return (int)members.n;
}

static bool awaits_log(const struct keeper_setup *k, const struct campaign *c)
{
	return k->applier && marks_wait(k->marks, k->applier, c->hex);
}

/* --- whom it goes to is gone --- */

/* Somebody deleted its tag or segment, or what its conditions ask for, before
 * all were in, and no process remembers who they were. */
static bool is_aimless(const struct err *why)
{
	return why->code == ERR_NOT_FOUND || why->code == ERR_INVALID;
}

static bool is_held_so(const struct campaign_hold *hold)
{
	return hold->reason && strcmp(hold->reason, CAMPAIGN_TARGET) == 0;
}

/* Some of them may be mailed already: a person decides what to do. */
static int hold_aimless(const struct keeper_setup *k, struct db *db,
			const struct campaign *c, int64_t now_ms,
			struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign_hold before;
	struct campaign_hold hold = {
		.reason = CAMPAIGN_TARGET,
		.detail = "the tag or segment that it goes to was deleted, or "
			  "a field that its conditions ask for",
		.since_ms = now_ms,
	};
	int ours;

	if (campaign_hold_get(db, c->id, arena, &before, err) < 0)
		return -1;
	if (is_held_so(&before))
		return 0;
	ours = lease_begin(db, LEASE_DELIVERY, k->owner, &tx, err);
	if (ours <= 0)
		return ours;
	if (campaign_hold_put(&tx, c->id, &hold, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	log_warn("campaign stands still", LOG_TEXT("campaign", c->hex),
		 LOG_TEXT("reason", hold.detail));
	return 0;
}

/* It is there again. */
static int end_hold(const struct keeper_setup *k, struct db *db,
		    const struct campaign *c, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign_hold hold;
	int ours;

	if (campaign_hold_get(db, c->id, arena, &hold, err) < 0)
		return -1;
	if (!is_held_so(&hold))
		return 0;
	ours = lease_begin(db, LEASE_DELIVERY, k->owner, &tx, err);
	if (ours <= 0)
		return ours;
	return campaign_hold_end(&tx, c->id, err) < 0 ? -1
						      : tx_commit(&tx, err);
}

/* Nobody else enters: 1, 0: the lease was lost, -1. */
static int end_ledger(const struct keeper_setup *k, struct db *db,
		      const struct campaign *c, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int ours = lease_begin(db, LEASE_DELIVERY, k->owner, &tx, err);

	if (ours <= 0)
		return ours;
	freezings_drop(k->freezings, c->id);
	return freeze_end(&tx, c->id, err) < 0 || tx_commit(&tx, err) < 0 ? -1
									  : 1;
}

/* --- the steps --- */

/* It ends when nobody waits, also not for the winner of a test. */
static int keep_test(const struct keeper_setup *k, struct db *db,
		     const struct campaign *c, int64_t now_ms, struct err *err)
{
	enum winner_news news;

	if (winner_step(db, c, k->owner, now_ms, &news, err) < 0)
		return -1;
	if (news >= WINNER_RELEASED && k->wake_sender)
		k->wake_sender(k->context);
	if (news == WINNER_MORE)
		return 2;
	if (news != WINNER_NOTHING)
		return 0;
	return end_sent(k, db, c, now_ms, err) < 0 ? -1 : 0;
}

/* As freeze_campaign; 0 also while it waits for that. */
static int keep_freezing(const struct keeper_setup *k, struct db *db,
			 const struct campaign *c, int64_t now_ms,
			 struct err *err)
{
	struct err why = ERR_INIT;
	int rc = feed_wait_is_on(db, c->id, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	rc = freeze_campaign(db, c, k->owner, k->freezings, now_ms, &why);
	if (rc < 0 && is_aimless(&why))
		return hold_aimless(k, db, c, now_ms, err);
	if (rc < 0)
		*err = why;
	if (rc > 0 && end_hold(k, db, c, err) < 0)
		return -1;
	if (rc > 0 && k->wake_sender)
		k->wake_sender(k->context);
	return rc;
}

static int keep_sending(const struct keeper_setup *k, struct db *db,
			const struct campaign *c, int64_t now_ms,
			struct err *err)
{
	if (!c->frozen) {
		int rc = keep_freezing(k, db, c, now_ms, err);

		if (rc != 1)
			return rc;
		log_info("campaign is frozen", LOG_TEXT("campaign", c->hex));
	}
	return keep_test(k, db, c, now_ms, err);
}

/* Who may have got it was not canceled, nor given up. As expire_some. */
static int expire_unknown(const struct keeper_setup *k, struct db *db,
			  const struct campaign *c, int64_t now_ms,
			  struct err *err)
{
	const struct event unknown = {
		.at_ms = now_ms,
		.detail = CLAIM_UNKNOWN,
	};

	return expire_some(k, db, SQL_RECIPIENT_LIST_UNKNOWN, c, &unknown, err);
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
	if (awaits_log(k, c))
		return 0;
	n = expire_unknown(k, db, c, now_ms, err);
	if (n != 0)
		return n < 0 ? -1 : 0;
	n = is_busy(db, c->id, err);
	if (n != 0)
		return n < 0 ? -1 : 0;
	freezings_drop(k->freezings, c->id);
	return move_campaign(k, db, c->id, CAMPAIGN_CANCELED, now_ms, err);
}

/* Who was never tried is left out, who waits for another try expires; what is
 * on its way is waited for. */
static int keep_finishing(const struct keeper_setup *k, struct db *db,
			  const struct campaign *c, int64_t now_ms,
			  struct err *err)
{
	/* it is not the address's fault that nobody waited for it */
	const struct event unwaited = {
		.at_ms = now_ms,
		.code = BOUNCE_SOFT << EVENT_BOUNCE_SHIFT | EVENT_NO_FAULT,
		.detail = "the campaign was finished before it was delivered",
	};
	struct err why = ERR_INIT;
	int n = 1;

	if (!c->frozen)
		n = freeze_campaign(db, c, k->owner, k->freezings, now_ms,
				    &why);
	if (n < 0 && is_aimless(&why))
		n = end_ledger(k, db, c, err);
	else if (n < 0)
		*err = why;
	if (n != 1)
		return n;
	n = cancel_some(k, db, SQL_RECIPIENT_LIST_UNTRIED, c->id, now_ms, err);
	if (n != 0)
		return n < 0 ? -1 : 2;
	if (awaits_log(k, c))
		return 0;
	n = expire_unknown(k, db, c, now_ms, err);
	if (n == 0)
		n = expire_some(k, db, SQL_RECIPIENT_LIST_TRIED, c, &unwaited,
				err);
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

int under_way_step(const struct keeper_setup *k, struct db *db, int64_t now_ms,
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
	int more = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		int rc = keep_each(k, db, kept[i].status, kept[i].fn, now_ms,
				   err);

		if (rc < 0)
			return -1;
		more |= rc;
	}
	if (winner_say(db, k->owner, now_ms, err) < 0)
		return -1;
	return more;
}
