#include "campaign/rss/feed_tags.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "campaign/merge/merge_tag.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEXT(text)                       \
	{                                \
		(text), sizeof(text) - 1 \
	}

static const struct feed_item items[] = {
	{ .title = "Rye & \"wheat\"",
	  .author = "Ann",
	  .categories = "Bread",
	  .url = "https://b.example/rye?a=1&b=2",
	  .guid = "1",
	  .image = "https://b.example/r.png",
	  .summary = TEXT("<p>Short</p>"),
	  .content = TEXT("<p onclick=x>All <script>x</script></p>"),
	  .date_ms = 1635840000000 },
	{ .title = "Two",
	  .author = "",
	  .categories = "",
	  .url = "https://b.example/two",
	  .guid = "2",
	  .image = "",
	  .summary = TEXT("x"),
	  .content = TEXT("x") },
};
static const struct feed feed = { .title = "Mill <b>",
				  .url = "https://b.example/",
				  .description = "About",
				  .date_ms = 1635840000000,
				  .items = items,
				  .n = 2 };

static void expand(const char *text, enum feed_context context,
		   const struct feed_blocks *blocks, struct strbuf *out)
{
	struct feed_tags_how how = { .context = context,
				     .feed = &feed,
				     .items = items,
				     .n = 2,
				     .blocks = blocks };
	struct err err = ERR_INIT;

	assert_int_equal(feed_tags_expand(str_of(text), &how, out, &err), 0);
}

static void tags_become_what_the_feed_says(void **state)
{
	static const struct {
		enum feed_context context;
		const char *text, *want;
	} cases[] = {
		{ FEED_HTML, "*|RSSFEED:TITLE|* *|FNAME|*",
		  "Mill &lt;b&gt; *|FNAME|*" },
		{ FEED_PLAIN, "*|RSSFEED:TITLE|*", "Mill <b>" },
		{ FEED_LINE, "*|RSSITEM:TITLE|* of *|RSSFEED:DATE:d.m.Y|*",
		  "Rye & \"wheat\" of 02.11.2021" },
		{ FEED_HTML,
		  "<ul>*|RSSITEMS:|*<li><a "
		  "href=\"*|RSSITEM:URL|*\">*|RSSITEM:TITLE|*</a></li>"
		  "*|END:RSSITEMS|*</ul>",
		  "<ul><li><a href=\"https://b.example/rye?a=1&amp;b=2\">Rye "
		  "&amp; &quot;wheat&quot;</a></li><li><a "
		  "href=\"https://b.example/two\">Two</a></li></ul>" },
		{ FEED_HTML,
		  "*|rssitems:[$count=1]|**|RSSITEM:AUTHOR|* "
		  "*|END:RSSITEMS|*",
		  "Ann " },
		{ FEED_HTML,
		  "*|RSSITEM:CONTENT|*,*|RSSITEM:CONTENT_FULL|*,"
		  "*|RSSITEM:DATE|*,*|RSSITEM:CATEGORIES|*",
		  "<p>Short</p>,<p>All </p>,11/02/2021,Bread" },
		{ FEED_PLAIN, "*|RSSITEM:CONTENT_FULL|*|", "All|" },
		{ FEED_HTML, "*|RSSITEM:IMAGE|*",
		  "<img src=\"https://b.example/r.png\" alt=\"Rye &amp; "
		  "&quot;wheat&quot;\">" },
		{ FEED_HTML, "<img src='*|RSSITEM:IMAGE|*'>",
		  "<img src='https://b.example/r.png'>" },
		{ FEED_HTML,
		  "<a href=\"https://s.example/?u=*|RSSITEM:URL|*\">x</a>",
		  "<a href=\"https://s.example/"
		  "?u=https%3A%2F%2Fb.example%2Frye%3Fa%3D1%26b%3D2\">x</a>" },
		{ FEED_HTML, "<a href=\"*|RSSITEM:TITLE|*\">x</a>",
		  "<a href=\"Rye%20%26%20%22wheat%22\">x</a>" },
		{ FEED_HTML, "<b onclick=\"*|RSSITEM:TITLE|*\">",
		  "<b onclick=\"\">" },
		{ FEED_HTML, "<style>*|RSSITEM:TITLE|*</style>",
		  "<style></style>" },
		{ FEED_HTML, "<title>*|RSSITEM:TITLE|*</title>",
		  "<title>Rye &amp; &quot;wheat&quot;</title>" },
		{ FEED_HTML, "<p style=\"background:url(*|RSSITEM:IMAGE|*)\">",
		  "<p style=\"background:url(https://b.example/r.png)\">" },
		{ FEED_HTML, "*|URL:RSSITEM:TITLE|*",
		  "Rye%20%26%20%22wheat%22" },
		{ FEED_HTML, "a*|END:RSSITEMS|*b*|RSSITEM:NOPE|*c", "abc" },
		{ FEED_HTML, "*|RSSITEMS:|*x", "xx" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		expand(cases[i].text, cases[i].context, NULL, &out);
		assert_string_equal(out.buf, cases[i].want);
	}
}

static void a_block_names_its_feed(void **state)
{
	static const char text[] =
		"*|FEEDBLOCK:https://x.example/f?a=1&amp;b|*"
		"*|FEED:TITLE|*:*|FEEDITEMS:[$count=1]|* "
		"*|FEEDITEM:TITLE|**|END:FEEDITEMS|*.*|END:FEEDBLOCK|*"
		"*|FEEDBLOCK:https://y.example/|*no*|END:FEEDBLOCK|*";
	CLEANUP(vec_release) struct feed_blocks blocks = VEC_INIT;
	CLEANUP(vec_release) struct texts urls = VEC_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct feed_block block = { "https://x.example/f?a=1&b", feed };

	(void)state;
	vec_push(&blocks, block);
	expand(text, FEED_HTML, &blocks, &out);
	assert_string_equal(out.buf, "Mill &lt;b&gt;: Rye &amp; "
				     "&quot;wheat&quot;.");
	feed_tags_urls(str_of(text), FEED_HTML, arena, &urls);
	assert_int_equal(urls.n, 2);
	assert_string_equal(urls.v[0], "https://x.example/f?a=1&b");
}

static void other_campaigns_have_no_feed(void **state)
{
	struct feed_tags_how how = { .context = FEED_HTML };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		feed_tags_expand(STR("*|RSSITEM:TITLE|*"), &how, &out, &err),
		0);
	assert_string_equal(out.buf, "*|RSSITEM:TITLE|*");
	assert_false(feed_tags_are_in(STR("*|RSSITEM:TITLE|*"), false));
	assert_true(feed_tags_are_in(STR("*|RSSITEM:TITLE|*"), true));
	assert_false(feed_tags_are_in(STR("*|FNAME|* *|RSSITEM:X|*"), true));
}

static void broken_tags_are_told(void **state)
{
	static const char *const cases[][2] = {
		{ "*|RSSITEMS:|*x*|END:RSSITEMS|**|RSSITEM:TITLE|*", NULL },
		{ "a\n *|RSSITEM:NAME|*", "has only" },
		{ "*|RSSFEED:AUTHOR|*", "has only" },
		{ "*|RSSITEMS:|*x", "no END" },
		{ "*|END:RSSITEMS|*", "Nothing begins" },
		{ "*|RSSITEMS:[$count=0]|**|END:RSSITEMS|*", "from 1" },
		{ "*|RSSITEMS:|**|RSSITEMS:|**|END:RSSITEMS|*"
		  "*|END:RSSITEMS|*",
		  "in another" },
		{ "*|FEEDITEM:TITLE|*", "outside" },
		{ "*|FEEDBLOCK:ftp://x|*", "address" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct merge_problems problems = VEC_INIT;
		struct str text = str_of(cases[i][0]);
		struct str blank =
			feed_tags_blank(text, true, arena, &problems);

		assert_int_equal(blank.len, text.len);
		assert_null(memmem(blank.s, blank.len, "*|", 2));
		if (!cases[i][1]) {
			assert_int_equal(problems.n, 0);
		} else {
			assert_true(problems.n > 0);
			if (!strstr(problems.v[0].text, cases[i][1]))
				fail_msg("%s", problems.v[0].text);
		}
		if (i == 1) {
			assert_int_equal(problems.v[0].line, 2);
			assert_int_equal(problems.v[0].column, 2);
		}
		vec_release(&problems);
	}
}

static void what_is_nested_has_an_end(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct feed_tags_how how = {
		.context = FEED_HTML, .feed = &feed, .items = items, .n = 2
	};
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 40; i++)
		strbuf_addstr(&text, "*|RSSITEMS:|*");
	assert_int_equal(feed_tags_expand(strbuf_str(&text), &how, &out, &err),
			 -1);
	assert_int_equal(err.code, ERR_LIMIT);
}

/* Whoever writes the items cannot reach a reader's data or address. */
static void a_feed_makes_no_tags(void **state)
{
	static const struct feed_item evil[] = {
		{ .title = "*|UNSUB|*",
		  .author = "x*",
		  .categories = "|FNAME|",
		  .url = "https://e.example/",
		  .guid = "1",
		  .image = "",
		  .summary = TEXT("*&#124;<b>UNSUB</b>&#124;* "
				  "<a title='*|FNAME|*'>y</a>&#42;"),
		  .content = TEXT("*") },
	};
	static const struct feed evil_feed = { .title = "*|EMAIL|*",
					       .url = "",
					       .description = "",
					       .items = evil,
					       .n = 1 };
	static const char text[] =
		"*|RSSFEED:TITLE|**|RSSITEM:TITLE|**|RSSITEM:AUTHOR|*|*"
		"|RSSITEM:CONTENT|*|*|RSSITEM:CATEGORIES|**"
		"*|RSSITEM:CONTENT_FULL|*|*";

	(void)state;
	for (int context = FEED_HTML; context <= FEED_LINE; context++) {
		struct feed_tags_how how = { .context =
						     (enum feed_context)context,
					     .feed = &evil_feed,
					     .items = evil,
					     .n = 1 };
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(feed_tags_expand(STR(text), &how, &out, &err),
				 0);
		assert_null(strstr(out.buf, "*|UNSUB"));
		assert_null(strstr(out.buf, "*|EMAIL"));
		assert_null(strstr(out.buf, "*|FNAME"));
		assert_null(strstr(out.buf, "&#124;"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_become_what_the_feed_says),
		cmocka_unit_test(a_block_names_its_feed),
		cmocka_unit_test(other_campaigns_have_no_feed),
		cmocka_unit_test(broken_tags_are_told),
		cmocka_unit_test(what_is_nested_has_an_end),
		cmocka_unit_test(a_feed_makes_no_tags),
	};

	return cmocka_run_group_tests_name("feed_tags", tests, NULL, NULL);
}
