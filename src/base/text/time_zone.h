/*
 * base/text/time_zone.h - what clocks show in a time zone
 *
 * Zones have the names of the IANA data base ("Europe/Berlin"), whose files of
 * the system are read (/usr/share/zoneinfo, RFC 8536); nothing is kept besides,
 * and TZ of the process plays no part. A zone never changes, so that any
 * threads may share it. NULL is UTC everywhere here.
 */
#ifndef BASE_TEXT_TIME_ZONE_H
#define BASE_TEXT_TIME_ZONE_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct time_zone;

/* NULL: UTC, or no zone that this system knows is called so; is_known tells. */
const struct time_zone *time_zone_find(const char *name, struct arena *arena);
bool time_zone_is_known(const char *name);

/* How far clocks are ahead of UTC at a time. */
int64_t time_zone_ahead_ms(const struct time_zone *zone, int64_t ms);
/* When they show wall_ms (as if that were UTC). Of a time that comes twice, one
 * of both; what is left out in spring is an hour beside. */
int64_t time_zone_to_utc(const struct time_zone *zone, int64_t wall_ms);

bool time_zone_is_summer(const struct time_zone *zone, int64_t ms);
const char *time_zone_name(const struct time_zone *zone); /* "UTC" */
/* "CEST"; lives as long as the zone. */
const char *time_zone_abbreviation(const struct time_zone *zone, int64_t ms);

#endif
