#include "campaign/html/html_end.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "campaign/html/html_look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define U "<a href=\"*|UNSUB|*\">leave</a>"

static void what_is_open_is_closed_and_named(void **state)
{
	static const struct {
		const char *html, *closing, *unclosed;
	} cases[] = {
		{ "", "", NULL },
		{ "<p>a", "</p>", NULL },
		{ "<html><body><p>a<p>b", "</p>", NULL },
		{ "<p>a<div>b</div>", "", NULL },
		{ "<ul><li>a<li>b", "</li></ul>", "<ul>" },
		{ "<p>a</p><!-- ", "-->", "<!--" },
		{ "<!--", "-->", "<!--" },
		{ "<!", ">", "<!--" },
		{ "<?x", ">", "<!--" },
		{ "<!--[if mso]><p>", "<![endif]-->", "<!--[if" },
		{ "<!--[if !mso]><!--><p>x", "</p><!--<![endif]-->",
		  "<!--[if" },
		{ "<!--[if !mso]><!--><p>x</p><!--<![endif]-->", "", NULL },
		{ "<style>a{", "</style>", "<style>" },
		{ "<TITLE>x", "</title>", "<title>" },
		{ "<textarea>", "</textarea>", "<textarea>" },
		{ "<div style=\"display:none\">x", "</div>", "<div>" },
		{ "<DIV><SPAN>x", "</SPAN></DIV>", "<DIV>" },
		{ "<div>a</div>", "", NULL },
		{ "<table><tr><td>x", "</td></tr></table>", "<table>" },
		{ "<object><p>x", "</p></object>", "<object>" },
		{ "<a href=\"", "\"></a>", "<a" },
		{ "<div title='x", "'></div>", "<div" },
		{ "<div title=x", "></div>", "<div" },
		{ "<div", "></div>", "<div" },
		{ "<style x", "></style>", "<style" },
		{ "a <", " ", NULL },
		/* what an end tag does not reach */
		{ "<div><table><tr><td></div>", "</td></tr></table></div>",
		  "<div>" },
		{ "<span><div></span>", "</div></span>", "<span>" },
		/* what goes on behind its end */
		{ "<div><b></div>", "</b>", "<b>" },
		{ "<b><div></b></div>", "", NULL },
		/* whose end some do not get */
		{ "<br><img src=x><input>", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct str html = str_of(cases[i].html);
		const char *name = cases[i].unclosed;
		struct html_end end;

		html_end_find(html, arena, &end);
		if (end.at != html.len || strcmp(end.closing, cases[i].closing))
			fail_msg("%s: %zu %s", cases[i].html, end.at,
				 end.closing);
		if (!name != !end.unclosed ||
		    (name && strcmp(name, end.unclosed)))
			fail_msg("%s: %s", cases[i].html,
				 end.unclosed ? end.unclosed : "nothing");
	}
}

static void what_cannot_be_closed_stays_behind(void **state)
{
	CLEANUP(strbuf_release) struct strbuf deep = STRBUF_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct html_end end;

	(void)state;
	html_end_find(STR("<p>x</p><plaintext>y"), arena, &end);
	assert_int_equal(end.at, 8);
	assert_string_equal(end.unclosed, "<plaintext>");
	html_end_find(STR("<div>x<PlainText>y"), arena, &end);
	assert_int_equal(end.at, 6);
	assert_string_equal(end.closing, "</div>");
	html_end_find(STR("<p>x</p><x*|FNAME|* hidden>y"), arena, &end);
	assert_int_equal(end.at, 8);
	strbuf_addstr(&deep, "<p>x</p>");
	for (int i = 0; i < 2000; i++)
		strbuf_addstr(&deep, "<i>");
	strbuf_addstr(&deep, "<div hidden>");
	html_end_find(strbuf_str(&deep), arena, &end);
	assert_int_equal(end.at, 8);
}

#define IF "*|IF:FNAME=zzz|*"
#define END "*|END:IF|*"

/* As somebody gets it for whom the conditionals hold, or not. */
static void settle(const char *html, bool holds, struct strbuf *out)
{
	const char *at, *end;

	for (; (at = strstr(html, IF)) != NULL; html = end + strlen(END)) {
		end = strstr(at, END);
		strbuf_add(out, html, (size_t)(at - html));
		at += strlen(IF);
		if (holds)
			strbuf_add(out, at, (size_t)(end - at));
	}
	strbuf_addstr(out, html);
}

static void check_seen(const char *html)
{
	for (int holds = 0; holds <= 1; holds++) {
		CLEANUP(strbuf_release) struct strbuf mail = STRBUF_INIT;

		settle(html, holds, &mail);
		if (html_link_look(strbuf_str(&mail), "*|UNSUB|*") != HTML_SEEN)
			fail_msg("%s", mail.buf);
	}
}

/* The property: what is put there is seen, by whoever gets the mail. */
static void what_is_added_is_seen(void **state)
{
	static const char *const open[] = {
		"<!--",
		"<!-- -",
		"<!--[if mso]>",
		"<style>",
		"<style>a{x:\"",
		"<title>",
		"<textarea>",
		"<select>",
		"<select><option>",
		"<template>",
		"<script>",
		"<script><!--<script>",
		"<noscript>",
		"<svg>",
		"<svg><style><!--",
		"<svg><![CDATA[",
		"<math>",
		"<iframe>",
		"<object>",
		"<xmp>",
		"<noembed>",
		"<noframes>",
		"<video>",
		"<details>",
		"<plaintext>",
		"<frameset>",
		"<div style=\"display:none\">",
		"<div hidden>",
		"<td style=\"display:none\">",
		"<a href=\"",
		"<a title='",
		"<div style=display:none",
		"<b style=\"display:none\">",
		"<p style=\"display:none\">",
		"<x-very-long-name-of-an-element hidden>",
		"<span style=\"display:none\"><div></span>",
		"<div hidden><table><tr><td></div>",
		"<p><font style=\"display:none\"></p>",
		"<!-- " IF "-->" END,
		"<div hidden>" IF "</div>" END,
		"</",
		"<",
		"<!",
		"<?",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(open) * ARRAY_SIZE(open); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;
		size_t other = i % ARRAY_SIZE(open);
		struct html_end end;

		strbuf_addf(&html, "<p>x</p>%s%s", open[i / ARRAY_SIZE(open)],
			    other ? open[other] : "");
		html_end_find(strbuf_str(&html), arena, &end);
		strbuf_add(&whole, html.buf, end.at);
		strbuf_addstr(&whole, end.closing);
		strbuf_addstr(&whole, "<div>" U "</div>");
		strbuf_addstr(&whole, html.buf + end.at);
		check_seen(whole.buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_open_is_closed_and_named),
		cmocka_unit_test(what_cannot_be_closed_stays_behind),
		cmocka_unit_test(what_is_added_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
