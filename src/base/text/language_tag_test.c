#include "base/text/language_tag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void tags_are_known_by_their_form(void **state)
{
	static const struct {
		const char *text;
		bool is_valid;
	} cases[] = {
		{ "en", true },
		{ "de-AT", true },
		{ "zh-Hant-TW", true },
		{ "sl-rozaj-1994", true },
		{ "", false },
		{ "e", false },
		{ "en_GB", false },
		{ "en-", false },
		{ "-en", false },
		{ "deutsche Sprache", false },
		{ "12", false },
		{ "en\"", false },
		{ "aa-bbbbbbbb-cccccccc-dddddddd-eeeeeeee", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (language_tag_is_valid(cases[i].text) != cases[i].is_valid)
			fail_msg("%s", cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_known_by_their_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
