#include "campaign/html/html_sections.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "campaign/html/html_walk.h"

#include <strings.h>

#define MARK "mc:"

/* --- finding --- */

struct finder {
	struct arena *arena;
	struct html_sections *out;
	struct ids open; /* indexes of sections that have no end yet */
};

static void open_element(void *owner, struct html_walk *w, bool is_void)
{
	const struct html_element *e = &w->open.v[w->open.n - 1];
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	size_t behind = e->at + e->source.len;
	struct html_section section = { .tag_at = e->at,
					.at = is_void ? e->at : behind,
					.end = is_void ? behind : w->html.len };
	struct finder *f = owner;

	if (!html_tag_attr(e->source, "mc:edit", &name))
		return;
	strbuf_trim(&name);
	if (name.len == 0)
		return;
	section.name = arena_str(f->arena, strbuf_str(&name));
	if (!is_void)
		vec_push(&f->open, (int64_t)f->out->n);
	vec_push(f->out, section);
}

static void close_element(void *owner, struct html_walk *w,
			  const struct html_element *e)
{
	struct finder *f = owner;

	for (size_t i = f->open.n; i > 0; i--) {
		struct html_section *s = &f->out->v[f->open.v[i - 1]];

		if (s->tag_at != e->at)
			continue;
		s->end = w->tag_at;
		f->open.v[i - 1] = f->open.v[f->open.n - 1];
		f->open.n--;
		return;
	}
}

static void pass(void *owner, struct html_walk *w, struct str text)
{
	(void)owner;
	(void)w;
	(void)text;
}

void html_sections_find(struct str html, struct arena *arena,
			struct html_sections *out)
{
	static const struct html_seer seer = { .open = open_element,
					       .close = close_element,
					       .words = pass,
					       .tag = pass };
	CLEANUP(html_walk_release) struct html_walk walk = { 0 };
	struct finder f = { .arena = arena, .out = out, .open = VEC_INIT };

	html_walk_all(html, &seer, &f, &walk);
	vec_release(&f.open);
}

void html_sections_fill(struct str html, const struct html_sections *sections,
			const json_t *values, struct strbuf *out)
{
	size_t done = 0;

	vec_each (sections, s) {
		const json_t *value = json_object_get(values, s->name);

		if (!json_is_string(value) || s->at < done || s->end < s->at)
			continue;
		strbuf_add(out, html.s + done, s->at - done);
		strbuf_add(out, json_string_value(value),
			   json_string_length(value));
		done = s->end;
	}
	strbuf_add(out, html.s + done, html.len - done);
}

/* --- taking the marks out --- */

struct stripper {
	struct str html;
	struct html_scan scan;
	struct strbuf *out;
	size_t done;     /* of the HTML: it is in *out, or left out */
	size_t attr_at;  /* where the attribute begins that is read */
	bool is_of_mark; /* its name begins with MARK */
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* The attribute ends before `end`. */
static void end_attribute(struct stripper *s, size_t end)
{
	size_t from = s->attr_at;

	if (!s->is_of_mark)
		return;
	s->is_of_mark = false;
	while (is_space(s->html.s[end - 1]))
		end--;
	while (from > s->done && is_space(s->html.s[from - 1]))
		from--;
	strbuf_add(s->out, s->html.s + s->done, from - s->done);
	s->done = end;
}

static bool is_of_attribute(enum html_place place)
{
	return place == HTML_ATTR_NAME || place == HTML_AFTER_NAME ||
	       place == HTML_BEFORE_VALUE || place == HTML_VALUE_DOUBLE ||
	       place == HTML_VALUE_SINGLE || place == HTML_VALUE_BARE;
}

static void begin_attribute(struct stripper *s, size_t at)
{
	struct str rest = { s->html.s + at, s->html.len - at };

	s->attr_at = at;
	s->is_of_mark = rest.len >= strlen(MARK) &&
			!strncasecmp(rest.s, MARK, strlen(MARK));
}

static void take_byte(struct stripper *s, size_t at)
{
	enum html_place before = s->scan.place, after;
	bool quoted =
		before == HTML_VALUE_DOUBLE || before == HTML_VALUE_SINGLE;

	html_scan_byte(&s->scan, s->html.s[at]);
	after = s->scan.place;
	if (is_of_attribute(before) && !is_of_attribute(after))
		end_attribute(s, quoted ? at + 1 : at);
	if (after != HTML_ATTR_NAME || before == HTML_ATTR_NAME)
		return;
	if (before == HTML_AFTER_NAME)
		end_attribute(s, at);
	begin_attribute(s, at);
}

static bool has_mark(struct str html)
{
	for (size_t i = 0; i + strlen(MARK) < html.len; i++)
		if ((html.s[i] == 'm' || html.s[i] == 'M') &&
		    !strncasecmp(html.s + i, MARK, strlen(MARK)))
			return true;
	return false;
}

struct str html_sections_strip(struct str html, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct stripper s = { .html = html,
			      .scan = HTML_SCAN_INIT,
			      .out = &out };

	if (!has_mark(html))
		return html;
	for (size_t at = 0; at < html.len; at++) {
		struct str rest = { html.s + at, html.len - at };
		size_t tag = merge_tag_length(rest);

		if (tag == 0) {
			take_byte(&s, at);
			continue;
		}
		rest.len = tag;
		if (!merge_tag_is_structure(rest) ||
		    s.scan.place == HTML_BEFORE_VALUE)
			html_scan_value(&s.scan);
		at += tag - 1;
	}
	strbuf_add(&out, html.s + s.done, html.len - s.done);
	return (struct str){
		arena_strndup(arena, out.buf ? out.buf : "", out.len), out.len
	};
}
