#include "campaign/html/html_toc.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void headings_become_a_list(void **state)
{
	static const char *const cases[][2] = {
		{ "<h1>One</h1> *|MC:NO|*", NULL },
		{ "*|MC:TOC|*<p>x</p>", "<p>x</p>" },
		{ "*|MC:TOC|*<h1>One</h1>x<h2 id='t'>*|FNAME|*'s <b>&amp; "
		  "more</b></h2>",
		  "<ul><li><a href=\"#toc-1\">One</a></li><li><a "
		  "href=\"#toc-2\">*|FNAME|*'s &amp; more</a></li></ul>"
		  "<h1><a id=\"toc-1\"></a>One</h1>x<h2 id='t'><a "
		  "id=\"toc-2\"></a>*|FNAME|*'s <b>&amp; more</b></h2>" },
		{ "<h1></h1><p class='a "
		  "mc-toc-title'>\u0627</p>*|mc:toc_text|*",
		  "<h1></h1><p class='a mc-toc-title'><a id=\"toc-1\"></a>"
		  "\u0627</p>\u0627" },
		{ "<!-- <h1>no</h1> -->*|MC:TOC|*<h1>open", "<!-- <h1>no</h1> "
							    "--><h1>open" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		const char *wanted = cases[i][1] ? cases[i][1] : cases[i][0];
		struct str got = html_toc(str_of(cases[i][0]), arena);

		if (!str_is(got, wanted))
			fail_msg("%s: %.*s", cases[i][0], (int)got.len, got.s);
		assert_true(str_eq(html_toc(got, arena), got));
	}
}

static void plain_text_has_their_words(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct str html = STR("<h1>A &amp; b</h1><h3>c</h3>");

	(void)state;
	assert_true(
		str_is(html_toc_of_plain(STR("x\n*|MC:TOC|*\ny"), html, arena),
		       "x\nA & b\nc\ny"));
	assert_true(str_is(
		html_toc_of_plain(STR("*|MC:TOC_TEXT|*"), STR(""), arena), ""));
}

/* As often as a text asks for it: not without end. */
static void it_is_put_in_so_often(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	struct str plain = STR("*|MC:TOC|**|MC:TOC|*");

	(void)state;
	strbuf_addstr(&html, "<h1>");
	for (int i = 0; i < 100000; i++)
		strbuf_addch(&html, 'x');
	strbuf_addstr(&html, "</h1>");
	for (int i = 0; i < 5000; i++)
		strbuf_addstr(&html, "*|MC:TOC|*");
	assert_true(html_toc(strbuf_str(&html), arena).len < 400000);
	assert_int_equal(html_toc_of_plain(plain, strbuf_str(&html), arena).len,
			 200000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headings_become_a_list),
		cmocka_unit_test(plain_text_has_their_words),
		cmocka_unit_test(it_is_put_in_so_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
