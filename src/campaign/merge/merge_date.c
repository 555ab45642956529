/* DATE: with the letters of PHP. Pure. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text/time_zone.h"
#include "campaign/merge/merge_tag.h"

#include <string.h>

/* PHP's date(); names are English. */

/* clang-format off */
static const char *const days[] = { "Sunday",    "Monday",   "Tuesday",
	                            "Wednesday", "Thursday", "Friday",
	                            "Saturday" };
static const char *const months[] = { "January",   "February", "March",
	                              "April",     "May",      "June",
	                              "July",      "August",   "September",
	                              "October",   "November", "December" };

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30,
		                      31, 31, 30, 31, 30, 31 };

	return length[month - 1] + (month == 2 && is_leap(year));
}

static const char *ordinal(int day)
{
	if (day / 10 == 1)
		return "th";
	switch (day % 10) {
	case 1:
		return "st";
	case 2:
		return "nd";
	case 3:
		return "rd";
	default:
		return "th";
	}
}

/* ISO 8601 week: the one of this week's Thursday. */
static int iso_week(int64_t ms, int *year_out)
{
	int weekday = (time_to_civil(ms).weekday + 6) % 7; /* 0: Monday */
	struct civil thursday = time_to_civil(ms + (3 - weekday) * MS_DAY);

	*year_out = thursday.year;
	return thursday.yearday / 7 + 1;
}

/* "+0200", or "+02:00" with a colon. */
static void add_ahead(const struct time_zone *zone, int64_t ms, bool colon,
                      struct strbuf *out)
{
	int minutes = (int)(time_zone_ahead_ms(zone, ms) / MS_MINUTE);
	int size = minutes < 0 ? -minutes : minutes;

	strbuf_addf(out, "%c%02d%s%02d", minutes < 0 ? '-' : '+', size / 60,
	            colon ? ":" : "", size % 60);
}

/* As a whole is written, but for the zone at its end. */
static void add_whole(void (*format)(int64_t ms, struct strbuf *out),
                      size_t end, int64_t ms, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	format(ms, &text);
	strbuf_addslice(out, (struct str){ text.buf, text.len - end });
}

/* Letters of the zone, and of all at once. */
static bool add_zone_letter(char letter, const struct time_zone *zone,
                            int64_t ms, struct strbuf *out)
{
	int64_t ahead_ms = time_zone_ahead_ms(zone, ms);

	switch (letter) {
	case 'e': strbuf_addstr(out, time_zone_name(zone)); return true;
	case 'T':
		strbuf_addstr(out, time_zone_abbreviation(zone, ms));
		return true;
	case 'I':
		strbuf_addint(out, time_zone_is_summer(zone, ms));
		return true;
	case 'Z': strbuf_addint(out, ahead_ms / 1000); return true;
	case 'O': add_ahead(zone, ms, false, out); return true;
	case 'P': add_ahead(zone, ms, true, out); return true;
	case 'p':
		if (ahead_ms == 0)
			strbuf_addch(out, 'Z');
		else
			add_ahead(zone, ms, true, out);
		return true;
	case 'c':
		add_whole(time_format_iso, strlen("+00:00"), ms + ahead_ms, out);
		add_ahead(zone, ms, true, out);
		return true;
	case 'r':
		add_whole(time_format_mail, strlen("+0000"), ms + ahead_ms, out);
		add_ahead(zone, ms, false, out);
		return true;
	case 'U': strbuf_addint(out, ms / 1000); return true;
	default: return false;
	}
}

/* Letters of day, week, month and year. */
static bool add_date_letter(char letter, const struct civil *c, int64_t ms,
                            struct strbuf *out)
{
	int year, week = iso_week(ms, &year);

	switch (letter) {
	case 'd': strbuf_addf(out, "%02d", c->day); return true;
	case 'D': strbuf_addf(out, "%.3s", days[c->weekday]); return true;
	case 'j': strbuf_addint(out, c->day); return true;
	case 'l': strbuf_addstr(out, days[c->weekday]); return true;
	case 'N': strbuf_addint(out, c->weekday ? c->weekday : 7); return true;
	case 'S': strbuf_addstr(out, ordinal(c->day)); return true;
	case 'w': strbuf_addint(out, c->weekday); return true;
	case 'z': strbuf_addint(out, c->yearday); return true;
	case 'W': strbuf_addf(out, "%02d", week); return true;
	case 'F': strbuf_addstr(out, months[c->month - 1]); return true;
	case 'm': strbuf_addf(out, "%02d", c->month); return true;
	case 'M': strbuf_addf(out, "%.3s", months[c->month - 1]); return true;
	case 'n': strbuf_addint(out, c->month); return true;
	case 't':
		strbuf_addint(out, days_in_month(c->year, c->month));
		return true;
	case 'L': strbuf_addint(out, is_leap(c->year)); return true;
	case 'o': strbuf_addint(out, year); return true;
	case 'Y': strbuf_addf(out, "%04d", c->year); return true;
	case 'y': strbuf_addf(out, "%02d", c->year % 100); return true;
	default: return false;
	}
}

static bool add_time_letter(char letter, const struct civil *c, int64_t ms,
                            struct strbuf *out)
{
	int half = c->hour % 12 ? c->hour % 12 : 12;

	switch (letter) {
	case 'a': strbuf_addstr(out, c->hour < 12 ? "am" : "pm"); return true;
	case 'A': strbuf_addstr(out, c->hour < 12 ? "AM" : "PM"); return true;
	case 'g': strbuf_addint(out, half); return true;
	case 'h': strbuf_addf(out, "%02d", half); return true;
	case 'G': strbuf_addint(out, c->hour); return true;
	case 'H': strbuf_addf(out, "%02d", c->hour); return true;
	case 'i': strbuf_addf(out, "%02d", c->minute); return true;
	case 's': strbuf_addf(out, "%02d", c->second); return true;
	case 'u': strbuf_addf(out, "%06d", (int)(ms % 1000) * 1000); return true;
	case 'v': strbuf_addf(out, "%03d", (int)(ms % 1000)); return true;
	default: return false;
	}
}

void merge_date(const char *format, int64_t ms, const struct time_zone *zone,
                struct strbuf *out)
{
	int64_t wall_ms = ms + time_zone_ahead_ms(zone, ms);
	struct civil c = time_to_civil(wall_ms);

	for (; *format; format++) {
		if (*format == '\\' && format[1])
			strbuf_addch(out, *++format);
		else if (!add_date_letter(*format, &c, wall_ms, out) &&
		         !add_time_letter(*format, &c, ms, out) &&
		         !add_zone_letter(*format, zone, ms, out))
			strbuf_addch(out, *format);
	}
}
