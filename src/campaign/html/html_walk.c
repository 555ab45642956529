#include "campaign/html/html_walk.h"

#include "base/cleanup.h"
#include "base/text/html_entity.h"

#include <strings.h>

#define OPEN_MAX 500 /* browsers nest no deeper */

bool html_name_is_one_of(struct str name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(name, names[i]))
			return true;
	return false;
}

#define IS_ONE_OF(name, list) html_name_is_one_of(name, list, ARRAY_SIZE(list))

/* --- kinds of elements --- */

static bool is_void(struct str name)
{
	static const char *const names[] = {
		"img",   "br",    "hr",     "meta",  "link",     "base",
		"area",  "col",   "wbr",    "input", "embed",    "param",
		"track", "frame", "source", "image", "basefont",
	};

	return IS_ONE_OF(name, names);
}

/* They go on behind the end of what they stand in. */
static bool is_formatting(struct str name)
{
	static const char *const names[] = {
		"a",    "b", "big",   "code",   "em",     "font", "i",
		"nobr", "s", "small", "strike", "strong", "tt",   "u",
	};

	return IS_ONE_OF(name, names);
}

static bool is_table_part(struct str name)
{
	static const char *const names[] = { "table", "tbody",  "thead",
					     "tfoot", "tr",     "td",
					     "th",    "caption" };

	return IS_ONE_OF(name, names);
}

/* End tags reach no further than these. */
static bool is_barrier(struct str name)
{
	static const char *const names[] = { "table",   "td",       "th",
					     "caption", "object",   "marquee",
					     "applet",  "template", "select",
					     "html" };

	return IS_ONE_OF(name, names);
}

/* End tags of unknown elements do not end these. */
static bool is_special(struct str name)
{
	static const char *const names[] = {
		"address",  "article",  "aside",   "blockquote", "body",
		"button",   "center",   "dd",      "details",    "dir",
		"div",      "dl",       "dt",      "fieldset",   "figcaption",
		"figure",   "footer",   "form",    "frameset",   "h1",
		"h2",       "h3",       "h4",      "h5",         "h6",
		"head",     "header",   "hgroup",  "iframe",     "li",
		"listing",  "main",     "menu",    "nav",        "noembed",
		"noframes", "noscript", "ol",      "p",          "pre",
		"script",   "search",   "section", "style",      "summary",
		"textarea", "title",    "ul",      "xmp",
	};

	return is_table_part(name) || is_barrier(name) ||
	       IS_ONE_OF(name, names);
}

/* The next of its kind ends it. */
static bool ends_itself(struct str name)
{
	static const char *const names[] = { "p",  "li", "td", "th",
					     "tr", "dt", "dd", "option" };

	return IS_ONE_OF(name, names);
}

/* A paragraph ends before it. */
static bool ends_paragraph(struct str name)
{
	static const char *const none[] = {
		"body",     "button",   "dd",     "dt",
		"frameset", "head",     "iframe", "li",
		"noembed",  "noframes", "style",  "script",
		"noscript", "textarea", "title",  "option",
	};

	return is_special(name) && !is_barrier(name) && !is_table_part(name) &&
	       !IS_ONE_OF(name, none);
}

static bool is_odd(struct str name)
{
	static const char *const names[] = { "svg",      "math",     "script",
					     "noscript", "template", "select",
					     "frameset", "noframes" };

	return IS_ONE_OF(name, names);
}

/* Looked up once for each tag: what is open is asked again and again. */
enum {
	FORMATTING = 1 << 0,
	TABLE_PART = 1 << 1,
	BARRIER = 1 << 2,
	SPECIAL = 1 << 3,
	TABLE_ROOT = 1 << 4, /* the ends of parts of tables reach no further */
};

static unsigned kinds_of(struct str name)
{
	static const char *const roots[] = { "table", "template" };

	return (is_formatting(name) ? FORMATTING : 0) |
	       (is_table_part(name) ? TABLE_PART : 0) |
	       (is_barrier(name) ? BARRIER : 0) |
	       (is_special(name) ? SPECIAL : 0) |
	       (IS_ONE_OF(name, roots) ? TABLE_ROOT : 0);
}

/* --- the elements that are open --- */

static size_t floor_of(const struct html_walk *w)
{
	return w->floors.n > 0 ? w->floors.v[w->floors.n - 1].open : 0;
}

/* What the end tag of an element of these kinds reaches no further than. */
static unsigned reach_of(unsigned kinds)
{
	return kinds & TABLE_PART               ? TABLE_ROOT
	       : kinds & (SPECIAL | FORMATTING) ? BARRIER
						: SPECIAL;
}

/* Which one an end tag ends; open.n: none. */
static size_t find_open(const struct html_walk *w, struct str name,
			unsigned kinds)
{
	unsigned reach = reach_of(kinds);

	for (size_t i = w->open.n; i > floor_of(w); i--) {
		const struct html_element *other = &w->open.v[i - 1];

		if (other->name.len == name.len &&
		    !strncasecmp(other->name.s, name.s, name.len))
			return i - 1;
		if (other->kinds & reach)
			break;
	}
	return w->open.n;
}

static void tell_closed(struct html_walk *w, const struct html_element *e)
{
	if (w->seer && w->seer->close)
		w->seer->close(w->owner, w, e);
}

/* What is formatting stays, though what it stands in ends. */
static void end_element(struct html_walk *w, struct str name, unsigned kinds)
{
	size_t at = find_open(w, name, kinds), to = at;
	bool alone = kinds & FORMATTING, all = kinds & BARRIER;

	if (at < w->open.n)
		tell_closed(w, &w->open.v[at]);
	for (size_t i = at + 1; i < w->open.n; i++)
		if (alone || (!all && w->open.v[i].kinds & FORMATTING))
			w->open.v[to++] = w->open.v[i];
		else
			tell_closed(w, &w->open.v[i]);
	if (at < w->open.n)
		w->open.n = to;
}

static void begin_element(struct html_walk *w, struct html_element e)
{
	bool empty = is_void(e.name);

	w->is_odd |= is_odd(e.name);
	e.kinds = kinds_of(e.name);
	if (ends_paragraph(e.name))
		end_element(w, STR("p"), SPECIAL);
	if (ends_itself(e.name) && w->open.n > floor_of(w) &&
	    str_eq(w->open.v[w->open.n - 1].name, e.name)) {
		tell_closed(w, &w->open.v[w->open.n - 1]);
		w->open.n--;
	}
	if (w->open.n >= OPEN_MAX) {
		w->is_lost = true;
		return;
	}
	e.is_optional = w->floors.n > 0;
	vec_push(&w->open, e);
	if (w->seer)
		w->seer->open(w->owner, w, empty);
	if (empty)
		w->open.n--;
}

/* --- tags and text --- */

static struct str slice(const struct html_walk *w, size_t from, size_t to)
{
	if (to > w->html.len)
		to = w->html.len;
	return (struct str){ w->html.s + from, to > from ? to - from : 0 };
}

static void take_tag(struct html_walk *w, size_t behind)
{
	struct html_element e = { .at = w->tag_at,
				  .source = slice(w, w->tag_at, behind) };
	size_t from = w->scan.end_tag ? 2 : 1, n = from;

	while (n < e.source.len && !strchr(" \t\r\n\f/>", e.source.s[n]))
		n++;
	e.name = (struct str){ e.source.s + from, n > from ? n - from : 0 };
	if (w->scan.end_tag && e.name.len == 0) /* behind the end */
		e.name = str_of(w->scan.tag);
	if (w->scan.end_tag)
		end_element(w, e.name, kinds_of(e.name));
	else if (str_ieq(e.name, "plaintext") || str_ieq(e.name, "frameset"))
		w->plain_at = w->plain_at < e.at ? w->plain_at : e.at;
	if (!w->scan.end_tag)
		begin_element(w, e);
}

/* <!--[if mso]>...<![endif]--> is one comment; one that hides nothing from
 * others ends at once: <!--[if !mso]><!--> and <![if !mso]>. */
static void take_comment(struct html_walk *w, size_t behind)
{
	struct str text = slice(w, w->tag_at, behind);

	if (memmem(text.s, text.len, "[endif]", 7))
		w->in_conditional = false;
	else if (memmem(text.s, text.len, "[if", 3))
		w->in_conditional = true;
	else if (memmem(text.s, text.len, "[CDATA[", 7))
		w->is_odd = true;
}

static void take_words(struct html_walk *w, size_t end)
{
	if (w->seer && end > w->words_at)
		w->seer->words(w->owner, w, slice(w, w->words_at, end));
}

static bool is_in_tag(enum html_place place)
{
	return place == HTML_TAG_NAME || place == HTML_IN_TAG ||
	       place == HTML_ATTR_NAME || place == HTML_AFTER_NAME ||
	       place == HTML_BEFORE_VALUE || place == HTML_VALUE_BARE;
}

static bool is_raw(enum html_place place)
{
	return place == HTML_RAW || place == HTML_RCDATA;
}

static void take_byte(struct html_walk *w, size_t at, char c)
{
	enum html_place before = w->scan.place, after;

	html_scan_byte(&w->scan, c);
	after = w->scan.place;
	if (c == '<' && (before == HTML_TEXT || is_raw(before) ||
			 before == HTML_TAG_OPEN)) {
		if (before == HTML_TEXT)
			take_words(w, at);
		w->tag_at = at;
	}
	if ((is_in_tag(before) && c == '>') ||
	    (is_raw(before) && after == HTML_TEXT))
		take_tag(w, at + 1);
	else if (c == '>' && after == HTML_TEXT &&
		 (before == HTML_COMMENT || before == HTML_BOGUS ||
		  before == HTML_DECLARATION))
		take_comment(w, at + 1);
	/* a < that begins no tag is text, and what follows it */
	if (after == HTML_TEXT && before != HTML_TEXT)
		w->words_at = before == HTML_TAG_OPEN ? at : at + 1;
}

/* --- merge tags --- */

static bool is_condition(struct str tag, const char *word)
{
	size_t n = strlen(word);

	return tag.len > n + 2 && !strncasecmp(tag.s + 2, word, n);
}

/* In every mail; only the page in the browser leaves it out. */
static bool is_always_so(struct str tag)
{
	return str_ieq(tag, "*|IFNOT:ARCHIVE_PAGE|*");
}

static void take_structure(struct html_walk *w, struct str tag)
{
	struct html_floor floor = { .open = w->open.n,
				    .is_sure = is_always_so(tag),
				    .place = w->scan.place };
	bool ends = is_condition(tag, "END:");

	if (ends || is_condition(tag, "ELSE")) {
		if (w->floors.n == 0)
			return;
		floor = w->floors.v[--w->floors.n];
		w->conditions -= !floor.is_sure;
		w->is_unsure |= floor.place != w->scan.place;
		floor.is_sure = false;
	}
	if (ends)
		return;
	w->has_conditions |= !floor.is_sure;
	w->conditions += !floor.is_sure;
	vec_push(&w->floors, floor);
}

static void take_merge_tag(struct html_walk *w, size_t at, struct str tag)
{
	bool structure = merge_tag_is_structure(tag);

	if (w->scan.place == HTML_TEXT) {
		take_words(w, at);
		w->words_at = at + tag.len;
	}
	if (structure)
		take_structure(w, tag);
	else if (w->scan.place == HTML_TEXT && w->seer)
		w->seer->tag(w->owner, w, tag);
	if (!structure || w->scan.place == HTML_BEFORE_VALUE)
		html_scan_value(&w->scan);
}

/* --- all of it --- */

void html_walk_all(struct str html, const struct html_seer *seer, void *owner,
		   struct html_walk *out)
{
	*out = (struct html_walk){ .html = html,
				   .scan = HTML_SCAN_INIT,
				   .plain_at = SIZE_MAX,
				   .seer = seer,
				   .owner = owner };
	for (size_t at = 0; at < html.len; at++) {
		size_t tag = merge_tag_length(
			(struct str){ html.s + at, html.len - at });

		if (tag == 0) {
			take_byte(out, at, html.s[at]);
			continue;
		}
		take_merge_tag(out, at, (struct str){ html.s + at, tag });
		at += tag - 1;
	}
	if (out->scan.place == HTML_TEXT)
		take_words(out, html.len);
	out->seer = NULL;
}

void html_walk_more(struct html_walk *walk, const char *bytes)
{
	for (; *bytes; bytes++)
		take_byte(walk, walk->html.len, *bytes);
}

void html_walk_release(struct html_walk *walk)
{
	vec_release(&walk->open);
	vec_release(&walk->floors);
}

static void add_value(struct str value, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < value.len; i++) {
		struct str rest = { value.s + i, value.len - i };
		size_t n = merge_tag_length(rest);

		rest.len = n > 0 ? n : 1;
		if (n > 0 && merge_tag_is_structure(rest))
			strbuf_addstr(&text, " ; ");
		else
			strbuf_addslice(&text, rest);
		i += rest.len - 1;
	}
	html_decode(strbuf_str(&text), out);
}

bool html_tag_attr(struct str source, const char *name, struct strbuf *out)
{
	struct html_scan scan = HTML_SCAN_INIT;
	char last[sizeof(scan.attr)] = "";
	size_t value_at = 0;

	for (size_t i = 0; i < source.len; i++) {
		enum html_place before = scan.place;
		bool was_value = html_scan_in_value(&scan);
		size_t n = merge_tag_length(
			(struct str){ source.s + i, source.len - i });

		if (was_value && n > 0) {
			i += n - 1;
			continue;
		}
		memcpy(last, scan.attr, sizeof(last));
		html_scan_byte(&scan, source.s[i]);
		if (!was_value && html_scan_in_value(&scan))
			value_at = scan.place == HTML_VALUE_BARE ? i : i + 1;
		if (strcmp(last, name) != 0)
			continue;
		if (was_value && !html_scan_in_value(&scan)) {
			add_value((struct str){ source.s + value_at,
						i - value_at },
				  out);
			return true;
		}
		if ((before == HTML_ATTR_NAME || before == HTML_AFTER_NAME ||
		     before == HTML_BEFORE_VALUE) &&
		    (source.s[i] == '>' || source.s[i] == '/' ||
		     scan.place == HTML_ATTR_NAME) &&
		    before != scan.place)
			return true;
	}
	return false;
}
