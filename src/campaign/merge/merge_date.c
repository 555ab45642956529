/* DATE: with the letters of PHP. Pure. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "campaign/merge/merge_tag.h"

/* PHP's date(); names are English and the zone is UTC, as everywhere here. */

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
	case 'e':
	case 'T': strbuf_addstr(out, "UTC"); return true;
	case 'I':
	case 'Z': strbuf_addch(out, '0'); return true;
	case 'O': strbuf_addstr(out, "+0000"); return true;
	case 'P': strbuf_addstr(out, "+00:00"); return true;
	case 'p': strbuf_addch(out, 'Z'); return true;
	case 'c': time_format_iso(ms, out); return true;
	case 'r': time_format_mail(ms, out); return true;
	case 'U': strbuf_addint(out, ms / 1000); return true;
	default: return false;
	}
}

void merge_date(const char *format, int64_t ms, struct strbuf *out)
{
	struct civil c = time_to_civil(ms);

	for (; *format; format++) {
		if (*format == '\\' && format[1])
			strbuf_addch(out, *++format);
		else if (!add_date_letter(*format, &c, ms, out) &&
		         !add_time_letter(*format, &c, ms, out))
			strbuf_addch(out, *format);
	}
}
