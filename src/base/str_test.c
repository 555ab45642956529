#include "base/cleanup.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void is_trimmed_of_ascii_white_space(void **state)
{
	(void)state;
	assert_true(str_is(str_trim(STR(" \t a b\r\n")), "a b"));
	assert_true(str_is(str_trim(STR("  ")), ""));
	assert_true(str_is(str_trim((struct str){ NULL, 0 }), ""));
}

static void is_cut_at_the_first_separator(void **state)
{
	struct str rest = STR("a,b,");

	(void)state;
	assert_true(str_is(str_cut(&rest, ','), "a"));
	assert_true(str_is(str_cut(&rest, ','), "b"));
	assert_non_null(rest.s);
	assert_true(str_is(str_cut(&rest, ','), ""));
	assert_null(rest.s);
}

static void compares_prefixes_suffixes_and_ascii_case(void **state)
{
	(void)state;
	assert_true(str_starts(STR("abc"), "ab"));
	assert_false(str_starts(STR("a"), "ab"));
	assert_true(str_ends(STR("abc"), "bc"));
	assert_false(str_ends(STR("c"), "bc"));
	assert_true(str_starts((struct str){ NULL, 0 }, ""));
	assert_true(str_ieq(STR("Content-TYPE"), "content-type"));
	assert_false(str_ieq(STR("content"), "content-type"));
	assert_false(str_ieq(STR("content-type"), "content"));
	assert_true(str_has_word(STR("a JavaScript:x"), "script"));
	assert_true(str_has_word(STR("Script"), "script"));
	assert_false(str_has_word(STR("scrip"), "script"));
	assert_false(str_has_word(STR(""), "script"));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
}

static void reads_whole_decimal_numbers_only(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "007", true, 7 },
		{ "-12", true, -12 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1.0", false, 0 },
		{ "0x10", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t n = 42;

		assert_int_equal(text_to_int(cases[i].text, &n),
				 cases[i].valid);
		assert_true(n == (cases[i].valid ? cases[i].value : 42));
	}
}

static void reads_decimal_fractions_only(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		double value;
	} cases[] = {
		{ "1.5", true, 1.5 },  { "-2", true, -2 },
		{ "1e3", true, 1000 }, { ".5", true, 0.5 },
		{ "", false, 0 },      { "1,5", false, 0 },
		{ "inf", false, 0 },   { "nan", false, 0 },
		{ "0x10", false, 0 },  { "1e999", false, 0 },
		{ "1.5 ", false, 0 },  { "-", false, 0 },
		{ "1.2.3", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double n = 42;

		assert_int_equal(str_to_double(str_of(cases[i].text), &n),
				 cases[i].valid);
		assert_true(n == (cases[i].valid ? cases[i].value : 42));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_trimmed_of_ascii_white_space),
		cmocka_unit_test(is_cut_at_the_first_separator),
		cmocka_unit_test(compares_prefixes_suffixes_and_ascii_case),
		cmocka_unit_test(reads_whole_decimal_numbers_only),
		cmocka_unit_test(reads_decimal_fractions_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
