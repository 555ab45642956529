/*
 * What feeds and other programs sent is a campaign of the CRM once, with whom
 * it went to and what came of it, whatever fails.
 */
#include "bridge/bridge_fixture.h"

#include "base/clock.h"
#include "base/err.h"
#include "crm/campaign_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A campaign over there that is not ours; *at: when it was sent. */
static json_t *there(struct bridge_fixture *f, const char *id, const char *type,
		     const char *status, const char *parent)
{
	CLEANUP(strbuf_release) struct strbuf at = STRBUF_INIT;
	json_t *c = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:{s:s}}", "id",
			      id, "type", type, "status", status, "settings",
			      "title", "The shop's news", "subject_line",
			      "News", "recipients", "list_name", "Readers");

	time_format_iso(clock_now_ms() - MS_HOUR, &at);
	fake_say(c, "send_time", at.buf);
	fake_say(c, "parent_campaign_id", parent);
	assert_int_equal(json_array_append_new(f->campaigns, c), 0);
	return c;
}

/* A feed has sent to a and b, of whom b is nobody in the CRM; a opened. */
static void make(struct bridge_fixture *f)
{
	json_t *open = json_pack("{s:s}", "action", "open");
	json_t *a;

	bridge_fixture_renew(f);
	fake_person(f, "a@x.example");
	fake_must(fake_push(f, fake_group(f, "G"), &(struct err)ERR_INIT),
		  &(struct err)ERR_INIT);
	fake_subscribe(f, "b@x.example", "subscribed", "API - Generic");
	(void)there(f, "c1", "regular", "sent", "f1");
	(void)there(f, "f1", "rss", "sending", "");
	(void)there(f, "c2", "automation-email", "sending", "x");
	(void)there(f, "c3", "regular", "schedule", "");
	fake_say(fake_reported(f, "sent_to", "a@x.example"), "status", "sent");
	fake_say(fake_reported(f, "sent_to", "b@x.example"), "status", "sent");
	a = fake_reported(f, "emails", "a@x.example");
	fake_say(open, "timestamp", "2026-01-02T03:04:05+00:00");
	(void)json_object_set_new(a, "activity", json_pack("[o]", open));
}

static int64_t begin_watch(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t job = fake_add_job(f, "watch", "{}");

	assert_true(fake_run_once(f, job, &err) >= 0);
	return job;
}

/* What it looked at and what the pull makes of it, to the end. */
static void settle(struct bridge_fixture *f, int64_t watch)
{
	struct err err = ERR_INIT;

	fake_must(fake_run(f, watch, &err), &err);
	fake_exec(f, "DELETE FROM job WHERE kind = 'watch'");
	fake_run_all(f);
	fake_sync(f);
}

static void are_so(struct bridge_fixture *f)
{
	static const struct {
		const char *sql;
		int64_t n;
	} facts[] = {
		{ "SELECT COUNT(*) FROM campaign", 1 },
		{ "SELECT status FROM campaign", CRM_CAMPAIGN_SENT },
		{ "SELECT origin FROM campaign", CRM_CAMPAIGN_OF_FEED },
		{ "SELECT COUNT(*) FROM campaign WHERE sent_ms = started_ms",
		  1 },
		{ "SELECT COUNT(*) FROM campaign_recipient", 2 },
		{ "SELECT COUNT(*) FROM campaign_recipient r JOIN campaign c ON"
		  " c.id = r.campaign_id WHERE r.accepted_ms = c.started_ms",
		  2 },
		{ "SELECT COUNT(*) FROM campaign_recipient WHERE person_id > 0"
		  " AND opens = 1",
		  1 },
		{ "SELECT sent FROM campaign_figures", 2 },
		{ "SELECT opened FROM campaign_figures", 1 },
		{ "SELECT unknown FROM campaign_figures", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (fake_number(f, facts[i].sql) != facts[i].n)
			fail_msg("%s: not %lld", facts[i].sql,
				 (long long)facts[i].n);
}

static void it_is_found_once_with_what_came_of_it(void **state)
{
	struct bridge_fixture *f = *state;

	make(f);
	for (int i = 0; i < 2; i++) {
		settle(f, begin_watch(f));
		are_so(f);
	}
	assert_string_equal(fake_text(f, "SELECT name FROM campaign"),
			    "The shop's news");
	assert_string_equal(fake_text(f, "SELECT to_name FROM campaign"),
			    "Readers");
}

static void whatever_call_fails(void **state)
{
	struct bridge_fixture *f = *state;
	bool more = true;

	for (int n = 1; more && n < 20; n++) {
		struct err err = ERR_INIT;
		int64_t watch;

		make(f);
		watch = begin_watch(f);
		f->fault_at = n;
		f->fault = FAULT_503;
		(void)fake_run_once(f, watch, &err);
		more = f->fault_at == 0;
		f->fault_at = 0;
		settle(f, watch);
		are_so(f);
	}
	assert_false(more);
}

static void whatever_statement_fails(void **state)
{
	struct bridge_fixture *f = *state;

	for (int n = 1; n < 40; n += store_fixture_stride()) {
		struct err err = ERR_INIT;
		int64_t watch;

		make(f);
		watch = begin_watch(f);
		f->statement_at = n;
		(void)fake_run_once(f, watch, &err);
		settle(f, watch);
		are_so(f);
	}
}

/* Whoever was sent it was not left out, whatever is known of them today. */
static void who_opted_out_since_was_sent_it(void **state)
{
	struct bridge_fixture *f = *state;

	make(f);
	fake_patch(f, 1, "{\"opted_out\":true}");
	fake_run_all(f);
	settle(f, begin_watch(f));
	are_so(f);
	assert_int_equal(fake_number(f,
				     "SELECT COUNT(*) FROM campaign_recipient"
				     " WHERE detail IS NOT NULL"),
			 0);
}

static void leave(struct bridge_fixture *f)
{
	fake_say(fake_reported(f, "unsubscribes", "a@x.example"), "timestamp",
		 "2026-01-02T03:05:05+00:00");
}

/* One left; so many are opted out. */
static void assert_left(struct bridge_fixture *f, int64_t opted_out)
{
	assert_int_equal(fake_number(f, "SELECT SUM(opted_out) FROM person"),
			 opted_out);
	assert_int_equal(
		fake_number(f, "SELECT unsubscribed FROM campaign_figures"), 1);
}

static void who_left_because_of_it_is_opted_out(void **state)
{
	struct bridge_fixture *f = *state;

	make(f);
	leave(f);
	fake_set_status(f, "a@x.example", "unsubscribed");
	settle(f, begin_watch(f));
	assert_left(f, 1);
}

/* It is read long after: they are subscribed by a later word. */
static void who_came_back_since_stays(void **state)
{
	struct bridge_fixture *f = *state;

	make(f);
	leave(f);
	fake_set_changed(f, "a@x.example", "2026-01-03T00:00:00+00:00");
	settle(f, begin_watch(f));
	assert_left(f, 0);
	assert_string_equal(fake_status(f, "a@x.example"), "subscribed");
}

/* The demo's stand in the audience before they stand in the CRM. */
static void the_demo_is_waited_for(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t demo;

	make(f);
	demo = fake_add_job(f, "demo", "{}");
	for (int i = 0; i < 2; i++) {
		struct err err = ERR_INIT;
		int64_t watch = begin_watch(f);

		fake_must(fake_run(f, watch, &err), &err);
		assert_int_equal(
			fake_number(f, "SELECT COUNT(*) FROM campaign"), i);
		fake_must(fake_run(f, demo, &err), &err);
	}
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_found_once_with_what_came_of_it),
		TEST(whatever_call_fails),
		TEST(whatever_statement_fails),
		TEST(who_opted_out_since_was_sent_it),
		TEST(who_left_because_of_it_is_opted_out),
		TEST(who_came_back_since_stays),
		TEST(the_demo_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
