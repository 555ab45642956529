#include "design/design_fixture.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text/html_entity.h"

#include <string.h>
#include <strings.h>

#define DEPTH_MAX 512

struct check {
	struct str s;
	struct arena *arena;
	bool outlook; /* reads conditional comments */
	const char *open[DEPTH_MAX];
	size_t depth;
	const char *fault;
};

static void fail(struct check *c, const char *what, struct str about)
{
	if (!c->fault)
		c->fault = arena_printf(c->arena, "%s: %.*s", what,
					(int)(about.len > 80 ? 80 : about.len),
					about.s);
}

static void skip(struct check *c, size_t n)
{
	c->s = (struct str){ c->s.s + n, c->s.len - n };
}

static bool is_one_of(const char *name, const char *const *list)
{
	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list != NULL;
}

static bool is_void(const char *name)
{
	static const char *const names[] = { "br", "hr", "img", "meta", NULL };

	return is_one_of(name, names);
}

static bool is_known(const char *name)
{
	static const char *const names[] = {
		"a",          "abbr",  "article", "bdi",    "bdo",   "big",
		"blockquote", "body",  "br",      "center", "cite",  "code",
		"div",        "em",    "font",    "h1",     "h2",    "h3",
		"h4",         "h5",    "h6",      "head",   "hr",    "html",
		"img",        "kbd",   "li",      "mark",   "meta",  "ol",
		"p",          "pre",   "q",       "s",      "small", "span",
		"strong",     "style", "sub",     "sup",    "table", "tbody",
		"td",         "tfoot", "th",      "thead",  "title", "tr",
		"u",          "ul",    NULL
	};
	static const char *const outlook[] = { "noscript", "xml",
					       "o:OfficeDocumentSettings",
					       "o:PixelsPerInch", NULL };

	return is_one_of(name, names) || is_one_of(name, outlook);
}

/* As a browser would read it: what it skips in a scheme is gone. */
static bool is_bad_address(struct str value)
{
	static const char *const bad[] = { "javascript:", "vbscript:", "data:",
					   "file:", NULL };
	CLEANUP(strbuf_release) struct strbuf decoded = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf bare = STRBUF_INIT;

	html_decode(value, &decoded);
	for (size_t i = 0; i < decoded.len; i++)
		if ((unsigned char)decoded.buf[i] > ' ')
			strbuf_addch(&bare, decoded.buf[i]);
	for (size_t i = 0; bad[i]; i++)
		if (strncasecmp(bare.buf, bad[i], strlen(bad[i])) == 0)
			return true;
	return false;
}

static void check_attr(struct check *c, struct str name, struct str value)
{
	if (name.len >= 2 && strncasecmp(name.s, "on", 2) == 0)
		fail(c, "a handler", name);
	if ((str_ieq(name, "href") || str_ieq(name, "src")) &&
	    is_bad_address(value))
		fail(c, "an address that runs something", value);
	if (str_ieq(name, "style") && (str_has_word(value, "expression(") ||
				       str_has_word(value, "javascript:") ||
				       str_has_word(value, ";position:") ||
				       str_starts(value, "position:")))
		fail(c, "a style that runs something", value);
	if (memchr(value.s, '<', value.len) || memchr(value.s, '>', value.len))
		fail(c, "a bracket in an attribute", value);
}

static bool is_name_char(char ch)
{
	return ((ch | 32) >= 'a' && (ch | 32) <= 'z') ||
	       (ch >= '0' && ch <= '9') || ch == '-' || ch == ':';
}

static struct str read_name(struct check *c)
{
	struct str name = { c->s.s, 0 };

	while (c->s.len > 0 && is_name_char(*c->s.s)) {
		name.len++;
		skip(c, 1);
	}
	return name;
}

/* ` name="value"` or ` name`, once; false: no more. */
static bool read_attr(struct check *c, struct str *name, struct str *value)
{
	const char *end;

	*value = (struct str){ "", 0 };
	if (c->s.len == 0 || *c->s.s != ' ')
		return false;
	skip(c, 1);
	*name = read_name(c);
	if (name->len == 0) {
		fail(c, "no name of an attribute", c->s);
		return false;
	}
	if (c->s.len < 2 || *c->s.s != '=')
		return true;
	if (c->s.s[1] != '"') {
		fail(c, "a value without quotes", c->s);
		return false;
	}
	skip(c, 2);
	end = memchr(c->s.s, '"', c->s.len);
	if (!end) {
		fail(c, "a value without an end", c->s);
		return false;
	}
	*value = (struct str){ c->s.s, (size_t)(end - c->s.s) };
	skip(c, value->len + 1);
	return true;
}

static void note_open(struct check *c, const char *name)
{
	if (is_void(name))
		return;
	if (c->depth == DEPTH_MAX)
		fail(c, "too deep", str_of(name));
	else
		c->open[c->depth++] = name;
}

/* Up to the end tag: styles and titles hold no markup. */
static void skip_raw(struct check *c, const char *name)
{
	const char *end = arena_printf(c->arena, "</%s>", name);
	size_t n = strlen(end);

	while (c->s.len >= n && strncmp(c->s.s, end, n) != 0) {
		if (strcmp(name, "style") == 0 && *c->s.s == '<')
			fail(c, "a bracket in a style", c->s);
		skip(c, 1);
	}
}

static void read_start(struct check *c)
{
	struct str whole = c->s, attr, value;
	bool has_alt = false, has_role = false;
	const char *name;

	skip(c, 1);
	name = arena_str(c->arena, read_name(c));
	if (!is_known(name))
		fail(c, "an element that is not allowed", whole);
	while (read_attr(c, &attr, &value)) {
		check_attr(c, attr, value);
		has_alt |= str_is(attr, "alt");
		has_role |= str_is(attr, "role");
	}
	if (c->s.len == 0 || *c->s.s != '>') {
		fail(c, "a tag without an end", whole);
		return;
	}
	skip(c, 1);
	if (strcmp(name, "img") == 0 && !has_alt)
		fail(c, "a picture without alt", whole);
	if (strcmp(name, "table") == 0 && !has_role)
		fail(c, "a table without role", whole);
	note_open(c, name);
	if (strcmp(name, "style") == 0 || strcmp(name, "title") == 0)
		skip_raw(c, name);
}

static void read_end(struct check *c)
{
	struct str whole = c->s, name;

	skip(c, 2);
	name = read_name(c);
	if (c->s.len == 0 || *c->s.s != '>') {
		fail(c, "an end tag without an end", whole);
		return;
	}
	skip(c, 1);
	if (c->depth == 0 || !str_is(name, c->open[c->depth - 1]))
		fail(c, "an end tag of nothing that is open", whole);
	else
		c->depth--;
}

static const char *find(struct str s, const char *word)
{
	return memmem(s.s, s.len, word, strlen(word));
}

static void read_comment(struct check *c)
{
	const char *end;

	if (str_starts(c->s, "<![endif]-->")) {
		skip(c, strlen("<![endif]-->"));
		return;
	}
	if (c->outlook && str_starts(c->s, "<!--[if mso]>")) {
		skip(c, strlen("<!--[if mso]>"));
		return;
	}
	end = find(c->s, "-->");
	if (!end) {
		fail(c, "a comment without an end", c->s);
		return;
	}
	skip(c, (size_t)(end - c->s.s) + 3);
}

static void read_part(struct check *c)
{
	if (*c->s.s != '<')
		skip(c, 1);
	else if (str_starts(c->s, "<!doctype html>"))
		skip(c, strlen("<!doctype html>"));
	else if (str_starts(c->s, "<!"))
		read_comment(c);
	else if (str_starts(c->s, "</"))
		read_end(c);
	else
		read_start(c);
}

static const char *fault_in(struct str html, bool outlook, struct arena *arena)
{
	struct check c = { .s = html, .arena = arena, .outlook = outlook };

	while (c.s.len > 0 && !c.fault)
		read_part(&c);
	if (!c.fault && c.depth > 0)
		fail(&c, "never closed", str_of(c.open[c.depth - 1]));
	return c.fault;
}

const char *design_html_fault(struct str html, struct arena *arena)
{
	const char *fault = fault_in(html, false, arena);

	return fault ? fault : fault_in(html, true, arena);
}

/* --- documents --- */

json_t *design_parse(const char *text)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
	struct err err = ERR_INIT;
	json_t *doc = NULL;

	for (; *text; text++)
		strbuf_addch(&sb, *text == '\'' ? '"' : *text);
	BUG_ON(json_parse(strbuf_str(&sb), &doc, &err) < 0);
	return doc;
}
