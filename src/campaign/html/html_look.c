#include "campaign/html/html_look.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/text/html_entity.h"
#include "base/utf8.h"
#include "campaign/html/html_colour.h"
#include "campaign/html/html_rules.h"

#include <strings.h>

size_t html_mute_images(struct str html)
{
	struct html_scan scan = HTML_SCAN_INIT;
	bool has_alt = false;
	size_t mute = 0;

	for (size_t i = 0; i < html.len; i++) {
		enum html_place before = scan.place;
		bool was_tag = before != HTML_TEXT && before != HTML_COMMENT;

		html_scan_byte(&scan, html.s[i]);
		if (scan.place == HTML_TAG_NAME && before == HTML_TAG_OPEN)
			has_alt = false;
		if (before == HTML_ATTR_NAME && !strcmp(scan.attr, "alt"))
			has_alt = true;
		if (was_tag && scan.place == HTML_TEXT &&
		    before != HTML_TAG_OPEN && !scan.end_tag &&
		    !strcmp(scan.tag, "img")) {
			mute += !has_alt;
			scan.tag[0] = '\0';
		}
	}
	return mute;
}

/* --- what an element looks like --- */

#define BY_NATURE (UINT64_C(1) << 63)

struct look {
	struct html_look_how how;
	struct arena *arena;
	struct html_rules rules;
	struct html_style page;
	struct html_look *out;
	size_t shown; /* links with the mark that are seen */
	/* The link that is open: its element is open.v[link_depth - 1]. */
	size_t link_depth, link_at;
	enum html_seen link;
};

/* What is in these is not shown, or not by all. */
static bool is_hidden_by_nature(const struct html_element *e)
{
	static const char *const names[] = {
		"head",     "title",  "style",    "script",    "template",
		"noscript", "select", "datalist", "textarea",  "iframe",
		"object",   "video",  "audio",    "canvas",    "svg",
		"math",     "dialog", "noembed",  "noframes",  "frameset",
		"applet",   "xmp",    "option",   "plaintext", "map",
		"rp",
	};
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;

	if (html_name_is_one_of(e->name, names, ARRAY_SIZE(names)) ||
	    html_tag_attr(e->source, "hidden", &value))
		return true;
	return str_ieq(e->name, "details") &&
	       !html_tag_attr(e->source, "open", &value);
}

static const char *attr_of(struct look *l, const struct html_element *e,
			   const char *name)
{
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;

	return html_tag_attr(e->source, name, &value)
		       ? arena_str(l->arena, strbuf_str(&value))
		       : "";
}

static void take_attributes(struct look *l, const struct html_element *e,
			    struct html_style *around,
			    struct html_cascade *cascade)
{
	bool is_body = str_ieq(e->name, "body");

	html_style_take_one(cascade, "background-color",
			    str_of(attr_of(l, e, "bgcolor")));
	if (is_body || str_ieq(e->name, "font"))
		html_style_take_one(
			cascade, "color",
			str_of(attr_of(l, e, is_body ? "text" : "color")));
	if (is_body)
		(void)html_colour_read(str_of(attr_of(l, e, "link")),
				       &around->link_colour);
	if (str_ieq(e->name, "a") && around->link_colour != HTML_CLEAR)
		around->colour = around->link_colour;
}

/* Styles are read where something is to be judged, once for each element. */
static const struct html_style *style_of(struct look *l, struct html_walk *w)
{
	struct html_style around = l->page;

	for (size_t i = 0; i < w->open.n; i++) {
		CLEANUP(strbuf_release) struct strbuf css = STRBUF_INIT;
		struct html_element *e = &w->open.v[i];
		struct html_cascade cascade = { .given = 0 };

		if (e->is_read) {
			around = e->style;
			continue;
		}
		e->is_read = true;
		e->classes = attr_of(l, e, "class");
		e->id = attr_of(l, e, "id");
		take_attributes(l, e, &around, &cascade);
		html_rules_apply(&l->rules, w->open.v, i + 1, &cascade);
		html_css_plain(str_of(attr_of(l, e, "style")), &css);
		html_style_take(&cascade, strbuf_str(&css), true);
		e->style = html_style_inside(&around, &cascade);
		if (is_hidden_by_nature(e))
			e->style.hides |= BY_NATURE;
		around = e->style;
	}
	return w->open.n > 0 ? &w->open.v[w->open.n - 1].style : &l->page;
}

static enum html_seen seen_there(struct look *l, struct html_walk *w)
{
	const struct html_style *style = style_of(l, w);

	if (l->rules.is_lost || w->is_lost || w->is_unsure)
		return HTML_HIDDEN;
	return style->hides                             ? HTML_HIDDEN
	       : html_style_has_colour_of_behind(style) ? HTML_COLOUR
							: HTML_SEEN;
}

/* Pages have them, whether they are written or not. */
static void read_page(struct look *l)
{
	struct html_element page[] = {
		{ .name = STR("html"), .source = STR("<html>") },
		{ .name = STR("body"), .source = STR("<body>") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(page); i++) {
		struct html_cascade cascade = { .given = 0 };

		page[i].classes = page[i].id = "";
		html_rules_apply(&l->rules, page, i + 1, &cascade);
		l->page = html_style_inside(&l->page, &cascade);
	}
}

/* --- the walk --- */

/* What is seen best counts. */
static bool is_better(enum html_seen seen, enum html_seen than)
{
	static const int order[] = {
		[HTML_NOT_THERE] = 0, [HTML_NO_TEXT] = 1, [HTML_HIDDEN] = 2,
		[HTML_COLOUR] = 3,    [HTML_SEEN] = 4,
	};

	return order[seen] > order[than];
}

static bool is_in_link(struct look *l, const struct html_walk *w)
{
	return l->link_depth > 0 && w->open.n >= l->link_depth &&
	       w->open.v[l->link_depth - 1].at == l->link_at;
}

static void end_link(struct look *l)
{
	if (l->link_depth == 0)
		return;
	l->link_depth = 0;
	l->shown += l->link == HTML_SEEN;
	if (is_better(l->link, l->out->link))
		l->out->link = l->link;
}

static void see_words(struct look *l, struct html_walk *w)
{
	enum html_seen seen;

	if (l->link == HTML_SEEN)
		return;
	seen = seen_there(l, w);
	if (is_better(seen, l->link))
		l->link = seen;
}

/* 1 of 1 pixel and the like. */
static bool is_picture_seen(struct look *l, const struct html_element *e)
{
	static const char *const sizes[] = { "width", "height" };
	int64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		if (str_to_int(str_of(attr_of(l, e, sizes[i])), &n) && n < 6)
			return false;
	return *attr_of(l, e, "src") != '\0';
}

static void open_element(void *owner, struct html_walk *w, bool is_void)
{
	struct look *l = owner;
	const struct html_element *e = &w->open.v[w->open.n - 1];
	struct str href;

	if (l->link_depth > 0 && !is_in_link(l, w))
		end_link(l);
	if (l->link_depth > 0 && is_void && str_ieq(e->name, "img") &&
	    is_picture_seen(l, e)) {
		/* its colours do not matter */
		if (seen_there(l, w) != HTML_HIDDEN)
			l->link = HTML_SEEN;
		else if (l->link == HTML_NO_TEXT)
			l->link = HTML_HIDDEN;
	}
	if (is_void || !str_ieq(e->name, "a"))
		return;
	href = str_trim(str_of(attr_of(l, e, "href")));
	if (href.len < strlen(l->how.mark) ||
	    strncasecmp(href.s, l->how.mark, strlen(l->how.mark)) != 0)
		return;
	end_link(l);
	l->link_depth = w->open.n;
	l->link_at = e->at;
	l->link = HTML_NO_TEXT;
}

/* A letter or digit, of whatever script: a dot is nothing to click on. */
static bool says_something(struct str text)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct str rest;

	html_decode(text, &plain);
	rest = strbuf_str(&plain);
	while (rest.len > 0) {
		unsigned char c = (unsigned char)rest.s[0];
		size_t n = utf8_blank(rest);

		if (n == 0 && ((c >= '0' && c <= '9') ||
			       ((c | 32) >= 'a' && (c | 32) <= 'z') ||
			       (c >= 0xc3 && !str_starts(rest, "\xe2\x80"))))
			return true;
		n = n ? n : 1;
		rest = (struct str){ rest.s + n, rest.len - n };
	}
	return false;
}

static void take_words(void *owner, struct html_walk *w, struct str text)
{
	struct look *l = owner;

	if (l->link_depth > 0 && !is_in_link(l, w))
		end_link(l);
	if (l->link_depth > 0 && l->link != HTML_SEEN && says_something(text))
		see_words(l, w);
}

static void take_tag(void *owner, struct html_walk *w, struct str tag)
{
	struct look *l = owner;

	if (l->link_depth > 0 && !is_in_link(l, w))
		end_link(l);
	if (l->link_depth > 0) /* text, for who gets the mail */
		see_words(l, w);
	if (!l->out->words && w->conditions == 0 && l->how.is_wanted &&
	    l->how.is_wanted(tag))
		l->out->words = seen_there(l, w) == HTML_SEEN;
}

static size_t count_marks(struct str html, const char *mark)
{
	size_t n = strlen(mark), found = 0;

	for (size_t i = 0; n > 0 && i + n <= html.len; i++)
		found += html.s[i] == mark[0] &&
			 !strncasecmp(html.s + i, mark, n);
	return found;
}

void html_look(struct str html, const struct html_look_how *how,
	       struct html_look *out)
{
	static const struct html_seer seer = { open_element, take_words,
					       take_tag };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(html_walk_release) struct html_walk walk = { 0 };
	struct look l = {
		.how = *how,
		.arena = arena,
		.page = { .behind = 0xffffff, .link_colour = HTML_CLEAR },
		.out = out,
	};

	*out = (struct html_look){ .link = HTML_NOT_THERE };
	html_rules_read(html, arena, &l.rules);
	read_page(&l);
	html_walk_all(html, &seer, &l, &walk);
	end_link(&l);
	html_rules_release(&l.rules);
	out->link_for_all = out->link == HTML_SEEN &&
			    (!walk.has_conditions ||
			     l.shown == count_marks(html, how->mark));
}

enum html_seen html_link_look(struct str html, const char *mark)
{
	struct html_look_how how = { .mark = mark };
	struct html_look look;

	html_look(html, &how, &look);
	return look.link;
}
