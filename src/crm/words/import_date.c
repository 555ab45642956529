#include "crm/words/import_date.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"

#include <string.h>

#define WORDS_MAX 64 /* bytes of a date in words */

/* Months by their first letters, without accents: en de fr es it. */
static const struct {
	int month;
	const char *names; /* each between spaces */
} months[] = {
	{ 1, " jan january janner januar janv janvier ene enero gen gennaio " },
	{ 2, " feb february februar feber fev fevr fevrier febrero febbraio " },
	{ 3, " mar march marz maerz mrz mars marzo " },
	{ 4, " apr april avr avril abr abril aprile " },
	{ 5, " may mai mayo mag maggio " },
	{ 6, " jun june juni juin junio giu giugno " },
	{ 7, " jul july juli juil juillet julio lug luglio " },
	{ 8, " aug august aout ago agosto " },
	{ 9, " sep sept september septembre septiembre setiembre set "
	     "settembre " },
	{ 10, " oct october okt oktober octobre octubre ott ottobre " },
	{ 11, " nov november novembre noviembre " },
	{ 12, " dec december dez dezember decembre dic diciembre dicembre " },
};

/* What may stand beside them: days of the week, and small words. */
static const char *const fillers =
	" mon monday tue tues tuesday wed wednesday thu thur thurs thursday "
	"fri friday sat saturday sun sunday mo montag di dienstag mi mittwoch "
	"do donnerstag fr freitag sa samstag sonnabend so sonntag lun lundi "
	"mar mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche "
	"lunes martes mie miercoles jue jueves vie viernes sab sabado dom "
	"domingo lunedi martedi mercoledi gio giovedi venerdi sabato domenica "
	"de del le la el il der den the of on am um at st nd rd th er ";

int import_date_order_parse(const char *name, enum date_order *out,
			    struct err *err)
{
	if (strcmp(name, "dmy") == 0)
		*out = DATE_DAY_FIRST;
	else if (strcmp(name, "mdy") == 0)
		*out = DATE_MONTH_FIRST;
	else
		return err_field(err, "date_order", "must be dmy or mdy");
	return 0;
}

const char *import_date_order_name(enum date_order order)
{
	if (order == DATE_ORDER_UNKNOWN)
		return NULL;
	return order == DATE_DAY_FIRST ? "dmy" : "mdy";
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct str without_first(struct str s, size_t n)
{
	return (struct str){ s.s + n, s.len - n };
}

/* Takes up to nine digits off *s; 0: there are none. Returns how many. */
static size_t take_number(struct str *s, int *out)
{
	size_t n = 0;

	*out = 0;
	while (n < s->len && n < 9 && is_digit(s->s[n]))
		*out = *out * 10 + (s->s[n++] - '0');
	*s = without_first(*s, n);
	return n;
}

static bool take_one_of(struct str *s, const char *chars)
{
	if (s->len == 0 || !strchr(chars, s->s[0]))
		return false;
	*s = without_first(*s, 1);
	return true;
}

static void skip_spaces(struct str *s)
{
	while (take_one_of(s, " "))
		;
}

/* Z, UTC, GMT, +02:00, -0530, +02 or nothing. */
static bool is_zone(struct str s)
{
	int number;
	size_t n;

	skip_spaces(&s);
	if (s.len == 0 || str_ieq(s, "z") || str_ieq(s, "utc") ||
	    str_ieq(s, "gmt"))
		return true;
	if (!take_one_of(&s, "+-"))
		return false;
	n = take_number(&s, &number);
	if (n == 2 && take_one_of(&s, ":"))
		n += take_number(&s, &number);
	return s.len == 0 && (n == 2 || n == 4);
}

/* Nothing, or a time of day: "T00:00:00.000Z", " 10:15", ", 1:05 PM". */
static bool is_time(struct str s)
{
	int number;

	while (take_one_of(&s, " ,Tt"))
		;
	if (s.len == 0)
		return true;
	if (is_digit(s.s[0]) && s.len == 6 && take_number(&s, &number) == 6)
		return true; /* 20110122T111244 */
	if (take_number(&s, &number) > 2 || !take_one_of(&s, ":h"))
		return is_zone(s);
	if (take_number(&s, &number) > 2)
		return false;
	if (take_one_of(&s, ":"))
		(void)take_number(&s, &number);
	if (take_one_of(&s, ".,"))
		(void)take_number(&s, &number);
	skip_spaces(&s);
	if (s.len >= 2 && (str_ieq((struct str){ s.s, 2 }, "am") ||
			   str_ieq((struct str){ s.s, 2 }, "pm")))
		s = without_first(s, 2);
	return is_zone(s);
}

/* 1/2/1980: the smaller half of the world writes the month first. */
static bool by_order(int a, int b, char separator, enum date_order order,
		     struct import_date *out)
{
	bool dots = separator == '.';

	out->by_order = !dots && a != b && a <= 12 && b <= 12;
	if (!dots && a > 12 && b <= 12)
		out->shows = DATE_DAY_FIRST;
	else if (!dots && b > 12 && a <= 12)
		out->shows = DATE_MONTH_FIRST;
	if (dots)
		order = DATE_DAY_FIRST;
	else if (order == DATE_ORDER_UNKNOWN)
		order = out->shows == DATE_MONTH_FIRST ? DATE_MONTH_FIRST
						       : DATE_DAY_FIRST;
	out->day = order == DATE_DAY_FIRST ? a : b;
	out->month = order == DATE_DAY_FIRST ? b : a;
	return true;
}

static bool parse_compact(struct str s, struct import_date *out)
{
	int all;

	if (take_number(&s, &all) != 8 || !is_time(s))
		return false;
	out->year = all / 10000;
	out->month = all / 100 % 100;
	out->day = all % 100;
	return (all == 0 || (out->year >= 1800 && out->year < 2200)) &&
	       out->month <= 12 && out->day <= 31;
}

/* Three numbers with the same separator between them. */
static bool parse_numbers(struct str s, enum date_order order,
			  struct import_date *out)
{
	int a, b, c;
	size_t a_digits = take_number(&s, &a), c_digits;
	char separator;

	if (s.len == 0 || a_digits == 0 || !strchr("-/.", s.s[0]))
		return false;
	separator = s.s[0];
	s = without_first(s, 1);
	skip_spaces(&s); /* 1. 2. 1980 */
	if (take_number(&s, &b) == 0 || s.len == 0 || s.s[0] != separator)
		return false;
	s = without_first(s, 1);
	skip_spaces(&s);
	c_digits = take_number(&s, &c);
	if (c_digits == 0 || !is_time(s))
		return false;
	if (a_digits == 4 && c_digits <= 2) {
		*out = (struct import_date){ .year = a, .month = b, .day = c };
		return true;
	}
	if (c_digits != 4 || a_digits > 2)
		return false;
	out->year = c;
	return by_order(a, b, separator, order, out);
}

static bool has_word(const char *words, struct str word)
{
	char key[20];

	if (word.len == 0 || word.len > sizeof(key) - 3)
		return false;
	(void)snprintf(key, sizeof(key), " %.*s ", (int)word.len, word.s);
	return strstr(words, key) != NULL;
}

static int month_of(struct str word)
{
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++) {
		if (has_word(months[i].names, word))
			return months[i].month;
	}
	return 0;
}

static struct str take_word(struct str *s)
{
	struct str word = *s;
	size_t n = 0;

	while (n < s->len && s->s[n] >= 'a' && s->s[n] <= 'z')
		n++;
	word.len = n;
	*s = without_first(*s, n);
	return word;
}

/* A month by its name, a day, a year of four digits if there is one; s is plain
 * text. */
static bool read_words(struct str s, struct import_date *out)
{
	int number;

	while (s.len > 0 && !(out->year && out->month && out->day)) {
		size_t digits = take_number(&s, &number);
		struct str word = take_word(&s);

		if (digits == 4 && !out->year)
			out->year = number;
		else if (digits > 0 && digits <= 2 && !out->day)
			out->day = number;
		else if (digits > 0)
			return false;
		if (word.len > 0 && !out->month && month_of(word))
			out->month = month_of(word);
		else if (word.len > 0 && !has_word(fillers, word))
			return false;
		if (digits == 0 && word.len == 0 && !take_one_of(&s, " .,-/'"))
			return false;
	}
	return out->month && out->day && is_time(s);
}

static bool parse_words(struct str s, struct import_date *out)
{
	return read_words(s, out) && out->year;
}

bool import_date_parse(struct str s, enum date_order order,
		       struct import_date *out)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;

	*out = (struct import_date){ 0 };
	if (s.len < 6 || s.len > WORDS_MAX)
		return false;
	if (is_digit(s.s[0]) &&
	    (parse_compact(s, out) || parse_numbers(s, order, out)))
		return true;
	*out = (struct import_date){ 0 };
	utf8_plain(s, &plain);
	return parse_words(strbuf_str(&plain), out);
}

/* 05/12, 5.12., --05-12: a day and a month. */
static bool is_day_and_month(struct str s)
{
	size_t a_digits, b_digits;
	int a, b;

	if (str_starts(s, "--"))
		s = without_first(s, 2);
	a_digits = take_number(&s, &a);
	if (a_digits == 0 || a_digits > 2 || !take_one_of(&s, "-/."))
		return false;
	skip_spaces(&s);
	b_digits = take_number(&s, &b);
	(void)take_one_of(&s, ".");
	return b_digits > 0 && b_digits <= 2 && s.len == 0 && a >= 1 &&
	       b >= 1 && a <= 31 && b <= 31 && (a <= 12 || b <= 12);
}

bool import_date_lacks_year(struct str s)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct import_date date = { 0 };

	if (s.len > WORDS_MAX)
		return false;
	if (import_date_parse(s, DATE_ORDER_UNKNOWN, &date))
		return date.year == 0;
	if (is_day_and_month(s))
		return true;
	utf8_plain(s, &plain);
	date = (struct import_date){ 0 };
	return read_words(strbuf_str(&plain), &date) && date.year == 0;
}

bool import_date_is_valid(const struct import_date *date)
{
	return date->year > 0 &&
	       date_is_valid(date->year, date->month, date->day);
}
