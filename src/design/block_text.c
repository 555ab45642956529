/*
 * Blocks of words: heading, text, footer, an author's own HTML. Called by
 * block.c; pure.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/utf8.h"
#include "design/render.h"

#include <string.h>

static void begin_words(struct render *r, int size, int line_height,
			struct colour colour)
{
	put(r,
	    "<div class=\"%s\" style=\"font-family:%s;font-size:%dpx;"
	    "line-height:%dpx;color:" HEX "\">",
	    palette_text(&r->palette, colour, &r->surface).name, r->style.font,
	    size, line_height, HEX_OF(colour));
}

/* --- heading --- */

static const struct {
	int size, line_height, bottom_pct; /* of what others have */
	char underline;                    /* in the plain text */
} levels[] = {
	{ 30, 38, 60, '=' },
	{ 23, 31, 40, '-' },
	{ 18, 26, 20, '\0' },
};

static void add_plain_heading(struct render *r, const struct markup *m,
			      char underline)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	size_t n;

	words_to_text(m, &text);
	n = utf8_length(strbuf_str(&text));
	strbuf_addch(&text, '\n');
	for (size_t i = 0; underline && i < n && i < 60; i++)
		strbuf_addch(&text, underline);
	add_plain(r, strbuf_str(&text));
}

/* What is read out skips no level, however large authors like it. */
static int element_level(struct render *r, int level)
{
	if (level > r->heading + 1)
		level = r->heading + 1;
	r->heading = level;
	return level;
}

void render_heading(struct render *r, const json_t *block,
		    const struct block_place *place)
{
	CLEANUP(vec_release) struct markup m = VEC_INIT;
	struct number_limits limits = { 1, ARRAY_SIZE(levels), 2 };
	int level = member_number(block, "level", limits, &r->problems);
	int half = r->style.spacing / 2;
	struct row_usual usual = {
		.top = half,
		.bottom = half * levels[level - 1].bottom_pct / 100,
		.is_text = true,
	};
	struct colour colour = r->style.text;
	struct words_style style;
	int element;

	markup_read(str_of(member_text(block, "text", &r->problems)),
		    MARKUP_LINE, &r->problems, &m);
	if (!markup_says_something(&m)) {
		note_empty(r);
		return;
	}
	row_begin(r, block, place, &usual);
	(void)member_colour(block, "color", &colour, &r->problems);
	check_contrast(r, colour, r->surface.light);
	element = element_level(r, level);
	put(r,
	    "<h%d class=\"h%d %s\" style=\"margin:0;font-family:%s;"
	    "font-size:%dpx;line-height:%dpx;font-weight:700;color:" HEX "\">",
	    element, level, palette_text(&r->palette, colour, &r->surface).name,
	    r->style.font, levels[level - 1].size,
	    levels[level - 1].line_height, HEX_OF(colour));
	style = (struct words_style){ .text = colour, .link = colour };
	words_write(r, &m, &style);
	put(r, "</h%d>", element);
	row_end(r);
	add_plain_heading(r, &m, levels[level - 1].underline);
}

/* --- text --- */

static void add_plain_words(struct render *r, const struct markup *m)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	words_to_text(m, &text);
	add_plain(r, strbuf_str(&text));
}

/* On a strong background, links of the usual colour would be lost. */
static struct colour link_colour(const struct render *r, struct colour text)
{
	return colour_contrast(r->style.link, r->surface.light) >= 3
		       ? r->style.link
		       : text;
}

/* Text that would be lost on a band of its own colour is black or white. */
static struct colour text_colour(const struct render *r)
{
	struct colour on = r->surface.light;

	return colour_contrast(r->style.text, on) >= 4.5
		       ? r->style.text
		       : colour_readable_on(on);
}

/* false: it says nothing, which is noted. */
static bool read_words(struct render *r, const json_t *block, struct markup *m)
{
	markup_read(str_of(member_text(block, "html", &r->problems)),
		    MARKUP_TEXT, &r->problems, m);
	if (markup_says_something(m))
		return true;
	note_empty(r);
	return false;
}

/* px: size of the letters, and of a line. */
static void put_words(struct render *r, const struct markup *m, int size_px,
		      int line_px, const struct words_style *style)
{
	begin_words(r, size_px, line_px, style->text);
	words_write(r, m, style);
	put(r, "</div>");
	row_end(r);
}

void render_text(struct render *r, const json_t *block,
		 const struct block_place *place)
{
	CLEANUP(vec_release) struct markup m = VEC_INIT;
	int half = r->style.spacing / 2;
	struct row_usual usual = { .top = half,
				   .bottom = half,
				   .is_text = true };
	struct words_style style = { .gap = 16 };

	if (!read_words(r, block, &m))
		return;
	row_begin(r, block, place, &usual);
	style.text = text_colour(r);
	style.link = link_colour(r, style.text);
	put_words(r, &m, 16, 26, &style);
	add_plain_words(r, &m);
}

/* --- footer --- */

/* Quieter than the text, and still to be read. */
static struct colour quiet_colour(const struct render *r)
{
	struct colour text = text_colour(r), out = text;

	for (int pct = 40; pct >= 0; pct -= 10) {
		out = colour_mix(text, r->surface.light, pct);
		if (colour_contrast(out, r->surface.light) >= 4.7)
			break;
	}
	return out;
}

static void add_plain_footer(struct render *r, const struct markup *m)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "-- \n");
	words_to_text(m, &text);
	add_plain(r, strbuf_str(&text));
}

void render_footer(struct render *r, const json_t *block,
		   const struct block_place *place)
{
	CLEANUP(vec_release) struct markup m = VEC_INIT;
	int half = r->style.spacing / 2;
	struct row_usual usual = { .top = r->below_card ? 2 * half : half,
				   .bottom = half,
				   .align = ALIGN_CENTER,
				   .is_text = true };
	struct words_style style = { .gap = 10 };

	if (!read_words(r, block, &m))
		return;
	row_begin(r, block, place, &usual);
	style.text = style.link = quiet_colour(r);
	put_words(r, &m, 14, 22, &style);
	add_plain_footer(r, &m);
}

/* --- an author's own HTML --- */

/* What has backgrounds of its own is not to be read on a dark one. */
static bool has_background(const struct markup *m)
{
	vec_each (m, piece) {
		const char *style = markup_attr(piece, "style");

		if (markup_attr(piece, "bgcolor") ||
		    (style && strstr(style, "background")))
			return true;
	}
	return false;
}

void render_html(struct render *r, const json_t *block,
		 const struct block_place *place)
{
	CLEANUP(vec_release) struct markup m = VEC_INIT;
	int half = r->style.spacing / 2;
	struct row_usual usual = { .top = half, .bottom = half };
	struct words_style style = { .gap = 16, .is_free = true };

	markup_read(str_of(member_text(block, "html", &r->problems)),
		    MARKUP_ANY, &r->problems, &m);
	if (!markup_says_something(&m)) {
		note_empty(r);
		return;
	}
	usual.keeps_light = has_background(&m);
	row_begin(r, block, place, &usual);
	style.text = text_colour(r);
	style.link = link_colour(r, style.text);
	begin_words(r, 16, 26, style.text);
	words_write(r, &m, &style);
	put(r, "</div>");
	row_end(r);
	add_plain_words(r, &m);
}
