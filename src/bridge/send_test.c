#include "bridge/bridge_fixture.h"

#include "base/err.h"
#include "crm/campaign_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void add_campaign(struct bridge_fixture *f)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	fake_person(f, "a@x.example");
	(void)fake_group(f, "G");
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(
		db_exec_text(&tx,
			     "INSERT INTO campaign (name, group_id, subject, "
			     "from_name, from_email, html, status, created_ms, "
			     "updated_ms) VALUES ('May', 1, 'Hello', 'N', "
			     "'n@x.example', '<p>', 1, 1, 1)",
			     SQL_NO_ARGS, &err),
		1);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* Whatever is lost: one campaign, sent once. */
static void faults_make_no_second_campaign(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault = FAULT_503; fault < FAULTS; fault++) {
		for (int n = 1; n < 24; n++) {
			struct err err = ERR_INIT;
			int64_t job;

			bridge_fixture_renew(f);
			add_campaign(f);
			job = fake_add_job(f, "campaign-send",
					   "{\"campaign_id\":1}");
			f->fault_at = n;
			f->fault = (enum fault)fault;
			assert_int_equal(fake_run(f, job, &err), 0);
			assert_int_equal(json_array_size(f->campaigns), 1);
			assert_int_equal(f->sends, 1);
			assert_int_equal(f->creates, 1);
		}
	}
}

static void failing_statements_make_no_second_campaign(void **state)
{
	struct bridge_fixture *f = *state;
	int failures = 0;

	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		int64_t job;
		int ret;

		bridge_fixture_renew(f);
		add_campaign(f);
		job = fake_add_job(f, "campaign-send", "{\"campaign_id\":1}");
		f->statement_at = n;
		ret = fake_run_once(f, job, &err);
		if (ret < 0)
			assert_int_equal(fake_run(f, job, &err), 0);
		assert_int_equal(json_array_size(f->campaigns), 1);
		assert_int_equal(f->sends, 1);
		if (ret == 0)
			break;
		failures++;
	}
	assert_true(failures > 10);
}

/* Nobody can look whether a test was sent: at most one is. */
static void a_test_is_never_sent_twice(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault = FAULT_503; fault < FAULTS; fault++) {
		for (int n = 1; n < 8; n++) {
			struct err err = ERR_INIT;
			int64_t job;
			int ret;

			bridge_fixture_renew(f);
			add_campaign(f);
			job = fake_add_job(f, "campaign-test",
					   "{\"campaign_id\":1,\"to\":[\"me@x."
					   "example\"]}");
			f->fault_at = n;
			f->fault = (enum fault)fault;
			ret = fake_run(f, job, &err);
			assert_true(f->tests <= 1);
			assert_int_equal(json_array_size(f->campaigns), 1);
			if (ret < 0) {
				assert_int_equal(err.code, ERR_CONFLICT);
				assert_non_null(strstr(err.text, "may have"));
				assert_int_equal(fake_run_once(f, job, &err),
						 -1);
				assert_true(f->tests <= 1);
			} else {
				assert_int_equal(f->tests, 1);
			}
		}
	}
}

/* --- what became of it --- */

static json_t *item(struct bridge_fixture *f, const char *key,
		    const char *address)
{
	json_t *o = json_object();

	(void)json_object_set(o, "email_id",
			      json_object_get(fake_member(f, address), "id"));
	(void)json_array_append_new(json_object_get(f->report, key), o);
	return o;
}

static void said(json_t *o, const char *key, const char *text)
{
	(void)json_object_set_new(o, key, json_string(text));
}

static void acted(json_t *person, const char *action, const char *url)
{
	json_t *list = json_object_get(person, "activity");
	json_t *a = json_object();

	if (!list) {
		list = json_array();
		(void)json_object_set_new(person, "activity", list);
	}
	said(a, "action", action);
	said(a, "timestamp", "2026-01-02T03:04:05+00:00");
	if (url)
		said(a, "url", url);
	(void)json_array_append_new(list, a);
}

/* Sent to a, who reads, clicks and leaves; b bounced. */
static void make_report(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	json_t *a;

	bridge_fixture_renew(f);
	fake_person(f, "b@x.example");
	add_campaign(f);
	assert_int_equal(fake_run(f,
				  fake_add_job(f, "campaign-send",
					       "{\"campaign_id\":1}"),
				  &err),
			 0);
	said(json_array_get(f->campaigns, 0), "status", "sent");
	said(item(f, "sent_to", "a@x.example"), "status", "sent");
	said(item(f, "sent_to", "b@x.example"), "status", "hard");
	a = item(f, "emails", "a@x.example");
	acted(a, "open", NULL);
	acted(a, "click", "https://shop.example/a");
	said(item(f, "unsubscribes", "a@x.example"), "timestamp",
	     "2026-01-02T03:05:05+00:00");
	fake_set_status(f, "a@x.example", "unsubscribed");
}

static void is_pulled(struct bridge_fixture *f)
{
	static const struct {
		const char *sql;
		int64_t n;
	} facts[] = {
		{ "SELECT status FROM campaign", CRM_CAMPAIGN_SENT },
		{ "SELECT COUNT(*) FROM campaign_recipient", 2 },
		{ "SELECT COUNT(*) FROM campaign_recipient WHERE accepted_ms "
		  "IS NOT NULL AND bounced = 0",
		  1 },
		{ "SELECT COUNT(*) FROM campaign_recipient WHERE bounced = 1",
		  1 },
		{ "SELECT SUM(opens) FROM campaign_recipient", 1 },
		{ "SELECT SUM(clicks) FROM campaign_recipient", 1 },
		{ "SELECT COUNT(*) FROM campaign_link", 1 },
		{ "SELECT COUNT(*) FROM campaign_activity", 2 },
		{ "SELECT COUNT(*) FROM campaign_recipient WHERE "
		  "unsubscribed_ms IS NOT NULL",
		  1 },
		{ "SELECT COUNT(*) FROM consent WHERE campaign_id = 1", 1 },
		{ "SELECT SUM(opted_out) FROM person", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (fake_number(f, facts[i].sql) != facts[i].n)
			fail_msg("%s: not %lld", facts[i].sql,
				 (long long)facts[i].n);
}

/* Whatever request or statement fails: all of it once, at the end. */
static void faults_count_nothing_twice(void **state)
{
	struct bridge_fixture *f = *state;
	bool more = true;

	for (int n = 1; more && n < 40; n++) {
		struct err err = ERR_INIT;
		int64_t job;

		make_report(f);
		job = fake_add_job(f, "sync", "{}");
		f->fault_at = n;
		f->fault = (enum fault)(FAULT_503 + n % (FAULTS - FAULT_503));
		(void)fake_run_once(f, job, &err);
		more = f->fault_at == 0;
		f->fault_at = 0;
		fake_run_all(f);
		fake_sync(f);
		is_pulled(f);
	}
	assert_false(more);
}

/* Whoever got it and has another address by now is who left. */
static void who_left_is_whom_it_was_sent_to(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	make_report(f);
	fake_patch(f,
		   fake_number(f, "SELECT record_id FROM email"
				  " WHERE folded = 'a@x.example'"),
		   "{\"email\":\"new@x.example\"}");
	assert_int_equal(fake_run(f, fake_add_job(f, "sync", "{}"), &err), 0);
	assert_int_equal(fake_number(f, "SELECT SUM(opted_out) FROM person"),
			 1);
	assert_string_equal(
		fake_text(f, "SELECT e.folded FROM person p JOIN email e"
			     " ON e.id = p.email_id WHERE p.opted_out = 1"),
		"new@x.example");
}

static void failing_statements_count_nothing_twice(void **state)
{
	struct bridge_fixture *f = *state;
	int ret, n = 0;

	do {
		struct err err = ERR_INIT;
		int64_t job;

		make_report(f);
		job = fake_add_job(f, "sync", "{}");
		f->statement_at = ++n;
		ret = fake_run_once(f, job, &err);
		fake_run_all(f);
		fake_sync(f);
		is_pulled(f);
	} while (ret < 0 || n < 40); /* a campaign that fails stops no sync */
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(faults_make_no_second_campaign),
		TEST(failing_statements_make_no_second_campaign),
		TEST(a_test_is_never_sent_twice),
		TEST(faults_count_nothing_twice),
		TEST(who_left_is_whom_it_was_sent_to),
		TEST(failing_statements_count_nothing_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
