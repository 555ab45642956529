#include "base/still.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HOUR_US (INT64_C(3600) * 1000000)

static void what_is_renewed_does_not_stand_still(void **state)
{
	struct still s = VEC_INIT;

	(void)state;
	assert_int_equal(still_for(&s, "a", 100, 1000), 0);
	assert_int_equal(still_for(&s, "b", 100, 1500), 0);
	assert_int_equal(still_for(&s, "a", 100, 2000), 1000);
	assert_int_equal(still_for(&s, "a", 101, 3000), 0);
	/* its clock was set back: a change like any other */
	assert_int_equal(still_for(&s, "a", 7, 4000), 0);
	assert_int_equal(still_for(&s, "a", 7, 4500), 500);
	assert_int_equal(still_for(&s, "b", 100, 5000), 3500);
	still_release(&s);
}

static void what_is_not_looked_at_is_forgotten(void **state)
{
	struct still s = VEC_INIT;

	(void)state;
	still_for(&s, "a", 1, 0);
	still_for(&s, "b", 1, HOUR_US);
	still_for(&s, "c", 1, HOUR_US + 1);
	assert_int_equal(s.n, 2);
	assert_int_equal(still_for(&s, "b", 1, HOUR_US + 2), 2);
	assert_int_equal(still_for(&s, "a", 1, HOUR_US + 2), 0);
	still_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_renewed_does_not_stand_still),
		cmocka_unit_test(what_is_not_looked_at_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
