#include "bridge/merge_fit.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text/shown_text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define VALUE_MAX 255 /* bytes of any value */

static bool fit_number(struct str s, struct strbuf *out)
{
	double number;

	if (!str_to_double(s, &number))
		return false;
	strbuf_addf(out, "%.15g", number);
	return true;
}

/* YYYY-MM-DD, with or without a time. */
static bool read_day(struct str s, struct civil *out)
{
	char text[40];
	int64_t ms;

	if (s.len >= sizeof(text))
		return false;
	memcpy(text, s.s, s.len);
	text[s.len] = '\0';
	if (!time_parse_iso(text, &ms))
		return false;
	*out = time_to_civil(ms);
	return true;
}

static bool fit_date(struct str s, struct strbuf *out)
{
	struct civil day;

	if (!read_day(s, &day))
		return false;
	strbuf_addf(out, "%04d-%02d-%02d", day.year, day.month, day.day);
	return true;
}

/* MM/DD, of a whole date too. */
static bool fit_birthday(struct str s, struct strbuf *out)
{
	struct civil day;
	int64_t month, date;

	if (s.len == 5 && s.s[2] == '/' &&
	    str_to_int((struct str){ s.s, 2 }, &month) &&
	    str_to_int((struct str){ s.s + 3, 2 }, &date) &&
	    date_is_valid(2000, (int)month, (int)date)) {
		strbuf_addslice(out, s);
		return true;
	}
	if (!read_day(s, &day))
		return false;
	strbuf_addf(out, "%02d/%02d", day.month, day.day);
	return true;
}

static bool starts(struct str s, const char *with)
{
	size_t n = strlen(with);

	return s.len > n && strncasecmp(s.s, with, n) == 0;
}

static bool fit_url(struct str s, struct strbuf *out)
{
	if (!starts(s, "http://") && !starts(s, "https://"))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (isspace((unsigned char)s.s[i]))
			return false;
	strbuf_addslice(out, s);
	return true;
}

/* The choice as the audience spells it. */
static bool fit_choice(const json_t *options, struct str s, struct strbuf *out)
{
	const json_t *choice;
	size_t i;

	json_array_foreach (json_object_get(options, "choices"), i, choice) {
		const char *text = json_string_value(choice);

		if (text && str_ieq(s, text)) {
			strbuf_addstr(out, text);
			return true;
		}
	}
	return false;
}

static size_t digits_of(struct str s, char *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < max; i++)
		if (isdigit((unsigned char)s.s[i]))
			out[n++] = s.s[i];
	return n;
}

/* In the US format, ten digits, with or without the 1 of the country. */
static bool fit_phone(const json_t *options, struct str s, struct strbuf *out)
{
	const char *format =
		json_string_value(json_object_get(options, "phone_format"));
	char digits[16], *d = digits;
	size_t n;

	if (!format || strcasecmp(format, "US") != 0) {
		strbuf_addslice(out, s);
		return true;
	}
	n = digits_of(s, digits, sizeof(digits));
	if (n == 11 && *d == '1') {
		d++;
		n--;
	}
	if (n != 10)
		return false;
	strbuf_addf(out, "%.3s-%.3s-%.4s", d, d + 3, d + 6);
	return true;
}

/* Five digits; the four that may follow are not asked for. */
static bool fit_zip(struct str s, struct strbuf *out)
{
	if (s.len != 5 && !(s.len == 10 && s.s[5] == '-'))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (i != 5 && !isdigit((unsigned char)s.s[i]))
			return false;
	strbuf_add(out, s.s, 5);
	return true;
}

bool merge_fit(const struct merge_target *t, const char *value,
	       struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;
	struct str s;

	/* of files that were imported before these were dropped there */
	shown_text_add(str_of(value), &shown);
	s = str_trim(strbuf_str(&shown));
	if (s.len > VALUE_MAX)
		return false;
	if (strcmp(t->type, "number") == 0)
		return fit_number(s, out);
	if (strcmp(t->type, "date") == 0)
		return fit_date(s, out);
	if (strcmp(t->type, "birthday") == 0)
		return fit_birthday(s, out);
	if (strcmp(t->type, "url") == 0 || strcmp(t->type, "imageurl") == 0)
		return fit_url(s, out);
	if (strcmp(t->type, "dropdown") == 0 || strcmp(t->type, "radio") == 0)
		return fit_choice(t->options, s, out);
	if (strcmp(t->type, "phone") == 0)
		return fit_phone(t->options, s, out);
	if (strcmp(t->type, "zip") == 0)
		return fit_zip(s, out);
	if (strcmp(t->type, "address") == 0)
		return false;
	strbuf_addslice(out, s);
	return true;
}

static bool has(const char *text)
{
	struct str s = str_trim(str_of(text));

	return s.len > 0 && s.len <= VALUE_MAX;
}

static void put_shown(struct json_writer *w, const char *key, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;

	shown_text_add(str_of(text), &shown);
	json_key_text(w, key, strbuf_str(&shown).s);
}

bool merge_fit_address(const struct postal_parts *p, struct strbuf *json)
{
	struct json_writer w = JSON_WRITER(json);

	if (!has(p->street) || !has(p->city) || !has(p->region) ||
	    !has(p->postal_code))
		return false;
	json_begin_object(&w);
	put_shown(&w, "addr1", p->street);
	json_key_text(&w, "addr2", "");
	put_shown(&w, "city", p->city);
	put_shown(&w, "state", p->region);
	put_shown(&w, "zip", p->postal_code);
	put_shown(&w, "country", p->country);
	json_end_object(&w);
	return true;
}
