#include "campaign/html/html_scan.h"

#include "base/cleanup.h"

#include <strings.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* A name longer than the room is cut: none that we look for is so long. */
static void add_to(char *name, size_t size, char c)
{
	size_t n = strlen(name);

	if (n + 1 < size) {
		name[n] = lower(c);
		name[n + 1] = '\0';
	}
}

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(name, list[i]))
			return true;
	return false;
}

static enum html_place place_in_element(const char *tag)
{
	static const char *const raw[] = { "script",   "style",   "xmp",
					   "iframe",   "noembed", "noframes",
					   "plaintext" };
	static const char *const rcdata[] = { "title", "textarea" };

	if (is_one_of(tag, raw, ARRAY_SIZE(raw)))
		return HTML_RAW;
	if (is_one_of(tag, rcdata, ARRAY_SIZE(rcdata)))
		return HTML_RCDATA;
	return HTML_TEXT;
}

static void end_of_tag(struct html_scan *scan)
{
	scan->place = HTML_TEXT;
	scan->attr[0] = '\0';
	if (scan->end_tag)
		return;
	scan->place = place_in_element(scan->tag);
	if (scan->place != HTML_TEXT) {
		memcpy(scan->raw, scan->tag, sizeof(scan->raw));
		scan->matched = 0;
	}
}

static void begin_value(struct html_scan *scan, enum html_place place)
{
	scan->place = place;
	scan->value[0] = '\0';
	scan->past_query = false;
}

static void in_value(struct html_scan *scan, char c)
{
	if (c == '?')
		scan->past_query = true;
	if (scan->value[0] || !is_space(c))
		add_to(scan->value, sizeof(scan->value), c);
}

/* </style followed by white space, / or > ends raw text. */
static void in_raw(struct html_scan *scan, char c)
{
	size_t n = strlen(scan->raw);

	if (scan->matched == n + 2 && (is_space(c) || c == '/' || c == '>')) {
		scan->end_tag = true;
		memcpy(scan->tag, scan->raw, sizeof(scan->tag));
		scan->place = HTML_IN_TAG;
		if (c == '>')
			end_of_tag(scan);
		return;
	}
	if (scan->matched == 1 && c == '/')
		scan->matched = 2;
	else if (scan->matched >= 2 && scan->matched < n + 2 &&
		 lower(c) == scan->raw[scan->matched - 2])
		scan->matched++;
	else
		scan->matched = c == '<';
}

/* matched: dashes seen, 2 at most; --!> ends a comment as well. */
static void in_comment(struct html_scan *scan, char c)
{
	if (c == '>' && scan->matched >= 2)
		scan->place = HTML_TEXT;
	else if (c == '-')
		scan->matched = scan->matched < 2 ? scan->matched + 1 : 2;
	else if (c == '!' && scan->matched == 2)
		scan->matched = 3;
	else
		scan->matched = 0;
}

static void in_declaration(struct html_scan *scan, char c)
{
	if (c == '-') {
		/* <!--> and <!---> are whole comments: both dashes count */
		if (++scan->matched == 2)
			scan->place = HTML_COMMENT;
		return;
	}
	scan->place = c == '>' ? HTML_TEXT : HTML_BOGUS;
}

static void begin_tag(struct html_scan *scan, char c, bool end_tag)
{
	scan->place = HTML_TAG_NAME;
	scan->end_tag = end_tag;
	scan->tag[0] = scan->attr[0] = '\0';
	add_to(scan->tag, sizeof(scan->tag), c);
}

static void behind_less(struct html_scan *scan, char c)
{
	if (c == '/' && scan->place == HTML_TAG_OPEN) {
		scan->place = HTML_END_OPEN;
	} else if (is_letter(c)) {
		begin_tag(scan, c, scan->place == HTML_END_OPEN);
	} else if (c == '!' && scan->place == HTML_TAG_OPEN) {
		scan->place = HTML_DECLARATION;
		scan->matched = 0;
	} else if (scan->place == HTML_END_OPEN && c == '>') {
		scan->place = HTML_TEXT;
	} else if (scan->place == HTML_END_OPEN || c == '?') {
		scan->place = HTML_BOGUS;
	} else {
		scan->place = c == '<' ? HTML_TAG_OPEN : HTML_TEXT;
	}
}

static void between_attributes(struct html_scan *scan, char c)
{
	if (c == '>') {
		end_of_tag(scan);
	} else if (c == '=' && scan->place == HTML_AFTER_NAME) {
		scan->place = HTML_BEFORE_VALUE;
	} else if (c == '/') {
		scan->place = HTML_IN_TAG;
	} else if (!is_space(c)) {
		scan->place = HTML_ATTR_NAME;
		scan->attr[0] = '\0';
		add_to(scan->attr, sizeof(scan->attr), c);
	}
}

static void in_name(struct html_scan *scan, char c)
{
	bool attr = scan->place == HTML_ATTR_NAME;

	if (c == '>')
		end_of_tag(scan);
	else if (c == '/')
		scan->place = HTML_IN_TAG;
	else if (is_space(c))
		scan->place = attr ? HTML_AFTER_NAME : HTML_IN_TAG;
	else if (attr && c == '=')
		scan->place = HTML_BEFORE_VALUE;
	else if (attr)
		add_to(scan->attr, sizeof(scan->attr), c);
	else
		add_to(scan->tag, sizeof(scan->tag), c);
}

static void before_value(struct html_scan *scan, char c)
{
	if (is_space(c))
		return;
	if (c == '>') {
		end_of_tag(scan);
	} else if (c == '"') {
		begin_value(scan, HTML_VALUE_DOUBLE);
	} else if (c == '\'') {
		begin_value(scan, HTML_VALUE_SINGLE);
	} else {
		begin_value(scan, HTML_VALUE_BARE);
		in_value(scan, c);
	}
}

void html_scan_byte(struct html_scan *scan, char c)
{
	switch (scan->place) {
	case HTML_TEXT:
		if (c == '<')
			scan->place = HTML_TAG_OPEN;
		break;
	case HTML_TAG_OPEN:
	case HTML_END_OPEN:
		behind_less(scan, c);
		break;
	case HTML_TAG_NAME:
	case HTML_ATTR_NAME:
		in_name(scan, c);
		break;
	case HTML_IN_TAG:
	case HTML_AFTER_NAME:
		between_attributes(scan, c);
		break;
	case HTML_BEFORE_VALUE:
		before_value(scan, c);
		break;
	case HTML_VALUE_DOUBLE:
	case HTML_VALUE_SINGLE:
		if (c == (scan->place == HTML_VALUE_DOUBLE ? '"' : '\''))
			scan->place = HTML_IN_TAG;
		else
			in_value(scan, c);
		break;
	case HTML_VALUE_BARE:
		if (c == '>')
			end_of_tag(scan);
		else if (is_space(c))
			scan->place = HTML_IN_TAG;
		else
			in_value(scan, c);
		break;
	case HTML_DECLARATION:
		in_declaration(scan, c);
		break;
	case HTML_COMMENT:
		in_comment(scan, c);
		break;
	case HTML_BOGUS:
		if (c == '>')
			scan->place = HTML_TEXT;
		break;
	case HTML_RCDATA:
	case HTML_RAW:
		in_raw(scan, c);
		break;
	}
}

void html_scan_value(struct html_scan *scan)
{
	/* As a character that is special nowhere. */
	html_scan_byte(scan, 'x');
}

bool html_scan_in_value(const struct html_scan *scan)
{
	return scan->place == HTML_VALUE_DOUBLE ||
	       scan->place == HTML_VALUE_SINGLE ||
	       scan->place == HTML_VALUE_BARE;
}

bool html_scan_in_url(const struct html_scan *scan)
{
	static const char *const attrs[] = {
		"href",   "src",        "action",     "background", "cite",
		"poster", "formaction", "xlink:href", "longdesc",
	};

	return (html_scan_in_value(scan) || scan->place == HTML_BEFORE_VALUE) &&
	       is_one_of(scan->attr, attrs, ARRAY_SIZE(attrs));
}

#define TAG_MAX 500

size_t merge_tag_length(struct str s)
{
	size_t most = s.len < TAG_MAX ? s.len : TAG_MAX;

	if (s.len < 5 || s.s[0] != '*' || s.s[1] != '|' || !is_letter(s.s[2]))
		return 0;
	for (size_t i = 2; i + 1 < most; i++) {
		char c = s.s[i], next = s.s[i + 1];

		if (c == '|' && next == '*')
			return i + 2;
		if (c == '\n' || c == '\r' || (c == '*' && next == '|'))
			return 0;
		if (c == '<' && (is_letter(next) || next == '/' || next == '!'))
			return 0;
	}
	return 0;
}

bool merge_tag_is_structure(struct str s)
{
	static const char *const words[] = { "IF:",   "IFNOT:", "ELSEIF:",
					     "ELSE:", "END:",   "INTERESTED:",
					     "ELSE|" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i]);

		if (s.len >= n + 2 && !strncasecmp(s.s + 2, words[i], n))
			return true;
	}
	return false;
}
