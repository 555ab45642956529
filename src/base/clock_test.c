#include "base/cleanup.h"
#include "base/clock.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void iso_times_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "1970-01-01", 0 },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01 00:00:01", 1000 },
		{ "1970-01-01t00:01z", 60000 },
		{ "1970-01-01T00:00:00.5Z", 500 },
		{ "1970-01-01T00:00:00,123456Z", 123 },
		{ "1970-01-01T00:00:00.1239", 123 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "1970-01-01T02:00:00+02:00", 0 },
		{ "1970-01-01T02:00:00+0200", 0 },
		{ "1970-01-01T02:00:00+02", 0 },
		{ "1969-12-31T19:30:00-04:30", 0 },
		{ "2021-11-23T22:51:56+00:00", 1637707916000 },
		{ "2000-02-29", 951782400000 },
		{ "2024-02-29T12:00", 1709208000000 },
		{ "2016-12-31T23:59:60Z", 1483228800000 },
		{ "0001-01-01", -62135596800000 },
		{ "9999-12-31T23:59:59Z", 253402300799000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t ms = 42;

		if (!time_parse_iso(cases[i].text, &ms) || ms != cases[i].ms)
			fail_msg("%s: %lld", cases[i].text, (long long)ms);
	}
}

static void other_texts_are_no_times(void **state)
{
	static const char *const cases[] = {
		"",
		"2021",
		"2021-11",
		"2021-11-23T",
		"2021-11-23T22",
		"2021-11-23T22:",
		"2021-11-23T22:5",
		"2021-11-23T22:51:5",
		"2021-11-23T22:51:56.",
		"2021-11-23T22:51:56.Z",
		"2021-11-23T22:51:56+",
		"2021-11-23T22:51:56+1",
		"2021-11-23T22:51:56+01:",
		"2021-11-23T22:51:56+01:60",
		"2021-11-23T22:51:56+24:00",
		"2021-11-23T22:51:56+01:000",
		"2021-11-23T22:51:56Zx",
		"2021-11-23T24:00:00",
		"2021-11-23T22:60:00",
		"2021-11-23T22:51:61",
		"2021-13-01",
		"2021-00-01",
		"2021-01-00",
		"2021-02-29",
		"1900-02-29",
		"2021-04-31",
		"0000-01-01",
		"21-11-23",
		"2021-1-23",
		"2021/11/23",
		" 2021-11-23",
		"2021-11-23 ",
		"2021-11-23x",
		"-021-11-23",
		"20a1-11-23",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t ms = 42;

		if (time_parse_iso(cases[i], &ms))
			fail_msg("taken as a time: %s", cases[i]);
		assert_int_equal(ms, 42);
	}
}

static void times_are_written_in_three_ways(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	int64_t ms = 1637707916789;

	(void)state;
	time_format_iso(ms, &out);
	assert_string_equal(out.buf, "2021-11-23T22:51:56+00:00");
	strbuf_reset(&out);
	time_format_sql(ms, &out);
	assert_string_equal(out.buf, "2021-11-23 22:51:56");
	strbuf_reset(&out);
	time_format_mail(ms, &out);
	assert_string_equal(out.buf, "Tue, 23 Nov 2021 22:51:56 +0000");
	strbuf_reset(&out);
	time_format_http(ms, &out);
	assert_string_equal(out.buf, "Tue, 23 Nov 2021 22:51:56 GMT");
	strbuf_reset(&out);
	time_format_iso(-1, &out);
	assert_string_equal(out.buf, "1969-12-31T23:59:59+00:00");
}

static void civil_times_go_there_and_back(void **state)
{
	struct prng dice = { .state = 1 };

	(void)state;
	for (int i = 0; i < 20000; i++) {
		int64_t second =
			(int64_t)prng_below(&dice, 315537897600) - 62135596800;
		struct civil c = time_to_civil(second * 1000);

		assert_true(date_is_valid(c.year, c.month, c.day));
		assert_int_equal(time_from_civil(c), second * 1000);
	}
}

static void weekdays_and_days_of_the_year_are_known(void **state)
{
	struct civil c = time_to_civil(0);

	(void)state;
	assert_int_equal(c.weekday, 4);
	assert_int_equal(c.yearday, 0);
	c = time_to_civil(1735603200000); /* 2024-12-31, a Tuesday */
	assert_int_equal(c.weekday, 2);
	assert_int_equal(c.yearday, 365);
	c = time_to_civil(-MS_DAY);
	assert_int_equal(c.weekday, 3);
	assert_int_equal(c.yearday, 364);
}

static void clocks_run(void **state)
{
	int64_t before = clock_monotonic_us();

	(void)state;
	assert_true(clock_now_ms() > 1700000000000);
	assert_true(clock_monotonic_us() >= before);
}

static void months_end_on_their_last_day(void **state)
{
	static const struct {
		const char *from, *to;
		int64_t months;
	} cases[] = {
		{ "2024-01-31T10:00:00.5Z", "2024-02-29T10:00:00.5Z", 1 },
		{ "2023-01-31", "2023-02-28", 1 },
		{ "2024-03-31", "2024-02-29", -1 },
		{ "2024-01-15", "2023-12-15", -1 },
		{ "2024-02-29", "2025-02-28", 12 },
		{ "2024-06-30", "2024-06-30", 0 },
		{ "1969-12-31T23:59:59.999Z", "1970-12-31T23:59:59.999Z", 12 },
		{ "2024-05-05", "9999-12-05", 1000000 },
		{ "2024-05-05", "0001-01-05", -1000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t from, to;

		assert_true(time_parse_iso(cases[i].from, &from));
		assert_true(time_parse_iso(cases[i].to, &to));
		assert_int_equal(time_add_months(from, cases[i].months), to);
	}
}

static void it_follows_the_wall_clock_forward(void **state)
{
	struct clock_follower f = { 0 };

	(void)state;
	assert_int_equal(clock_follow(&f, 5 * MS_HOUR, 100), 5 * MS_HOUR);
	assert_int_equal(clock_follow(&f, 5 * MS_HOUR + 10, 110),
			 5 * MS_HOUR + 10);
	assert_int_equal(clock_follow(&f, 6 * MS_HOUR, 120), 6 * MS_HOUR);
	/* disciplined by less than a second */
	assert_int_equal(clock_follow(&f, 6 * MS_HOUR - 500, 130),
			 6 * MS_HOUR - 500);
}

/* Set back an hour: it goes on, and in ten hours both agree. */
static void it_never_goes_back(void **state)
{
	struct clock_follower f = { 0 };
	int64_t wall = 30 * MS_DAY, mono = 1000, last, now;

	(void)state;
	last = clock_follow(&f, wall, mono);
	wall -= MS_HOUR;
	for (int i = 0; i < 11 * 3600 * 10; i++) {
		wall += 100;
		mono += 100;
		now = clock_follow(&f, wall, mono);
		assert_true(now >= last || last - now < MS_SECOND);
		if (i < 9 * 3600 * 10)
			assert_true(now >= last + 90 && now <= last + 100);
		last = now;
	}
	assert_int_equal(now, wall);
}

static void it_is_set_by_more_than_a_day(void **state)
{
	struct clock_follower f = { 0 };

	(void)state;
	clock_follow(&f, 30 * MS_DAY, 0);
	assert_int_equal(clock_follow(&f, 2 * MS_DAY, 1), 2 * MS_DAY);
	assert_int_equal(clock_follow(&f, 2 * MS_DAY + 5, 6), 2 * MS_DAY + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months_end_on_their_last_day),
		cmocka_unit_test(iso_times_are_read),
		cmocka_unit_test(other_texts_are_no_times),
		cmocka_unit_test(times_are_written_in_three_ways),
		cmocka_unit_test(civil_times_go_there_and_back),
		cmocka_unit_test(weekdays_and_days_of_the_year_are_known),
		cmocka_unit_test(clocks_run),
		cmocka_unit_test(it_follows_the_wall_clock_forward),
		cmocka_unit_test(it_never_goes_back),
		cmocka_unit_test(it_is_set_by_more_than_a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
