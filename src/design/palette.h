/*
 * design/palette.h - the colours of a mail, light and dark
 *
 * Colours stand in inline styles, for clients that know nothing else. Each also
 * has a class, by which it gets its dark one where that is preferred. The
 * classes are numbered as they come: `t0` of texts, `b0` of backgrounds, `l0`
 * of lines.
 */
#ifndef DESIGN_PALETTE_H
#define DESIGN_PALETTE_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "design/colour.h"

enum colour_role { COLOUR_TEXT, COLOUR_BACK, COLOUR_LINE };

struct palette_entry {
	enum colour_role role;
	struct colour light, dark;
};
struct palette VEC_FIELDS(struct palette_entry);

/* What something stands on. */
struct surface {
	struct colour light, dark;
};

/* A name of a class: "t12". */
struct palette_class {
	char name[16];
};

struct palette_class palette_text(struct palette *p, struct colour text,
				  const struct surface *on);
struct palette_class palette_line(struct palette *p, struct colour line,
				  const struct surface *on);
struct palette_class palette_back(struct palette *p, const struct surface *s);

/* The rules of all classes, for where dark colours are preferred. */
void palette_write(const struct palette *p, struct strbuf *out);
/* The same for Outlook on the web, which asks no media query. */
void palette_write_outlook(const struct palette *p, struct strbuf *out);

#endif
