#include "delivery/sent_mail.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "delivery/delivery_fixture.h"
#include "delivery/track_token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define URL "http://t.example"
#define PAGE                                                        \
	"<!doctype html><html><body><p>Hi *|FNAME|*, *|EMAIL|*</p>" \
	"<a href='https://a.example/?x=1&amp;y=2'>A</a>"            \
	"<a href=\"https://b.example/*|FNAME|*\">B</a>"             \
	"<a href=\"*|UPDATE_PROFILE|*\">P</a></body></html>"

struct world {
	struct delivery_fixture f;
	struct track_keys *keys;
	struct mailing_setup setup;
	const char *hex;
};
static struct world world;

static int open_world(void **state)
{
	struct world *w = &world;
	struct err err = ERR_INIT;

	*w = (struct world){ .hex = NULL };
	*state = w;
	delivery_fixture_open(&w->f, 6, PAGE);
	assert_int_equal(track_keys_load(w->f.store.store, &w->keys, &err), 0);
	w->setup = (struct mailing_setup){ .keys = w->keys,
					   .public_url = URL,
					   .organisation = "Acme",
					   .postal_address = "1 Road, Town" };
	fixture_queue_all(&w->f);
	fixture_exec(&w->f, "INSERT INTO member_address (list_id, email_hash, "
			    "member_id) SELECT list_id, email_hash, id FROM "
			    "member");
	fixture_exec(&w->f, "UPDATE recipient SET state = 4, first_ms = 1000");
	fixture_exec(&w->f, "UPDATE campaign SET hex = 'aabbccddee', settings ="
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

static const char *hash_of(const char *address)
{
	char *hash = arena_alloc(world.f.arena, MD5_HEX + 1);

	md5_hex(str_of(address), hash);
	return hash;
}

static struct sent_mail find(const char *campaign, const char *hash,
			     const char *address, const char *other)
{
	struct err err = ERR_INIT;
	const char **hashes = arena_array(world.f.arena, const char *, 2);
	struct sent_mail mail = { .campaign = campaign,
				  .hash = hash,
				  .address = address,
				  .hashes = hashes,
				  .hashes_n = 1 };

	hashes[0] = hash ? hash : "";
	if (other)
		hashes[mail.hashes_n++] = other;
	if (sent_mails_find(world.f.store.audience, &world.setup, &mail, 1,
			    FIXTURE_NOW, world.f.arena, &err) < 0)
		fail_msg("%s", err.text);
	return mail;
}

static struct mailing_view view_of(const struct sent_mail *mail)
{
	struct err err = ERR_INIT;
	struct mailing_view view;

	if (sent_mail_view(world.f.store.audience, &world.setup, mail,
			   FIXTURE_NOW, world.f.arena, &view, &err) < 0)
		fail_msg("%s", err.text);
	return view;
}

static void has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("%s is not in: %.900s", what, text);
}

static void has_not(const char *text, const char *what)
{
	if (strstr(text, what))
		fail_msg("%s is in: %.900s", what, text);
}

static void a_mail_is_shown_as_the_recipient_got_it(void **state)
{
	const char *address = "m1@d1.example";
	struct sent_mail mail =
		find("aabbccddee", hash_of(address), address, NULL);
	struct mailing_view view;

	(void)state;
	assert_non_null(mail.subject);
	assert_string_equal(mail.subject, "M1, news");
	view = view_of(&mail);
	assert_string_equal(view.subject, "M1, news");
	assert_string_equal(view.from_name, "Ann");
	assert_string_equal(view.from_email, "ann@acme.example");
	assert_string_equal(view.to_name, "M1");
	has(view.html, "Hi M1, m1@d1.example");
	has(view.html, "1 Road, Town");
	has(view.text, "Hi M1, m1@d1.example");
	has(view.text, "1 Road, Town");
	has_not(view.text, "=\r\n"); /* no transfer encoding */
}

/* Whose link is it? */
static void is_nobodys(const char *html, const char *path,
		       enum track_purpose purpose)
{
	const char *at = strstr(html, path);
	struct track_token token;
	struct str text;

	has(html, path);
	text = str_of(at + strlen(path));
	text.len = strcspn(text.s, "\" \r\n");
	assert_true(track_token_parse(world.keys, text, purpose, &token));
	assert_int_equal(token.member_id, 0);
}

static void looking_at_it_changes_nothing(void **state)
{
	const char *address = "m1@d1.example";
	struct sent_mail mail =
		find("aabbccddee", hash_of(address), address, NULL);
	struct mailing_view view = view_of(&mail);

	(void)state;
	has(view.html, "href=\"https://a.example/?x=1&amp;y=2\"");
	has(view.html, "href=\"https://b.example/M1\"");
	has_not(view.html, "/t/c/"); /* neither clicks nor the hidden link */
	has_not(view.html, "/t/o/"); /* nor the pixel */
	is_nobodys(view.html, URL "/t/p/", TRACK_PREFERENCES);
	is_nobodys(view.html, URL "/t/u/", TRACK_UNSUBSCRIBE);
	is_nobodys(view.text, URL "/t/u/", TRACK_UNSUBSCRIBE);
}

/* Who is taken for the recipient: the campaign, the address of then, another
 * one that they have, and what has happened to a member; 0: nobody. */
static void the_member_is_the_one_that_was_sent_it(void **state)
{
	static const struct {
		const char *what, *campaign, *address, *other;
		int64_t left_out, moved;
		int64_t member_id;
	} cases[] = {
		{ "as it was", "aabbccddee", "m2@d2.example", NULL, 0, 0, 2 },
		{ "an unknown campaign", "0000000000", "m2@d2.example", NULL, 0,
		  0, 0 },
		{ "none at all", NULL, "m2@d2.example", NULL, 0, 0, 0 },
		{ "an unknown address", "aabbccddee", "x@d2.example", NULL, 0,
		  0, 0 },
		{ "they were left out", "aabbccddee", "m3@d3.example", NULL, 3,
		  0, 0 },
		{ "they have moved since", "aabbccddee", "m4@d4.example",
		  "new@d4.example", 0, 4, 4 },
		{ "somebody else has moved to it", "aabbccddee",
		  "m5@d5.example", NULL, 0, 5, 0 },
		{ "another address of theirs that did not move", "aabbccddee",
		  "gone@d6.example", "m6@d6.example", 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *other =
			cases[i].other ? hash_of(cases[i].other) : NULL;
		struct sent_mail mail;

		fixture_exec(&world.f,
			     "UPDATE recipient SET first_ms = 0, state = 9 "
			     "WHERE member_id = %lld",
			     (long long)cases[i].left_out);
		fixture_exec(&world.f,
			     "UPDATE member SET moved_ms = 2000 WHERE id = "
			     "%lld",
			     (long long)cases[i].moved);
		if (cases[i].moved && other)
			fixture_exec(&world.f,
				     "UPDATE member_address SET email_hash = "
				     "'%s' WHERE member_id = %lld",
				     other, (long long)cases[i].moved);
		mail = find(cases[i].campaign, hash_of(cases[i].address),
			    cases[i].address, other);
		if (mail.person.member_id != cases[i].member_id ||
		    !mail.subject != !cases[i].member_id)
			fail_msg("%s: member %lld", cases[i].what,
				 (long long)mail.person.member_id);
		if (cases[i].member_id)
			assert_string_equal(mail.person.address,
					    cases[i].address);
	}
}

/* What a subject may name, also of the list. */
static void a_subject_is_merged_whatever_it_names(void **state)
{
	static const struct {
		const char *subject, *shown;
	} cases[] = {
		{ "News", "News" },
		{ "*|FNAME|* *|EMAIL|*", "M1 m1@d1.example" },
		{ "*|IF:FNAME|*Hi *|FNAME|**|ELSE:|*Hello*|END:IF|*", "Hi M1" },
		{ "*|LIST:COMPANY|*: *|list:subscribers|*", "Acme: 6" },
		{ "*|USER:COMPANY|*", "Acme" },
		{ "*|NOSUCH|*x", "*|NOSUCH|*x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *address = "m1@d1.example";
		struct sent_mail mail;

		fixture_exec(&world.f,
			     "UPDATE campaign SET settings = "
			     "'{\"subject_line\":\"%s\",\"reply_to\":"
			     "\"a@acme.example\"}'",
			     cases[i].subject);
		mail = find("aabbccddee", hash_of(address), address, NULL);
		assert_string_equal(mail.subject, cases[i].shown);
	}
}

/* However many there are, and whoever is among them twice. */
static void many_are_found_at_once(void **state)
{
	struct sent_mail mails[18];
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 18; i++) {
		char address[32];

		(void)snprintf(address, sizeof(address), "m%d@d%d.example",
			       i % 6 + 1, (i % 6 + 1) % 7);
		mails[i] = (struct sent_mail){
			.campaign = i % 9 == 8 ? "ffffffffff" : "aabbccddee",
			.hash = hash_of(address),
		};
	}
	if (sent_mails_find(world.f.store.audience, &world.setup, mails, 18,
			    FIXTURE_NOW, world.f.arena, &err) < 0)
		fail_msg("%s", err.text);
	for (int i = 0; i < 18; i++)
		assert_int_equal(mails[i].person.member_id,
				 i % 9 == 8 ? 0 : i % 6 + 1);
}

/* Of a test: the subject, sender and content of their variant. */
static void each_is_shown_the_variant_they_got(void **state)
{
	static const struct {
		const char *address, *subject, *from, *html;
	} cases[] = {
		{ "m1@d1.example", "A, M1", "Ann", "Hi M1" },
		{ "m2@d2.example", "B, M2", "Ann", "Other M2" },
		{ "m3@d3.example", "B, M3", "Ann", "Hi M3" },
	};

	(void)state;
	fixture_exec(&world.f,
		     "UPDATE campaign SET type = 'variate', variate ="
		     " '{\"winner_criteria\":\"opens\",\"subject_lines\":"
		     "[\"A, *|FNAME|*\",\"B, *|FNAME|*\"],\"contents\":"
		     "[\"x\",\"y\"]}'");
	fixture_exec(&world.f,
		     "INSERT INTO campaign_content (campaign_id, position,"
		     " html) VALUES (%lld, 2, '<p>Other *|FNAME|*</p>')",
		     (long long)world.f.campaign_id);
	fixture_exec(&world.f, "UPDATE recipient SET variant = CASE member_id"
			       " WHEN 1 THEN 1 WHEN 2 THEN 20 ELSE 3 END");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *address = cases[i].address;
		struct sent_mail mail =
			find("aabbccddee", hash_of(address), address, NULL);
		struct mailing_view view = view_of(&mail);

		assert_string_equal(mail.subject, cases[i].subject);
		assert_string_equal(view.subject, cases[i].subject);
		assert_string_equal(view.from_name, cases[i].from);
		has(view.html, cases[i].html);
	}
}

#define IN_WORLD(test) \
	cmocka_unit_test_setup_teardown(test, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(a_mail_is_shown_as_the_recipient_got_it),
		IN_WORLD(looking_at_it_changes_nothing),
		IN_WORLD(the_member_is_the_one_that_was_sent_it),
		IN_WORLD(a_subject_is_merged_whatever_it_names),
		IN_WORLD(many_are_found_at_once),
		IN_WORLD(each_is_shown_the_variant_they_got),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
