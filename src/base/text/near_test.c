#include "base/text/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_misspelt_name_is_near_to_the_one_that_was_meant(void **state)
{
	static const char *const names[] = {
		"country", "city", "q", "limit", "MUSTER_RELAY", "tag", NULL,
	};
	static const struct {
		const char *given, *meant;
	} cases[] = {
		{ "contry", "country" },
		{ "cuontry", "country" },
		{ "countryy", "country" },
		{ "COUNTRY", "country" },
		{ "contyr", "country" },
		{ "limits", "limit" },
		{ "ciyt", "city" },
		{ "tags", "tag" },
		{ "MUSTER_RELAI", "MUSTER_RELAY" },
		{ "MUSTER_REALY", "MUSTER_RELAY" },
		{ "something", NULL },
		{ "", "q" },
		{ "cou", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = near_name(cases[i].given, names);

		if (!got != !cases[i].meant ||
		    (got && strcmp(got, cases[i].meant) != 0))
			fail_msg("%s: %s", cases[i].given, got ? got : "-");
	}
}

static void long_names_are_near_to_nothing(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(near_distance(name, "a", 3), 4);
	assert_int_equal(near_distance("a", name, 3), 4);
	assert_int_equal(near_distance("same", "same", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_misspelt_name_is_near_to_the_one_that_was_meant),
		cmocka_unit_test(long_names_are_near_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
