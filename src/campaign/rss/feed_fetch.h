/*
 * campaign/rss/feed_fetch.h - a feed that stands at a URL
 *
 * Asked for with the limits of campaign/fetch.h.
 */
#ifndef CAMPAIGN_RSS_FEED_FETCH_H
#define CAMPAIGN_RSS_FEED_FETCH_H

#include "base/vec.h"

struct arena;
struct err;
struct feed;
struct feed_blocks;
struct webhook_options;

/* Everything lives in arena. ERR_INVALID with field "feed_url": there is no
 * feed, with the reason. */
int feed_fetch(const char *url, const struct webhook_options *options,
	       struct arena *arena, struct feed *out, struct err *err);

#define FEED_BLOCKS_MAX 10 /* of one campaign */

/* Each of the URLs of a campaign's FEEDBLOCKs. Appends. ERR_INVALID: one cannot
 * be had, with its URL and the reason; or they are too many. */
int feed_fetch_blocks(const struct texts *urls,
		      const struct webhook_options *options,
		      struct arena *arena, struct feed_blocks *out,
		      struct err *err);

#endif
