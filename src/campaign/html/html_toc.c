#include "campaign/html/html_toc.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/text/html_entity.h"
#include "campaign/html/html_walk.h"

#include <string.h>

#define HEADINGS_MAX 200
/* So much of it is put in, however often a text asks for it. */
#define TOC_BYTES_MAX ((size_t)256 << 10)

struct heading {
	size_t anchor;    /* where one is put: behind its start tag */
	struct str words; /* of HTML, in the arena */
};

struct toc {
	struct arena *arena;
	struct VEC_FIELDS(struct heading) headings;
	struct strbuf words; /* of the one that is open */
	size_t bytes;        /* of all words */
	size_t put;          /* so many were, by all tags */
	size_t depth;        /* at which it is; 0: none is */
	size_t anchor;
};

static void toc_release(struct toc *t)
{
	vec_release(&t->headings);
	strbuf_release(&t->words);
}

/* --- headings --- */

static bool is_heading(const struct html_element *element)
{
	static const char *const names[] = { "h1", "h2", "h3", "h4" };
	CLEANUP(strbuf_release) struct strbuf classes = STRBUF_INIT;

	if (html_name_is_one_of(element->name, names, ARRAY_SIZE(names)))
		return true;
	return html_tag_attr(element->source, "class", &classes) &&
	       strstr(classes.buf, "mc-toc-title");
}

static void see_open(void *owner, struct html_walk *walk, bool is_void)
{
	const struct html_element *last = &walk->open.v[walk->open.n - 1];
	struct toc *t = owner;

	if (t->depth > 0 && is_void)
		strbuf_addch(&t->words, ' ');
	if (t->depth > 0 || is_void || !is_heading(last))
		return;
	t->depth = walk->open.n;
	t->anchor = last->at + last->source.len;
	strbuf_reset(&t->words);
}

static void see_text(void *owner, struct html_walk *walk, struct str text)
{
	struct toc *t = owner;

	(void)walk;
	if (t->depth > 0)
		strbuf_addslice(&t->words, text);
}

static void see_close(void *owner, struct html_walk *walk,
		      const struct html_element *element)
{
	struct toc *t = owner;
	struct heading heading = { .anchor = t->anchor };

	if (t->depth == 0 || element != &walk->open.v[t->depth - 1])
		return;
	t->depth = 0;
	strbuf_trim(&t->words);
	if (t->words.len == 0 || t->headings.n == HEADINGS_MAX)
		return;
	heading.words = (struct str){ arena_strndup(t->arena, t->words.buf,
						    t->words.len),
				      t->words.len };
	vec_push(&t->headings, heading);
	t->bytes += heading.words.len + 1;
}

static void find_headings(struct toc *t, struct str html)
{
	static const struct html_seer seer = { .open = see_open,
					       .words = see_text,
					       .tag = see_text,
					       .close = see_close };
	CLEANUP(html_walk_release) struct html_walk walk = { 0 };

	html_walk_all(html, &seer, t, &walk);
}

/* --- the tags --- */

enum toc_tag { TOC_NONE, TOC_LIST, TOC_LINES };

static enum toc_tag tag_at(struct str s, size_t *len)
{
	struct str body;

	*len = s.s[0] == '*' ? merge_tag_length(s) : 0;
	if (*len == 0)
		return TOC_NONE;
	body = str_trim((struct str){ s.s + 2, *len - 4 });
	if (str_ieq(body, "MC:TOC"))
		return TOC_LIST;
	return str_ieq(body, "MC:TOC_TEXT") ? TOC_LINES : TOC_NONE;
}

static bool has_tag(struct str text)
{
	size_t len;

	for (size_t at = 0; at < text.len; at++)
		if (tag_at((struct str){ text.s + at, text.len - at }, &len))
			return true;
	return false;
}

static void add_list(const struct toc *t, struct strbuf *out)
{
	if (t->headings.n == 0)
		return;
	strbuf_addstr(out, "<ul>");
	for (size_t i = 0; i < t->headings.n; i++) {
		strbuf_addf(out, "<li><a href=\"#toc-%zu\">", i + 1);
		strbuf_addslice(out, t->headings.v[i].words);
		strbuf_addstr(out, "</a></li>");
	}
	strbuf_addstr(out, "</ul>");
}

static void add_lines(const struct toc *t, const char *between, bool is_html,
		      struct strbuf *out)
{
	for (size_t i = 0; i < t->headings.n; i++) {
		if (i > 0)
			strbuf_addstr(out, between);
		if (is_html)
			strbuf_addslice(out, t->headings.v[i].words);
		else
			html_decode(t->headings.v[i].words, out);
	}
}

/* May it be put in once more? */
static bool has_room(struct toc *t)
{
	t->put += t->bytes + 1;
	return t->put <= TOC_BYTES_MAX;
}

static struct str kept(const struct strbuf *text, struct arena *arena)
{
	return (struct str){ arena_strndup(arena, text->buf, text->len),
			     text->len };
}

struct str html_toc(struct str html, struct arena *arena)
{
	CLEANUP(toc_release)
	struct toc t = { .arena = arena, .words = STRBUF_INIT };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	size_t next = 0, len;

	if (!has_tag(html))
		return html;
	find_headings(&t, html);
	for (size_t at = 0; at < html.len; at++) {
		struct str rest = { html.s + at, html.len - at };
		enum toc_tag tag = tag_at(rest, &len);

		if (next < t.headings.n && t.headings.v[next].anchor == at)
			strbuf_addf(&out, "<a id=\"toc-%zu\"></a>", ++next);
		if (tag == TOC_NONE)
			strbuf_addch(&out, html.s[at]);
		else if (!has_room(&t))
			; /* nothing, as of what is not there */
		else if (tag == TOC_LIST)
			add_list(&t, &out);
		else
			add_lines(&t, "<br>", true, &out);
		at += tag == TOC_NONE ? 0 : len - 1;
	}
	return kept(&out, arena);
}

struct str html_toc_of_plain(struct str text, struct str html,
			     struct arena *arena)
{
	CLEANUP(toc_release)
	struct toc t = { .arena = arena, .words = STRBUF_INIT };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	size_t len;

	if (!has_tag(text))
		return text;
	find_headings(&t, html);
	for (size_t at = 0; at < text.len; at++) {
		struct str rest = { text.s + at, text.len - at };

		if (tag_at(rest, &len) == TOC_NONE) {
			strbuf_addch(&out, text.s[at]);
			continue;
		}
		if (has_room(&t))
			add_lines(&t, "\n", false, &out);
		at += len - 1;
	}
	return kept(&out, arena);
}
