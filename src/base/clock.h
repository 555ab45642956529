/*
 * base/clock.h - time: UTC milliseconds since 1970 everywhere
 *
 * Only edges (main, HTTP server, runners, service loops) read the clock;
 * domain functions are given now_ms, so that tests own time.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/strbuf.h"

#define MS_SECOND ((int64_t)1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)

/*
 * The wall clock, but it never goes back: when that is set back by up to a day,
 * this one goes on a tenth slower until both agree again. What waits for a time
 * (a retry, a job, a schedule) would wait for the hour to come again otherwise.
 */
int64_t clock_now_ms(void);
int64_t clock_monotonic_us(void); /* for measuring durations */
int64_t clock_monotonic_ms(void);
void clock_sleep_us(int64_t us); /* by the monotonic clock */

/* How clock_now_ms follows; apart for tests. Zeroed before the first use. */
struct clock_follower {
	bool is_set;
	int64_t ahead_ms;  /* of the monotonic clock */
	int64_t slowed_ms; /* monotonic time of the last slow step; 0: none */
};
int64_t clock_follow(struct clock_follower *f, int64_t wall_ms,
		     int64_t monotonic_ms);

/* 2021-11-23T22:51:56+00:00, as Mailchimp and our own API write it. */
void time_format_iso(int64_t ms, struct strbuf *out);
/* 2021-11-23 22:51:56, as in webhooks. */
void time_format_sql(int64_t ms, struct strbuf *out);
/* Tue, 23 Nov 2021 22:51:56 +0000 (RFC 5322 section 3.3). */
void time_format_mail(int64_t ms, struct strbuf *out);
/* Tue, 23 Nov 2021 22:51:56 GMT (RFC 9110 section 5.6.7). */
void time_format_http(int64_t ms, struct strbuf *out);

/*
 * ISO 8601: a date, or date and time with optional fraction and zone (none
 * means UTC). The whole text must fit. false: *ms_out is untouched.
 */
bool time_parse_iso(const char *text, int64_t *ms_out);

struct civil {
	int year, month, day;     /* month 1-12 */
	int hour, minute, second; /* 24 h */
	int weekday;              /* 0 = Sunday */
	int yearday;              /* 0 = 1 January */
};
struct civil time_to_civil(int64_t ms);
int64_t time_from_civil(struct civil c); /* weekday and yearday are ignored */
/* The same time of day so many months on (or back); the day is the last of its
 * month if that month is shorter. */
int64_t time_add_months(int64_t ms, int64_t months);
bool date_is_valid(int year, int month, int day);

#endif
