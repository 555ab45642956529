#include "base/json_private.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

/* Only members of it were chosen, and it has none. */
static void take_key_back(struct json_writer *w)
{
	uint32_t bit = (uint32_t)1 << w->depth;

	strbuf_truncate(w->out, w->before_key);
	if (w->out->buf[w->before_key - 1] == '{')
		w->has_items &= ~bit;
}

/* A value in an object must follow its key. */
static void check_place(const struct json_writer *w)
{
	BUG_ON(!w->after_key && w->depth > 0 &&
	       (w->in_object & ((uint32_t)1 << w->depth)));
}

/* A value that is no container comes next. False: it is not chosen. */
static bool value(struct json_writer *w)
{
	const struct json_field *field = json_field_next(w);

	if (w->skipped)
		return false;
	check_place(w);
	if (field && w->after_key && !field->excludes) {
		if (field != &json_field_none)
			take_key_back(w);
		w->after_key = false;
		return false;
	}
	separate(w);
	return true;
}

/* False: it is not chosen, nor what is in it. */
static bool begin(struct json_writer *w, char bracket)
{
	const struct json_field *field = json_field_next(w);

	if (field == &json_field_none) {
		w->skipped++;
		w->after_key = false;
		return false;
	}
	check_place(w);
	separate(w);
	BUG_ON(w->depth >= JSON_DEPTH_MAX);
	strbuf_addch(w->out, bracket);
	w->depth++;
	w->has_items &= ~((uint32_t)1 << w->depth);
	w->chosen[w->depth] = field;
	return true;
}

static void end(struct json_writer *w, char bracket)
{
	if (w->skipped) {
		w->skipped--;
		return;
	}
	BUG_ON(w->depth == 0 || w->after_key);
	BUG_ON((bracket == '}') !=
	       ((w->in_object & ((uint32_t)1 << w->depth)) != 0));
	strbuf_addch(w->out, bracket);
	w->depth--;
}

void json_begin_object(struct json_writer *w)
{
	if (begin(w, '{'))
		w->in_object |= (uint32_t)1 << w->depth;
}

void json_end_object(struct json_writer *w)
{
	end(w, '}');
}

void json_begin_array(struct json_writer *w)
{
	if (begin(w, '['))
		w->in_object &= ~((uint32_t)1 << w->depth);
}

void json_end_array(struct json_writer *w)
{
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
	if (w->skipped)
		return;
	BUG_ON(w->after_key);
	BUG_ON(w->depth == 0);
	BUG_ON(!(w->in_object & ((uint32_t)1 << w->depth)));
	w->next = json_field_below(w->chosen[w->depth], str_of(key));
	if (w->next != &json_field_none) {
		w->before_key = w->out->len;
		separate(w);
		add_quoted(w->out, str_of(key));
		strbuf_addch(w->out, ':');
	}
	w->after_key = true;
}

void json_str(struct json_writer *w, struct str s)
{
	if (value(w))
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
	if (value(w))
		strbuf_addint(w->out, n);
}

void json_number(struct json_writer *w, double n)
{
	char text[32];

	if (!isfinite(n)) {
		json_nothing(w);
		return;
	}
	if (!value(w))
		return;
	/* the shortest of two that reads back as the same number */
	(void)snprintf(text, sizeof(text), "%.15g", n);
	if (strtod(text, NULL) != n)
		(void)snprintf(text, sizeof(text), "%.17g", n);
	strbuf_addstr(w->out, text);
}

void json_bool(struct json_writer *w, bool b)
{
	if (value(w))
		strbuf_addstr(w->out, b ? "true" : "false");
}

void json_nothing(struct json_writer *w)
{
	if (value(w))
		strbuf_addstr(w->out, "null");
}

void json_time(struct json_writer *w, int64_t ms)
{
	if (!value(w))
		return;
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

/* Of what is written otherwise than by the writer, some members are chosen. */
static bool is_cut(const struct json_writer *w)
{
	const struct json_field *field = json_field_next(w);

	return field && field != &json_field_none &&
	       w->depth < JSON_DEPTH_MAX - 1;
}

void json_raw(struct json_writer *w, struct str json)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;
	bool has_members = json.len && (*json.s == '{' || *json.s == '[');

	if (has_members && is_cut(w) && json_parse(json, &tree, &err) == 0)
		json_tree(w, tree);
	else if (value(w))
		strbuf_addslice(w->out, json);
}

static void write_members(struct json_writer *w, const json_t *tree)
{
	const char *key;
	json_t *member;
	size_t i;

	if (json_is_object(tree)) {
		json_begin_object(w);
		json_object_foreach ((json_t *)tree, key, member) {
			json_key(w, key);
			json_tree(w, member);
		}
		json_end_object(w);
		return;
	}
	json_begin_array(w);
	json_array_foreach (tree, i, member)
		json_tree(w, member);
	json_end_array(w);
}

void json_tree(struct json_writer *w, const json_t *tree)
{
	if (is_cut(w) && (json_is_object(tree) || json_is_array(tree)))
		write_members(w, tree);
	else if (value(w))
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

void json_key_id(struct json_writer *w, const char *key, int64_t id)
{
	json_key(w, key);
	if (id)
		json_int(w, id);
	else
		json_nothing(w);
}

void json_key_count(struct json_writer *w, const char *key, int64_t n)
{
	json_key(w, key);
	if (n >= 0)
		json_int(w, n);
	else
		json_nothing(w);
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

void json_key_stored(struct json_writer *w, const char *key, const char *json)
{
	json_key_raw(w, key, json ? str_of(json) : STR("null"));
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
