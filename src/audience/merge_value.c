/*
 * The values of merge fields: checked on their way in, kept as one JSON text a
 * member, and written out again without making a tree.
 */
#include "audience/merge_field.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text/shown_text.h"
#include "base/text/uri.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FILL_IN "Please enter a value"

const char *const merge_address_parts[MERGE_ADDRESS_PARTS] = {
	"addr1", "addr2", "city", "state", "zip", "country"
};

/* --- scanning the column's text --- */

static const char *skip_space(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p;
}

static const char *skip_text(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p < end ? p + 1 : end;
}

static const char *skip_value(const char *p, const char *end)
{
	int depth = 0;

	if (p < end && *p == '"')
		return skip_text(p, end);
	while (p < end) {
		if (*p == '"') {
			p = skip_text(p, end);
			continue;
		}
		if (depth == 0 && (*p == ',' || *p == '}'))
			return p;
		if (*p == '{' || *p == '[')
			depth++;
		else if (*p == '}' || *p == ']')
			depth--;
		p++;
	}
	return end;
}

struct str merge_value_raw(struct str stored, int64_t merge_id)
{
	const char *p = stored.s, *end = stored.s + stored.len;

	if (!stored.len)
		return (struct str){ NULL, 0 };
	p = skip_space(p, end) + 1;
	while ((p = skip_space(p, end)) < end && *p == '"') {
		int64_t key = 0;
		const char *value;

		for (p++; p < end && *p != '"'; p++)
			key = key * 10 + (*p - '0');
		p = skip_space(p + 1, end);
		value = skip_space(p + 1, end);
		p = skip_value(value, end);
		if (key == merge_id)
			return (struct str){ value, (size_t)(p - value) };
		p = skip_space(p, end);
		if (p < end && *p == ',')
			p++;
	}
	return (struct str){ NULL, 0 };
}

void merge_values_write(const struct merge_defs *defs, struct str stored,
			struct json_writer *w)
{
	json_begin_object(w);
	vec_each (defs, def) {
		struct str raw = merge_value_raw(stored, def->id);

		json_key_raw(w, def->tag, raw.len ? raw : STR("\"\""));
	}
	json_end_object(w);
}

static void append_text(const json_t *values, const struct merge_def *def,
			struct strbuf *out)
{
	char key[24];
	const char *value;

	if (!def)
		return;
	(void)snprintf(key, sizeof(key), "%lld", (long long)def->id);
	value = json_string_value(json_object_get(values, key));
	if (!value || !*value)
		return;
	if (out->len)
		strbuf_addch(out, ' ');
	strbuf_addstr(out, value);
}

void merge_values_name(const struct merge_defs *defs, const char *stored,
		       struct strbuf *out)
{
	CLEANUP(json_free) json_t *values = NULL;
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct err ignored = ERR_INIT;

	if (json_parse(str_of(stored), &values, &ignored) < 0)
		return; /* never: it is ours */
	append_text(values, merge_defs_find(defs, "FNAME"), &name);
	append_text(values, merge_defs_find(defs, "LNAME"), &name);
	strbuf_addslice(out, strbuf_str(&name));
}

/* --- checking values --- */

/* Where a value goes: its JSON, or why not. */
struct value {
	struct json_writer *w;
	struct arena *arena;
	const char *key;   /* merge_id as text */
	const char *wrong; /* NULL: all is well */
	bool empty;
};

static void put_text(struct value *v, const char *text)
{
	v->empty = !*text;
	if (!v->empty)
		json_key_text(v->w, v->key, text);
}

/* Texts, and what other programs send in their place. NULL: none of them. */
static const char *text_of(const json_t *given, struct arena *arena)
{
	if (json_is_string(given))
		return json_string_value(given);
	if (json_is_integer(given))
		return arena_printf(arena, "%lld",
				    (long long)json_integer_value(given));
	if (json_is_real(given))
		return arena_printf(arena, "%.15g", json_real_value(given));
	if (json_is_boolean(given))
		return json_is_true(given) ? "true" : "false";
	if (json_is_null(given))
		return "";
	return NULL;
}

static void take_number(struct value *v, const json_t *given, const char *text)
{
	double d;
	int64_t i;

	v->empty = !*text;
	if (v->empty)
		return;
	if (text_to_int(text, &i))
		json_key_int(v->w, v->key, i);
	else if (json_is_real(given))
		json_key_number(v->w, v->key, json_real_value(given));
	else if (str_to_double(str_trim(str_of(text)), &d))
		json_key_number(v->w, v->key, d);
	else
		v->wrong = "Please enter a number";
}

static bool read_date(const char *text, int *y, int *m, int *d)
{
	char rest;
	int64_t ms;

	if (sscanf(text, "%4d-%2d-%2d%c", y, m, d, &rest) == 3 && *y > 99)
		return date_is_valid(*y, *m, *d);
	if (sscanf(text, "%4d/%2d/%2d%c", y, m, d, &rest) == 3 && *y > 99)
		return date_is_valid(*y, *m, *d);
	if (sscanf(text, "%2d-%2d-%4d%c", d, m, y, &rest) == 3)
		return date_is_valid(*y, *m, *d);
	if (sscanf(text, "%2d/%2d/%4d%c", m, d, y, &rest) == 3)
		return date_is_valid(*y, *m, *d);
	if (time_parse_iso(text, &ms)) {
		struct civil c = time_to_civil(ms);

		*y = c.year;
		*m = c.month;
		*d = c.day;
		return true;
	}
	return false;
}

static void take_date(struct value *v, const char *text)
{
	int y, m, d;

	v->empty = !*text;
	if (v->empty)
		return;
	if (!read_date(text, &y, &m, &d)) {
		v->wrong = "Please enter a date";
		return;
	}
	put_text(v, arena_printf(v->arena, "%04d-%02d-%02d", y, m, d));
}

static void take_birthday(struct value *v, const char *text)
{
	int m, d;
	char rest;

	v->empty = !*text;
	if (v->empty)
		return;
	if (sscanf(text, "%2d/%2d%c", &m, &d, &rest) != 2 ||
	    !date_is_valid(2000, m, d)) {
		v->wrong = "Please enter a birthday as MM/DD";
		return;
	}
	put_text(v, arena_printf(v->arena, "%02d/%02d", m, d));
}

static void take_url(struct value *v, const char *text)
{
	if (*text && !uri_is_web(str_of(text)))
		v->wrong = "Please enter a valid URL";
	else
		put_text(v, text);
}

static void take_choice(struct value *v, const struct merge_def *def,
			const char *text)
{
	CLEANUP(json_free) json_t *options = NULL;
	struct err ignored = ERR_INIT;
	const json_t *item;
	size_t i;

	v->empty = !*text;
	if (v->empty)
		return;
	if (json_parse(str_of(def->options), &options, &ignored) == 0) {
		json_array_foreach (json_object_get(options, "choices"), i,
				    item) {
			const char *choice = json_string_value(item);

			if (strcasecmp(choice, text) == 0) {
				json_key_text(v->w, v->key, choice);
				return;
			}
		}
	}
	v->wrong = "Please choose one of the options";
}

/* An incomplete address would be lost in part: all or nothing. */
static void take_address(struct value *v, const json_t *given)
{
	const char *texts[MERGE_ADDRESS_PARTS];
	bool any = false, complete = true;

	for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++) {
		const json_t *part =
			json_object_get(given, merge_address_parts[i]);
		const char *text = part ? text_of(part, v->arena) : "";
		bool optional = i == 1 || i == 5;

		texts[i] = text ? text : "";
		any = any || *texts[i];
		complete = complete && (*texts[i] || optional);
		if (strlen(texts[i]) > MERGE_TEXT_MAX)
			complete = false;
	}
	v->empty = !any;
	if (!any)
		return;
	if (!complete) {
		v->wrong = "Please enter a complete address";
		return;
	}
	json_key_begin_object(v->w, v->key);
	for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++)
		json_key_text(v->w, merge_address_parts[i], texts[i]);
	json_end_object(v->w);
}

static void take_value(struct value *v, const struct merge_def *def,
		       const json_t *given)
{
	const char *text = text_of(given, v->arena);

	if (def->type == MERGE_TYPE_ADDRESS) {
		v->empty = text && !*text;
		if (json_is_object(given))
			take_address(v, given);
		else if (!v->empty)
			v->wrong = "Please enter a complete address";
		return;
	}
	if (!text) {
		v->wrong = FILL_IN;
		return;
	}
	if (strlen(text) > MERGE_TEXT_MAX) {
		v->wrong = "Please enter at most 255 bytes";
		return;
	}
	switch (def->type) {
	case MERGE_TYPE_NUMBER:
		take_number(v, given, text);
		break;
	case MERGE_TYPE_DATE:
		take_date(v, text);
		break;
	case MERGE_TYPE_BIRTHDAY:
		take_birthday(v, text);
		break;
	case MERGE_TYPE_URL:
	case MERGE_TYPE_IMAGEURL:
		take_url(v, text);
		break;
	case MERGE_TYPE_RADIO:
	case MERGE_TYPE_DROPDOWN:
		take_choice(v, def, text);
		break;
	default:
		put_text(v, text);
	}
}

/* Of a text, or of the parts of an address. NULL: nothing. */
static const char *fault_of(const json_t *given)
{
	const char *fault = NULL, *key;
	json_t *part;

	if (json_is_string(given))
		return shown_text_fault(str_of(json_string_value(given)),
					SHOWN_LINES);
	json_object_foreach ((json_t *)(uintptr_t)given, key, part)
		if (!fault && json_is_string(part))
			fault = shown_text_fault(
				str_of(json_string_value(part)), SHOWN_LINES);
	return fault;
}

/* What stands there already may be sent again. */
static bool is_stored(const json_t *given, struct str raw)
{
	CLEANUP(json_free)
	json_t *old = json_loadb(raw.s, raw.len, JSON_DECODE_ANY, NULL);

	return old && json_equal(old, (json_t *)(uintptr_t)given);
}

static void check_shown(struct value *v, const json_t *given, struct str raw)
{
	const char *fault = fault_of(given);

	if (fault && !(raw.len && is_stored(given, raw)))
		v->wrong = fault;
}

void merge_values_lay(const struct merge_defs *defs, const char *stored,
		      const json_t *given, bool need_required,
		      struct arena *arena, struct strbuf *out,
		      struct field_errors *errors)
{
	struct json_writer w = JSON_WRITER(out);
	struct str old = str_of(stored);

	json_begin_object(&w);
	vec_each (defs, def) {
		const json_t *mine = json_object_get(given, def->tag);
		char key[24];
		struct value v = { .w = &w, .arena = arena, .key = key };

		(void)snprintf(key, sizeof(key), "%lld", (long long)def->id);
		v.empty = true;
		if (mine)
			check_shown(&v, mine, merge_value_raw(old, def->id));
		if (mine && !v.wrong)
			take_value(&v, def, mine);
		if (v.wrong || !mine) {
			struct str raw = merge_value_raw(old, def->id);

			v.empty = !raw.len && !v.wrong;
			if (raw.len)
				json_key_raw(&w, key, raw);
		}
		if (v.empty && def->required && need_required)
			v.wrong = FILL_IN;
		if (v.wrong)
			vec_push(errors,
				 ((struct field_error){ def->tag, v.wrong }));
	}
	json_end_object(&w);
}
