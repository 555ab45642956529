/*
 * The row that a block stands in: its background, room and alignment; and
 * columns, which are rows side by side. Called by design.c; pure.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "design/render.h"

#include <string.h>

#define PADDING_MAX 120
#define GUTTER 24 /* between columns */

/* --- rows --- */

static int room(const json_t *block, const char *key, int usual,
		struct render *r)
{
	struct number_limits limits = { 0, PADDING_MAX, usual };
	const json_t *padding = json_object_get(block, "padding");

	return member_number(padding, key, limits, &r->problems);
}

/* A card begins and ends with room, unless a band or picture fills it. */
static void add_card_room(const struct render *r,
			  const struct block_place *place, int *top,
			  int *bottom)
{
	if (r->in_columns)
		return;
	*top += place->is_first && !r->below_card ? r->style.spacing : 0;
	*bottom += place->is_last ? r->style.spacing : 0;
}

/* How much stands beside it on phones: see the rules in design.c. */
static const char *phone_class(const struct render *r,
			       const struct row_usual *usual)
{
	if (r->in_columns || usual->to_edge)
		return "";
	return usual->is_columns ? "q" : "s";
}

static void put_class(struct render *r, const struct row_usual *usual,
		      bool is_band)
{
	const char *phone = phone_class(r, usual);

	if (is_band)
		put(r, " bgcolor=\"" HEX "\" class=\"%s%s%s\"",
		    HEX_OF(r->surface.light),
		    palette_back(&r->palette, &r->surface).name,
		    *phone ? " " : "", phone);
	else if (*phone)
		put(r, " class=\"%s\"", phone);
}

static bool read_surface(struct render *r, const json_t *block,
			 bool keeps_light)
{
	struct colour own;
	bool has_own = member_colour(block, "background", &own, &r->problems);

	if (has_own)
		r->surface = (struct surface){ own, colour_dark_surface(own) };
	if (keeps_light)
		r->surface.dark = r->surface.light;
	return has_own || keeps_light;
}

void row_begin(struct render *r, const json_t *block,
	       const struct block_place *place, const struct row_usual *usual)
{
	static const char *const aligns[] = { "start", "center", "end", NULL };
	bool is_band = read_surface(r, block, usual->keeps_light);
	int side = usual->to_edge ? 0 : r->side;
	int top = usual->top, bottom = usual->bottom;

	r->align = (enum side_align)member_choice(
		block, "align", aligns, (int)usual->align, &r->problems);
	if (is_band && !usual->to_edge)
		top = bottom = r->style.spacing / (usual->is_columns ? 2 : 1);
	top = room(block, "top", top, r);
	bottom = room(block, "bottom", bottom, r);
	if (!is_band && !usual->to_edge)
		add_card_room(r, place, &top, &bottom);
	put(r, "<tr><td align=\"%s\"", physical(r, r->align));
	put_class(r, usual, is_band);
	put(r, " style=\"padding:%dpx %dpx %dpx", top, side, bottom);
	if (is_band)
		put(r, ";background-color:" HEX, HEX_OF(r->surface.light));
	if (usual->is_text)
		put(r, ";text-align:%s", physical(r, r->align));
	put(r, "\">");
}

void row_end(struct render *r)
{
	put(r, "</td></tr>\n");
}

/* --- one block --- */

static const struct {
	const char *type;
	render_fn *render;
} types[] = {
	{ "heading", render_heading }, { "text", render_text },
	{ "image", render_image },     { "button", render_button },
	{ "divider", render_divider }, { "spacer", render_spacer },
	{ "columns", render_columns }, { "social", render_social },
	{ "html", render_html },       { "footer", render_footer },
};

static void render_block(struct render *r, const json_t *block,
			 const struct block_place *place)
{
	const char *type = json_string_value(json_object_get(block, "type"));

	for (size_t i = 0; type && i < ARRAY_SIZE(types); i++)
		if (strcmp(types[i].type, type) == 0) {
			types[i].render(r, block, place);
			return;
		}
	problem_warn(&r->problems, "unknown_block", type,
		     "There is no block “%s” here: it is kept, and shown as "
		     "nothing.",
		     type ? type : "?");
}

void render_blocks(struct render *r, const json_t *const *blocks, size_t n)
{
	struct surface surface = r->surface;
	const char *outer = r->problems.block;

	for (size_t i = 0; i < n; i++) {
		struct block_place place = { i == 0, i + 1 == n };

		r->problems.block =
			json_string_value(json_object_get(blocks[i], "id"));
		render_block(r, blocks[i], &place);
		r->surface = surface;
	}
	r->problems.block = outer;
}

/* --- columns --- */

#define COLUMNS_MAX 4

static const char *const ratios[] = { "1:1",   "1:2",     "2:1",
				      "1:1:1", "1:1:1:1", NULL };
static const int parts[][COLUMNS_MAX] = {
	{ 1, 1 }, { 1, 2 }, { 2, 1 }, { 1, 1, 1 }, { 1, 1, 1, 1 }
};

struct columns {
	const json_t *list;
	const int *parts;
	int n, sum;
	int room; /* px of all, gutters with them */
	bool stack;
};

static int width_of(const struct columns *c, int i)
{
	return c->room * c->parts[i] / c->sum;
}

static bool is_columns(const json_t *block)
{
	const char *type = json_string_value(json_object_get(block, "type"));

	return type && strcmp(type, "columns") == 0;
}

/* A table of the blocks of one; columns in columns fit on no screen. */
static void render_column(struct render *r, const struct columns *c, int i)
{
	const json_t *list = json_array_get(c->list, (size_t)i);
	size_t n = json_array_size(list), kept = 0;
	const json_t **blocks = arena_array(r->arena, const json_t *, n + 1);

	for (size_t k = 0; k < n; k++) {
		const json_t *block = json_array_get(list, k);

		if (is_columns(block))
			problem_fail(&r->problems, "nested_columns", NULL,
				     "Columns cannot stand in columns: those "
				     "inside are left out.");
		else
			blocks[kept++] = block;
	}
	r->inner = width_of(c, i) - GUTTER;
	put(r, TABLE " width=\"100%%\" style=\"width:100%%\">\n");
	render_blocks(r, blocks, kept);
	if (kept == 0)
		put(r, "<tr><td>&nbsp;</td></tr>\n");
	put(r, "</table>");
}

/* Boxes that stand side by side while there is room. Outlook's engine knows no
 * such boxes: a table of its own stands around them, which others do not see.
 */
static void render_stacking(struct render *r, const struct columns *c)
{
	put(r,
	    "<!--[if mso]>" TABLE " width=\"%d\" dir=\"%s\"><tr><![endif]-->",
	    c->room, r->rtl ? "rtl" : "ltr");
	for (int i = 0; i < c->n; i++) {
		put(r,
		    "<!--[if mso]><td width=\"%d\" valign=\"top\"><![endif]-->"
		    "<div class=\"k\" style=\"display:inline-block;width:100%%;"
		    "max-width:%dpx;vertical-align:top\">",
		    width_of(c, i), width_of(c, i));
		render_column(r, c, i);
		put(r, "</div><!--[if mso]></td><![endif]-->");
	}
	put(r, "<!--[if mso]></tr></table><![endif]-->");
}

static void render_fixed(struct render *r, const struct columns *c)
{
	put(r,
	    TABLE " width=\"100%%\" style=\"width:100%%;table-layout:fixed\">"
		  "<tr>");
	for (int i = 0; i < c->n; i++) {
		put(r, "<td width=\"%d%%\" valign=\"top\">",
		    100 * c->parts[i] / c->sum);
		render_column(r, c, i);
		put(r, "</td>");
	}
	put(r, "</tr></table>");
}

static bool read_columns(struct render *r, const json_t *block,
			 struct columns *out)
{
	int ratio = member_choice(block, "ratio", ratios, 0, &r->problems);
	size_t given;

	*out = (struct columns){
		.list = json_object_get(block, "columns"),
		.parts = parts[ratio],
		.stack = member_flag(block, "stack", true, &r->problems),
		.room = r->inner + GUTTER,
	};
	while (out->n < COLUMNS_MAX && out->parts[out->n] > 0)
		out->sum += out->parts[out->n++];
	given = json_array_size(out->list);
	if (given > (size_t)out->n)
		problem_fail(&r->problems, "bad_value",
			     arena_strdup(r->arena, "columns"),
			     "There are more columns than fit side by side: "
			     "the last are left out.");
	return given > 0;
}

void render_columns(struct render *r, const json_t *block,
		    const struct block_place *place)
{
	struct row_usual usual = { .is_text = true, .is_columns = true };
	int inner = r->inner, side = r->side;
	struct columns c;

	if (!read_columns(r, block, &c)) {
		note_empty(r);
		return;
	}
	r->side = side - GUTTER / 2;
	row_begin(r, block, place, &usual);
	r->side = GUTTER / 2;
	r->in_columns = true;
	put(r, "<div style=\"font-size:0;line-height:0\">");
	if (c.stack)
		render_stacking(r, &c);
	else
		render_fixed(r, &c);
	put(r, "</div>");
	r->in_columns = false;
	r->inner = inner;
	r->side = side;
	row_end(r);
}
