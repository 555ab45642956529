/*
 * campaign/rss/rss_private.h - what an RSS campaign remembers of its feed
 */
#ifndef CAMPAIGN_RSS_RSS_PRIVATE_H
#define CAMPAIGN_RSS_RSS_PRIVATE_H

#include <stdint.h>

struct err;
struct feed;
struct strbuf;
struct tx;

#define RSS_JOB "rss"

/* One job of a kind a campaign, which runs again and again; its payload is
 * {"campaign": id}. at_ms 0: at once. */
int rss_add_job(struct tx *tx, const char *kind, int64_t campaign_id,
		int64_t at_ms, int64_t now_ms, struct err *err);

/* What was seen, as JSON: all of the feed, then what was seen before, a bounded
 * number. Appends. */
void rss_seen_add(const char *seen, const struct feed *feed,
		  struct strbuf *out);

#endif
