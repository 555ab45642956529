#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#define STEP_MS                                                       \
	MS_SECOND /* less is no step, but the clock being disciplined \
		   */
#define SLOWNESS 10

static int64_t read_ms(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts); /* cannot fail */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_follow(struct clock_follower *f, int64_t wall_ms,
		     int64_t monotonic_ms)
{
	int64_t ahead_ms = wall_ms - monotonic_ms;
	int64_t back_ms = f->ahead_ms - ahead_ms;

	if (!f->is_set || back_ms < STEP_MS || back_ms > MS_DAY) {
		f->is_set = true;
		f->ahead_ms = ahead_ms;
		f->slowed_ms = 0;
		return wall_ms;
	}
	if (f->slowed_ms == 0)
		f->slowed_ms = monotonic_ms;
	if (monotonic_ms - f->slowed_ms >= SLOWNESS) {
		f->ahead_ms -= (monotonic_ms - f->slowed_ms) / SLOWNESS;
		f->slowed_ms = monotonic_ms;
	}
	return monotonic_ms + f->ahead_ms;
}

int64_t clock_now_ms(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static struct clock_follower follower;
	int64_t now_ms;

	pthread_mutex_lock(&lock);
	/* BOOTTIME, unlike MONOTONIC, goes on while the machine sleeps */
	now_ms = clock_follow(&follower, read_ms(CLOCK_REALTIME),
			      read_ms(CLOCK_BOOTTIME));
	pthread_mutex_unlock(&lock);
	return now_ms;
}

int64_t clock_monotonic_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* cannot fail */
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

void clock_sleep_us(int64_t us)
{
	struct timespec left = { .tv_sec = us / 1000000,
				 .tv_nsec = us % 1000000 * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
		;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_is_valid(int year, int month, int day)
{
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 &&
	       day >= 1 && day <= days_in_month(year, month);
}

/*
 * Days since 1970-01-01 and back, in the proleptic Gregorian calendar. Years
 * are counted from March, so that the leap day is the last of its year; 400
 * years ("an era") are always 146,097 days. 719,468 days lie between
 * 0000-03-01 and 1970-01-01.
 */
static int64_t days_from_date(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = floor_div(y, 400);
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static void date_from_days(int64_t days, struct civil *c)
{
	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c->year = (int)(yoe + era * 400 + (c->month <= 2));
}

struct civil time_to_civil(int64_t ms)
{
	int64_t seconds = floor_div(ms, 1000);
	int64_t days = floor_div(seconds, 86400);
	int64_t rest = seconds - days * 86400;
	struct civil c = {
		.hour = (int)(rest / 3600),
		.minute = (int)(rest / 60 % 60),
		.second = (int)(rest % 60),
	};

	date_from_days(days, &c);
	c.weekday = (int)((days + 4) - floor_div(days + 4, 7) * 7);
	c.yearday = (int)(days - days_from_date(c.year, 1, 1));
	return c;
}

int64_t time_from_civil(struct civil c)
{
	int64_t days = days_from_date(c.year, c.month, c.day);

	return ((days * 24 + c.hour) * 60 + c.minute) * MS_MINUTE +
	       c.second * MS_SECOND;
}

/* Faster than printf: replies hold several times a row, and one themselves. */
static char *put_number(char *p, int n, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + n % 10);
		n /= 10;
	}
	return p + digits;
}

static char *put_time_of_day(char *p, const struct civil *c)
{
	p = put_number(p, c->hour, 2);
	*p++ = ':';
	p = put_number(p, c->minute, 2);
	*p++ = ':';
	return put_number(p, c->second, 2);
}

static char *put_date_time(char *p, int64_t ms, char between)
{
	struct civil c = time_to_civil(ms);

	p = put_number(p, c.year, 4);
	*p++ = '-';
	p = put_number(p, c.month, 2);
	*p++ = '-';
	p = put_number(p, c.day, 2);
	*p++ = between;
	return put_time_of_day(p, &c);
}

void time_format_iso(int64_t ms, struct strbuf *out)
{
	char text[25];
	char *end = put_date_time(text, ms, 'T');

	memcpy(end, "+00:00", 6);
	strbuf_add(out, text, sizeof(text));
}

void time_format_sql(int64_t ms, struct strbuf *out)
{
	char text[19];

	(void)put_date_time(text, ms, ' ');
	strbuf_add(out, text, sizeof(text));
}

static void put_mail_time(int64_t ms, const char *zone, struct strbuf *out)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil c = time_to_civil(ms);
	char text[] = "Sun, 01 Jan 1970 00:00:00 ";

	memcpy(text, days + (ptrdiff_t)c.weekday * 3, 3);
	(void)put_number(text + 5, c.day, 2);
	memcpy(text + 8, months + (ptrdiff_t)(c.month - 1) * 3, 3);
	(void)put_number(text + 12, c.year, 4);
	(void)put_time_of_day(text + 17, &c);
	strbuf_addstr(out, text);
	strbuf_addstr(out, zone);
}

void time_format_mail(int64_t ms, struct strbuf *out)
{
	put_mail_time(ms, "+0000", out);
}

void time_format_http(int64_t ms, struct strbuf *out)
{
	put_mail_time(ms, "GMT", out);
}

/* Exactly `digits` digits; moves *p behind them. */
static bool get_number(const char **p, int digits, int *out)
{
	int n = 0;

	for (int i = 0; i < digits; i++) {
		char c = (*p)[i];

		if (c < '0' || c > '9')
			return false;
		n = n * 10 + (c - '0');
	}
	*p += digits;
	*out = n;
	return true;
}

static bool get_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool get_date(const char **p, struct civil *c)
{
	return get_number(p, 4, &c->year) && get_char(p, '-') &&
	       get_number(p, 2, &c->month) && get_char(p, '-') &&
	       get_number(p, 2, &c->day) &&
	       date_is_valid(c->year, c->month, c->day);
}

int64_t time_add_months(int64_t ms, int64_t months)
{
	struct civil c = time_to_civil(ms);
	int64_t rest = ms - floor_div(ms, MS_SECOND) * MS_SECOND;
	int64_t total = (int64_t)c.year * 12 + c.month - 1 + months;
	int most;

	if (total < 12) /* the year 1 */
		total = 12;
	if (total > 9999 * 12 + 11)
		total = 9999 * 12 + 11;
	c.year = (int)(total / 12);
	c.month = (int)(total % 12) + 1;
	most = days_in_month(c.year, c.month);
	c.day = c.day > most ? most : c.day;
	return time_from_civil(c) + rest;
}

/* .5, .123456: any number of digits, of which milliseconds count */
static bool get_fraction(const char **p, int *ms)
{
	int weight = 100;
	int n;

	*ms = 0;
	if (!get_char(p, '.') && !get_char(p, ','))
		return true;
	if (!get_number(p, 1, &n))
		return false;
	do {
		*ms += n * weight;
		weight /= 10;
	} while (get_number(p, 1, &n));
	return true;
}

/* hh:mm, with optional seconds and fraction. 60 is a leap second. */
static bool get_time(const char **p, struct civil *c, int *ms)
{
	*ms = 0;
	if (!get_number(p, 2, &c->hour) || !get_char(p, ':') ||
	    !get_number(p, 2, &c->minute) || c->hour > 23 || c->minute > 59)
		return false;
	if (!get_char(p, ':'))
		return true;
	return get_number(p, 2, &c->second) && c->second <= 60 &&
	       get_fraction(p, ms);
}

/* Z, +hh, +hhmm, +hh:mm or nothing */
static bool get_zone(const char **p, int64_t *offset_ms)
{
	int hours;
	int minutes = 0;
	int sign = **p == '-' ? -1 : 1;

	*offset_ms = 0;
	if (get_char(p, 'Z') || get_char(p, 'z') || **p == '\0')
		return true;
	if (!get_char(p, '+') && !get_char(p, '-'))
		return false;
	if (!get_number(p, 2, &hours) || hours > 23)
		return false;
	if (get_char(p, ':')) {
		if (!get_number(p, 2, &minutes))
			return false;
	} else if (**p != '\0' && !get_number(p, 2, &minutes)) {
		return false;
	}
	*offset_ms = sign * (hours * MS_HOUR + minutes * MS_MINUTE);
	return minutes <= 59;
}

bool time_parse_iso(const char *text, int64_t *ms_out)
{
	struct civil c = { .year = 0 };
	int64_t offset_ms = 0;
	int ms = 0;

	if (!get_date(&text, &c))
		return false;
	if (*text != '\0') {
		if (!get_char(&text, 'T') && !get_char(&text, 't') &&
		    !get_char(&text, ' '))
			return false;
		if (!get_time(&text, &c, &ms) || !get_zone(&text, &offset_ms))
			return false;
	}
	if (*text != '\0')
		return false;
	*ms_out = time_from_civil(c) + ms - offset_ms;
	return true;
}
