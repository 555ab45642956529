#include "crm/search/search_text.h"

#include "base/cleanup.h"
#include "base/email.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/record.h"

#include <string.h>

#define PHONE_LEAST 3 /* digits */

/* --- telephone numbers --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands between the digits of one number. */
static bool is_between(char c)
{
	return (unsigned char)c >= 0x80 /* as a long dash */ ||
	       (c != '\0' && strchr(" ()-./", c) != NULL);
}

/* The characters of the number that the text starts with. */
static struct str phone_cut(struct str *rest)
{
	struct str number = { rest->s, 0 };

	while (number.len < rest->len) {
		char c = number.s[number.len];

		if (!is_digit(c) && !is_between(c) &&
		    !(c == '+' && number.len == 0))
			break;
		number.len++;
	}
	rest->s += number.len;
	rest->len -= number.len;
	return number;
}

/* "+49 (0)30": the 0 is for those who call from within. */
static bool is_trunk(struct str s, size_t at)
{
	return at + 2 < s.len && memcmp(s.s + at, "(0)", 3) == 0;
}

static void add_phone(struct str number, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf digits = STRBUF_INIT;
	bool abroad = str_starts(number, "+");
	struct str all;

	for (size_t i = 0; i < number.len; i++) {
		if (is_digit(number.s[i]))
			strbuf_addch(&digits, number.s[i]);
		abroad = abroad ||
			 (digits.len == 2 && memcmp(digits.buf, "00", 2) == 0);
		if (abroad && digits.len > 0 && is_trunk(number, i))
			i += 2;
	}
	all = strbuf_str(&digits);
	while (abroad && str_starts(all, "0")) {
		all.s++;
		all.len--;
	}
	if (all.len < PHONE_LEAST)
		return;
	strbuf_addch(out, '\n');
	if (abroad)
		strbuf_addch(out, '+');
	strbuf_add(out, all.s, all.len);
}

void search_phones(struct str text, struct strbuf *out)
{
	while (text.len > 0) {
		struct str number = phone_cut(&text);

		if (number.len > 0) {
			add_phone(number, out);
		} else {
			text.s++;
			text.len--;
		}
	}
}

/* How many digits the country has; ITU-T E.164: all codes of two. */
static size_t country_digits(const char *digits)
{
	static const char *const two =
		"20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 "
		"53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 "
		"93 94 95 98 ";
	const char code[] = { digits[0], digits[0] ? digits[1] : '\0', ' ',
			      '\0' };

	if (*digits == '1' || *digits == '7')
		return 1;
	return strstr(two, code) ? 2 : 3;
}

const char *search_phone_own(const char *phone)
{
	size_t n;

	if (*phone == '0')
		return phone + 1;
	if (*phone != '+')
		return phone;
	n = country_digits(phone + 1);
	return strlen(phone + 1) > n ? phone + 1 + n : phone;
}

/* --- records --- */

static void add_line(const char *text, struct strbuf *out)
{
	if (!text)
		return;
	strbuf_addch(out, '\n');
	utf8_plain(str_of(text), out);
}

static void add_name(const struct record *r, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

	record_name(r, &name);
	utf8_plain(strbuf_str(&name), out);
}

void search_text_of(const struct record *r, struct strbuf *out)
{
	add_name(r, out);
	add_line(r->text[TEXT_COMPANY_NAME], out);
	add_line(r->text[TEXT_CITY], out);
	search_phones(str_of(r->text[TEXT_PHONE]), out);
}

bool search_text_of_address(const char *folded, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;

	if (!email_shown(folded, &shown))
		strbuf_addstr(&shown, folded);
	if (str_is_ascii(strbuf_str(&shown)))
		return false;
	utf8_plain(strbuf_str(&shown), out);
	return true;
}
