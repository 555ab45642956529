/*
 * Markup of authors into the mail, with the mail's own styles on it, and into
 * plain text. Called for each block that holds some; pure.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "design/render.h"

#include <string.h>

/* --- HTML --- */

/* The last paragraph, if nothing follows: no gap below it. */
static size_t last_paragraph(const struct markup *m)
{
	size_t last = m->n, depth = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct markup_piece *p = &m->v[i];

		if (p->kind == MARKUP_CLOSE)
			depth--;
		else if (depth == 0 && p->kind == MARKUP_OPEN)
			last = i;
		else if (depth == 0 && str_trim(p->text).len > 0)
			last = m->n;
		if (p->kind == MARKUP_OPEN && !p->tag->is_void)
			depth++;
	}
	return last;
}

struct words {
	struct render *r;
	const struct words_style *style;
	size_t last; /* paragraph */
	int lists;   /* that are open */
};

static void write_attrs(struct render *r, const struct markup_piece *piece,
			bool with_style)
{
	for (const struct markup_attr *a = piece->attrs; a; a = a->next) {
		if (!with_style && strcmp(a->name, "style") == 0)
			continue;
		put(r, " %s=\"", a->name);
		put_attr(r, a->value);
		put(r, "\"");
	}
}

/* An author's own style stands behind ours, so that it counts. */
static void write_style(struct render *r, const struct markup_piece *piece,
			const char *ours)
{
	const char *style = markup_attr(piece, "style");

	if (!*ours && !style)
		return;
	put(r, " style=\"%s%s", ours, *ours && style ? ";" : "");
	if (style)
		put_attr(r, style);
	put(r, "\"");
}

/* Of <span style="color:#...">, which gets a class for the dark. */
static bool own_colour(const struct markup_piece *piece, struct colour *out)
{
	struct str style = str_of(markup_attr(piece, "style"));
	bool found = false;

	while (style.s) {
		struct str value = str_cut(&style, ';');
		struct str name = str_trim(str_cut(&value, ':'));

		if (str_ieq(name, "color") && value.s &&
		    colour_parse(value, out))
			found = true;
	}
	return found;
}

static void write_link(struct words *w, const struct markup_piece *piece)
{
	struct render *r = w->r;
	struct colour colour = w->style->link;

	(void)own_colour(piece, &colour);
	if (!w->style->is_free)
		check_contrast(r, colour, r->surface.light);
	put(r, " class=\"%s\"",
	    palette_text(&r->palette, colour, &r->surface).name);
	write_attrs(r, piece, false);
	write_style(r, piece,
		    arena_printf(r->arena,
				 "color:" HEX ";text-decoration:underline",
				 HEX_OF(w->style->link)));
}

static const char *style_of(const struct words *w, size_t i,
			    enum markup_element element)
{
	struct render *r = w->r;
	int gap = i == w->last ? 0 : w->style->gap;

	switch (element) {
	case ELEMENT_P:
		return arena_printf(r->arena, "margin:0 0 %dpx", gap);
	case ELEMENT_LIST:
		return arena_printf(r->arena, "margin:%dpx 0 %dpx;padding:%s",
				    w->lists ? 6 : 0, w->lists ? 0 : gap,
				    r->rtl ? "0 24px 0 0" : "0 0 0 24px");
	case ELEMENT_ITEM:
		return "margin:0 0 6px";
	case ELEMENT_IMG:
		return "max-width:100%;height:auto;border:0";
	default:
		return "";
	}
}

static void write_open(struct words *w, const struct markup_piece *piece,
		       size_t i)
{
	struct render *r = w->r;
	struct colour colour;

	put(r, "<%s", piece->tag->name);
	/* in mails, tables are for layout unless they say otherwise */
	if (piece->tag->element == ELEMENT_TABLE && !markup_attr(piece, "role"))
		put(r, " role=\"presentation\"");
	if (piece->tag->element == ELEMENT_A && markup_attr(piece, "href")) {
		write_link(w, piece);
	} else {
		if (!w->style->is_free && own_colour(piece, &colour)) {
			check_contrast(r, colour, r->surface.light);
			put(r, " class=\"%s\"",
			    palette_text(&r->palette, colour, &r->surface)
				    .name);
		}
		write_attrs(r, piece, false);
		write_style(r, piece, style_of(w, i, piece->tag->element));
	}
	put(r, ">");
}

void words_write(struct render *r, const struct markup *m,
		 const struct words_style *style)
{
	struct words w = { .r = r, .style = style, .last = last_paragraph(m) };

	for (size_t i = 0; i < m->n; i++) {
		const struct markup_piece *piece = &m->v[i];
		bool is_list =
			piece->tag && piece->tag->element == ELEMENT_LIST;

		if (piece->kind == MARKUP_CLOSE)
			w.lists -= is_list;
		if (piece->kind == MARKUP_OPEN)
			write_open(&w, piece, i);
		else if (piece->kind == MARKUP_CLOSE)
			put(r, "</%s>", piece->tag->name);
		else if (piece->is_comment)
			strbuf_addslice(r->html, piece->text);
		else
			markup_escape(piece->text, false, r->html);
		if (piece->kind == MARKUP_OPEN)
			w.lists += is_list;
	}
}

/* --- plain text --- */

#define LISTS_MAX 8

struct plain {
	struct strbuf *out;
	size_t start; /* of what is written here */
	int breaks;   /* due before the next letter */
	bool space;
	const char *href; /* of the link we are in; NULL: none */
	size_t link_start;
	int lists[LISTS_MAX]; /* the number of the last item; -1: no numbers */
	int depth;
};

static void need(struct plain *t, int breaks)
{
	t->breaks = t->breaks < breaks ? breaks : t->breaks;
}

static void begin_word(struct plain *t)
{
	if (t->out->len > t->start) {
		for (int i = 0; i < t->breaks; i++)
			strbuf_addch(t->out, '\n');
		if (t->space && t->breaks == 0)
			strbuf_addch(t->out, ' ');
	}
	t->breaks = 0;
	t->space = false;
}

static void add_text(struct plain *t, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.s[i];

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			t->space = true;
			continue;
		}
		begin_word(t);
		strbuf_addch(t->out, c);
	}
}

/* Comments hold conditionals: they count for the text as well. */
static void add_comment(struct plain *t, struct str comment)
{
	begin_word(t);
	strbuf_addslice(t->out, (struct str){ comment.s + 4, comment.len - 7 });
}

void words_add_address(const char *href, struct strbuf *out)
{
	strbuf_addstr(out, strncmp(href, "mailto:", 7) == 0 ? href + 7 : href);
}

/* An address that is its own text stands there once. */
static bool says_address(struct str text, struct str address)
{
	if (str_eq(text, address))
		return true;
	if (str_starts(address, "https://"))
		address = (struct str){ address.s + 8, address.len - 8 };
	if (str_ends(address, "/"))
		address.len--;
	return str_eq(text, address);
}

static void end_link(struct plain *t)
{
	CLEANUP(strbuf_release) struct strbuf address = STRBUF_INIT;
	struct str text = { t->out->buf + t->link_start,
			    t->out->len - t->link_start };

	if (!t->href || *t->href == '#') {
		t->href = NULL;
		return;
	}
	words_add_address(t->href, &address);
	t->href = NULL;
	if (says_address(str_trim(text), strbuf_str(&address)))
		return;
	t->space = true;
	begin_word(t);
	strbuf_addf(t->out, "(%s)", address.buf);
}

static void begin_item(struct plain *t)
{
	int at = t->depth - 1;

	need(t, 1);
	begin_word(t);
	for (int i = 1; i < t->depth; i++)
		strbuf_addstr(t->out, "  ");
	if (at < 0 || at >= LISTS_MAX || t->lists[at] < 0)
		strbuf_addstr(t->out, "- ");
	else
		strbuf_addf(t->out, "%d. ", ++t->lists[at]);
}

static void open_list(struct plain *t, const struct markup_piece *piece)
{
	need(t, t->depth == 0 ? 2 : 1);
	if (t->depth < LISTS_MAX)
		t->lists[t->depth] =
			strcmp(piece->tag->name, "ol") == 0 ? 0 : -1;
	t->depth++;
}

static void open_piece(struct plain *t, const struct markup_piece *piece)
{
	const char *alt;

	switch (piece->tag->element) {
	case ELEMENT_A:
		t->href = markup_attr(piece, "href");
		t->link_start = t->out->len;
		break;
	case ELEMENT_BR:
		t->breaks++;
		break;
	case ELEMENT_HR:
		need(t, 2);
		add_text(t, STR("----------"));
		need(t, 2);
		break;
	case ELEMENT_IMG:
		alt = markup_attr(piece, "alt");
		if (alt && *alt) {
			begin_word(t);
			strbuf_addf(t->out, "[%s]", alt);
		}
		break;
	case ELEMENT_LIST:
		open_list(t, piece);
		break;
	case ELEMENT_ITEM:
		begin_item(t);
		break;
	case ELEMENT_CELL:
		t->space = true;
		break;
	default:
		break;
	}
}

/* How far apart the lines around an element are. */
static int breaks_around(enum markup_element element)
{
	switch (element) {
	case ELEMENT_P:
	case ELEMENT_HEADING:
	case ELEMENT_TABLE:
		return 2;
	case ELEMENT_BLOCK:
	case ELEMENT_ROW:
		return 1;
	default:
		return 0;
	}
}

static void close_piece(struct plain *t, const struct markup_piece *piece)
{
	if (piece->tag->element == ELEMENT_A)
		end_link(t);
	if (piece->tag->element == ELEMENT_LIST) {
		t->depth--;
		need(t, t->depth == 0 ? 2 : 1);
	}
}

void words_to_text(const struct markup *m, struct strbuf *out)
{
	struct plain t = { .out = out, .start = out->len };

	vec_each (m, piece) {
		if (piece->kind == MARKUP_WORDS && piece->is_comment) {
			add_comment(&t, piece->text);
			continue;
		}
		if (piece->kind == MARKUP_WORDS) {
			add_text(&t, piece->text);
			continue;
		}
		/* in an item, its own line is enough */
		if (t.depth == 0)
			need(&t, breaks_around(piece->tag->element));
		else if (piece->kind == MARKUP_CLOSE)
			t.space |= breaks_around(piece->tag->element) > 0;
		if (piece->kind == MARKUP_OPEN)
			open_piece(&t, piece);
		else
			close_piece(&t, piece);
	}
}
