/*
 * campaign/rss/feed.h - what a feed says: RSS 2.0, RSS 1.0 (RDF), Atom
 *
 * A feed is written by others, and by whoever comments on their pages: its HTML
 * is here as it came, but in UTF-8 and of a bounded length. Whoever puts it
 * into a mail cleans it first (feed_html.h); feed_tags.h does. Lines of text
 * hold no merge tags.
 *
 * Entities of a document type are refused, so none can grow. Pure, but for
 * memory and a look at the clock; the only place that reads XML.
 */
#ifndef CAMPAIGN_RSS_FEED_H
#define CAMPAIGN_RSS_FEED_H

#include "base/clock.h"
#include "base/str.h"

struct arena;
struct err;

#define FEED_MAX (4u * 1024 * 1024) /* bytes of a whole feed */
#define FEED_ITEMS_MAX 200          /* the newest; others are left out */
#define FEED_READ_MS 5000 /* one that takes longer is none of a website's */

/* Texts are never NULL. */
struct feed_item {
	const char *title, *author, *categories; /* plain, in one line */
	const char *url;                         /* http or https, else "" */
	const char *guid;            /* what tells it from others; never "" */
	const char *image;           /* http or https, else "" */
	struct str summary, content; /* HTML; content is all of it */
	int64_t date_ms;             /* 0: it does not say when */
};

struct feed {
	const char *title, *url, *description; /* as those of an item */
	int64_t date_ms;                       /* 0: as above */
	const struct feed_item *items;         /* the newest first */
	size_t n;
};

/*
 * base: where the bytes came from, for links that are relative. said: the
 * charset that came with them, "" if none did. until_ms: of the monotonic
 * clock. Everything lives in arena. ERR_INVALID with field "feed_url": it is no
 * feed, or took too long to read, with the reason.
 */
int feed_parse_until(struct str bytes, const char *base, const char *said,
		     int64_t until_ms, struct arena *arena, struct feed *out,
		     struct err *err);

/* From now on, in the time that any may take. */
static inline int feed_parse(struct str bytes, const char *base,
			     const char *said, struct arena *arena,
			     struct feed *out, struct err *err)
{
	return feed_parse_until(bytes, base, said,
				clock_monotonic_ms() + FEED_READ_MS, arena, out,
				err);
}

/* Tue, 23 Nov 2021 22:51:56 EST (RFC 822, and what people make of it), or
 * RFC 3339. false: *out is untouched. */
bool feed_date_parse(const char *text, int64_t *out);

#endif
