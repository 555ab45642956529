/*
 * campaign/rss/rss_private.h - what an RSS campaign remembers of its feed
 */
#ifndef CAMPAIGN_RSS_RSS_PRIVATE_H
#define CAMPAIGN_RSS_RSS_PRIVATE_H

struct feed;
struct strbuf;

#define RSS_JOB "rss" /* payload: {"campaign": id} */

/* What was seen, as JSON: all of the feed, then what was seen before, a bounded
 * number. Appends. */
void rss_seen_add(const char *seen, const struct feed *feed,
		  struct strbuf *out);

#endif
