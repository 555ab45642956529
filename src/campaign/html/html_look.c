#include "campaign/html/html_look.h"

#include "campaign/html/html_scan.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 200
#define SAME_COLOUR 24 /* of 255, in each of red, green and blue */

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

/* --- colours --- */

static bool hex_colour(struct str s, int *out)
{
	char digits[7] = "";
	char *end;

	if (s.len == 3)
		for (int i = 0; i < 6; i++)
			digits[i] = s.s[i / 2];
	else if (s.len == 6)
		memcpy(digits, s.s, 6);
	else
		return false;
	*out = (int)strtol(digits, &end, 16);
	return *end == '\0';
}

static bool rgb_colour(struct str s, int *out)
{
	int parts[3] = { 0 };
	size_t at = 0;

	for (int i = 0; i < 3; i++) {
		while (at < s.len && (s.s[at] < '0' || s.s[at] > '9'))
			at++;
		while (at < s.len && s.s[at] >= '0' && s.s[at] <= '9' &&
		       parts[i] < 256)
			parts[i] = parts[i] * 10 + s.s[at++] - '0';
	}
	*out = parts[0] << 16 | parts[1] << 8 | parts[2];
	return parts[0] < 256 && parts[1] < 256 && parts[2] < 256;
}

/* false: a colour that we do not know, or none. */
static bool read_colour(struct str s, int *out)
{
	static const struct {
		const char *name;
		int colour;
	} names[] = {
		{ "white", 0xffffff },     { "black", 0x000000 },
		{ "gray", 0x808080 },      { "grey", 0x808080 },
		{ "silver", 0xc0c0c0 },    { "whitesmoke", 0xf5f5f5 },
		{ "lightgray", 0xd3d3d3 }, { "lightgrey", 0xd3d3d3 },
		{ "red", 0xff0000 },       { "blue", 0x0000ff },
		{ "navy", 0x000080 },      { "yellow", 0xffff00 },
	};

	s = str_trim(s);
	if (str_starts(s, "#"))
		return hex_colour((struct str){ s.s + 1, s.len - 1 }, out);
	if (s.len > 4 && strncasecmp(s.s, "rgb(", 4) == 0)
		return rgb_colour(s, out);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_ieq(s, names[i].name)) {
			*out = names[i].colour;
			return true;
		}
	return false;
}

static bool is_same(int a, int b)
{
	for (int shift = 0; shift <= 16; shift += 8)
		if (abs((a >> shift & 255) - (b >> shift & 255)) > SAME_COLOUR)
			return false;
	return true;
}

/* --- elements and their styles --- */

struct element {
	char tag[16];
	bool is_hidden, is_tiny;
	int colour, behind;
};

static bool is_zero(struct str value)
{
	double n;
	size_t len = 0;

	value = str_trim(value);
	while (len < value.len && strchr("0123456789.+-", value.s[len]))
		len++;
	return len > 0 && str_to_double((struct str){ value.s, len }, &n) &&
	       n > -0.01 && n < 0.01;
}

/* Far off to a side: nobody scrolls there. */
static bool is_far(struct str value)
{
	value = str_trim(value);
	return value.len > 4 && value.s[0] == '-' && value.s[1] >= '1' &&
	       value.s[2] >= '0' && value.s[2] <= '9' && value.s[3] >= '0' &&
	       value.s[3] <= '9';
}

static void take_size(struct element *e, struct str value)
{
	double px;
	size_t len = strspn(value.s, "0123456789.");

	e->is_tiny =
		len > 0 && len <= value.len &&
		str_to_double((struct str){ value.s, len }, &px) &&
		px < (str_ends(value, "em") || str_ends(value, "%") ? 0.1 : 2);
}

static void take_property(struct element *e, struct str name, struct str value)
{
	static const char *const sizes[] = { "max-height", "height", "width",
					     "max-width", "line-height" };

	if (str_ieq(name, "display"))
		e->is_hidden |= str_ieq(value, "none");
	else if (str_ieq(name, "visibility"))
		e->is_hidden |= str_ieq(value, "hidden");
	else if (str_ieq(name, "opacity"))
		e->is_hidden |= is_zero(value);
	else if (str_ieq(name, "left") || str_ieq(name, "top") ||
		 str_ieq(name, "text-indent"))
		e->is_hidden |= is_far(value);
	else if (str_ieq(name, "font-size"))
		take_size(e, value);
	else if (str_ieq(name, "color"))
		(void)read_colour(value, &e->colour); /* else as around it */
	else if (str_ieq(name, "background") ||
		 str_ieq(name, "background-color"))
		(void)read_colour(value, &e->behind);
	for (size_t i = 0; i < ARRAY_SIZE(sizes) - 1; i++)
		if (str_ieq(name, sizes[i]))
			e->is_hidden |= is_zero(value);
}

static void take_style(struct element *e, struct str style)
{
	while (style.s) {
		struct str property = str_cut(&style, ';');
		struct str name = str_cut(&property, ':');
		struct str value = str_trim(property);

		if (!property.s)
			continue;
		for (size_t i = 0; i < value.len; i++)
			if (value.s[i] == '!')
				value = str_trim((struct str){ value.s, i });
		if (value.len > 0)
			take_property(e, str_trim(name), value);
	}
}

static void take_attribute(struct element *e, const char *name,
			   struct str value)
{
	if (!strcmp(name, "style"))
		take_style(e, value);
	else if (!strcmp(name, "bgcolor"))
		(void)read_colour(value, &e->behind);
	else if (!strcmp(name, "hidden"))
		e->is_hidden = true;
	else if (!strcmp(name, "color") && !strcmp(e->tag, "font"))
		(void)read_colour(value, &e->colour);
}

/* --- the walk --- */

struct look {
	struct str html;
	const char *mark;
	struct element stack[DEPTH_MAX];
	int depth;
	enum html_seen best;
	bool in_link; /* one with the mark; its element is at link_depth */
	int link_depth;
	bool has_text;
	struct element seen_as;
	/* of the tag that is being read */
	struct element now;
	bool has_mark;
	size_t value_at;
};

static bool is_empty_element(const char *tag)
{
	static const char *const names[] = { "img",  "br",   "hr",   "meta",
					     "link", "base", "area", "col",
					     "wbr",  "input" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(tag, names[i]))
			return true;
	return false;
}

static void judge(struct look *l)
{
	const struct element *e = &l->seen_as;
	enum html_seen seen = e->is_hidden || e->is_tiny      ? HTML_HIDDEN
			      : !l->has_text                  ? HTML_NO_TEXT
			      : is_same(e->colour, e->behind) ? HTML_COLOUR
							      : HTML_SEEN;

	l->in_link = false;
	if (l->best != HTML_SEEN)
		l->best = seen;
}

static void open_element(struct look *l)
{
	if (!strcmp(l->now.tag, "img") && l->in_link && !l->now.is_hidden)
		l->has_text = true;
	if (is_empty_element(l->now.tag) || l->depth == DEPTH_MAX)
		return;
	l->stack[l->depth++] = l->now;
	if (l->has_mark && !l->in_link) {
		l->in_link = true;
		l->has_text = false;
		l->link_depth = l->depth;
		l->seen_as = l->now;
	}
}

static void close_element(struct look *l, const char *tag)
{
	int at = l->depth;

	while (at > 0 && strcmp(l->stack[at - 1].tag, tag) != 0)
		at--;
	if (at == 0)
		return;
	l->depth = at - 1;
	if (l->in_link && l->depth < l->link_depth)
		judge(l);
}

static void begin_tag(struct look *l)
{
	static const struct element page = { .colour = 0x000000,
					     .behind = 0xffffff };

	l->now = l->depth > 0 ? l->stack[l->depth - 1] : page;
	l->has_mark = false;
}

/* What a link's text looks like is said by the innermost element around it. */
static void see_text(struct look *l, char c)
{
	if (!l->in_link || strchr(" \t\r\n", c) || l->has_text)
		return;
	l->has_text = true;
	if (l->depth > 0)
		l->seen_as = l->stack[l->depth - 1];
}

static bool is_value(enum html_place place)
{
	return place == HTML_VALUE_DOUBLE || place == HTML_VALUE_SINGLE ||
	       place == HTML_VALUE_BARE;
}

static void end_value(struct look *l, const struct html_scan *scan,
		      const char *attr, size_t end)
{
	struct str value = { l->html.s + l->value_at, end - l->value_at };

	if (scan->end_tag)
		return;
	if (!strcmp(attr, "href") && !strcmp(scan->tag, "a") &&
	    memmem(value.s, value.len, l->mark, strlen(l->mark)))
		l->has_mark = true;
	take_attribute(&l->now, attr, value);
}

static void step(struct look *l, struct html_scan *scan, size_t i)
{
	enum html_place before = scan->place;
	char attr[sizeof(scan->attr)];

	memcpy(attr, scan->attr, sizeof(attr));
	if (before == HTML_TEXT && l->html.s[i] != '<')
		see_text(l, l->html.s[i]);
	html_scan_byte(scan, l->html.s[i]);
	if (scan->place == HTML_TAG_NAME && before == HTML_TAG_OPEN)
		begin_tag(l);
	if (is_value(scan->place) && !is_value(before))
		l->value_at = scan->place == HTML_VALUE_BARE ? i : i + 1;
	if (before == HTML_TAG_NAME || before == HTML_IN_TAG)
		memcpy(l->now.tag, scan->tag, sizeof(l->now.tag));
	if (is_value(before) && !is_value(scan->place))
		end_value(l, scan, attr, i);
	if (before == HTML_ATTR_NAME && scan->place != HTML_ATTR_NAME &&
	    !strcmp(attr, "hidden") && !scan->end_tag)
		l->now.is_hidden = true;
	if (l->html.s[i] == '>' && before != HTML_TEXT &&
	    before != HTML_COMMENT && before != HTML_DECLARATION &&
	    before != HTML_BOGUS && !is_value(scan->place) &&
	    (scan->place == HTML_TEXT || scan->place == HTML_RAW ||
	     scan->place == HTML_RCDATA)) {
		memcpy(l->now.tag, scan->tag, sizeof(l->now.tag));
		if (scan->end_tag)
			close_element(l, scan->tag);
		else
			open_element(l);
	}
}

enum html_seen html_link_look(struct str html, const char *mark)
{
	struct html_scan scan = HTML_SCAN_INIT;
	struct look l = { .html = html, .mark = mark };

	for (size_t i = 0; i < html.len; i++) {
		struct str rest = { html.s + i, html.len - i };
		size_t tag =
			scan.place == HTML_TEXT ? merge_tag_length(rest) : 0;

		if (tag > 0) { /* text, for who gets the mail */
			see_text(&l, 'x');
			i += tag - 1;
			continue;
		}
		step(&l, &scan, i);
	}
	if (l.in_link)
		judge(&l);
	return l.best;
}
