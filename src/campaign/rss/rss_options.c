#include "campaign/rss/rss_options.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/text/time_zone.h"
#include "base/text/uri.h"

#include <string.h>
#include <strings.h>

#define URL_MAX_BYTES 2000
#define HOW_OFTEN "Please choose daily, weekly or monthly"
#define WHICH_DAY "Please choose a day, such as monday"
#define HOUR_USUAL 9
#define DAYS_ALL 0x7fu
#define DAYS_AHEAD 70 /* two months and a day: the 31st comes in each two */

static const char *const frequencies[] = { "daily", "weekly", "monthly" };
static const char *const weekdays[] = { "sunday",    "monday",   "tuesday",
					"wednesday", "thursday", "friday",
					"saturday" };

/* --- from the API --- */

/* `object` before the field that an error names. */
static int within(const char *object, struct err *err)
{
	struct err inner = *err;
	char field[2 * sizeof(inner.field)];

	if (inner.code != ERR_INVALID || !inner.field[0])
		return -1;
	(void)snprintf(field, sizeof(field), "%s.%s", object, inner.field);
	return err_field(err, field, "%s", inner.text);
}

static int take_word(const json_t *o, const char *key, const char *const *words,
		     int n, const char *refusal, int *out, struct err *err)
{
	const char *text = NULL;
	int found = json_get_text(o, key, &text, err);

	if (found <= 0)
		return found;
	for (int i = 0; i < n; i++)
		if (strcasecmp(text, words[i]) == 0) {
			*out = i;
			return 1;
		}
	return err_field(err, key, "%s", refusal);
}

static int take_number(const json_t *o, const char *key, int max, int *out,
		       struct err *err)
{
	int64_t n = 0;
	int found = json_get_int(o, key, &n, err);

	if (found <= 0)
		return found;
	if (n < 0 || n > max)
		return err_field(err, key, "Please enter a number from 0 to %d",
				 max);
	*out = (int)n;
	return 1;
}

static int take_days(const json_t *schedule, struct rss_options *out,
		     struct err *err)
{
	const json_t *days = NULL;
	bool on;

	if (json_get_object(schedule, "daily_send", &days, err) < 0)
		return -1;
	if (!days)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(weekdays); i++) {
		on = (out->days >> i & 1) != 0;
		if (json_get_bool(days, weekdays[i], &on, err) < 0)
			return within("daily_send", err);
		out->days = (out->days & ~(1u << i)) | (unsigned)on << i;
	}
	return 0;
}

static int take_schedule(const json_t *schedule, struct rss_options *out,
			 struct err *err)
{
	if (take_number(schedule, "hour", 23, &out->hour, err) < 0 ||
	    take_days(schedule, out, err) < 0 ||
	    take_word(schedule, "weekly_send_day", weekdays, 7, WHICH_DAY,
		      &out->weekday, err) < 0 ||
	    take_number(schedule, "monthly_send_date", 31, &out->month_day,
			err) < 0)
		return within("schedule", err);
	return 0;
}

static int take_url(const json_t *opts, struct arena *arena,
		    struct rss_options *out, struct err *err)
{
	const char *url = NULL;

	if (json_get_text(opts, "feed_url", &url, err) < 0)
		return -1;
	if (url)
		out->feed_url = arena_strdup(arena, url);
	if (!*out->feed_url)
		return err_field(err, "feed_url",
				 "Please enter the address of the feed");
	for (const char *c = out->feed_url; *c; c++)
		if ((unsigned char)*c <= 0x20 || *c == 0x7f)
			return err_field(err, "feed_url",
					 "Please enter an address without "
					 "blanks");
	if (strlen(out->feed_url) > URL_MAX_BYTES)
		return err_field(err, "feed_url", "is too long");
	if (!uri_is_web(str_of(out->feed_url)))
		return err_field(err, "feed_url",
				 "Please enter a whole address, such as "
				 "https://www.example.com/feed");
	return 0;
}

static int take_all(const json_t *opts, bool is_new, struct arena *arena,
		    struct rss_options *out, struct err *err)
{
	const json_t *schedule = NULL;
	int frequency = (int)out->frequency;
	int found;

	if (take_url(opts, arena, out, err) < 0)
		return -1;
	found = take_word(opts, "frequency", frequencies, 3, HOW_OFTEN,
			  &frequency, err);
	if (found < 0)
		return -1;
	if (found == 0 && is_new)
		return err_field(err, "frequency", "%s", HOW_OFTEN);
	out->frequency = (enum rss_frequency)frequency;
	if (json_get_bool(opts, "constrain_rss_img", &out->constrain_images,
			  err) < 0 ||
	    json_get_object(opts, "schedule", &schedule, err) < 0)
		return -1;
	if (schedule && take_schedule(schedule, out, err) < 0)
		return -1;
	return out->frequency == RSS_DAILY && out->days == 0
		       ? err_field(err, "schedule.daily_send",
				   "Please choose at least one day")
		       : 0;
}

static const struct rss_options usual = {
	.feed_url = "",
	.hour = HOUR_USUAL,
	.days = DAYS_ALL,
	.weekday = 1,
	.month_day = 1,
};

int rss_options_read(const json_t *opts, const struct rss_options *before,
		     struct arena *arena, struct rss_options *out,
		     struct err *err)
{
	struct rss_options now = before ? *before : usual;

	if (take_all(opts, !before, arena, &now, err) < 0)
		return within("rss_opts", err);
	*out = now;
	return 0;
}

/* --- stored --- */

void rss_options_write(const struct rss_options *o, struct json_writer *w)
{
	json_key_text(w, "feed_url", o->feed_url);
	json_key_text(w, "frequency", frequencies[o->frequency]);
	json_key_begin_object(w, "schedule");
	json_key_int(w, "hour", o->hour);
	json_key_begin_object(w, "daily_send");
	for (size_t i = 0; i < ARRAY_SIZE(weekdays); i++)
		json_key_bool(w, weekdays[i], (o->days >> i & 1) != 0);
	json_end_object(w);
	json_key_text(w, "weekly_send_day", weekdays[o->weekday]);
	json_key_int(w, "monthly_send_date", o->month_day);
	json_end_object(w);
	json_key_bool(w, "constrain_rss_img", o->constrain_images);
}

void rss_options_format(const struct rss_options *o, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	rss_options_write(o, &w);
	json_end_object(&w);
}

void rss_options_load(const char *json, struct arena *arena,
		      struct rss_options *out)
{
	CLEANUP(json_free) json_t *opts = json_loads(json, 0, NULL);
	struct err err = ERR_INIT;

	/* it was checked when it was stored */
	if (!opts || rss_options_read(opts, NULL, arena, out, &err) < 0)
		*out = usual;
}

/* --- when --- */

static bool is_day(const struct rss_options *o, int64_t day_ms)
{
	struct civil day = time_to_civil(day_ms);

	switch (o->frequency) {
	case RSS_DAILY:
		return (o->days >> day.weekday & 1) != 0;
	case RSS_WEEKLY:
		return day.weekday == o->weekday;
	case RSS_MONTHLY:
		break;
	}
	if (o->month_day > 0)
		return day.day == o->month_day;
	return time_to_civil(day_ms + MS_DAY).day == 1;
}

int64_t rss_options_next(const struct rss_options *o,
			 const struct time_zone *zone, int64_t after_ms)
{
	int64_t wall_ms = after_ms + time_zone_ahead_ms(zone, after_ms);
	int64_t day_ms = wall_ms - wall_ms % MS_DAY;

	for (int i = 0; i <= DAYS_AHEAD; i++, day_ms += MS_DAY) {
		int64_t at_ms =
			time_zone_to_utc(zone, day_ms + o->hour * MS_HOUR);

		if (at_ms > after_ms && is_day(o, day_ms))
			return at_ms;
	}
	BUG_ON(true); /* the 31st comes again after 62 days at most */
	return 0;
}

int64_t rss_options_period(const struct rss_options *o)
{
	switch (o->frequency) {
	case RSS_DAILY:
		return MS_DAY;
	case RSS_WEEKLY:
		return 7 * MS_DAY;
	case RSS_MONTHLY:
		break;
	}
	return 31 * MS_DAY;
}
