#include "campaign/rss/feed_wait.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "campaign/campaign.h"
#include "campaign/campaign_hold.h"
#include "campaign/content.h"
#include "campaign/rss/feed_fetch.h"
#include "campaign/rss/feed_show.h"
#include "campaign/rss/feed_tags.h"
#include "campaign/rss/rss_job.h"
#include "campaign/rss/rss_private.h"
#include "sql/rss.h"
#include "store/db.h"

#define JOB "feed_wait"
#define AGAIN_MS (5 * MS_MINUTE)
#define ATTEMPTS 1000000 /* it goes on as long as its campaign */

int feed_wait_begin(struct tx *tx, int64_t campaign_id, int64_t now_ms,
		    struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct texts urls = VEC_INIT;
	struct content content;
	struct campaign c;
	int64_t ready;
	int found = db_find_int(tx->db, SQL_FEED_WAIT_FIND,
				SQL_ARGS(sql_int(campaign_id)), &ready, err);

	if (found < 0)
		return -1;
	if (found > 0)
		return ready ? 0
			     : rss_add_job(tx, JOB, campaign_id, 0, now_ms,
					   err);
	if (campaign_get(tx->db, campaign_id, arena, &c, err) < 0)
		return -1;
	if (c.rss || c.frozen)
		return 0;
	if (content_get(tx->db, campaign_id, arena, &content, err) < 0)
		return -1;
	feed_show_urls(&content, arena, &urls);
	if (urls.n == 0)
		return 0;
	if (db_exec(tx, SQL_FEED_WAIT_ADD, SQL_ARGS(sql_int(campaign_id)),
		    err) < 0)
		return -1;
	return rss_add_job(tx, JOB, campaign_id, 0, now_ms, err);
}

int feed_wait_is_on(struct db *db, int64_t campaign_id, struct err *err)
{
	int64_t ready;
	int found = db_find_int(db, SQL_FEED_WAIT_FIND,
				SQL_ARGS(sql_int(campaign_id)), &ready, err);

	return found > 0 ? !ready : found;
}

/* --- the job --- */

static int hold(struct db *db, int64_t campaign_id, const char *why,
		struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign_hold hold = { .reason = CAMPAIGN_FEED,
				      .detail = why,
				      .since_ms = clock_now_ms() };

	log_warn("campaign waits for a feed", LOG_INT("campaign", campaign_id),
		 LOG_TEXT("reason", why));
	if (tx_begin(db, &tx, err) < 0 ||
	    campaign_hold_put(&tx, campaign_id, &hold, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int end(struct db *db, int64_t campaign_id,
	       const struct content *content, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct sql_value html = sql_null(), plain = sql_null();

	if (content->html.len > 0)
		html = sql_str(content->html);
	if (!content->plain_is_made)
		plain = sql_str(content->plain_text);
	if (tx_begin(db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_FEED_WAIT_END,
		    SQL_ARGS(html, plain, sql_int(campaign_id)), err) < 0 ||
	    campaign_hold_end(&tx, campaign_id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* *content with what its feeds say. ERR_INVALID, ERR_LIMIT: why not. */
static int fetch(struct job_run *run, struct campaign *c,
		 struct content *content, struct err *err)
{
	const struct rss_setup *setup = run->context;
	CLEANUP(vec_release) struct feed_blocks blocks = VEC_INIT;
	CLEANUP(vec_release) struct texts urls = VEC_INIT;
	struct feed_shown shown = { .blocks = &blocks,
				    .constrain_images = true };

	feed_show_urls(content, run->arena, &urls);
	if (feed_fetch_blocks(&urls, setup->webhooks, run->arena, &blocks,
			      err) < 0)
		return -1;
	return feed_show(&shown, &c->settings, content, run->arena, err);
}

static int run_job(struct job_run *run, struct err *err)
{
	const struct rss_setup *setup = run->context;
	CLEANUP(json_free)
	json_t *payload = json_loads(run->job->payload, 0, NULL);
	int64_t id = json_integer_value(json_object_get(payload, "campaign"));
	struct err why = ERR_INIT;
	struct content content;
	struct campaign c;
	int waits = feed_wait_is_on(run->db, id, err);

	if (waits <= 0)
		return waits;
	if (campaign_get(run->db, id, run->arena, &c, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	if (c.status != CAMPAIGN_SENDING)
		return 0;
	if (content_get(run->db, id, run->arena, &content, err) < 0)
		return -1;
	if (fetch(run, &c, &content, &why) < 0)
		return hold(run->db, id, why.text, err) < 0
			       ? -1
			       : job_again(run, clock_now_ms() + AGAIN_MS);
	if (end(run->db, id, &content, err) < 0)
		return -1;
	if (setup->wake)
		setup->wake(setup->context);
	return 0;
}

struct job_kind feed_wait_job_kind(const struct rss_setup *setup)
{
	return (struct job_kind){ .name = JOB,
				  .fn = run_job,
				  .context = (void *)setup,
				  .max_attempts = ATTEMPTS };
}
