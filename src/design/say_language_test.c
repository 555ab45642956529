#include "design/say_language.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void html_says_its_language_once(void **state)
{
	static const struct {
		const char *html, *said;
	} cases[] = {
		{ "<p>Hallo</p>", "<html lang=\"de\"><p>Hallo</p>" },
		{ "", "<html lang=\"de\">" },
		{ "<html><body>x", "<html lang=\"de\"><body>x" },
		{ "<!DOCTYPE html>\n<HTML dir=ltr>x",
		  "<!DOCTYPE html>\n<HTML lang=\"de\" dir=ltr>x" },
		{ "\n<!doctype html><p>x",
		  "\n<!doctype html><html lang=\"de\"><p>x" },
		{ "<!doctype html", "<html lang=\"de\"><!doctype html" },
		{ "<html lang=\"fr\">x", "<html lang=\"fr\">x" },
		{ "<html dir=rtl LANG = he>x", "<html dir=rtl LANG = he>x" },
		{ "<html xml:lang=\"fr\">x",
		  "<html lang=\"de\" xml:lang=\"fr\">x" },
		{ "<html><p lang=fr>x", "<html lang=\"de\"><p lang=fr>x" },
		{ "<htmlx>x", "<html lang=\"de\"><htmlx>x" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(say_language(cases[i].html, "de", arena),
				    cases[i].said);
		assert_string_equal(say_language(cases[i].html, "", arena),
				    cases[i].html);
	}
	assert_null(say_language(NULL, "de", arena));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html_says_its_language_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
