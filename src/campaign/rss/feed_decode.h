/*
 * campaign/rss/feed_decode.h - the bytes of a feed
 */
#ifndef CAMPAIGN_RSS_FEED_DECODE_H
#define CAMPAIGN_RSS_FEED_DECODE_H

#include "base/str.h"

struct err;
struct strbuf;

/* In UTF-8, whatever they are in; said: the charset that came with them. */
int feed_decode(struct str s, const char *said, struct strbuf *out,
		struct err *err);

#endif
