/*
 * What became of a campaign comes to the CRM, once, whatever fails.
 */
#include "bridge/bridge_fixture.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/random.h"
#include "crm/campaign_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void acted(json_t *person, const char *action, const char *url)
{
	json_t *list = json_object_get(person, "activity");
	json_t *a = json_object();

	if (!list) {
		list = json_array();
		(void)json_object_set_new(person, "activity", list);
	}
	fake_say(a, "action", action);
	fake_say(a, "timestamp", "2026-01-02T03:04:05+00:00");
	if (url)
		fake_say(a, "url", url);
	(void)json_array_append_new(list, a);
}

/* Sent to a, who reads, clicks and leaves; b bounced. */
static void make_report(struct bridge_fixture *f)
{
	json_t *a;

	bridge_fixture_renew(f);
	fake_person(f, "b@x.example");
	fake_campaign(f);
	fake_send_campaign(f);
	a = fake_reported(f, "sent_to", "a@x.example");
	fake_say(a, "status", "sent");
	(void)json_object_set_new(a, "caught", json_true());
	fake_say(fake_reported(f, "sent_to", "b@x.example"), "status", "hard");
	a = fake_reported(f, "emails", "a@x.example");
	acted(a, "open", NULL);
	acted(a, "click", "https://shop.example/a");
	fake_say(fake_reported(f, "unsubscribes", "a@x.example"), "timestamp",
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
		{ "SELECT SUM(caught) FROM campaign_recipient", 1 },
		{ "SELECT caught FROM campaign_figures", 1 },
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

/* It is asked for as soon as it may be sent, and has no report until it is. */
static void a_report_that_is_not_there_yet_is_waited_for(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	make_report(f);
	fake_say(json_array_get(f->campaigns, 0), "status", "sending");
	f->fault_at = 2; /* the report */
	f->fault = FAULT_GONE;
	f->requests = 0;
	(void)fake_run_once(f, fake_add_job(f, "pull", "{}"), &err);
	assert_int_equal(f->fault_at, 0);
	assert_int_equal(f->requests, 2);
	assert_string_equal(err.text, "");
	fake_say(json_array_get(f->campaigns, 0), "status", "sent");
	fake_sync(f);
	is_pulled(f);
}

/* A look before the send began, or in its midst, is not the last for a quarter
 * of an hour: whoever watches sees it end. */
static void a_send_elsewhere_is_watched(void **state)
{
	static const struct {
		const char *status;
		int64_t within_ms;
	} looks[] = {
		{ "save", 2 * MS_SECOND },
		{ "sending", 4 * MS_SECOND },
		{ "paused", 8 * MS_SECOND },
		{ "sent", 15 * MS_MINUTE },
	};
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	make_report(f);
	f->bridge.setup.inside = false;
	for (size_t i = 0; i < ARRAY_SIZE(looks); i++) {
		int64_t before_ms = clock_now_ms();
		int64_t next_ms;

		fake_say(json_array_get(f->campaigns, 0), "status",
			 looks[i].status);
		fake_exec(f, "UPDATE campaign SET pull_next_ms = 1");
		(void)fake_run_once(f, fake_add_job(f, "pull", "{}"), &err);
		assert_string_equal(err.text, "");
		next_ms = fake_number(f, "SELECT pull_next_ms FROM campaign");
		assert_in_range(next_ms, before_ms + 1,
				clock_now_ms() + looks[i].within_ms);
	}
	f->bridge.setup.inside = true;
}

/* In an audience that tells nothing of it any more. */
static void what_is_deleted_over_there_keeps_its_figures(void **state)
{
	struct bridge_fixture *f = *state;

	make_report(f);
	f->bridge.setup.inside = false;
	fake_sync(f);
	is_pulled(f);
	json_array_clear(f->campaigns);
	json_object_clear(f->report);
	fake_sync(f);
	is_pulled(f);
	assert_int_equal(fake_number(f, "SELECT COALESCE(pull_next_ms, 0) FROM"
					" campaign"),
			 0);
	f->bridge.setup.inside = true;
}

/* Both are erased before it is known who got it: one did. */
static void who_was_erased_meanwhile_counts_as_sent(void **state)
{
	static const char *const had_it[] = { NULL, "sent", "hard" };
	struct bridge_fixture *f = *state;

	for (int sent = 0; sent < (int)ARRAY_SIZE(had_it); sent++) {
		json_t *report;

		make_report(f);
		report = f->report;
		(void)json_object_set_new(report, "emails", json_array());
		(void)json_object_set_new(report, "unsubscribes", json_array());
		(void)json_object_set_new(report, "sent_to", json_array());
		if (had_it[sent]) {
			json_t *item =
				fake_reported(f, "sent_to", "a@x.example");

			fake_say(item, "email_id", "");
			fake_say(item, "status", had_it[sent]);
		}
		fake_erase(f, 1);
		fake_erase(f, 2);
		fake_sync(f);
		assert_int_equal(
			fake_number(f, "SELECT COUNT(*) FROM campaign_recipient"
				       " WHERE state IN (2, 4)"),
			sent > 0);
		assert_int_equal(
			fake_number(f, "SELECT COUNT(*) FROM campaign_recipient"
				       " WHERE state = 7"
				       " AND reason = 'forgotten'"),
			sent > 0 ? 1 : 2);
		assert_int_equal(
			fake_number(f, "SELECT sent FROM campaign_figures"),
			sent > 0);
	}
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

/* Who writes at the same time does not keep a report waiting. */
static void conflicts_are_tried_again_at_once(void **state)
{
	struct bridge_fixture *f = *state;
	int pulled = 0;

	for (int n = 1; n < 160; n += store_fixture_stride()) {
		struct err err = ERR_INIT;
		int64_t job;

		make_report(f);
		job = fake_add_job(f, "sync", "{}");
		f->statement_at = n;
		f->is_conflict = true;
		if (fake_run_once(f, job, &err) < 0) {
			assert_int_equal(err.code,
					 ERR_RETRY); /* the job does */
			fake_run_all(f);
		} else {
			pulled++;
		}
		is_pulled(f);
	}
	assert_true(pulled * store_fixture_stride() > 10);
}

/* --- who left --- */

#define PEOPLE 12

static int lists_read;

static void count_lists(struct bridge_fixture *f,
			const struct mc_request *request, bool done)
{
	(void)f;
	lists_read += !done && strstr(request->path, "/unsubscribed?") != NULL;
}

static const char *nth(struct bridge_fixture *f, size_t n)
{
	return arena_printf(f->crm->arena, "p%zu@x.example", n);
}

/* That PEOPLE got; the API tells of leavers in pages of three. */
static void send_campaign(struct bridge_fixture *f)
{
	bridge_fixture_renew(f);
	fake_campaign(f);
	for (size_t n = 0; n < PEOPLE; n++)
		fake_person(f, nth(f, n));
	fake_send_campaign(f);
	for (size_t n = 0; n < PEOPLE; n++)
		fake_say(fake_reported(f, "sent_to", nth(f, n)), "status",
			 "sent");
	f->page_most = 3;
}

static json_t *leavers(struct bridge_fixture *f)
{
	return json_object_get(f->report, "unsubscribes");
}

/* Whoever is next leaves, and stands there in the list. */
static void leave(struct bridge_fixture *f, size_t place, size_t *next)
{
	json_t *u = json_object();
	const json_t *member = fake_member(f, nth(f, (*next)++));

	fake_say(u, "email_id",
		 json_string_value(json_object_get(member, "id")));
	fake_say(u, "timestamp", "2026-01-02T03:05:05+00:00");
	assert_int_equal(json_array_insert_new(leavers(f), place, u), 0);
}

static void nobody_is_lost(struct bridge_fixture *f)
{
	json_t *u;
	size_t i;

	json_array_foreach (leavers(f), i, u) {
		const char *sql = arena_printf(
			f->crm->arena,
			"SELECT COUNT(*) FROM campaign_recipient WHERE "
			"email_hash = '%s' AND unsubscribed_ms IS NOT NULL%s",
			json_string_value(json_object_get(u, "email_id")),
			json_object_get(u, "reason")
				? " AND complained_ms IS NOT NULL"
				: "");

		if (fake_number(f, sql) != 1)
			fail_msg("the %zuth is lost", i);
	}
}

static void only_new_leavers_are_read(void **state)
{
	struct bridge_fixture *f = *state;
	size_t next = 0;

	send_campaign(f);
	f->during = count_lists;
	while (next < 10)
		leave(f, next, &next);
	lists_read = 0;
	fake_sync(f);
	assert_int_equal(lists_read, 5); /* the last is empty */
	nobody_is_lost(f);
	leave(f, next, &next);
	lists_read = 0;
	fake_sync(f);
	assert_int_equal(lists_read, 2);
	nobody_is_lost(f);
	lists_read = 0;
	fake_sync(f);
	assert_int_equal(lists_read, 0);
}

/* While the list is read. */
static void leave_meanwhile(struct bridge_fixture *f,
			    const struct mc_request *request, bool done)
{
	size_t last = PEOPLE - 1;

	if (!done || !strstr(request->path, "/unsubscribed?"))
		return;
	f->during = NULL;
	leave(f, json_array_size(leavers(f)), &last);
}

static void change_list(struct bridge_fixture *f, struct prng *chance,
			size_t *next)
{
	size_t n = json_array_size(leavers(f));
	size_t place = prng_below(chance, n + 1);

	switch (prng_below(chance, 4)) {
	case 0: /* somewhere */
		leave(f, place, next);
		break;
	case 1: /* somebody is deleted, two more leave */
		(void)json_array_remove(leavers(f), place);
		leave(f, json_array_size(leavers(f)), next);
		leave(f, json_array_size(leavers(f)), next);
		break;
	case 2:
		if (place < n)
			fake_say(json_array_get(leavers(f), place), "reason",
				 "abuse");
		break;
	default:
		leave(f, n, next);
	}
}

/* Whatever the order of the list, and whatever fails. */
static void no_leaver_is_lost(void **state)
{
	struct bridge_fixture *f = *state;

	for (uint64_t seed = 1; seed <= 8; seed++) {
		struct prng chance = { seed };
		size_t next = 0;

		send_campaign(f);
		f->during = leave_meanwhile;
		while (next < PEOPLE - 2) {
			struct err err = ERR_INIT;

			change_list(f, &chance, &next);
			f->fault_at = 1 + (int)prng_below(&chance, 16);
			f->fault = (enum fault)(
				FAULT_503 +
				prng_below(&chance, FAULTS - FAULT_503));
			(void)fake_run_once(f, fake_add_job(f, "sync", "{}"),
					    &err);
			f->fault_at = 0;
			fake_run_all(f);
			fake_sync(f);
			nobody_is_lost(f);
		}
	}
}

/* One is deleted and another comes in their place: no number tells. */
static void the_last_look_is_at_all(void **state)
{
	struct bridge_fixture *f = *state;
	size_t next = 0;

	send_campaign(f);
	for (int i = 0; i < 3; i++)
		leave(f, next, &next);
	fake_sync(f);
	(void)json_array_remove(leavers(f), 0);
	leave(f, 0, &next);
	fake_exec(f, "UPDATE campaign SET sent_ms = 1");
	fake_sync(f);
	nobody_is_lost(f);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM campaign WHERE "
					"pull_next_ms IS NULL"),
			 1);
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(faults_count_nothing_twice),
		TEST(a_report_that_is_not_there_yet_is_waited_for),
		TEST(a_send_elsewhere_is_watched),
		TEST(what_is_deleted_over_there_keeps_its_figures),
		TEST(who_was_erased_meanwhile_counts_as_sent),
		TEST(who_left_is_whom_it_was_sent_to),
		TEST(failing_statements_count_nothing_twice),
		TEST(conflicts_are_tried_again_at_once),
		TEST(only_new_leavers_are_read),
		TEST(no_leaver_is_lost),
		TEST(the_last_look_is_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
