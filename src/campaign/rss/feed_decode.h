/*
 * campaign/rss/feed_private.h - the bytes of a feed
 */
#ifndef CAMPAIGN_RSS_FEED_PRIVATE_H
#define CAMPAIGN_RSS_FEED_PRIVATE_H

#include "base/str.h"

struct err;
struct strbuf;

/* In UTF-8, whatever they are in; said: the charset that came with them. */
int feed_decode(struct str s, const char *said, struct strbuf *out,
		struct err *err);

#endif
