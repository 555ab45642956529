#include "jobs/runner.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include <cmocka.h>

static int open_fixture(void **state)
{
	static struct store_fixture f;

	store_fixture_open(&f);
	*state = &f;
	return 0;
}

static int free_fixture(void **state)
{
	store_fixture_free(*state);
	return 0;
}

static int64_t add(struct store_fixture *f, const struct job_new *job)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	int64_t id = 0;

	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	assert_int_equal(job_add(&tx, job, clock_now_ms(), &id, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return id;
}

static struct job get(struct store_fixture *f, int64_t id, struct arena *arena)
{
	struct err err = ERR_INIT;
	struct job job;

	assert_int_equal(job_get(f->crm, id, arena, &job, &err), 0);
	return job;
}

/* Waits for the state without sleeping: the runner's own polling bounds it. */
static struct job await(struct store_fixture *f, int64_t id,
			enum job_state state, struct arena *arena)
{
	int64_t give_up_us = clock_monotonic_us() + 20 * 1000000;
	struct job job;

	do
		job = get(f, id, arena);
	while (job.state != state && clock_monotonic_us() < give_up_us);
	assert_int_equal(job.state, state);
	return job;
}

static struct runner *start(struct store_fixture *f,
			    const struct job_kind *kinds, size_t n)
{
	struct runner_options o = { .schema = STORE_CRM,
				    .threads = 2,
				    .instance = "test" };
	struct err err = ERR_INIT;
	struct runner *r = NULL;

	assert_int_equal(runner_start(f->store, &o, kinds, n, &r, &err), 0);
	return r;
}

static int work_well(struct job_run *run, struct err *err)
{
	if (job_progress(run, NULL, 1, 2, "{\"at\":1}", err) < 0)
		return -1;
	strbuf_addf(run->result, "{\"saw\":%s}", run->job->payload);
	return job_progress(run, NULL, 2, 2, NULL, err);
}

static void a_job_runs_and_keeps_its_result(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct job_kind kinds[] = { { .name = "well", .fn = work_well } };
	struct store_fixture *f = *state;
	CLEANUP(runner_free) struct runner *r = start(f, kinds, 1);
	int64_t id = add(
		f, &(struct job_new){ .kind = "well", .payload = "{\"n\":7}" });
	struct job job;

	runner_wake(r);
	job = await(f, id, JOB_DONE, arena);
	assert_string_equal(job.result, "{\"saw\":{\"n\":7}}");
	assert_int_equal(job.done, 2);
	assert_true(job.finished_ms > 0);
}

static int fail_twice(struct job_run *run, struct err *err)
{
	atomic_int *calls = run->context;

	if (atomic_fetch_add(calls, 1) < 1)
		return err_set(err, ERR_RETRY, "not yet");
	if (atomic_load(calls) == 2)
		return 0;
	return err_set(err, ERR_INVALID, "never");
}

/* Whether it was done or failed, and not while it may run again. */
static void what_tells_of_people_is_forgotten(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	atomic_int calls = 0;
	const struct job_kind kinds[] = {
		{ .name = "well", .fn = work_well, .forgets = true },
		{ .name = "twice",
		  .fn = fail_twice,
		  .context = &calls,
		  .forgets = true },
	};
	struct store_fixture *f = *state;
	CLEANUP(runner_free) struct runner *r = start(f, kinds, 2);
	int64_t id = add(
		f, &(struct job_new){ .kind = "well", .payload = "{\"n\":7}" });
	struct job job = await(f, id, JOB_DONE, arena);

	assert_string_equal(job.result, "{\"saw\":{\"n\":7}}");
	assert_string_equal(job.payload, "{}");
	for (enum job_state end = JOB_DONE;; end = JOB_FAILED) {
		id = add(f, &(struct job_new){ .kind = "twice",
					       .payload = "{\"n\":7}" });
		job = await(f, id, end, arena);
		assert_string_equal(job.payload, "{}");
		if (end == JOB_FAILED)
			break;
	}
}

static void a_temporary_failure_is_tried_again(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	atomic_int calls = 0;
	const struct job_kind kinds[] = {
		{ .name = "twice", .fn = fail_twice, .context = &calls },
	};
	struct store_fixture *f = *state;
	CLEANUP(runner_free) struct runner *r = start(f, kinds, 1);
	int64_t id = add(f, &(struct job_new){ .kind = "twice" });

	await(f, id, JOB_DONE, arena);
	assert_int_equal(atomic_load(&calls), 2);
	id = add(f, &(struct job_new){ .kind = "twice" });
	assert_string_equal(await(f, id, JOB_FAILED, arena).error, "never");
	assert_int_equal(atomic_load(&calls), 3);
}

static int tell_turn(struct job_run *run, struct err *err)
{
	atomic_int *turns = run->context;

	(void)err;
	strbuf_addf(run->result, "%d", atomic_fetch_add(turns, 1));
	return 0;
}

/* However many the program has queued before. */
static void what_a_user_waits_for_goes_first(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(runner_free) struct runner *r = NULL;
	atomic_int turns = 0;
	const struct job_kind kinds[] = {
		{ .name = "turn", .fn = tell_turn, .context = &turns },
	};
	struct store_fixture *f = *state;
	int64_t last = 0, asked;
	const char *result;

	for (int i = 0; i < 50; i++)
		last = add(f, &(struct job_new){ .kind = "turn" });
	asked = add(f, &(struct job_new){ .kind = "turn", .user_id = 1 });
	r = start(f, kinds, 1);
	await(f, last, JOB_DONE, arena);
	result = await(f, asked, JOB_DONE, arena).result;
	/* there are two threads */
	assert_true(strcmp(result, "0") == 0 || strcmp(result, "1") == 0);
}

static int ask_first(struct job_run *run, struct err *err)
{
	(void)err;
	strbuf_addstr(run->result, "{\"untag\":99}");
	return run->job->confirmed ? 0 : job_ask(run);
}

static void a_job_can_ask_and_go_on(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct job_kind kinds[] = { { .name = "ask", .fn = ask_first } };
	struct store_fixture *f = *state;
	CLEANUP(runner_free) struct runner *r = start(f, kinds, 1);
	int64_t id = add(f, &(struct job_new){ .kind = "ask" });
	struct err err = ERR_INIT;
	struct job job = await(f, id, JOB_NEEDS_CONFIRMATION, arena);

	assert_string_equal(job.result, "{\"untag\":99}");
	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	assert_int_equal(job_confirm(&tx, id, clock_now_ms(), &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	await(f, id, JOB_DONE, arena);
	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	assert_int_equal(job_confirm(&tx, id, clock_now_ms(), &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	tx_release(&tx); /* the runner may wait for it while it stops */
}

static int until_stopped(struct job_run *run, struct err *err)
{
	while (!job_is_stopping(run))
		if (job_progress(run, NULL, 1, 9, NULL, err) < 0)
			return -1;
	return job_again(run, clock_now_ms());
}

static void a_stop_leaves_the_job_for_the_next_process(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct job_kind kinds[] = {
		{ .name = "long", .fn = until_stopped },
	};
	struct store_fixture *f = *state;
	CLEANUP(runner_free) struct runner *r = start(f, kinds, 1);
	int64_t id = add(f, &(struct job_new){ .kind = "long" });

	runner_wake(r);
	while (get(f, id, arena).done == 0)
		;
	runner_stop(r);
	assert_int_equal(get(f, id, arena).state, JOB_QUEUED);
}

static void a_running_job_can_be_canceled(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct job_kind kinds[] = {
		{ .name = "long", .fn = until_stopped },
	};
	struct store_fixture *f = *state;
	CLEANUP(runner_free) struct runner *r = start(f, kinds, 1);
	struct err err = ERR_INIT;
	int64_t id = add(f, &(struct job_new){ .kind = "long" });

	await(f, id, JOB_RUNNING, arena);
	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	assert_int_equal(job_cancel(&tx, id, NULL, clock_now_ms(), &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	await(f, id, JOB_CANCELED, arena);
}

static void what_waits_is_canceled_but_for_an_erasure(void **state)
{
	static const struct {
		struct job_kind kind;
		const char *payload; /* afterwards */
		enum job_state state;
	} cases[] = {
		{ { .name = "tells", .forgets = true }, "{}", JOB_CANCELED },
		{ { .name = "other" }, "{\"a\":1}", JOB_CANCELED },
		{ { .name = "erases", .forgets = true, .stays = true },
		  "{\"a\":1}",
		  JOB_QUEUED },
	};
	struct store_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;
		struct job job;
		int64_t id =
			add(f, &(struct job_new){ .kind = cases[i].kind.name,
						  .payload = "{\"a\":1}" });
		bool is_canceled = cases[i].state == JOB_CANCELED;

		assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
		assert_int_equal(job_cancel(&tx, id, &cases[i].kind,
					    clock_now_ms(), &err),
				 is_canceled ? 0 : -1);
		assert_int_equal(tx_commit(&tx, &err), 0);
		assert_int_equal(job_get(f->crm, id, arena, &job, &err), 0);
		assert_int_equal(job.state, cases[i].state);
		assert_string_equal(job.payload, cases[i].payload);
	}
}

static void a_single_job_is_added_once(void **state)
{
	const struct job_new job = { .kind = "nobody", .single_key = "only" };
	struct store_fixture *f = *state;
	int64_t first = add(f, &job);

	assert_int_equal(add(f, &job), first);
}

static bool can_be_started(struct db *db, int64_t id)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	int n;

	assert_int_equal(db_query_text(db,
				       "SELECT id FROM job WHERE id = ? "
				       "FOR UPDATE SKIP LOCKED",
				       SQL_ARGS(sql_int(id)), &rows, &err),
			 0);
	n = rows_next(rows, &err);
	assert_true(n >= 0);
	return n > 0;
}

/* Whoever ran it before would not see the change. SQLite has one writer. */
static void who_asks_again_has_changed_it_before_it_starts(void **state)
{
	const struct job_new job = { .kind = "nobody", .single_key = "only" };
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(store_put) struct db *other = NULL;
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t first, again;

	if (db_backend(f->crm) != DB_PG)
		return;
	assert_int_equal(store_get(f->store, STORE_CRM, &other, &err), 0);
	first = add(f, &job);
	assert_true(can_be_started(other, first));
	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	assert_int_equal(job_add(&tx, &job, clock_now_ms(), &again, &err), 0);
	assert_int_equal(again, first);
	assert_false(can_be_started(other, first));
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_true(can_be_started(other, first));
}

static void leases_of_the_own_instance_are_freed_at_start(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct job_kind kinds[] = { { .name = "dead", .fn = work_well } };
	struct store_fixture *f = *state;
	int64_t id = add(f, &(struct job_new){ .kind = "dead" });
	struct err err = ERR_INIT;

	{ /* as a killed process leaves it */
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
		assert_int_equal(
			db_exec_text(&tx,
				     "UPDATE job SET state = 2, lease_owner = "
				     "'test', lease_until_ms = ? WHERE id = ?",
				     SQL_ARGS(sql_int(clock_now_ms() + MS_DAY),
					      sql_int(id)),
				     &err),
			1);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	CLEANUP(runner_free) struct runner *r = start(f, kinds, 1);
	await(f, id, JOB_DONE, arena);
}

/* Whose lease nobody renews is dead, though its clock was an hour ahead. */
static void a_job_of_the_dead_is_done_by_others(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *f = *state;
	const struct job_kind kinds[] = { { .name = "heir", .fn = work_well } };
	const struct runner_options o = { .schema = STORE_CRM,
					  .threads = 1,
					  .lease_ms = 100,
					  .instance = "test" };
	CLEANUP(runner_free) struct runner *r = NULL;
	int64_t id = add(f, &(struct job_new){ .kind = "heir" });
	struct err err = ERR_INIT;

	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
		assert_int_equal(
			db_exec_text(&tx,
				     "UPDATE job SET state = 2, lease_owner = "
				     "'gone', lease_until_ms = ? WHERE id = ?",
				     SQL_ARGS(sql_int(clock_now_ms() + MS_HOUR),
					      sql_int(id)),
				     &err),
			1);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	assert_int_equal(runner_start(f->store, &o, kinds, 1, &r, &err), 0);
	await(f, id, JOB_DONE, arena);
}

static int64_t count_jobs(struct store_fixture *f, int64_t id)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct job job;

	return job_get(f->crm, id, arena, &job, &err) == 0;
}

static void what_ended_long_ago_is_forgotten(void **state)
{
	struct store_fixture *f = *state;
	int64_t old = add(f, &(struct job_new){ .kind = "past" });
	int64_t new = add(f, &(struct job_new){ .kind = "past" });
	int64_t give_up_us = clock_monotonic_us() + 20 * 1000000;
	struct err err = ERR_INIT;

	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
		assert_true(db_exec_text(&tx,
					 "UPDATE job SET state = 4, "
					 "finished_ms = CAST(? AS BIGINT) - "
					 "CAST(? AS BIGINT) * (? - id) "
					 "WHERE kind = 'past'",
					 SQL_ARGS(sql_int(clock_now_ms()),
						  sql_int(31 * MS_DAY),
						  sql_int(new)),
					 &err) > 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	CLEANUP(runner_free) struct runner *r = start(f, NULL, 0);
	while (count_jobs(f, old) && clock_monotonic_us() < give_up_us)
		;
	assert_false(count_jobs(f, old));
	assert_true(count_jobs(f, new));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_runs_and_keeps_its_result),
		cmocka_unit_test(what_tells_of_people_is_forgotten),
		cmocka_unit_test(a_temporary_failure_is_tried_again),
		cmocka_unit_test(what_a_user_waits_for_goes_first),
		cmocka_unit_test(a_job_can_ask_and_go_on),
		cmocka_unit_test(a_stop_leaves_the_job_for_the_next_process),
		cmocka_unit_test(a_running_job_can_be_canceled),
		cmocka_unit_test(what_waits_is_canceled_but_for_an_erasure),
		cmocka_unit_test(a_single_job_is_added_once),
		cmocka_unit_test(
			who_asks_again_has_changed_it_before_it_starts),
		cmocka_unit_test(leases_of_the_own_instance_are_freed_at_start),
		cmocka_unit_test(a_job_of_the_dead_is_done_by_others),
		cmocka_unit_test(what_ended_long_ago_is_forgotten),
	};

	return cmocka_run_group_tests(tests, open_fixture, free_fixture);
}
