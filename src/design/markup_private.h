/*
 * design/markup_private.h - what the reader of markup asks its lists
 */
#ifndef DESIGN_MARKUP_PRIVATE_H
#define DESIGN_MARKUP_PRIVATE_H

#include "design/markup.h"

/* NULL: no such element gets through in this kind. */
const struct markup_tag *markup_tag_find(struct str name,
					 enum markup_kind kind);
/* Of an element that gets no further: what is in it goes as well. */
bool markup_tag_hides(const char *name);
/* Its content is no markup: it ends with its end tag, whatever it holds. */
bool markup_tag_is_raw(const char *name);
/* Frames of a whole document, which people paste: gone without a word. */
bool markup_tag_is_frame(const char *name);

/* The value of an attribute as it may stand; NULL: it may not. `value` has no
 * references any more. */
const char *markup_attr_read(const struct markup_tag *tag, const char *name,
			     struct str value, enum markup_kind kind,
			     struct problems *p);
/* Declarations of a style without those that can do harm; "" if none is left.
 * MARKUP_ANY only. */
const char *markup_style_read(struct str style, struct problems *p);

#endif
