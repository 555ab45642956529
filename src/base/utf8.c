#include "base/utf8.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text/char_map.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

static const uint8_t *bytes_of(struct str s)
{
	return (const uint8_t *)(s.s ? s.s : "");
}

bool utf8_is_valid(struct str s)
{
	return str_is_ascii(s) || u8_check(bytes_of(s), s.len) == NULL;
}

size_t utf8_sequence(struct str s)
{
	ucs4_t c;
	int n = s.len ? u8_mbtoucr(&c, bytes_of(s), s.len) : 0;

	return n > 0 ? (size_t)n : 0;
}

size_t utf8_length(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += ((unsigned char)s.s[i] & 0xC0) != 0x80;
	return n;
}

size_t utf8_prefix(struct str s, size_t max)
{
	if (s.len <= max)
		return s.len;
	while (max > 0 && ((unsigned char)s.s[max] & 0xC0) == 0x80)
		max--;
	return max;
}

static void add_ascii(struct str s, bool upper, struct strbuf *out)
{
	char from = upper ? 'a' : 'A';
	char to = upper ? 'A' : 'a';

	strbuf_reserve(out, s.len);
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		if (c >= from && c <= from + 25)
			c = (char)(c - from + to);
		out->buf[out->len++] = c;
	}
	out->buf[out->len] = '\0';
}

/* libunistring's shape of case mapping: malloc'ed result, or NULL */
typedef uint8_t *(*map_fn)(const uint8_t *s, size_t n, const char *language,
			   uninorm_t nf, uint8_t *result, size_t *len);

static void add_mapped(struct str s, map_fn map, uninorm_t nf,
		       struct strbuf *out)
{
	size_t len = 0;
	uint8_t *text;

	if (s.len == 0)
		return;
	/* fails only for want of memory or of valid text */
	text = map(bytes_of(s), s.len, "", nf, NULL, &len);
	BUG_ON(!text);
	strbuf_add(out, text, len);
	free(text);
}

static void fold(struct str s, struct strbuf *out)
{
	add_mapped(s, u8_casefold, UNINORM_NFC, out);
}

void utf8_fold(struct str s, struct strbuf *out)
{
	static struct char_map map = { .slow = fold, .composes = true };

	if (str_is_ascii(s))
		add_ascii(s, false, out);
	else
		char_map_add(&map, s, out);
}

/* Letters that Unicode does not take apart; NULL: as it is. */
static const char *letters_of(ucs4_t c)
{
	switch (c) {
	case 0xE6: /* æ */
		return "ae";
	case 0xF0:  /* ð */
	case 0x111: /* đ */
		return "d";
	case 0xF8: /* ø */
		return "o";
	case 0xFE: /* þ */
		return "th";
	case 0x127: /* ħ */
		return "h";
	case 0x131: /* ı */
		return "i";
	case 0x142: /* ł */
		return "l";
	case 0x153: /* œ */
		return "oe";
	case 0x167: /* ŧ */
		return "t";
	default:
		return NULL;
	}
}

/* c is n bytes at s, in lower case; of what was a sign, as in №, it is not. */
static void add_plain(ucs4_t c, const char *s, size_t n, struct strbuf *out)
{
	const char *letters = letters_of(c);

	if (letters)
		strbuf_addstr(out, letters);
	else if (c < 0x80)
		add_ascii((struct str){ s, n }, false, out);
	else if (!uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Mn))
		strbuf_add(out, s, n);
}

static void make_plain(struct str s, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf apart = STRBUF_INIT;
	struct str rest;

	add_mapped(s, u8_casefold, UNINORM_NFKD, &apart);
	rest = strbuf_str(&apart);
	while (rest.len > 0) {
		ucs4_t c;
		int n = u8_mbtouc(&c, bytes_of(rest), rest.len);

		add_plain(c, rest.s, (size_t)n, out);
		rest.s += n;
		rest.len -= (size_t)n;
	}
}

void utf8_plain(struct str s, struct strbuf *out)
{
	static struct char_map map = { .slow = make_plain };

	if (str_is_ascii(s))
		add_ascii(s, false, out);
	else
		char_map_add(&map, s, out);
}

static bool is_blank(ucs4_t c)
{
	return c <= ' ' || c == 0x7F || c == 0x85 || c == 0xA0 || c == 0xAD ||
	       c == 0x1680 || c == 0x180E || (c >= 0x2000 && c <= 0x200F) ||
	       (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x2064) ||
	       c == 0x3000 || c == 0xFEFF;
}

size_t utf8_blank(struct str s)
{
	ucs4_t c;
	int n;

	if (s.len == 0)
		return 0;
	if ((unsigned char)*s.s < 0x7F)
		return *s.s <= ' ';
	n = u8_mbtouc(&c, bytes_of(s), s.len);
	return is_blank(c) ? (size_t)n : 0;
}

struct str utf8_trim(struct str s)
{
	size_t n;

	while ((n = utf8_blank(s)) > 0) {
		s.s += n;
		s.len -= n;
	}
	while (s.len > 0) {
		size_t start = s.len - 1;

		while (start > 0 && ((unsigned char)s.s[start] & 0xC0) == 0x80)
			start--;
		if (!utf8_blank((struct str){ s.s + start, s.len - start }))
			break;
		s.len = start;
	}
	return s;
}

/* White, without a shape, or a shape that is empty (U+2800, of braille). */
static bool is_unseen(ucs4_t c)
{
	return is_blank(c) || c == 0x2800 || uc_is_property_white_space(c) ||
	       uc_is_property_default_ignorable_code_point(c) ||
	       uc_is_general_category(c, UC_CONTROL) ||
	       uc_is_general_category(c, UC_FORMAT);
}

bool utf8_is_blank(const char *text)
{
	struct str s = str_of(text);

	while (s.len > 0) {
		ucs4_t c;
		int n = u8_mbtouc(&c, bytes_of(s), s.len);

		if (!is_unseen(c))
			return false;
		s.s += n;
		s.len -= (size_t)n;
	}
	return true;
}

void utf8_upper(struct str s, struct strbuf *out)
{
	if (str_is_ascii(s))
		add_ascii(s, true, out);
	else
		add_mapped(s, u8_toupper, UNINORM_NFC, out);
}

void utf8_lower(struct str s, struct strbuf *out)
{
	if (str_is_ascii(s))
		add_ascii(s, false, out);
	else
		add_mapped(s, u8_tolower, UNINORM_NFC, out);
}

void utf8_title(struct str s, struct strbuf *out)
{
	add_mapped(s, u8_totitle, UNINORM_NFC, out);
}

static void add_character(ucs4_t c, struct strbuf *out)
{
	uint8_t bytes[6];
	int n = u8_uctomb(bytes, c, sizeof(bytes));

	if (n > 0)
		strbuf_add(out, bytes, (size_t)n);
	else
		strbuf_add(out, "\xEF\xBF\xBD", 3);
}

/* 0x80-0x9F; the five holes become the C1 control, as browsers do. */
static const uint16_t cp1252_high[32] = {
	0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
	0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

void utf8_from_cp1252(struct str s, struct strbuf *out)
{
	strbuf_reserve(out, s.len);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c < 0x80)
			strbuf_addch(out, (char)c);
		else
			add_character(c < 0xA0 ? cp1252_high[c - 0x80] : c,
				      out);
	}
}

static bool add_cp1252(ucs4_t c, struct strbuf *out)
{
	if (c < 0x80 || (c >= 0xA0 && c <= 0xFF)) {
		strbuf_addch(out, (char)(unsigned char)c);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cp1252_high); i++)
		if (c == cp1252_high[i] || c == 0x80 + i) {
			strbuf_addch(out, (char)(unsigned char)(0x80 + i));
			return true;
		}
	return false;
}

bool utf8_to_cp1252(struct str s, struct strbuf *out)
{
	while (s.len > 0) {
		size_t n = utf8_sequence(s);
		ucs4_t c;

		if (n > 0) {
			(void)u8_mbtouc(&c, (const uint8_t *)s.s, n);
			if (!add_cp1252(c, out))
				return false;
		}
		n = n ? n : 1;
		s.s += n;
		s.len -= n;
	}
	return true;
}

static unsigned int unit_at(struct str s, size_t i, bool big_endian)
{
	unsigned int a = (unsigned char)s.s[i];
	unsigned int b = (unsigned char)s.s[i + 1];

	return big_endian ? a << 8 | b : b << 8 | a;
}

/* A surrogate without its partner, and an odd byte at the end: U+FFFD. */
void utf8_from_utf16(struct str s, bool big_endian, struct strbuf *out)
{
	size_t i = 0;

	strbuf_reserve(out, s.len);
	for (; i + 2 <= s.len; i += 2) {
		ucs4_t c = unit_at(s, i, big_endian);

		if (c >= 0xD800 && c < 0xDC00 && i + 4 <= s.len) {
			ucs4_t low = unit_at(s, i + 2, big_endian);

			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) +
				    (low - 0xDC00);
				i += 2;
			}
		}
		add_character(c, out);
	}
	if (i < s.len)
		add_character(0xFFFD, out);
}
