#include "delivery/trouble.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void waits_grow_and_vary_by_a_quarter(void **state)
{
	int64_t mean[] = { 15000,          MS_MINUTE,      5 * MS_MINUTE,
			   15 * MS_MINUTE, 30 * MS_MINUTE, MS_HOUR,
			   MS_HOUR };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mean); i++)
		for (uint64_t seed = 0; seed < 50; seed++) {
			int64_t wait =
				trouble_wait_ms((int64_t)i + 1, 15000, seed);

			assert_true(wait >= mean[i] * 7 / 8 - 1);
			assert_true(wait <= mean[i] * 9 / 8 + 1);
			assert_int_equal(wait, trouble_wait_ms((int64_t)i + 1,
							       15000, seed));
		}
}

static void a_short_first_wait_shortens_all(void **state)
{
	(void)state;
	assert_in_range(trouble_wait_ms(1, 100, 1), 80, 120);
	assert_in_range(trouble_wait_ms(2, 100, 1), 350, 450);
}

static void a_dead_relay_is_left_alone_ever_longer(void **state)
{
	int64_t last = 0;

	(void)state;
	for (int64_t failures = 1; failures <= 6; failures++) {
		int64_t wait = trouble_relay_wait_ms(failures, 7);

		assert_true(wait > last);
		last = wait;
	}
	assert_true(trouble_relay_wait_ms(1000, 7) <= MS_MINUTE * 9 / 8 + 1);
}

static void a_hold_begins_at_once_and_grows(void **state)
{
	(void)state;
	assert_int_equal(trouble_hold_wait_ms(1, 7), 0);
	assert_in_range(trouble_hold_wait_ms(2, 7), 800, 1200);
	assert_in_range(trouble_hold_wait_ms(3, 7), 1700, 2300);
	assert_true(trouble_hold_wait_ms(1000, 7) <= 5 * MS_MINUTE * 9 / 8 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_grow_and_vary_by_a_quarter),
		cmocka_unit_test(a_short_first_wait_shortens_all),
		cmocka_unit_test(a_dead_relay_is_left_alone_ever_longer),
		cmocka_unit_test(a_hold_begins_at_once_and_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
