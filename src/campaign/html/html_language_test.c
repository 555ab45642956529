#include "campaign/html/html_language.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void the_first_element_with_a_language_says_it(void **state)
{
	static const struct {
		const char *html, *language;
	} cases[] = {
		{ "<!doctype html><html lang=\"de-AT\" dir=ltr><p lang=fr>",
		  "de-at" },
		{ "<HTML LANG='He'>", "he" },
		{ "<html lang=ar><body>", "ar" },
		{ "<html lang = fr >", "fr" },
		{ "<html lang=\"\"><div lang=\"it\">", "it" },
		{ "<html xml:lang=\"de\"><p title=\"lang=es\">x", "" },
		{ "<p>lang=\"de\"</p><!-- <html lang=\"fr\"> -->", "" },
		{ "<style>a[lang=\"de\"]{}</style><table lang='nl'>", "nl" },
		{ "<p hreflang=\"de\">*|IF:A|*<p lang=\"pt\">", "pt" },
		{ "<p lang=\"*|MMERGE3|*\"><p lang=de>", "x" },
		{ "<html lang=\"a-very-long-language-tag\">",
		  "a-very-long-lan" },
		{ "<html lang=\"de", "" },
		{ "Hello", "" },
		{ "", "" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(html_language(str_of(cases[i].html), arena),
				    cases[i].language);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_element_with_a_language_says_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
