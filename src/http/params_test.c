#include "http/params.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void forms_are_parsed(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	static const struct {
		const char *text, *name, *value;
	} cases[] = {
		{ "a=1&b=2", "b", "2" },
		{ "a=1&a=2", "a", "1" },
		{ "a", "a", "" },
		{ "a=", "a", "" },
		{ "=x", "", "x" },
		{ "&&a=1&&", "a", "1" },
		{ "a=x+y%20z%2B", "a", "x y z+" },
		{ "%61=%C3%A9", "a", "\xc3\xa9" },
		{ "a=100%", "a", "100%" },
		{ "a=%zz%4", "a", "%zz%4" },
		{ "a=b=c", "a", "b=c" },
		{ "A=1", "a", NULL },
		{ "", "a", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct params params = { .n = 0 };
		const char *value;

		params_add_form(&params, str_of(cases[i].text), arena);
		value = params_find(&params, cases[i].name);
		assert_int_equal(params.left_out, 0);
		if (cases[i].value)
			assert_string_equal(value, cases[i].value);
		else
			assert_null(value);
	}
}

static void bad_text_is_left_out(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct params params = { .n = 0 };

	(void)state;
	params_add_form(&params, str_of("a=%00&b=%ff&%80=c&d=%ed%a0%80&e=1"),
			arena);
	assert_int_equal(params.left_out, 4);
	assert_int_equal(params.n, 1);
	assert_string_equal(params_find(&params, "e"), "1");
}

static void there_is_a_limit(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct params params = { .n = 0 };

	(void)state;
	for (int i = 0; i < PARAMS_MAX + 5; i++)
		strbuf_addf(&text, "a%d=1&", i);
	params_add_form(&params, strbuf_str(&text), arena);
	assert_int_equal(params.n, PARAMS_MAX);
	assert_int_equal(params.left_out, 5);
}

static void cookies_are_parsed(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct params params = { .n = 0 };

	(void)state;
	params_add_cookies(&params, str_of("a=1; b=x%20=y ;; c ;=d"), arena);
	assert_string_equal(params_find(&params, "a"), "1");
	assert_string_equal(params_find(&params, "b"), "x%20=y");
	assert_string_equal(params_find(&params, "c"), "");
	assert_int_equal(params.n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_parsed),
		cmocka_unit_test(bad_text_is_left_out),
		cmocka_unit_test(there_is_a_limit),
		cmocka_unit_test(cookies_are_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
