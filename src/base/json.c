#include "base/json.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH_MAX 31 /* a bit of has_items per level, and the top */

/* A value or a key comes next: put the comma it needs. */
static void separate(struct json_writer *w)
{
	uint32_t bit = (uint32_t)1 << w->depth;

	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->has_items & bit) {
		BUG_ON(w->depth == 0);
		strbuf_addch(w->out, ',');
	}
	w->has_items |= bit;
}

/* A value in an object must follow its key. */
static void value(struct json_writer *w)
{
	BUG_ON(!w->after_key && w->depth > 0 &&
	       (w->in_object & ((uint32_t)1 << w->depth)));
	separate(w);
}

static void begin(struct json_writer *w, char bracket)
{
	value(w);
	BUG_ON(w->depth >= DEPTH_MAX);
	strbuf_addch(w->out, bracket);
	w->depth++;
	w->has_items &= ~((uint32_t)1 << w->depth);
}

static void end(struct json_writer *w, char bracket)
{
	BUG_ON(w->depth == 0 || w->after_key);
	strbuf_addch(w->out, bracket);
	w->depth--;
}

void json_begin_object(struct json_writer *w)
{
	begin(w, '{');
	w->in_object |= (uint32_t)1 << w->depth;
}

void json_end_object(struct json_writer *w)
{
	BUG_ON(!(w->in_object & ((uint32_t)1 << w->depth)));
	end(w, '}');
}

void json_begin_array(struct json_writer *w)
{
	begin(w, '[');
	w->in_object &= ~((uint32_t)1 << w->depth);
}

void json_end_array(struct json_writer *w)
{
	BUG_ON(w->in_object & ((uint32_t)1 << w->depth));
	end(w, ']');
}

static void add_escape(struct strbuf *out, unsigned char c)
{
	static const char *const known[] = { ['\b'] = "\\b",
					     ['\t'] = "\\t",
					     ['\n'] = "\\n",
					     ['\f'] = "\\f",
					     ['\r'] = "\\r" };

	if (c == '"')
		strbuf_add(out, "\\\"", 2);
	else if (c == '\\')
		strbuf_add(out, "\\\\", 2);
	else if (c < sizeof(known) / sizeof(known[0]) && known[c])
		strbuf_add(out, known[c], 2);
	else
		strbuf_addf(out, "\\u%04x", c);
}

/* What can be copied as it is; DEL is harmless. */
static size_t plain_prefix(struct str s)
{
	size_t i = 0;

	while (i < s.len) {
		unsigned char c = (unsigned char)s.s[i];

		if (c < 0x20 || c == '"' || c == '\\' || c >= 0x80)
			break;
		i++;
	}
	return i;
}

static void add_escaped(struct strbuf *out, struct str s)
{
	while (s.len > 0) {
		size_t n = plain_prefix(s);

		strbuf_add(out, s.s, n);
		s.s += n;
		s.len -= n;
		if (s.len == 0)
			break;
		if ((unsigned char)s.s[0] < 0x80) {
			add_escape(out, (unsigned char)s.s[0]);
			n = 1;
		} else {
			n = utf8_sequence(s);
			if (n > 0)
				strbuf_add(out, s.s, n);
			else
				strbuf_add(out, "\xEF\xBF\xBD", 3);
			n = n ? n : 1;
		}
		s.s += n;
		s.len -= n;
	}
}

static void add_quoted(struct strbuf *out, struct str s)
{
	strbuf_reserve(out, s.len + 2);
	strbuf_addch(out, '"');
	add_escaped(out, s);
	strbuf_addch(out, '"');
}

void json_key(struct json_writer *w, const char *key)
{
	BUG_ON(w->after_key);
	BUG_ON(w->depth == 0);
	BUG_ON(!(w->in_object & ((uint32_t)1 << w->depth)));
	separate(w);
	add_quoted(w->out, str_of(key));
	strbuf_addch(w->out, ':');
	w->after_key = true;
}

void json_str(struct json_writer *w, struct str s)
{
	value(w);
	add_quoted(w->out, s);
}

void json_text(struct json_writer *w, const char *s)
{
	if (s)
		json_str(w, str_of(s));
	else
		json_nothing(w);
}

void json_int(struct json_writer *w, int64_t n)
{
	value(w);
	strbuf_addint(w->out, n);
}

void json_number(struct json_writer *w, double n)
{
	char text[32];

	if (!isfinite(n)) {
		json_nothing(w);
		return;
	}
	value(w);
	/* the shortest of two that reads back as the same number */
	(void)snprintf(text, sizeof(text), "%.15g", n);
	if (strtod(text, NULL) != n)
		(void)snprintf(text, sizeof(text), "%.17g", n);
	strbuf_addstr(w->out, text);
}

void json_bool(struct json_writer *w, bool b)
{
	value(w);
	strbuf_addstr(w->out, b ? "true" : "false");
}

void json_nothing(struct json_writer *w)
{
	value(w);
	strbuf_addstr(w->out, "null");
}

void json_time(struct json_writer *w, int64_t ms)
{
	value(w);
	strbuf_addch(w->out, '"');
	if (ms)
		time_format_iso(ms, w->out);
	strbuf_addch(w->out, '"');
}

void json_time_or_null(struct json_writer *w, int64_t ms)
{
	if (ms)
		json_time(w, ms);
	else
		json_nothing(w);
}

void json_raw(struct json_writer *w, struct str json)
{
	value(w);
	strbuf_addslice(w->out, json);
}

void json_tree(struct json_writer *w, const json_t *tree)
{
	value(w);
	json_dump(tree, w->out);
}

void json_key_text(struct json_writer *w, const char *key, const char *s)
{
	json_key(w, key);
	json_text(w, s);
}

void json_key_int(struct json_writer *w, const char *key, int64_t n)
{
	json_key(w, key);
	json_int(w, n);
}

void json_key_number(struct json_writer *w, const char *key, double n)
{
	json_key(w, key);
	json_number(w, n);
}

void json_key_bool(struct json_writer *w, const char *key, bool b)
{
	json_key(w, key);
	json_bool(w, b);
}

void json_key_time(struct json_writer *w, const char *key, int64_t ms)
{
	json_key(w, key);
	json_time(w, ms);
}

void json_key_time_or_null(struct json_writer *w, const char *key, int64_t ms)
{
	json_key(w, key);
	json_time_or_null(w, ms);
}

void json_key_raw(struct json_writer *w, const char *key, struct str json)
{
	json_key(w, key);
	json_raw(w, json);
}

void json_key_begin_object(struct json_writer *w, const char *key)
{
	json_key(w, key);
	json_begin_object(w);
}

void json_key_begin_array(struct json_writer *w, const char *key)
{
	json_key(w, key);
	json_begin_array(w);
}
