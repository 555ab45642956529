/*
 * delivery/spread/spread.h - who gets which variant of a campaign, and not
 * before when
 *
 * Decided while the ledger is made, by the place of a recipient among all: a
 * permutation of the places, keyed by the campaign, shuffles them, so that
 * parts are alike and of equal size, and whoever is killed goes on with the
 * same. The first of a test are its sample, who are dealt the variants in turn;
 * the others are held until there is a winner. Batches are dealt in the same
 * way. Pure; any thread.
 */
#ifndef DELIVERY_SPREAD_H
#define DELIVERY_SPREAD_H

#include "campaign/campaign_spread.h"
#include "campaign/variate/variate.h"

struct campaign;

/* recipient.next_ms of who waits for a winner: the year 9999. */
#define SPREAD_HELD_MS INT64_C(253370764800000)

struct spread {
	bool is_spread; /* else all get the same at once */
	uint64_t key;
	int64_t n; /* recipients */
	bool is_test;
	struct variate variate;
	struct campaign_spread how;
	int64_t begin_ms; /* of the first batch */
	int64_t wall_ms;  /* Timewarp: what clocks show, as if it were UTC */
	int variants;
	int64_t sample;
	int send_times[VARIATE_VARIANTS]; /* of each variant, its index */
};

struct spread_place {
	int variant;     /* as in the ledger: of Timewarp, the zone */
	int64_t next_ms; /* 0: at once */
};

/* n: how many recipients have a place. Texts live as long as the campaign and
 * arena. */
void spread_init(struct spread *s, const struct campaign *campaign, int64_t n,
		 struct arena *arena);
/* place: 0 to n - 1. zone_ms: how far clocks of the recipient are ahead of UTC;
 * only Timewarp asks. */
struct spread_place spread_of(const struct spread *s, int64_t place,
			      int64_t zone_ms);

/* How far clocks are ahead of UTC at a longitude (parts of a degree, see
 * audience/side/side.h): of the nautical zone, as no border is known. */
int64_t spread_zone_ms(int64_t longitude);

/* Where a place goes: a permutation of 0 to n - 1. */
int64_t spread_shuffle(uint64_t key, int64_t n, int64_t place);

#endif
