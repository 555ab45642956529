#include "crm/campaign/send_job.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/campaign/schedule.h"
#include "crm/crm_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SOON 2000000
#define LATER 5000000

static struct crm_campaign read_back(struct crm_fixture *f, int64_t id)
{
	struct crm_campaign c;
	struct err err = ERR_INIT;

	assert_int_equal(crm_campaign_get(f->db, id, f->arena, &c, &err), 0);
	return c;
}

/* Sent off: at a time, or at once (0). */
static int64_t sent_off(struct crm_fixture *f, int64_t at_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c = { .name = "C", .from_email = "us@example.org" };
	struct err err = ERR_INIT;
	int64_t job;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(crm_campaign_add(&tx, &c, &f->actor, &err), 0);
	assert_int_equal(
		at_ms ? campaign_schedule_set(&tx, &c, at_ms, &f->actor, &err)
		      : campaign_send_now(&tx, &c, &f->actor, &job, &err),
		0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return c.id;
}

static void settles(struct crm_fixture *f)
{
	struct err err = ERR_INIT;

	assert_int_equal(send_jobs_settle(f->db, LATER, &err), 0);
}

static bool has_job(struct crm_fixture *f, int64_t id)
{
	struct send_job job;
	struct err err = ERR_INIT;
	int found = send_job_find(f->db, id, f->arena, &job, &err);

	assert_true(found >= 0);
	return found > 0;
}

static void is_held(const struct crm_campaign *c, const char *reason,
		    const char *detail)
{
	if (!reason) {
		assert_null(c->hold_reason);
		return;
	}
	assert_non_null(c->hold_reason);
	assert_string_equal(c->hold_reason, reason);
	if (detail)
		assert_non_null(strstr(c->hold_detail, detail));
	else
		assert_null(c->hold_detail);
}

static const char no_access[] = "UPDATE job SET state = 5, error = 'no access'";
static const char stopped[] = "UPDATE job SET state = 6, error = 'it was"
			      " canceled or taken over'";

/* The table of send_job.h: by status, and what became of the job. */
static const struct {
	int64_t at_ms;
	int status; /* 0: as it is by then */
	const char *job;
	int becomes;
	bool keeps_job;
	const char *reason, *detail;
} cases[] = {
	{ 0, 0, NULL, CRM_CAMPAIGN_DRAFT, true, NULL, NULL },
	{ 0, 0, "UPDATE job SET state = 2", CRM_CAMPAIGN_DRAFT, true, NULL,
	  NULL },
	{ 0, 0, "UPDATE job SET state = 3", CRM_CAMPAIGN_DRAFT, true, NULL,
	  NULL },
	{ 0, 0, no_access, CRM_CAMPAIGN_DRAFT, false, SEND_REFUSED,
	  "no access" },
	{ 0, 0, stopped, CRM_CAMPAIGN_DRAFT, false, SEND_STOPPED, NULL },
	{ 0, 0, "DELETE FROM job", CRM_CAMPAIGN_DRAFT, false, SEND_REFUSED,
	  "never began" },
	{ SOON, 0, NULL, CRM_CAMPAIGN_SCHEDULED, true, NULL, NULL },
	{ SOON, 0, "UPDATE job SET state = 3", CRM_CAMPAIGN_SCHEDULED, true,
	  NULL, NULL },
	{ SOON, 0, no_access, CRM_CAMPAIGN_DRAFT, false, SEND_REFUSED,
	  "no access" },
	{ SOON, 0, stopped, CRM_CAMPAIGN_DRAFT, false, SEND_STOPPED, NULL },
	{ SOON, 0, "DELETE FROM job", CRM_CAMPAIGN_DRAFT, false, SEND_REFUSED,
	  "never began" },
	{ SOON, 0, "DELETE FROM campaign_send", CRM_CAMPAIGN_DRAFT, false,
	  SEND_REFUSED, "never began" },
	/* whether it began is known there only */
	{ SOON, CRM_CAMPAIGN_SENDING, no_access, CRM_CAMPAIGN_SENDING, true,
	  NULL, NULL },
	{ 0, CRM_CAMPAIGN_PAUSED, no_access, CRM_CAMPAIGN_PAUSED, false,
	  SEND_REFUSED, "no access" },
	{ 0, CRM_CAMPAIGN_PAUSED, stopped, CRM_CAMPAIGN_PAUSED, false, NULL,
	  NULL },
	{ 0, CRM_CAMPAIGN_SENT, no_access, CRM_CAMPAIGN_SENT, false, NULL,
	  NULL },
	{ 0, CRM_CAMPAIGN_CANCELED, stopped, CRM_CAMPAIGN_CANCELED, false, NULL,
	  NULL },
};

static void who_is_left_without_a_job_says_so(void **state)
{
	struct crm_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t id = sent_off(f, cases[i].at_ms);
		struct crm_campaign c;

		if (cases[i].status)
			store_fixture_exec(
				f->db,
				arena_printf(f->arena,
					     "UPDATE campaign SET status = %d",
					     cases[i].status));
		if (cases[i].job)
			store_fixture_exec(f->db, cases[i].job);
		settles(f);
		settles(f);
		c = read_back(f, id);
		assert_int_equal(c.status, cases[i].becomes);
		assert_int_equal(has_job(f, id), cases[i].keeps_job);
		is_held(&c, cases[i].reason, cases[i].detail);
		assert_int_equal(c.hold_ms, cases[i].reason ? LATER : 0);
		if (c.status != CRM_CAMPAIGN_SCHEDULED && cases[i].at_ms &&
		    !cases[i].status)
			assert_int_equal(c.schedule_ms, 0);
		store_fixture_exec(f->db, "DELETE FROM campaign");
		store_fixture_exec(f->db, "DELETE FROM job");
		settles(f);
		assert_false(has_job(f, id));
	}
}

/* What is said of a try is over with the next, and with taking it back. */
static void a_reason_lasts_until_it_is_sent_again(void **state)
{
	struct crm_fixture *f = *state;

	for (int again = 0; again < 3; again++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		int64_t job, id = sent_off(f, SOON);
		struct err err = ERR_INIT;
		struct crm_campaign c;

		store_fixture_exec(f->db, "UPDATE job SET state = 6");
		settles(f);
		c = read_back(f, id);
		is_held(&c, SEND_STOPPED, NULL);
		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(
			again == 0 ? campaign_send_now(&tx, &c, &f->actor, &job,
						       &err)
			: again == 1 ? campaign_schedule_set(&tx, &c, SOON,
							     &f->actor, &err)
				     : campaign_schedule_drop(&tx, &c,
							      &f->actor, &err),
			0);
		assert_int_equal(tx_commit(&tx, &err), 0);
		c = read_back(f, id);
		is_held(&c, NULL, NULL);
		assert_int_equal(has_job(f, id), again < 2);
	}
}

static void equal_reasons_keep_their_time(void **state)
{
	struct crm_fixture *f = *state;
	int64_t id = sent_off(f, SOON);
	struct crm_campaign c;

	for (int i = 0; i < 3; i++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;

		c = read_back(f, id);
		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(send_job_say(&tx, &c,
					      i < 2 ? SEND_WAITS : SEND_ASKS,
					      "no answer", SOON + i, &err),
				 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
		c = read_back(f, id);
		assert_int_equal(c.hold_ms, i < 2 ? SOON : SOON + 2);
	}
}

/* --- removing --- */

static int remove_it(struct crm_fixture *f, int64_t id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c;

	if (tx_begin(f->db, &tx, err) < 0 ||
	    crm_campaign_get(f->db, id, f->arena, &c, err) < 0 ||
	    crm_campaign_remove(&tx, id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static void is_kept(struct crm_fixture *f, int64_t id)
{
	struct err err = ERR_INIT;

	assert_int_equal(remove_it(f, id, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.text, "has not ended"));
	(void)read_back(f, id);
}

static int64_t add_job(struct crm_fixture *f, const char *kind, int64_t id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *payload = arena_printf(
		f->arena, "{\"to\":[\"a@x.example\"],\"campaign_id\":%lld}",
		(long long)id);
	struct job_new job = { .kind = kind, .payload = payload };
	struct err err = ERR_INIT;
	int64_t job_id;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(job_add(&tx, &job, 1, &job_id, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return job_id;
}

static void what_a_job_may_act_on_is_not_removed(void **state)
{
	static const char *const kinds[] = { "campaign-send", "campaign-test",
					     "campaign-act", "undo-cleans" };
	struct crm_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		int64_t id = sent_off(f, 0);
		struct err err = ERR_INIT;

		if (i > 0) {
			store_fixture_exec(f->db, "DELETE FROM job");
			store_fixture_exec(f->db, "DELETE FROM campaign_send");
			(void)add_job(f, kinds[i], id);
		}
		for (int job = JOB_QUEUED; job <= JOB_CANCELED; job++) {
			store_fixture_exec(
				f->db,
				arena_printf(f->arena,
					     "UPDATE job SET state = %d", job));
			if (job < JOB_DONE)
				is_kept(f, id);
		}
		assert_int_equal(remove_it(f, id, &err), 0);
		assert_false(has_job(f, id));
	}
}

/* Neither that of another one, nor one whose time was taken back. */
static void what_no_job_acts_on_is_removed(void **state)
{
	struct crm_fixture *f = *state;
	int64_t other = sent_off(f, 0), id = sent_off(f, SOON);
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c = read_back(f, id);
	struct err err = ERR_INIT;

	(void)add_job(f, "campaign-test", other);
	(void)add_job(f, "campaign-check", id);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(campaign_schedule_drop(&tx, &c, &f->actor, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(remove_it(f, id, &err), 0);
	is_kept(f, other);
}

static void a_failing_database_leaves_it_to_the_next_look(void **state)
{
	struct crm_fixture *f = *state;
	int64_t id = sent_off(f, SOON);
	int failures = 0;

	store_fixture_exec(f->db, no_access);
	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		struct crm_campaign c;
		int ret;

		db_fail_nth(f->db, n);
		ret = send_jobs_settle(f->db, LATER, &err);
		db_fail_nth(f->db, 0);
		c = read_back(f, id);
		assert_int_equal(c.status, ret < 0 ? CRM_CAMPAIGN_SCHEDULED
						   : CRM_CAMPAIGN_DRAFT);
		is_held(&c, ret < 0 ? NULL : SEND_REFUSED, "no access");
		if (ret == 0)
			break;
		failures++;
	}
	assert_true(failures > 3);
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(who_is_left_without_a_job_says_so),
		FIXED(a_reason_lasts_until_it_is_sent_again),
		FIXED(equal_reasons_keep_their_time),
		FIXED(what_a_job_may_act_on_is_not_removed),
		FIXED(what_no_job_acts_on_is_removed),
		FIXED(a_failing_database_leaves_it_to_the_next_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
