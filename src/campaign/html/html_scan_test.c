#include "campaign/html/html_scan.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static enum html_place place_after(const char *text, struct html_scan *scan)
{
	*scan = (struct html_scan)HTML_SCAN_INIT;
	for (; *text; text++)
		html_scan_byte(scan, *text);
	return scan->place;
}

static void knows_where_a_byte_stands(void **state)
{
	static const struct {
		const char *text;
		enum html_place place;
	} cases[] = {
		{ "a < b", HTML_TEXT },
		{ "a <b", HTML_TAG_NAME },
		{ "<b ", HTML_IN_TAG },
		{ "<b c", HTML_ATTR_NAME },
		{ "<b c=", HTML_BEFORE_VALUE },
		{ "<b c = \"", HTML_VALUE_DOUBLE },
		{ "<b c='>", HTML_VALUE_SINGLE },
		{ "<b c=d", HTML_VALUE_BARE },
		{ "<b c=d>", HTML_TEXT },
		{ "<b/>", HTML_TEXT },
		{ "</b", HTML_TAG_NAME },
		{ "<!doctype html", HTML_BOGUS },
		{ "<!--", HTML_COMMENT },
		{ "<!-->", HTML_TEXT },
		{ "<!-- <a href=\" -->", HTML_TEXT },
		{ "<!-- - > --", HTML_COMMENT },
		{ "<!-- x --!>", HTML_TEXT },
		{ "<?xml ?>", HTML_TEXT },
		{ "<style>a<b>", HTML_RAW },
		{ "<style>a</styl>", HTML_RAW },
		{ "<style>a</STYLE >", HTML_TEXT },
		{ "<style>a</</style>", HTML_TEXT },
		{ "<title>a<b>", HTML_RCDATA },
		{ "<script a='>'>", HTML_RAW },
		{ "<<b", HTML_TAG_NAME },
	};
	struct html_scan scan;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (place_after(cases[i].text, &scan) != cases[i].place)
			fail_msg("%s: %d", cases[i].text, (int)scan.place);
}

static void a_url_is_told_by_its_attribute(void **state)
{
	struct html_scan scan;

	(void)state;
	place_after("<a title='x' HREF=\" http", &scan);
	assert_true(html_scan_in_url(&scan));
	assert_string_equal(scan.value, "http");
	place_after("<a title=\"x", &scan);
	assert_false(html_scan_in_url(&scan));
}

static void a_merge_tag_has_an_end_in_its_line(void **state)
{
	(void)state;
	assert_int_equal(merge_tag_length(STR("*|FNAME|* x")), 9);
	assert_int_equal(merge_tag_length(STR("*|IF:A<3|*")), 10);
	assert_int_equal(merge_tag_length(STR("*|FNAME")), 0);
	assert_int_equal(merge_tag_length(STR("*|A\n|*")), 0);
	assert_int_equal(merge_tag_length(STR("*|A <b>|*")), 0);
	assert_int_equal(merge_tag_length(STR("*| A|*")), 0);
	assert_true(merge_tag_is_structure(STR("*|IF:A|*")));
	assert_true(merge_tag_is_structure(STR("*|END:IF|*")));
	assert_false(merge_tag_is_structure(STR("*|FNAME|*")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_where_a_byte_stands),
		cmocka_unit_test(a_url_is_told_by_its_attribute),
		cmocka_unit_test(a_merge_tag_has_an_end_in_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
