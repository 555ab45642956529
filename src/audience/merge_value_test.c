#include "audience/merge_field.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* One field of each type: merge_id is the type's number. */
static void all_types(struct merge_defs *defs)
{
	for (int type = MERGE_TYPE_TEXT; type <= MERGE_TYPE_ZIP; type++)
		vec_push(defs,
			 ((struct merge_def){
				 .id = type,
				 .tag = merge_type_name((enum merge_type)type),
				 .type = (enum merge_type)type,
				 .options = "{\"choices\":[\"Red\","
					    "\"Blue\"]}",
			 }));
}

/* Lays {tag: given} over stored; the column, or the message. */
static const char *lay(const char *stored, const char *given, bool required,
		       struct arena *arena)
{
	CLEANUP(vec_release) struct merge_defs defs = VEC_INIT;
	CLEANUP(vec_release) struct field_errors errors = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;

	all_types(&defs);
	defs.v[0].required = true;
	assert_int_equal(json_parse(str_of(given), &tree, &err), 0);
	merge_values_lay(&defs, stored, tree, required, arena, &out, &errors);
	if (errors.n)
		return arena_strdup(arena, errors.v[0].message);
	return arena_str(arena, strbuf_str(&out));
}

static void each_type_has_one_spelling(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	static const struct {
		const char *given, *column;
	} cases[] = {
		{ "{\"text\":\"a\\\"b\"}", "{\"1\":\"a\\\"b\"}" },
		{ "{\"text\":7}", "{\"1\":\"7\"}" },
		{ "{\"text\":null}", "{}" },
		{ "{\"text\":{}}", "Please enter a value" },
		{ "{\"number\":\"12\"}", "{\"2\":12}" },
		{ "{\"number\":0.5}", "{\"2\":0.5}" },
		{ "{\"number\":\"1,5\"}", "Please enter a number" },
		{ "{\"number\":\"\"}", "{}" },
		{ "{\"date\":\"2020-02-29\"}", "{\"5\":\"2020-02-29\"}" },
		{ "{\"date\":\"2020/2/9\"}", "{\"5\":\"2020-02-09\"}" },
		{ "{\"date\":\"31-12-1999\"}", "{\"5\":\"1999-12-31\"}" },
		{ "{\"date\":\"12/31/1999\"}", "{\"5\":\"1999-12-31\"}" },
		{ "{\"date\":\"1999-12-31T10:00:00+00:00\"}",
		  "{\"5\":\"1999-12-31\"}" },
		{ "{\"date\":\"2021-02-29\"}", "Please enter a date" },
		{ "{\"birthday\":\"2/29\"}", "{\"10\":\"02/29\"}" },
		{ "{\"birthday\":\"13/01\"}",
		  "Please enter a birthday as MM/DD" },
		{ "{\"url\":\"javascript:x\"}", "Please enter a valid URL" },
		{ "{\"url\":\"HTTPS://x.org\"}", "{\"6\":\"HTTPS://x.org\"}" },
		{ "{\"radio\":\"red\"}", "{\"8\":\"Red\"}" },
		{ "{\"dropdown\":\"Green\"}",
		  "Please choose one of the options" },
		{ "{\"address\":\"\"}", "{}" },
		{ "{\"address\":\"1 Road\"}",
		  "Please enter a complete address" },
		{ "{\"address\":{\"addr1\":\"1 Road\",\"city\":\"Ulm\"}}",
		  "Please enter a complete address" },
		{ "{\"address\":{\"addr1\":\"\",\"city\":\"\"}}", "{}" },
		{ "{\"address\":{\"addr1\":\"1 Road\",\"city\":\"Ulm\","
		  "\"state\":\"BW\",\"zip\":89073}}",
		  "{\"3\":{\"addr1\":\"1 Road\",\"addr2\":\"\",\"city\":"
		  "\"Ulm\",\"state\":\"BW\",\"zip\":\"89073\",\"country\":"
		  "\"\"}}" },
		{ "{\"nosuch\":\"x\"}", "{}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(lay("{}", cases[i].given, false, arena),
				    cases[i].column);
}

static void what_is_not_given_stays(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(lay("{\"1\":\"a\",\"2\":3,\"99\":\"gone\"}",
				"{\"number\":\"4\"}", false, arena),
			    "{\"1\":\"a\",\"2\":4}");
	assert_string_equal(
		lay("{\"1\":\"a\"}", "{\"text\":\"\"}", false, arena), "{}");
	assert_string_equal(
		lay("{\"1\":\"a\"}", "{\"text\":\"\"}", true, arena),
		"Please enter a value");
	assert_string_equal(lay("{}", "{}", true, arena),
			    "Please enter a value");
	assert_string_equal(lay("{\"1\":\"a\"}", "{}", true, arena),
			    "{\"1\":\"a\"}");
}

static void raw_values_are_found_without_a_tree(void **state)
{
	static const char column[] =
		"{\"1\":\"a\\\"},{\",\"3\":{\"zip\":\"}\"},\"12\":-4.5}";
	struct str s = STR(column);

	(void)state;
	s.len = strlen(column);
	assert_true(str_is(merge_value_raw(s, 1), "\"a\\\"},{\""));
	assert_true(str_is(merge_value_raw(s, 3), "{\"zip\":\"}\"}"));
	assert_true(str_is(merge_value_raw(s, 12), "-4.5"));
	assert_int_equal(merge_value_raw(s, 2).len, 0);
	assert_int_equal(merge_value_raw(STR("{}"), 1).len, 0);
	assert_int_equal(merge_value_raw(str_of(NULL), 1).len, 0);
}

/* What stands there from before may be sent again, with what is changed. */
static void what_nobody_sees_is_no_value(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
#define TURNED "{\"1\":\"\xe2\x80\xaegpj\"}"
#define TURNED_ADDRESS                                                         \
	"{\"addr1\":\"\xe2\x80\xae\",\"addr2\":\"\",\"city\":\"C\",\"state\":" \
	"\"S\",\"zip\":\"1\",\"country\":\"\"}"
#define TURNS "holds a character that turns the direction of writing"
	static const struct {
		const char *stored, *given, *column;
	} cases[] = {
		{ "{}", "{\"text\":\"a\\nb\\t\"}", "{\"1\":\"a\\nb\\t\"}" },
		{ "{}", "{\"text\":\"\\u200d\\u200c\\u200f\"}",
		  "{\"1\":\"\xe2\x80\x8d\xe2\x80\x8c\xe2\x80\x8f\"}" },
		{ "{}", "{\"text\":\"\\u001b\"}", "holds a control character" },
		{ "{}", "{\"text\":\"\\u202e\"}", TURNS },
		{ "{\"1\":\"gpj\"}", "{\"text\":\"\\u202egpj\"}", TURNS },
		{ TURNED, "{\"text\":\"\\u202egpj\",\"number\":2}",
		  "{\"1\":\"\xe2\x80\xaegpj\",\"2\":2}" },
		{ TURNED, "{\"number\":2}",
		  "{\"1\":\"\xe2\x80\xaegpj\",\"2\":2}" },
		{ TURNED, "{\"text\":\"\\u202ejpg\"}", TURNS },
		{ "{}", "{\"address\":" TURNED_ADDRESS "}", TURNS },
		{ "{\"3\":" TURNED_ADDRESS "}",
		  "{\"address\":" TURNED_ADDRESS "}",
		  "{\"3\":" TURNED_ADDRESS "}" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(
			lay(cases[i].stored, cases[i].given, false, arena),
			cases[i].column);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_has_one_spelling),
		cmocka_unit_test(what_is_not_given_stays),
		cmocka_unit_test(raw_values_are_found_without_a_tree),
		cmocka_unit_test(what_nobody_sees_is_no_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
