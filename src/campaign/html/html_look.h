/*
 * campaign/html/html_look.h - what of a mail's HTML its readers cannot see
 *
 * Follows tags, inline styles and the rules of style sheets, as mail programs
 * do: a colour, size or display of an element holds for what is inside. When in
 * doubt nothing is seen. Tolerant: never fails, whatever the HTML.
 */
#ifndef CAMPAIGN_HTML_LOOK_H
#define CAMPAIGN_HTML_LOOK_H

#include "base/str.h"

/* Images whose tag has no alt attribute. */
size_t html_mute_images(struct str html);

enum html_seen {
	HTML_NOT_THERE,
	HTML_SEEN,
	HTML_HIDDEN,  /* by a style: no display, no size, off the page */
	HTML_COLOUR,  /* in the colour of what is behind it */
	HTML_NO_TEXT, /* nothing to click on */
};
/* The best of all links whose href begins with the mark: "*|UNSUB|*". */
enum html_seen html_link_look(struct str html, const char *mark);

struct html_look_how {
	const char *mark;
	bool (*is_wanted)(struct str merge_tag); /* NULL: none */
};
struct html_look {
	enum html_seen link; /* as html_link_look */
	/* Whoever gets a link gets one that is seen, whatever conditionals
	 * leave out. */
	bool link_for_all;
	bool words; /* one of the wanted tags is seen as text, by all */
};
void html_look(struct str html, const struct html_look_how *how,
	       struct html_look *out);

#endif
