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

/* Subject and preview text of *settings, and *content, become those of a
 * campaign without tags of feeds; they live in arena. ERR_LIMIT. */
int feed_show(const struct feed_shown *shown,
	      struct campaign_settings *settings, struct content *content,
	      struct arena *arena, struct err *err);

#endif
