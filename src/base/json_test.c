#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void values_are_written_with_their_commas(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);

	(void)state;
	json_begin_object(&w);
	json_key_text(&w, "name", "O'Neil");
	json_key_text(&w, "none", NULL);
	json_key_int(&w, "n", INT64_MIN);
	json_key_bool(&w, "yes", true);
	json_key_begin_array(&w, "list");
	json_int(&w, 1);
	json_begin_object(&w);
	json_end_object(&w);
	json_begin_array(&w);
	json_end_array(&w);
	json_nothing(&w);
	json_end_array(&w);
	json_key_time(&w, "t", 1000);
	json_key_time(&w, "t0", 0);
	json_key_time_or_null(&w, "tn", 0);
	json_key_raw(&w, "raw", STR("{\"a\":1}"));
	json_end_object(&w);
	assert_string_equal(
		out.buf,
		"{\"name\":\"O'Neil\",\"none\":null,"
		"\"n\":-9223372036854775808,\"yes\":true,"
		"\"list\":[1,{},[],null],"
		"\"t\":\"1970-01-01T00:00:01+00:00\",\"t0\":\"\",\"tn\":null,"
		"\"raw\":{\"a\":1}}");
}

static void texts_are_escaped(void **state)
{
	static const struct {
		struct str text;
		const char *json;
	} cases[] = {
		{ { "", 0 }, "\"\"" },
		{ { "a\"b\\c", 5 }, "\"a\\\"b\\\\c\"" },
		{ { "\b\t\n\f\r", 5 }, "\"\\b\\t\\n\\f\\r\"" },
		{ { "\0\x01\x1f", 3 }, "\"\\u0000\\u0001\\u001f\"" },
		{ { "ä😀", 6 }, "\"ä😀\"" },
		{ { "</script>", 9 }, "\"</script>\"" },
		{ { "a\xFF"
		    "b",
		    3 },
		  "\"a\uFFFDb\"" },
		{ { "\xC3", 1 }, "\"\uFFFD\"" },
		{ { "\xED\xA0\x80", 3 }, "\"\uFFFD\uFFFD\uFFFD\"" },
		{ { "\xC0\x80", 2 }, "\"\uFFFD\uFFFD\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		struct json_writer w = JSON_WRITER(&out);

		json_str(&w, cases[i].text);
		assert_string_equal(out.buf, cases[i].json);
	}
}

static void numbers_read_back_as_themselves(void **state)
{
	static const struct {
		double n;
		const char *json;
	} cases[] = {
		{ 0, "0" },        { 0.1, "0.1" },
		{ 1.5, "1.5" },    { -2, "-2" },
		{ 1e21, "1e+21" }, { 1.0 / 3, "0.33333333333333331" },
		{ NAN, "null" },   { INFINITY, "null" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		struct json_writer w = JSON_WRITER(&out);

		json_number(&w, cases[i].n);
		assert_string_equal(out.buf, cases[i].json);
	}
}

static void parsing_is_strict(void **state)
{
	static const struct str cases[] = {
		{ "", 0 },         { "{", 1 },
		{ "{} x", 4 },     { "{\"a\":1,\"a\":2}", 13 },
		{ "\"\xFF\"", 3 }, { "\"\\u0000\"", 8 },
		{ "[1,]", 4 },     { "{'a':1}", 7 },
		{ "NaN", 3 },      { "\"\\ud800\"", 8 },
		{ "{}\0", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		json_t *tree = NULL;
		struct err err = ERR_INIT;

		if (json_parse(cases[i], &tree, &err) == 0)
			fail_msg("case %zu was taken", i);
		assert_int_equal(err.code, ERR_INVALID);
		assert_null(tree);
	}
}

static void depth_is_limited(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 64; i++)
		strbuf_addch(&text, '[');
	for (int i = 0; i < 64; i++)
		strbuf_addch(&text, ']');
	assert_int_equal(json_parse(strbuf_str(&text), &tree, &err), 0);
	json_free(&tree);
	strbuf_reset(&text);
	for (int i = 0; i < 100000; i++)
		strbuf_addch(&text, '[');
	assert_int_equal(json_parse(strbuf_str(&text), &tree, &err), -1);
	assert_int_equal(
		json_parse(STR("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
			       "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"\""),
			   &tree, &err),
		0);
}

/* Whatever its kind; and not by what stands in texts. */
static void number_of_values_is_limited(void **state)
{
	static const struct {
		const char *begin, *item, *end;
		int marks, begin_marks; /* of an item with a comma; before */
	} shapes[] = {
		{ "[", "1", "]", 1, 1 },
		{ "[", "[]", "]", 2, 1 },
		{ "[", "{}", "]", 2, 1 },
		{ "{\"a\":[", "{\"b\":1}", "]}", 3, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
		for (int over = 0; over <= 1; over++) {
			CLEANUP(strbuf_release) struct strbuf s = STRBUF_INIT;
			CLEANUP(json_free) json_t *tree = NULL;
			struct err err = ERR_INIT;
			int n = (JSON_MARKS_MAX - shapes[i].begin_marks) /
				shapes[i].marks;

			strbuf_addstr(&s, shapes[i].begin);
			for (int j = 0; j < n + 2 * over; j++)
				strbuf_addf(&s, "%s,", shapes[i].item);
			strbuf_addf(&s, "\",,[[::\\\",\"%s", shapes[i].end);
			assert_int_equal(
				json_parse(strbuf_str(&s), &tree, &err), -over);
			if (over)
				assert_non_null(strstr(err.text, "in parts"));
		}
}

static void members_are_got_by_type(void **state)
{
	CLEANUP(json_free) json_t *o = NULL;
	struct err err = ERR_INIT;
	const char *text = "untouched";
	const json_t *part = NULL;
	int64_t n = 42;
	bool b = false;

	(void)state;
	assert_int_equal(json_parse(STR("{\"t\":\"x\",\"i\":7,\"d\":1.5,"
					"\"b\":true,\"z\":null,\"o\":{},"
					"\"a\":[]}"),
				    &o, &err),
			 0);
	assert_int_equal(json_get_text(o, "z", &text, &err), 0);
	assert_int_equal(json_get_text(o, "missing", &text, &err), 0);
	assert_string_equal(text, "untouched");
	assert_int_equal(json_get_text(o, "t", &text, &err), 1);
	assert_string_equal(text, "x");
	assert_int_equal(json_get_int(o, "i", &n, &err), 1);
	assert_int_equal(n, 7);
	assert_int_equal(json_get_bool(o, "b", &b, &err), 1);
	assert_true(b);
	assert_int_equal(json_get_object(o, "o", &part, &err), 1);
	assert_int_equal(json_get_array(o, "a", &part, &err), 1);
	assert_int_equal(json_get_text(o, "i", &text, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_string_equal(err.field, "i");
	assert_int_equal(json_get_int(o, "d", &n, &err), -1);
	assert_int_equal(json_get_int(o, "t", &n, &err), -1);
	assert_int_equal(json_get_bool(o, "i", &b, &err), -1);
	assert_int_equal(json_get_object(o, "a", &part, &err), -1);
	assert_int_equal(json_get_array(o, "o", &part, &err), -1);
}

static void a_tree_is_written_compactly(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct json_writer w = JSON_WRITER(&out);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		json_parse(STR("{ \"a\" : [ 1, \"ä\" ] }"), &tree, &err), 0);
	json_begin_array(&w);
	json_tree(&w, tree);
	json_tree(&w, tree);
	json_end_array(&w);
	assert_string_equal(out.buf, "[{\"a\":[1,\"ä\"]},{\"a\":[1,\"ä\"]}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_written_with_their_commas),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(numbers_read_back_as_themselves),
		cmocka_unit_test(parsing_is_strict),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(number_of_values_is_limited),
		cmocka_unit_test(members_are_got_by_type),
		cmocka_unit_test(a_tree_is_written_compactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
