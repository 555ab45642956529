#include "audience/sets/leaf_row.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

const char *leaf_row_column(const struct leaf_about *about)
{
	if (about->kind == LEAF_STATUS)
		return "m.status";
	switch (about->condition.kind) {
	case CONDITION_EMAIL:
		return "m.address";
	case CONDITION_LANGUAGE:
		return "m.language";
	case CONDITION_SOURCE:
		return "m.source";
	case CONDITION_COUNTRY:
		return "m.country";
	case CONDITION_OPT:
		return "m.opt_ms";
	case CONDITION_CHANGED:
		return "m.changed_ms";
	case CONDITION_RATING:
		return "m.rating";
	case CONDITION_VIP:
		return "m.vip";
	default:
		return "m.merge";
	}
}

static struct str text_of(const struct leaf_row *row)
{
	return rows_str(row->rows, row->column);
}

static int64_t number_of(const struct leaf_row *row)
{
	return rows_int(row->rows, row->column);
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Both in lower case, but for ASCII letters of the value. */
static bool is_at(struct str value, size_t at, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (fold(value.s[at + i]) != text[i])
			return false;
	return true;
}

static bool contains(struct str value, const char *text, size_t len)
{
	for (size_t at = 0; at + len <= value.len; at++)
		if (is_at(value, at, text, len))
			return true;
	return false;
}

static int compare_folded(struct str value, const char *text, size_t len)
{
	for (size_t i = 0; i < value.len && i < len; i++) {
		unsigned char a = (unsigned char)fold(value.s[i]);
		unsigned char b = (unsigned char)text[i];

		if (a != b)
			return a < b ? -1 : 1;
	}
	return (value.len > len) - (value.len < len);
}

static bool folded_fits(const struct condition *c, struct str value)
{
	size_t len = strlen(c->text);

	if (c->needs_text && !value.len)
		return false;
	switch (c->test) {
	case TEST_IS:
		return value.len == len && is_at(value, 0, c->text, len);
	case TEST_CONTAINS:
		return contains(value, c->text, len);
	case TEST_STARTS:
		return value.len >= len && is_at(value, 0, c->text, len);
	case TEST_ENDS:
		return value.len >= len &&
		       is_at(value, value.len - len, c->text, len);
	case TEST_GREATER:
		return compare_folded(value, c->text, len) > 0;
	case TEST_LESS:
		return compare_folded(value, c->text, len) < 0;
	case TEST_BLANK:
		return value.len == 0;
	default:
		return false;
	}
}

/* Most values are ASCII, and need no copy. */
static bool text_fits(const struct condition *c, struct str value)
{
	CLEANUP(strbuf_release) struct strbuf lower = STRBUF_INIT;

	if (str_is_ascii(value))
		return folded_fits(c, value);
	utf8_lower(value, &lower);
	return folded_fits(c, strbuf_str(&lower));
}

/* A raw JSON value as text; escapes are rare. */
static bool merge_fits(const struct condition *c, struct str raw)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT;
	struct strbuf array = STRBUF_INIT;
	bool fits;

	if (raw.len < 2 || raw.s[0] != '"')
		return text_fits(c, raw);
	if (!memchr(raw.s, '\\', raw.len))
		return text_fits(c, (struct str){ raw.s + 1, raw.len - 2 });
	strbuf_addch(&array, '[');
	strbuf_addslice(&array, raw);
	strbuf_addch(&array, ']');
	fits = json_parse(strbuf_str(&array), &tree, &ignored) == 0 &&
	       text_fits(c, str_of(json_string_value(json_array_get(tree, 0))));
	strbuf_release(&array);
	return fits;
}

static bool number_fits(const struct condition *c, struct str raw)
{
	char digits[64];
	double n;

	if (c->test == TEST_BLANK)
		return raw.len == 0;
	if (!raw.len || raw.len >= sizeof(digits))
		return false;
	memcpy(digits, raw.s, raw.len);
	digits[raw.len] = '\0';
	n = strtod(digits, NULL);
	if (c->test == TEST_GREATER)
		return n > c->number;
	return c->test == TEST_LESS ? n < c->number : n == c->number;
}

static bool address_fits(const struct condition *c, struct str raw)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT;
	bool blank = c->test == TEST_BLANK;

	if (raw.len)
		(void)json_parse(raw, &tree, &ignored); /* ours */
	for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++) {
		const json_t *part =
			json_object_get(tree, merge_address_parts[i]);

		if (text_fits(c, str_of(json_string_value(part))) != blank)
			return !blank;
	}
	return blank;
}

static bool rating_fits(const struct condition *c, int64_t rating)
{
	if (c->test == TEST_GREATER)
		return rating > c->id;
	return c->test == TEST_LESS ? rating < c->id : rating == c->id;
}

bool leaf_row_fits(const struct condition *c, const struct leaf_row *row)
{
	switch (c->kind) {
	case CONDITION_TEXT:
		return merge_fits(c,
				  merge_value_raw(text_of(row), c->merge_id));
	case CONDITION_NUMBER:
		return number_fits(c,
				   merge_value_raw(text_of(row), c->merge_id));
	case CONDITION_ADDRESS:
		return address_fits(c,
				    merge_value_raw(text_of(row), c->merge_id));
	case CONDITION_EMAIL:
	case CONDITION_LANGUAGE:
	case CONDITION_SOURCE:
	case CONDITION_COUNTRY:
		return text_fits(c, text_of(row));
	case CONDITION_OPT:
	case CONDITION_CHANGED:
		return number_of(row) == 0; /* blank; else see LEAF_SINCE */
	case CONDITION_RATING:
		return rating_fits(c, number_of(row));
	case CONDITION_VIP:
		return number_of(row) == 1;
	default:
		return false;
	}
}
