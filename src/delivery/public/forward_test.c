#include "delivery/public/forward.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "delivery/delivery_fixture.h"
#include "delivery/mailing.h"
#include "delivery/public/archive.h"
#include "delivery/track_token.h"
#include "reader/reader_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define URL "http://t.example"
#define PAGE                                                              \
	"<!doctype html><html><body><p>Hi *|FNAME|*, *|EMAIL|*"           \
	"*|IF:FNAME|* known *|ELSE:|* unknown *|END:IF|*</p>"             \
	"<a href='https://a.example/?x=*|EMAIL|*'>A</a>"                  \
	"<a href=\"*|UNSUB|*\">U</a><a href=\"*|UPDATE_PROFILE|*\">P</a>" \
	"<a href=\"*|FORWARD|*\">F</a><a href=\"*|ARCHIVE|*\">B</a>"      \
	"</body></html>"

struct world {
	struct delivery_fixture f;
	struct track_keys *keys;
	struct mailing_setup setup;
};
static struct world world;

static int open_world(void **state)
{
	struct world *w = &world;
	struct err err = ERR_INIT;

	*w = (struct world){ .keys = NULL };
	*state = w;
	delivery_fixture_open(&w->f, 6, PAGE);
	assert_int_equal(track_keys_load(w->f.store.store, &w->keys, &err), 0);
	w->setup = (struct mailing_setup){ .keys = w->keys,
					   .public_url = URL,
					   .organisation = "Acme",
					   .postal_address = "1 Road, Town" };
	fixture_exec(&w->f, "INSERT INTO member_address (list_id, email_hash, "
			    "member_id) SELECT list_id, email_hash, id FROM "
			    "member");
	fixture_exec(&w->f, "UPDATE campaign SET status = 5, sent_seq = 6, "
			    "send_ms = 1000, settings ="
			    " '{\"subject_line\":\"*|FNAME|*, news\","
			    "\"from_name\":\"Ann\",\"reply_to\":"
			    "\"ann@acme.example\",\"to_name\":\"*|FNAME|*\"}'");
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	track_keys_free(&w->keys);
	delivery_fixture_free(&w->f);
	return 0;
}

static int try_forward(const char *const *to, size_t n, const char *name,
		       const char *words, int64_t now_ms, struct err *err)
{
	const struct forward forward = {
		.campaign_id = world.f.campaign_id,
		.member_id = 1,
		.name = forward_clean(name, false, world.f.arena),
		.words = forward_clean(words, true, world.f.arena),
		.addresses = to,
		.n = n,
		.language = reader_language_english(),
		.client = "client 192.0.2.1",
		.per_client = 0,
	};

	return forward_send(world.f.store.audience, &world.setup, NULL,
			    &forward, now_ms, err);
}

static void forward_to(const char *address, const char *name, const char *words,
		       int64_t now_ms)
{
	struct err err = ERR_INIT;

	if (try_forward(&address, 1, name, words, now_ms, &err) < 0)
		fail_msg("%s: %s", address, err.text);
}

static int64_t mails_to(const char *address)
{
	return fixture_int(&world.f,
			   "SELECT COUNT(*) FROM outgoing_message WHERE rcpt = "
			   "'%s'",
			   address);
}

static void has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("%s is not in: %.1500s", what, text);
}

static void has_not(const char *text, const char *what)
{
	if (strstr(text, what))
		fail_msg("%s is in: %.1500s", what, text);
}

static void a_copy_is_nobodys(void **state)
{
	struct err err = ERR_INIT;
	struct mailing_view view;
	struct track_token token;
	const char *link;

	(void)state;
	if (archive_view(world.f.store.audience, &world.setup,
			 world.f.campaign_id, FIXTURE_NOW, world.f.arena, &view,
			 &err) <= 0)
		fail_msg("%s", err.text);
	assert_string_equal(view.subject, ", news");
	has(view.html, "unknown");
	has(view.html, "https://a.example/?x=\"");
	has_not(view.html, "@d");
	has_not(view.html, "/t/o/");
	has_not(view.html, "/t/c/");
	has_not(view.html, "/t/w/");
	link = strstr(view.html, "/t/u/");
	assert_non_null(link);
	link += strlen("/t/u/");
	assert_true(track_token_parse(world.keys,
				      (struct str){ link, strcspn(link, "\"") },
				      TRACK_UNSUBSCRIBE, &token));
	assert_int_equal(token.member_id, 0);
	assert_int_equal(token.link_id, TRACK_COPY);
}

static void what_was_not_sent_is_not_shown(void **state)
{
	static const char *const changes[] = {
		"sent_seq = 0",
		"status = 8, sent_seq = 6",
	};
	struct err err = ERR_INIT;
	struct mailing_view view;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		fixture_exec(&world.f, "UPDATE campaign SET %s", changes[i]);
		assert_int_equal(archive_view(world.f.store.audience,
					      &world.setup, world.f.campaign_id,
					      FIXTURE_NOW, world.f.arena, &view,
					      &err),
				 0);
	}
	assert_int_equal(archive_view(world.f.store.audience, &world.setup,
				      999999, FIXTURE_NOW, world.f.arena, &view,
				      &err),
			 0);
}

static size_t listed(const struct archive_mark *behind, const char *subject)
{
	CLEANUP(vec_release) struct archive_entries entries = VEC_INIT;
	struct err err = ERR_INIT;

	if (archive_list(world.f.store.audience, &world.setup, world.f.list_id,
			 behind, 10, FIXTURE_NOW, world.f.arena, &entries,
			 &err) < 0)
		fail_msg("%s", err.text);
	if (entries.n && subject)
		assert_string_equal(entries.v[0].subject, subject);
	return entries.n;
}

/* What went to a segment was not meant for everybody. */
static void the_archive_lists_what_all_were_sent(void **state)
{
	struct archive_mark first = { 1000, world.f.campaign_id };

	(void)state;
	assert_int_equal(listed(&ARCHIVE_NEWEST, ", news"), 1);
	assert_int_equal(listed(&first, NULL), 0);
	fixture_exec(&world.f, "UPDATE campaign SET segment_id = 7");
	assert_int_equal(listed(&ARCHIVE_NEWEST, NULL), 0);
	fixture_exec(&world.f, "UPDATE campaign SET segment_id = 0, "
			       "segment_opts = '{}'");
	assert_int_equal(listed(&ARCHIVE_NEWEST, NULL), 0);
	fixture_exec(&world.f, "UPDATE campaign SET segment_opts = NULL, "
			       "status = 4");
	assert_int_equal(listed(&ARCHIVE_NEWEST, NULL), 0);
}

static const char *source_to(const char *address)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	if (db_query_text(world.f.store.audience,
			  "SELECT source FROM outgoing_message WHERE rcpt = ?",
			  SQL_ARGS(sql_text(address)), &rows, &err) < 0 ||
	    rows_next(rows, &err) <= 0)
		fail_msg("%s: %s", address, err.text);
	return rows_dup(rows, 0, world.f.arena);
}

static void friends_get_a_copy_below_a_note(void **state)
{
	const char *source, *html;

	(void)state;
	forward_to("Friend@f.example",
		   "Eve\r\nBcc: all@d.example\x01 <b>x</b> \xe2\x80\xae",
		   "<script>alert(1)</script>\n*|UNSUB|* *|EMAIL|*",
		   FIXTURE_NOW);
	source = source_to("friend@f.example");
	has(source, "Subject: Fwd: , news\r\n");
	has(source, "From: Ann <ann@acme.example>\r\n");
	has(source, "Auto-Submitted: auto-generated\r\n");
	has(source, "Eve Bcc: all@d.example <b>x</b>\r\n");
	has_not(source, "\r\nBcc:");
	html = strstr(source, "Content-Type: text/html");
	assert_non_null(html);
	has(html, "&lt;script&gt;");
	has(html, "*|UNSUB|* *|EMAIL|*"); /* as it was typed */
	has_not(html, "<script");
	has_not(html, "<b>");
	has_not(source, "List-Unsubscribe");
	has_not(source, "m1@d1.example");
	assert_int_equal(fixture_int(&world.f, "SELECT forwards FROM campaign"),
			 1);
}

static void who_said_no_gets_none(void **state)
{
	static const char *const to[] = { "m2@d2.example", "m3@d3.example",
					  "free@f.example" };
	struct err err = ERR_INIT;

	(void)state;
	fixture_exec(&world.f, "UPDATE member SET status = 2 WHERE id = 2");
	fixture_exec(&world.f, "UPDATE member SET status = 3 WHERE id = 3");
	if (try_forward(to, 3, "Eve", "", FIXTURE_NOW, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(mails_to("m2@d2.example"), 0);
	assert_int_equal(mails_to("m3@d3.example"), 0);
	assert_int_equal(mails_to("free@f.example"), 1);
	assert_int_equal(fixture_int(&world.f, "SELECT forwards FROM campaign"),
			 1);
}

/* A script that goes on and on. */
static void no_friend_and_no_reader_gets_many(void **state)
{
	static const char *const twice[] = { "a@f.example", "A@f.example",
					     "a+x@f.example" };
	const char *again = "b@f.example";
	struct err err = ERR_INIT;

	(void)state;
	if (try_forward(twice, 3, "Eve", "", FIXTURE_NOW, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(
		fixture_int(&world.f, "SELECT COUNT(*) FROM outgoing_message"),
		1);
	forward_to(again, "Eve", "", FIXTURE_NOW + 1);
	forward_to(again, "Eve", "", FIXTURE_NOW + 2);
	assert_int_equal(mails_to(again), 1);
	assert_int_equal(
		try_forward(&again, 1, "Eve", "", FIXTURE_NOW + 3, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	forward_to(again, "Eve", "", FIXTURE_NOW + 2 * MS_HOUR);
	assert_int_equal(mails_to(again), 2);
	forward_to(again, "Eve", "", FIXTURE_NOW + 4 * MS_HOUR);
	assert_int_equal(mails_to(again), 2);
}

#define IN_WORLD(test) \
	cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(a_copy_is_nobodys),
		IN_WORLD(what_was_not_sent_is_not_shown),
		IN_WORLD(the_archive_lists_what_all_were_sent),
		IN_WORLD(friends_get_a_copy_below_a_note),
		IN_WORLD(who_said_no_gets_none),
		IN_WORLD(no_friend_and_no_reader_gets_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
