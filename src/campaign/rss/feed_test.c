#include "campaign/rss/feed.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "campaign/rss/feed_html.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BASE "https://blog.example/feeds/all.xml"

static const char rss2[] =
	"<?xml version=\"1.0\"?>\n"
	"<rss version=\"2.0\" "
	"xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" "
	"xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
	"xmlns:media=\"http://search.yahoo.com/mrss/\"><channel>"
	"<title>The Mill</title><link>https://blog.example/</link>"
	"<description>Bread &amp;amp; more</description>"
	"<image><title>no</title><url>no</url></image>"
	"<item><title>Older</title><guid isPermaLink=\"false\">7</guid>"
	"<link>/older?a=1&amp;b=2</link>"
	"<pubDate>Mon, 01 Nov 2021 10:00:00 GMT</pubDate>"
	"<description><![CDATA[<p>Short</p>]]></description></item>"
	"<item><title>Rye &amp;amp; wheat</title>"
	"<guid>https://blog.example/rye</guid>"
	"<pubDate>Tue, 2 Nov 2021 10:00 +0200</pubDate>"
	"<author>ann@blog.example (Ann O'Lee)</author>"
	"<category>Bread</category><category>Rye</category>"
	"<media:thumbnail url=\"t.png\"/>"
	"<enclosure url=\"e.jpg\" type=\"image/jpeg\" length=\"1\"/>"
	"<description>Short</description>"
	"<content:encoded>&lt;p&gt;All&lt;/p&gt;</content:encoded></item>"
	"</channel></rss>";

static const char rdf[] =
	"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
	"xmlns=\"http://purl.org/rss/1.0/\" "
	"xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel "
	"rdf:about=\"x\"><title>News</title><link>https://n.example</link>"
	"</channel><item rdf:about=\"https://n.example/1\"><title>One</title>"
	"<link>https://n.example/1</link><dc:creator>Bo</dc:creator>"
	"<dc:date>2021-11-02T10:00:00+02:00</dc:date></item></rdf:RDF>";

static const char atom[] =
	"<feed xmlns=\"http://www.w3.org/2005/Atom\" "
	"xmlns:media=\"http://search.yahoo.com/mrss/\"><title>At</title>"
	"<link rel=\"self\" href=\"no\"/><link href=\"https://at.example/\"/>"
	"<updated>2021-11-03T00:00:00Z</updated>"
	"<entry><title>1 &lt;b&gt; 2</title><id>urn:1</id>"
	"<link rel=\"alternate\" href=\"../one\"/>"
	"<updated>2021-11-02T08:00:00Z</updated>"
	"<author><name>Cy</name><email>c@at.example</email></author>"
	"<category term=\"t\" label=\"Tea\"/><summary>a &lt; b</summary>"
	"<content type=\"xhtml\"><div "
	"xmlns=\"http://www.w3.org/1999/xhtml\">Hi <b class=\"x\">you &amp; "
	"me</b></div></content><media:group><media:content url=\"m.png\" "
	"type=\"image/png\"/></media:group></entry></feed>";

static void parse(const char *text, struct arena *arena, struct feed *out)
{
	struct err err = ERR_INIT;

	if (feed_parse(str_of(text), BASE, "", arena, out, &err) < 0)
		fail_msg("%s", err.text);
}

static void rss_is_read(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct feed_item *i;
	struct feed feed;

	(void)state;
	parse(rss2, arena, &feed);
	assert_string_equal(feed.title, "The Mill");
	assert_string_equal(feed.url, "https://blog.example/");
	assert_string_equal(feed.description, "Bread & more");
	assert_int_equal(feed.n, 2);
	i = &feed.items[0];
	assert_string_equal(i->title, "Rye & wheat");
	assert_string_equal(i->url, "https://blog.example/rye");
	assert_string_equal(i->author, "Ann O'Lee");
	assert_string_equal(i->categories, "Bread, Rye");
	assert_string_equal(i->image, "https://blog.example/feeds/e.jpg");
	assert_true(str_is(i->summary, "Short"));
	assert_true(str_is(i->content, "<p>All</p>"));
	assert_int_equal(i->date_ms, 1635840000000);
	i = &feed.items[1];
	assert_string_equal(i->guid, "7");
	assert_string_equal(i->url, "https://blog.example/older?a=1&b=2");
	assert_true(str_is(i->content, "<p>Short</p>"));
}

static void rdf_and_atom_are_read(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct feed_item *i;
	struct feed feed;

	(void)state;
	parse(rdf, arena, &feed);
	assert_string_equal(feed.title, "News");
	assert_int_equal(feed.n, 1);
	i = &feed.items[0];
	assert_string_equal(i->author, "Bo");
	assert_int_equal(i->date_ms, 1635840000000);
	assert_string_equal(i->guid, "https://n.example/1");

	parse(atom, arena, &feed);
	assert_string_equal(feed.url, "https://at.example/");
	assert_int_equal(feed.date_ms, 1635897600000);
	i = &feed.items[0];
	assert_string_equal(i->title, "1 <b> 2");
	assert_string_equal(i->guid, "urn:1");
	assert_string_equal(i->url, "https://blog.example/one");
	assert_string_equal(i->author, "Cy");
	assert_string_equal(i->categories, "Tea");
	assert_string_equal(i->image, "https://blog.example/feeds/m.png");
	assert_int_equal(i->date_ms, 1635840000000);
	assert_true(str_is(i->summary, "a &lt; b"));
	assert_true(str_is(i->content,
			   "<div>Hi <b class=\"x\">you &amp; me</b></div>"));
}

static void charsets_are_read(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct feed feed;

	(void)state;
	parse("  <?xml version='1.0' encoding='windows-1252'?><rss><channel>"
	      "<title>Caf\xE9 \x80</title></channel></rss>",
	      arena, &feed);
	assert_string_equal(feed.title, "Caf\u00E9 \u20AC");
	assert_int_equal(feed.n, 0);
	assert_int_equal(feed_parse(str_of("<rss><channel><title>\xE9</title>"
					   "</channel></rss>"),
				    BASE, "iso-8859-1", arena, &feed, &err),
			 0);
	assert_string_equal(feed.title, "\u00E9");
}

static void what_is_no_feed_is_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "", "it is empty" },
		{ "<html><body>Hi</body></html>", "neither RSS nor Atom" },
		{ "<rss><channel>", "it is no XML (line 1: no element found)" },
		{ "<!DOCTYPE r [<!ENTITY a \"b\">]><rss/>",
		  "it declares entities" },
		{ "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
		  "<rss><channel><title>&a;</title></channel></rss>",
		  "it declares entities" },
		{ "<!DOCTYPE r [<!ATTLIST i a CDATA \"b\">]><rss/>",
		  "it declares attributes" },
		{ "\xE9", "UTF-8" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf deep = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct feed feed;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		err = (struct err)ERR_INIT;
		assert_int_equal(feed_parse(str_of(cases[i][0]), BASE, "",
					    arena, &feed, &err),
				 -1);
		assert_string_equal(err.field, "feed_url");
		if (!strstr(err.text, cases[i][1]))
			fail_msg("%s", err.text);
	}
	for (int i = 0; i < 1000; i++)
		strbuf_addstr(&deep, "<a>");
	assert_int_equal(
		feed_parse(strbuf_str(&deep), BASE, "", arena, &feed, &err),
		-1);
	assert_non_null(strstr(err.text, "too deep"));
}

static void many_items_are_bounded(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct feed feed;

	(void)state;
	strbuf_addstr(&text, "<rss><channel>");
	for (int i = 0; i < 500; i++)
		strbuf_addf(&text, "<item><title>%d</title></item>", i);
	strbuf_addstr(&text, "</channel></rss>");
	parse(text.buf, arena, &feed);
	assert_int_equal(feed.n, FEED_ITEMS_MAX);
	assert_string_equal(feed.items[0].title, "0");
	assert_string_equal(feed.items[0].guid, "0 0");
}

/* Many blogs begin with their first. */
static void the_newest_items_are_kept(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct feed feed;

	(void)state;
	strbuf_addstr(&text, "<rss><channel>");
	for (int i = 0; i < 500; i++)
		strbuf_addf(&text,
			    "<item><title>%d</title><pubDate>1 Jan %d 10:00:00 "
			    "GMT</pubDate></item>",
			    i, 1980 + i / 10);
	strbuf_addstr(&text, "</channel></rss>");
	parse(text.buf, arena, &feed);
	assert_int_equal(feed.n, FEED_ITEMS_MAX);
	assert_string_equal(feed.items[0].title, "490");
	assert_string_equal(feed.items[FEED_ITEMS_MAX - 1].title, "309");
}

/* Each is looked for among those before it. */
static void many_attributes_are_bounded(void **state)
{
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	const struct feed_html_how how = { .base = "", .max = 1u << 20 };

	(void)state;
	strbuf_addstr(&html, "<b");
	for (int i = 0; i < 100000; i++)
		strbuf_addf(&html, " a%d", i);
	strbuf_addstr(&html, ">x</b>");
	feed_html_add(strbuf_str(&html), &how, &out);
	assert_string_equal(out.buf, "<b>x</b>");
}

static void dates_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "Tue, 23 Nov 2021 22:51:56 +0000", 1637707916000 },
		{ " Tue, 23 Nov 2021 17:51:56 EST", 1637707916000 },
		{ "23 November 21 22:51:56 Z", 1637707916000 },
		{ "Tue,23-Nov-2021 23:51:56 CET", 1637707916000 },
		{ "2021-11-23T22:51:56Z", 1637707916000 },
		{ "2021-11-23T22:51:56.5+00:00", 1637707916500 },
		{ "Tue, 23 Nov 2021", 1637625600000 },
		{ "Tue, 31 Feb 2021 10:00:00 GMT", -1 },
		{ "yesterday", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t ms = -1;

		assert_int_equal(feed_date_parse(cases[i].text, &ms),
				 cases[i].ms >= 0);
		assert_int_equal(ms, cases[i].ms);
	}
}

static void markup_becomes_safe(void **state)
{
	static const char *const cases[][2] = {
		{ "a &amp; b < c", "a &amp; b &lt; c" },
		{ "<p onclick=x style='position:fixed' class=a>Hi",
		  "<p>Hi</p>" },
		{ "<script>alert(1)</script>a<STYLE>*{}</style>b<!-- c -->",
		  "ab" },
		{ "<a href='javascript:alert(1)'>x</a>", "<a>x</a>" },
		{ "<a href=\"java\nscript:x\">x</a>", "<a>x</a>" },
		{ "<a href='/p?a=1&amp;b=2'>x",
		  "<a href=\"https://b.example/p?a=1&amp;b=2\">x</a>" },
		{ "<a href='mailto:a@b.example'>x</a>",
		  "<a href=\"mailto:a@b.example\">x</a>" },
		{ "<img src=data:image/png;base64,AA onerror=x alt='\"><b>'>",
		  "<img alt=\"&quot;&gt;&lt;b&gt;\">" },
		{ "<img src=//c.example/p.png width=900 height=5>",
		  "<img src=\"https://c.example/p.png\" width=\"900\" "
		  "height=\"5\">" },
		{ "</td></tr></table><td>x<tr>y", "xy" },
		{ "<table><tr><td>1<td>2<tr><td>3</table>",
		  "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr>"
		  "</table>" },
		{ "<b><i>x</b>y</i>", "<b><i>x</i></b>y" },
		{ "<svg><a href=x></svg><form><input>z</form>", "z" },
		{ "<li>1<li>2", "<li>1</li><li>2</li>" },
		{ "x*|UNSUB|*y", "x\u2217\u2223UNSUB\u2223\u2217y" },
	};
	static const struct feed_html_how how = { "https://b.example/x", false,
						  10000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		feed_html_add(str_of(cases[i][0]), &how, &out);
		if (i + 1 == ARRAY_SIZE(cases))
			assert_null(strstr(out.buf, "*|"));
		else
			assert_string_equal(out.buf, cases[i][1]);
	}
}

static void images_are_constrained(void **state)
{
	static const struct feed_html_how how = { "https://b.example/x", true,
						  10000 };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	feed_html_add(STR("<img src=/p.png width=900 height=5>"), &how, &out);
	assert_string_equal(
		out.buf, "<img src=\"https://b.example/p.png\" "
			 "width=\"600\" style=\"max-width:100%;height:auto\">");
}

static void texts_hold_no_tags(void **state)
{
	static const char *const cases[][2] = {
		{ "A | B", "A | B" },
		{ "2*3", "2*3" },
		{ "|A|", "\u2223A\u2223" },
		{ "Sale*", "Sale\u2217" },
		{ "a*b | c", "a*b \u2223 c" },
		{ "*|FNAME|*", "\u2217\u2223FNAME\u2223\u2217" },
		{ "x\u200B|", "x\u200B\u2223" },
		{ "a\uFF0A\uFF5Cb", "a\u2217\u2223b" },
		{ "a\001b", "ab" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		feed_text_add(str_of(cases[i][0]), &out);
		assert_string_equal(out.buf, cases[i][1]);
	}
}

static void words_alone_remain(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	feed_plain_add(STR("<p>One&nbsp;&amp; <b>two</b></p>\n\n"
			   "<script>x</script><p>three &lt;3</p>"),
		       &out);
	assert_string_equal(out.buf, "One\u00A0& two three <3");
}

static void addresses_are_safe(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	assert_true(feed_url_add(BASE, STR("/a|b*c d\"e"), false, &out));
	assert_string_equal(out.buf, "https://blog.example/a%7Cb%2Ac%20d%22e");
	assert_false(feed_url_add(BASE, STR("javascript:x"), true, &out));
	assert_false(
		feed_url_add(BASE, STR("mailto:a@b.example"), false, &out));
}

/* Its time is over before it begins. */
static void what_takes_too_long_is_refused(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct feed feed;

	(void)state;
	assert_int_equal(feed_parse_until(str_of("<rss><channel/></rss>"), BASE,
					  "", 0, arena, &feed, &err),
			 -1);
	assert_non_null(strstr(err.text, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rss_is_read),
		cmocka_unit_test(rdf_and_atom_are_read),
		cmocka_unit_test(charsets_are_read),
		cmocka_unit_test(what_is_no_feed_is_refused),
		cmocka_unit_test(many_items_are_bounded),
		cmocka_unit_test(the_newest_items_are_kept),
		cmocka_unit_test(many_attributes_are_bounded),
		cmocka_unit_test(dates_are_read),
		cmocka_unit_test(markup_becomes_safe),
		cmocka_unit_test(images_are_constrained),
		cmocka_unit_test(texts_hold_no_tags),
		cmocka_unit_test(words_alone_remain),
		cmocka_unit_test(addresses_are_safe),
		cmocka_unit_test(what_takes_too_long_is_refused),
	};

	return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
