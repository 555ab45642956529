/*
 * api/campaign/click_badge.h - beside each link of a mail, how many clicked it
 *
 * A badge is text, "12 · 34 %": people, and their share of all who clicked
 * anything. It brings its own colours, and so is read on any ground.
 */
#ifndef API_CAMPAIGN_CLICK_BADGE_H
#define API_CAMPAIGN_CLICK_BADGE_H

#include <stdint.h>

struct arena;
struct campaign_links;
struct strbuf;

/* The HTML as its author wrote it, with badges, appended. clicked: people who
 * clicked anything. */
void click_badges_add(const char *html, const struct campaign_links *links,
		      int64_t clicked, struct arena *arena, struct strbuf *out);

#endif
