#include "campaign/rss/rss_job.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "campaign/campaign.h"
#include "campaign/content.h"
#include "campaign/rss/feed.h"
#include "campaign/rss/feed_fetch.h"
#include "campaign/rss/feed_show.h"
#include "campaign/rss/feed_tags.h"
#include "campaign/rss/rss.h"
#include "campaign/rss/rss_options.h"
#include "campaign/rss/rss_private.h"

#define AGAIN_FIRST_MS (5 * MS_MINUTE)
#define AGAIN_LAST_MS (4 * MS_HOUR)
#define SHOWN_MAX 10     /* items of a preview */
#define ATTEMPTS 1000000 /* it goes on as long as its campaign */

static int64_t wait_after(int64_t failures)
{
	int64_t ms = AGAIN_FIRST_MS;

	for (int64_t i = 1; i < failures && ms < AGAIN_LAST_MS; i++)
		ms *= 2;
	return ms < AGAIN_LAST_MS ? ms : AGAIN_LAST_MS;
}

int rss_fetch(const char *feed_url, const struct content *content,
	      const struct webhook_options *options, struct arena *arena,
	      struct feed *feed, struct feed_blocks *blocks, struct err *err)
{
	CLEANUP(vec_release) struct texts urls = VEC_INIT;

	feed_show_urls(content, arena, &urls);
	if (feed_url && feed_fetch(feed_url, options, arena, feed, err) < 0)
		return -1;
	return feed_fetch_blocks(&urls, options, arena, blocks, err);
}

int rss_show_now(const char *feed_url, bool constrain,
		 const struct webhook_options *options, struct arena *arena,
		 struct campaign_settings *settings, struct content *content,
		 struct feed *feed, struct err *err)
{
	CLEANUP(vec_release) struct feed_blocks blocks = VEC_INIT;
	struct feed_shown shown = { .feed = feed_url ? feed : NULL,
				    .blocks = &blocks,
				    .constrain_images = constrain };

	if (rss_fetch(feed_url, content, options, arena, feed, &blocks, err) <
	    0)
		return -1;
	if (feed_url) {
		shown.items = feed->items;
		shown.n = feed->n < SHOWN_MAX ? feed->n : SHOWN_MAX;
	}
	return feed_show(&shown, settings, content, arena, err);
}

/* It is due. */
static int look(struct job_run *run, const struct rss_setup *setup,
		const struct campaign *c, struct err *err)
{
	CLEANUP(vec_release) struct feed_blocks blocks = VEC_INIT;
	struct campaign_sender_facts facts;
	enum rss_outcome outcome;
	struct rss_options options;
	struct content content;
	struct err why = ERR_INIT;
	struct feed feed;

	if (content_get(run->db, c->id, run->arena, &content, err) < 0)
		return -1;
	rss_options_load(c->rss, run->arena, &options);
	if (rss_fetch(options.feed_url, &content, setup->webhooks, run->arena,
		      &feed, &blocks, &why) < 0) {
		if (why.code == ERR_INVALID)
			return rss_fail(run->db, c->id, why.text,
					clock_now_ms(), err);
		*err = why;
		return -1;
	}
	if (setup->facts(setup->context, run->db, &facts, err) < 0 ||
	    rss_bring(run->db, c->id, &feed, &blocks, &facts, clock_now_ms(),
		      &outcome, err) < 0)
		return -1;
	if (outcome == RSS_SENT && setup->wake)
		setup->wake(setup->context);
	return 0;
}

static int64_t id_of(const struct job_run *run)
{
	CLEANUP(json_free)
	json_t *payload = json_loads(run->job->payload, 0, NULL);

	return json_integer_value(json_object_get(payload, "campaign"));
}

/* When to run again; 0: never. */
static int step(struct job_run *run, int64_t *again_ms, struct err *err)
{
	const struct rss_setup *setup = run->context;
	int64_t id = id_of(run);
	struct rss_state state;
	struct campaign c;

	*again_ms = 0;
	if (campaign_get(run->db, id, run->arena, &c, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	if (rss_state_find(run->db, id, run->arena, &state, err) < 0)
		return -1;
	if (!c.rss || c.status != CAMPAIGN_SENDING || state.next_ms == 0)
		return 0;
	if (state.next_ms <= clock_now_ms() && look(run, setup, &c, err) < 0)
		return -1;
	if (rss_state_find(run->db, id, run->arena, &state, err) < 0)
		return -1;
	*again_ms = state.failure ? clock_now_ms() + wait_after(state.failures)
				  : state.next_ms;
	return 0;
}

static int run_job(struct job_run *run, struct err *err)
{
	int64_t again_ms;

	if (step(run, &again_ms, err) == 0)
		return again_ms > 0 ? job_again(run, again_ms) : 0;
	if (err->code == ERR_RETRY || err->code == ERR_IO ||
	    err->code == ERR_FULL)
		return -1;
	/* A campaign must not stand still for one bad look. */
	log_error("feed was not looked at", LOG_TEXT("job", run->job->payload),
		  LOG_ERR(err));
	*err = (struct err)ERR_INIT;
	return job_again(run, clock_now_ms() + AGAIN_FIRST_MS);
}

struct job_kind rss_job_kind(const struct rss_setup *setup)
{
	return (struct job_kind){ .name = RSS_JOB,
				  .fn = run_job,
				  .context = (void *)setup,
				  .max_attempts = ATTEMPTS };
}
