#include "delivery/apply/recent.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/random.h"
#include "delivery/apply/apply_private.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ADDED 20000
#define MEMBERS 300

static struct verdict_hit hit_at(int64_t event_id, int64_t at_ms)
{
	return (struct verdict_hit){ .event_id = event_id,
				     .at_ms = at_ms,
				     .is_new = true,
				     .ip = "192.0.2.1",
				     .agent = "x" };
}

/* Whoever looks back by the window of a verdict sees all that was there. */
static void all_of_the_window_is_known(void **state)
{
	CLEANUP(recent_free) struct recent *recent = recent_new();
	int64_t *member = calloc(ADDED, sizeof(*member));
	struct prng random = { 7 };

	(void)state;
	assert_non_null(member);
	for (int64_t i = 0; i < ADDED; i++) {
		struct verdict_hit hit = hit_at(i, i * 10);

		member[i] = (int64_t)prng_below(&random, MEMBERS);
		recent_add(recent, 1 + member[i] % 2, member[i], &hit);
		if (i % 997 == 0) {
			CLEANUP(vec_release) struct hits seen = VEC_INIT;
			int64_t since = i * 10 - VERDICT_WINDOW_MS;
			size_t n = 0;

			recent_list(recent, 1 + member[i] % 2, member[i], since,
				    &seen);
			for (int64_t k = 0; k <= i; k++) {
				if (member[k] != member[i] || k * 10 < since)
					continue;
				assert_true(n < seen.n);
				assert_int_equal(seen.v[n].event_id, k);
				assert_false(seen.v[n].is_new);
				n++;
			}
			assert_int_equal(seen.n, n);
		}
	}
	free(member);
}

static void what_is_turned_stays_so_until_it_is_forgotten(void **state)
{
	CLEANUP(recent_free) struct recent *recent = recent_new();
	CLEANUP(vec_release) struct hits seen = VEC_INIT;
	struct verdict_hit hit = hit_at(5, 1000);

	(void)state;
	recent_add(recent, 1, 2, &hit);
	hit.why = MACHINE_BURST;
	recent_turn(recent, 1, 2, &hit);
	recent_list(recent, 1, 2, 0, &seen);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.v[0].why, MACHINE_BURST);
	recent_list(recent, 1, 3, 0, &seen); /* somebody else */
	recent_reset(recent);
	recent_list(recent, 1, 2, 0, &seen);
	assert_int_equal(seen.n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_the_window_is_known),
		cmocka_unit_test(what_is_turned_stays_so_until_it_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
