/*
 * campaign/rss/feed_tag.h - one tag of feed_tags.h, read
 */
#ifndef CAMPAIGN_RSS_FEED_TAG_H
#define CAMPAIGN_RSS_FEED_TAG_H

#include "base/str.h"

enum feed_tag_kind {
	TAG_NONE, /* another's, or none at all */
	TAG_BROKEN,
	TAG_FEED, /* a value of the feed */
	TAG_ITEM, /* a value of the item */
	TAG_ITEMS,
	TAG_END_ITEMS,
	TAG_BLOCK,
	TAG_END_BLOCK,
};

enum feed_value {
	VALUE_TITLE,
	VALUE_URL,
	VALUE_DATE,
	VALUE_DESCRIPTION, /* of a feed */
	VALUE_AUTHOR,      /* from here, of an item */
	VALUE_CATEGORIES,
	VALUE_CONTENT,
	VALUE_CONTENT_FULL,
	VALUE_IMAGE,
};

struct feed_tag {
	enum feed_tag_kind kind;
	bool of_block; /* FEED..., not RSS... */
	enum feed_value value;
	bool encode;       /* URL: before it */
	struct str format; /* of a date; empty: as usual */
	int64_t count;     /* of items; 0: all */
	struct str url;    /* of a block, as written */
	const char *why;   /* it is broken */
	size_t len;        /* of the whole tag; 0: none begins here */
};

/* The tag at the beginning of text. is_rss: RSS... are ours, too. */
struct feed_tag feed_tag_read(struct str text, bool is_rss);

/* Where the END of a block of items or a feed begins that was opened before
 * text; its length if there is none. */
size_t feed_tag_find_end(struct str text, const struct feed_tag *begin,
			 bool is_rss);

#endif
