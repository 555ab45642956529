/*
 * How a send ends, and what the campaign says of it: crm/campaign/send_job.h.
 * Nobody is mailed twice, and nothing is stuck, whoever stops what in between.
 */
#include "bridge/bridge_fixture.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/campaign/schedule.h"
#include "crm/campaign/send_job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SOON 2000000

static struct crm_campaign now_is(struct bridge_fixture *f)
{
	struct crm_campaign c;
	struct err err = ERR_INIT;

	fake_must(crm_campaign_get(f->db, 1, f->crm->arena, &c, &err), &err);
	return c;
}

/* At a time, or at once (0): its job. */
static int64_t send_off(struct bridge_fixture *f, int64_t at_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c = now_is(f);
	struct err err = ERR_INIT;
	struct send_job job;
	int64_t id;

	fake_must(tx_begin(f->db, &tx, &err), &err);
	fake_must(at_ms ? campaign_schedule_set(&tx, &c, at_ms, &f->crm->actor,
						&err)
			: campaign_send_now(&tx, &c, &f->crm->actor, &id, &err),
		  &err);
	fake_must(tx_commit(&tx, &err), &err);
	assert_int_equal(send_job_find(f->db, 1, f->crm->arena, &job, &err), 1);
	return job.id;
}

/* Of user 1, who may send. */
static void renew(struct bridge_fixture *f)
{
	bridge_fixture_renew(f);
	store_fixture_exec(f->db, "INSERT INTO app_user (id, email, email_hash,"
				  " name, role, may_send, created_ms,"
				  " updated_ms) VALUES (1, 'a@x.example', 'h',"
				  " 'Ann', 2, 1, 1, 1) ON CONFLICT DO NOTHING");
	fake_campaign(f);
}

static int64_t begin(struct bridge_fixture *f, int64_t at_ms)
{
	renew(f);
	return send_off(f, at_ms);
}

static void says(struct bridge_fixture *f, enum crm_campaign_status status,
		 const char *reason, const char *detail)
{
	struct crm_campaign c = now_is(f);

	assert_int_equal(c.status, status);
	if (!reason) {
		assert_null(c.hold_reason);
		return;
	}
	assert_non_null(c.hold_reason);
	assert_string_equal(c.hold_reason, reason);
	if (detail)
		assert_non_null(strstr(c.hold_detail, detail));
}

static const char *there(struct bridge_fixture *f)
{
	return json_string_value(
		json_object_get(json_array_get(f->campaigns, 0), "status"));
}

static void look(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;

	fake_exec(f, "UPDATE campaign SET pull_next_ms = 1"
		     " WHERE pull_next_ms IS NOT NULL");
	fake_must(fake_run_once(f, fake_add_job(f, "pull", "{}"), &err), &err);
	fake_exec(f, "DELETE FROM job WHERE kind = 'pull'"); /* it never ends */
}

/* A user corrected what was wrong. */
static void goes_out(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t job = send_off(f, 0);

	says(f, CRM_CAMPAIGN_DRAFT, NULL, NULL);
	assert_int_equal(fake_run(f, job, &err), 0);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	assert_int_equal(f->sends, 1);
	assert_int_equal(json_array_size(f->campaigns), 1);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM campaign_send"),
			 0);
	look(f);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
}

static int act(struct bridge_fixture *f, const char *what, struct err *err)
{
	return fake_run_once(
		f,
		fake_add_job(
			f, "campaign-act",
			arena_printf(f->crm->arena,
				     "{\"campaign_id\":1,\"action\":\"%s\"}",
				     what)),
		err);
}

/* --- away, refused, stopped, asked --- */

static void an_audience_that_is_away_is_waited_for(void **state)
{
	static const enum fault faults[] = { FAULT_503, FAULT_CUT,
					     FAULT_DENIED };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(faults); i++) {
		int64_t at_ms = i % 2 ? SOON : 0;
		int64_t job = begin(f, at_ms), since_ms;
		struct err err = ERR_INIT;

		f->fault = faults[i / 2];
		for (int try = 0; try < 3; try++) {
			f->fault_at = 1;
			f->fault_more = 1000;
			assert_int_equal(fake_run_once(f, job, &err), -1);
			assert_int_equal(err.code, ERR_RETRY);
			says(f,
			     at_ms ? CRM_CAMPAIGN_SCHEDULED
				   : CRM_CAMPAIGN_DRAFT,
			     SEND_WAITS, "");
			if (try == 0)
				since_ms = now_is(f).hold_ms;
			assert_int_equal(now_is(f).hold_ms, since_ms);
			look(f);
		}
		assert_int_equal(now_is(f).schedule_ms, at_ms);
		f->fault_at = 0;
		assert_int_equal(fake_run(f, job, &err), 0);
		says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
		assert_int_equal(f->sends, 1);
	}
}

static void what_is_refused_is_a_draft_that_says_why(void **state)
{
	struct bridge_fixture *f = *state;

	for (int64_t at_ms = 0; at_ms <= SOON; at_ms += SOON) {
		int64_t job = begin(f, at_ms);
		struct err err = ERR_INIT;

		f->poison = "/send-checklist";
		assert_int_equal(fake_run(f, job, &err), -1);
		says(f, CRM_CAMPAIGN_DRAFT, SEND_REFUSED, "poisoned");
		assert_int_equal(now_is(f).schedule_ms, 0);
		look(f);
		says(f, CRM_CAMPAIGN_DRAFT, SEND_REFUSED, "poisoned");
		f->poison = NULL;
		goes_out(f);
	}
}

/* Until it begins over there. */
static void who_may_not_send_any_more_sends_nothing(void **state)
{
	struct bridge_fixture *f = *state;

	for (int64_t at_ms = 0; at_ms <= SOON; at_ms += SOON) {
		int64_t job = begin(f, at_ms);
		struct err err = ERR_INIT;

		store_fixture_exec(f->db, "UPDATE audit_log SET user_id = 77"
					  " WHERE action LIKE 'campaign.%'");
		assert_int_equal(fake_run(f, job, &err), -1);
		says(f, CRM_CAMPAIGN_DRAFT, SEND_NO_RIGHT,
		     "the user who ordered it was removed");
		assert_int_equal(now_is(f).schedule_ms, 0);
		assert_int_equal(f->sends, 0);
		look(f);
		says(f, CRM_CAMPAIGN_DRAFT, SEND_NO_RIGHT, "removed");
		goes_out(f); /* by somebody else */
	}
}

/* It may have begun over there, which only the audience knows. */
static void what_has_begun_goes_on(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin(f, 0);
	struct err err = ERR_INIT;

	store_fixture_exec(f->db, "UPDATE audit_log SET user_id = 77"
				  " WHERE action LIKE 'campaign.%'");
	store_fixture_exec(f->db, "UPDATE campaign SET status = 3");
	assert_int_equal(fake_run(f, job, &err), 0);
	assert_int_equal(f->sends, 1);
}

static void what_is_stopped_is_a_draft_that_says_so(void **state)
{
	struct bridge_fixture *f = *state;

	for (int64_t at_ms = 0; at_ms <= SOON; at_ms += SOON) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		int64_t job = begin(f, at_ms);
		struct err err = ERR_INIT;

		fake_must(tx_begin(f->db, &tx, &err), &err);
		fake_must(job_cancel(&tx, job, NULL, clock_now_ms(), &err),
			  &err);
		fake_must(tx_commit(&tx, &err), &err);
		look(f);
		says(f, CRM_CAMPAIGN_DRAFT, SEND_STOPPED, NULL);
		goes_out(f);
	}
}

static void who_stops_it_while_it_is_made_ready(struct bridge_fixture *f,
						const struct mc_request *rq,
						bool done)
{
	if (done && strstr(rq->path, "/send-checklist"))
		fake_exec(f, "UPDATE job SET cancel_wanted = 1"
			     " WHERE kind = 'campaign-send'");
}

static void a_job_that_is_to_stop_begins_nothing(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin(f, SOON);
	struct err err = ERR_INIT;

	f->during = who_stops_it_while_it_is_made_ready;
	assert_int_equal(fake_run(f, job, &err), -1);
	assert_int_equal(f->sends, 0);
	fake_exec(f, "UPDATE job SET state = 6, cancel_wanted = 0"
		     " WHERE kind = 'campaign-send'");
	f->during = NULL;
	look(f);
	says(f, CRM_CAMPAIGN_DRAFT, SEND_STOPPED, NULL);
	goes_out(f);
}

/* Sixty lose their tag: a user is to look at it. */
static int64_t ask(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;

	renew(f);
	for (int i = 0; i < 60; i++)
		fake_person(f, arena_printf(f->crm->arena, "p%d@x.example", i));
	assert_int_equal(fake_push(f, 1, &err), 0);
	fake_patch(f, 1, "{\"first_name\":\"Q\"}");
	fake_exec(f, "UPDATE crm_group SET criteria = '{\"match\":\"all\","
		     "\"conditions\":[{\"field\":\"first_name\",\"op\":\"is\","
		     "\"value\":\"Q\"}]}'");
	return send_off(f, f->crm->actor.now_ms + SOON);
}

static void a_question_stands_with_the_campaign(void **state)
{
	struct bridge_fixture *f = *state;

	for (int stops = 0; stops < 2; stops++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;
		int64_t job = ask(f);

		assert_int_equal(fake_run(f, job, &err), PUSH_ASKS);
		says(f, CRM_CAMPAIGN_SCHEDULED, SEND_ASKS, NULL);
		assert_int_equal(fake_number(f, "SELECT job_id FROM push p JOIN"
						" campaign c ON c.push_id ="
						" p.id"),
				 job);
		look(f);
		says(f, CRM_CAMPAIGN_SCHEDULED, SEND_ASKS, NULL);
		fake_must(tx_begin(f->db, &tx, &err), &err);
		fake_must(
			stops ? job_cancel(&tx, job, NULL, clock_now_ms(), &err)
			      : job_confirm(&tx, job, 1, &err),
			&err);
		fake_must(tx_commit(&tx, &err), &err);
		if (stops) {
			look(f);
			says(f, CRM_CAMPAIGN_DRAFT, SEND_STOPPED, NULL);
			continue;
		}
		assert_int_equal(fake_run(f, job, &err), 0);
		says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
		assert_int_equal(f->sends, 1);
	}
}

/* --- sending here, a draft there --- */

static void what_never_began_is_taken_back(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin(f, SOON);
	struct err err = ERR_INIT;

	f->poison = "/actions/send";
	assert_int_equal(fake_run(f, job, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	/* as long as the job lives, it may begin any moment */
	fake_exec(f, "UPDATE job SET state = 2 WHERE kind = 'campaign-send'");
	look(f);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	fake_exec(f, "UPDATE job SET state = 5, error = 'refused by X'"
		     " WHERE kind = 'campaign-send'");
	look(f);
	says(f, CRM_CAMPAIGN_DRAFT, SEND_REFUSED, "refused by X");
	assert_int_equal(now_is(f).started_ms, 0);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM"
					" campaign_recipient"),
			 0);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM campaign WHERE"
					" pull_next_ms IS NOT NULL"),
			 0);
	f->poison = NULL;
	goes_out(f);
}

/* It may have begun before it was deleted over there: never made a second time.
 */
static void what_may_have_begun_is_not_made_anew(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin(f, 0);
	struct err err = ERR_INIT;

	f->poison = "/actions/send";
	assert_int_equal(fake_run(f, job, &err), -1);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	f->poison = NULL;
	assert_int_equal(json_array_clear(f->campaigns), 0);
	assert_int_equal(fake_run(f, job, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(json_array_size(f->campaigns), 0);
	assert_int_equal(f->sends, 0);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	assert_non_null(now_is(f).marketing_campaign_id);
}

/* Of an earlier version, say: nobody knows its job. What has just begun may
 * need a while to be told of. */
static void what_has_not_begun_for_long_is_taken_back(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin(f, 0);
	struct err err = ERR_INIT;

	assert_int_equal(fake_run(f, job, &err), 0);
	fake_say(json_array_get(f->campaigns, 0), "status", "save");
	look(f);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	fake_exec(f, "UPDATE campaign SET started_ms = 1");
	look(f);
	says(f, CRM_CAMPAIGN_DRAFT, SEND_REFUSED, "never began");
}

/* Its answer was lost, or the process: it has begun, and the job was stopped
 * before it saw that. */
static void what_began_goes_on_without_its_job(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin(f, SOON);
	struct err err = ERR_INIT;

	f->poison = "/actions/send";
	assert_int_equal(fake_run(f, job, &err), -1);
	fake_say(json_array_get(f->campaigns, 0), "status", "sending");
	look(f);
	look(f);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM campaign_send"),
			 0);
}

static void a_failing_statement_takes_it_back_later(void **state)
{
	struct bridge_fixture *f = *state;

	for (int n = 1; n < 30; n += 2) {
		int64_t job = begin(f, 0);
		struct err err = ERR_INIT;

		f->poison = "/actions/send";
		assert_int_equal(fake_run(f, job, &err), -1);
		fake_exec(f, "UPDATE campaign SET pull_next_ms = 1");
		f->statement_at = n;
		(void)fake_run_once(f, fake_add_job(f, "pull", "{}"), &err);
		f->statement_at = 0;
		look(f);
		look(f);
		says(f, CRM_CAMPAIGN_DRAFT, SEND_REFUSED, "never began");
		f->poison = NULL;
		goes_out(f);
	}
}

/* --- a user acts beside it --- */

static const char *acts_at; /* a part of the path */
static bool acts_after;
static int acted;
static enum err_code answer;

static void cancel_meanwhile(struct bridge_fixture *f,
			     const struct mc_request *rq, bool done)
{
	struct err err = ERR_INIT;

	if (!strstr(rq->path, acts_at) || done != acts_after || acted)
		return;
	acted = 1;
	answer = act(f, "cancel", &err) < 0 ? err.code : ERR_NONE;
}

static int64_t begin_beside(struct bridge_fixture *f, const char *at,
			    bool after)
{
	int64_t job = begin(f, 0);

	acts_at = at;
	acts_after = after;
	acted = 0;
	f->during = cancel_meanwhile;
	return job;
}

/* Canceled before it has begun here: it never does there. */
static void a_cancel_stops_what_is_made_ready(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin_beside(f, "/send-checklist", true);
	struct err err = ERR_INIT;

	assert_int_equal(fake_run(f, job, &err), -1);
	assert_int_equal(acted, 1);
	assert_int_equal(answer, ERR_NONE);
	assert_int_equal(f->sends, 0);
	says(f, CRM_CAMPAIGN_CANCELED, NULL, NULL);
	look(f);
	says(f, CRM_CAMPAIGN_CANCELED, NULL, NULL);
}

/* At the very moment: it looks again, and cancels it there. */
static void a_cancel_beside_a_begin_looks_again(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin_beside(f, "/actions/send", false);
	struct err err = ERR_INIT;

	assert_int_equal(fake_run(f, job, &err), 0);
	assert_int_equal(acted, 1);
	assert_int_equal(answer, ERR_RETRY);
	assert_int_equal(f->sends, 1);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	assert_int_equal(act(f, "cancel", &err), 0);
	says(f, CRM_CAMPAIGN_CANCELED, NULL, NULL);
	assert_string_equal(there(f), "canceled");
}

/* A try before it was canceled there, and could not write that here. */
static void a_cancel_that_is_done_there_is_no_failure(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	fake_must(fake_run(f, begin(f, 0), &err), &err);
	f->poison = "/actions/cancel-send";
	assert_int_equal(act(f, "cancel", &err), -1);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	fake_say(json_array_get(f->campaigns, 0), "status", "canceled");
	fake_must(act(f, "cancel", &err), &err);
	says(f, CRM_CAMPAIGN_CANCELED, NULL, NULL);
}

/* Its begin was not taken, and is to be tried again: there is nothing to cancel
 * there. */
static void a_cancel_ends_what_cannot_begin(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin(f, SOON);
	struct err err = ERR_INIT;

	f->poison = "/actions/send";
	assert_int_equal(fake_run_once(f, job, &err), -1);
	fake_exec(f, "UPDATE job SET state = 1 WHERE kind = 'campaign-send'");
	assert_int_equal(act(f, "pause", &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(act(f, "cancel", &err), 0);
	says(f, CRM_CAMPAIGN_CANCELED, NULL, NULL);
	f->poison = NULL;
	assert_int_equal(fake_run(f, job, &err), -1);
	assert_int_equal(f->sends, 0);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM"
					" campaign_recipient WHERE state = 1"),
			 0);
}

/* As a restore leaves it. */
static void what_is_paused_and_never_began_is_resumed_by_sending(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = begin(f, 0);
	struct err err = ERR_INIT;

	f->poison = "/actions/send";
	assert_int_equal(fake_run(f, job, &err), -1);
	fake_exec(f, "UPDATE campaign SET status = 4, restored_ms = 7");
	look(f);
	assert_int_equal(now_is(f).status, CRM_CAMPAIGN_PAUSED);
	f->poison = NULL;
	assert_int_equal(act(f, "resume", &err), 0);
	fake_run_all(f);
	says(f, CRM_CAMPAIGN_SENDING, NULL, NULL);
	assert_int_equal(f->sends, 1);
	assert_int_equal(json_array_size(f->campaigns), 1);
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_audience_that_is_away_is_waited_for),
		TEST(what_is_refused_is_a_draft_that_says_why),
		TEST(who_may_not_send_any_more_sends_nothing),
		TEST(what_has_begun_goes_on),
		TEST(what_is_stopped_is_a_draft_that_says_so),
		TEST(a_job_that_is_to_stop_begins_nothing),
		TEST(a_question_stands_with_the_campaign),
		TEST(what_never_began_is_taken_back),
		TEST(what_may_have_begun_is_not_made_anew),
		TEST(what_has_not_begun_for_long_is_taken_back),
		TEST(what_began_goes_on_without_its_job),
		TEST(a_failing_statement_takes_it_back_later),
		TEST(a_cancel_stops_what_is_made_ready),
		TEST(a_cancel_beside_a_begin_looks_again),
		TEST(a_cancel_that_is_done_there_is_no_failure),
		TEST(a_cancel_ends_what_cannot_begin),
		TEST(what_is_paused_and_never_began_is_resumed_by_sending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
