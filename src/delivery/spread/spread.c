#include "delivery/spread/spread.h"

#include "audience/side/side.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "campaign/campaign.h"

#include <string.h>

#define ROUNDS 6

/* --- the permutation --- */

/* The finalizer of SplitMix64: every bit of x reaches every other. */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* Halves so wide that both hold n places. */
static int half_bits(int64_t n)
{
	int bits = 1;

	while (bits < 31 && INT64_C(1) << (2 * bits) < n)
		bits++;
	return bits;
}

/* A Feistel network over the smallest square of a power of two that has room;
 * what falls behind n goes through it again until it does not. */
int64_t spread_shuffle(uint64_t key, int64_t n, int64_t place)
{
	int bits = half_bits(n);
	uint64_t mask = (UINT64_C(1) << bits) - 1;
	uint64_t x = (uint64_t)place;

	BUG_ON(place < 0 || place >= n);
	do {
		uint64_t left = x >> bits, right = x & mask;

		for (uint64_t round = 0; round < ROUNDS; round++) {
			uint64_t next =
				left ^
				(mix(key ^ mix(right << 8 | round)) & mask);

			left = right;
			right = next;
		}
		x = left << bits | right;
	} while ((int64_t)x >= n);
	return (int64_t)x;
}

/* --- places --- */

int64_t spread_zone_ms(int64_t longitude)
{
	const int64_t hour = INT64_C(15) * PLACE_DEGREE;
	int64_t half = longitude < 0 ? -hour / 2 : hour / 2;
	int64_t zone = (longitude + half) / hour;

	if (zone < -12 || zone > 12) /* no such place on earth */
		zone = 0;
	return zone * MS_HOUR;
}

static uint64_t key_of(const char *hex)
{
	uint64_t key = 0;

	for (; *hex; hex++)
		key = mix(key ^ (uint64_t)(unsigned char)*hex);
	return key;
}

static void init_test(struct spread *s, const struct campaign *c)
{
	struct variate_combination all[VARIATE_VARIANTS];

	s->variants = variate_combinations(&s->variate, c->hex, all);
	s->sample = variate_sample(&s->variate, s->n);
	for (int i = 0; i < s->variants; i++)
		s->send_times[i] = all[i].send_time;
}

void spread_init(struct spread *s, const struct campaign *c, int64_t n,
		 struct arena *arena)
{
	*s = (struct spread){ .key = key_of(c->hex),
			      .n = n,
			      .begin_ms = c->send_ms,
			      .wall_ms = c->schedule_ms };
	s->is_test = variate_read(c->variate, arena, &s->variate);
	campaign_spread_read(c->spread, &s->how);
	if (s->is_test)
		init_test(s, c);
	s->is_spread = s->is_test || s->how.batch_count > 0 ||
		       (s->how.timewarp && s->wall_ms > 0);
}

static struct spread_place place_of_test(const struct spread *s, int64_t place)
{
	int64_t shuffled = spread_shuffle(s->key, s->n, place);
	struct spread_place out = { .next_ms = SPREAD_HELD_MS };

	if (shuffled >= s->sample)
		return out;
	out.variant = (int)(shuffled % s->variants) + 1;
	out.next_ms = 0;
	if (s->variate.send_times_n > 0)
		out.next_ms =
			s->variate.send_times[s->send_times[out.variant - 1]];
	return out;
}

struct spread_place spread_of(const struct spread *s, int64_t place,
			      int64_t zone_ms)
{
	struct spread_place out = { .variant = 0 };
	int64_t batch;

	if (!s->is_spread)
		return out;
	if (s->is_test)
		return place_of_test(s, place);
	if (s->how.timewarp) {
		out.next_ms = s->wall_ms - zone_ms;
		out.variant = SPREAD_ZONE + (int)(zone_ms / MS_HOUR);
		return out;
	}
	batch = spread_shuffle(s->key, s->n, place) * s->how.batch_count / s->n;
	out.next_ms = s->begin_ms + batch * s->how.batch_delay * MS_MINUTE;
	return out;
}
