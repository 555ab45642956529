/*
 * campaign/rss/feed_html.h - what a feed says, made safe for a mail
 *
 * The author of a mail trusts nobody who writes into the feed. So none of its
 * texts can run, load or hide anything, end what is around it, or begin or end
 * a merge tag: also where it stands beside a star or bar of the author, and
 * after its references were decoded once more (plain text is made of HTML).
 *
 * Pure; all append.
 */
#ifndef CAMPAIGN_RSS_FEED_HTML_H
#define CAMPAIGN_RSS_FEED_HTML_H

#include "base/strbuf.h"

/* Text in which no merge tag is: stars and bars at its ends, and bars if it
 * has a star, become other signs that look the same. Without control
 * characters. */
void feed_text_add(struct str text, struct strbuf *out);

/* The same of HTML, its words alone in one line: no markup, references
 * decoded. */
void feed_plain_add(struct str html, struct strbuf *out);

struct feed_html_how {
	const char *base; /* for links that are relative; "" if none */
	bool constrain;   /* images are not wider than the mail */
	size_t max;       /* bytes to append, about; the rest is left out */
};

/* HTML with only what words, links, lists, tables and pictures need; all that
 * is opened ends. */
void feed_html_add(struct str html, const struct feed_html_how *how,
		   struct strbuf *out);

/* An address as it may stand in an attribute once it was escaped: http, https,
 * and mailto if `mail`. false, and nothing: it is another. */
bool feed_url_add(const char *base, struct str url, bool mail,
		  struct strbuf *out);

#endif
