/*
 * base/still.h - whether something of others stands still
 *
 * Who is alive renews its lease again and again. Whoever looks on and sees the
 * same lease for long enough, by its own monotonic clock, takes its holder for
 * dead. So wall clocks that differ, or jump, neither bury the living nor keep
 * the dead alive.
 *
 *     if (still_for(&seen, "sender/a/1", until_ms, clock_monotonic_us()) >
 *         LEASE_MS * 1000)
 *             ...
 *
 * Belongs to one thread. What is not looked at for an hour is forgotten.
 */
#ifndef BASE_STILL_H
#define BASE_STILL_H

#include "base/vec.h"

#include <stdint.h>

struct still_seen {
	char *name;
	int64_t value;
	int64_t since_us; /* it has had that value, as far as we know */
	int64_t looked_us;
};
struct still VEC_FIELDS(struct still_seen);
void still_release(struct still *s);

/* For how many us name has had this value; 0: seen for the first time. */
int64_t still_for(struct still *s, const char *name, int64_t value,
		  int64_t now_us);

#endif
