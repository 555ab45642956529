#include "crm/words/import_number.h"

#include "base/cleanup.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

/* Digits that a double holds exactly. */
#define DIGITS_MAX 15

const char *decimal_mark_name(enum decimal_mark mark)
{
	if (mark == DECIMAL_UNKNOWN)
		return NULL;
	return mark == DECIMAL_COMMA ? "," : ".";
}

enum decimal_mark decimal_mark_named(const char *name)
{
	if (!name || !*name)
		return DECIMAL_UNKNOWN;
	return *name == ',' ? DECIMAL_COMMA : DECIMAL_POINT;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct str behind(struct str s, size_t n)
{
	return (struct str){ s.s + n, s.len - n };
}

static struct str without_currency(struct str s)
{
	static const char *const signs[] = { "\xe2\x82\xac", "$",   "\xc2\xa3",
					     "EUR",          "USD", "CHF",
					     "GBP" };

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		size_t n = strlen(signs[i]);

		if (str_starts(s, signs[i]))
			return utf8_trim(behind(s, n));
		if (str_ends(s, signs[i]))
			return utf8_trim((struct str){ s.s, s.len - n });
	}
	return s;
}

/* A minus, also U+2212. */
static bool take_minus(struct str *s)
{
	size_t n = str_starts(*s, "-")              ? 1
		   : str_starts(*s, "\xe2\x88\x92") ? 3
						    : 0;

	*s = utf8_trim(behind(*s, n));
	return n > 0;
}

/* Marks that part thousands and never decimals: blanks, also U+00A0 and U+202F,
 * and apostrophes. Their length; 0: none. */
static size_t parts_thousands(struct str s)
{
	static const char *const marks[] = { " ", "\xc2\xa0", "\xe2\x80\xaf",
					     "'", "\xe2\x80\x99" };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (str_starts(s, marks[i]))
			return strlen(marks[i]);
	}
	return 0;
}

/* Digits and the marks between them: a blank for each that only parts
 * thousands. */
struct marked {
	char text[IMPORT_NUMBER_MAX];
	size_t n, digits, points, commas, blanks;
	char last; /* of points and commas */
};

static bool read_marked(struct str s, struct marked *m)
{
	*m = (struct marked){ 0 };
	while (s.len > 0) {
		size_t blank = parts_thousands(s);
		char c = blank ? ' ' : s.s[0];

		if ((!is_digit(c) && !strchr(" .,", c)) ||
		    m->n + 1 == sizeof(m->text))
			return false;
		m->digits += is_digit(c);
		m->points += c == '.';
		m->commas += c == ',';
		m->blanks += c == ' ';
		if (c == '.' || c == ',')
			m->last = c;
		m->text[m->n++] = c;
		s = behind(s, blank ? blank : 1);
	}
	return m->digits > 0 && m->digits <= DIGITS_MAX;
}

/* "1.497", "12,345": either thousands or three decimals. */
static bool is_either(const struct marked *m)
{
	const char *mark = strchr(m->text, m->last);
	size_t before = (size_t)(mark - m->text);

	return m->points + m->commas == 1 && m->blanks == 0 && before >= 1 &&
	       before <= 3 && m->text[0] != '0' && m->n - before - 1 == 3;
}

/* The mark of the decimals; 0: there are none. */
static char decimals_of(const struct marked *m, enum decimal_mark mark,
			struct import_number *out)
{
	size_t same = m->last == '.' ? m->points : m->commas;
	bool both = m->points > 0 && m->commas > 0;
	char decimal = m->last;

	if (!m->last)
		return 0;
	if (is_either(m)) {
		out->by_mark = true;
		return m->last == (mark == DECIMAL_COMMA ? ',' : '.') ? m->last
								      : 0;
	}
	if (!both && same > 1) /* 1.234.567 */
		decimal = m->last == '.' ? ',' : '.';
	out->shows = decimal == ',' ? DECIMAL_COMMA : DECIMAL_POINT;
	return decimal == m->last ? decimal : 0;
}

/* The whole part in groups of three, if it is in groups. */
static bool add_whole(const char *s, size_t n, char *out)
{
	size_t group = 0, groups = 0;
	char mark = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_digit(s[i])) {
			*out++ = s[i];
			group++;
			continue;
		}
		if (group == 0 || group > 3 || (groups > 0 && group != 3) ||
		    (mark && mark != s[i]))
			return false;
		mark = s[i];
		group = 0;
		groups++;
	}
	*out = '\0';
	return groups == 0 || group == 3;
}

static bool all_digits(const char *s)
{
	return s[strspn(s, "0123456789")] == '\0';
}

bool import_number_parse(struct str s, enum decimal_mark mark,
			 struct import_number *out)
{
	struct str rest = without_currency(utf8_trim(s));
	bool minus = take_minus(&rest);
	char *to = out->text;
	const char *decimals = NULL;
	struct marked m;
	size_t whole;
	char decimal;

	*out = (struct import_number){ 0 };
	if (!read_marked(minus ? without_currency(rest) : rest, &m))
		return false;
	decimal = decimals_of(&m, mark, out);
	if (decimal)
		decimals = strrchr(m.text, decimal) + 1;
	whole = decimals ? (size_t)(decimals - m.text) - 1 : m.n;
	if (decimals && (!*decimals || !all_digits(decimals)))
		return false;
	if (minus)
		*to++ = '-';
	if (whole == 0) /* ,5 */
		*to++ = '0';
	if (!add_whole(m.text, whole, to))
		return false;
	to += strlen(to);
	if (decimals)
		(void)snprintf(to, sizeof(out->text) - (size_t)(to - out->text),
			       ".%s", decimals);
	return true;
}

bool import_number_is_key(struct str s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++)
		digits += is_digit(s.s[i]);
	return digits > DIGITS_MAX || str_starts(s, "+") ||
	       (s.len > 1 && s.s[0] == '0' && is_digit(s.s[1]));
}
