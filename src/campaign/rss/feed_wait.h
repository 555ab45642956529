/*
 * campaign/rss/feed_wait.h - campaigns whose texts show feeds, while they begin
 * to be sent
 *
 * A campaign of any type but rss may show feeds (FEEDBLOCK, see feed_tags.h).
 * They are fetched once, by a job, when its sending begins; until then it goes
 * to nobody. What cannot be fetched holds it (campaign_hold.h, "feed"), and is
 * tried again. Its texts with the feeds stand beside its own, which copies of
 * it are made of.
 */
#ifndef CAMPAIGN_RSS_FEED_WAIT_H
#define CAMPAIGN_RSS_FEED_WAIT_H

#include "jobs/runner.h"

struct campaign;
struct rss_setup;

/* It goes to `sending`, in tx; campaign_move does it. */
int feed_wait_begin(struct tx *tx, int64_t campaign_id, int64_t now_ms,
		    struct err *err);

/* 1: it must not be sent yet, 0, -1. */
int feed_wait_is_on(struct db *db, int64_t campaign_id, struct err *err);

/* setup must outlive the runner. */
struct job_kind feed_wait_job_kind(const struct rss_setup *setup);

#endif
