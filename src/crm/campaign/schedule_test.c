#include "crm/campaign/schedule.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/crm_fixture.h"
#include "jobs/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SOON 2000000
#define LATE 3000000

enum act { SET, DROP, NOW, RENAME };

static struct crm_campaign made(struct crm_fixture *f)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c = { .name = "C", .from_email = "us@example.org" };
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(crm_campaign_add(&tx, &c, &f->actor, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return c;
}

static struct crm_campaign read_back(struct crm_fixture *f, int64_t id)
{
	struct crm_campaign c;
	struct err err = ERR_INIT;

	assert_int_equal(crm_campaign_get(f->db, id, f->arena, &c, &err), 0);
	return c;
}

static int rename_it(struct tx *tx, const struct crm_campaign *before,
		     const struct actor *actor, struct err *err)
{
	struct crm_campaign c = *before;

	c.name = "D";
	return crm_campaign_update(tx, before, &c, actor, err);
}

static int act(struct crm_fixture *f, int64_t id, enum act what, int64_t at_ms,
	       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c;
	int64_t job;
	int ret;

	if (tx_begin(f->db, &tx, err) < 0 ||
	    crm_campaign_get(f->db, id, f->arena, &c, err) < 0)
		return -1;
	ret = what == SET
		      ? campaign_schedule_set(&tx, &c, at_ms, &f->actor, err)
	      : what == DROP ? campaign_schedule_drop(&tx, &c, &f->actor, err)
	      : what == NOW  ? campaign_send_now(&tx, &c, &f->actor, &job, err)
			     : rename_it(&tx, &c, &f->actor, err);
	return ret < 0 ? -1 : tx_commit(&tx, err);
}

static void does(struct crm_fixture *f, int64_t id, enum act what,
		 int64_t at_ms)
{
	struct err err = ERR_INIT;

	if (act(f, id, what, at_ms, &err) < 0)
		fail_msg("%s: %s", err.field, err.text);
}

static void is_refused(struct crm_fixture *f, int64_t id, enum act what,
		       enum err_code code)
{
	struct err err = ERR_INIT;

	assert_int_equal(act(f, id, what, LATE, &err), -1);
	assert_int_equal(err.code, code);
}

/* What a job of that time finds when it begins. */
static bool is_taken(struct crm_fixture *f, int64_t id, int64_t at_ms)
{
	const char *payload = arena_printf(
		f->arena, "{\"campaign_id\":%lld,\"schedule_ms\":%lld}",
		(long long)id, (long long)at_ms);
	struct crm_campaign c;
	struct err err = ERR_INIT;
	int taken = campaign_send_take(f->db, payload, f->arena, &c, &err);

	assert_true(taken >= 0);
	return taken > 0;
}

static void begins(struct crm_fixture *f)
{
	store_fixture_exec(f->db, "UPDATE job SET state = 2");
}

static void another_time_makes_the_first_void(void **state)
{
	struct crm_fixture *f = *state;
	int64_t id = made(f).id;

	does(f, id, SET, SOON);
	does(f, id, SET, LATE);
	assert_int_equal(read_back(f, id).schedule_ms, LATE);
	assert_int_equal(read_back(f, id).status, CRM_CAMPAIGN_SCHEDULED);
	assert_false(is_taken(f, id, SOON));
	assert_true(is_taken(f, id, LATE));
	does(f, id, DROP, 0);
	assert_int_equal(read_back(f, id).status, CRM_CAMPAIGN_DRAFT);
	assert_int_equal(read_back(f, id).schedule_ms, 0);
	assert_int_equal(read_back(f, id).send_at_ms, LATE); /* the draft's */
	assert_false(is_taken(f, id, LATE));
}

static void a_time_that_is_set_again_has_one_job(void **state)
{
	struct crm_fixture *f = *state;
	int64_t id = made(f).id;

	does(f, id, SET, SOON);
	does(f, id, SET, LATE);
	does(f, id, SET, SOON);
	does(f, id, SET, SOON);
	assert_int_equal(fixture_jobs(f, "campaign-send"), 2);
	assert_true(is_taken(f, id, SOON));
}

static void nothing_changes_once_sending_has_begun(void **state)
{
	struct crm_fixture *f = *state;
	int64_t id = made(f).id, other = made(f).id;

	does(f, id, SET, SOON);
	begins(f);
	is_refused(f, id, SET, ERR_CONFLICT);
	is_refused(f, id, DROP, ERR_CONFLICT);
	assert_int_equal(read_back(f, id).schedule_ms, SOON);
	does(f, other, NOW, 0);
	is_refused(f, other, SET, ERR_CONFLICT);
	is_refused(f, other, RENAME, ERR_CONFLICT);
	begins(f);
	is_refused(f, other, RENAME, ERR_CONFLICT);
	/* a user is asked, and may think better of it */
	store_fixture_exec(f->db, "UPDATE job SET state = 3");
	does(f, other, RENAME, 0);
	does(f, id, SET, LATE);
}

/* Whoever answers it later lets nothing go. */
static void a_send_that_asks_is_over_with_another_time(void **state)
{
	static const enum act acts[] = { SET, DROP };
	struct crm_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		struct err err = ERR_INIT;
		int64_t id = made(f).id, job;
		const char *key = arena_printf(f->arena, "campaign-send:%lld",
					       (long long)id);

		does(f, id, NOW, 0);
		store_fixture_exec(f->db, "UPDATE job SET state = 3");
		assert_int_equal(job_find_active(f->db, key, &job, &err), 1);
		does(f, id, acts[i], LATE);
		assert_int_equal(job_find_active(f->db, key, &job, &err), 0);
	}
}

static void it_is_sent_by_one_job(void **state)
{
	struct crm_fixture *f = *state;
	int64_t id = made(f).id, other = made(f).id;

	does(f, id, SET, SOON);
	does(f, id, NOW, 0);
	does(f, id, NOW, 0);
	assert_int_equal(fixture_jobs(f, "campaign-send"), 2);
	assert_false(is_taken(f, id, SOON));
	assert_true(is_taken(f, id, 0));
	store_fixture_exec(f->db, "DELETE FROM job");
	does(f, other, SET, SOON);
	begins(f);
	does(f, other, NOW, 0);
	assert_int_equal(fixture_jobs(f, "campaign-send"), 1);
	assert_true(is_taken(f, other, SOON));
}

/* Once each time that it was asked for, not each time it was asked. */
static void who_asked_for_it_is_known(void **state)
{
	struct crm_fixture *f = *state;
	int64_t id = made(f).id;
	const struct {
		enum act act;
		int64_t at_ms;
		const char *action;
		int n;
	} steps[] = {
		{ SET, SOON, "campaign.schedule", 1 },
		{ SET, LATE, "campaign.schedule", 2 },
		{ DROP, 0, "campaign.schedule", 2 },
		{ NOW, 0, "campaign.send", 1 },
		{ NOW, 0, "campaign.send", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		does(f, id, steps[i].act, steps[i].at_ms);
		assert_int_equal(
			fixture_number(
				f, arena_printf(f->arena,
						"SELECT COUNT(*) FROM "
						"audit_log WHERE action = "
						"'%s' AND record_id = %lld "
						"AND at_ms = %lld",
						steps[i].action, (long long)id,
						(long long)f->actor.now_ms)),
			steps[i].n);
	}
}

static void a_past_time_and_what_is_sent_are_refused(void **state)
{
	struct crm_fixture *f = *state;
	int64_t id = made(f).id;
	struct err err = ERR_INIT;

	assert_int_equal(act(f, id, SET, f->actor.now_ms, &err), -1);
	assert_string_equal(err.field, "at");
	store_fixture_exec(f->db, "UPDATE campaign SET status = 3");
	is_refused(f, id, SET, ERR_CONFLICT);
	is_refused(f, id, DROP, ERR_CONFLICT);
	is_refused(f, id + 1, SET, ERR_NOT_FOUND);
}

static void a_failing_database_leaves_the_old_time(void **state)
{
	struct crm_fixture *f = *state;
	int64_t id = made(f).id;
	int failures = 0;

	does(f, id, SET, SOON);
	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		int ret;

		db_fail_nth(f->db, n);
		ret = act(f, id, SET, LATE, &err);
		db_fail_nth(f->db, 0);
		assert_int_equal(read_back(f, id).schedule_ms,
				 ret == 0 ? LATE : SOON);
		assert_int_equal(fixture_jobs(f, "campaign-send"),
				 ret == 0 ? 2 : 1);
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
		FIXED(another_time_makes_the_first_void),
		FIXED(a_time_that_is_set_again_has_one_job),
		FIXED(nothing_changes_once_sending_has_begun),
		FIXED(a_send_that_asks_is_over_with_another_time),
		FIXED(it_is_sent_by_one_job),
		FIXED(who_asked_for_it_is_known),
		FIXED(a_past_time_and_what_is_sent_are_refused),
		FIXED(a_failing_database_leaves_the_old_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
