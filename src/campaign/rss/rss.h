/*
 * campaign/rss/rss.h - campaigns that are written by a feed
 *
 * A campaign of type "rss" is sent to nobody itself. While it is in `sending`
 * it looks at its feed at the times of its rss_opts (rss_job.h), and what is
 * new there becomes a campaign of type "regular", its child, that is sent like
 * any other: with its parent's settings and recipients, and with its texts,
 * whose tags of feeds (feed_tags.h) were replaced.
 *
 *     save -> sending (it looks) <-> paused (it does not, and may be changed)
 *                \____________________/ -> canceled, archived
 *
 * What is new: what it has not seen, and what is not older than one period
 * before it looked last. At first: what is dated since the last period. All it
 * sees is remembered in the transaction that makes the child, so that a kill
 * makes neither two mails of an item nor none.
 */
#ifndef CAMPAIGN_RSS_RSS_H
#define CAMPAIGN_RSS_RSS_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct campaign;
struct campaign_order;
struct campaign_sender_facts;
struct db;
struct err;
struct feed;
struct feed_blocks;
struct feed_item;
struct tx;

/* How far it has come; all zero: it was never started. */
struct rss_state {
	bool is_started, is_first;
	int64_t next_ms;  /* when it looks next; 0: not planned */
	int64_t since_ms; /* what is older is not new */
	int64_t last_ms;  /* when it brought a mail last; 0: never */
	const char *seen; /* JSON */
	int64_t failures;
	const char *failure; /* why it could not look; NULL: it could */
	int64_t failed_ms;   /* since when */
};

/* 1, or 0 and all zero: it was never started; -1. Texts live in arena. */
int rss_state_find(struct db *db, int64_t campaign_id, struct arena *arena,
		   struct rss_state *out, struct err *err);

/*
 * What becomes of a campaign of type rss that the caller has read in tx, and so
 * locked. As the actions of campaign.h: ERR_CONFLICT titled "Bad Request" if
 * they may not be done now.
 */
int rss_start(struct tx *tx, const struct campaign *c,
	      const struct campaign_order *order,
	      const struct campaign_sender_facts *facts, int64_t now_ms,
	      struct err *err);
int rss_resume(struct tx *tx, const struct campaign *c, int64_t now_ms,
	       struct err *err);
int rss_cancel(struct tx *tx, const struct campaign *c, int64_t now_ms,
	       struct err *err);
/* The database was restored: what is dated before now counts as mailed. */
int rss_restored(struct tx *tx, int64_t now_ms, struct err *err);

/* Which items are new; into an array of feed->n. Returns how many. */
size_t rss_pick_new(const struct rss_state *state, const struct feed *feed,
		    int64_t period_ms, struct feed_item *out);

enum rss_outcome {
	RSS_NOT_DUE, /* it is not active, or somebody else was faster */
	RSS_NOTHING_NEW,
	RSS_SENT,
	RSS_FAILED, /* the state says why; it is due still */
};

/*
 * What was fetched becomes a mail, if it is due and there is anything new.
 * Commits by itself. -1: nothing has changed.
 */
int rss_bring(struct db *db, int64_t campaign_id, const struct feed *feed,
	      const struct feed_blocks *blocks,
	      const struct campaign_sender_facts *facts, int64_t now_ms,
	      enum rss_outcome *out, struct err *err);
/* It could not be fetched. Commits by itself. */
int rss_fail(struct db *db, int64_t campaign_id, const char *why,
	     int64_t now_ms, struct err *err);

/* The ids of what it brought, the newest first. Appends. */
int rss_children(struct db *db, int64_t campaign_id, int64_t limit,
		 struct ids *out, struct err *err);

#endif
