#include "base/text/time_zone.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int64_t at(const char *iso)
{
	int64_t ms = 0;

	assert_true(time_parse_iso(iso, &ms));
	return ms;
}

static void clocks_are_ahead(void **state)
{
	static const struct {
		const char *zone, *at;
		int minutes;
		const char *abbreviation;
	} cases[] = {
		{ "Europe/Berlin", "2026-01-15T12:00:00Z", 60, "CET" },
		{ "Europe/Berlin", "2026-03-29T00:59:59Z", 60, "CET" },
		{ "Europe/Berlin", "2026-03-29T01:00:00Z", 120, "CEST" },
		{ "Europe/Berlin", "2026-10-25T00:59:59Z", 120, "CEST" },
		{ "Europe/Berlin", "2026-10-25T01:00:00Z", 60, "CET" },
		/* after the file's last change: by its rules */
		{ "Europe/Berlin", "2099-07-01T00:00:00Z", 120, "CEST" },
		{ "Europe/Berlin", "2099-12-01T00:00:00Z", 60, "CET" },
		{ "Australia/Sydney", "2099-01-01T00:00:00Z", 660, "AEDT" },
		{ "Australia/Sydney", "2099-07-01T00:00:00Z", 600, "AEST" },
		{ "America/New_York", "2026-07-01T00:00:00Z", -240, "EDT" },
		{ "Asia/Kolkata", "2026-07-01T00:00:00Z", 330, "IST" },
		{ "Asia/Kathmandu", "2099-07-01T00:00:00Z", 345, "+0545" },
		{ "UTC", "2026-07-01T00:00:00Z", 0, "UTC" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct time_zone *z =
			time_zone_find(cases[i].zone, arena);
		int64_t ms = at(cases[i].at);

		assert_int_equal(time_zone_ahead_ms(z, ms),
				 cases[i].minutes * MS_MINUTE);
		assert_string_equal(time_zone_abbreviation(z, ms),
				    cases[i].abbreviation);
		assert_string_equal(time_zone_name(z), cases[i].zone);
	}
}

static void a_time_on_the_wall_is_one_of_utc(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct time_zone *z = time_zone_find("Europe/Berlin", arena);

	(void)state;
	assert_int_equal(time_zone_to_utc(z, at("2026-07-01T09:00:00Z")),
			 at("2026-07-01T07:00:00Z"));
	assert_int_equal(time_zone_to_utc(z, at("2026-12-01T09:00:00Z")),
			 at("2026-12-01T08:00:00Z"));
	assert_int_equal(time_zone_to_utc(z, at("2026-03-29T03:00:00Z")),
			 at("2026-03-29T01:00:00Z"));
	assert_int_equal(time_zone_to_utc(NULL, 5), 5);
	assert_true(time_zone_is_summer(z, at("2026-07-01T09:00:00Z")));
	assert_false(time_zone_is_summer(NULL, 0));
}

static void only_names_of_zones_are_known(void **state)
{
	static const char *const wrong[] = { "",
					     "Europe",
					     "Europe/Nowhere",
					     "../../../etc/passwd",
					     "/etc/passwd",
					     "right/Europe/Berlin",
					     "posixrules",
					     "Europe//Berlin",
					     "europe/berlin",
					     "tzdata.zi",
					     "Europe/Berlin\n",
					     "Etc/GMT+1/x" };

	(void)state;
	assert_true(time_zone_is_known("UTC"));
	assert_true(time_zone_is_known("Europe/Berlin"));
	assert_true(time_zone_is_known("America/Argentina/Buenos_Aires"));
	assert_true(time_zone_is_known("Etc/GMT+1"));
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(time_zone_is_known(wrong[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_are_ahead),
		cmocka_unit_test(a_time_on_the_wall_is_one_of_utc),
		cmocka_unit_test(only_names_of_zones_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
