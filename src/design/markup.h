/*
 * design/markup.h - HTML that authors write into blocks, made harmless
 *
 * A tolerant reader: it follows tags as browsers do (HTML Living Standard,
 * section 13.2.5) and never fails. What comes out is a list of pieces that is
 * balanced by construction and holds only elements, attributes and styles from
 * a list of those that can do no harm in a mail; whoever writes it out needs to
 * know nothing of what was wrong. Elements close where browsers would close
 * them, so that no markup of a block can break out of the table it stands in.
 *
 * What is left out is noted (removed_html) with its name.
 */
#ifndef DESIGN_MARKUP_H
#define DESIGN_MARKUP_H

#include "design/problem.h"

enum markup_kind {
	MARKUP_LINE, /* no paragraphs: headings */
	MARKUP_TEXT, /* paragraphs and lists */
	MARKUP_ANY,  /* tables, pictures, styles: what harms nobody */
};

/* Elements that the writers treat in their own way; the rest is as it is. */
enum markup_element {
	ELEMENT_OTHER,
	ELEMENT_A,
	ELEMENT_BLOCK, /* div, table, blockquote ... */
	ELEMENT_BR,
	ELEMENT_CELL,
	ELEMENT_HEADING,
	ELEMENT_HR,
	ELEMENT_IMG,
	ELEMENT_ITEM, /* li */
	ELEMENT_LIST, /* ul, ol */
	ELEMENT_P,
	ELEMENT_ROW,
	ELEMENT_TABLE,
};

struct markup_tag {
	const char *name;
	enum markup_element element;
	enum markup_kind from; /* the narrowest kind that may hold it */
	bool is_void;
};

struct markup_attr {
	const char *name, *value; /* the value as text: to be escaped */
	struct markup_attr *next;
};

enum markup_piece_kind { MARKUP_WORDS, MARKUP_OPEN, MARKUP_CLOSE };

struct markup_piece {
	enum markup_piece_kind kind;
	struct str text; /* of words: UTF-8 without references; or a comment */
	bool is_comment; /* text is a whole comment that holds merge tags */
	const struct markup_tag *tag;
	const struct markup_attr *attrs;
};
struct markup VEC_FIELDS(struct markup_piece);

/* Appends; what the pieces point to lives in the arena of p. */
void markup_read(struct str html, enum markup_kind kind, struct problems *p,
		 struct markup *out);

/* NULL: it has none. */
const char *markup_attr(const struct markup_piece *piece, const char *name);
/* There is a letter, a picture or a merge tag in it. */
bool markup_says_something(const struct markup *m);

/* & < > and, for attributes, " as references. Merge tags stay what they are:
 * references in them are read by who sends. Appends. */
void markup_escape(struct str s, bool in_attribute, struct strbuf *out);

#endif
