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
		/* ways to write it */
		{ "<div style=\"display/**/:none\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"d\\69splay:none\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"display&#58;none\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"display:var(--x)\">" A "x</a>", HTML_HIDDEN },
		/* more of them */
		{ "<div style=\"opacity:.01\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"opacity:1%\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"opacity:1\">" A "x</a>", HTML_SEEN },
		{ "<div style=\"clip-path:inset(100%)\">" A "x</a>",
		  HTML_HIDDEN },
		{ "<div style=\"clip:rect(0,0,0,0)\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"transform:scale(0)\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"transform:rotate(2deg)\">" A "x</a>",
		  HTML_SEEN },
		{ "<div style=\"filter:opacity(0)\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"pointer-events:none\">" A "x</a>",
		  HTML_HIDDEN },
		{ "<div style=\"text-indent:-9999px\">" A "x</a>",
		  HTML_HIDDEN },
		{ "<div style=\"text-indent:-20px\">" A "x</a>", HTML_SEEN },
		{ "<div style=\"margin-left:-9999px\">" A "x</a>",
		  HTML_HIDDEN },
		{ "<div style=\"margin:0 auto 20px\">" A "x</a>", HTML_SEEN },
		{ "<div style=\"height:0;overflow:hidden\">" A "x</a>",
		  HTML_HIDDEN },
		{ "<div style=\"height:1px;overflow:hidden\">" A "x</a>",
		  HTML_HIDDEN },
		{ "<div style=\"height:40px;overflow:hidden\">" A "x</a>",
		  HTML_SEEN },
		{ "<div style=\"font:0/0 a\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"font:bold 12px/1.5 a\">" A "x</a>", HTML_SEEN },
		{ "<div style=\"font-size:1%\">" A "x</a>", HTML_HIDDEN },
		{ "<div style=\"font-size:0\"><p style=\"font-size:1em\">" A
		  "x</a>",
		  HTML_HIDDEN },
		{ "<div style=\"visibility:hidden\"><p style=\"visibility:"
		  "visible\">" A "x</a>",
		  HTML_SEEN },
		{ "<div style=\"color:transparent\">" A "x</a>", HTML_COLOUR },
		{ "<div style=\"color:rgba(0, 0, 0, .05)\">" A "x</a>",
		  HTML_COLOUR },
		{ "<div style=\"color:rgb(0 0 0 / 50%)\">" A "x</a>",
		  HTML_SEEN },
		{ "<div style=\"color:#0000\">" A "x</a>", HTML_COLOUR },
		{ "<div style=\"color:tomato;background:tomato\">" A "x</a>",
		  HTML_COLOUR },
		{ "<div style=\"color:tomato;background:teal\">" A "x</a>",
		  HTML_SEEN },
		{ "<body link=\"#ffffff\">" A "x</a>", HTML_COLOUR },
		/* rules of style sheets */
		{ "<style>a{display:none!important}</style>" A "x</a>",
		  HTML_HIDDEN },
		{ "<style>.z{display:none}</style><div class=\"y z\">" A
		  "x</a>",
		  HTML_HIDDEN },
		{ "<style>.z{display:none}</style><div class=y>" A "x</a>",
		  HTML_SEEN },
		{ "<style>@media all{.z{display:none}}</style><p class=z>" A
		  "x</a>",
		  HTML_HIDDEN },
		{ "<style>@media print{a{display:none}}</style>" A "x</a>",
		  HTML_SEEN },
		{ "<style>@font-face{a:b}#q > a, b{opacity:0}</style><p id=q>" A
		  "x</a>",
		  HTML_HIDDEN },
		{ "<style>#q a{opacity:0}</style><p id=r>" A "x</a>",
		  HTML_SEEN },
		{ "<style>a[href]{font-size:0}</style>" A "x</a>",
		  HTML_HIDDEN },
		{ "<style>a[class=x]{font-size:0}</style>" A "x</a>",
		  HTML_SEEN },
		{ "<style>*[class=\"gmail-fix\"]{display:none}</style>" A
		  "x</a>",
		  HTML_SEEN },
		{ "<style>a:hover{opacity:0}a::before{display:none}</style>" A
		  "x</a>",
		  HTML_SEEN },
		{ "<style>a:link{color:#fff}</style>" A "x</a>", HTML_COLOUR },
		{ "<style>@media (prefers-color-scheme:dark){a{color:#fff}}"
		  "</style>" A "x</a>",
		  HTML_SEEN },
		{ "<style>a{d\\69splay/*x*/:none", HTML_NOT_THERE },
		{ "<style>p{a{display:none}}</style>" A "x</a>", HTML_HIDDEN },
		{ "<style>a{x:'}';display:none}</style>" A "x</a>",
		  HTML_HIDDEN },
		{ "<style>}a{display:none}</style>" A "x</a>", HTML_HIDDEN },
		{ "<style>div,a{display:none!important}</style><div style=\"all"
		  ":revert!important\"><a href=\"*|UNSUB|*\" style=\"display:"
		  "inline!important\">x</a>",
		  HTML_SEEN },
		{ "<style>body{visibility:hidden}</style>" A "x</a>",
		  HTML_HIDDEN },
		{ "<style>body > tbody a{opacity:0}</style>" A "x</a>",
		  HTML_HIDDEN },
		/* nothing to click on */
		{ A "&nbsp;&#8203;</a>", HTML_NO_TEXT },
		{ A ".</a>", HTML_NO_TEXT },
		{ A "<img src=x width=1 height=1></a>", HTML_NO_TEXT },
		{ A "\xc3\xa4</a>", HTML_SEEN },
		{ A "\xe9\x80\x80</a>", HTML_SEEN },
		/* elements whose content is not shown */
		{ "<template>" A "x</a></template>", HTML_HIDDEN },
		{ "<noscript>" A "x</a></noscript>", HTML_HIDDEN },
		{ "<select>" A "x</a></select>", HTML_HIDDEN },
		{ "<details><summary>.</summary>" A "x</a></details>",
		  HTML_HIDDEN },
		{ "<details open>" A "x</a></details>", HTML_SEEN },
		{ "<textarea>" A "x</a></textarea>", HTML_NOT_THERE },
		{ "<plaintext>" A "x</a>", HTML_NOT_THERE },
		{ "<div hidden><table><tr><td></div>" A "x</a>", HTML_HIDDEN },
		/* no link of ours */
		{ "<a href=\"https://x.example/?u=*|UNSUB|*\">x</a>",
		  HTML_NOT_THERE },
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

static bool is_address(struct str tag)
{
	return str_is(tag, "*|ADDRESS|*");
}

static void test_conditionals(void **state)
{
	static const struct {
		const char *html;
		bool link, words;
	} cases[] = {
		{ A "x</a> *|ADDRESS|*", true, true },
		{ "*|IF:X|*" A "x</a>*|ADDRESS|**|END:IF|*", true, false },
		{ "*|IFNOT:ARCHIVE_PAGE|*" A "x</a>*|ADDRESS|**|END:IF|*", true,
		  true },
		{ "*|IF:X|*" A "x</a>*|ELSE:|*" A "y</a>*|END:IF|*", true,
		  false },
		{ "*|IF:X|*" A "x</a>*|ELSE:|*" A "</a>*|END:IF|*", false,
		  false },
		{ "<!--" A "-->" A "x</a>", true, false },
		{ "<!--" A "-->*|IF:X|*" A "x</a>", false, false },
		{ "<div hidden>*|IF:X|*</div>*|END:IF|*" A "x</a>*|ADDRESS|*",
		  false, false },
		{ "<div hidden>*|ADDRESS|*</div>", false, false },
		{ "<!-- *|ADDRESS|* --><p title=\"*|ADDRESS|*\">", false,
		  false },
		{ "*|IF:X|*a*|END:IF|* *|ADDRESS|*", false, true },
		{ "<!-- *|IF:X|*-->*|END:IF|*" A "x</a>", false, false },
		{ "<!--*|IF:X|*--><!--*|END:IF|*-->" A "x</a>", true, false },
		{ "<p style=\"*|IF:X|*display:none*|ELSE:|*top:0*|END:IF|*\">" A
		  "x</a>",
		  false, false },
		{ "<p style=\"display:*|X|*\">" A "x</a>", false, false },
		{ "<style>*|IF:X|*a{top:0}*|END:IF|*</style>" A "x</a>", false,
		  false },
	};
	struct html_look_how how = { "*|UNSUB|*", is_address };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct html_look look;

		html_look(str_of(cases[i].html), &how, &look);
		if (look.link_for_all != cases[i].link ||
		    look.words != cases[i].words)
			fail_msg("%s: %d %d", cases[i].html, look.link_for_all,
				 look.words);
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
		cmocka_unit_test(test_conditionals),
		cmocka_unit_test(test_images),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
