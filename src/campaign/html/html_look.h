/*
 * campaign/html/html_look.h - what of a mail's HTML its readers cannot see
 *
 * Follows tags and inline styles, as mail programs do: a colour, size or
 * display of an element holds for what is inside. Rules of a style sheet are
 * not read. Tolerant: never fails, whatever the HTML.
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
/* The best of all links whose href holds the mark: "*|UNSUB|*". */
enum html_seen html_link_look(struct str html, const char *mark);

#endif
