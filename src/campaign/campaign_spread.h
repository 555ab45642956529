/*
 * campaign/campaign_spread.h - a campaign that does not reach everybody at once
 *
 * Timewarp: everybody gets it when clocks where they live show the time it is
 * scheduled for. Batches: equal parts, so many minutes apart. Stored as JSON in
 * campaign.spread; one campaign has at most one of both, and a test has none.
 */
#ifndef CAMPAIGN_CAMPAIGN_SPREAD_H
#define CAMPAIGN_CAMPAIGN_SPREAD_H

#include "base/json.h"

struct arena;
struct campaign;
struct err;

struct campaign_spread {
	bool timewarp;
	int64_t batch_count; /* 0: all at once */
	int64_t batch_delay; /* minutes */
};

/* Clocks are ahead of UTC by so much at most: a Timewarp campaign begins as
 * much before its time. */
#define SPREAD_AHEAD_MS (INT64_C(14) * 3600 * 1000)
/* From then on it is too late to schedule one. */
#define SPREAD_NOTICE_MS (INT64_C(24) * 3600 * 1000)

/* recipient.variant of Timewarp, where there are no variants: how many whole
 * hours clocks of theirs are ahead of UTC, and this. */
#define SPREAD_ZONE 64

static inline bool spread_is_zone(int variant)
{
	return variant > SPREAD_ZONE / 2;
}
/* 0: it is none. */
static inline int spread_zone_hours(int variant)
{
	return spread_is_zone(variant) ? variant - SPREAD_ZONE : 0;
}

/* campaign.spread; NULL: neither. */
void campaign_spread_read(const char *json, struct campaign_spread *out);
/* NULL: neither. Lives in arena. */
const char *campaign_spread_format(const struct campaign_spread *spread,
				   struct arena *arena);
/* settings.timewarp of the API into *campaign. ERR_INVALID. */
int campaign_spread_take(const json_t *body, struct arena *arena,
			 struct campaign *campaign, struct err *err);
/* What the action schedule says; what it does not say of Timewarp stays. Begin
 * with that of the campaign. ERR_INVALID with the field. */
int campaign_spread_schedule(const json_t *body, struct campaign_spread *spread,
			     struct err *err);
/* When it begins, if it is scheduled. */
int64_t campaign_begins_ms(const struct campaign *campaign);

#endif
