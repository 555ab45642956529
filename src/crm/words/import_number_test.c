#include "crm/words/import_number.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void check(const char *text, enum decimal_mark mark, const char *is)
{
	struct import_number number;

	if (!import_number_parse(str_of(text), mark, &number)) {
		if (is)
			fail_msg("\"%s\" is no number", text);
		return;
	}
	if (!is)
		fail_msg("\"%s\" is %s", text, number.text);
	assert_string_equal(number.text, is);
}

static void numbers_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *text, *is;
	} cases[] = {
		{ "0", "0" },
		{ "12", "12" },
		{ "-12", "-12" },
		{ "\xe2\x88\x92"
		  "12,5",
		  "-12.5" },
		{ "1497,74", "1497.74" },
		{ "1497.74", "1497.74" },
		{ "1.497,74", "1497.74" },
		{ "1,497.74", "1497.74" },
		{ "1.234.567", "1234567" },
		{ "1,234,567.5", "1234567.5" },
		{ "1 497,74", "1497.74" },
		{ "1\xc2\xa0"
		  "497",
		  "1497" },
		{ "1\xe2\x80\xaf"
		  "497,5",
		  "1497.5" },
		{ "1'497.50", "1497.50" },
		{ "1.497,74 \xe2\x82\xac", "1497.74" },
		{ "EUR -5", "-5" },
		{ "-$5", "-5" },
		{ "CHF 12.50", "12.50" },
		{ "0,125", "0.125" },
		{ ",5", "0.5" },
		{ "", NULL },
		{ "-", NULL },
		{ "k.A.", NULL },
		{ "12 Stk", NULL },
		{ "1,2,3", NULL },
		{ "1.2.1980", NULL },
		{ "1.23.456,7", NULL },
		{ "12,", NULL },
		{ "1,497.7.4", NULL },
		{ "1 49", NULL },
		{ "1234567890123456", NULL },
		{ "11111111111111111111111111111111111111111111", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		check(cases[i].text, DECIMAL_UNKNOWN, cases[i].is);
		check(cases[i].text, DECIMAL_COMMA, cases[i].is);
		check(cases[i].text, DECIMAL_POINT, cases[i].is);
	}
}

static void three_digits_behind_a_mark_are_what_the_file_says(void **state)
{
	struct import_number number;

	(void)state;
	check("1.497", DECIMAL_UNKNOWN, "1.497");
	check("1.497", DECIMAL_POINT, "1.497");
	check("1.497", DECIMAL_COMMA, "1497");
	check("1,497", DECIMAL_COMMA, "1.497");
	check("1,497", DECIMAL_POINT, "1497");
	assert_true(import_number_parse(STR("-1.497"), DECIMAL_COMMA, &number));
	assert_true(number.by_mark);
	assert_int_equal(number.shows, DECIMAL_UNKNOWN);
	assert_true(import_number_parse(STR("9,5"), DECIMAL_POINT, &number));
	assert_false(number.by_mark);
	assert_int_equal(number.shows, DECIMAL_COMMA);
}

static void keys_are_no_numbers(void **state)
{
	(void)state;
	assert_true(import_number_is_key(STR("01067")));
	assert_true(import_number_is_key(STR("+49 30 1234")));
	assert_true(import_number_is_key(STR("4111111111111111")));
	assert_false(import_number_is_key(STR("0")));
	assert_false(import_number_is_key(STR("0,5")));
	assert_false(import_number_is_key(STR("1497,74")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_as_people_write_them),
		cmocka_unit_test(
			three_digits_behind_a_mark_are_what_the_file_says),
		cmocka_unit_test(keys_are_no_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
