/*
 * design/style.h - the look of a whole mail, and how members of a design are
 * read
 *
 * A member of a wrong type or outside of its limits is a problem (bad_value,
 * bad_color), and the default or the nearest limit counts.
 */
#ifndef DESIGN_STYLE_H
#define DESIGN_STYLE_H

#include "design/colour.h"
#include "design/problem.h"

struct style {
	struct colour background, card, text, link, accent;
	const char *font;         /* a stack for font-family */
	const char *outlook_font; /* one that its engine has */
	int width, radius, spacing;
};

struct number_limits {
	int least, most, usual;
};

/* NULL: absent or wrong. Texts live as long as the document. */
const char *member_text(const json_t *o, const char *key, struct problems *p);
int member_number(const json_t *o, const char *key, struct number_limits limits,
		  struct problems *p);
bool member_flag(const json_t *o, const char *key, bool usual,
		 struct problems *p);
/* One of `names`, which end with NULL: its place; `usual` if it is absent or
 * none of them. */
int member_choice(const json_t *o, const char *key, const char *const *names,
		  int usual, struct problems *p);
/* 1: given, 0: not (*out untouched). */
bool member_colour(const json_t *o, const char *key, struct colour *out,
		   struct problems *p);

/* style may be NULL: all as usual. */
void style_read(const json_t *style, struct problems *p, struct style *out);

#endif
