#include "campaign/html/html_end.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/html/html_walk.h"

#include <strings.h>

/* Ends what browsers, but not our scanner, may take for open: in none of its
 * places is it seen itself. */
#define CLOSE_ANY                                                          \
	"<!-- \" ' ]]> --></script></style></title></textarea></noscript>" \
	"</select></template></svg></math>"

/* Adds it, and goes there. */
static void add(struct html_walk *w, const char *bytes, struct strbuf *out)
{
	strbuf_addstr(out, bytes);
	html_walk_more(w, bytes);
}

static bool is_conditional(const struct html_walk *w)
{
	struct str text = { w->html.s + w->tag_at, w->html.len - w->tag_at };

	return str_starts(text, "<!--[if");
}

static void close_raw(struct html_walk *w, struct strbuf *out)
{
	char end[32];

	if (!strcmp(w->scan.raw, "script"))
		add(w, "<!-- -->", out);
	(void)snprintf(end, sizeof(end), "</%s>", w->scan.raw);
	add(w, end, out);
}

/* Until text can follow. */
static void close_place(struct html_walk *w, struct strbuf *out)
{
	for (int i = 0; i < 8 && w->scan.place != HTML_TEXT; i++) {
		switch (w->scan.place) {
		case HTML_COMMENT:
			add(w, is_conditional(w) ? "<![endif]-->" : "-->", out);
			w->in_conditional &= !is_conditional(w);
			break;
		case HTML_DECLARATION:
			add(w, w->scan.matched ? "-->" : ">", out);
			break;
		case HTML_RAW:
		case HTML_RCDATA:
			close_raw(w, out);
			break;
		case HTML_VALUE_DOUBLE:
			add(w, "\">", out);
			break;
		case HTML_VALUE_SINGLE:
			add(w, "'>", out);
			break;
		case HTML_TAG_OPEN:
			add(w, " ", out);
			break;
		default:
			add(w, ">", out);
			break;
		}
	}
}

/* Their end would be that of all. */
static bool is_page(struct str name)
{
	static const char *const names[] = { "html", "head", "body" };

	return html_name_is_one_of(name, names, ARRAY_SIZE(names));
}

/* HTML lets them open. */
static bool needs_no_end(struct str name)
{
	static const char *const names[] = {
		"p",     "li",       "dt",       "dd",    "option",
		"td",    "th",       "tr",       "tbody", "thead",
		"tfoot", "colgroup", "optgroup", "rt",    "rp",
	};

	return is_page(name) ||
	       html_name_is_one_of(name, names, ARRAY_SIZE(names));
}

/* false: one has a name that cannot be written again. */
static bool close_elements(const struct html_walk *w, struct strbuf *out)
{
	for (size_t i = w->open.n; i > 0; i--) {
		struct str name = w->open.v[i - 1].name;

		if (is_page(name))
			continue;
		if (memchr(name.s, '*', name.len) || name.len > 100)
			return false;
		strbuf_addf(out, "</%.*s>", (int)name.len, name.s);
	}
	return true;
}

/* --- what it is called --- */

static const char *name_of_place(const struct html_walk *w, struct arena *arena)
{
	struct str tag = { w->html.s + w->tag_at, w->html.len - w->tag_at };

	switch (w->scan.place) {
	case HTML_TEXT:
	case HTML_TAG_OPEN:
		return NULL;
	case HTML_COMMENT:
	case HTML_DECLARATION:
	case HTML_BOGUS:
		return is_conditional(w) ? "<!--[if" : "<!--";
	case HTML_RAW:
	case HTML_RCDATA:
		return arena_printf(arena, "<%s>", w->scan.raw);
	default:
		for (size_t i = 0; i < tag.len; i++)
			if (strchr(" \t\r\n\f/", tag.s[i]) && i > 1)
				tag.len = i;
		return arena_printf(arena, "%.*s",
				    (int)(tag.len < 40 ? tag.len : 40), tag.s);
	}
}

static const char *name_of_element(const struct html_walk *w,
				   struct arena *arena)
{
	vec_each (&w->open, e)
		if (!needs_no_end(e->name) && !e->is_optional)
			return arena_printf(
				arena, "<%.*s>",
				(int)(e->name.len < 40 ? e->name.len : 40),
				e->name.s);
	return w->in_conditional ? "<!--[if" : NULL;
}

/* --- all of it --- */

/* Before what cannot be closed. */
static size_t place_before(const struct html_walk *w)
{
	size_t at = w->plain_at;

	for (size_t i = 0; w->is_lost && i < w->open.n; i++)
		if (!is_page(w->open.v[i].name) && w->open.v[i].at < at)
			at = w->open.v[i].at;
	for (size_t i = 0; w->is_odd && i + 10 <= w->html.len && i < at; i++)
		if (!strncasecmp(w->html.s + i, "<plaintext", 10))
			at = i;
	return at;
}

static size_t place_before_first(const struct html_walk *w)
{
	size_t at = w->html.len;

	vec_each (&w->open, e)
		if (!is_page(e->name) && e->at < at)
			at = e->at;
	return at;
}

static size_t find(struct str html, struct arena *arena, struct html_end *out)
{
	CLEANUP(html_walk_release) struct html_walk w = { 0 };
	CLEANUP(strbuf_release) struct strbuf closing = STRBUF_INIT;
	size_t at;

	html_walk_all(html, NULL, NULL, &w);
	if (!out->unclosed)
		out->unclosed = name_of_place(&w, arena);
	if (!out->unclosed && w.plain_at < html.len)
		out->unclosed = "<plaintext>";
	if (!out->unclosed)
		out->unclosed = name_of_element(&w, arena);
	at = place_before(&w);
	if (at < html.len)
		return at;
	if (w.is_unsure)
		add(&w, CLOSE_ANY, &closing);
	close_place(&w, &closing);
	if (w.is_odd || w.has_conditions)
		strbuf_addstr(&closing, CLOSE_ANY);
	if (!close_elements(&w, &closing))
		return place_before_first(&w);
	if (w.in_conditional)
		strbuf_addstr(&closing, "<!--<![endif]-->");
	out->closing = arena_str(arena, strbuf_str(&closing));
	return html.len;
}

void html_end_find(struct str html, struct arena *arena, struct html_end *out)
{
	size_t at;

	*out = (struct html_end){ .closing = "" };
	while ((at = find(html, arena, out)) < html.len)
		html.len = at;
	out->at = html.len;
}
