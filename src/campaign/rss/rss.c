#include "campaign/rss/rss.h"

#include "audience/list.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "campaign/campaign_hold.h"
#include "campaign/campaign_private.h"
#include "campaign/checklist.h"
#include "campaign/content.h"
#include "campaign/rss/feed.h"
#include "campaign/rss/feed_show.h"
#include "campaign/rss/rss_options.h"
#include "campaign/rss/rss_private.h"
#include "jobs/job.h"
#include "journal/gate.h"
#include "sql/campaign.h"
#include "sql/rss.h"
#include "store/db.h"

/* --- what is remembered --- */

static void read_state(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct rss_state *)out = (struct rss_state){
		.is_started = true,
		.next_ms = rows_int(rows, 0),
		.since_ms = rows_int(rows, 1),
		.last_ms = rows_int(rows, 2),
		.is_first = rows_int(rows, 3) != 0,
		.seen = rows_dup(rows, 4, arena),
		.failures = rows_int(rows, 5),
		.failure = rows_dup(rows, 6, arena),
		.failed_ms = rows_int(rows, 7),
	};
}

int rss_state_find(struct db *db, int64_t campaign_id, struct arena *arena,
		   struct rss_state *out, struct err *err)
{
	*out = (struct rss_state){ .is_started = false };
	return db_get(db, SQL_RSS_FIND, SQL_ARGS(sql_int(campaign_id)),
		      read_state, arena, out, err);
}

int rss_children(struct db *db, int64_t campaign_id, int64_t limit,
		 struct ids *out, struct err *err)
{
	return db_list_ids(db, SQL_RSS_CHILDREN,
			   SQL_ARGS(sql_int(campaign_id), sql_int(limit)), out,
			   err);
}

/* --- actions --- */

int rss_add_job(struct tx *tx, const char *kind, int64_t campaign_id,
		int64_t at_ms, int64_t now_ms, struct err *err)
{
	char payload[64], key[40];
	struct job_new job = { .kind = kind,
			       .payload = payload,
			       .single_key = key,
			       .run_at_ms = at_ms };
	int64_t id;

	(void)snprintf(payload, sizeof(payload), "{\"campaign\":%lld}",
		       (long long)campaign_id);
	(void)snprintf(key, sizeof(key), "%s:%lld", kind,
		       (long long)campaign_id);
	return job_add(tx, &job, now_ms, &id, err);
}

static int next_of(struct db *db, const struct campaign *c, int64_t now_ms,
		   struct rss_options *options, struct arena *arena,
		   int64_t *out, struct err *err)
{
	const struct time_zone *zone;

	if (account_zone_load(db, arena, &zone, err) < 0)
		return -1;
	rss_options_load(c->rss, arena, options);
	*out = rss_options_next(options, zone, now_ms);
	return 0;
}

static int refuse(const struct campaign *c, const char *what, struct err *err)
{
	return err_title(err, ERR_CONFLICT, "Bad Request",
			 "A campaign that is %s cannot be %s.",
			 campaign_status_name(c->status), what);
}

int rss_start(struct tx *tx, const struct campaign *c,
	      const struct campaign_order *order,
	      const struct campaign_sender_facts *facts, int64_t now_ms,
	      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct rss_options options;
	int64_t next_ms;
	int ready;

	if (c->status != CAMPAIGN_SAVE)
		return refuse(c, "sent", err);
	if (next_of(tx->db, c, now_ms, &options, arena, &next_ms, err) < 0)
		return -1;
	ready = campaign_is_ready(tx->db, c, facts, now_ms, arena, NULL, err);
	if (ready < 0)
		return -1;
	if (ready == 0)
		return err_title(err, ERR_CONFLICT, "Bad Request",
				 "Your Campaign is not ready to send.");
	if (campaign_move(tx, c->id, CAMPAIGN_SENDING, now_ms, err) < 0 ||
	    db_exec(tx, SQL_CAMPAIGN_SCHEDULE,
		    SQL_ARGS(sql_null(), sql_id_or_null(order->user_id),
			     sql_id_or_null(order->key_id), sql_text(c->spread),
			     sql_int(c->id)),
		    err) < 0 ||
	    db_exec(tx, SQL_RSS_START,
		    SQL_ARGS(sql_int(c->id), sql_int(next_ms),
			     sql_int(next_ms - rss_options_period(&options))),
		    err) < 0)
		return -1;
	return rss_add_job(tx, RSS_JOB, c->id, next_ms, now_ms, err);
}

int rss_resume(struct tx *tx, const struct campaign *c, int64_t now_ms,
	       struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct rss_options options;
	int64_t next_ms;

	if (c->status != CAMPAIGN_PAUSED)
		return refuse(c, "resumed", err);
	if (next_of(tx->db, c, now_ms, &options, arena, &next_ms, err) < 0)
		return -1;
	if (campaign_move(tx, c->id, CAMPAIGN_SENDING, now_ms, err) < 0 ||
	    db_exec(tx, SQL_RSS_PLAN,
		    SQL_ARGS(sql_int(next_ms), sql_int(c->id)), err) < 0)
		return -1;
	return rss_add_job(tx, RSS_JOB, c->id, next_ms, now_ms, err);
}

/* Nobody waits for a mail of it: it is canceled at once. */
int rss_cancel(struct tx *tx, const struct campaign *c, int64_t now_ms,
	       struct err *err)
{
	if (c->status != CAMPAIGN_SENDING && c->status != CAMPAIGN_PAUSED)
		return refuse(c, "canceled", err);
	if (campaign_move(tx, c->id, CAMPAIGN_CANCELING, now_ms, err) < 0 ||
	    campaign_move(tx, c->id, CAMPAIGN_CANCELED, now_ms, err) < 0)
		return -1;
	return 0;
}

int rss_restored(struct tx *tx, int64_t now_ms, struct err *err)
{
	return db_exec(tx, SQL_RSS_RESTORED, SQL_ARGS(sql_int(now_ms)), err) < 0
		       ? -1
		       : 0;
}

/* --- a look --- */

struct look {
	struct db *db;
	struct arena *arena;
	const struct feed *feed;
	const struct feed_blocks *blocks;
	const struct campaign_sender_facts *facts;
	int64_t now_ms;
	struct campaign parent;
	struct rss_options options;
	struct rss_state state;
};

/* Locks the parent. 1: it is due, 0, -1. */
static int take_due(struct look *l, struct tx *tx, const char *hex,
		    struct err *err)
{
	int found = campaign_find(tx->db, hex, l->arena, &l->parent, err);

	if (found <= 0)
		return found;
	if (l->parent.status != CAMPAIGN_SENDING || !l->parent.rss)
		return 0;
	rss_options_load(l->parent.rss, l->arena, &l->options);
	found = rss_state_find(tx->db, l->parent.id, l->arena, &l->state, err);
	if (found <= 0)
		return found;
	return l->state.next_ms > 0 && l->state.next_ms <= l->now_ms;
}

/* The parent's texts with these items. */
static int make_texts(struct look *l, const struct feed_item *items, size_t n,
		      struct campaign_settings *settings,
		      struct content *content, struct err *err)
{
	struct feed_shown shown = {
		.feed = l->feed,
		.items = items,
		.n = n,
		.blocks = l->blocks,
		.constrain_images = l->options.constrain_images,
	};

	if (content_get(l->db, l->parent.id, l->arena, content, err) < 0)
		return -1;
	return feed_show(&shown, settings, content, l->arena, err);
}

static const char *title_of(const struct look *l)
{
	const struct campaign_settings *s = &l->parent.settings;
	struct civil day = time_to_civil(l->now_ms);

	return arena_printf(l->arena, "%s (%04d-%02d-%02d)",
			    *s->title ? s->title : s->subject_line, day.year,
			    day.month, day.day);
}

static int store_child(struct look *l, struct tx *tx,
		       const struct feed_item *items, size_t n,
		       struct campaign *out, struct err *err)
{
	struct campaign child = l->parent;
	struct content content;
	struct sql_value plain = sql_null();

	child.settings.title = title_of(l);
	if (make_texts(l, items, n, &child.settings, &content, err) < 0)
		return -1;
	child.type = content.html.len > 0 ? "regular" : "plaintext";
	child.rss = NULL;
	child.parent_id = l->parent.id;
	if (!content.plain_is_made)
		plain = sql_str(content.plain_text);
	if (campaign_store_new(tx, &child, 0, l->now_ms, l->arena, out, err) <
		    0 ||
	    db_exec(tx, SQL_CAMPAIGN_CONTENT_PUT,
		    SQL_ARGS(sql_str(content.html), plain,
			     sql_text(l->parent.content_type), sql_null(),
			     sql_int(l->now_ms), sql_int(out->id)),
		    err) < 0)
		return -1;
	return campaign_get(tx->db, out->id, l->arena, out, err);
}

/* Where it has come to, and when it looks again. */
static int remember(struct look *l, struct tx *tx, bool has_sent,
		    struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf seen = STRBUF_INIT;
	const struct time_zone *zone;
	int64_t next_ms;

	if (account_zone_load(tx->db, l->arena, &zone, err) < 0)
		return -1;
	next_ms = rss_options_next(&l->options, zone, l->now_ms);
	rss_seen_add(l->state.seen, l->feed, &seen);
	return db_exec(tx, SQL_RSS_LOOKED,
		       SQL_ARGS(sql_int(next_ms), sql_int(l->now_ms),
				has_sent ? sql_int(l->now_ms) : sql_null(),
				sql_str(strbuf_str(&seen)),
				sql_int(l->parent.id)),
		       err) < 0
		       ? -1
		       : 0;
}

/* 1: it goes, 0: *why_out says why not, -1. */
static int send_child(struct look *l, struct tx *tx,
		      const struct feed_item *items, size_t n,
		      const char **why_out, struct err *err)
{
	struct campaign child;
	int ready;

	if (store_child(l, tx, items, n, &child, err) < 0) {
		if (err->code != ERR_LIMIT)
			return -1;
		*why_out = arena_strdup(l->arena, err->text);
		return 0;
	}
	ready = campaign_is_ready(tx->db, &child, l->facts, l->now_ms, l->arena,
				  why_out, err);
	if (ready <= 0)
		return ready;
	return campaign_move(tx, child.id, CAMPAIGN_SENDING, l->now_ms, err) < 0
		       ? -1
		       : 1;
}

/* In tx: 0, or -1. *why_out: what it waits for; then tx is to be given up. */
static int look(struct look *l, struct tx *tx, const char *hex,
		enum rss_outcome *out, const char **why_out, struct err *err)
{
	struct feed_item *items =
		arena_array(l->arena, struct feed_item, l->feed->n + 1);
	int due = take_due(l, tx, hex, err), sent;
	size_t n;

	*out = RSS_NOT_DUE;
	if (due <= 0)
		return due;
	n = rss_pick_new(&l->state, l->feed, rss_options_period(&l->options),
			 items);
	*out = n > 0 ? RSS_SENT : RSS_NOTHING_NEW;
	if (n > 0) {
		sent = send_child(l, tx, items, n, why_out, err);
		if (sent <= 0)
			return sent;
	}
	return remember(l, tx, n > 0, err);
}

/* 0, or -1; *why_out: it waits for that. */
static int look_once(struct look *l, const char *hex, enum rss_outcome *out,
		     const char **why_out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign_order by = { 0 };
	int may;

	if (campaign_order_find(l->db, hex, &by, err) < 0)
		return -1;
	may = campaign_order_may_send(l->facts, &by, l->arena, why_out, err);
	if (may <= 0)
		return may;
	if (tx_begin(l->db, &tx, err) < 0 ||
	    look(l, &tx, hex, out, why_out, err) < 0)
		return -1;
	return *why_out ? 0 : tx_commit(&tx, err);
}

int rss_bring(struct db *db, int64_t campaign_id, const struct feed *feed,
	      const struct feed_blocks *blocks,
	      const struct campaign_sender_facts *facts, int64_t now_ms,
	      enum rss_outcome *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct look l = { .db = db,
			  .arena = arena,
			  .feed = feed,
			  .blocks = blocks,
			  .facts = facts,
			  .now_ms = now_ms };
	const char *why = NULL;
	struct campaign c;

	if (campaign_get(db, campaign_id, arena, &c, err) < 0)
		return -1;
	*out = RSS_NOT_DUE;
	if (look_once(&l, c.hex, out, &why, err) < 0)
		return -1;
	if (!why)
		return 0;
	*out = RSS_FAILED;
	return rss_fail(db, campaign_id, why, now_ms, err);
}

int rss_fail(struct db *db, int64_t campaign_id, const char *why,
	     int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct rss_state state;

	if (tx_begin(db, &tx, err) < 0 ||
	    rss_state_find(db, campaign_id, arena, &state, err) < 0)
		return -1;
	if (db_exec(&tx, SQL_RSS_FAILED,
		    SQL_ARGS(sql_text(why), sql_int(now_ms),
			     sql_int(campaign_id), sql_int(state.next_ms)),
		    err) < 0)
		return -1;
	log_warn("feed cannot be mailed yet", LOG_INT("campaign", campaign_id),
		 LOG_TEXT("reason", why));
	return tx_commit(&tx, err);
}
