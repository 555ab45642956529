#include "campaign/merge/merge_private.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text/time_zone.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct merge_field field_list[] = {
	{ 1, "FNAME", "text", "friend", "" },
	{ 2, "LNAME", "text", "", "" },
	{ 3, "PLAN", "text", "", "" },
	{ 4, "AGE", "number", "", "" },
	{ 5, "SINCE", "date", "", "DD/MM/YYYY" },
	{ 6, "WEBSITE", "url", "", "" },
	{ 7, "BIRTHDAY", "birthday", "", "DD/MM" },
};
static const struct merge_fields fields = { field_list, 7 };

static const struct merge_interest interests[] = {
	{ 11, "Topics: news", "Cats & dogs" },
	{ 12, "Topics: news", "Tea, coffee" },
	{ 13, "\u0627\u0644\u0644\u063a\u0629", "\u0639\u0631\u0628\u064a" },
	{ 14, "Size", "Cats & dogs" },
};

static const char *const recent[] = { "Fish & chips for *|FNAME|*", "2" };

static const struct merge_facts facts = {
	.campaign_uid = "0123456789",
	.subject = "News for *|FNAME|* & co",
	.preview_text = "",
	.list_name = "Friends & foes",
	.list_uid = "abcdefabcd",
	.list_reminder = "You signed up",
	.list_subscribers = 42,
	.list_phone = "1 & 2",
	.list_url = "https://list.example",
	.list_subscribe = "https://join.example/?a=1&b=2",
	.recent = recent,
	.recent_n = 2,
	.company = "ACME",
	.address = "ACME\n1 High St\nLondon",
	.abuse_email = "abuse@example.org",
	.interests = interests,
	.interests_n = 4,
	.knows_interests = true,
	.send_ms = INT64_C(1637707916000), /* 2021-11-23 22:51:56 */
};

static void slot(void *owner, enum merge_slot kind, int number,
		 struct strbuf *out)
{
	(void)owner;
	strbuf_addf(out, "https://t.example/%d/%d", (int)kind, number);
}

struct sample {
	const char *fname, *lname, *plan, *age, *since, *website, *birthday;
	const char *language;
	int64_t interests[2];
};
static const struct sample ann = { "Ann",   "O'Hara & <b>", "pro",
				   "17",    "2020-02-01",   "https://a.example",
				   "03/04", "pt-BR",        { 12, 13 } };
static const struct sample nobody = {
	"", "", "", "", "", "", "", "", { 0, 0 }
};

static struct strbuf rendered = STRBUF_INIT;

static const char *render(enum merge_context context, const char *text,
			  const struct sample *who)
{
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	struct merge_piece piece = { .text = str_of(text) };
	struct merge_how how = { .context = context,
				 .fields = &fields,
				 .facts = &facts,
				 .slot_fn = slot };
	struct str values[] = { str_of(who->fname),   str_of(who->lname),
				str_of(who->plan),    str_of(who->age),
				str_of(who->since),   str_of(who->website),
				str_of(who->birthday) };
	struct merge_person person = { .address = STR("ann@example.org"),
				       .unique_id = STR("0a1b2c3d4e"),
				       .optin_ms = INT64_C(1612137600000),
				       .language = str_of(who->language),
				       .interests = who->interests,
				       .interests_n = 2,
				       .values = values };
	struct err err = ERR_INIT;

	strbuf_reset(&rendered);
	assert_int_equal(
		merge_compile(&piece, 1, &how, NULL, &program, NULL, &err), 0);
	assert_int_equal(merge_render(program, &person, &rendered), 0);
	return rendered.buf;
}

struct pair {
	const char *text, *ann, *nobody;
};

static void check_pairs(enum merge_context context, const struct pair *pairs,
			size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = render(context, pairs[i].text, &ann);

		if (strcmp(got, pairs[i].ann) != 0)
			fail_msg("%s: %s, not %s", pairs[i].text, got,
				 pairs[i].ann);
		got = render(context, pairs[i].text, &nobody);
		if (strcmp(got, pairs[i].nobody) != 0)
			fail_msg("%s: %s, not %s (nobody)", pairs[i].text, got,
				 pairs[i].nobody);
	}
}

static void gives_the_value_or_its_default(void **state)
{
	static const struct pair pairs[] = {
		{ "Dear *|FNAME|*!", "Dear Ann!", "Dear friend!" },
		{ "*|fname|**|MERGE1|**|MMERGE1|*", "AnnAnnAnn",
		  "friendfriendfriend" },
		{ "*|LNAME|*", "O'Hara & <b>", "" },
		{ "*|EMAIL|* *|MERGE0|*", "ann@example.org ann@example.org",
		  "ann@example.org ann@example.org" },
		{ "*|UPPER:FNAME|* *|LOWER:FNAME|* *|TITLE:PLAN|*",
		  "ANN ann Pro", "FRIEND friend " },
		{ "*|URL:LNAME|*", "O%27Hara%20%26%20%3Cb%3E", "" },
		{ "*|SINCE|* *|BIRTHDAY|*", "01/02/2020 04/03", " " },
		{ "*|EMAIL_UID|* *|UNIQID|* *|OPTIN_DATE|*",
		  "0a1b2c3d4e 0a1b2c3d4e 02/01/2021",
		  "0a1b2c3d4e 0a1b2c3d4e 02/01/2021" },
		{ "a*|NOSUCH|*b *| x |* *|", "a*|NOSUCH|*b *| x |* *|",
		  "a*|NOSUCH|*b *| x |* *|" },
		{ "*|UNSUB|*", "https://t.example/1/0",
		  "https://t.example/1/0" },
	};

	(void)state;
	check_pairs(MERGE_PLAIN, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static void knows_campaign_list_and_dates(void **state)
{
	static const struct pair pairs[] = {
		{ "*|LIST:NAME|* *|LIST:UID|* *|CAMPAIGN_UID|*",
		  "Friends & foes abcdefabcd 0123456789",
		  "Friends & foes abcdefabcd 0123456789" },
		{ "*|LIST:ADDRESSLINE|*", "ACME, 1 High St, London",
		  "ACME, 1 High St, London" },
		{ "*|LIST_ADDRESSLINE_TEXT|*", "ACME, 1 High St, London",
		  "ACME, 1 High St, London" },
		{ "*|CURRENT_YEAR|* *|MC:DATE|*", "2021 11/23/2021",
		  "2021 11/23/2021" },
		{ "*|DATE:l, jS F Y H:i|*", "Tuesday, 23rd November 2021 22:51",
		  "Tuesday, 23rd November 2021 22:51" },
		{ "*|MC:SUBJECT|*", "News for Ann & co",
		  "News for friend & co" },
		{ "*|URL:MC_SUBJECT|*", "News%20for%20Ann%20%26%20co",
		  "News%20for%20friend%20%26%20co" },
	};

	(void)state;
	check_pairs(MERGE_PLAIN, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* Typed with the name of the company or without it. */
static void an_address_names_the_company_once(void **state)
{
	static const struct {
		const char *company, *address, *line;
	} cases[] = {
		{ "ACME", "1 High St\nLondon", "ACME, 1 High St, London" },
		{ "ACME", "ACME\n1 High St", "ACME, 1 High St" },
		{ "ACME", "Acme GmbH, 1 High St", "Acme GmbH, 1 High St" },
		{ "ACME", "Ann Lee\nACME\n1 High St",
		  "Ann Lee, ACME, 1 High St" },
		{ "ACME", "Acmeville 1", "ACME, Acmeville 1" },
		{ "ACME", "", "" },
		{ "", "1 High St", "1 High St" },
		{ NULL, "1 High St", "1 High St" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(merge_program_free)
		struct merge_program *program = NULL;
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		struct merge_facts typed = { .company = cases[i].company,
					     .address = cases[i].address };
		struct merge_piece piece = { .text = STR(
						     "*|LIST:ADDRESSLINE|*") };
		struct merge_how how = { .context = MERGE_PLAIN,
					 .facts = &typed };
		struct merge_person person = { .values = NULL };
		struct err err = ERR_INIT;

		assert_int_equal(merge_compile(&piece, 1, &how, NULL, &program,
					       NULL, &err),
				 0);
		assert_int_equal(merge_render(program, &person, &out), 0);
		assert_string_equal(out.buf, cases[i].line);
	}
}

/* Which of the fields, by their places. */
static void a_field_without_a_fallback_leaves_a_hole(void **state)
{
	static const struct {
		const char *text;
		const char *holes;
	} cases[] = {
		{ "Dear *|LNAME|*,", "1" },
		{ "*|UPPER:LNAME|*", "1" },
		{ "Dear *|FNAME|*,", "" }, /* has a default */
		{ "*|IF:LNAME|**|LNAME|**|ELSE:|*you*|END:IF|*", "" },
		{ "*|IF:LNAME|*x*|ELSE:|**|LNAME|**|END:IF|*", "1" },
		{ "*|IFNOT:LNAME|*you*|ELSE:|**|LNAME|**|END:IF|*", "" },
		{ "*|IF:LNAME=Lee|**|LNAME|**|END:IF|*", "" },
		{ "*|IF:PLAN|**|LNAME|**|END:IF|*", "1" },
		{ "*|IF:LNAME|**|PLAN|**|END:IF|* *|AGE|*", "23" },
		{ "<a href=\"https://a.example/?n=*|LNAME|*\">x</a>", "" },
		{ "*|EMAIL|* *|UNSUB|* *|DATE:Y|*", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(merge_program_free)
		struct merge_program *program = NULL;
		CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
		struct merge_piece piece = { .text = str_of(cases[i].text) };
		struct merge_how how = { .context = MERGE_HTML,
					 .fields = &fields,
					 .facts = &facts };
		bool holes[7] = { false };
		struct err err = ERR_INIT;

		assert_int_equal(merge_compile(&piece, 1, &how, NULL, &program,
					       NULL, &err),
				 0);
		merge_find_holes(program, &fields, holes);
		for (size_t f = 0; f < 7; f++)
			if (holes[f])
				strbuf_addint(&got, (int64_t)f);
		if (strcmp(got.buf, cases[i].holes) != 0)
			fail_msg("%s: %s", cases[i].text, got.buf);
	}
}

static void takes_the_branch_that_holds(void **state)
{
	static const struct pair pairs[] = {
		{ "*|IF:FNAME|*Hi *|FNAME|**|ELSE:|*Hello*|END:IF|*", "Hi Ann",
		  "Hello" },
		{ "*|IFNOT:FNAME|*no*|END:IF|*.", ".", "no." },
		{ "*|IF:PLAN=pro|*P*|ELSEIF:PLAN=free|*F*|ELSE:|*?*|END:IF|*",
		  "P", "?" },
		{ "*|IF:PLAN=PRO|*y*|END:IF|*", "y", "" },
		{ "*|IF:PLAN!=free|*y*|ELSE:|*n*|END:IF|*", "y", "n" },
		{ "*|IF:AGE < 18|*c*|ELSEIF:AGE >= 18|*a*|ELSE:|*?*|END:IF|*",
		  "c", "?" },
		{ "*|IF:AGE > 9|*y*|ELSE:|*n*|END:IF|*", "y", "n" },
		{ "*|IF:SINCE >= 2020-01-01|*new*|END:IF|*", "new", "" },
		{ "*|IF:SINCE = 01/02/2020|*new*|END:IF|*", "new", "" },
		{ "*|IF:SINCE < 02.02.2020|*old*|ELSE:|*new*|END:IF|*", "old",
		  "new" },
		{ "*|IF:SINCE > 31.12.2019|*new*|END:IF|*", "new", "" },
		{ "*|IF:BIRTHDAY = 04/03|*today*|END:IF|*", "today", "" },
		{ "*|IF:BIRTHDAY = 4.3.|*x*|END:IF|*", "", "" },
		{ "*|IF:AGE = 17.0|*y*|END:IF|**|IF:AGE <> 17|*n*|END:IF|*",
		  "y", "" },
		{ "*|IF:PLAN=pro|*a*|IF:AGE<=17|*b*|END:IF|*c*|ELSE:|*d"
		  "*|END:IF|*e",
		  "abce", "de" },
		{ "*|INTERESTED:Cat:a,b|*in*|ELSE:|*out*|END:INTERESTED|*",
		  "out", "out" },
		{ "*|IF:MC_PREVIEW_TEXT|*p*|ELSE:|*q*|END:IF|*", "q", "q" },
		{ "*|IFNOT:ARCHIVE_PAGE|*mail*|END:IF|*", "mail", "mail" },
		{ "*|IF:NOSUCH=1|*a*|ELSE:|*b*|END:IF|*", "b", "b" },
		{ "*|IF:LIST:NAME|*a*|ELSE:|*b*|END:IF|*", "a", "a" },
		/* Broken ones go as far as they go. */
		{ "a*|ELSE:|*b*|END:IF|*c", "abc", "abc" },
		{ "a*|IF:PLAN|*b", "ab", "a" },
	};

	(void)state;
	check_pairs(MERGE_PLAIN, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

/* All that Mailchimp has, but feeds and what is out of scope, in HTML. */
static void knows_every_tag(void **state)
{
	static const struct pair pairs[] = {
		{ "*|FNAME|**|LNAME|**|MERGE2|**|MMERGE2|*",
		  "AnnO&#39;Hara &amp; &lt;b&gt;O&#39;Hara &amp; &lt;b&gt;"
		  "O&#39;Hara &amp; &lt;b&gt;",
		  "friend" },
		{ "*|LIST:NAME|*", "Friends &amp; foes", "Friends &amp; foes" },
		{ "*|LIST:COMPANY|* *|USER:COMPANY|*", "ACME ACME",
		  "ACME ACME" },
		{ "*|LIST:DESCRIPTION|*", "You signed up", "You signed up" },
		{ "*|LIST:ADDRESS|*", "ACME<br>1 High St<br>London",
		  "ACME<br>1 High St<br>London" },
		{ "*|LIST:ADDRESSLINE|* *|USER:ADDRESS|*",
		  "ACME, 1 High St, London ACME, 1 High St, London",
		  "ACME, 1 High St, London ACME, 1 High St, London" },
		{ "*|LIST:ADDRESS_HTML|*", "ACME<br>1 High St<br>London",
		  "ACME<br>1 High St<br>London" },
		{ "*|HTML:LIST_ADDRESS_HTML|*", "ACME<br>1 High St<br>London",
		  "ACME<br>1 High St<br>London" },
		{ "*|LIST:ADDRESS_VCARD|**|LIST:ADDRESS_VCARD_HREF|*", "", "" },
		{ "*|LIST:PHONE|* *|USER:PHONE|*", "1 &amp; 2 1 &amp; 2",
		  "1 &amp; 2 1 &amp; 2" },
		{ "*|LIST:URL|*", "https://list.example",
		  "https://list.example" },
		{ "<a href=\"*|LIST:SUBSCRIBE|*\">",
		  "<a href=\"https://join.example/?a=1&amp;b=2\">",
		  "<a href=\"https://join.example/?a=1&amp;b=2\">" },
		{ "*|LIST:UID|* *|LIST:SUBSCRIBERS|*", "abcdefabcd 42",
		  "abcdefabcd 42" },
		{ "*|LIST:RECENT1|*", "<ul><li>Fish &amp; chips for </li></ul>",
		  "<ul><li>Fish &amp; chips for </li></ul>" },
		{ "*|LIST:RECENT9|*",
		  "<ul><li>Fish &amp; chips for </li><li>2</li></ul>",
		  "<ul><li>Fish &amp; chips for </li><li>2</li></ul>" },
		{ "*|ABOUT_LIST|**|REWARDS|**|REWARDS_TEXT|*", "", "" },
		{ "*|IF:REWARDS|*x*|END:IF|*", "", "" },
		{ "*|ABUSE_EMAIL|*", "abuse@example.org", "abuse@example.org" },
		{ "*|MC_PREVIEW_TEXT|**|MC:TOC|**|MC:TOC_TEXT|*", "", "" },
		{ "*|MC:TRANSLATE|**|TRANSLATE:fr|**|TRANSLATE:fr,de|*", "",
		  "" },
		{ "*|TWITTER:PROFILEURL|**|FACEBOOK:PROFILEURL[$format=text]|*",
		  "", "" },
		{ "*|CAMPAIGN_UID|*", "0123456789", "0123456789" },
		{ "*|ARCHIVE|* *|ARCHIVE_LINK_SHORT|*",
		  "https://t.example/3/0 https://t.example/3/0",
		  "https://t.example/3/0 https://t.example/3/0" },
	};

	(void)state;
	check_pairs(MERGE_HTML, pairs, ARRAY_SIZE(pairs));
}

static void knows_what_somebody_has_chosen(void **state)
{
	static const struct pair pairs[] = {
		{ "*|INTERESTED:Topics: news:Tea\\, coffee|*in*|ELSE:|*out"
		  "*|END:INTERESTED|*",
		  "in", "out" },
		{ "*|INTERESTED:topics: NEWS:cats &amp; dogs, tea\\, coffee|*in"
		  "*|ELSE:|*out*|END:INTERESTED|*",
		  "in", "out" },
		{ "*|INTERESTED:Topics: news:Cats & dogs|*in*|ELSE:|*out"
		  "*|END:INTERESTED|*",
		  "out", "out" },
		{ "*|INTERESTED:Size:Cats & dogs|*in*|ELSE:|*out"
		  "*|END:INTERESTED|*",
		  "out", "out" },
		{ "*|INTERESTED:\u0627\u0644\u0644\u063a\u0629:"
		  "\u0639\u0631\u0628\u064a|**|IF:PLAN|*a*|ELSE:|*b*|END:IF|*"
		  "*|END:INTERESTED|*.",
		  "a.", "." },
		{ "*|IF:PLAN|**|INTERESTED:Topics: news:Tea\\, coffee|*in"
		  "*|END:INTERESTED|**|ELSE:|*no*|END:IF|*",
		  "in", "no" },
		{ "*|INTERESTED:Topics: news:nothing|*in*|ELSE:|*out"
		  "*|END:INTERESTED|**|INTERESTED:x|*in*|END:INTERESTED|*",
		  "out", "out" },
		{ "*|MC_LANGUAGE|* *|MC_LANGUAGE_LABEL|*"
		  "*|IF:MC_LANGUAGE=pt-br|*!*|END:IF|*",
		  "pt-BR Portuguese!", " " },
	};

	(void)state;
	check_pairs(MERGE_HTML, pairs, ARRAY_SIZE(pairs));
}

/* What is told of a text; lives in arena, and is to be released. */
static void find_problems(enum merge_context context, struct str text,
			  struct arena *arena, struct merge_problems *out)
{
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	struct merge_piece piece = { .text = text };
	struct merge_how how = { .context = context,
				 .fields = &fields,
				 .facts = &facts };
	struct err err = ERR_INIT;

	assert_int_equal(
		merge_compile(&piece, 1, &how, arena, &program, out, &err), 0);
}

static void an_interest_that_nobody_knows_is_told(void **state)
{
	static const char *const cases[][2] = {
		{ "*|INTERESTED:Size:Small, cats & dogs|**|END:INTERESTED|*",
		  "There is no such interest in the audience: Small" },
		{ "*|INTERESTED:Sizes:Small|**|END:INTERESTED|*",
		  "There is no such category of interests in the audience: "
		  "Sizes:Small" },
		{ "*|INTERESTED:Size:CATS & DOGS|**|END:INTERESTED|*", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct merge_problems problems = VEC_INIT;

		find_problems(MERGE_PLAIN, str_of(cases[i][0]), arena,
			      &problems);
		assert_int_equal(problems.n, cases[i][1] ? 1 : 0);
		if (cases[i][1])
			assert_string_equal(problems.v[0].text, cases[i][1]);
		vec_release(&problems);
	}
}

static void escapes_by_where_the_value_stands(void **state)
{
	static const struct pair pairs[] = {
		{ "<p>*|LNAME|*</p>", "<p>O&#39;Hara &amp; &lt;b&gt;</p>",
		  "<p></p>" },
		{ "<p title='*|LNAME|*'>",
		  "<p title='O&#39;Hara &amp; "
		  "&lt;b&gt;'>",
		  "<p title=''>" },
		{ "<p title=*|LNAME|*>",
		  "<p title=O&#39;Hara&#32;&amp;&#32;&lt;b&gt;>",
		  "<p title=>" },
		{ "<a href=\"http://x/?n=*|LNAME|*&amp;e=*|EMAIL|*\">",
		  "<a href=\"http://x/?n=O%27Hara%20%26%20%3Cb%3E&amp;e=ann%40"
		  "example.org\">",
		  "<a href=\"http://x/?n=&amp;e=ann%40example.org\">" },
		{ "<a href=\"mailto:*|EMAIL|*\">",
		  "<a href=\"mailto:ann@example.org\">",
		  "<a href=\"mailto:ann@example.org\">" },
		{ "<a href=\"*|WEBSITE|*\">", "<a href=\"https://a.example\">",
		  "<a href=\"\">" },
		{ "<a href=\"http://x/?n=*|URL:FNAME|*\">",
		  "<a href=\"http://x/?n=Ann\">",
		  "<a href=\"http://x/?n=friend\">" },
		{ "<style>a{b:*|LNAME|*}</style>",
		  "<style>a{b:OHara  b}</style>", "<style>a{b:}</style>" },
		{ "*|HTML:LIST_ADDRESS_HTML|*", "ACME<br>1 High St<br>London",
		  "ACME<br>1 High St<br>London" },
		{ "*|HTML:LNAME|*", "O&#39;Hara &amp; &lt;b&gt;", "" },
		{ "*|HTML:MC:SUBJECT|*", "News for Ann & co",
		  "News for friend & co" },
		{ "<i title=\"*|HTML:LNAME|*\">",
		  "<i title=\"O&#39;Hara &amp; &lt;b&gt;\">",
		  "<i title=\"\">" },
		{ "*|LIST:NAME|*", "Friends &amp; foes", "Friends &amp; foes" },
		{ "*|MC:SUBJECT|*", "News for Ann &amp; co",
		  "News for friend &amp; co" },
		{ "*|IF:AGE &lt; 18|*y*|ELSE:|*n*|END:IF|*", "y", "n" },
		{ "<a href=\"*|UNSUB|*\">",
		  "<a href=\"https://t.example/1/0\">",
		  "<a href=\"https://t.example/1/0\">" },
	};

	(void)state;
	check_pairs(MERGE_HTML, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static void link_targets_are_percent_encoded(void **state)
{
	static const struct pair pairs[] = {
		{ "https://x/?a=1&n=*|LNAME|*",
		  "https://x/?a=1&n=O%27Hara%20%26%20%3Cb%3E",
		  "https://x/?a=1&n=" },
		{ "*|WEBSITE|*?x=*|EMAIL_UID|*",
		  "https://a.example?x=0a1b2c3d4e", "?x=0a1b2c3d4e" },
	};

	(void)state;
	check_pairs(MERGE_URL, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static void hostile_values_do_no_harm(void **state)
{
	struct sample evil = ann;

	(void)state;
	evil.fname = "*|EMAIL|*";
	assert_string_equal(render(MERGE_PLAIN, "*|FNAME|*", &evil),
			    "*|EMAIL|*");
	evil.fname = "a\r\nBcc: x@y.z\x07";
	assert_string_equal(render(MERGE_HEADER, "*|FNAME|*", &evil),
			    "a  Bcc: x@y.z");
	evil.fname = "a\xe2\x80\xae"
		     "b\xe2\x81\xa6"
		     "c\xe2\x82\xac";
	assert_string_equal(render(MERGE_PLAIN, "*|FNAME|*", &evil),
			    "abc\xe2\x82\xac");
	evil.website = " javascript:alert(1)";
	assert_string_equal(
		render(MERGE_HTML, "<a href=\"*|WEBSITE|*\">", &evil),
		"<a href=\"\">");
	evil.fname = "--><script>";
	assert_string_equal(render(MERGE_HTML, "<!-- *|FNAME|* -->", &evil),
			    "<!-- --&gt;&lt;script&gt; -->");
}

static void markup_of_a_person_is_told(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct merge_problems problems = VEC_INIT;

	(void)state;
	find_problems(MERGE_HTML,
		      STR("*|HTML:LIST_ADDRESS_HTML|*\n *|html:lname|*"), arena,
		      &problems);
	assert_int_equal(problems.n, 1);
	assert_int_equal(problems.v[0].line, 2);
	assert_string_equal(problems.v[0].text,
			    "Markup of people is shown as text, also by the "
			    "HTML: of lname");
	vec_release(&problems);
}

static void an_address_among_words_is_told(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct merge_problems problems = VEC_INIT;

	(void)state;
	find_problems(MERGE_HTML,
		      STR("<a href=\"*|ARCHIVE|*\">x</a>\n*|FORWARD|*"), arena,
		      &problems);
	assert_int_equal(problems.n, 1);
	assert_int_equal(problems.v[0].line, 2);
	assert_string_equal(problems.v[0].tag, "*|FORWARD|*");
	vec_release(&problems);
}

static void unknown_and_broken_tags_are_told_with_their_place(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct merge_problems problems = VEC_INIT;

	(void)state;
	find_problems(MERGE_HTML,
		      STR("a\nbc*|NOSUCH|*\n*|IF:FNAME|*x\n *|END:"
			  "INTERESTED|**|ELSE:|* *|IFNOT:LNAME|*"),
		      arena, &problems);
	assert_int_equal(problems.n, 4);
	assert_int_equal(problems.v[0].line, 2);
	assert_int_equal(problems.v[0].column, 3);
	assert_string_equal(problems.v[0].text, "There is no tag NOSUCH");
	assert_int_equal(problems.v[1].line, 4);
	assert_int_equal(problems.v[3].column, 30);
	vec_release(&problems);
}

/* A field, a tag of everybody's, with prefixes, in a condition; or nothing. */
static void a_misspelt_tag_is_told_with_the_nearest(void **state)
{
	static const char *const cases[][2] = {
		{ "*|FNAMEE|*",
		  "There is no tag FNAMEE (did you mean FNAME?)" },
		{ "*|fnmae|*", "There is no tag fnmae (did you mean FNAME?)" },
		{ "*|TITLE:FNAM|*",
		  "There is no tag FNAM (did you mean FNAME?)" },
		{ "*|UNSUBS|*",
		  "There is no tag UNSUBS (did you mean UNSUB?)" },
		{ "*|IF:LNAM|*x*|END:IF|*",
		  "There is no tag LNAM (did you mean LNAME?)" },
		{ "*|LIST:ADRESS|*",
		  "There is no tag LIST:ADRESS (did you mean LIST:ADDRESS?)" },
		{ "*|XYZZYPLUGH|*", "There is no tag XYZZYPLUGH" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct merge_problems problems = VEC_INIT;

		find_problems(MERGE_HTML, str_of(cases[i][0]), arena,
			      &problems);
		assert_int_equal(problems.n, 1);
		assert_string_equal(problems.v[0].text, cases[i][1]);
		vec_release(&problems);
	}
}

/* NULL: it stays as it is, and nothing is told of it. */
struct likeness {
	const char *text, *told;
};

static void check_told(enum merge_context context, const struct likeness *cases,
		       size_t n)
{
	static const char words[] =
		"It looks like a merge tag, is none, and stays as it is: ";

	for (size_t i = 0; i < n; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct merge_problems problems = VEC_INIT;

		find_problems(context, str_of(cases[i].text), arena, &problems);
		if (problems.n != (cases[i].told ? 1 : 0))
			fail_msg("%s: %zu problems, %s", cases[i].text,
				 problems.n,
				 problems.n ? problems.v[0].text : "");
		if (cases[i].told) {
			assert_string_equal(problems.v[0].tag, cases[i].told);
			assert_memory_equal(problems.v[0].text, words,
					    sizeof(words) - 1);
		}
		assert_string_equal(render(context, cases[i].text, &ann),
				    cases[i].text);
		vec_release(&problems);
	}
}

static void what_looks_like_a_tag_is_told(void **state)
{
	static const struct likeness cases[] = {
		/* not by its signs */
		{ "a *&#124;FNAME&#124;* b", "*&#124;FNAME&#124;*" },
		{ "&#42;&#x7C;fname&vert;&ast;",
		  "&#42;&#x7C;fname&vert;&ast;" },
		{ "<a href=\"https://x/?n=*%7CFNAME%7C*\">x</a>",
		  "*%7CFNAME%7C*" },
		{ "%2a%7cnoone%7c%2A", "%2a%7cnoone%7c%2A" },
		{ "\xEF\xBC\x8A\xEF\xBD\x9C"
		  "FNAME\xEF\xBD\x9C\xEF\xBC\x8A",
		  "\xEF\xBC\x8A\xEF\xBD\x9C"
		  "FNAME\xEF\xBD\x9C\xEF\xBC\x8A" },
		/* nobody's name */
		{ "*|\xD1\x84\xD1\x83|*", "*|\xD1\x84\xD1\x83|*" },
		{ "*| vorname |*", "*| vorname |*" },
		{ "*|<b>NOONE</b>|*", "*|<b>NOONE</b>|*" },
		{ "*|FNA\nME|*", "*|FNA\nME|*" },
		{ "*|1ST|*", "*|1ST|*" },
		/* one star, one bar */
		{ "Dear *|FNAME| x", "*|FNAME|" },
		{ "Dear |FNAME|* x", "|FNAME|*" },
		{ "Dear *|FNAME* x", "*|FNAME*" },
		{ "Dear *FNAME|* x", "*FNAME|*" },
		{ "*|<b>FNAME</b>| x", "*|<b>FNAME</b>|" },
		/* cut off */
		{ "Dear *|FNAME", "*|FNAME" },
		{ "Dear *|fname, hello", "*|fname" },
		{ "Dear FNAME|*", "FNAME|*" },
		{ "Dear <b>FNAME</b>|*, x", "FNAME</b>|*" },
		{ "Dear *|VORNAME</p><p>", "*|VORNAME" },
		{ "*%7CFNAME", "*%7CFNAME" },
		{ "*|IF:PLAN=pro and more", "*|IF:PLAN" },
		{ "*|FN</p><p>ame|*", "*|FN" },
		/* ordinary text */
		{ "5 * 3 | 2, 5*3|2, a|*b, A|*", NULL },
		{ "a*|b, *|B", NULL },
		{ "|*bold*|*TOTAL*| x |", NULL },
		{ "|*TOTAL*|EUR|", NULL },
		{ "| *a* | EMAIL | *b* |", NULL },
		{ "|EMAIL|*bold*|", NULL },
		{ "** ** || |* *| *|* |*| **|** *||* *| |* *|--|*", NULL },
		{ "<style>*|a{b:c} *|*{f:g}</style>", NULL },
		{ "<style>svg|*{d:e}</style>", NULL },
		{ "/*|----|*/ <!-- *|* -->", NULL },
		{ "a*|b c|d* *|two words, and so on", NULL },
	};

	(void)state;
	check_told(MERGE_HTML, cases, ARRAY_SIZE(cases));
}

/* What to write instead, where somebody can tell. */
static void what_looks_like_a_tag_is_told_with_what_was_meant(void **state)
{
	static const char *const cases[][2] = {
		{ "*&#124;fname&#124;*", "(did you mean *|fname|*?)" },
		{ "*%7CLNAME%7C*", "(did you mean *|LNAME|*?)" },
		{ "Dear *|FNAME| x", "(did you mean *|FNAME|*?)" },
		{ "Dear FNAME|*", "(did you mean *|FNAME|*?)" },
		{ "*| fnmae |*", "(did you mean *|FNAME|*?)" },
		{ "*|xyzzy plugh|*", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct merge_problems problems = VEC_INIT;
		const char *hint;

		find_problems(MERGE_HTML, str_of(cases[i][0]), arena,
			      &problems);
		assert_int_equal(problems.n, 1);
		hint = strstr(problems.v[0].text, "(did");
		if (cases[i][1] ? !hint || strcmp(hint, cases[i][1]) != 0
				: hint != NULL)
			fail_msg("%s: %s", cases[i][0], problems.v[0].text);
		vec_release(&problems);
	}
}

/* All of a text but the tags in it, and the markup that may have moved. */
static void add_outside(struct str text, const struct merge_how *how,
			struct strbuf *out)
{
	CLEANUP(merge_scan_release)
	struct merge_scan scan = MERGE_SCAN(text, how);
	CLEANUP(strbuf_release) struct strbuf rest = STRBUF_INIT;
	size_t from = 0;

	while (merge_scan_next(&scan)) {
		if (scan.likeness == MERGE_LIKE_NONE)
			continue;
		strbuf_add(&rest, text.s + from, scan.found - from);
		strbuf_addstr(&rest, "@");
		from = scan.at;
	}
	strbuf_add(&rest, text.s + from, text.len - from);
	for (const char *s = rest.buf; *s; s++) {
		if (!strncmp(s, "<b>", 3) || !strncmp(s, "</b>", 4))
			s = strchr(s, '>');
		else
			strbuf_addch(out, *s);
	}
}

static void mending_changes_nothing_but_tags(void **state)
{
	static const char *const parts[] = {
		"*|FNAME|*",
		"*| FNAME |*",
		"*|FN<b>AME</b>|*",
		"<b>",
		"</b>",
		"*|<b>LNAME|*</b>",
		"*|IF:PL<b>AN</b>|*",
		"*|END:IF |*",
		"*&#124;FNAME&#124;*",
		"*|NO ONE|*",
		"*|FNAME",
		"LNAME|*",
		"* ",
		" | ",
		"|*",
		"*|",
		"5 * 3",
		"\n",
		"&nbsp;",
		"&#8203;",
		"word ",
		"\xC2\xA0",
		"\xE2\x80\x8B",
		"<p>",
		"</p>",
		"\xD8\xA7",
		"'",
	};
	struct merge_how how = { .context = MERGE_HTML, .fields = &fields };
	struct prng prng = { 23 };

	(void)state;
	for (int round = 0; round < 20000; round++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf before = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf after = STRBUF_INIT;
		struct str mended;

		for (uint64_t n = prng_below(&prng, 9); n > 0; n--)
			strbuf_addstr(
				&text,
				parts[prng_below(&prng, ARRAY_SIZE(parts))]);
		mended = merge_mended(strbuf_str(&text), &how, arena);
		add_outside(strbuf_str(&text), &how, &before);
		add_outside(mended, &how, &after);
		if (strcmp(before.buf, after.buf) != 0)
			fail_msg("%s: %.*s", text.buf, (int)mended.len,
				 mended.s);
		if (!str_eq(merge_mended(mended, &how, arena), mended))
			fail_msg("%s: not at once", text.buf);
	}
}

static void markup_is_none_in_plain_text(void **state)
{
	static const struct likeness cases[] = {
		{ "*|<b>FNAME</b>|*", "*|<b>FNAME</b>|*" },
		{ "*&#124;FNAME&#124;*", NULL },
		{ "*%7CFNAME%7C*", "*%7CFNAME%7C*" },
		{ "*|FNAME", "*|FNAME" },
	};

	(void)state;
	check_told(MERGE_PLAIN, cases, ARRAY_SIZE(cases));
}

static void what_an_editor_split_is_mended(void **state)
{
	static const struct pair pairs[] = {
		{ "Dear *| FNAME |*!", "Dear Ann!", "Dear friend!" },
		{ "*|\nFNAME\n|* *|FNAME |*", "Ann Ann", "friend friend" },
		{ "*|&nbsp;FNAME|* *|fname&#160;|*", "Ann Ann",
		  "friend friend" },
		{ "*|FN\xE2\x80\x8B"
		  "AME|* *\xEF\xBB\xBF|FN&#8203;AME|*",
		  "Ann Ann", "friend friend" },
		{ "*|FN<b>AME</b>|*", "<b>Ann</b>", "<b>friend</b>" },
		{ "<b>*|FN</b>AME|*", "<b>Ann</b>", "<b>friend</b>" },
		{ "*|<b>FNAME|*</b>", "<b>Ann</b>", "<b>friend</b>" },
		{ "<i>*|FN</i>A<u>ME|*</u>", "<i>Ann</i><u></u>",
		  "<i>friend</i><u></u>" },
		{ "*<span class=\"x\">|FNAME|</span>*",
		  "<span class=\"x\">Ann</span>",
		  "<span class=\"x\">friend</span>" },
		{ "*|UPPER:FN<!-- x -->AME|*", "<!-- x -->ANN",
		  "<!-- x -->FRIEND" },
		/* balanced in each branch */
		{ "*|IF:PL<b>AN</b>&nbsp;=&nbsp;pro|*y*| ELSE: |*n*|<i>END:IF"
		  "</i>|*",
		  "<b></b>y", "<b></b>n<i></i>" },
		{ "<b>*|IF:PLAN</b>|*y*|<i>ELSE:|*n</i>*|END:IF|*", "<b></b>y",
		  "<b></b><i>n</i>" },
		{ "<a href=\"https://x/?n=*| FNAME |*\">x</a>",
		  "<a href=\"https://x/?n=Ann\">x</a>",
		  "<a href=\"https://x/?n=friend\">x</a>" },
		{ "*|LIST:<br>NAME|*", "*|LIST:<br>NAME|*",
		  "*|LIST:<br>NAME|*" },
		/* not those that nobody knows */
		{ "*| x |* *|<b>NOONE</b>|*", "*| x |* *|<b>NOONE</b>|*",
		  "*| x |* *|<b>NOONE</b>|*" },
	};

	(void)state;
	check_pairs(MERGE_HTML, pairs, ARRAY_SIZE(pairs));
}

static void a_text_that_has_no_tags_tells_all_of_them(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct merge_problems problems = VEC_INIT;
	struct merge_how how = { .context = MERGE_HEADER, .fields = &fields };

	(void)state;
	merge_find_raw(STR("Us *|FNAME|* *| FNAME |* *|NO|* *|LNAME"), &how,
		       arena, &problems);
	assert_int_equal(problems.n, 4);
	assert_string_equal(problems.v[0].text,
			    "Merge tags are not replaced here: *|FNAME|*");
	assert_string_equal(problems.v[1].tag, "*| FNAME |*");
	assert_string_equal(problems.v[3].tag, "*|LNAME");
	vec_release(&problems);
	merge_find_raw(STR("Us & co | 5 * 3"), &how, arena, &problems);
	assert_int_equal(problems.n, 0);
}

/* Long texts of what only begins, each read but a few times. */
static void whatever_repeats_is_read_at_once(void **state)
{
	static const char *const parts[] = {
		"*", "*|",        "|*",    "*|A",       "*|<b>",   "*<b>",
		"<", "*|<a *|b>", "*|<a ", "A|*",       "&#42;",   "*|F&nbsp;",
		"A", "*%7C",      "<b>|*", "*|FNAME |", "%7C*<b>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(merge_program_free)
		struct merge_program *program = NULL;
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		struct merge_problems problems = VEC_INIT;
		struct merge_piece piece = { .slot = MERGE_SLOT_NONE };
		struct merge_how how = { .fields = &fields, .facts = &facts };
		struct err err = ERR_INIT;

		while (text.len < 256 * 1024)
			strbuf_addstr(&text, parts[i]);
		piece.text = strbuf_str(&text);
		assert_int_equal(merge_compile(&piece, 1, &how, arena, &program,
					       &problems, &err),
				 0);
		vec_release(&problems);
	}
}

static void nesting_has_a_limit(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(merge_program_free) struct merge_program *program = NULL;
	struct merge_how how = { .fields = &fields, .facts = &facts };
	struct merge_piece piece = { .slot = MERGE_SLOT_NONE };
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i <= MERGE_NESTING_MAX; i++)
		strbuf_addstr(&text, "*|IF:FNAME|*");
	piece.text = strbuf_str(&text);
	assert_int_equal(
		merge_compile(&piece, 1, &how, NULL, &program, NULL, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
}

static void values_are_read_from_the_members_json(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct str *values;

	(void)state;
	values = merge_values_read(
		&fields,
		STR("{\"1\":\"Ann\",\"4\":17,\"2\":{\"addr1\":\"1 High St\","
		    "\"city\":\"London\",\"zip\":\"E1\"},\"3\":null}"),
		arena);
	assert_true(str_is(values[0], "Ann"));
	assert_true(str_is(values[1], "1 High St, London E1"));
	assert_int_equal(values[2].len, 0);
	assert_true(str_is(values[3], "17"));
	values = merge_values_read(&fields, STR("{broken"), arena);
	assert_int_equal(values[0].len, 0);
}

static void dates_are_those_of_php(void **state)
{
	static const struct {
		const char *format, *text;
	} cases[] = {
		{ "d D j l N S w z", "23 Tue 23 Tuesday 2 rd 2 326" },
		{ "W F m M n t L", "47 November 11 Nov 11 30 0" },
		{ "o Y y a A g G h H i s",
		  "2021 2021 21 pm PM 10 22 10 22 51 56" },
		{ "c", "2021-11-23T22:51:56+00:00" },
		{ "\\Y\\\\ U", "Y\\ 1637707916" },
		{ "e T P O p Z I", "UTC UTC +00:00 +0000 Z 0 0" },
	};

	/* a day later already */
	static const struct {
		const char *format, *text;
	} there[] = {
		{ "Y-m-d H:i D", "2021-11-24 04:21 Wed" },
		{ "e T P O p Z I U",
		  "Asia/Kolkata IST +05:30 +0530 +05:30 19800 0 1637707916" },
		{ "c", "2021-11-24T04:21:56+05:30" },
		{ "r", "Wed, 24 Nov 2021 04:21:56 +0530" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		merge_date(cases[i].format, facts.send_ms, NULL, &out);
		assert_string_equal(out.buf, cases[i].text);
	}
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		merge_date(there[i].format, facts.send_ms,
			   time_zone_find("Asia/Kolkata", arena), &out);
		assert_string_equal(out.buf, there[i].text);
	}
}

/* A strict reader of RFC 2045 section 6.7. */
static void unquote(const struct strbuf *in, struct strbuf *out)
{
	size_t column = 0;

	for (size_t i = 0; i < in->len; i++) {
		unsigned char c = (unsigned char)in->buf[i];

		if (c == '\r') {
			assert_int_equal(in->buf[i + 1], '\n');
			assert_true(column <= 76);
			assert_false(i > 0 && (in->buf[i - 1] == ' ' ||
					       in->buf[i - 1] == '\t'));
			if (i == 0 || in->buf[i - 1] != '=')
				strbuf_addstr(out, "\r\n");
			column = 0;
			i++;
			continue;
		}
		column++;
		assert_true((c >= 32 && c <= 126) || c == '\t');
		if (c == '=' && in->buf[i + 1] != '\r') {
			unsigned int code = 0;

			assert_int_equal(sscanf(in->buf + i + 1, "%2X", &code),
					 1);
			strbuf_addch(out, (char)code);
			i += 2;
			column += 2;
		} else if (c != '=') {
			strbuf_addch(out, (char)c);
		}
	}
}

static void to_crlf(const struct strbuf *in, struct strbuf *out)
{
	for (size_t i = 0; i < in->len; i++) {
		char c = in->buf[i];

		if (c == '\r' || c == '\n')
			strbuf_addstr(out, "\r\n");
		else
			strbuf_addch(out, c);
		if (c == '\r' && in->buf[i + 1] == '\n')
			i++;
	}
}

/* Random texts of pieces that mean something. */
static void random_text(struct prng *prng, struct strbuf *out)
{
	static const char *const parts[] = {
		"*|FNAME|*",
		"*|LNAME|*",
		"*|IF:PLAN=pro|*",
		"*|ELSE:|*",
		"*|END:IF|*",
		"*|ELSEIF:AGE>3|*",
		"*|IFNOT:X|*",
		"*|",
		"|*",
		"<a href=\"http://x?",
		"\">",
		"<p title='",
		"'",
		"=",
		" ",
		"\n",
		"\r\n",
		"\xc3\xa9",
		"\xff",
		"<!--",
		"-->",
		"<style>",
		"</style>",
		"*|MC:SUBJECT|*",
		"*|HTML:LNAME|*",
		"*|UNSUB|*",
		"*|DATE:Y-m-d|*",
		"&lt;",
		"<",
		">",
		"a long word ",
		"0123456789012345678901234567890123456789",
		"*|URL:EMAIL|*",
		"*|INTERESTED:a:b|*",
		"*|END:INTERESTED|*",
		"*|NOSUCH|*",
		"<body>",
		"</body>",
		"<img src=*|WEBSITE|*",
		"=\"\"",
		"*| FNAME |*",
		"*|FN<b>AME</b>|*",
		"*|LNAME",
		"&nbsp;",
	};
	size_t n = prng_below(prng, 40);

	for (size_t i = 0; i < n; i++)
		strbuf_addstr(out,
			      parts[prng_below(
				      prng, sizeof(parts) / sizeof(parts[0]))]);
}

static void quoted_printable_says_the_same(void **state)
{
	struct prng prng = { 7 };

	(void)state;
	for (int round = 0; round < 3000; round++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf quoted = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf read = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
		CLEANUP(merge_program_free)
		struct merge_program *program = NULL;
		struct merge_how how = { .context = MERGE_HTML,
					 .quoted_printable = true,
					 .fields = &fields,
					 .facts = &facts,
					 .slot_fn = slot };
		struct str values[] = { STR("Ann\xc3\xa9 "),
					STR("<\n=>"),
					STR("pro"),
					STR("4"),
					STR(""),
					STR("http://a"),
					STR("") };
		struct merge_person person = { .address = STR("a@b.example"),
					       .values = values };
		struct merge_piece piece = { .slot = MERGE_SLOT_NONE };
		struct err err = ERR_INIT;

		random_text(&prng, &text);
		piece.text = strbuf_str(&text);
		assert_int_equal(merge_compile(&piece, 1, &how, NULL, &program,
					       NULL, &err),
				 0);
		assert_int_equal(merge_render(program, &person, &quoted), 0);
		merge_program_free(&program);
		how.quoted_printable = false;
		assert_int_equal(merge_compile(&piece, 1, &how, NULL, &program,
					       NULL, &err),
				 0);
		assert_int_equal(merge_render(program, &person, &plain), 0);

		unquote(&quoted, &read);
		strbuf_reset(&text);
		to_crlf(&plain, &text);
		assert_string_equal(read.buf, text.buf);
	}
}

/* However the text around it looks, a value opens no tag and ends no quote:
 * rendered with a hostile and with a harmless value, as many of each. */
static size_t count_of(const struct strbuf *sb, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < sb->len; i++)
		n += sb->buf[i] == c;
	return n;
}

static void a_value_never_changes_the_markup(void **state)
{
	struct prng prng = { 11 };

	(void)state;
	for (int round = 0; round < 3000; round++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf evil = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf good = STRBUF_INIT;
		struct sample sample = ann;

		random_text(&prng, &text);
		sample.fname = sample.lname = "\"><'script>*|X|*";
		strbuf_addstr(&evil, render(MERGE_HTML, text.buf, &sample));
		sample.fname = sample.lname = "x";
		strbuf_addstr(&good, render(MERGE_HTML, text.buf, &sample));
		assert_int_equal(count_of(&evil, '<'), count_of(&good, '<'));
		assert_int_equal(count_of(&evil, '>'), count_of(&good, '>'));
		assert_int_equal(count_of(&evil, '"'), count_of(&good, '"'));
		assert_int_equal(count_of(&evil, '\''), count_of(&good, '\''));
	}
}

static int release_all(void **state)
{
	(void)state;
	strbuf_release(&rendered);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_the_value_or_its_default),
		cmocka_unit_test(knows_campaign_list_and_dates),
		cmocka_unit_test(an_address_names_the_company_once),
		cmocka_unit_test(a_field_without_a_fallback_leaves_a_hole),
		cmocka_unit_test(takes_the_branch_that_holds),
		cmocka_unit_test(knows_every_tag),
		cmocka_unit_test(knows_what_somebody_has_chosen),
		cmocka_unit_test(an_interest_that_nobody_knows_is_told),
		cmocka_unit_test(escapes_by_where_the_value_stands),
		cmocka_unit_test(link_targets_are_percent_encoded),
		cmocka_unit_test(hostile_values_do_no_harm),
		cmocka_unit_test(markup_of_a_person_is_told),
		cmocka_unit_test(an_address_among_words_is_told),
		cmocka_unit_test(
			unknown_and_broken_tags_are_told_with_their_place),
		cmocka_unit_test(a_misspelt_tag_is_told_with_the_nearest),
		cmocka_unit_test(what_looks_like_a_tag_is_told),
		cmocka_unit_test(
			what_looks_like_a_tag_is_told_with_what_was_meant),
		cmocka_unit_test(mending_changes_nothing_but_tags),
		cmocka_unit_test(markup_is_none_in_plain_text),
		cmocka_unit_test(what_an_editor_split_is_mended),
		cmocka_unit_test(a_text_that_has_no_tags_tells_all_of_them),
		cmocka_unit_test(whatever_repeats_is_read_at_once),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(values_are_read_from_the_members_json),
		cmocka_unit_test(dates_are_those_of_php),
		cmocka_unit_test(quoted_printable_says_the_same),
		cmocka_unit_test(a_value_never_changes_the_markup),
	};

	return cmocka_run_group_tests(tests, NULL, release_all);
}
