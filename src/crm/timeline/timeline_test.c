#include "crm/timeline/timeline.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/communication.h"
#include "crm/consent/consent.h"
#include "crm/consent/erase.h"
#include "crm/crm_fixture.h"
#include "crm/memo.h"
#include "crm/person_merge.h"
#include "crm/timeline/campaign_mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void run(struct crm_fixture *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void run(struct crm_fixture *f, const char *fmt, ...)
{
	char sql[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	store_fixture_exec(f->db, sql);
}

/* A campaign of user 1, sent to a person at that time. */
static void send_to(struct crm_fixture *f, int campaign, const struct record *r,
		    int64_t at_ms)
{
	run(f,
	    "INSERT INTO campaign (id, name, subject, status, user_id, "
	    "marketing_campaign_id, audience_id, created_ms, updated_ms) "
	    "VALUES (%d, 'News %d', 'Hi *|FNAME|*', 5, 1, 'c%d', 'l', 1, 1) "
	    "ON CONFLICT DO NOTHING",
	    campaign, campaign, campaign);
	run(f,
	    "INSERT INTO campaign_recipient (campaign_id, person_id, email_id, "
	    "email_hash, company_id, state, at_ms, accepted_ms) SELECT %d, "
	    "p.id, e.id, e.hash, p.company_id, 2, %lld, %lld FROM person p "
	    "JOIN email e ON e.id = p.email_id WHERE p.id = %lld",
	    campaign, (long long)at_ms, (long long)at_ms, (long long)r->id);
}

static void did(struct crm_fixture *f, int campaign, const struct record *r,
		int kind, int64_t at_ms, int link, int machine)
{
	run(f,
	    "INSERT INTO campaign_activity (campaign_id, person_id, kind, "
	    "at_ms, link_id, machine) VALUES (%d, %lld, %d, %lld, %d, %d)",
	    campaign, (long long)r->id, kind, (long long)at_ms, link, machine);
}

static void add_user(struct crm_fixture *f)
{
	run(f, "INSERT INTO app_user (id, email, email_hash, name, role, "
	       "created_ms, updated_ms) VALUES (1, 'u@x.example', 'h', 'Uma', "
	       "1, 1, 1)");
}

static struct timeline list(struct crm_fixture *f, enum entity entity,
			    int64_t id, unsigned types)
{
	struct timeline out = VEC_INIT;
	struct err err = ERR_INIT;
	int64_t total;

	if (timeline_list(f->db, entity, id, types, NULL, 100, f->arena, &out,
			  &err) < 0 ||
	    timeline_count(f->db, entity, id, types, &total, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(total, out.n);
	return out;
}

static void write_all(struct crm_fixture *f, const struct record *r)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct communication_link link = { ENTITY_PERSON, r->id };
	struct communication call = { .kind = "call",
				      .direction = "in",
				      .subject = "Hello",
				      .at_ms = 50,
				      .links = &link,
				      .links_n = 1 };
	struct memo note = { .entity = ENTITY_PERSON,
			     .record_id = r->id,
			     .text = "n" };
	struct memo task = { .kind = MEMO_TASK,
			     .entity = ENTITY_PERSON,
			     .record_id = r->id,
			     .user_id = 1,
			     .text = "t" };
	struct consent no = { .entity = ENTITY_PERSON,
			      .record_id = r->id,
			      .state = CONSENT_OPTED_OUT,
			      .source = CONSENT_BY_AUDIENCE,
			      .campaign_id = 7,
			      .user_id = 1,
			      .at_ms = 2000 };

	if (tx_begin(f->db, &tx, &err) < 0 ||
	    communication_add(&tx, &call, &f->actor, &err) < 0 ||
	    memo_add(&tx, &note, &f->actor, &err) < 0 ||
	    memo_add(&tx, &task, &f->actor, &err) < 0 ||
	    consent_add(&tx, &no, &f->actor, &err) < 0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("%s", err.text);
}

static void who_did_it_is_named(void **state)
{
	struct crm_fixture *f = *state;
	struct record r = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"Ann@x.example\"}");
	CLEANUP(vec_release) struct timeline all = VEC_INIT;

	add_user(f);
	send_to(f, 7, &r, 100);
	write_all(f, &r);
	all = list(f, ENTITY_PERSON, r.id, TIMELINE_ALL);
	assert_int_equal(all.n, 5);
	vec_each (&all, e) {
		bool is_mail = e->campaign_id > 0;

		assert_int_equal(is_mail, e->mail != NULL);
		assert_string_equal(e->user_name, "Uma");
		assert_int_equal(e->user_id, 1);
		if (strcmp(e->type, "consent") == 0 || is_mail) {
			assert_string_equal(e->campaign_name, "News 7");
			assert_string_equal(e->address, "Ann@x.example");
		} else {
			assert_null(e->campaign_name);
			assert_null(e->address);
		}
		if (is_mail) {
			assert_string_equal(e->direction, "out");
			assert_string_equal(e->title, "Hi *|FNAME|*");
			assert_string_equal(e->mail->campaign, "c7");
			assert_string_equal(e->mail->audience, "l");
			assert_int_equal(e->mail->hashes_n, 1);
			assert_string_equal(e->mail->hashes[0], e->mail->hash);
		} else if (strcmp(e->type, "communication") == 0) {
			assert_string_equal(e->direction, "in");
		} else {
			assert_null(e->direction);
		}
	}
}

static void the_import_that_made_it_is_told(void **state)
{
	struct crm_fixture *f = *state;
	struct record r = fixture_person(f, "{\"last_name\":\"A\"}");
	CLEANUP(vec_release) struct timeline all = VEC_INIT;
	CLEANUP(vec_release) struct timeline notes = VEC_INIT;

	add_user(f);
	run(f,
	    "INSERT INTO import_run (id, entity, file_name, options, state,"
	    " user_id, created_ms) VALUES (9, 1, 'fair.csv', '{}', 'done', 1,"
	    " 1)");
	run(f, "UPDATE person SET import_id = 9 WHERE id = %lld",
	    (long long)r.id);
	all = list(f, ENTITY_PERSON, r.id, TIMELINE_ALL);
	assert_int_equal(all.n, 1);
	assert_string_equal(all.v[0].type, "import");
	assert_int_equal(all.v[0].id, 9);
	assert_string_equal(all.v[0].title, "fair.csv");
	assert_string_equal(all.v[0].user_name, "Uma");
	notes = list(f, ENTITY_PERSON, r.id, TIMELINE_NOTES);
	assert_int_equal(notes.n, 0);
}

static void only_the_types_asked_for_are_told(void **state)
{
	static const struct {
		const char *text;
		size_t n; /* 0: a mistake */
	} cases[] = {
		{ NULL, 5 },
		{ "", 5 },
		{ "communication", 2 },
		{ "note", 1 },
		{ "task", 1 },
		{ "consent", 1 },
		{ "note,task", 2 },
		{ "consent, communication", 3 },
		{ "note,note", 1 },
		{ "communication,note,task,consent", 5 },
		{ "mail", 0 },
		{ "note,", 1 },
		{ ",note", 0 },
		{ "Note", 0 },
	};
	struct crm_fixture *f = *state;
	struct record r = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"a@x.example\"}");

	add_user(f);
	send_to(f, 7, &r, 100);
	write_all(f, &r);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(vec_release) struct timeline found = VEC_INIT;
		struct err err = ERR_INIT;
		unsigned types;

		if (timeline_types_parse(cases[i].text, &types, &err) < 0) {
			if (cases[i].n > 0)
				fail_msg("%s: %s", cases[i].text, err.text);
			assert_string_equal(err.field, "type");
			continue;
		}
		found = list(f, ENTITY_PERSON, r.id, types);
		if (found.n != cases[i].n)
			fail_msg("%s: %zu", cases[i].text, found.n);
	}
}

static void what_they_did_stands_with_the_mail(void **state)
{
	static const struct {
		const char *type;
		int64_t at_ms;
		bool machine;
		const char *url, *detail;
	} wanted[] = {
		{ "complained", 900, false, NULL, NULL },
		{ "unsubscribed", 800, false, NULL, NULL },
		{ "bounced", 700, false, NULL, "550 no" },
		{ "clicked", 600, false, "https://a.example/", NULL },
		{ "opened", 500, false, NULL, NULL },
		{ "opened", 400, true, NULL, NULL },
	};
	struct crm_fixture *f = *state;
	struct record r = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"a@x.example\"}");
	struct record other = fixture_person(
		f, "{\"last_name\":\"B\",\"email\":\"b@x.example\"}");
	CLEANUP(vec_release) struct timeline all = VEC_INIT;
	const struct campaign_mail *mail;

	send_to(f, 7, &r, 100);
	send_to(f, 7, &other, 100);
	send_to(f, 8, &r, 200);
	run(f, "INSERT INTO campaign_link (id, campaign_id, url) VALUES "
	       "(3, 7, 'https://a.example/')");
	did(f, 7, &r, 1, 500, 0, 0);
	did(f, 7, &r, 1, 400, 0, 1);
	did(f, 7, &r, 2, 600, 3, 0);
	did(f, 7, &other, 2, 650, 3, 0);
	run(f,
	    "UPDATE campaign_recipient SET bounced = 1, bounced_ms = 700, "
	    "detail = '550 no', unsubscribed_ms = 800, complained_ms = 900 "
	    "WHERE campaign_id = 7 AND person_id = %lld",
	    (long long)r.id);
	run(f, "UPDATE campaign SET ab_test = '{\"what\":\"subject\","
	       "\"variants\":[{\"subject\":\"Bye\"}]}' WHERE id = 8");
	run(f,
	    "UPDATE campaign_recipient SET variant = 2 WHERE campaign_id = 8");
	all = list(f, ENTITY_PERSON, r.id, TIMELINE_ALL);
	assert_int_equal(all.n, 2);
	assert_int_equal(all.v[0].mail->events_n, 0);
	assert_string_equal(all.v[0].mail->subject, "Bye");
	assert_string_equal(all.v[1].mail->subject, "Hi *|FNAME|*");
	assert_string_equal(all.v[0].status, "sent");
	assert_string_equal(all.v[1].status, "complained");
	mail = all.v[1].mail;
	assert_int_equal(mail->events_n, ARRAY_SIZE(wanted));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const struct mail_event *e = &mail->events[i];

		assert_string_equal(e->type, wanted[i].type);
		assert_int_equal(e->at_ms, wanted[i].at_ms);
		assert_int_equal(e->machine, wanted[i].machine);
		assert_int_equal(!e->url, !wanted[i].url);
		assert_int_equal(!e->detail, !wanted[i].detail);
	}
	/* what a pull brings as a row of its own counts once */
	did(f, 7, &r, 3, 650, 0, 0);
	vec_reset(&all);
	vec_release(&all);
	all = list(f, ENTITY_PERSON, r.id, TIMELINE_ALL);
	assert_int_equal(all.v[1].mail->events_n, ARRAY_SIZE(wanted));
	assert_string_equal(all.v[1].mail->events[2].type, "bounced");
	assert_int_equal(all.v[1].mail->events[2].at_ms, 650);
	assert_string_equal(all.v[1].mail->events[2].detail, "550 no");
}

static void the_newest_events_of_a_mail_are_told(void **state)
{
	struct crm_fixture *f = *state;
	struct record r = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"a@x.example\"}");
	CLEANUP(vec_release) struct timeline all = VEC_INIT;
	const struct campaign_mail *mail;

	send_to(f, 7, &r, 100);
	for (int i = 0; i < 2 * MAIL_EVENTS_MAX; i++)
		did(f, 7, &r, 1, 1000 + i, 0, 0);
	run(f, "UPDATE campaign_recipient SET unsubscribed_ms = 5000");
	all = list(f, ENTITY_PERSON, r.id, TIMELINE_ALL);
	mail = all.v[0].mail;
	assert_int_equal(mail->events_n, MAIL_EVENTS_MAX);
	assert_string_equal(mail->events[0].type, "unsubscribed");
	for (int i = 1; i < MAIL_EVENTS_MAX; i++)
		assert_int_equal(mail->events[i].at_ms,
				 1000 + 2 * MAIL_EVENTS_MAX - i);
}

static int find(struct crm_fixture *f, enum entity entity, int64_t id,
		struct campaign_mail *out)
{
	struct err err = ERR_INIT;
	int found =
		campaign_mail_find(f->db, entity, id, 7, f->arena, out, &err);

	if (found < 0)
		fail_msg("%s", err.text);
	return found;
}

static void a_mail_is_found_also_after_a_merge_but_not_of_the_erased(
	void **state)
{
	struct crm_fixture *f = *state;
	struct record a = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"a@x.example\"}");
	struct record b = fixture_person(
		f, "{\"last_name\":\"B\",\"email\":\"b@x.example\"}");
	struct campaign_mail mail;
	struct err err = ERR_INIT;

	send_to(f, 7, &b, 100);
	assert_int_equal(find(f, ENTITY_PERSON, a.id, &mail), 0);
	assert_int_equal(find(f, ENTITY_PERSON, b.id, &mail), 1);
	assert_string_equal(mail.address, "b@x.example");
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(person_merge(&tx, a.id, b.id, &f->actor,
					      f->arena, &err),
				 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	for (int i = 0; i < 2; i++) {
		struct campaign_mail *one[] = { &mail };

		assert_int_equal(find(f, ENTITY_PERSON, i ? a.id : b.id, &mail),
				 1);
		assert_int_equal(campaign_mails_add_hashes(f->db, one, 1,
							   f->arena, &err),
				 0);
		assert_int_equal(mail.hashes_n, 2); /* those of both */
	}
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(
			person_erase(&tx, a.id, &f->actor, f->arena, &err), 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	assert_int_equal(find(f, ENTITY_PERSON, a.id, &mail), 0);
	assert_int_equal(find(f, ENTITY_PERSON, b.id, &mail), 0);
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(who_did_it_is_named),
		FIXED(the_import_that_made_it_is_told),
		FIXED(only_the_types_asked_for_are_told),
		FIXED(what_they_did_stands_with_the_mail),
		FIXED(the_newest_events_of_a_mail_are_told),
		FIXED(a_mail_is_found_also_after_a_merge_but_not_of_the_erased),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
