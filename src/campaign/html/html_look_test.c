#include "campaign/html/html_look.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define A "<a href=\"*|UNSUB|*\">"

static void test_links(void **state)
{
	static const struct {
		const char *html;
		enum html_seen seen;
	} cases[] = {
		{ "", HTML_NOT_THERE },
		{ "<p>*|UNSUB|*</p>", HTML_NOT_THERE },
		{ "<a href=\"https://x.example/\">x</a>", HTML_NOT_THERE },
		{ A "leave</a>", HTML_SEEN },
		{ "<A HREF='*|UNSUB|*'>leave</A>", HTML_SEEN },
		{ "<a href=*|UNSUB|*>leave</a>", HTML_SEEN },
		{ "<!-- " A "leave</a> -->", HTML_NOT_THERE },
		{ A "leave", HTML_SEEN },
		{ A "<img src=x></a>", HTML_SEEN },
		{ A "*|FNAME|*</a>", HTML_SEEN },
		/* nothing to click on */
		{ A "</a>", HTML_NO_TEXT },
		{ A " <span> </span>\n</a>", HTML_NO_TEXT },
		/* styles of its own */
		{ "<a href=\"*|UNSUB|*\" style=\"display:none\">x</a>",
		  HTML_HIDDEN },
		{ "<a style=\"DISPLAY : None !important\" href=\"*|UNSUB|*\">x"
		  "</a>",
		  HTML_HIDDEN },
		{ "<a href=\"*|UNSUB|*\" style=\"visibility:hidden\">x</a>",
		  HTML_HIDDEN },
		{ "<a href=\"*|UNSUB|*\" style=\"font-size:0\">x</a>",
		  HTML_HIDDEN },
		{ "<a href=\"*|UNSUB|*\" style=\"font-size:1px\">x</a>",
		  HTML_HIDDEN },
		{ "<a href=\"*|UNSUB|*\" style=\"font-size:12px\">x</a>",
		  HTML_SEEN },
		{ "<a href=\"*|UNSUB|*\" style=\"font-size:.8em\">x</a>",
		  HTML_SEEN },
		{ "<a href=\"*|UNSUB|*\" style=\"opacity:0.0\">x</a>",
		  HTML_HIDDEN },
		{ "<a href=\"*|UNSUB|*\" style=\"opacity:0.7\">x</a>",
		  HTML_SEEN },
		{ "<a href=\"*|UNSUB|*\" style=\"position:absolute;left:-9999px"
		  "\">x</a>",
		  HTML_HIDDEN },
		{ "<a href=\"*|UNSUB|*\" hidden>x</a>", HTML_HIDDEN },
		{ "<a href=\"*|UNSUB|*\" style=\"padding:0;margin:0\">x</a>",
		  HTML_SEEN },
		/* of what it stands in */
		{ "<div style=\"display:none\"><p>" A "x</a></p></div>",
		  HTML_HIDDEN },
		{ "<div style=\"display:none\">a</div>" A "x</a>", HTML_SEEN },
		{ "<div style=\"max-height:0;overflow:hidden\">" A "x</a>",
		  HTML_HIDDEN },
		{ "<td style=\"font-size:0\"><p style=\"font-size:14px\">" A
		  "x</a>",
		  HTML_SEEN },
		{ "<td style=\"font-size:0\">" A "x</a>", HTML_HIDDEN },
		/* and what stands in it */
		{ A "<span style=\"display:none\">x</span></a>", HTML_HIDDEN },
		/* colours */
		{ "<a href=\"*|UNSUB|*\" style=\"color:#fff\">x</a>",
		  HTML_COLOUR },
		{ "<a href=\"*|UNSUB|*\" style=\"color: White\">x</a>",
		  HTML_COLOUR },
		{ "<a href=\"*|UNSUB|*\" style=\"color:rgb(250, 250, 250)\">x"
		  "</a>",
		  HTML_COLOUR },
		{ "<table bgcolor=\"#222222\"><td>"
		  "<a href=\"*|UNSUB|*\" style=\"color:#fff\">x</a>",
		  HTML_SEEN },
		{ "<table bgcolor=\"#222222\"><td>"
		  "<a href=\"*|UNSUB|*\" style=\"color:#2a2a2a\">x</a>",
		  HTML_COLOUR },
		{ "<div style=\"background-color:#123456;color:#123456\">" A
		  "x</a>",
		  HTML_COLOUR },
		{ A "<span style=\"color:#fff\">x</span></a>", HTML_COLOUR },
		{ "<a href=\"*|UNSUB|*\" style=\"color:#888\">x</a>",
		  HTML_SEEN },
		/* one that is seen is enough */
		{ "<a href=\"*|UNSUB|*\" style=\"display:none\">x</a>" A
		  "leave</a>",
		  HTML_SEEN },
		{ A "leave</a>"
		    "<a href=\"*|UNSUB|*\" style=\"display:none\">x</a>",
		  HTML_SEEN },
		/* broken */
		{ "</div></p>" A "x</a></a></a>", HTML_SEEN },
		{ "<a href=\"*|UNSUB|*\" style=\"color", HTML_NOT_THERE },
		{ "<a href=\"*|UNSUB|*\" style=\";;:;color:;\">x</a>",
		  HTML_SEEN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum html_seen seen =
			html_link_look(str_of(cases[i].html), "*|UNSUB|*");

		if (seen != cases[i].seen)
			fail_msg("%s: %d, not %d", cases[i].html, seen,
				 cases[i].seen);
	}
}

static void test_images(void **state)
{
	static const struct {
		const char *html;
		size_t mute;
	} cases[] = {
		{ "<img src=x>", 1 },
		{ "<img src=x alt=\"\">", 0 },
		{ "<img alt src=x><IMG SRC=y>", 1 },
		{ "<!-- <img src=x> --><p alt=x>", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(html_mute_images(str_of(cases[i].html)),
				 cases[i].mute);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
