#include "design/design.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "design/design_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct made {
	struct arena *arena;
	struct design_output out;
};

static void made_release(struct made *m)
{
	design_output_release(&m->out);
	arena_free(&m->arena);
}

static void render_with(struct made *m, const json_t *doc,
			const struct design_options *options)
{
	struct err err = ERR_INIT;
	const char *fault;

	made_release(m);
	m->arena = arena_new();
	m->out = (struct design_output)DESIGN_OUTPUT_INIT;
	assert_int_equal(design_check(doc, &err), 0);
	design_render(doc, options, m->arena, &m->out);
	fault = design_html_fault(strbuf_str(&m->out.html), m->arena);
	if (fault)
		fail_msg("%s", fault);
}

/* Of these blocks. */
static void render(struct made *m, const char *blocks)
{
	static const struct design_options usual = { .language = "en" };
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *doc = NULL;

	strbuf_addf(&text, "{'version':1,'blocks':[%s]}", blocks);
	doc = design_parse(text.buf);
	render_with(m, doc, &usual);
}

static bool has(const struct made *m, const char *part)
{
	return strstr(m->out.html.buf, part) != NULL;
}

static const struct design_problem *problem(const struct made *m,
					    const char *code)
{
	vec_each (&m->out.problems, p)
		if (strcmp(p->code, code) == 0)
			return p;
	return NULL;
}

/* --- documents --- */

static void only_documents_within_limits_are_taken(void **state)
{
	static const char *const refused[] = {
		"[]",
		"{}",
		"{'version':1}",
		"{'version':1,'blocks':{}}",
		"{'version':2,'blocks':[]}",
		"{'version':'1','blocks':[]}",
		"{'version':1,'blocks':[],'style':[]}",
		"{'version':1,'blocks':[{'a':[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]"
		"]"
		"]]]]]]]]]]]]]]]]}]}",
	};
	static const char *const taken[] = {
		"{'version':1,'blocks':[]}",
		"{'version':1,'blocks':[1,null,'x',[],{}],'style':null}",
		"{'version':1,'blocks':[],'style':{},'more':{'x':[1.5]}}",
	};
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		CLEANUP(json_free) json_t *doc = design_parse(refused[i]);

		assert_int_equal(design_check(doc, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
	}
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++) {
		CLEANUP(json_free) json_t *doc = design_parse(taken[i]);

		assert_int_equal(design_check(doc, &err), 0);
	}
}

static void too_many_blocks_and_too_long_ones_are_refused(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;
	json_t *doc = NULL;

	(void)state;
	strbuf_addstr(&text, "{\"version\":1,\"blocks\":[{\"columns\":[[");
	for (int i = 0; i < DESIGN_BLOCKS_MAX; i++)
		strbuf_addstr(&text, i ? ",{}" : "{}");
	strbuf_addstr(&text, "]]}]}");
	assert_int_equal(design_read(strbuf_str(&text), &doc, &err), -1);
	assert_string_equal(err.field, "design.blocks");

	strbuf_reset(&text);
	strbuf_addstr(&text, "{\"version\":1,\"blocks\":[],\"x\":\"");
	for (unsigned i = 0; i < DESIGN_MAX; i++)
		strbuf_addch(&text, 'x');
	strbuf_addstr(&text, "\"}");
	assert_int_equal(design_read(strbuf_str(&text), &doc, &err), -1);
}

/* --- every block --- */

/* With each value of each member, also wrong ones: sound HTML, and no text is
 * lost. */
static void each_block_takes_each_option(void **state)
{
	static const struct {
		const char *type, *members;
	} blocks[] = {
		{ "heading", "'text':'Seen'" },
		{ "text", "'html':'<p>Seen</p><ul><li>a</li></ul>'" },
		{ "image", "'src':'https://x.org/a.png','alt':'Seen'" },
		{ "button", "'label':'Seen','href':'https://x.org'" },
		{ "divider", "'x':'Seen'" },
		{ "spacer", "'height':20" },
		{ "columns", "'columns':[[{'type':'text','html':'Seen'}],[]]" },
		{ "social", "'links':[{'network':'Seen','href':'#x'}]" },
		{ "html", "'html':'<div>Seen</div>'" },
		{ "footer", "'html':'Seen'" },
	};
	static const char *const options[] = {
		"'align':'start'",
		"'align':'center'",
		"'align':'end'",
		"'align':'middle'",
		"'align':7",
		"'background':'#123456'",
		"'background':'#fefce8'",
		"'background':'blue'",
		"'background':[]",
		"'padding':{'top':0,'bottom':120}",
		"'padding':{'top':-5,'bottom':1e9}",
		"'padding':'x'",
		"'level':1",
		"'level':3",
		"'level':9",
		"'level':'x'",
		"'color':'#f00'",
		"'color':'url(x)'",
		"'text_color':'#00f'",
		"'full':true",
		"'full':'yes'",
		"'width':10",
		"'width':1000",
		"'thickness':8",
		"'height':4",
		"'height':null",
		"'size':12",
		"'size':99",
		"'stack':false",
		"'ratio':'1:2'",
		"'ratio':'1:1:1:1'",
		"'ratio':'9:9'",
		"'id':'i'",
		"'id':5",
		"'unknown':{'deep':[1,2]}",
	};
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(blocks); b++)
		for (size_t o = 0; o < ARRAY_SIZE(options); o++) {
			CLEANUP(strbuf_release)
			struct strbuf text = STRBUF_INIT;

			if (strstr(blocks[b].members, "height") &&
			    strstr(options[o], "height"))
				continue;
			strbuf_addf(&text, "{'type':'%s',%s,%s}",
				    blocks[b].type, blocks[b].members,
				    options[o]);
			render(&m, text.buf);
			if (strstr(text.buf, "Seen") &&
			    strcmp(blocks[b].type, "divider") != 0)
				assert_true(has(&m, "Seen"));
			assert_null(problem(&m, "unknown_block"));
		}
}

static void what_is_wrong_is_told_with_its_block(void **state)
{
	static const struct {
		const char *blocks, *block, *code, *detail;
		bool is_error;
	} cases[] = {
		{ "", NULL, "empty", NULL, false },
		{ "{'id':'a','type':'heading','text':' '}", "a", "empty", NULL,
		  false },
		{ "{'id':'a','type':'text','html':'<p></p>'}", "a", "empty",
		  NULL, false },
		{ "{'id':'a','type':'button','href':'https://x.org'}", "a",
		  "empty", NULL, false },
		{ "{'id':'a','type':'columns'}", "a", "empty", NULL, false },
		{ "{'id':'a','type':'button','label':'Go'}", "a",
		  "missing_href", NULL, true },
		{ "{'id':'a','type':'button','label':'Go','href':'x:y'}", "a",
		  "bad_link", "x:y", true },
		{ "{'id':'a','type':'image','alt':'x'}", "a", "missing_src",
		  NULL, true },
		{ "{'id':'a','type':'image','src':'https://x.org'}", "a",
		  "missing_alt", NULL, false },
		{ "{'id':'a','type':'html','html':'<img src=https://x.org>'}",
		  "a", "missing_alt", NULL, false },
		{ "{'id':'a','type':'image','src':'http://x.org','alt':'x'}",
		  "a", "http_link", "http://x.org", false },
		{ "{'id':'a','type':'marquee'}", "a", "unknown_block",
		  "marquee", false },
		{ "{'id':'a','type':'text','html':'x<video>y</video>'}", "a",
		  "removed_html", "video", false },
		{ "{'id':'a','type':'text','html':'x','align':'up'}", "a",
		  "bad_value", "align", false },
		{ "{'id':'a','type':'heading','text':'x','color':'blau'}", "a",
		  "bad_color", "blau", false },
		{ "{'id':'a','type':'heading','text':'x','color':'#eeeeee'}",
		  "a", "low_contrast", "#eeeeee", false },
		{ "{'id':'a','type':'columns','columns':[[{'id':'b','type':"
		  "'columns','columns':[[]]}]]}",
		  "a", "nested_columns", NULL, true },
		{ "{'id':'a','type':'columns','columns':[[{'id':'b','type':"
		  "'button','label':'Go'}]]}",
		  "b", "missing_href", NULL, true },
		{ "{'id':'a','type':'spacer'},{'id':'a','type':'spacer'}", NULL,
		  "duplicate_id", "a", false },
	};
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct design_problem *p;

		render(&m, cases[i].blocks);
		p = problem(&m, cases[i].code);
		assert_non_null(p);
		assert_int_equal(p->is_error, cases[i].is_error);
		if (cases[i].block)
			assert_string_equal(p->block, cases[i].block);
		else
			assert_null(p->block);
		if (cases[i].detail)
			assert_string_equal(p->detail, cases[i].detail);
		else
			assert_null(p->detail);
	}
}

/* --- the HTML --- */

static void merge_tags_pass_everywhere(void **state)
{
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	render(&m, "{'type':'heading','text':'Hi *|FNAME|*'},"
		   "{'type':'text','html':'<p>*|IF:AGE > 17|*x*|END:IF|*</p>'},"
		   "{'type':'button','label':'*|CITY|*','href':'*|MMERGE5|*'},"
		   "{'type':'image','src':'*|MMERGE6|*','alt':'*|LNAME|*',"
		   "'href':'https://x.org/?a=*|URL:FNAME|*&b=1'},"
		   "{'type':'footer','html':'<a href=*|UNSUB|*>off</a>'}");
	assert_true(has(&m, "Hi *|FNAME|*"));
	assert_true(has(&m, "*|IF:AGE &gt; 17|*x*|END:IF|*"));
	assert_true(has(&m, ">*|CITY|*</a>"));
	assert_true(has(&m, "href=\"*|MMERGE5|*\""));
	assert_true(has(&m, "src=\"*|MMERGE6|*\" alt=\"*|LNAME|*\""));
	assert_true(has(&m, "href=\"https://x.org/?a=*|URL:FNAME|*&amp;b=1\""));
	assert_true(has(&m, "href=\"*|UNSUB|*\""));
	assert_true(has(&m, "<!--*|IF:MC_PREVIEW_TEXT|*-->"));
	assert_non_null(strstr(m.out.text.buf, "*|IF:AGE > 17|*x*|END:IF|*"));
	assert_int_equal(m.out.problems.n, 1); /* no ids */
}

static void it_has_what_clients_need(void **state)
{
	static const char *const parts[] = {
		"<html lang=\"en\" dir=\"ltr\"",
		"<meta name=\"viewport\"",
		"<meta name=\"color-scheme\" content=\"light dark\">",
		"(prefers-color-scheme:dark)",
		"[data-ogsc]",
		"<o:PixelsPerInch>96",
		"mso-padding-alt",
		"class=\"k\" style=\"display:inline-block",
		"<!--[if mso]><td width=\"272\" valign=\"top\"><![endif]-->",
		"width=\"520\"",
		"font-size:16px",
	};
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	render(&m, "{'type':'columns','columns':[[],[]]},"
		   "{'type':'text','html':'x'},"
		   "{'type':'button','label':'b','href':'https://x.org'},"
		   "{'type':'image','src':'https://x.org','alt':'a'}");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!has(&m, parts[i]))
			fail_msg("misses %s", parts[i]);
}

static void headings_skip_no_level(void **state)
{
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	render(&m, "{'type':'heading','level':3,'text':'A'},"
		   "{'type':'heading','level':3,'text':'B'},"
		   "{'type':'heading','level':1,'text':'C'},"
		   "{'type':'heading','level':2,'text':'D'}");
	assert_true(has(&m, "<h1 class=\"h3 "));
	assert_true(has(&m, ">B</h2>"));
	assert_true(has(&m, ">C</h1>"));
	assert_true(has(&m, ">D</h2>"));
}

static void sides_follow_the_direction(void **state)
{
	static const struct {
		const char *language, *text;
		enum design_direction direction;
		bool rtl;
	} cases[] = {
		{ "ar", "x", DESIGN_AUTO, true },
		{ "he-IL", "x", DESIGN_AUTO, true },
		{ "de", "\xd7\xa9\xd7\x9c", DESIGN_AUTO, false },
		{ NULL, "\xd7\xa9\xd7\x9c", DESIGN_AUTO, true },
		{ NULL, "*|FNAME|* <b>&nbsp;</b>12 \xd8\xa3", DESIGN_AUTO,
		  true },
		{ NULL, "M\xc3\xbcnchen \xd8\xa3", DESIGN_AUTO, false },
		{ NULL, "12", DESIGN_AUTO, false },
		{ "ar", "x", DESIGN_LTR, false },
		{ "de", "x", DESIGN_RTL, true },
	};
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		CLEANUP(json_free) json_t *doc = NULL;
		struct design_options o = { cases[i].language,
					    cases[i].direction, false, false };

		strbuf_addf(&text,
			    "{'version':1,'blocks':[{'type':'text','html':'%s'}"
			    "]}",
			    cases[i].text);
		doc = design_parse(text.buf);
		render_with(&m, doc, &o);
		assert_true(has(&m, cases[i].rtl ? " dir=\"rtl\""
						 : " dir=\"ltr\""));
		assert_true(has(&m, cases[i].rtl ? "<td align=\"right\""
						 : "<td align=\"left\""));
	}
}

/* The begin of what is between a mark and the next quote. */
static const char *after(const struct made *m, const char *mark)
{
	const char *at = strstr(m->out.html.buf, mark);

	assert_non_null(at);
	return at + strlen(mark);
}

static void the_dark_is_for_those_who_want_it(void **state)
{
	CLEANUP(json_free)
	json_t *doc = design_parse("{'version':1,'blocks':[{'type':'text',"
				   "'html':'x'}]}");
	struct design_options o = { .dark = true };
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	render_with(&m, doc, &o);
	assert_true(has(&m, "@media all{"));
	o.dark = false;
	render_with(&m, doc, &o);
	assert_false(has(&m, "@media all{"));
	/* the card is white by day only */
	assert_memory_equal(after(&m, "class=\"c b1\" style=\"width:100%;"
				      "border-collapse:separate;"
				      "background-color:"),
			    "#ffffff", 7);
	assert_memory_equal(after(&m, "\n.b1{background-color:"), "#2", 2);
}

static void a_picture_that_is_not_chosen_shows_only_while_one_writes(
	void **state)
{
	CLEANUP(json_free)
	json_t *doc = design_parse("{'version':1,'blocks':[{'type':'image',"
				   "'alt':'A hill'}]}");
	struct design_options o = { .placeholders = true };
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	render_with(&m, doc, &o);
	assert_true(has(&m, "A hill"));
	o.placeholders = false;
	render_with(&m, doc, &o);
	assert_false(has(&m, "A hill"));
	assert_int_equal(m.out.text.len, 0);
}

static void a_long_mail_is_told(void **state)
{
	CLEANUP(strbuf_release) struct strbuf blocks = STRBUF_INIT;
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	for (int i = 0; i < DESIGN_BLOCKS_MAX; i++)
		strbuf_addf(&blocks, "%s{'id':'b%d','type':'text','html':'x'}",
			    i ? "," : "", i);
	render(&m, blocks.buf);
	assert_non_null(problem(&m, "too_large"));
	/* a hundred blocks are not long */
	strbuf_reset(&blocks);
	for (int i = 0; i < 100; i++)
		strbuf_addf(&blocks, "%s{'id':'b%d','type':'text','html':'x'}",
			    i ? "," : "", i);
	render(&m, blocks.buf);
	assert_int_equal(m.out.problems.n, 0);
}

/* --- the text --- */

static void the_text_is_made_of_the_blocks(void **state)
{
	CLEANUP(made_release) struct made m = { 0 };

	(void)state;
	render(&m, "{'type':'heading','level':1,'text':'One &amp; <b>all</b>'},"
		   "{'type':'text','html':'<p>A <a href=https://x.org/y>link"
		   "</a>.<br>Line</p><ol><li>a</li><li>b<ul><li>c</li></ul>"
		   "</li></ol><p>End</p>'},"
		   "{'type':'divider'},"
		   "{'type':'image','src':'https://x.org/a','alt':'A hill'},"
		   "{'type':'columns','columns':[[{'type':'heading','level':2,"
		   "'text':'L'}],[{'type':'text','html':'R'}]]},"
		   "{'type':'button','label':'Go','href':'mailto:a@x.org'},"
		   "{'type':'social','links':[{'network':'x','href':"
		   "'https://x.com'}]},"
		   "{'type':'footer','html':'<a href=*|UNSUB|*>Off</a>'}");
	assert_string_equal(m.out.text.buf,
			    "One & all\n=========\n\n"
			    "A link (https://x.org/y).\nLine\n\n"
			    "1. a\n2. b\n  - c\n\nEnd\n\n"
			    "----------\n\n"
			    "[A hill]\n\n"
			    "L\n-\n\nR\n\n"
			    "Go: a@x.org\n\n"
			    "X: https://x.com\n\n"
			    "-- \nOff (*|UNSUB|*)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_documents_within_limits_are_taken),
		cmocka_unit_test(too_many_blocks_and_too_long_ones_are_refused),
		cmocka_unit_test(each_block_takes_each_option),
		cmocka_unit_test(what_is_wrong_is_told_with_its_block),
		cmocka_unit_test(merge_tags_pass_everywhere),
		cmocka_unit_test(it_has_what_clients_need),
		cmocka_unit_test(headings_skip_no_level),
		cmocka_unit_test(sides_follow_the_direction),
		cmocka_unit_test(the_dark_is_for_those_who_want_it),
		cmocka_unit_test(
			a_picture_that_is_not_chosen_shows_only_while_one_writes),
		cmocka_unit_test(a_long_mail_is_told),
		cmocka_unit_test(the_text_is_made_of_the_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
