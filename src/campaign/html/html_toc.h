/*
 * campaign/html/html_toc.h - a table of contents where its author asks for one
 *
 * *|MC:TOC|* becomes a list of links to the headings (h1 to h4, and whatever
 * has the class mc-toc-title), *|MC:TOC_TEXT|* their words in lines. The words
 * of headings are as written: markup is left out, merge tags stay tags.
 */
#ifndef CAMPAIGN_HTML_HTML_TOC_H
#define CAMPAIGN_HTML_HTML_TOC_H

#include "base/str.h"

struct arena;

/* The HTML with them, and with anchors at its headings; itself, if it has none
 * of those tags. Else lives in arena. */
struct str html_toc(struct str html, struct arena *arena);
/* A plain text with the headings of its HTML. */
struct str html_toc_of_plain(struct str text, struct str html,
			     struct arena *arena);

#endif
