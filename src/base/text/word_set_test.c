#include "base/text/word_set.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void fill_few(struct word_set *set)
{
	word_set_add_list(set, " one two one  ", ' ');
	word_set_add_list(set, "|three four|пять|", '|');
}

static void only_whole_words_of_the_lists_are_in_it(void **state)
{
	static const struct {
		const char *word;
		bool there;
	} cases[] = {
		{ "one", true },   { "two", true },      { "three four", true },
		{ "", false },     { "on", false },      { "ones", false },
		{ "four", false }, { "one two", false }, { " ", false },
		{ "пять", true },  { "three ", false },
	};
	struct word_set set = WORD_SET(fill_few);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(word_set_has(&set, str_of(cases[i].word)),
				 cases[i].there);
	assert_int_equal(set.n, 4);
	free(set.slots);
}

static char many[2000][8];

static void fill_many(struct word_set *set)
{
	for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
		snprintf(many[i], sizeof(many[i]), "w%zu", i);
		word_set_add(set, str_of(many[i]));
	}
}

static void many_words_find_place(void **state)
{
	struct word_set set = WORD_SET(fill_many);

	(void)state;
	assert_true(word_set_has(&set, str_of("w0")));
	assert_int_equal(set.n, ARRAY_SIZE(many));
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		assert_true(word_set_has(&set, str_of(many[i])));
	assert_false(word_set_has(&set, str_of("w2000")));
	free(set.slots);
}

static void fill_none(struct word_set *set)
{
	(void)set;
}

static void nothing_is_in_one_of_nothing(void **state)
{
	struct word_set set = WORD_SET(fill_none);

	(void)state;
	assert_false(word_set_has(&set, str_of("one")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_whole_words_of_the_lists_are_in_it),
		cmocka_unit_test(many_words_find_place),
		cmocka_unit_test(nothing_is_in_one_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
