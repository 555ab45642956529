#include "campaign/html/html_sections.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* "name=[content]" of each section, one behind the other. */
static const char *found(const char *html, struct arena *arena)
{
	CLEANUP(vec_release) struct html_sections sections = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	html_sections_find(str_of(html), arena, &sections);
	vec_each (&sections, s)
		strbuf_addf(&out, "%s=[%.*s]", s->name, (int)(s->end - s->at),
			    html + s->at);
	return arena_str(arena, strbuf_str(&out));
}

static void are_what_stands_in_marked_elements(void **state)
{
	static const struct {
		const char *html, *expected;
	} cases[] = {
		{ "<div mc:edit=\"a\">x<b>y</b></div>z", "a=[x<b>y</b>]" },
		{ "<DIV MC:EDIT = 'a b'>x</DIV>", "a b=[x]" },
		{ "<div mc:edit=a><div>1</div>2</div>3", "a=[<div>1</div>2]" },
		{ "<div mc:edit=a>1<p mc:edit=b>2</p></div>",
		  "a=[1<p mc:edit=b>2</p>]b=[2]" },
		{ "<img mc:edit=\"pic\" src=a.png>z",
		  "pic=[<img mc:edit=\"pic\" src=a.png>]" },
		/* ends that nobody wrote */
		{ "<p mc:edit=a>1<p mc:edit=b>2<div>3</div>", "a=[1]b=[2]" },
		{ "<table><tr><td mc:edit=a>1<td mc:edit=b>2</table>3",
		  "a=[1]b=[2]" },
		{ "<body><div mc:edit=a>1</body>", "a=[1]" },
		{ "<div mc:edit=a>1", "a=[1]" },
		/* an end tag that is none, and one of a merge tag's text */
		{ "<div mc:edit=a>1<!-- </div> -->2</div>",
		  "a=[1<!-- </div> -->2]" },
		{ "<div mc:edit=a title='</div>'>1</div>", "a=[1]" },
		{ "<div mc:edit=a>*|IF:X|*1*|ELSE:|*2*|END:IF|*</div>",
		  "a=[*|IF:X|*1*|ELSE:|*2*|END:IF|*]" },
		{ "<div mc:edit=\"&amp;\">1</div>", "&=[1]" },
		/* none */
		{ "<div mc:edit=\"\">1</div>", "" },
		{ "<div mc:edit>1</div>", "" },
		{ "<div mc:repeatable=a mc:hideable>1</div>", "" },
		{ "<!-- <div mc:edit=a>1</div> -->", "" },
		{ "<style>mc:edit=a</style>mc:edit=b", "" },
		{ "", "" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(found(cases[i].html, arena),
				    cases[i].expected);
}

static void take_the_texts_that_are_given(void **state)
{
	static const struct {
		const char *html, *values, *expected;
	} cases[] = {
		{ "<p mc:edit=a>1</p><p mc:edit=b>2</p>", "{\"b\":\"<i>x\"}",
		  "<p mc:edit=a>1</p><p mc:edit=b><i>x</p>" },
		{ "<p mc:edit=a>1</p><p mc:edit=a>2</p>", "{\"a\":\"\"}",
		  "<p mc:edit=a></p><p mc:edit=a></p>" },
		{ "<div mc:edit=a>1<b mc:edit=b>2</b></div>3",
		  "{\"a\":\"x\",\"b\":\"y\"}", "<div mc:edit=a>x</div>3" },
		{ "<div mc:edit=a>1<b mc:edit=b>2</b></div>3", "{\"b\":\"y\"}",
		  "<div mc:edit=a>1<b mc:edit=b>y</b></div>3" },
		{ "1<img mc:edit=a>2", "{\"a\":\"<hr>\"}", "1<hr>2" },
		{ "<p mc:edit=a>1</p>", "{\"a\":7,\"c\":\"x\"}",
		  "<p mc:edit=a>1</p>" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(vec_release) struct html_sections list = VEC_INIT;
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(json_free)
		json_t *values = json_loads(cases[i].values, 0, NULL);

		html_sections_find(str_of(cases[i].html), arena, &list);
		html_sections_fill(str_of(cases[i].html), &list, values, &out);
		assert_string_equal(out.buf, cases[i].expected);
	}
}

static void marks_are_taken_out(void **state)
{
	static const struct {
		const char *html, *expected;
	} cases[] = {
		{ "<div mc:edit=\"a\">x</div>", "<div>x</div>" },
		{ "<div class=y mc:edit=a id='z'>", "<div class=y id='z'>" },
		{ "<div mc:hideable mc:repeatable='r' mc:variant=\"v w\">",
		  "<div>" },
		{ "<div mc:hideable\n class=y>", "<div\n class=y>" },
		{ "<img MC:EDIT=a/>", "<img>" },
		{ "<img mc:edit='a'/>", "<img/>" },
		{ "<img mc:hideable/>", "<img/>" },
		{ "<a href='mc:edit' mc:disable-tracking>mc:edit=1</a>",
		  "<a href='mc:edit'>mc:edit=1</a>" },
		{ "<p title=\"*|MC:SUBJECT|*\" mc:edit=a>*|MC:DATE|*</p>",
		  "<p title=\"*|MC:SUBJECT|*\">*|MC:DATE|*</p>" },
		{ "<!-- <p mc:edit=a> -->", "<!-- <p mc:edit=a> -->" },
		{ "<p amc:edit=a xmlns:mc=b>", "<p amc:edit=a xmlns:mc=b>" },
		{ "<p mc:edit=a", "<p mc:edit=a" },
		{ "<p mc:edit = a >", "<p >" },
		{ "<p>plain", "<p>plain" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str out =
			html_sections_strip(str_of(cases[i].html), arena);

		assert_string_equal(arena_str(arena, out), cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_what_stands_in_marked_elements),
		cmocka_unit_test(take_the_texts_that_are_given),
		cmocka_unit_test(marks_are_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
