/*
 * campaign/html/html_links.h - finds the links of an author's HTML
 *
 * A tolerant scanner: it follows tags, attributes, comments and raw-text
 * elements as browsers tokenise them (HTML Living Standard, section 13.2.5),
 * and never fails. What is inside comments is left alone, but for those that
 * Outlook for Windows reads as HTML: <!--[if mso]> ... <![endif]-->.
 *
 * To rewrite: cut the source at [start, end) of each attribute and put
 * `href="`, the new value and `"` there; html_links_pieces does it for
 * merge_compile.
 */
#ifndef CAMPAIGN_HTML_LINKS_H
#define CAMPAIGN_HTML_LINKS_H

#include "base/str.h"
#include "base/vec.h"
#include "campaign/merge/merge_tag.h"

struct arena;

enum html_link_kind {
	HTML_LINK_TRACKED, /* http or https; href of a, area, a shape of VML */
	HTML_LINK_OTHER,   /* any other href: mailto:, #top, *|UNSUB|* ... */
	HTML_LINK_SOURCE,  /* src */
};

struct html_link {
	enum html_link_kind kind;
	size_t start, end; /* the whole attribute, in the source */
	struct str raw;    /* the value as written, without quotes */
	/* The value with its entities decoded and white space around it and
	 * line breaks in it removed, as browsers do: where a click leads. */
	const char *target;
	bool has_tags; /* target holds merge tags */
	int link_id;   /* tracked: from 1, the same for equal targets */
};

struct html_links {
	struct html_link *v;
	size_t n;
	const struct html_link **distinct; /* tracked ones by link_id - 1 */
	size_t distinct_n;
	size_t body_start; /* behind <body ...>, else behind the head, else 0 */
	size_t body_end;   /* before the last </body>, or </html>, or the end */
};

/* All in the order of the source. Everything lives in arena. */
void html_links_scan(struct str html, struct arena *arena,
		     struct html_links *out);

/* Links of another text of the same campaign: those that *all has not seen come
 * behind its own, and all of *links get the ids that they have there. *all
 * begins as zeros; only its distinct ones are of use. */
void html_links_join(struct html_links *all, struct html_links *links,
		     struct arena *arena);

struct html_pieces VEC_FIELDS(struct merge_piece);

/*
 * The source as pieces, with href and src in lower case and double quotes:
 * tracked links (if track) are slots MERGE_SLOT_LINK with number link_id,
 * `at_start` and `at_end` (may be empty) come in at body_start and body_end.
 * Slots and texts of these are pieces as given.
 */
void html_links_pieces(struct str html, const struct html_links *links,
		       bool track, const struct html_pieces *at_start,
		       const struct html_pieces *at_end, struct arena *arena,
		       struct html_pieces *out);

/*
 * Plain text of a page, for the text/plain part when the author wrote none:
 * blocks become lines, a link its text and its address in brackets; merge tags
 * stay as they are. Appends.
 */
void html_to_text(struct str html, struct strbuf *out);

#endif
