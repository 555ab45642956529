#include "api/campaign/inbox_line.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void only_words_are_shown(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ " \r\n\t", "" },
		{ "News\n====\n\nDear Ada,\nhello", "News Dear Ada, hello" },
		{ "Hi\n--\nthere", "Hi there" },
		{ "a\n________\nb\n* * *\n****\nc ~~~ d", "a b * * * c d" },
		{ "a - b, c \u2013 d = e, C++ #1",
		  "a - b, c \u2013 d = e, C++ #1" },
		{ "See the shop (https://a.example/?x=1), or",
		  "See the shop, or" },
		{ "Shop: https://a.example/\n\nBye", "Shop Bye" },
		{ "https://a.example/ is ours", "is ours" },
		{ "(http://a.example/)", "" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(inbox_line(cases[i][0], arena),
				    cases[i][1]);
}

static void a_long_text_ends_with_a_whole_character(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	char text[1000] = "a";
	const char *line;

	(void)state;
	for (size_t i = 0; i < 400; i++)
		memcpy(text + 1 + 2 * i, "\u00fc", 3);
	line = inbox_line(text, arena);
	assert_true(utf8_is_valid(str_of(line)));
	assert_in_range(strlen(line), 155, 160);
}

int main(void)
{
	const struct CMUnitTest list[] = {
		cmocka_unit_test(only_words_are_shown),
		cmocka_unit_test(a_long_text_ends_with_a_whole_character),
	};

	return cmocka_run_group_tests(list, NULL, NULL);
}
