#include "campaign/rss/feed_html.h"

#include "base/cleanup.h"
#include "base/text/html_entity.h"
#include "base/text/uri.h"
#include "base/vec.h"
#include "httpc/httpc.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define ATTRIBUTES_MAX 64   /* of a tag; the rest is left out */
#define BAR "\xE2\x88\xA3"  /* U+2223, looks like one and is none */
#define STAR "\xE2\x88\x97" /* U+2217, the same of a star */
#define OPEN_MAX 100  /* elements in each other; deeper ones are left out */
#define WIDTH_MAX 600 /* pixels of an image that is constrained */

/* --- text --- */

/* ASCII letters and digits: no blank, no mark, nothing nobody sees. */
static size_t first_word(struct str s)
{
	size_t at = 0;

	while (at < s.len && !isalnum((unsigned char)s.s[at]))
		at++;
	return at;
}

static size_t last_word(struct str s)
{
	size_t at = s.len;

	while (at > 0 && !isalnum((unsigned char)s.s[at - 1]))
		at--;
	return at;
}

/* Signs that are taken for a star or a bar (campaign/merge/merge_scan.c). */
static size_t sign_at(struct str s, size_t at, const char **as)
{
	struct str rest = { s.s + at, s.len - at };

	*as = BAR;
	if (str_starts(rest, "\xEF\xBD\x9C")) /* fullwidth bar */
		return 3;
	*as = STAR;
	return str_starts(rest, "\xEF\xBC\x8A") ? 3 : 0; /* fullwidth star */
}

void feed_text_add(struct str s, struct strbuf *out)
{
	size_t first = first_word(s), last = last_word(s);
	bool has_star = memchr(s.len ? s.s : "", '*', s.len) != NULL;
	const char *as;
	size_t n;

	for (size_t at = 0; at < s.len; at += n) {
		unsigned char c = (unsigned char)s.s[at];

		n = sign_at(s, at, &as);
		if (n > 0) {
			strbuf_addstr(out, as);
			continue;
		}
		n = 1;
		if (c == '|' && (has_star || at < first || at >= last))
			strbuf_addstr(out, BAR);
		else if (c == '*' && (at < first || at >= last))
			strbuf_addstr(out, STAR);
		else if (c >= 0x20 && c != 0x7f)
			strbuf_addch(out, (char)c);
		else if (c == '\t' || c == '\n' || c == '\r')
			strbuf_addch(out, c == '\r' ? '\n' : (char)c);
	}
}

/* An address has no bars; a star means the same if it is escaped. */
static void add_starless(const char *url, struct strbuf *out)
{
	for (; *url; url++)
		if (*url == '*')
			strbuf_addstr(out, "%2A");
		else
			strbuf_addch(out, *url);
}

bool feed_url_add(const char *base, struct str url, bool mail,
		  struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf uri = STRBUF_INIT;

	url = str_trim(url);
	for (size_t i = 0; i < url.len; i++) /* as browsers read it */
		if ((unsigned char)url.s[i] >= 0x20)
			strbuf_addch(&text, url.s[i]);
	if (text.len == 0 || text.len > 2000 || strlen(text.buf) != text.len)
		return false;
	uri_of_text(strbuf_str(&text), &uri);
	if (mail && strncasecmp(uri.buf, "mailto:", 7) == 0) {
		add_starless(uri.buf, out);
		return true;
	}
	strbuf_reset(&text);
	if (!httpc_resolve(base, uri.buf, &text))
		return false;
	add_starless(text.buf, out);
	return true;
}

/* --- tags --- */

struct tag {
	char name[12]; /* lower case; "": a name that is too long */
	bool is_end;
	struct str attributes;
	size_t len; /* of all of it */
};

static size_t comment_length(struct str s)
{
	const char *end = memmem(s.s, s.len, "-->", 3);

	return end ? (size_t)(end - s.s) + 3 : s.len;
}

/* To behind the >, which may stand in quotes. */
static size_t tag_length(struct str s)
{
	char quote = 0;

	for (size_t at = 1; at < s.len; at++) {
		char c = s.s[at];

		if (quote)
			quote = c == quote ? 0 : quote;
		else if ((c == '"' || c == '\'') && s.s[at - 1] == '=')
			quote = c;
		else if (c == '>')
			return at + 1;
	}
	return s.len;
}

/* s begins with <. false: it is text. */
static bool tag_read(struct str s, struct tag *out)
{
	size_t at = 1, n = 0;

	*out = (struct tag){ .len = 0 };
	if (str_starts(s, "<!--"))
		out->len = comment_length(s);
	else if (s.len > 1 && (s.s[1] == '!' || s.s[1] == '?'))
		out->len = tag_length(s);
	if (out->len > 0)
		return true;
	out->is_end = s.len > 1 && s.s[1] == '/';
	at += out->is_end;
	if (at >= s.len || !isalpha((unsigned char)s.s[at]))
		return false;
	for (; at < s.len && !strchr(" \t\r\n\f/>", s.s[at]); at++)
		if (n < sizeof(out->name))
			out->name[n++] = (char)tolower((unsigned char)s.s[at]);
	if (n < sizeof(out->name))
		out->name[n] = '\0';
	else
		out->name[0] = '\0';
	out->len = tag_length(s);
	out->attributes = (struct str){ s.s + at, out->len - at };
	if (at > out->len)
		out->attributes.len = 0;
	return true;
}

/* The next of the attributes; value: decoded. */
static bool next_attribute(struct str *rest, struct strbuf *name,
			   struct strbuf *value)
{
	size_t at = 0;
	char quote = 0;

	strbuf_reset(name);
	strbuf_reset(value);
	while (at < rest->len && strchr(" \t\r\n\f/>", rest->s[at]))
		at++;
	if (at >= rest->len)
		return false;
	while (at < rest->len && !strchr(" \t\r\n\f/>=", rest->s[at]))
		strbuf_addch(name, rest->s[at++]);
	while (at < rest->len && strchr(" \t\r\n\f", rest->s[at]))
		at++;
	if (at < rest->len && rest->s[at] == '=') {
		size_t from;

		at++;
		while (at < rest->len && strchr(" \t\r\n\f", rest->s[at]))
			at++;
		if (at < rest->len && strchr("\"'", rest->s[at]))
			quote = rest->s[at++];
		from = at;
		while (at < rest->len &&
		       (quote ? rest->s[at] != quote
			      : !strchr(" \t\r\n\f>", rest->s[at])))
			at++;
		html_decode((struct str){ rest->s + from, at - from }, value);
		at += quote && at < rest->len;
	}
	strbuf_tolower(name);
	*rest = (struct str){ rest->s + at, rest->len - at };
	return true;
}

/* --- what may stay --- */

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool is_void(const char *name)
{
	static const char *const names[] = { "br", "hr", "img" };

	return is_one_of(name, names, ARRAY_SIZE(names));
}

static bool may_stay(const char *name)
{
	static const char *const names[] = {
		"a",     "abbr",       "b",   "blockquote", "br",  "cite",
		"code",  "dd",         "del", "div",        "dl",  "dt",
		"em",    "figcaption", "h1",  "h2",         "h3",  "h4",
		"h5",    "h6",         "hr",  "i",          "img", "ins",
		"li",    "ol",         "p",   "pre",        "q",   "s",
		"small", "span",       "sub", "strong",     "sup", "table",
		"tbody", "td",         "th",  "thead",      "tr",  "u",
		"ul",
	};

	return is_one_of(name, names, ARRAY_SIZE(names));
}

/* What is in them is not for readers. */
static bool is_silent(const char *name)
{
	static const char *const names[] = {
		"script",   "style",  "iframe",  "object",   "noscript",
		"textarea", "title",  "svg",     "math",     "template",
		"xmp",      "select", "noembed", "noframes", "plaintext",
		"applet",   "audio",  "video",   "canvas",   "button",
	};

	return is_one_of(name, names, ARRAY_SIZE(names));
}

static size_t behind_silent(struct str s, const char *name)
{
	size_t n = strlen(name);

	for (size_t at = 0; at + n + 2 <= s.len; at++)
		if (s.s[at] == '<' && s.s[at + 1] == '/' &&
		    strncasecmp(s.s + at + 2, name, n) == 0)
			return at +
			       tag_length((struct str){ s.s + at, s.len - at });
	return s.len;
}

static size_t text_length(struct str s)
{
	const char *end = s.len > 1 ? memchr(s.s + 1, '<', s.len - 1) : NULL;

	return end ? (size_t)(end - s.s) : s.len;
}

/* Words up to the next tag, or a tag. */
struct piece {
	bool is_tag;
	bool is_silent; /* a tag, and what it holds, of which nothing stays */
	struct str text;
	struct tag tag;
};

/* false: there is no more. */
static bool next_piece(struct str html, size_t *at, struct piece *out)
{
	struct str rest = { html.s + *at, html.len - *at };

	if (rest.len == 0)
		return false;
	out->is_tag = rest.s[0] == '<' && tag_read(rest, &out->tag);
	if (!out->is_tag) {
		out->text = (struct str){ rest.s, text_length(rest) };
		*at += out->text.len;
		return true;
	}
	*at += out->tag.len;
	out->is_silent = !out->tag.is_end && is_silent(out->tag.name);
	if (out->is_silent)
		*at += behind_silent(
			(struct str){ html.s + *at, html.len - *at },
			out->tag.name);
	return true;
}

/* --- writing --- */

struct open_tag {
	char name[12];
};

struct cleaner {
	const struct feed_html_how *how;
	struct strbuf *out;
	VEC(struct open_tag) open;
};

static void add_escaped(struct str text, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf safe = STRBUF_INIT;

	feed_text_add(text, &safe);
	strbuf_add_html(out, strbuf_str(&safe));
}

static void add_attribute(const char *name, struct str value,
			  struct strbuf *out)
{
	strbuf_addf(out, " %s=\"", name);
	add_escaped(value, out);
	strbuf_addch(out, '"');
}

static void add_url(struct cleaner *c, const char *name, struct str value)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;

	if (!feed_url_add(c->how->base, value, strcmp(name, "href") == 0, &url))
		return;
	strbuf_addf(c->out, " %s=\"", name);
	strbuf_add_html(c->out, strbuf_str(&url));
	strbuf_addch(c->out, '"');
}

/* A number of pixels or cells. */
static void add_number(struct cleaner *c, const char *name, struct str value,
		       int64_t max)
{
	int64_t n;

	if (str_to_int(str_trim(value), &n) && n > 0)
		strbuf_addf(c->out, " %s=\"%lld\"", name,
			    (long long)(n < max ? n : max));
}

static void take_attribute(struct cleaner *c, const char *tag, const char *name,
			   struct str value)
{
	bool is_image = strcmp(tag, "img") == 0;
	bool is_size =
		strcmp(name, "width") == 0 || strcmp(name, "height") == 0;

	if ((strcmp(tag, "a") == 0 && strcmp(name, "href") == 0) ||
	    (is_image && strcmp(name, "src") == 0))
		add_url(c, name, value);
	else if (strcmp(name, "title") == 0 ||
		 (is_image && strcmp(name, "alt") == 0))
		add_attribute(name, value, c->out);
	else if (is_image && is_size && !c->how->constrain)
		add_number(c, name, value, 2000);
	else if (is_image && strcmp(name, "width") == 0)
		add_number(c, name, value, WIDTH_MAX);
	else if ((strcmp(tag, "td") == 0 || strcmp(tag, "th") == 0) &&
		 (strcmp(name, "colspan") == 0 || strcmp(name, "rowspan") == 0))
		add_number(c, name, value, 100);
}

static void add_start(struct cleaner *c, const struct tag *tag)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf seen = STRBUF_INIT;
	struct str rest = tag->attributes;
	int n = 0;

	strbuf_addf(c->out, "<%s", tag->name);
	while (n++ < ATTRIBUTES_MAX && next_attribute(&rest, &name, &value)) {
		CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;

		/* of two of a name the first counts, as in browsers */
		strbuf_addf(&key, " %s ", name.buf);
		if (strstr(seen.buf, key.buf))
			continue;
		strbuf_addslice(&seen, strbuf_str(&key));
		take_attribute(c, tag->name, name.buf, strbuf_str(&value));
	}
	if (strcmp(tag->name, "img") == 0 && c->how->constrain)
		strbuf_addstr(c->out, " style=\"max-width:100%;height:auto\"");
	strbuf_addch(c->out, '>');
}

static void close_last(struct cleaner *c)
{
	strbuf_addf(c->out, "</%s>", c->open.v[--c->open.n].name);
}

/* Ends it, and all that is open in it; nothing, if it is not open. */
static void end_of(struct cleaner *c, const char *name)
{
	for (size_t i = c->open.n; i > 0; i--) {
		if (strcmp(c->open.v[i - 1].name, name) != 0)
			continue;
		while (c->open.n >= i)
			close_last(c);
		return;
	}
}

/* Parts of a table only where they belong: elsewhere they would end, or break
 * out of, the table that the author has around it. */
static bool fits(const struct cleaner *c, const char *name)
{
	static const struct {
		const char *name, *in[3];
	} parts[] = {
		{ "tr", { "table", "tbody", "thead" } },
		{ "td", { "tr" } },
		{ "th", { "tr" } },
		{ "tbody", { "table" } },
		{ "thead", { "table" } },
	};
	const char *last = c->open.n ? c->open.v[c->open.n - 1].name : "";

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (strcmp(parts[i].name, name) != 0)
			continue;
		for (size_t j = 0; j < 3 && parts[i].in[j]; j++)
			if (strcmp(last, parts[i].in[j]) == 0)
				return true;
		return false;
	}
	return true;
}

/* What ends by itself where the next of its kind begins. */
static void end_before(struct cleaner *c, const char *name)
{
	static const char *const again[] = { "p",  "a",  "h1", "h2",
					     "h3", "h4", "h5", "h6" };
	const char *last = c->open.n ? c->open.v[c->open.n - 1].name : "";
	bool is_cell = !strcmp(name, "td") || !strcmp(name, "th");

	if (is_one_of(name, again, ARRAY_SIZE(again)) && !strcmp(name, "a"))
		end_of(c, name);
	else if ((is_one_of(name, again, ARRAY_SIZE(again)) ||
		  !strcmp(name, "li")) &&
		 !strcmp(last, name))
		close_last(c);
	else if (is_cell && (!strcmp(last, "td") || !strcmp(last, "th")))
		close_last(c);
	else if (!strcmp(name, "tr") &&
		 (!strcmp(last, "td") || !strcmp(last, "th")))
		end_of(c, "tr");
	else if (!strcmp(name, "tr") && !strcmp(last, "tr"))
		close_last(c);
}

static void take_tag(struct cleaner *c, const struct tag *tag)
{
	struct open_tag open;

	if (!may_stay(tag->name))
		return;
	if (tag->is_end) {
		if (!is_void(tag->name))
			end_of(c, tag->name);
		return;
	}
	end_before(c, tag->name);
	if (!fits(c, tag->name) || c->open.n >= OPEN_MAX)
		return;
	add_start(c, tag);
	if (is_void(tag->name))
		return;
	memcpy(open.name, tag->name, sizeof(open.name));
	vec_push(&c->open, open);
}

static void take_text(struct cleaner *c, struct str text)
{
	CLEANUP(strbuf_release) struct strbuf decoded = STRBUF_INIT;

	html_decode(text, &decoded);
	add_escaped(strbuf_str(&decoded), c->out);
}

void feed_html_add(struct str html, const struct feed_html_how *how,
		   struct strbuf *out)
{
	struct cleaner c = { .how = how, .out = out };
	size_t start = out->len, at = 0;
	struct piece piece;

	while (out->len - start < how->max && next_piece(html, &at, &piece)) {
		if (!piece.is_tag)
			take_text(&c, piece.text);
		else if (!piece.is_silent)
			take_tag(&c, &piece.tag);
	}
	while (c.open.n > 0)
		close_last(&c);
	vec_release(&c.open);
}

/* --- words alone --- */

static void add_words(struct str text, struct strbuf *out)
{
	for (size_t at = 0; at < text.len; at++)
		if (!isspace((unsigned char)text.s[at]))
			strbuf_addch(out, text.s[at]);
		else if (out->len > 0 && out->buf[out->len - 1] != ' ')
			strbuf_addch(out, ' ');
}

void feed_plain_add(struct str html, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf words = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf decoded = STRBUF_INIT;
	struct piece piece;
	size_t at = 0;

	while (next_piece(html, &at, &piece)) {
		if (piece.is_tag)
			strbuf_addch(&words, ' ');
		else
			strbuf_addslice(&words, piece.text);
	}
	html_decode(strbuf_str(&words), &decoded);
	strbuf_reset(&words);
	add_words(strbuf_str(&decoded), &words);
	strbuf_trim(&words);
	feed_text_add(strbuf_str(&words), out);
}
