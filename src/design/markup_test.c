#include "design/markup.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void write_out(const struct markup *m, struct strbuf *out)
{
	vec_each (m, p) {
		if (p->kind == MARKUP_WORDS && p->is_comment)
			strbuf_addslice(out, p->text);
		else if (p->kind == MARKUP_WORDS)
			markup_escape(p->text, false, out);
		else
			strbuf_addf(out,
				    p->kind == MARKUP_OPEN ? "<%s" : "</%s",
				    p->tag->name);
		if (p->kind == MARKUP_OPEN)
			for (const struct markup_attr *a = p->attrs; a;
			     a = a->next) {
				strbuf_addf(out, " %s=\"", a->name);
				markup_escape(str_of(a->value), true, out);
				strbuf_addch(out, '"');
			}
		if (p->kind != MARKUP_WORDS)
			strbuf_addch(out, '>');
	}
}

struct markup_case {
	enum markup_kind kind;
	const char *in, *out;
	const char *removed; /* detail of the first problem; NULL: none */
};

static void check(const struct markup_case *c)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct design_problems list = VEC_INIT;
	CLEANUP(vec_release) struct markup m = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct problems p = { arena, &list, NULL };

	markup_read(str_of(c->in), c->kind, &p, &m);
	write_out(&m, &out);
	assert_string_equal(out.buf, c->out);
	assert_int_equal(list.n > 0, c->removed != NULL);
	if (c->removed)
		assert_string_equal(list.v[0].detail, c->removed);
}

static void check_all(const struct markup_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(&cases[i]);
}
#define CHECK_ALL(cases) check_all(cases, sizeof(cases) / sizeof(cases[0]))

static void words_keep_what_they_say(void **state)
{
	static const struct markup_case cases[] = {
		{ MARKUP_LINE, "a &amp; b < c > d &copy; \"q\"",
		  "a &amp; b &lt; c &gt; d \xc2\xa9 \"q\"", NULL },
		{ MARKUP_LINE, "&lt;script&gt;", "&lt;script&gt;", NULL },
		{ MARKUP_LINE, "<b>x</b> <i>y</i> <del>z</del>",
		  "<strong>x</strong> <em>y</em> <s>z</s>", NULL },
		{ MARKUP_LINE, "<p>one</p>", "one", NULL },
		{ MARKUP_TEXT, "<div>one</div><h2>two</h2>", "<p>one</p>two",
		  "h2" },
		{ MARKUP_TEXT, "*|IF:AGE < 18|*young*|END:IF|*",
		  "*|IF:AGE &lt; 18|*young*|END:IF|*", NULL },
		{ MARKUP_TEXT, "<!--*|IF:X|*--><p>a</p><!--*|END:IF|*-->",
		  "<!--*|IF:X|*--><p>a</p><!--*|END:IF|*-->", NULL },
		{ MARKUP_LINE,
		  "<span style=\"font-size:90px;color: rgb(1,2,3)\">x</span>",
		  "<span style=\"color:#010203\">x</span>", NULL },
		{ MARKUP_LINE, "<a href='https://x.org?a=1&amp;b=\"2\"'>l</a>",
		  "<a href=\"https://x.org?a=1&amp;b=&quot;2&quot;\">l</a>",
		  NULL },
		{ MARKUP_LINE, "<a href=*|UNSUB|*>off</a>",
		  "<a href=\"*|UNSUB|*\">off</a>", NULL },
		{ MARKUP_ANY,
		  "<html><head><meta charset=x></head><body>x</body></html>",
		  "x", "meta" },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void what_runs_something_is_left_out(void **state)
{
	static const struct markup_case cases[] = {
		{ MARKUP_ANY, "a<script>b<i>c</script>d", "ad", "script" },
		{ MARKUP_ANY, "a<SCRIPT src=x>b</sCript x>d", "ad", "script" },
		{ MARKUP_ANY, "a<script>b", "a", "script" },
		{ MARKUP_ANY, "a<script/x>b</scriptx></script>c", "ac",
		  "script" },
		{ MARKUP_ANY, "<style>p{}</style>x", "x", "style" },
		{ MARKUP_ANY, "<iframe src=x>y</iframe>z", "z", "iframe" },
		{ MARKUP_ANY, "<form action=x><b>y</b></form>",
		  "<strong>y</strong>", "form" },
		{ MARKUP_ANY, "<svg><a onload=x>y</a></svg>z", "z", "svg" },
		{ MARKUP_ANY, "<object data=x>y</object>z", "z", "object" },
		{ MARKUP_ANY, "<base href=x><link href=y>z", "z", "base" },
		{ MARKUP_ANY, "<p onclick=\"x()\">y</p>", "<p>y</p>",
		  "onclick" },
		{ MARKUP_ANY, "<p/onclick=x()>y</p>", "<p>y</p>", "onclick" },
		{ MARKUP_ANY, "<p a=\"'\"onclick='>'>y</p>", "<p>y</p>",
		  "onclick" },
		{ MARKUP_ANY, "<a href=\"&#106;avascript:x\">y</a>", "<a>y</a>",
		  "javascript:x" },
		{ MARKUP_ANY, "<a href=\"javascript&colon;x\">y</a>",
		  "<a>y</a>", "javascript&colon;x" },
		{ MARKUP_ANY, "<img src=javascript:x alt=a>", "",
		  "javascript:x" },
		{ MARKUP_ANY,
		  "<p style=\"color:red;width:expression(x);height:1px\">y</p>",
		  "<p style=\"color:red;height:1px\">y</p>", "width" },
		{ MARKUP_ANY,
		  "<p style=\"background:url( 'javascript:x' )\">y</p>",
		  "<p>y</p>", "background" },
		{ MARKUP_ANY, "<p style=\"b\\65havior:x\">y</p>", "<p>y</p>",
		  "b\\65havior" },
		{ MARKUP_ANY, "<p style=\"a:exp/**/ression(x)\">y</p>",
		  "<p>y</p>", "a" },
		{ MARKUP_ANY, "<p style=\"javascript:x\">y</p>", "<p>y</p>",
		  "javascript" },
		{ MARKUP_ANY, "<p style=\"position:fixed;top:0\">y</p>",
		  "<p style=\"top:0\">y</p>", "position" },
		{ MARKUP_ANY,
		  "<p style=\"background:url(https://x.org/a;b.png)\">y</p>",
		  "<p style=\"background:url(https://x.org/a;b.png)\">y</p>",
		  NULL },
		{ MARKUP_ANY, "<!--[if mso]><b>x</b><![endif]-->y", "y",
		  "!--[if]" },
		{ MARKUP_ANY, "<!-- a --!>b<!-->c-->d", "bd", NULL },
		{ MARKUP_ANY, "<!doctype html><?php x ?>y", "y", NULL },
		{ MARKUP_ANY, "a<", "a&lt;", NULL },
		{ MARKUP_ANY, "a<b", "a<strong></strong>", NULL },
		{ MARKUP_ANY, "a</", "a", NULL },
		{ MARKUP_ANY, "<p title=\"x", "<p title=\"x\"></p>", NULL },
	};

	(void)state;
	CHECK_ALL(cases);
}

static void nothing_breaks_out_of_its_place(void **state)
{
	static const struct markup_case cases[] = {
		{ MARKUP_ANY, "</td></tr></table></div>x", "x", NULL },
		{ MARKUP_ANY, "<tr><td>x</td></tr>", "x", NULL },
		{ MARKUP_ANY, "<b><p>x", "<strong><p>x</p></strong>", NULL },
		{ MARKUP_ANY, "<p>a<p>b<div>c", "<p>a</p><p>b</p><div>c</div>",
		  NULL },
		{ MARKUP_TEXT, "<li>a</li><ul><li>b<li>c<ul><li>d</ul>e</ul>",
		  "a<ul><li>b</li><li>c<ul><li>d</li></ul>e</li></ul>", NULL },
		{ MARKUP_ANY, "<a href=#a>x<a href=#b>y</a></a>",
		  "<a href=\"#a\">xy</a>", NULL },
		{ MARKUP_ANY, "<table><tr><td>a<tr><td>b</table>",
		  "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>",
		  NULL },
		{ MARKUP_ANY, "<table>x<tr>y<td>z</td></tr></table>",
		  "<table><tr><td>z</td></tr></table>", NULL },
		{ MARKUP_ANY, "<table><td>x</td></table>", "<table></table>",
		  NULL },
		{ MARKUP_ANY, "<table><tr><td></p></table>x</td></tr></table>",
		  "<table><tr><td></td></tr></table>x", NULL },
		{ MARKUP_ANY,
		  "<div><table><tr><td></div>x</td></tr></table>y</div>",
		  "<div><table><tr><td>x</td></tr></table>y</div>", NULL },
		{ MARKUP_ANY,
		  "<table>*|IF:A|*<tr><td>x</td></tr>*|END:IF|*</table>",
		  "<table>*|IF:A|*<tr><td>x</td></tr>*|END:IF|*</table>",
		  NULL },
		{ MARKUP_ANY, "<h1>a<h2>b</h2></h1>", "<h1>a</h1><h2>b</h2>",
		  NULL },
	};

	(void)state;
	CHECK_ALL(cases);
}

/* Whatever is put together of pieces that trouble readers: balanced, and
 * reading it again changes nothing. */
static void any_soup_comes_out_balanced(void **state)
{
	static const char *const parts[] = {
		"<p>",
		"</p>",
		"<div>",
		"</div>",
		"<table>",
		"</table>",
		"<tr>",
		"<td>",
		"</td>",
		"</tr>",
		"<ul>",
		"</ul>",
		"<li>",
		"<a href=https://x.org>",
		"</a>",
		"<b>",
		"</b>",
		"x",
		"<h1>",
		"</h1>",
		"<tbody>",
		"<br>",
		"<!--",
		"-->",
		"<",
		">",
		"\"",
		"'",
		"&lt;",
		"*|A|*",
		"<th style='a:b",
		"<script",
		"</script>",
		" onx=1",
		"<img src=https://x.org/a alt=''>",
	};
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(vec_release) struct design_problems list = VEC_INIT;
		CLEANUP(vec_release)
		struct markup m = VEC_INIT, again = VEC_INIT;
		CLEANUP(strbuf_release) struct strbuf in = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf twice = STRBUF_INIT;
		struct problems p = { arena, &list, NULL };
		long depth = 0;

		for (int i = 0; i < 30; i++) {
			seed = seed * 6364136223846793005u +
			       1442695040888963407u;
			strbuf_addstr(
				&in, parts[(seed >> 33) %
					   (sizeof(parts) / sizeof(parts[0]))]);
		}
		markup_read(strbuf_str(&in), MARKUP_ANY, &p, &m);
		vec_each (&m, piece) {
			depth += piece->kind == MARKUP_OPEN &&
				 !piece->tag->is_void;
			depth -= piece->kind == MARKUP_CLOSE;
			assert_true(depth >= 0);
		}
		assert_int_equal(depth, 0);
		write_out(&m, &out);
		markup_read(strbuf_str(&out), MARKUP_ANY, &p, &again);
		write_out(&again, &twice);
		assert_string_equal(twice.buf, out.buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_keep_what_they_say),
		cmocka_unit_test(what_runs_something_is_left_out),
		cmocka_unit_test(nothing_breaks_out_of_its_place),
		cmocka_unit_test(any_soup_comes_out_balanced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
