/*
 * design/render.h - a mail while it is made of its blocks
 *
 * Shared by the files that make it: design.c (the document and its frame),
 * block.c (the row that a block stands in, and columns), block_text.c and
 * block_part.c (what is in it), words.c (markup of authors).
 */
#ifndef DESIGN_RENDER_H
#define DESIGN_RENDER_H

#include "design/markup.h"
#include "design/palette.h"
#include "design/style.h"

struct render {
	const struct design_options *options;
	struct arena *arena;
	struct problems problems;
	struct style style;
	struct palette palette;
	bool rtl;
	struct strbuf *html, *text;

	/* Where the block at hand stands. */
	struct surface surface;
	int inner; /* px of its content */
	int side;  /* px beside it */
	bool in_columns, below_card;
	int heading; /* level of the last one; 0: none yet */
	enum side_align { ALIGN_START, ALIGN_CENTER, ALIGN_END } align;
};

struct block_place {
	bool is_first, is_last; /* of its card */
};

/* The rows of some blocks of one table. */
void render_blocks(struct render *r, const json_t *const *blocks, size_t n);

/* --- what stands in the row of a block --- */

/* Each writes its rows with row_begin and row_end, and its plain text. */
typedef void render_fn(struct render *r, const json_t *block,
		       const struct block_place *place);
render_fn render_heading, render_text, render_html, render_footer;
render_fn render_image, render_button, render_divider, render_spacer;
render_fn render_social, render_columns;

/* What a block has if it says nothing else. */
struct row_usual {
	int top, bottom;
	enum side_align align;
	bool to_edge;     /* nothing beside it */
	bool is_text;     /* its lines are aligned; else what is in it */
	bool keeps_light; /* in the dark too */
	bool is_columns;  /* what is in it has room of its own */
};
/* Reads what every block may have: background, padding, align. */
void row_begin(struct render *r, const json_t *block,
	       const struct block_place *place, const struct row_usual *usual);
void row_end(struct render *r);

/* --- helpers --- */

void put(struct render *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* A text into an attribute, escaped. */
void put_attr(struct render *r, const char *text);
/* "left" or "right". */
const char *physical(const struct render *r, enum side_align align);
/* A table for layout; more: attributes and what else. */
#define TABLE                                                               \
	"<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" " \
	"border=\"0\""
/* printf of colours */
#define HEX "#%02x%02x%02x"
#define HEX_OF(c) (c).r, (c).g, (c).b

/* The text is hard to read on what is behind it. */
void check_contrast(struct render *r, struct colour text, struct colour on);
/* A paragraph of the plain text. */
void add_plain(struct render *r, struct str text);
/* Of a block: something is missing. */
void note_empty(struct render *r);

/* --- markup of authors (words.c) --- */

struct words_style {
	struct colour text, link;
	int gap;      /* px between paragraphs */
	bool is_free; /* may have backgrounds of its own */
};
void words_write(struct render *r, const struct markup *m,
		 const struct words_style *style);
/* As plain text: links with their address in brackets. */
void words_to_text(const struct markup *m, struct strbuf *out);
/* A link's address as plain text. */
void words_add_address(const char *href, struct strbuf *out);

#endif
