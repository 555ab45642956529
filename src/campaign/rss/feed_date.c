/*
 * The dates of feeds: RFC 822 with the names of zones, years of two digits and
 * what people leave out; RFC 3339. Pure.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "campaign/rss/feed.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static void skip_blank(const char **at)
{
	while (isspace((unsigned char)**at) || **at == ',')
		(*at)++;
}

/* At most `max` digits. -1: there are none. */
static int take_number(const char **at, int max)
{
	int n = 0, digits = 0;

	while (digits < max && isdigit((unsigned char)**at)) {
		n = n * 10 + (*(*at)++ - '0');
		digits++;
	}
	return digits > 0 ? n : -1;
}

static void skip_letters(const char **at)
{
	while (isalpha((unsigned char)**at) || **at == '.')
		(*at)++;
}

/* January is 1; 0: it is none. Its first three letters count. */
static int take_month(const char **at)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; i < 12; i++)
		if (strncasecmp(*at, names + 3 * i, 3) == 0) {
			skip_letters(at);
			return i + 1;
		}
	return 0;
}

static int take_year(const char **at)
{
	int year = take_number(at, 4);

	if (year >= 0 && year < 100)
		year += year < 70 ? 2000 : 1900;
	return year;
}

/* 22:51 or 22:51:56 */
static bool take_time(const char **at, struct civil *c)
{
	c->hour = take_number(at, 2);
	if (c->hour < 0 || c->hour > 23 || *(*at)++ != ':')
		return false;
	c->minute = take_number(at, 2);
	if (c->minute < 0 || c->minute > 59)
		return false;
	if (**at != ':')
		return true;
	(*at)++;
	c->second = take_number(at, 2);
	if (c->second == 60) /* a leap second */
		c->second = 59;
	return c->second >= 0 && c->second <= 59;
}

/* Minutes east of Greenwich. What is not known is Greenwich. */
static int take_zone(const char *at)
{
	static const struct {
		const char *name;
		int minutes;
	} zones[] = {
		{ "EST", -300 }, { "EDT", -240 }, { "CST", -360 },
		{ "CDT", -300 }, { "MST", -420 }, { "MDT", -360 },
		{ "PST", -480 }, { "PDT", -420 }, { "CET", 60 },
		{ "CEST", 120 }, { "BST", 60 },   { "EET", 120 },
		{ "EEST", 180 },
	};
	int hours, minutes, sign = *at == '-' ? -1 : 1;
	size_t n;

	if (*at == '+' || *at == '-') {
		at++;
		hours = take_number(&at, 2);
		at += *at == ':';
		minutes = take_number(&at, 2);
		if (hours < 0 || hours > 14 || minutes > 59)
			return 0;
		return sign * (hours * 60 + (minutes < 0 ? 0 : minutes));
	}
	for (n = 0; isalpha((unsigned char)at[n]);)
		n++;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		if (strlen(zones[i].name) == n &&
		    strncasecmp(at, zones[i].name, n) == 0)
			return zones[i].minutes;
	return 0;
}

static bool parse_mail(const char *at, int64_t *out)
{
	struct civil c = { .year = 0 };

	skip_blank(&at);
	if (isalpha((unsigned char)*at))
		skip_letters(&at); /* the day of the week */
	skip_blank(&at);
	c.day = take_number(&at, 2);
	skip_blank(&at);
	at += *at == '-';
	c.month = take_month(&at);
	skip_blank(&at);
	at += *at == '-';
	c.year = take_year(&at);
	skip_blank(&at);
	if (c.month == 0 || !date_is_valid(c.year, c.month, c.day))
		return false;
	if (*at && !take_time(&at, &c))
		return false;
	skip_blank(&at);
	*out = time_from_civil(c) - take_zone(at) * MS_MINUTE;
	return true;
}

bool feed_date_parse(const char *text, int64_t *out)
{
	while (isspace((unsigned char)*text))
		text++;
	return time_parse_iso(text, out) || parse_mail(text, out);
}
