#include "campaign/html/html_links.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/text/html_entity.h"
#include "campaign/html/html_scan.h"

#include <strings.h>

/* The scan of one document: what it has found so far. */
struct finder {
	struct str html;
	struct arena *arena;
	struct html_scan scan;
	VEC(struct html_link) links;
	size_t attr_start;  /* of the attribute we are in */
	size_t value_start; /* of its value, with the quote */
	size_t head_end, body_start, body_end, html_end;
	bool in_link;        /* that value is a href or src */
	bool is_conditional; /* the part for Outlook of a comment */
	struct html_link link;
};

static const char *clean_target(struct str raw, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf decoded = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf clean = STRBUF_INIT;

	html_decode(raw, &decoded);
	/* URL Standard, section 4.4: tabs and line breaks go, and what is
	 * not printable at both ends. */
	for (size_t i = 0; i < decoded.len; i++) {
		char c = decoded.buf[i];

		if (c != '\t' && c != '\n' && c != '\r' && c != '\0')
			strbuf_addch(&clean, c);
	}
	strbuf_trim(&clean);
	return arena_strndup(arena, clean.buf, clean.len);
}

static bool holds_tags(const char *target)
{
	for (const char *star = strchr(target, '*'); star;
	     star = strchr(star + 1, '*'))
		if (merge_tag_length(str_of(star)) > 0)
			return true;
	return false;
}

static bool is_web_address(const char *target)
{
	return !strncasecmp(target, "http://", 7) ||
	       !strncasecmp(target, "https://", 8);
}

/* v:roundrect and the like are Outlook's buttons. */
static bool is_anchor(const char *tag)
{
	return !strcmp(tag, "a") || !strcmp(tag, "area") ||
	       !strncmp(tag, "v:", 2);
}

static void begin_link(struct finder *f, size_t start)
{
	bool href = !strcmp(f->scan.attr, "href");
	bool anchor = is_anchor(f->scan.tag);

	f->in_link = !f->scan.end_tag && (href || !strcmp(f->scan.attr, "src"));
	f->value_start = start;
	f->link.kind = !href    ? HTML_LINK_SOURCE
		       : anchor ? HTML_LINK_TRACKED
				: HTML_LINK_OTHER;
}

/* The value ends before `end` (quotes: with its last one). */
static void end_link(struct finder *f, size_t end, bool quoted)
{
	struct html_link link = { .kind = f->link.kind,
				  .start = f->attr_start,
				  .end = end };
	size_t quote = quoted ? 1 : 0;

	if (!f->in_link)
		return;
	f->in_link = false;
	link.raw = (struct str){ f->html.s + f->value_start + quote,
				 link.end - f->value_start - 2 * quote };
	link.target = clean_target(link.raw, f->arena);
	link.has_tags = holds_tags(link.target);
	if (link.kind == HTML_LINK_TRACKED && !is_web_address(link.target))
		link.kind = HTML_LINK_OTHER;
	vec_push(&f->links, link);
}

/* A tag ended before `behind`; it began at tag_start. */
static void note_tag(struct finder *f, size_t tag_start, size_t behind)
{
	const char *tag = f->scan.tag;

	if (!f->scan.end_tag && !strcmp(tag, "body") && !f->body_start)
		f->body_start = behind;
	else if (f->scan.end_tag && !strcmp(tag, "head"))
		f->head_end = behind;
	else if (f->scan.end_tag && !strcmp(tag, "body"))
		f->body_end = tag_start;
	else if (f->scan.end_tag && !strcmp(tag, "html"))
		f->html_end = tag_start;
}

static bool is_in_tag(enum html_place place)
{
	return place == HTML_TAG_NAME || place == HTML_IN_TAG ||
	       place == HTML_ATTR_NAME || place == HTML_AFTER_NAME ||
	       place == HTML_BEFORE_VALUE || place == HTML_VALUE_BARE;
}

static void note_change(struct finder *f, enum html_place before, size_t at,
			size_t *tag_start)
{
	enum html_place after = f->scan.place;
	bool quoted =
		before == HTML_VALUE_DOUBLE || before == HTML_VALUE_SINGLE;

	if (before == after)
		return;
	if (after == HTML_TAG_OPEN)
		*tag_start = at;
	/* Raw text ends with a tag that nobody saw opening. */
	if ((before == HTML_RAW || before == HTML_RCDATA))
		*tag_start = at;
	if (after == HTML_ATTR_NAME)
		f->attr_start = at;
	if (before == HTML_BEFORE_VALUE && html_scan_in_value(&f->scan))
		begin_link(f, at);
	if (before == HTML_VALUE_BARE)
		end_link(f, at, false);
	else if (quoted)
		end_link(f, at + 1, true);
	if (is_in_tag(before) && !is_in_tag(after) &&
	    !html_scan_in_value(&f->scan))
		note_tag(f, *tag_start, at + 1);
}

/* Of a comment; 0: it never ends. */
static size_t comment_end(struct str html, size_t at)
{
	for (; at + 2 < html.len; at++)
		if (html.s[at] == '-' && html.s[at + 1] == '-' &&
		    (html.s[at + 2] == '>' ||
		     (html.s[at + 2] == '!' && at + 3 < html.len &&
		      html.s[at + 3] == '>')))
			return at;
	return 0;
}

/* What Outlook reads of the comment whose text begins there: until *end; 0: it
 * reads nothing of it. */
static size_t conditional_start(struct str html, size_t at, size_t *end)
{
	struct str rest = { html.s + at, html.len - at };
	const char *start, *endif;
	size_t close;

	if (rest.len < 3 || strncasecmp(rest.s, "[if", 3) != 0)
		return 0;
	close = comment_end(html, at);
	if (close == 0)
		return 0;
	rest.len = close - at;
	start = memmem(rest.s, rest.len, "]>", 2);
	endif = memmem(rest.s, rest.len, "<![endif]", 9);
	if (!start || !endif || start > endif)
		return 0;
	*end = (size_t)(endif - html.s);
	return (size_t)(start - html.s) + 2;
}

static void scan_part(struct finder *f, size_t at, size_t end);

/* A comment in it is none: it ends where the first one does. */
static void scan_conditional(struct finder *f, size_t at)
{
	struct finder inside = { .html = f->html,
				 .arena = f->arena,
				 .scan = HTML_SCAN_INIT,
				 .is_conditional = true };
	size_t end, start;

	if (f->is_conditional)
		return;
	start = conditional_start(f->html, at, &end);
	if (start == 0)
		return;
	scan_part(&inside, start, end);
	vec_each (&inside.links, link)
		vec_push(&f->links, *link);
	vec_release(&inside.links);
}

static void scan_part(struct finder *f, size_t at, size_t end)
{
	size_t tag_start = at;

	while (at < end) {
		enum html_place before = f->scan.place;
		struct str rest = { f->html.s + at, end - at };
		size_t tag = merge_tag_length(rest);

		if (tag == 0) {
			html_scan_byte(&f->scan, f->html.s[at]);
			note_change(f, before, at, &tag_start);
			at++;
			if (before == HTML_DECLARATION &&
			    f->scan.place == HTML_COMMENT)
				scan_conditional(f, at);
			continue;
		}
		if (!merge_tag_is_structure((struct str){ rest.s, tag }) ||
		    before == HTML_BEFORE_VALUE) {
			html_scan_value(&f->scan);
			note_change(f, before, at, &tag_start);
		}
		at += tag;
	}
}

/* Equal targets are one link; a table, for pages of thousands of them. */
static void number_links(struct html_links *links, struct arena *arena)
{
	CLEANUP(json_free) json_t *known = json_object();
	size_t n = 0;

	links->distinct =
		arena_array(arena, const struct html_link *, links->n + 1);
	for (size_t i = 0; i < links->n; i++) {
		struct html_link *link = &links->v[i];
		const json_t *id;

		if (link->kind != HTML_LINK_TRACKED)
			continue;
		id = json_object_get(known, link->target);
		if (id) {
			link->link_id = (int)json_integer_value(id);
			continue;
		}
		links->distinct[n++] = link;
		link->link_id = (int)n;
		/* Text that is not UTF-8 cannot be a key: its own link. */
		(void)json_object_set_new(known, link->target,
					  json_integer((json_int_t)n));
	}
	links->distinct_n = n;
}

void html_links_scan(struct str html, struct arena *arena,
		     struct html_links *out)
{
	struct finder f = { .html = html,
			    .arena = arena,
			    .scan = HTML_SCAN_INIT };
	size_t end = html.len;

	scan_part(&f, 0, html.len);
	*out = (struct html_links){ .n = f.links.n };
	out->v = arena_array(arena, struct html_link, f.links.n + 1);
	if (f.links.n > 0)
		memcpy(out->v, f.links.v, f.links.n * sizeof(*out->v));
	vec_release(&f.links);
	number_links(out, arena);

	out->body_start = f.body_start ? f.body_start : f.head_end;
	if (f.body_end > out->body_start)
		end = f.body_end;
	else if (f.html_end > out->body_start)
		end = f.html_end;
	out->body_end = end;
}

/* --- pieces --- */

static void add_text(struct html_pieces *out, struct str text)
{
	if (text.len > 0)
		vec_push(out, ((struct merge_piece){ .text = text }));
}

static void add_pieces(struct html_pieces *out, const struct html_pieces *more)
{
	if (!more)
		return;
	vec_each (more, piece)
		vec_push(out, *piece);
}

/* Everything of the source in [*from, to), and what comes in there. */
struct cutter {
	struct str html;
	const struct html_links *links;
	const struct html_pieces *at_start, *at_end;
	struct html_pieces *out;
	size_t from;
};

static void cut_until(struct cutter *c, size_t to)
{
	const size_t places[] = { c->links->body_start, c->links->body_end };
	const struct html_pieces *const added[] = { c->at_start, c->at_end };

	for (int i = 0; i < 2; i++) {
		if (places[i] < c->from || places[i] > to ||
		    (places[i] == to && to < c->html.len))
			continue;
		add_text(c->out, (struct str){ c->html.s + c->from,
					       places[i] - c->from });
		add_pieces(c->out, added[i]);
		c->from = places[i];
	}
	add_text(c->out, (struct str){ c->html.s + c->from, to - c->from });
	c->from = to;
}

/* The value as written, fit for double quotes. */
static struct str requoted(struct str raw, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;

	if (!memchr(raw.s, '"', raw.len))
		return raw;
	for (size_t i = 0; i < raw.len; i++) {
		size_t tag = merge_tag_length(
			(struct str){ raw.s + i, raw.len - i });

		if (tag > 0) {
			strbuf_add(&sb, raw.s + i, tag);
			i += tag - 1;
		} else if (raw.s[i] == '"') {
			strbuf_addstr(&sb, "&quot;");
		} else {
			strbuf_addch(&sb, raw.s[i]);
		}
	}
	return (struct str){ arena_strndup(arena, sb.buf, sb.len), sb.len };
}

static int id_among(const struct html_links *all, const char *target)
{
	for (size_t i = 0; i < all->distinct_n; i++)
		if (!strcmp(all->distinct[i]->target, target))
			return (int)i + 1;
	return 0;
}

void html_links_join(struct html_links *all, struct html_links *links,
		     struct arena *arena)
{
	const struct html_link **distinct =
		arena_array(arena, const struct html_link *,
			    all->distinct_n + links->distinct_n + 1);
	int *ids = arena_array(arena, int, links->distinct_n + 1);
	size_t n = all->distinct_n;

	for (size_t i = 0; i < n; i++)
		distinct[i] = all->distinct[i];
	for (size_t i = 0; i < links->distinct_n; i++) {
		ids[i] = id_among(all, links->distinct[i]->target);
		if (ids[i])
			continue;
		distinct[n++] = links->distinct[i];
		ids[i] = (int)n;
	}
	for (size_t i = 0; i < links->n; i++)
		if (links->v[i].link_id)
			links->v[i].link_id = ids[links->v[i].link_id - 1];
	all->distinct = distinct;
	all->distinct_n = n;
}

void html_links_pieces(struct str html, const struct html_links *links,
		       bool track, const struct html_pieces *at_start,
		       const struct html_pieces *at_end, struct arena *arena,
		       struct html_pieces *out)
{
	struct cutter c = { html, links, at_start, at_end, out, 0 };

	for (size_t i = 0; i < links->n; i++) {
		const struct html_link *link = &links->v[i];

		cut_until(&c, link->start);
		c.from = link->end;
		add_text(out, link->kind == HTML_LINK_SOURCE ? STR("src=\"")
							     : STR("href=\""));
		if (track && link->kind == HTML_LINK_TRACKED)
			vec_push(out, ((struct merge_piece){
					      .slot = MERGE_SLOT_LINK,
					      .number = link->link_id }));
		else
			add_text(out, requoted(link->raw, arena));
		add_text(out, STR("\""));
	}
	cut_until(&c, html.len);
}
