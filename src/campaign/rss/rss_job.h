/*
 * campaign/rss/rss_job.h - looks at the feeds of RSS campaigns
 *
 * One job of the audience for each campaign that is active: it waits until the
 * campaign is due, fetches, and lets rss.h make a mail of what is new. What
 * cannot be fetched or sent is tried again, at growing intervals, until it can.
 */
#ifndef CAMPAIGN_RSS_RSS_JOB_H
#define CAMPAIGN_RSS_RSS_JOB_H

#include "jobs/runner.h"

struct campaign_sender_facts;
struct webhook_options;

struct rss_setup {
	const struct webhook_options *webhooks; /* where feeds may stand */
	/* What the sender is; and it has work now. */
	int (*facts)(void *context, struct db *db,
		     struct campaign_sender_facts *out, struct err *err);
	void (*wake)(void *context);
	void *context;
};
/* setup must outlive the runner. */
struct job_kind rss_job_kind(const struct rss_setup *setup);

/*
 * The feeds that the texts of an RSS campaign need, now: its own, and those of
 * its FEEDBLOCKs. May take minutes. ERR_INVALID with field "feed_url".
 */
struct campaign_settings;
struct content;
struct feed;
struct feed_blocks;
int rss_fetch(const char *feed_url, const struct content *content,
	      const struct webhook_options *options, struct arena *arena,
	      struct feed *feed, struct feed_blocks *blocks, struct err *err);

/* The same, and its texts as they would be mailed now, with the newest items
 * whether they are new or not; they live in arena. feed_url NULL: of a campaign
 * of another type, whose FEEDBLOCKs alone are shown, and *feed is untouched.
 * constrain: the option. */
int rss_show_now(const char *feed_url, bool constrain,
		 const struct webhook_options *options, struct arena *arena,
		 struct campaign_settings *settings, struct content *content,
		 struct feed *feed, struct err *err);

#endif
