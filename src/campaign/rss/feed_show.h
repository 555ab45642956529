/*
 * campaign/rss/feed_show.h - the texts of a campaign with what a feed says
 */
#ifndef CAMPAIGN_RSS_FEED_SHOW_H
#define CAMPAIGN_RSS_FEED_SHOW_H

#include "campaign/content.h"

struct arena;
struct campaign_settings;
struct err;
struct feed;
struct feed_blocks;
struct feed_item;
struct texts;

struct feed_shown {
	const struct feed *feed; /* NULL: of no RSS campaign */
	const struct feed_item *items;
	size_t n;
	const struct feed_blocks *blocks;
	bool constrain_images;
};

/* The addresses of all FEEDBLOCKs in them, each once. */
void feed_show_urls(const struct content *content, struct arena *arena,
		    struct texts *out);

/* Whether a campaign of these texts shows feeds, though it is of another type
 * than rss. */
bool feed_show_is_needed(const struct content *content);

/*
 * Why a campaign of any type but rss cannot show what it says of feeds: each
 * reason once, appended; none, it can. lines: subjects and preview texts, each
 * may be NULL. What makes a campaign ready asks this, be it of the Marketing
 * API or of the CRM. Texts live in arena.
 */
void feed_show_problems(const struct content *content, bool is_test,
			const char *const *lines, size_t n, struct arena *arena,
			struct texts *out);

/* Subject and preview text of *settings, and *content, become those of a
 * campaign without tags of feeds; they live in arena. ERR_LIMIT. */
int feed_show(const struct feed_shown *shown,
	      struct campaign_settings *settings, struct content *content,
	      struct arena *arena, struct err *err);

#endif
