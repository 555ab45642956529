#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct str str_of(const char *s)
{
	return (struct str){ s, s ? strlen(s) : 0 };
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

bool str_is(struct str a, const char *literal)
{
	return str_eq(a, str_of(literal));
}

bool str_starts(struct str s, const char *prefix)
{
	size_t len = strlen(prefix);

	return len == 0 || (s.len >= len && memcmp(s.s, prefix, len) == 0);
}

bool str_ends(struct str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return len == 0 ||
	       (s.len >= len && memcmp(s.s + s.len - len, suffix, len) == 0);
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

bool str_is_ascii(struct str s)
{
	uint64_t high = 0, eight;
	size_t i = 0;

	for (; i + sizeof(eight) <= s.len && !high; i += sizeof(eight)) {
		memcpy(&eight, s.s + i, sizeof(eight));
		high = eight & 0x8080808080808080ULL;
	}
	for (; i < s.len && !high; i++)
		high = (unsigned char)s.s[i] & 0x80;
	return !high;
}

bool str_ieq(struct str a, const char *ascii)
{
	size_t i;

	for (i = 0; i < a.len; i++) {
		if (!ascii[i] || lower((unsigned char)a.s[i]) !=
					 lower((unsigned char)ascii[i]))
			return false;
	}
	return !ascii[i];
}

bool str_has_word(struct str s, const char *ascii)
{
	size_t n = strlen(ascii);

	for (size_t i = 0; i + n <= s.len; i++)
		if (str_ieq((struct str){ s.s + i, n }, ascii))
			return true;
	return false;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len > 0 && is_space(s.s[0])) {
		s.s++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.s[s.len - 1]))
		s.len--;
	return s;
}

struct str str_cut(struct str *s, char separator)
{
	const char *at = s->len ? memchr(s->s, separator, s->len) : NULL;
	struct str first = *s;

	if (!at) {
		*s = (struct str){ NULL, 0 };
		return first;
	}
	first.len = (size_t)(at - s->s);
	*s = (struct str){ at + 1, s->len - first.len - 1 };
	return first;
}

bool str_to_int(struct str s, int64_t *out)
{
	bool negative = s.len > 0 && s.s[0] == '-';
	int64_t value = 0; /* kept negative: that side reaches further */

	if (s.len == 0 || (negative && s.len == 1))
		return false;
	for (size_t i = negative; i < s.len; i++) {
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, s.s[i] - '0', &value))
			return false;
	}
	if (!negative && value == INT64_MIN)
		return false;
	*out = negative ? value : -value;
	return true;
}

/* Digits, sign, point and exponent: strtod knows more (hex, inf, nan). */
static bool looks_like_decimal(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!memchr("0123456789+-.eE", s.s[i], 15))
			return false;
	}
	return s.len > 0;
}

bool str_to_double(struct str s, double *out)
{
	char copy[64];
	char *end;
	double value;

	if (!looks_like_decimal(s) || s.len >= sizeof(copy))
		return false;
	memcpy(copy, s.s, s.len);
	copy[s.len] = '\0';
	value = strtod(copy, &end); /* the process runs in the C locale */
	if (*end != '\0' || !isfinite(value))
		return false;
	*out = value;
	return true;
}

bool text_to_int(const char *s, int64_t *out)
{
	return str_to_int(str_of(s), out);
}
