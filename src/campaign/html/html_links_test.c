#include "campaign/html/html_links.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char page[] =
	"<html><head><title>a <a href='http://no'></title>"
	"<link rel=x href=style.css></head><body class=x>\n"
	"<!-- <a href=\"http://comment\"> -->"
	"<a href='https://a.example/?x=1&amp;y=\"2\"'>1</a>"
	"<A HREF = \" http://b.example/\n \">2</A>"
	"<img src=pic.png alt='x'>"
	"<a href=\"mailto:x@y.z\">3</a>"
	"<a href=\"*|UNSUB|*\">4</a>"
	"<a href=https://c.example/*|EMAIL_UID|*>5</a>"
	"<a href=\"https://a.example/?x=1&#38;y=&quot;2&quot;\">6</a>"
	"</body></html>";

static void finds_links_in_the_authors_order(void **state)
{
	static const struct {
		enum html_link_kind kind;
		const char *target;
		bool has_tags;
		int link_id;
	} expected[] = {
		{ HTML_LINK_OTHER, "style.css", false, 0 },
		{ HTML_LINK_TRACKED, "https://a.example/?x=1&y=\"2\"", false,
		  1 },
		{ HTML_LINK_TRACKED, "http://b.example/", false, 2 },
		{ HTML_LINK_SOURCE, "pic.png", false, 0 },
		{ HTML_LINK_OTHER, "mailto:x@y.z", false, 0 },
		{ HTML_LINK_OTHER, "*|UNSUB|*", true, 0 },
		{ HTML_LINK_TRACKED, "https://c.example/*|EMAIL_UID|*", true,
		  3 },
		{ HTML_LINK_TRACKED, "https://a.example/?x=1&y=\"2\"", false,
		  1 },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct html_links links;

	(void)state;
	html_links_scan(STR(page), arena, &links);
	assert_int_equal(links.n, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < links.n; i++) {
		assert_string_equal(links.v[i].target, expected[i].target);
		assert_int_equal(links.v[i].kind, expected[i].kind);
		assert_int_equal(links.v[i].has_tags, expected[i].has_tags);
		assert_int_equal(links.v[i].link_id, expected[i].link_id);
	}
	assert_int_equal(links.distinct_n, 3);
	assert_string_equal(links.distinct[2]->target,
			    "https://c.example/*|EMAIL_UID|*");
	assert_memory_equal(page + links.body_end, "</body>", 7);
	assert_int_equal(page[links.body_start], '\n');
}

static void join(const struct html_pieces *pieces, struct strbuf *out)
{
	vec_each (pieces, p) {
		if (p->slot == MERGE_SLOT_LINK)
			strbuf_addf(out, "L%d", p->number);
		else if (p->slot != MERGE_SLOT_NONE)
			strbuf_addf(out, "S%d", (int)p->slot);
		else
			strbuf_addslice(out, p->text);
	}
}

/* Outlook for Windows reads them; what it does not read is left alone. */
static void finds_links_of_conditional_comments(void **state)
{
	static const struct {
		const char *html, *pieces;
	} cases[] = {
		{ "<!--[if mso]><v:roundrect HREF='http://a/?b=1&amp;c'>B"
		  "</v:roundrect><![endif]--><a href=\"http://a/?b=1&amp;c\">B",
		  "<!--[if mso]><v:roundrect href=\"L1\">B</v:roundrect>"
		  "<![endif]--><a href=\"L1\">B" },
		{ "<!--[if !mso]><!--><a href=\"http://a\">a<!--<![endif]-->"
		  "<!--[IF (gte mso 9)|(IE)]>\n<a href=http://b>b<![endif]-->",
		  "<!--[if !mso]><!--><a href=\"L1\">a<!--<![endif]-->"
		  "<!--[IF (gte mso 9)|(IE)]>\n<a href=\"L2\">b<![endif]-->" },
		{ "<!-- <a href=\"http://a\"> --><!--[if mso]>"
		  "<a href=\"http://a\">--><a href=\"mailto:x\">",
		  NULL },
		/* neither what has no end, nor a comment within */
		{ "<!--[if mso]><a href=\"http://a\"><![endif]", NULL },
		{ "<!--[if a]><!--[if b]><a href=\"http://a\"><![endif]-->",
		  NULL },
		{ "<!--[if a]><a href=\"http://a<![endif]--><a href=http://b>",
		  "<!--[if a]><a href=\"http://a<![endif]--><a href=\"L1\">" },
		{ "<!--[if a--!><a href=http://b><!--<![endif]-->",
		  "<!--[if a--!><a href=\"L1\"><!--<![endif]-->" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(vec_release) struct html_pieces pieces = VEC_INIT;
		struct str html = str_of(cases[i].html);
		struct html_links links;

		html_links_scan(html, arena, &links);
		html_links_pieces(html, &links, true, NULL, NULL, arena,
				  &pieces);
		join(&pieces, &out);
		assert_string_equal(out.buf, cases[i].pieces ? cases[i].pieces
							     : cases[i].html);
	}
}

static void pieces_have_double_quotes_and_slots(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct html_pieces pieces = VEC_INIT, at_end = VEC_INIT,
			   at_start = VEC_INIT;
	struct html_links links;
	struct str html = STR("<body><a href='http://a'>a</a><img SRC = b>"
			      "<a href='#\"x'>c</a></body>");

	(void)state;
	vec_push(&at_start, ((struct merge_piece){ .text = STR("PRE") }));
	vec_push(&at_end, ((struct merge_piece){ .text = STR("FOOT") }));
	vec_push(&at_end, ((struct merge_piece){ .slot = MERGE_SLOT_PIXEL }));
	html_links_scan(html, arena, &links);
	html_links_pieces(html, &links, true, &at_start, &at_end, arena,
			  &pieces);
	join(&pieces, &out);
	assert_string_equal(out.buf,
			    "<body>PRE<a href=\"L1\">a</a><img src=\"b\">"
			    "<a href=\"#&quot;x\">c</a>FOOTS6</body>");
	vec_release(&pieces);
	vec_release(&at_end);
	vec_release(&at_start);
}

static void what_is_added_comes_even_into_fragments(void **state)
{
	static const struct {
		const char *html, *result;
	} cases[] = {
		{ "", "<>" },
		{ "x", "<x>" },
		{ "<p>x", "<<p>x>" },
		{ "<body>", "<body><>" },
		{ "<head></head>x</html>", "<head></head><x></html>" },
		{ "</body>x<body>y", "</body>x<body><y>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		struct html_pieces pieces = VEC_INIT, before = VEC_INIT,
				   after = VEC_INIT;
		struct html_links links;

		vec_push(&before, ((struct merge_piece){ .text = STR("<") }));
		vec_push(&after, ((struct merge_piece){ .text = STR(">") }));
		html_links_scan(str_of(cases[i].html), arena, &links);
		html_links_pieces(str_of(cases[i].html), &links, true, &before,
				  &after, arena, &pieces);
		join(&pieces, &out);
		assert_string_equal(out.buf, cases[i].result);
		vec_release(&pieces);
		vec_release(&before);
		vec_release(&after);
	}
}

static void links_stay_in_any_garbage(void **state)
{
	static const char *const parts[] = {
		"<a href=", "\"",        "'",        "http://a", ">",
		" ",        "<!--",      "-->",      "</body>",  "<body>",
		"*|X|*",    "<img src=", "*|IF:A|*", "=",        "x",
		"<style>",  "</style>"
	};
	struct prng prng = { 3 };

	(void)state;
	for (int round = 0; round < 5000; round++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		struct html_pieces pieces = VEC_INIT;
		struct html_links links;
		size_t n = prng_below(&prng, 30), at = 0;

		for (size_t i = 0; i < n; i++)
			strbuf_addstr(&text, parts[prng_below(&prng, 17)]);
		html_links_scan(strbuf_str(&text), arena, &links);
		for (size_t i = 0; i < links.n; i++) {
			assert_true(links.v[i].start >= at);
			assert_true(links.v[i].end >= links.v[i].start);
			at = links.v[i].end;
		}
		assert_true(at <= text.len);
		assert_true(links.body_end <= text.len);
		assert_true(links.body_start <= links.body_end);
		html_links_pieces(strbuf_str(&text), &links, true, NULL, NULL,
				  arena, &pieces);
		vec_release(&pieces);
	}
}

static void a_page_becomes_text(void **state)
{
	static const struct {
		const char *html, *text;
	} cases[] = {
		{ "<html><head><title>T</title><style>x</style></head><body>"
		  "<h1>Hello &amp; *|FNAME|*</h1>\n<p>one\n two<br>three</p>"
		  "<ul><li>a</li><li>b</li></ul><!-- no --></body></html>",
		  "Hello & *|FNAME|*\n\none two\nthree\n\n- a\n- b\n" },
		{ "<a href=\"http://x\">Read</a> <a href='http://y'>http://y"
		  "</a>. <a href=\"*|UNSUB|*\">stop</a> 1 < 2",
		  "Read (http://x) http://y. stop (*|UNSUB|*) 1 < 2\n" },
		{ "", "" },
		/* what is in a link does not hide where it leads */
		{ "<a href=\"http://x\"><b>Read</b> <i>on</i></a>!",
		  "Read on (http://x)!\n" },
		{ "<a href=\"http://x\"><!-- c "
		  "-->*|IF:A|*<b>*|A|*</b>*|END:IF|*"
		  "</a>",
		  "*|IF:A|**|A|**|END:IF|* (http://x)\n" },
		{ "<a href=\"http://x\"><div>Shop</div></a><p>Bye",
		  "Shop (http://x)\n\nBye\n" },
		{ "<a href=\"http://x\"><img alt=\" Our &amp; shop\" src=s></a>"
		  "<img src=s><img alt=''>",
		  "Our & shop (http://x)\n" },
		{ "<p>a</p><a href=\"http://x\"><img src=s></a>",
		  "a\n\n(http://x)\n" },
		/* nor does an end that is missing */
		{ "<a href=\"http://x\">a <a href=\"http://y\">b",
		  "a (http://x) b (http://y)\n" },
		{ "<a name=\"top\">a</a> <a href=\"#top\">b</a>", "a b\n" },
		/* what is no merge tag there is none here */
		{ "<p>*&#124;A&#x7c;* &#42;|B|&#42; *|C|* a *&amp;* b &#124; "
		  "&#42; c</p><img alt='*&#124;D|*' src=s>",
		  "*\xE2\x81\xA0|A|\xE2\x81\xA0* *\xE2\x81\xA0|B|\xE2\x81\xA0* "
		  "*|C|* a *&* b | * c\n\n*\xE2\x81\xA0|D|*\n" },
		/* and it is found in a text */
		{ "<a href=\"http://x/a b.pdf\">a</a> "
		  "<a href=\"http://x/*|A B|*\">b</a>",
		  "a (http://x/a%20b.pdf) b (http://x/*|A B|*)\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		html_to_text(str_of(cases[i].html), &out);
		assert_string_equal(out.buf, cases[i].text);
	}
}

/* Contents of one campaign: each target has one id, new ones come behind. */
static void equal_links_of_several_texts_are_one(void **state)
{
	static const char *const texts[] = {
		"<a href=https://a.example>1</a><a "
		"href=https://b.example>2</a>",
		"<a href=https://c.example>1</a><a href=https://a.example>2</a>"
		"<a href='#'>3</a><a href=https://c.example>4</a>",
		"<p>none</p>",
		"<a href=https://b.example>1</a><a "
		"href=https://d.example>2</a>",
	};
	static const int ids[][4] = {
		{ 1, 2 }, { 3, 1, 0, 3 }, { 0 }, { 2, 4 }
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct html_links all = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct html_links links;

		html_links_scan(str_of(texts[i]), arena, &links);
		html_links_join(&all, &links, arena);
		for (size_t k = 0; k < links.n; k++)
			assert_int_equal(links.v[k].link_id, ids[i][k]);
	}
	assert_int_equal(all.distinct_n, 4);
	assert_string_equal(all.distinct[2]->target, "https://c.example");
	assert_string_equal(all.distinct[3]->target, "https://d.example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_links_in_the_authors_order),
		cmocka_unit_test(finds_links_of_conditional_comments),
		cmocka_unit_test(pieces_have_double_quotes_and_slots),
		cmocka_unit_test(what_is_added_comes_even_into_fragments),
		cmocka_unit_test(links_stay_in_any_garbage),
		cmocka_unit_test(a_page_becomes_text),
		cmocka_unit_test(equal_links_of_several_texts_are_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
