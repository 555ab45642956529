/*
 * campaign/rss/rss_options.h - which feed an RSS campaign reads, and when
 *
 * The API's object rss_opts. Days and hours are those of the account's time
 * zone (GET /3.0/). Pure.
 */
#ifndef CAMPAIGN_RSS_RSS_OPTIONS_H
#define CAMPAIGN_RSS_RSS_OPTIONS_H

#include "base/json.h"

#include <stdint.h>

struct arena;
struct err;
struct strbuf;
struct time_zone;

enum rss_frequency { RSS_DAILY, RSS_WEEKLY, RSS_MONTHLY };

struct rss_options {
	const char *feed_url;
	enum rss_frequency frequency;
	int hour;      /* 0-23 */
	unsigned days; /* of a daily one: bit 0 is Sunday */
	int weekday;   /* of a weekly one: 0 is Sunday */
	int month_day; /* of a monthly one: 1-31, 0: the last */
	bool constrain_images;
};

/*
 * opts: the API's object; what it does not say is as in *before, or where that
 * is NULL as usual; but it must say the address and the frequency then. Texts
 * live in arena. ERR_INVALID names the field, "rss_opts" before it.
 */
int rss_options_read(const json_t *opts, const struct rss_options *before,
		     struct arena *arena, struct rss_options *out,
		     struct err *err);

/* As it is stored: the API's object. Appends. load reads it again. */
void rss_options_format(const struct rss_options *options, struct strbuf *out);
void rss_options_load(const char *json, struct arena *arena,
		      struct rss_options *out);
/* The members of that object, without its braces. */
void rss_options_write(const struct rss_options *options,
		       struct json_writer *w);

/* The first time after that one at which it looks at its feed; by the clocks of
 * a zone (NULL: UTC). */
int64_t rss_options_next(const struct rss_options *options,
			 const struct time_zone *zone, int64_t after_ms);
/* From one to the next, about. */
int64_t rss_options_period(const struct rss_options *options);

#endif
