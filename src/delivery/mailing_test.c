#include "delivery/mailing.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/html/html_look.h"
#include "campaign/merge/merge_tag.h"
#include "delivery/delivery_fixture.h"
#include "delivery/outbox/outbox.h"
#include "delivery/track_token.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define URL "http://t.example"

struct world {
	struct delivery_fixture f;
	struct track_keys *keys;
	struct mailing_setup setup;
	struct mailing *mailing;
	struct strbuf message, subject;
	struct outbox_view view;
};

static const struct mailing_person ann = {
	.member_id = 3,
	.address = "ann@example.org",
	.unique_id = "u3",
	.merge = "{\"1\":\"Änn & \\\"Bo\\\"\"}",
};

static struct world world;

/* As it is now. */
static void get_mailing(struct world *w)
{
	struct err err = ERR_INIT;

	mailing_put(&w->mailing);
	if (mailing_get(w->f.store.audience, &w->setup, w->f.campaign_id, 0,
			FIXTURE_NOW, &w->mailing, &err) < 0)
		fail_msg("%s", err.text);
}

static void open_world(const char *html)
{
	struct world *w = &world;
	struct err err = ERR_INIT;

	*w = (struct world){ .message = STRBUF_INIT, .subject = STRBUF_INIT };
	delivery_fixture_open(&w->f, 3, html);
	assert_int_equal(track_keys_load(w->f.store.store, &w->keys, &err), 0);
	w->setup = (struct mailing_setup){ .keys = w->keys,
					   .public_url = URL,
					   .organisation = "Acme & Söhne",
					   .postal_address = "1 Road, Town" };
	get_mailing(w);
}

static void render(void)
{
	struct world *w = &world;
	struct err err = ERR_INIT;

	if (mailing_render(w->mailing, &ann, FIXTURE_NOW, &w->message,
			   &w->subject, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(outbox_view(strbuf_str(&w->message), w->f.arena,
				     &w->view, &err),
			 0);
}

static int close_world(void **state)
{
	struct world *w = &world;

	(void)state;
	mailing_put(&w->mailing);
	track_keys_free(&w->keys);
	strbuf_release(&w->message);
	strbuf_release(&w->subject);
	delivery_fixture_free(&w->f);
	return 0;
}

static const char *after(const char *text, const char *what)
{
	const char *at = strstr(text, what);

	if (!at)
		fail_msg("%s is not behind: %.300s", what, text);
	return at + strlen(what);
}

/* Where the tracking URL at `at` leads, by its token. */
static int64_t link_of(const char *at)
{
	struct track_token token;
	struct str text = str_of(after(at, URL "/t/c/"));

	text.len = strcspn(text.s, "\"");
	assert_true(track_token_parse(world.keys, text, TRACK_CLICK, &token));
	assert_int_equal(token.member_id, 3);
	assert_int_equal(token.campaign_id, world.f.campaign_id);
	return token.link_id;
}

#define PAGE                                                                   \
	"<html><body><p>Hi *|FNAME|*</p>"                                      \
	"<a href='https://a.example/?x=1&amp;y=2'>A</a>"                       \
	"<a href=https://b.example/>B</a>"                                     \
	"<a href=\"https://a.example/?x=1&amp;y=2\">A again</a>"               \
	"<a href=\"mailto:x@example.org\">mail</a><img src='https://i/x.png'>" \
	"</body></html>"

static void links_stand_in_the_authors_order(void **state)
{
	const char *p;

	(void)state;
	open_world(PAGE);
	render();
	p = after(world.view.html, "Hi Änn &amp; &quot;Bo&quot;");
	assert_int_equal(link_of(p), 1);
	p = after(p, "A</a><a href=\"");
	p -= strlen("A</a><a href=\"");
	p = after(p, "A</a>");
	assert_int_equal(link_of(p), 2);
	p = after(p, "B</a>");
	assert_int_equal(link_of(p), 1);
	p = after(p, "<a href=\"mailto:x@example.org\">");
	p = after(p, "<img src=\"https://i/x.png\">");
	assert_int_equal(link_of(p), EVENT_LINK_HONEYPOT);
	p = after(p, "/t/u/");
	p = after(p, "Unsubscribe</a>");
	p = after(p, "<img src=\"" URL "/t/o/");
	assert_null(strstr(p, "href="));
	after(p, "</body></html>");
}

static void what_the_law_wants_is_added(void **state)
{
	(void)state;
	open_world(PAGE);
	render();
	after(world.view.html, "1 Road, Town");
	after(world.view.html, "Acme &amp; Söhne");
	after(world.view.text, "1 Road, Town");
	after(world.view.text, "Unsubscribe: " URL "/t/u/");
}

/* Of the HTML, else of the audience, else English; in both parts. */
static void the_footer_is_in_the_language_of_the_mail(void **state)
{
	static const struct {
		const char *html, *audience;
		const char *lead, *link, *plain;
	} cases[] = {
		{ "<html lang=\"de-AT\"><p>x</p>", "fr",
		  "<div lang=\"de\" dir=\"ltr\" ",
		  "Diese E-Mail ging an ann@example.org.<br>",
		  "\nAbmelden: " URL "/t/u/" },
		{ "<p>x</p>", "fr_CA", "<div lang=\"fr\" dir=\"ltr\" ",
		  ">Se désabonner</a>", "\nSe désabonner\u00a0: " URL "/t/u/" },
		{ "<p>x</p>", "", "<div lang=\"en\" dir=\"ltr\" ",
		  ">Unsubscribe</a>", "\nUnsubscribe: " URL "/t/u/" },
		{ "<html lang=\"ar\" dir=\"rtl\"><p>x</p>", "",
		  "<div lang=\"ar\" dir=\"rtl\" ", ">إلغاء الاشتراك</a>",
		  "\nإلغاء الاشتراك: " URL "/t/u/" },
		{ "<html lang=\"zh\"><p>x</p>", "he-IL",
		  "<div lang=\"he\" dir=\"rtl\" ", "direction:rtl!important",
		  "\nהסרה מרשימת התפוצה: " URL "/t/u/" },
		{ "<html lang=\"und\"><p>x</p>", "", "<div lang=\"en\"",
		  "This e-mail was sent to ann@example.org.<br>",
		  "\nThis e-mail was sent to ann@example.org." },
		{ "", "it", "Questa e-mail", "ann@example.org.",
		  "\nAnnulla l’iscrizione: " URL "/t/u/" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *html;

		if (i > 0)
			close_world(state);
		open_world(cases[i].html);
		fixture_exec(&world.f,
			     "UPDATE list SET campaign_defaults ="
			     " '{\"language\":\"%s\"}'",
			     cases[i].audience);
		get_mailing(&world);
		render();
		html = *cases[i].html ? world.view.html : world.view.text;
		after(after(html, cases[i].lead), cases[i].link);
		after(world.view.text, "1 Road, Town");
		after(world.view.text, cases[i].plain);
	}
}

/* What the composer shows has the footer that is sent. */
static void a_draft_has_the_footer_of_its_language(void **state)
{
	const struct merge_facts facts = { .company = "",
					   .address = "1 Road, Town",
					   .language = "nl" };
	const struct merge_fields fields = { 0 };
	struct mailing_draft draft = { .subject = "",
				       .from_name = "",
				       .from_email = "",
				       .html = STR("<p lang=es>x</p>"),
				       .fields = &fields,
				       .facts = &facts };
	struct mailing_view view;
	struct err err = ERR_INIT;

	(void)state;
	open_world("");
	mailing_put(&world.mailing);
	assert_int_equal(
		mailing_get_draft(&world.setup, &draft, &world.mailing, &err),
		0);
	assert_int_equal(mailing_render_view(world.mailing, &ann, world.f.arena,
					     &view, &err),
			 0);
	after(view.html, ">Darse de baja</a>");
	after(view.text, "Darse de baja: " URL "/t/u/");
	mailing_put(&world.mailing);
	draft.html = STR("<p>x</p>");
	assert_int_equal(
		mailing_get_draft(&world.setup, &draft, &world.mailing, &err),
		0);
	assert_int_equal(mailing_render_view(world.mailing, &ann, world.f.arena,
					     &view, &err),
			 0);
	after(view.html, ">Uitschrijven</a>");
}

/* A field's own format is for mails whose language has two ways, or is unknown;
 * programs behind links get what they always got. */
static void dates_and_numbers_are_as_readers_write_them(void **state)
{
	static const struct {
		const char *html, *text, *link;
	} cases[] = {
		{ "<html lang=de>", "1: 01.03.2026 24.12. -199,5 17",
		  "?d=03%2F01%2F2026&amp;n=-199.5" },
		{ "<html lang=nl-BE>", "1: 01-03-2026 24-12 -199,5 17",
		  "?d=03%2F01%2F2026&amp;n=-199.5" },
		{ "<html lang=he>", "1: 01.03.2026 24.12 -199.5 17",
		  "?d=03%2F01%2F2026&amp;n=-199.5" },
		{ "<html lang=en-GB>", "1: 03/01/2026 12/24 -199.5 17",
		  "?d=03%2F01%2F2026&amp;n=-199.5" },
		{ "<html>", "1: 03/01/2026 12/24 -199.5 17",
		  "?d=03%2F01%2F2026&amp;n=-199.5" },
	};
	static const struct merge_field list[] = {
		{ 1, "SINCE", "date", "", "MM/DD/YYYY" },
		{ 2, "BDAY", "birthday", "", "MM/DD" },
		{ 3, "PRICE", "number", "", "" },
		{ 4, "AGE", "number", "", "" },
	};
	static const struct merge_fields fields = { list, ARRAY_SIZE(list) };
	static const struct mailing_person who = {
		.address = "ann@example.org",
		.unique_id = "",
		.merge = "{\"1\":\"2026-03-01\",\"2\":\"12/24\","
			 "\"3\":-199.5,\"4\":17}",
	};
	const struct merge_facts facts = { .company = "", .address = "" };

	(void)state;
	open_world("");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *html = arena_printf(
			world.f.arena,
			"%s<p>1: *|SINCE|* *|BDAY|* *|PRICE|* *|AGE|*</p>"
			"<a href=\"https://a.example/?d=*|SINCE|*&amp;"
			"n=*|PRICE|*\">x</a>",
			cases[i].html);
		struct mailing_draft draft = { .subject = "",
					       .from_name = "",
					       .from_email = "",
					       .html = str_of(html),
					       .fields = &fields,
					       .facts = &facts };
		struct mailing_view view;
		struct err err = ERR_INIT;

		mailing_put(&world.mailing);
		assert_int_equal(mailing_get_draft(&world.setup, &draft,
						   &world.mailing, &err),
				 0);
		assert_int_equal(mailing_render_view(world.mailing, &who,
						     world.f.arena, &view,
						     &err),
				 0);
		after(view.html, cases[i].text);
		after(view.text, cases[i].text);
		after(view.html, cases[i].link);
	}
}

static void what_the_author_wrote_is_not_added_again(void **state)
{
	const char *p;

	(void)state;
	open_world("<p>x</p><p>*|LIST:ADDRESSLINE|*</p>"
		   "<a href=\"*|UNSUB|*\">off</a>");
	render();
	p = after(world.view.html, "1 Road, Town");
	assert_null(strstr(p, "1 Road, Town"));
	p = after(p, URL "/t/u/");
	assert_null(strstr(p, "/t/u/"));
}

/* What is there for some people only does not count for the others. */
static void a_conditional_link_does_not_count(void **state)
{
	(void)state;
	open_world("<p>*|LIST:ADDRESSLINE|*</p>*|IF:FNAME=Bob|*"
		   "<a href=\"*|UNSUB|*\">off</a>*|END:IF|*");
	render();
	assert_null(strstr(world.view.html, ">off<"));
	after(world.view.html, ">Unsubscribe</a>");
}

static void an_unclosed_conditional_hides_no_footer(void **state)
{
	(void)state;
	open_world("<body><p>x</p>*|IF:FNAME=Bob|* secret</body>");
	render();
	assert_null(strstr(world.view.html, "secret"));
	after(world.view.html, ">Unsubscribe</a>");
	after(world.view.html, "/t/o/");
}

/* What readers see of the mail for Ann: the link that unsubscribes, and the
 * postal address, put back as its tag. */
static bool is_address(struct str tag)
{
	return str_is(tag, "*|ADDRESS|*");
}

static bool shows_what_the_law_wants(const char *html)
{
	static const struct html_look_how how = { URL "/t/u/", is_address };
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct html_look look;
	const char *at;

	while ((at = strstr(html, "1 Road, Town")) != NULL) {
		strbuf_add(&text, html, (size_t)(at - html));
		strbuf_addstr(&text, "*|ADDRESS|*");
		html = at + strlen("1 Road, Town");
	}
	strbuf_addstr(&text, html);
	html_look(strbuf_str(&text), &how, &look);
	return look.link == HTML_SEEN && look.words;
}

#define U "<a href=\"*|UNSUB|*\">off</a> *|LIST:ADDRESSLINE|*"
#define HIDDEN(css) "<div style=\"" css "\">" U "</div>"
#define RULE(css) "<style>" css "</style><div class=z id=q>" U "</div>"

static void no_mail_hides_what_the_law_wants(void **state)
{
	static const char *const pages[] = {
		"",
		U,
		"<p>x</p>",
		"<html><body>" U "</body></html>",
		/* left open */
		"<!--",
		"<!--[if mso]>",
		"<!--[if mso]>" U,
		"<style>",
		"<title>",
		"<textarea>",
		"<select>",
		"<template>",
		"<script>",
		"<noscript>",
		"<svg>",
		"<svg><style><!--",
		"<iframe>",
		"<object>",
		"<math>",
		"<plaintext>",
		"<frameset>",
		"<a href=\"",
		"<div title='",
		"<div style=\"display:none\">",
		"<div hidden>" U,
		"<html><body><div hidden></body></html>",
		"<p><font style=\"display:none\"></p>",
		"<div hidden><table><tr><td></div>",
		"<!-- *|IF:FNAME=zzz|*-->*|END:IF|*" U,
		"<div hidden>*|IF:FNAME=zzz|*</div>*|END:IF|*" U,
		"*|IF:FNAME=zzz|*" U "*|END:IF|*",
		"*|IF:FNAME=zzz|*" U "*|END:IF|*<div hidden>" U "</div>",
		"*|IF:FNAME=zzz|*" U,
		/* somewhere else */
		"<!-- " U " -->",
		"<template>" U "</template>",
		"<noscript>" U "</noscript>",
		"<title>" U "</title>",
		"<img alt=\"*|UNSUB|*\">",
		"<p>*|UNSUB|*</p>",
		"<a href=\"https://x.example/?u=*|UNSUB|*\">x</a>",
		/* styles */
		HIDDEN("display:none"),
		HIDDEN("display/**/:none"),
		HIDDEN("d\\69splay:none"),
		HIDDEN("display&#58;none"),
		HIDDEN("opacity:.01"),
		HIDDEN("color:transparent"),
		HIDDEN("clip-path:inset(100%)"),
		HIDDEN("transform:scale(0)"),
		HIDDEN("pointer-events:none"),
		HIDDEN("font-size:0"),
		HIDDEN("font-size:1px"),
		HIDDEN("text-indent:-9999px"),
		HIDDEN("position:absolute;left:-9999px"),
		HIDDEN("height:0;overflow:hidden"),
		HIDDEN("color:#fff;background:#fff"),
		"<a href=\"*|UNSUB|*\">&nbsp;</a> *|LIST:ADDRESSLINE|*",
		/* rules, which hit the footer as well */
		RULE("a{display:none!important}"),
		RULE(".z{display:none}"),
		RULE("span{display:none!important;font-size:0!important}"),
		RULE("@media all{#q a{display:none}}"),
		RULE("a{color:#fff!important}"),
		RULE("div{opacity:0!important}"),
		RULE("div "
		     "a{font-size:0!important;visibility:hidden!important}"),
		RULE("div{display:none!important;height:0;overflow:hidden}"),
		RULE("*{color:#fff!important}"),
		RULE("body{visibility:hidden;font-size:0;color:#fff}"),
		"<style>a,div,p{display:none!important}</style><p>x</p>",
		"<body bgcolor=\"#555555\"><p>x</p>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		if (i > 0)
			close_world(state);
		open_world(pages[i]);
		render();
		if (world.view.html &&
		    !shows_what_the_law_wants(world.view.html))
			fail_msg("%s: %s", pages[i], world.view.html);
	}
}

static void what_is_hidden_only_in_the_browser_counts(void **state)
{
	(void)state;
	open_world("<p>x</p>*|IFNOT:ARCHIVE_PAGE|*" U "*|END:IF|*");
	render();
	assert_null(strstr(world.view.html, ">Unsubscribe</a>"));
}

static void the_header_is_whole(void **state)
{
	const char *source;

	(void)state;
	open_world(PAGE);
	render();
	source = world.message.buf;
	after(source, "From: =?UTF-8?");
	after(source, "<news@example.org>\r\n");
	after(source, "<ann@example.org>\r\n");
	after(source, "List-Unsubscribe: <" URL "/t/u/");
	after(source, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
	after(source, "List-ID:");
	after(source, ".t.example>\r\n");
	after(source, "Feedback-ID: c0ffee0001:");
	after(source, "Message-ID: <c0ffee0001.3@example.org>\r\n");
	after(source, "MIME-Version: 1.0\r\n");
	assert_string_equal(world.subject.buf, "Hello Änn & \"Bo\"");
}

static void lines_are_short_and_end_in_crlf(void **state)
{
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	struct str rest;

	(void)state;
	strbuf_addstr(&html, "<p>");
	for (int i = 0; i < 300; i++)
		strbuf_addstr(&html, "*|FNAME|* <a href=\"https://x.example/"
				     "\">wörd</a>");
	open_world(html.buf);
	render();
	rest = strbuf_str(&world.message);
	while (rest.len > 0) {
		struct str line = str_cut(&rest, '\n');

		assert_true(line.len >= 1 && line.s[line.len - 1] == '\r');
		assert_true(line.len <= 200);
		assert_null(memchr(line.s, '\r', line.len - 1));
	}
}

static void the_same_person_gets_the_same_message(void **state)
{
	CLEANUP(strbuf_release) struct strbuf first = STRBUF_INIT;

	(void)state;
	open_world(PAGE);
	render();
	strbuf_addslice(&first, strbuf_str(&world.message));
	render();
	assert_string_equal(first.buf, world.message.buf);
}

static void the_page_counts_no_open(void **state)
{
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	open_world(PAGE);
	assert_int_equal(mailing_render_page(world.mailing, &ann, &html, &err),
			 0);
	after(html.buf, "Hi Änn &amp; &quot;Bo&quot;");
	assert_null(strstr(html.buf, "/t/o/"));
}

static void links_with_tags_lead_where_they_say(void **state)
{
	CLEANUP(strbuf_release) struct strbuf target = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	open_world("<a href=\"https://x.example/?n=*|FNAME|*\">x</a>");
	assert_int_equal(mailing_render_link(world.mailing, &ann, 1, NULL,
					     &target, &err),
			 1);
	assert_string_equal(target.buf,
			    "https://x.example/?n=%C3%84nn%20%26%20%22Bo%22");
	assert_int_equal(mailing_render_link(world.mailing, &ann, 2, NULL,
					     &target, &err),
			 0);
}

/* Before links are found and the footer is weighed. */
static void what_an_editor_split_is_mended_first(void **state)
{
	CLEANUP(strbuf_release) struct strbuf target = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	open_world("<p>Hi *|FN<b>AME</b>|*</p>"
		   "<a href=\"https://x.example/?n=*|&nbsp;FNAME |*\">x</a>"
		   "<a href=\"*| UNSUB |*\">leave here</a> *|LIST:ADDRESS|*");
	render();
	after(world.view.html, "Hi <b>Änn &amp; &quot;Bo&quot;</b>");
	after(world.view.text, "Hi Änn & \"Bo\"");
	assert_null(strstr(world.view.html, ">Unsubscribe</a>"));
	assert_int_equal(mailing_render_link(world.mailing, &ann, 1, NULL,
					     &target, &err),
			 1);
	assert_string_equal(target.buf,
			    "https://x.example/?n=%C3%84nn%20%26%20%22Bo%22");
}

static void load_with_preview(const char *preview)
{
	struct err err = ERR_INIT;

	mailing_put(&world.mailing);
	fixture_exec(&world.f,
		     "UPDATE campaign SET settings = '{\"subject_line\":\"S\","
		     "\"reply_to\":\"news@example.org\",\"preview_text\":"
		     "\"%s\"}', updated_ms = updated_ms + 1",
		     preview);
	assert_int_equal(mailing_get(world.f.store.audience, &world.setup,
				     world.f.campaign_id, 0, FIXTURE_NOW,
				     &world.mailing, &err),
			 0);
	strbuf_reset(&world.message);
	strbuf_reset(&world.subject);
	render();
}

static void the_preview_text_stands_once(void **state)
{
	const char *p;

	(void)state;
	open_world("<body><p>Body</p></body>");
	load_with_preview("Soon, *|FNAME|*");
	p = after(world.view.html, "Soon, Änn");
	p = after(p, "&nbsp;&zwnj;"); /* fills the line of an inbox */
	after(p, "Body");
	close_world(state);

	/* where its author, or a design, has put it */
	open_world("<body><!--*|IF:MC_PREVIEW_TEXT|*--><i>*|MC_PREVIEW_TEXT|*"
		   "</i><!--*|END:IF|*--><p>Body</p></body>");
	load_with_preview("Soon, *|FNAME|*");
	p = after(world.view.html, "<i>Soon, Änn");
	assert_null(strstr(p, "Soon"));
	load_with_preview("");
	assert_null(strstr(world.view.html, "<i>"));
}

#define CHOICE                                                             \
	"<p>*|INTERESTED:Topics:Cats|*purr*|ELSE:|*bark*|END:INTERESTED|*" \
	" *|MC_LANGUAGE_LABEL|*</p>"

static void branches_are_of_what_each_has_chosen(void **state)
{
	struct mailing_person who = ann;
	const char *interests;
	struct err err = ERR_INIT;

	(void)state;
	open_world("<p>x</p>");
	assert_false(mailing_wants_interests(world.mailing));
	close_world(state);
	open_world(CHOICE);
	fixture_exec(
		&world.f,
		"INSERT INTO interest_category (id, hex, list_id, title, "
		"folded, form, display_order) SELECT 1, 'a', id, 'Topics', "
		"'topics', 1, 1 FROM list");
	fixture_exec(&world.f,
		     "INSERT INTO interest (id, hex, list_id, category_id, "
		     "name, folded, display_order) SELECT 7, 'b', id, 1, "
		     "'Cats', 'cats', 1 FROM list");
	fixture_exec(&world.f, "INSERT INTO member_interest (interest_id, "
			       "member_id) VALUES (5, 3), (7, 3), (7, 2)");
	get_mailing(&world);
	assert_true(mailing_wants_interests(world.mailing));
	render();
	after(world.view.html, "<p>bark </p>");

	assert_int_equal(mailing_load_interests(world.f.store.audience, 3,
						world.f.arena, &interests,
						&err),
			 0);
	assert_string_equal(interests, "5 7");
	who.interests = interests;
	who.language = "de";
	assert_int_equal(mailing_render(world.mailing, &who, FIXTURE_NOW,
					&world.message, &world.subject, &err),
			 0);
	assert_int_equal(outbox_view(strbuf_str(&world.message), world.f.arena,
				     &world.view, &err),
			 0);
	after(world.view.html, "<p>purr German</p>");
}

static void a_table_of_contents_leads_to_its_headings(void **state)
{
	const char *p;

	(void)state;
	open_world("<body>*|MC:TOC|*<h2>For *|FNAME|*</h2><p>x</p></body>");
	render();
	p = after(world.view.html, "<li><a href=\"#toc-1\">For Änn");
	after(p, "<h2><a id=\"toc-1\"></a>For Änn");
}

#define WORLD(test) cmocka_unit_test_teardown(test, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD(links_stand_in_the_authors_order),
		WORLD(what_the_law_wants_is_added),
		WORLD(the_footer_is_in_the_language_of_the_mail),
		WORLD(a_draft_has_the_footer_of_its_language),
		WORLD(dates_and_numbers_are_as_readers_write_them),
		WORLD(what_the_author_wrote_is_not_added_again),
		WORLD(a_conditional_link_does_not_count),
		WORLD(an_unclosed_conditional_hides_no_footer),
		WORLD(no_mail_hides_what_the_law_wants),
		WORLD(what_is_hidden_only_in_the_browser_counts),
		WORLD(the_header_is_whole),
		WORLD(lines_are_short_and_end_in_crlf),
		WORLD(the_same_person_gets_the_same_message),
		WORLD(the_page_counts_no_open),
		WORLD(links_with_tags_lead_where_they_say),
		WORLD(what_an_editor_split_is_mended_first),
		WORLD(the_preview_text_stands_once),
		WORLD(branches_are_of_what_each_has_chosen),
		WORLD(a_table_of_contents_leads_to_its_headings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
