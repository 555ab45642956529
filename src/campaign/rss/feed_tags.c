#include "campaign/rss/feed_tags.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text/html_entity.h"
#include "campaign/content.h"
#include "campaign/html/html_links.h"
#include "campaign/html/html_scan.h"
#include "campaign/merge/merge_tag.h"
#include "campaign/rss/feed_html.h"
#include "campaign/rss/feed_tag.h"

#include <string.h>
#include <strings.h>

#define ITEM_HTML_MAX (200u * 1024) /* bytes of what one item says */
#define EXCERPT_MAX 600             /* where a feed has no summaries */
#define STEPS_MAX 20000000          /* whatever an author has nested in what */

/* Of which feed and item the tags around speak. */
struct scope {
	const struct feed *feed;
	const struct feed_item *items, *item;
	size_t n;
};

struct expander {
	const struct feed_tags_how *how;
	struct html_scan scan; /* of the author's text, around the tags */
	struct strbuf *out;
	int64_t steps;
	bool is_full;
};

/* --- one value --- */

static void add_date(int64_t ms, struct str format, struct strbuf *out)
{
	char text[64] = "m/d/Y";

	if (ms == 0)
		return;
	if (format.len > 0 && format.len < sizeof(text)) {
		memcpy(text, format.s, format.len);
		text[format.len] = '\0';
	}
	merge_date(text, ms, NULL, out);
}

/* Its HTML, made safe. */
static void add_content(const struct expander *e, const struct feed_item *item,
			bool full, struct strbuf *out)
{
	struct feed_html_how how = { .base = item->url,
				     .constrain = e->how->constrain,
				     .max = ITEM_HTML_MAX };
	CLEANUP(strbuf_release) struct strbuf words = STRBUF_INIT;
	size_t n = EXCERPT_MAX;

	if (full || item->summary.s != item->content.s ||
	    item->content.len <= EXCERPT_MAX) {
		feed_html_add(full ? item->content : item->summary, &how, out);
		return;
	}
	feed_plain_add(item->content, &words);
	if (words.len > n) {
		while (n > 0 && words.buf[n] != ' ')
			n--;
		strbuf_truncate(&words, n);
		strbuf_addstr(&words, "\xE2\x80\xA6");
	}
	strbuf_add_html(out, strbuf_str(&words));
}

static void add_image(const struct expander *e, const struct feed_item *item,
		      struct strbuf *out)
{
	if (!*item->image)
		return;
	strbuf_addstr(out, "<img src=\"");
	strbuf_add_html(out, str_of(item->image));
	strbuf_addstr(out, "\" alt=\"");
	strbuf_add_html(out, str_of(item->title));
	strbuf_addstr(out, e->how->constrain
				   ? "\" style=\"max-width:100%;height:auto\">"
				   : "\">");
}

/* As words or an address, in one line but for a content. */
static void add_plain(const struct expander *e, const struct feed_tag *tag,
		      const struct scope *scope, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	const struct feed_item *item = scope->item;
	bool of_feed = tag->kind == TAG_FEED;

	switch (tag->value) {
	case VALUE_TITLE:
		strbuf_addstr(out, of_feed ? scope->feed->title : item->title);
		break;
	case VALUE_URL:
		strbuf_addstr(out, of_feed ? scope->feed->url : item->url);
		break;
	case VALUE_DATE:
		add_date(of_feed ? scope->feed->date_ms : item->date_ms,
			 tag->format, out);
		break;
	case VALUE_DESCRIPTION:
		strbuf_addstr(out, scope->feed->description);
		break;
	case VALUE_AUTHOR:
		strbuf_addstr(out, item->author);
		break;
	case VALUE_CATEGORIES:
		strbuf_addstr(out, item->categories);
		break;
	case VALUE_IMAGE:
		strbuf_addstr(out, item->image);
		break;
	case VALUE_CONTENT:
	case VALUE_CONTENT_FULL:
		add_content(e, item, tag->value == VALUE_CONTENT_FULL, &html);
		if (e->how->context == FEED_PLAIN)
			html_to_text(strbuf_str(&html), out);
		else
			feed_plain_add(strbuf_str(&html), out);
		strbuf_trim(out);
		break;
	}
}

/* --- where it stands --- */

static bool is_address(const struct feed_tag *tag)
{
	return tag->value == VALUE_URL || tag->value == VALUE_IMAGE;
}

/* What ends url(...) or a declaration. */
static void add_for_style(struct str url, struct strbuf *out)
{
	for (size_t i = 0; i < url.len; i++)
		if (strchr("()';,\\\"", url.s[i]))
			strbuf_addf(out, "%%%02X", (unsigned char)url.s[i]);
		else
			strbuf_add_html(out, (struct str){ url.s + i, 1 });
}

static void add_in_value(struct expander *e, const struct feed_tag *tag,
			 struct str value)
{
	const struct html_scan *scan = &e->scan;
	bool is_style = strcmp(scan->attr, "style") == 0;
	bool is_bare = scan->place == HTML_VALUE_BARE ||
		       scan->place == HTML_BEFORE_VALUE;

	if (strncmp(scan->attr, "on", 2) == 0 || (is_style && !is_address(tag)))
		return;
	if (is_style)
		add_for_style(value, e->out);
	else if (tag->encode ||
		 (html_scan_in_url(scan) && (!is_address(tag) || *scan->value)))
		strbuf_add_url(e->out, value);
	else if (is_bare && !is_address(tag))
		strbuf_add_url(e->out, value);
	else
		strbuf_add_html(e->out, value);
}

static void add_in_text(struct expander *e, const struct feed_tag *tag,
			const struct scope *scope, struct str value)
{
	if (tag->encode)
		strbuf_add_url(e->out, value);
	else if (tag->value == VALUE_CONTENT ||
		 tag->value == VALUE_CONTENT_FULL)
		add_content(e, scope->item, tag->value == VALUE_CONTENT_FULL,
			    e->out);
	else if (tag->value == VALUE_IMAGE)
		add_image(e, scope->item, e->out);
	else
		strbuf_add_html(e->out, value);
}

static void add_value(struct expander *e, const struct feed_tag *tag,
		      const struct scope *scope)
{
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf safe = STRBUF_INIT;

	if (!scope->feed || (tag->kind == TAG_ITEM && !scope->item))
		return;
	add_plain(e, tag, scope, &value);
	if (is_address(tag)) /* has no signs of tags */
		strbuf_addslice(&safe, strbuf_str(&value));
	else
		feed_text_add(strbuf_str(&value), &safe);
	if (e->how->context != FEED_HTML) {
		if (tag->encode)
			strbuf_add_url(e->out, strbuf_str(&safe));
		else
			strbuf_addslice(e->out, strbuf_str(&safe));
		return;
	}
	if (e->scan.place == HTML_TEXT)
		add_in_text(e, tag, scope, strbuf_str(&safe));
	else if (e->scan.place == HTML_RCDATA)
		strbuf_add_html(e->out, strbuf_str(&safe));
	else if (html_scan_in_value(&e->scan) ||
		 e->scan.place == HTML_BEFORE_VALUE)
		add_in_value(e, tag, strbuf_str(&safe));
	html_scan_value(&e->scan);
}

/* --- blocks --- */

static void expand(struct expander *e, struct str text, const struct scope *rss,
		   const struct scope *block);

static void expand_items(struct expander *e, const struct feed_tag *tag,
			 struct str body, const struct scope *rss,
			 const struct scope *block)
{
	struct scope each = tag->of_block ? *block : *rss;

	for (size_t i = 0; i < each.n && !e->is_full; i++) {
		if (tag->count > 0 && (int64_t)i >= tag->count)
			break;
		each.item = &each.items[i];
		e->is_full |= ++e->steps > STEPS_MAX;
		expand(e, body, tag->of_block ? rss : &each,
		       tag->of_block ? &each : block);
	}
}

/* References are decoded, as browsers and authors' editors have it. */
static void url_of(struct str written, enum feed_context context,
		   struct strbuf *out)
{
	if (context == FEED_HTML)
		html_decode(written, out);
	else
		strbuf_addslice(out, written);
}

static struct scope scope_of(const struct expander *e,
			     const struct feed_tag *tag)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	struct scope scope = { .feed = NULL };

	url_of(tag->url, e->how->context, &url);
	if (e->how->blocks)
		vec_each (e->how->blocks, b)
			if (strcmp(b->url, url.buf) == 0)
				scope = (struct scope){
					.feed = &b->feed,
					.items = b->feed.items,
					.item = b->feed.items,
					.n = b->feed.n,
				};
	if (scope.n == 0)
		scope.item = NULL;
	return scope;
}

/* The tag, and of a block what is in it. Returns how much of text that was. */
static size_t expand_tag(struct expander *e, const struct feed_tag *tag,
			 struct str text, const struct scope *rss,
			 const struct scope *block)
{
	struct str rest = { text.s + tag->len, text.len - tag->len };
	struct str body = { rest.s, 0 };
	struct scope scope;

	switch (tag->kind) {
	case TAG_FEED:
	case TAG_ITEM:
		add_value(e, tag, tag->of_block ? block : rss);
		break;
	case TAG_ITEMS:
		body.len = feed_tag_find_end(rest, tag, e->how->feed != NULL);
		expand_items(e, tag, body, rss, block);
		break;
	case TAG_BLOCK:
		body.len = feed_tag_find_end(rest, tag, e->how->feed != NULL);
		scope = scope_of(e, tag);
		if (scope.feed)
			expand(e, body, rss, &scope);
		break;
	case TAG_NONE:
	case TAG_BROKEN:
	case TAG_END_ITEMS:
	case TAG_END_BLOCK:
		break;
	}
	return tag->len + body.len;
}

static void expand(struct expander *e, struct str text, const struct scope *rss,
		   const struct scope *block)
{
	for (size_t at = 0; at < text.len && !e->is_full;) {
		struct str rest = { text.s + at, text.len - at };
		struct feed_tag tag = feed_tag_read(rest, e->how->feed != NULL);
		size_t other = tag.kind != TAG_NONE || *rest.s != '*'
				       ? 0
				       : merge_tag_length(rest);

		e->is_full =
			e->out->len > CONTENT_MAX || ++e->steps > STEPS_MAX;
		if (tag.kind != TAG_NONE) {
			at += expand_tag(e, &tag, rest, rss, block);
		} else if (other > 0) {
			strbuf_add(e->out, rest.s, other);
			if (!merge_tag_is_structure(
				    (struct str){ rest.s, other }))
				html_scan_value(&e->scan);
			at += other;
		} else {
			strbuf_addch(e->out, *rest.s);
			html_scan_byte(&e->scan, *rest.s);
			at++;
		}
	}
}

int feed_tags_expand(struct str text, const struct feed_tags_how *how,
		     struct strbuf *out, struct err *err)
{
	struct expander e = { .how = how, .scan = HTML_SCAN_INIT, .out = out };
	struct scope rss = { .feed = how->feed,
			     .items = how->items,
			     .item = how->n ? how->items : NULL,
			     .n = how->n };
	struct scope block = { .feed = NULL };

	expand(&e, text, &rss, &block);
	return e.is_full ? err_set(err, ERR_LIMIT,
				   "the items of the feed make a mail of more "
				   "than 4 MB: show fewer, with $count")
			 : 0;
}

/* --- looking at them --- */

void feed_tags_urls(struct str text, enum feed_context context,
		    struct arena *arena, struct texts *out)
{
	for (size_t at = 0; at < text.len; at++) {
		struct str rest = { text.s + at, text.len - at };
		struct feed_tag tag = feed_tag_read(rest, false);
		CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
		bool known = false;

		if (tag.kind != TAG_BLOCK)
			continue;
		url_of(tag.url, context, &url);
		vec_each (out, u)
			known |= strcmp(*u, url.buf) == 0;
		if (!known)
			vec_push(out, arena_str(arena, strbuf_str(&url)));
	}
}

bool feed_tags_are_in(struct str text, bool is_rss)
{
	for (size_t at = 0; at < text.len; at++)
		if (feed_tag_read((struct str){ text.s + at, text.len - at },
				  is_rss)
			    .kind > TAG_BROKEN)
			return true;
	return false;
}

struct looker {
	struct str text;
	struct arena *arena;
	struct merge_problems *problems;
	bool is_rss;
	int items, block_items, blocks; /* that are open */
};

static void add_problem(struct looker *l, size_t at, size_t len,
			const char *why)
{
	struct merge_problem problem = { .line = 1, .column = 1, .text = why };

	if (!l->problems || l->problems->n >= MERGE_PROBLEMS_MAX)
		return;
	for (size_t i = 0; i < at; i++) {
		problem.column++;
		if (l->text.s[i] == '\n') {
			problem.line++;
			problem.column = 1;
		}
	}
	problem.tag = arena_strndup(l->arena, l->text.s + at, len);
	problem.text = arena_printf(l->arena, "%s: %s", problem.tag, why);
	vec_push(l->problems, problem);
}

static const char *wrong_begin(struct looker *l, const struct feed_tag *tag,
			       struct str rest)
{
	int *open = tag->kind == TAG_BLOCK ? &l->blocks
		    : tag->of_block        ? &l->block_items
					   : &l->items;

	if (++*open > 1)
		return "One of these cannot stand in another";
	if (tag->kind == TAG_ITEMS && tag->of_block && l->blocks == 0)
		return "It stands outside of a FEEDBLOCK";
	return feed_tag_find_end(rest, tag, l->is_rss) < rest.len
		       ? NULL
		       : "It has no END";
}

static const char *wrong_end(struct looker *l, const struct feed_tag *tag)
{
	int *open = tag->kind == TAG_END_BLOCK ? &l->blocks
		    : tag->of_block            ? &l->block_items
					       : &l->items;

	if (*open == 0)
		return "Nothing begins before this END";
	--*open;
	return NULL;
}

/* NULL: nothing is. */
static const char *what_is_wrong(struct looker *l, const struct feed_tag *tag,
				 struct str rest)
{
	switch (tag->kind) {
	case TAG_BROKEN:
		return tag->why;
	case TAG_FEED:
	case TAG_ITEM:
		return tag->of_block && l->blocks == 0
			       ? "It stands outside of a FEEDBLOCK"
			       : NULL;
	case TAG_ITEMS:
	case TAG_BLOCK:
		return wrong_begin(l, tag, rest);
	case TAG_END_ITEMS:
	case TAG_END_BLOCK:
		return wrong_end(l, tag);
	case TAG_NONE:
		break;
	}
	return NULL;
}

struct str feed_tags_blank(struct str text, bool is_rss, struct arena *arena,
			   struct merge_problems *problems)
{
	struct looker l = { .text = text,
			    .arena = arena,
			    .problems = problems,
			    .is_rss = is_rss };
	char *blank = NULL;

	for (size_t at = 0; at < text.len; at++) {
		struct str rest = { text.s + at, text.len - at };
		struct feed_tag tag = feed_tag_read(rest, is_rss);
		const char *why;

		if (tag.kind == TAG_NONE)
			continue;
		if (!blank)
			blank = arena_strndup(arena, text.s, text.len);
		memset(blank + at, ' ', tag.len);
		why = what_is_wrong(
			&l, &tag,
			(struct str){ rest.s + tag.len, rest.len - tag.len });
		if (why)
			add_problem(&l, at, tag.len, why);
		at += tag.len - 1;
	}
	return blank ? (struct str){ blank, text.len } : text;
}
