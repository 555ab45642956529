/*
 * campaign/html/html_end.h - where something can be added to HTML so that it is
 * seen
 *
 * Whatever authors leave open - a comment, an element whose content is not
 * shown, a tag - would swallow what comes behind. It is closed before. What
 * cannot be closed (<plaintext>, too many elements) is put behind.
 */
#ifndef CAMPAIGN_HTML_END_H
#define CAMPAIGN_HTML_END_H

#include "base/str.h"

struct arena;

struct html_end {
	size_t at;           /* in the HTML: here it is seen */
	const char *closing; /* behind this, which itself shows nothing */
	/* What is not closed, as its author would look for it: "<div>",
	 * "<!--"; NULL: nothing, or what HTML lets open, such as <p>. */
	const char *unclosed;
};

/* html: without its </body>. Texts live in arena. */
void html_end_find(struct str html, struct arena *arena, struct html_end *out);

#endif
