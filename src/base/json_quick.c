/*
 * JSON as programs write it, to trees: several times as fast as the library,
 * which has the last word on everything else. What is rare (numbers with a
 * fraction, \u) or wrong ends here with nothing, and is read by that. Any
 * thread.
 */
#include "base/json_private.h"

#include "base/err.h"
#include "base/utf8.h"

#include <string.h>

#define DIGITS_MOST 18 /* of an integer that fits in any case */
#define TEXT_MOST 1024 /* with escapes; a longer one is left to the library */

struct quick {
	const char *at, *end;
};

static json_t *read_value(struct quick *q);

static void skip_blanks(struct quick *q)
{
	while (q->at < q->end && (*q->at == ' ' || *q->at == '\n' ||
				  *q->at == '\t' || *q->at == '\r'))
		q->at++;
}

static bool take(struct quick *q, char c)
{
	skip_blanks(q);
	if (q->at >= q->end || *q->at != c)
		return false;
	q->at++;
	return true;
}

static bool take_word(struct quick *q, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(q->end - q->at) < len || memcmp(q->at, word, len) != 0)
		return false;
	q->at += len;
	return true;
}

/* '\0': none that is read here. */
static char unescaped(char c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found = c ? strchr(from, c) : NULL;

	return found ? to[found - from] : '\0';
}

/* Behind the first escape, into buf; *out is the whole. */
static bool read_escaped(struct quick *q, const char *start, char *buf,
			 struct str *out)
{
	size_t n = (size_t)(q->at - start);

	if (n > TEXT_MOST)
		return false;
	memcpy(buf, start, n);
	for (; q->at < q->end && n < TEXT_MOST; q->at++) {
		unsigned char c = (unsigned char)*q->at;

		if (c == '"') {
			q->at++;
			*out = (struct str){ buf, n };
			return utf8_is_valid(*out);
		}
		if (c < 0x20)
			return false;
		if (c == '\\') {
			c = q->at + 1 < q->end
				    ? (unsigned char)unescaped(*++q->at)
				    : '\0';
			if (!c)
				return false;
		}
		buf[n++] = (char)c;
	}
	return false;
}

/* The text of a string whose quote comes next: of the input, or of buf. */
static bool read_text(struct quick *q, char *buf, struct str *out)
{
	const char *start;
	unsigned char all = 0;

	if (!take(q, '"'))
		return false;
	for (start = q->at; q->at < q->end; q->at++) {
		unsigned char c = (unsigned char)*q->at;

		if (c == '"') {
			*out = (struct str){ start, (size_t)(q->at - start) };
			q->at++;
			return all < 0x80 || utf8_is_valid(*out);
		}
		if (c < 0x20)
			return false;
		if (c == '\\')
			return read_escaped(q, start, buf, out);
		all |= c;
	}
	return false;
}

static json_t *read_string(struct quick *q)
{
	char buf[TEXT_MOST + 1];
	struct str text;

	return read_text(q, buf, &text) ? json_stringn_nocheck(text.s, text.len)
					: NULL;
}

/* An integer without a fraction. */
static json_t *read_number(struct quick *q)
{
	bool minus = *q->at == '-';
	const char *start;
	json_int_t n = 0;

	q->at += minus;
	start = q->at;
	while (q->at < q->end && *q->at >= '0' && *q->at <= '9' &&
	       q->at - start <= DIGITS_MOST)
		n = n * 10 + (*q->at++ - '0');
	if (q->at == start || q->at - start > DIGITS_MOST ||
	    (*start == '0' && q->at - start > 1) ||
	    (q->at < q->end && strchr(".eE", *q->at)))
		return NULL;
	return json_integer(minus ? -n : n);
}

static bool read_member(struct quick *q, json_t *object)
{
	char buf[TEXT_MOST + 1];
	size_t before = json_object_size(object);
	struct str key;
	json_t *v;

	if (!read_text(q, buf, &key) || memchr(key.s, '\0', key.len) ||
	    !take(q, ':') || !(v = read_value(q)))
		return false;
	/* one key twice is an error, which the library tells */
	return json_object_setn_new_nocheck(object, key.s, key.len, v) == 0 &&
	       json_object_size(object) == before + 1;
}

static bool read_item(struct quick *q, json_t *array)
{
	json_t *v = read_value(q);

	return v && json_array_append_new(array, v) == 0;
}

/* What is between brackets; the first is taken. */
static json_t *read_items(struct quick *q, json_t *tree, char end,
			  bool (*read)(struct quick *q, json_t *tree))
{
	bool good = tree && take(q, end);

	if (good || !tree)
		return tree;
	do
		good = read(q, tree);
	while (good && take(q, ','));
	if (good && take(q, end))
		return tree;
	json_decref(tree);
	return NULL;
}

static json_t *read_value(struct quick *q)
{
	skip_blanks(q);
	if (q->at >= q->end)
		return NULL;
	switch (*q->at) {
	case '{':
		q->at++;
		return read_items(q, json_object(), '}', read_member);
	case '[':
		q->at++;
		return read_items(q, json_array(), ']', read_item);
	case '"':
		return read_string(q);
	case 't':
		return take_word(q, "true") ? json_true() : NULL;
	case 'f':
		return take_word(q, "false") ? json_false() : NULL;
	case 'n':
		return take_word(q, "null") ? json_null() : NULL;
	default:
		return read_number(q);
	}
}

json_t *json_quick(struct str text)
{
	struct quick q = { text.s, text.s + text.len };
	json_t *tree = text.len ? read_value(&q) : NULL;

	skip_blanks(&q);
	if (tree && q.at == q.end)
		return tree;
	json_decref(tree);
	return NULL;
}
