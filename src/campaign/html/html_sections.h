/*
 * campaign/html/html_sections.h - the places of a template that its users fill
 *
 * Mailchimp's template language marks them with attributes: what stands in an
 * element with mc:edit="name" is a section; of one that has no content, as an
 * <img>, the whole element is. mc:repeatable, mc:hideable and the like are
 * read over. None of them is for readers: html_sections_strip takes all
 * attributes out whose names begin with "mc:".
 *
 * Elements end where browsers end them (html_walk.h); what stands in comments
 * is left alone. Never fails.
 */
#ifndef CAMPAIGN_HTML_SECTIONS_H
#define CAMPAIGN_HTML_SECTIONS_H

#include "base/str.h"
#include "base/vec.h"

#include <jansson.h>

struct arena;
struct strbuf;

struct html_section {
	const char *name; /* not empty */
	size_t at, end;   /* of its content, in the HTML */
	size_t tag_at;    /* of the element that it is marked with */
};
struct html_sections VEC_FIELDS(struct html_section);

/* In the order in which they begin; a name may be there more than once, and one
 * inside of another. Names live in arena. Appends. */
void html_sections_find(struct str html, struct arena *arena,
			struct html_sections *out);
/*
 * The HTML with these texts in its sections; one that is not given stays as it
 * is, and one inside of another that is given goes with it. values: an object,
 * texts by name. Appends.
 */
void html_sections_fill(struct str html, const struct html_sections *sections,
			const json_t *values, struct strbuf *out);
/* Without the marks: the same text if there are none, else one in arena. */
struct str html_sections_strip(struct str html, struct arena *arena);

#endif
