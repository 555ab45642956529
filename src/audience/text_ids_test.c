/* Texts that become ids. */
#include "audience/text_ids.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add(struct text_ids *all, const char *text, int64_t id)
{
	vec_push(all, ((struct text_id){ text, id }));
}

static void each_text_is_there_once_and_found(void **state)
{
	static const char *const texts[] = { "b", "", "ab", "b", "a", "B", "" };
	static const char *const sorted[] = { "", "B", "a", "ab", "b" };
	CLEANUP(vec_release) struct text_ids all = VEC_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		add(&all, texts[i], 0);
	text_ids_sort(&all);
	assert_int_equal(all.n, ARRAY_SIZE(sorted));
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++) {
		assert_string_equal(all.v[i].text, sorted[i]);
		assert_ptr_equal(text_ids_find(&all, sorted[i]), &all.v[i]);
	}
	assert_null(text_ids_find(&all, "c"));
	assert_null(text_ids_find(&all, "A"));
}

static void none_are_no_error(void **state)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(vec_release) struct text_ids none = VEC_INIT;

	(void)state;
	text_ids_sort(&none);
	assert_null(text_ids_find(&none, ""));
	assert_true(str_is(text_ids_keys(&none, &buf).s, "[]"));
}

static void keys_are_json(void **state)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(vec_release) struct text_ids all = VEC_INIT;

	(void)state;
	strbuf_addstr(&buf, "of before");
	add(&all, "say \"hi\"", 1);
	add(&all, "back\\slash", 2);
	assert_true(str_is(text_ids_keys(&all, &buf).s,
			   "[\"say \\\"hi\\\"\",\"back\\\\slash\"]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_is_there_once_and_found),
		cmocka_unit_test(none_are_no_error),
		cmocka_unit_test(keys_are_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
