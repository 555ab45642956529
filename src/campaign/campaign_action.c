/*
 * From one status of a campaign to the next: which moves there are, and what
 * they write. Called by the API and by the sender's service; any thread.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "campaign/campaign_hold.h"
#include "campaign/campaign_private.h"
#include "campaign/campaign_spread.h"
#include "campaign/checklist.h"
#include "campaign/rss/rss.h"
#include "campaign/variate/variate.h"
#include "journal/gate.h"
#include "sql/campaign.h"
#include "store/db.h"

#define QUARTER (15 * MS_MINUTE)

static int not_ready(struct err *err)
{
	return err_title(err, ERR_CONFLICT, "Bad Request",
			 "Your Campaign is not ready to send.");
}

static int not_now(const struct campaign *c, const char *what, struct err *err)
{
	return err_title(err, ERR_CONFLICT, "Bad Request",
			 "A campaign that is %s cannot be %s.",
			 campaign_status_name(c->status), what);
}

/* 1 ready, 0 not. */
int campaign_is_ready(struct db *db, const struct campaign *c,
		      const struct campaign_sender_facts *facts, int64_t now_ms,
		      struct arena *arena, const char **why_out,
		      struct err *err)
{
	CLEANUP(checklist_release) struct checklist list = { 0 };

	if (checklist_make(db, c, facts, now_ms, arena, &list, err) < 0)
		return -1;
	if (list.is_ready)
		return 1;
	vec_each (&list.items, item)
		if (why_out && item->type == CHECKLIST_ERROR) {
			*why_out = arena_printf(arena, "%s: %s", item->heading,
						item->details);
			break;
		}
	return 0;
}

int campaign_send(struct tx *tx, const char *hex,
		  const struct campaign_order *order,
		  const struct campaign_sender_facts *facts, int64_t now_ms,
		  struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign_spread spread;
	struct campaign c;
	int ready;

	if (gate_pass(tx->db, err) < 0 ||
	    campaign_get_by_hex(tx->db, hex, arena, &c, err) < 0)
		return -1;
	if (c.rss)
		return rss_start(tx, &c, order, facts, now_ms, err);
	/* Paused ones are resumed; a campaign is never sent twice. */
	if (c.status != CAMPAIGN_SAVE && c.status != CAMPAIGN_SCHEDULE)
		return not_now(&c, "sent", err);
	campaign_spread_read(c.spread, &spread);
	if (spread.timewarp)
		return err_title(err, ERR_CONFLICT, "Bad Request",
				 "A campaign that is sent by time zone is "
				 "scheduled.");
	ready = campaign_is_ready(tx->db, &c, facts, now_ms, arena, NULL, err);
	if (ready < 0)
		return -1;
	if (ready == 0)
		return not_ready(err);
	return campaign_move(tx, c.id, CAMPAIGN_SENDING, now_ms, err) < 0 ? -1
									  : 0;
}

/* Why this way of sending is not scheduled for then; NULL: it is. */
static const char *why_not_then(const struct campaign *c,
				const struct campaign_spread *spread,
				int64_t at_ms, int64_t now_ms,
				struct arena *arena)
{
	struct variate v;
	bool is_test = variate_read(c->variate, arena, &v);

	if (at_ms % QUARTER != 0)
		return "the time must be on the quarter hour (UTC).";
	if (at_ms <= now_ms)
		return "the time is not in the future.";
	if (is_test && v.send_times_n > 0)
		return "it tries several times: send it, and each part goes at "
		       "its time.";
	if (is_test && (spread->timewarp || spread->batch_count > 0))
		return "a test is sent neither by time zone nor in batches.";
	if (spread->timewarp && at_ms < now_ms + SPREAD_NOTICE_MS)
		return "sending by time zone takes 24 hours of notice.";
	return NULL;
}

int campaign_schedule(struct tx *tx, const char *hex, int64_t at_ms,
		      const json_t *body, const struct campaign_order *order,
		      const struct campaign_sender_facts *facts, int64_t now_ms,
		      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *refused = "This campaign cannot be scheduled: ", *why;
	struct campaign_spread spread;
	struct campaign c;
	int ready;

	if (campaign_get_by_hex(tx->db, hex, arena, &c, err) < 0)
		return -1;
	if (c.status != CAMPAIGN_SAVE && c.status != CAMPAIGN_SCHEDULE)
		return err_title(err, ERR_CONFLICT, "Bad Request",
				 "%sit is %s.", refused,
				 campaign_status_name(c.status));
	if (c.rss)
		return err_title(err, ERR_CONFLICT, "Bad Request",
				 "%san RSS campaign has a schedule of its own; "
				 "send starts it.",
				 refused);
	campaign_spread_read(c.spread, &spread);
	if (campaign_spread_schedule(body, &spread, err) < 0)
		return -1;
	why = why_not_then(&c, &spread, at_ms, now_ms, arena);
	if (why)
		return err_title(err, ERR_CONFLICT, "Bad Request", "%s%s",
				 refused, why);
	ready = campaign_is_ready(tx->db, &c, facts, now_ms, arena, NULL, err);
	if (ready < 0)
		return -1;
	if (ready == 0)
		return not_ready(err);
	if (campaign_move(tx, c.id, CAMPAIGN_SCHEDULE, now_ms, err) < 0)
		return -1;
	return db_exec(tx, SQL_CAMPAIGN_SCHEDULE,
		       SQL_ARGS(
			       sql_int(at_ms), sql_id_or_null(order->user_id),
			       sql_id_or_null(order->key_id),
			       sql_text(campaign_spread_format(&spread, arena)),
			       sql_int(c.id)),
		       err) < 0
		       ? -1
		       : 0;
}

int campaign_unschedule(struct tx *tx, const char *hex, int64_t now_ms,
			struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign_spread spread;
	struct campaign c;

	if (campaign_get_by_hex(tx->db, hex, arena, &c, err) < 0)
		return -1;
	if (c.status != CAMPAIGN_SCHEDULE)
		return not_now(&c, "unscheduled", err);
	campaign_spread_read(c.spread, &spread);
	spread.batch_count = 0; /* who schedules it says it anew */
	if (campaign_move(tx, c.id, CAMPAIGN_SAVE, now_ms, err) < 0)
		return -1;
	return db_exec(tx, SQL_CAMPAIGN_SCHEDULE,
		       SQL_ARGS(
			       sql_null(), sql_null(), sql_null(),
			       sql_text(campaign_spread_format(&spread, arena)),
			       sql_int(c.id)),
		       err) < 0
		       ? -1
		       : 0;
}

/* From one status to another, or an answer that says why not. */
static int move_if_allowed(struct tx *tx, const struct campaign *c,
			   enum campaign_status to, const char *what,
			   int64_t now_ms, struct err *err)
{
	if (!campaign_may_move(c->status, to))
		return not_now(c, what, err);
	return campaign_move(tx, c->id, to, now_ms, err) < 0 ? -1 : 0;
}

int campaign_pause(struct tx *tx, const char *hex, int64_t now_ms,
		   struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign c;

	if (campaign_get_by_hex(tx->db, hex, arena, &c, err) < 0)
		return -1;
	return move_if_allowed(tx, &c, CAMPAIGN_PAUSED, "paused", now_ms, err);
}

/* Batches are apart so that not all readers come at once. Clocks of readers
 * wait for nobody: what is overdue of a Timewarp goes at once. */
int campaign_keep_distance(struct tx *tx, const struct campaign *c,
			   int64_t since_ms, int64_t now_ms, struct err *err)
{
	struct campaign_spread spread;

	campaign_spread_read(c->spread, &spread);
	if (spread.batch_count == 0)
		return 0;
	return db_exec(tx, SQL_CAMPAIGN_SHIFT,
		       SQL_ARGS(sql_int(now_ms), sql_int(c->id),
				sql_int(since_ms), sql_int(now_ms),
				sql_int(c->id)),
		       err) < 0
		       ? -1
		       : 0;
}

int campaign_resume(struct tx *tx, const char *hex, int64_t now_ms,
		    struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign c;

	if (gate_pass(tx->db, err) < 0 ||
	    campaign_get_by_hex(tx->db, hex, arena, &c, err) < 0)
		return -1;
	if (c.rss)
		return rss_resume(tx, &c, now_ms, err);
	if (c.status != CAMPAIGN_PAUSED)
		return not_now(&c, "resumed", err);
	if (campaign_hold_override(tx, c.id, err) < 0 ||
	    campaign_keep_distance(tx, &c, c.updated_ms, now_ms, err) < 0)
		return -1;
	return campaign_move(tx, c.id, CAMPAIGN_SENDING, now_ms, err) < 0 ? -1
									  : 0;
}

/* Again while it is at it is nothing: who got no answer asks again. */
static int move_once(struct tx *tx, const char *hex, enum campaign_status to,
		     const char *what, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign c;

	if (campaign_get_by_hex(tx->db, hex, arena, &c, err) < 0)
		return -1;
	if (c.rss)
		return to == CAMPAIGN_CANCELING
			       ? rss_cancel(tx, &c, now_ms, err)
			       : not_now(&c, what, err);
	if (c.status == to)
		return 0;
	return move_if_allowed(tx, &c, to, what, now_ms, err);
}

int campaign_cancel(struct tx *tx, const char *hex, int64_t now_ms,
		    struct err *err)
{
	return move_once(tx, hex, CAMPAIGN_CANCELING, "canceled", now_ms, err);
}

int campaign_finish(struct tx *tx, const char *hex, int64_t now_ms,
		    struct err *err)
{
	return move_once(tx, hex, CAMPAIGN_FINISHING, "finished", now_ms, err);
}

/* --- schedules --- */

static void read_order(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena; /* numbers only */
	*(struct campaign_order *)out =
		(struct campaign_order){ .user_id = rows_int(rows, 0),
					 .key_id = rows_int(rows, 1) };
}

int campaign_order_find(struct db *db, const char *hex,
			struct campaign_order *out, struct err *err)
{
	return db_get(db, SQL_CAMPAIGN_SCHEDULED_BY, SQL_ARGS(sql_text(hex)),
		      read_order, NULL, out, err);
}

int campaign_order_may_send(const struct campaign_sender_facts *facts,
			    const struct campaign_order *by,
			    struct arena *arena, const char **why_out,
			    struct err *err)
{
	return facts->may_send ? facts->may_send(facts->context, by, arena,
						 why_out, err)
			       : 1;
}

/* Locks it. 1: its time has come, as `by` wanted; 0: somebody took that back,
 * or has scheduled it anew, or sending is off; -1. */
static int take_due(struct tx *tx, const char *hex,
		    const struct campaign_order *by, int64_t now_ms,
		    struct arena *arena, struct campaign *out, struct err *err)
{
	struct campaign_order now = { 0 };
	const char *closed;
	int found = gate_is_closed(tx->db, arena, &closed, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	found = campaign_find(tx->db, hex, arena, out, err);
	if (found <= 0 || campaign_order_find(tx->db, hex, &now, err) < 0)
		return found == 0 ? 0 : -1;
	return out->status == CAMPAIGN_SCHEDULE &&
	       campaign_begins_ms(out) <= now_ms &&
	       now.user_id == by->user_id && now.key_id == by->key_id;
}

/* A draft again, that says why. */
static int hold_back(struct tx *tx, const struct campaign *c,
		     const char *reason, const char *why, int64_t now_ms,
		     struct err *err)
{
	struct campaign_hold hold = { .reason = reason,
				      .detail = why,
				      .since_ms = now_ms };

	log_warn("scheduled campaign not sent", LOG_TEXT("id", c->hex),
		 LOG_TEXT("reason", why));
	return campaign_unschedule(tx, c->hex, now_ms, err) < 0 ||
			       campaign_hold_unsent(tx, c->id, &hold, err) < 0
		       ? -1
		       : 0;
}

/* 1, 0: it is not ready, -1. */
static int begin_due(struct tx *tx, const struct campaign *c,
		     const struct campaign_sender_facts *facts, int64_t now_ms,
		     struct arena *arena, struct err *err)
{
	int ready =
		campaign_is_ready(tx->db, c, facts, now_ms, arena, NULL, err);

	if (ready > 0)
		return campaign_move(tx, c->id, CAMPAIGN_SENDING, now_ms, err);
	return ready < 0 ? -1
			 : hold_back(tx, c, CAMPAIGN_NOT_READY,
				     "it was not ready when its time came: its "
				     "checklist says why",
				     now_ms, err);
}

/* 1: it is being sent, 0, -1. */
static int start_one(struct db *db, const char *hex,
		     const struct campaign_sender_facts *facts, int64_t now_ms,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign_order by = { 0 };
	const char *why = NULL;
	struct campaign c;
	int may, ret;

	if (campaign_order_find(db, hex, &by, err) < 0 ||
	    (may = campaign_order_may_send(facts, &by, arena, &why, err)) < 0 ||
	    tx_begin(db, &tx, err) < 0)
		return -1;
	ret = take_due(&tx, hex, &by, now_ms, arena, &c, err);
	if (ret <= 0)
		return ret;
	ret = may > 0 ? begin_due(&tx, &c, facts, now_ms, arena, err)
		      : hold_back(&tx, &c, CAMPAIGN_NO_RIGHT, why, now_ms, err);
	return ret < 0 || tx_commit(&tx, err) < 0 ? -1 : ret;
}

int campaign_start_due(struct db *db, const struct campaign_sender_facts *facts,
		       int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct texts due = VEC_INIT;
	int started = 0;

	if (db_list_texts(db, SQL_CAMPAIGN_LIST_DUE,
			  SQL_ARGS(sql_int(now_ms),
				   sql_int(now_ms + SPREAD_AHEAD_MS)),
			  arena, &due, err) < 0)
		return -1;
	vec_each (&due, hex) {
		struct err failure = ERR_INIT;
		int one = start_one(db, *hex, facts, now_ms, &failure);

		if (one < 0)
			log_error("scheduled campaign not started yet",
				  LOG_TEXT("id", *hex), LOG_ERR(&failure));
		else
			started += one;
	}
	return started;
}

/* --- after a restore --- */

static int list_under_way(struct db *db, int64_t now_ms, struct ids *out,
			  struct err *err)
{
	return db_list_ids(db, SQL_CAMPAIGN_UNDER_WAY,
			   SQL_ARGS(sql_int(now_ms)), out, err);
}

int campaigns_restored(struct db *db, int64_t now_ms, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0 ||
	    list_under_way(db, now_ms, &ids, err) < 0)
		return -1;
	vec_each (&ids, id)
		if (db_exec(&tx, SQL_CAMPAIGN_RESTORED,
			    SQL_ARGS(sql_int(now_ms), sql_int(*id)), err) < 0)
			return -1;
	if (rss_restored(&tx, now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err) < 0 ? -1 : (int)ids.n;
}

int campaigns_under_way(struct db *db, struct err *err)
{
	int64_t one;

	return db_find_int(db, SQL_CAMPAIGN_BUSY, SQL_NO_ARGS, &one, err);
}
