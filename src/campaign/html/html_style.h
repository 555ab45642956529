/*
 * campaign/html/html_style.h - what a style does to the words it holds for
 *
 * Knows the properties by which something is hidden, and two colours. When in
 * doubt it hides: a value that depends on others (var()), rules of a style
 * sheet that contradict each other.
 */
#ifndef CAMPAIGN_HTML_STYLE_H
#define CAMPAIGN_HTML_STYLE_H

#include "base/strbuf.h"

#define HTML_PROPERTIES_MAX 60
#define HTML_CLEAR -1 /* a colour that lets all through */

/* What holds inside of an element. */
struct html_style {
	uint64_t hides; /* by which properties, a bit each; 0: it is seen */
	int colour, behind;
	int link_colour; /* of the page; HTML_CLEAR: none is given */
};

/* What was declared for one element. All zero: nothing. */
struct html_cascade {
	uint64_t given, bad;
	uint8_t weight[HTML_PROPERTIES_MAX];
	struct html_paint {
		bool is_given;
		uint8_t weight;
		int colour;
	} colour, behind;
	bool is_small, clips;
};

/* Declarations as html_css_plain leaves them. is_inline: of the element's own
 * style attribute. */
void html_style_take(struct html_cascade *c, struct str declarations,
		     bool is_inline);
/* As an attribute of old gives them: color, bgcolor. */
void html_style_take_one(struct html_cascade *c, const char *property,
			 struct str value);
bool html_style_says_something(const struct html_cascade *c);
struct html_style html_style_inside(const struct html_style *around,
				    const struct html_cascade *c);
bool html_style_has_colour_of_behind(const struct html_style *style);

/* CSS without comments, escapes resolved. Appends. */
void html_css_plain(struct str css, struct strbuf *out);

#endif
