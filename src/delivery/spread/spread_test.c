#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/vec.h"
#include "campaign/campaign.h"
#include "delivery/spread/spread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_shuffle_is_a_permutation(void **state)
{
	static const int64_t sizes[] = { 1,  2,   3,   4,    5,    16,
					 17, 100, 255, 1000, 4096, 10007 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int64_t n = sizes[i];
		char *seen = calloc((size_t)n, 1);

		assert_non_null(seen);
		for (int64_t k = 0; k < n; k++) {
			int64_t to = spread_shuffle(7 * (uint64_t)n, n, k);

			assert_true(to >= 0 && to < n);
			assert_int_equal(seen[to]++, 0);
		}
		free(seen);
	}
}

static void keys_shuffle_differently(void **state)
{
	int same = 0;

	(void)state;
	for (int64_t k = 0; k < 1000; k++)
		same += spread_shuffle(1, 1000, k) ==
			spread_shuffle(2, 1000, k);
	assert_true(same < 20);
}

static struct campaign campaign_of(const struct variate *v, const char *spread,
				   struct arena *arena)
{
	return (struct campaign){ .hex = "0123456789",
				  .send_ms = 1000000,
				  .schedule_ms = 5000000,
				  .spread = spread,
				  .variate =
					  v ? variate_format(v, arena) : NULL };
}

static struct variate subjects(int n, int64_t test_size)
{
	struct variate v;

	variate_default(&v);
	v.test_size = test_size;
	v.subject_lines = (struct variate_texts){ { "A", "B", "C" }, n };
	return v;
}

static void samples_have_their_size_and_parts_are_equal(void **state)
{
	static const struct {
		int64_t n, test_size, sample;
		int variants;
	} cases[] = {
		{ 1000, 10, 100, 2 }, { 1000, 10, 100, 3 }, { 7, 10, 2, 2 },
		{ 2, 10, 2, 3 },      { 1, 50, 1, 2 },      { 999, 33, 330, 2 },
		{ 100, 100, 100, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct variate v =
			subjects(cases[i].variants, cases[i].test_size);
		struct campaign c = campaign_of(&v, NULL, arena);
		int64_t counts[VARIATE_VARIANTS + 1] = { 0 };
		struct spread s;

		spread_init(&s, &c, cases[i].n, arena);
		for (int64_t k = 0; k < cases[i].n; k++) {
			struct spread_place p = spread_of(&s, k, 0);

			assert_int_equal(p.next_ms,
					 p.variant ? 0 : SPREAD_HELD_MS);
			counts[p.variant]++;
		}
		assert_int_equal(cases[i].n - counts[0], cases[i].sample);
		for (int k = 1; k <= cases[i].variants; k++)
			assert_int_equal(counts[k],
					 variate_share(&v, cases[i].n, k));
	}
}

static void batches_are_equal_and_come_one_after_the_other(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign c = campaign_of(
		NULL, "{\"batch_count\":4,\"batch_delay\":10}", arena);
	int64_t counts[4] = { 0 };
	struct spread s;

	(void)state;
	spread_init(&s, &c, 1001, arena);
	for (int64_t k = 0; k < 1001; k++) {
		int64_t after = spread_of(&s, k, 0).next_ms - c.send_ms;

		assert_int_equal(after % 600000, 0);
		assert_true(after / 600000 >= 0 && after / 600000 < 4);
		counts[after / 600000]++;
	}
	for (int i = 0; i < 4; i++)
		assert_true(counts[i] == 250 || counts[i] == 251);
}

static void clocks_decide_in_timewarp(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign c = campaign_of(NULL, "{\"timewarp\":true}", arena);
	struct spread s;

	(void)state;
	spread_init(&s, &c, 10, arena);
	assert_int_equal(spread_of(&s, 3, 3600000).next_ms, 5000000 - 3600000);
	assert_int_equal(spread_zone_hours(spread_of(&s, 3, 3600000).variant),
			 1);
	assert_int_equal(
		spread_zone_hours(spread_of(&s, 3, -12 * 3600000).variant),
		-12);
	assert_int_equal(
		spread_zone_hours(spread_of(&s, 3, 11 * 1800000).variant), 5);
	assert_int_equal(
		variate_of_recipient(spread_of(&s, 3, -12 * 3600000).variant),
		0);
	assert_int_equal(spread_zone_hours(VARIATE_REST + VARIATE_VARIANTS), 0);
	assert_int_equal(spread_zone_ms(0), 0);
	assert_int_equal(spread_zone_ms(INT64_C(134050000)), 3600000);
	assert_int_equal(spread_zone_ms(INT64_C(-740060000)), -5 * 3600000);
	assert_int_equal(spread_zone_ms(INT64_C(-74999999)), 0);
	assert_int_equal(spread_zone_ms(INT64_C(1800000000)), 12 * 3600000);
	assert_int_equal(spread_zone_ms(INT64_MAX / 2), 0);
}

static void what_is_not_spread_goes_at_once(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign c = campaign_of(NULL, NULL, arena);
	struct spread s;

	(void)state;
	spread_init(&s, &c, 0, arena);
	assert_false(s.is_spread);
	assert_int_equal(spread_of(&s, 0, 0).next_ms, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shuffle_is_a_permutation),
		cmocka_unit_test(keys_shuffle_differently),
		cmocka_unit_test(samples_have_their_size_and_parts_are_equal),
		cmocka_unit_test(
			batches_are_equal_and_come_one_after_the_other),
		cmocka_unit_test(clocks_decide_in_timewarp),
		cmocka_unit_test(what_is_not_spread_goes_at_once),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
