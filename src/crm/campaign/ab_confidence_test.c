#include "crm/campaign/ab_confidence.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Expected values were worked out by hand with a table of the normal curve. */
static void known_figures_have_known_confidence(void **state)
{
	static const struct {
		struct ab_share a, b;
		double pct; /* within 0.1 */
	} cases[] = {
		/* equal: as a coin */
		{ { 50, 200 }, { 50, 200 }, 50.0 },
		/* z = 2.31 */
		{ { 60, 200 }, { 40, 200 }, 98.95 },
		{ { 40, 200 }, { 60, 200 }, 1.05 },
		/* z = 1.18 */
		{ { 50, 200 }, { 40, 200 }, 88.46 },
		/* rates of 30 and 20 % say less of 50 people */
		{ { 15, 50 }, { 10, 50 }, 87.59 },
		/* groups of different size, z = 3.10 */
		{ { 300, 1000 }, { 40, 200 }, 99.78 },
		/* beyond doubt */
		{ { 900, 1000 }, { 100, 1000 }, 100.0 },
		/* large ones do not overflow */
		{ { 500500000, 1000000000 }, { 500000000, 1000000000 }, 100.0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(fabs(ab_confidence_pct(cases[i].a, cases[i].b) -
				 cases[i].pct) < 0.1);
}

static void of_too_few_nothing_is_said(void **state)
{
	static const struct {
		struct ab_share a, b;
	} cases[] = {
		{ { 0, 0 }, { 0, 0 } },         { { 0, 0 }, { 10, 100 } },
		{ { 0, 100 }, { 0, 100 } },     /* nobody did it */
		{ { 100, 100 }, { 100, 100 } }, /* everybody */
		{ { 2, 3 }, { 1, 3 } },         { { 10, 19 }, { 5, 19 } },
		{ { 3, 100 }, { 1, 100 } }, /* expected: 2 each */
		{ { 99, 100 }, { 96, 100 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(ab_confidence_pct(cases[i].a, cases[i].b) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_figures_have_known_confidence),
		cmocka_unit_test(of_too_few_nothing_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
