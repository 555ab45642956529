/*
 * campaign/rss/feed_tags.h - the merge tags that stand for what a feed says
 *
 *     *|RSSFEED:TITLE|*                       the feed of an RSS campaign
 *     *|RSSITEMS:[$count=3]|* ... *|END:RSSITEMS|*    once for each item
 *     *|RSSITEM:TITLE|*                       the item; outside, the newest
 *     *|FEEDBLOCK:https://x/feed|* ... *|END:FEEDBLOCK|*      any feed, with
 *     *|FEED:TITLE|*, *|FEEDITEMS:|*, *|FEEDITEM:TITLE|*, *|END:FEEDITEMS|*
 *
 * They are replaced once a campaign, before merge_compile (merge/merge_tag.h)
 * sees the text, and what comes of them is escaped by where it stands. All
 * other tags stay as they are. Pure.
 */
#ifndef CAMPAIGN_RSS_FEED_TAGS_H
#define CAMPAIGN_RSS_FEED_TAGS_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "campaign/rss/feed.h"

struct arena;
struct err;
struct merge_problems;

enum feed_context { FEED_HTML, FEED_PLAIN, FEED_LINE };

/* What a FEEDBLOCK names. */
struct feed_block {
	const char *url;
	struct feed feed;
};
struct feed_blocks VEC_FIELDS(struct feed_block);

struct feed_tags_how {
	enum feed_context context;
	const struct feed *feed; /* of an RSS campaign; NULL: it is none */
	const struct feed_item *items; /* of those, the ones to show */
	size_t n;
	const struct feed_blocks *blocks; /* NULL: none */
	bool constrain;                   /* see feed_html.h */
};

/* Appends. ERR_LIMIT: it would be too long for a mail; *out has a part. */
int feed_tags_expand(struct str text, const struct feed_tags_how *how,
		     struct strbuf *out, struct err *err);

/* The addresses of its FEEDBLOCKs, each once; they live in arena. */
void feed_tags_urls(struct str text, enum feed_context context,
		    struct arena *arena, struct texts *out);

/* Whether something of a feed is shown. */
bool feed_tags_are_in(struct str text, bool is_rss);

/*
 * The text with blanks in the place of these tags, for who looks at the others;
 * what is wrong with them is added to *problems (may be NULL), with places in
 * the text. Lives in arena, or is the text itself.
 */
struct str feed_tags_blank(struct str text, bool is_rss, struct arena *arena,
			   struct merge_problems *problems);

#endif
