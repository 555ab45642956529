#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "campaign/campaign.h"
#include "campaign/variate/variate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static json_t *tree_of(const char *text)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	json_t *tree;

	for (const char *c = text; *c; c++)
		strbuf_addch(&json, *c == '\'' ? '"' : *c);
	tree = json_loads(json.buf, 0, NULL);
	assert_non_null(tree);
	return tree;
}

static int take(const char *text, struct arena *arena, struct variate *v,
		struct err *err)
{
	CLEANUP(json_free) json_t *tree = tree_of(text);

	variate_default(v);
	return variate_take(tree, arena, v, err);
}

static void settings_are_checked(void **state)
{
	static const struct {
		const char *text, *field; /* NULL: it is right */
	} cases[] = {
		{ "{}", NULL },
		{ "{'winner_criteria':'opens','wait_time':60}", NULL },
		{ "{'winner_criteria':'manual','test_size':10}", NULL },
		{ "{'winner_criteria':'total_revenue'}", "winner_criteria" },
		{ "{'winner_criteria':'luck'}", "winner_criteria" },
		{ "{'winner_criteria':7}", "winner_criteria" },
		{ "{'wait_time':0}", "wait_time" },
		{ "{'wait_time':-60}", "wait_time" },
		{ "{'wait_time':90}", "wait_time" },
		{ "{'wait_time':43260}", "wait_time" },
		{ "{'wait_time':'60'}", "wait_time" },
		{ "{'test_size':9}", "test_size" },
		{ "{'test_size':101}", "test_size" },
		{ "{'test_size':50.5}", "test_size" },
		{ "{'subject_lines':['A','B','C']}", NULL },
		{ "{'subject_lines':['A','B','C','D']}", "subject_lines" },
		{ "{'subject_lines':['A','']}", "subject_lines" },
		{ "{'subject_lines':['A',null]}", "subject_lines" },
		{ "{'subject_lines':['A\\nBcc: x@y.z']}", "subject_lines" },
		{ "{'subject_lines':{}}", "subject_lines" },
		{ "{'from_names':['A','B']}", "reply_to_addresses" },
		{ "{'from_names':['A'],'reply_to_addresses':['no']}",
		  "reply_to_addresses" },
		{ "{'from_names':['A'],'reply_to_addresses':['a@b.cd']}",
		  NULL },
		{ "{'send_times':['soon']}", "send_times" },
		{ "{'send_times':['2030-01-01 10:00:00',"
		  "'2030-01-01T10:00:00Z']}",
		  "send_times" },
		{ "{'send_times':['2030-01-01 10:00:00']}", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct err err = ERR_INIT;
		struct variate v;
		int ret = take(cases[i].text, arena, &v, &err);

		if (!cases[i].field) {
			if (ret < 0)
				fail_msg("%s: %s", cases[i].text, err.text);
			continue;
		}
		if (ret == 0)
			fail_msg("%s was taken", cases[i].text);
		assert_int_equal(err.code, ERR_INVALID);
		assert_non_null(strstr(err.field, cases[i].field));
	}
}

static void more_than_eight_are_refused(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct variate v;

	(void)state;
	assert_int_equal(take("{'subject_lines':['A','B','C'],"
			      "'from_names':['X','Y'],'reply_to_addresses':"
			      "['x@b.cd','y@b.cd']}",
			      arena, &v, &err),
			 0);
	assert_int_equal(variate_count(&v), 6);
	assert_int_equal(take("{'subject_lines':['A','B','C'],"
			      "'from_names':['X','Y','Z'],"
			      "'reply_to_addresses':"
			      "['x@b.cd','y@b.cd','z@b.cd']}",
			      arena, &v, &err),
			 -1);
	assert_string_equal(err.field, "variate_settings");
}

static void times_mean_that_all_get_it(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct variate v;

	(void)state;
	assert_int_equal(take("{'test_size':20,'send_times':"
			      "['2030-01-01 10:00:00','2030-01-02 10:00:00']}",
			      arena, &v, &err),
			 0);
	assert_false(variate_has_rest(&v));
	assert_false(variate_is_automatic(&v));
	assert_true(v.send_times[1] - v.send_times[0] == 86400000);
}

static void what_is_stored_is_read_again(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct variate v, again;

	(void)state;
	assert_int_equal(
		take("{'winner_criteria':'clicks','wait_time':120,"
		     "'test_size':20,'subject_lines':['O\\u2019H','\\u0633'],"
		     "'from_names':['X'],'reply_to_addresses':['x@b.cd']}",
		     arena, &v, &err),
		0);
	v.contents = (struct variate_texts){ { "a", "b" }, 2 };
	assert_true(variate_read(variate_format(&v, arena), arena, &again));
	assert_string_equal(variate_format(&v, arena),
			    variate_format(&again, arena));
	assert_int_equal(variate_count(&again), 4);
	assert_false(variate_read(NULL, arena, &again));
	assert_int_equal(variate_count(&again), 1);
}

static void combinations_are_the_product(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct variate_combination c[VARIATE_VARIANTS], d[VARIATE_VARIANTS];
	struct err err = ERR_INIT;
	struct variate v;

	(void)state;
	assert_int_equal(take("{'subject_lines':['A','B']}", arena, &v, &err),
			 0);
	v.contents = (struct variate_texts){ { "a", "b", "c" }, 3 };
	assert_int_equal(variate_combinations(&v, "0123456789", c), 6);
	assert_int_equal(variate_combinations(&v, "0123456780", d), 6);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(strlen(c[i].id), 10);
		assert_string_not_equal(c[i].id, d[i].id);
		assert_int_equal(c[i].subject_line, i / 3);
		assert_int_equal(c[i].content, i % 3);
		assert_int_equal(variate_find(&v, "0123456789", c[i].id),
				 i + 1);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(c[i].id, c[k].id);
	}
	assert_int_equal(variate_find(&v, "0123456789", "nonsense"), 0);
}

static void a_variant_overrides_what_is_varied(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign c = { .hex = "0123456789",
			      .settings = { .subject_line = "S",
					    .from_name = "F",
					    .reply_to = "f@b.cd" } };
	struct err err = ERR_INIT;
	struct campaign one;
	struct variate v;

	(void)state;
	one = c;
	assert_int_equal(variate_apply(&one, 3, arena), 1);
	assert_string_equal(one.settings.subject_line, "S");
	assert_int_equal(take("{'subject_lines':['A','B']}", arena, &v, &err),
			 0);
	v.contents = (struct variate_texts){ { "a", "b" }, 2 };
	c.variate = variate_format(&v, arena);
	one = c;
	assert_int_equal(variate_apply(&one, 4, arena), 2);
	assert_string_equal(one.settings.subject_line, "B");
	assert_string_equal(one.settings.from_name, "F");
	one = c;
	assert_int_equal(variate_apply(&one, VARIATE_REST + 3, arena), 1);
	assert_string_equal(one.settings.subject_line, "B");
	one = c;
	assert_int_equal(variate_apply(&one, 0, arena), 1);
	assert_string_equal(one.settings.subject_line, "A");
	assert_int_equal(variate_contents(&c), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_checked),
		cmocka_unit_test(more_than_eight_are_refused),
		cmocka_unit_test(times_mean_that_all_get_it),
		cmocka_unit_test(what_is_stored_is_read_again),
		cmocka_unit_test(combinations_are_the_product),
		cmocka_unit_test(a_variant_overrides_what_is_varied),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
