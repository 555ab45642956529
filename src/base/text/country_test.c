#include "base/text/country.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void is_read_by_code_and_name(void **state)
{
	static const struct {
		const char *text, *code;
	} cases[] = {
		{ "DE", "DE" },
		{ " de ", "DE" },
		{ "Germany", "DE" },
		{ "deutschland", "DE" },
		{ "\u00d6STERREICH", "AT" },
		{ "USA", "US" },
		{ "UK", "GB" },
		{ "C\u00f4te d'Ivoire", "CI" },
		{ "XX", NULL },
		{ "", NULL },
		{ "Atlantis", NULL },
		{ "D\u00e9", NULL },
		{ "D", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *code = country_parse(str_of(cases[i].text));

		if (cases[i].code)
			assert_string_equal(code, cases[i].code);
		else
			assert_null(code);
	}
}

static void has_a_name(void **state)
{
	(void)state;
	assert_string_equal(country_name("CH"), "Switzerland");
	assert_string_equal(country_name("XX"), "");
	assert_string_equal(country_name(""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read_by_code_and_name),
		cmocka_unit_test(has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
