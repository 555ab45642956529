/*
 * Which members are the bridge's own, whatever comes late, is lost, or is done
 * by somebody else meanwhile.
 */
#include "bridge/bridge_fixture.h"

#include "base/clock.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LATER "2099-01-01T00:00:00+00:00"
#define LONG_AGO "2020-01-01T00:00:00+00:00"

/* A pushed person at a@x.example, group 1. */
static int64_t pushed(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t id;

	bridge_fixture_renew(f);
	id = fake_person(f, "a@x.example").id;
	(void)fake_group(f, "G");
	assert_int_equal(fake_push(f, 1, &err), 0);
	fake_run_all(f);
	fake_sync(f);
	return id;
}

static void delete_person(struct bridge_fixture *f, int64_t id)
{
	f->crm->actor.now_ms = clock_now_ms();
	fake_delete(f, id);
}

static void drop_address(struct bridge_fixture *f, int64_t id)
{
	fake_patch(f, id, "{\"emails\":[]}");
	fake_run_all(f);
	assert_string_equal(fake_status(f, "a@x.example"), "archived");
}

/* With the fields of another member; from NULL: with others. */
static void subscribe_like(struct bridge_fixture *f, const char *address,
			   const char *from)
{
	json_t *fields = from ? json_deep_copy(json_object_get(
					fake_member(f, from), "merge_fields"))
			      : json_pack("{s:s}", "FNAME", "Newcomer");

	fake_subscribe(f, address, "subscribed", "API - Generic");
	BUG_ON(json_object_set_new(fake_member(f, address), "merge_fields",
				   fields) < 0);
}

/* By an administrator, within the hour. */
static void archive_soon(struct bridge_fixture *f)
{
	CLEANUP(strbuf_release) struct strbuf at = STRBUF_INIT;

	time_format_iso(clock_now_ms() + 5 * MS_SECOND, &at);
	fake_set_status(f, "a@x.example", "archived");
	fake_set_changed(f, "a@x.example", at.buf);
}

/* The call that subscribes them has a twin, which hangs somewhere until they
 * have another address. A newcomer is somebody else. */
static void a_late_twin_is_ours(void **state)
{
	static const struct {
		bool newcomer, day_later;
		const char *status; /* then */
	} cases[] = {
		{ false, false, "archived" },
		{ true, false, "subscribed" },
		{ false, true, "subscribed" },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_patch(f, pushed(f), "{\"email\":\"b@x.example\"}");
		fake_run_all(f);
		if (cases[i].day_later)
			fake_exec(f, "UPDATE bridge_member SET added_ms = "
				     "added_ms - 86400000");
		fake_sync(f);
		subscribe_like(f, "a@x.example",
			       cases[i].newcomer ? NULL : "b@x.example");
		fake_sync(f);
		fake_run_all(f);
		fake_sync(f);
		assert_string_equal(fake_status(f, "a@x.example"),
				    cases[i].status);
		assert_string_equal(fake_status(f, "b@x.example"),
				    "subscribed");
	}
}

/* Somebody who was archived by us signs up elsewhere. */
static void who_comes_back_elsewhere_is_not_ours(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault_at = 0; fault_at < 6; fault_at++) {
		int64_t id = pushed(f);

		delete_person(f, id);
		f->fault_at = fault_at;
		f->fault = FAULT_LOST;
		fake_run_all(f);
		fake_sync(f);
		assert_string_equal(fake_status(f, "a@x.example"), "archived");
		fake_set_status(f, "a@x.example", "subscribed");
		fake_set_changed(f, "a@x.example", LATER);
		fake_sync(f);
		fake_sync(f);
		assert_string_equal(fake_status(f, "a@x.example"),
				    "subscribed");
	}
}

/* We archived them, they came back and were pushed: who archives them then was
 * an administrator, even within the hour; not if it never came to that. */
static void an_archive_after_ours_is_not_ours(void **state)
{
	static const enum fault faults[] = { FAULT_NONE, FAULT_LOST,
					     FAULT_CUT };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		struct err err = ERR_INIT;
		int64_t id = pushed(f);
		bool back = true;

		drop_address(f, id);
		fake_patch(f, id, "{\"email\":\"a@x.example\"}");
		fake_run_all(f);
		for (int n = 1; back; n++) { /* until it is the batch */
			f->fault_at = n;
			f->fault_more = faults[i] == FAULT_CUT ? 20 : 0;
			f->fault = faults[i];
			(void)fake_run_once(
				f,
				fake_add_job(f, "push",
					     "{\"group_id\":1,\"dry_run\":"
					     "false}"),
				&err);
			back = f->fault_at == 0 &&
			       fake_number(f, "SELECT COUNT(*) FROM "
					      "bridge_member WHERE status = 6");
		}
		f->fault_at = f->fault_more = 0;
		fake_exec(f, "DELETE FROM job");
		back = strcmp(fake_status(f, "a@x.example"), "archived") == 0;
		assert_int_equal(back, faults[i] == FAULT_CUT);
		if (!back)
			archive_soon(f);
		fake_sync(f);
		assert_int_equal(fake_push(f, 1, &err), 0);
		assert_string_equal(fake_status(f, "a@x.example"),
				    back ? "subscribed" : "archived");
	}
}

/* Nobody knows whether it was archived: no page tells, but the bridge looks. */
static void an_archive_that_was_not_done_is_done(void **state)
{
	struct bridge_fixture *f = *state;

	for (int n = 1; n < 6; n++) {
		struct err err = ERR_INIT;
		int64_t id = pushed(f);

		fake_set_changed(f, "a@x.example", LONG_AGO);
		delete_person(f, id);
		f->fault_at = n;
		f->fault_more = 10;
		f->fault = FAULT_CUT;
		(void)fake_run_once(
			f, fake_number(f, "SELECT MAX(id) FROM job"), &err);
		f->fault_at = 0;
		fake_exec(f, "DELETE FROM job");
		assert_int_equal(
			fake_run(f, fake_add_job(f, "sync", "{\"full\":false}"),
				 &err),
			0);
		assert_string_equal(fake_status(f, "a@x.example"), "archived");
		/* and it is ours: whoever gets the address is added */
		(void)fake_person(f, "a@x.example");
		assert_int_equal(fake_push(f, 1, &err), 0);
		assert_string_equal(fake_status(f, "a@x.example"),
				    "subscribed");
	}
}

/* One wrong answer does not make us forget what is ours. */
static void one_404_is_not_believed_for_ever(void **state)
{
	static const char *const changes[] = {
		"{\"email\":\"b@x.example\"}",
		"{\"emails\":[]}",
		NULL,
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		for (int n = 1; n < 8; n++) {
			int64_t id = pushed(f);

			if (changes[i])
				fake_patch(f, id, changes[i]);
			else
				delete_person(f, id);
			f->fault_at = n;
			f->fault = FAULT_GONE;
			fake_run_all(f);
			f->fault_at = 0;
			fake_sync(f);
			fake_run_all(f);
			fake_sync(f);
			if (fake_wrong(f) != 0)
				fail_msg("change %zu, request %d", i, n);
		}
	}
}

/* --- two jobs at one member --- */

static int64_t two_jobs_of;

static void run_person_job(struct bridge_fixture *f)
{
	char payload[64];
	struct err err = ERR_INIT;

	snprintf(payload, sizeof(payload), "{\"person_id\":%lld}",
		 (long long)two_jobs_of);
	assert_int_equal(
		fake_run(f, fake_add_job(f, "bridge-person", payload), &err),
		0);
}

static void archive_twice_and_rename(struct bridge_fixture *f,
				     const struct mc_request *rq, bool done)
{
	if (done || strcmp(rq->method, "DELETE") != 0)
		return;
	f->during = NULL;
	run_person_job(f);
	fake_rename(f, "a@x.example", "b@x.example");
}

static void archive_before_the_move(struct bridge_fixture *f,
				    const struct mc_request *rq, bool done)
{
	if (done || strcmp(rq->method, "PATCH") != 0)
		return;
	f->during = NULL;
	fake_set_status(f, "a@x.example", "archived");
}

static void move_what_is_archived(struct bridge_fixture *f,
				  const struct mc_request *rq, bool done)
{
	if (done || strcmp(rq->method, "DELETE") != 0)
		return;
	fake_patch(f, two_jobs_of, "{\"email\":\"b@x.example\"}");
	f->during = archive_before_the_move;
	run_person_job(f);
}

static void must_arrive(struct bridge_fixture *f, const char *address)
{
	struct err err = ERR_INIT;

	assert_null(f->during);
	fake_sync(f);
	assert_int_equal(fake_push(f, 1, &err), 0);
	fake_run_all(f);
	assert_string_equal(fake_status(f, address), "subscribed");
}

/* The slower one finds nobody, as the member has another address since. */
static void archived_by_another_job_is_ours(void **state)
{
	struct bridge_fixture *f = *state;

	two_jobs_of = pushed(f);
	delete_person(f, two_jobs_of);
	f->during = archive_twice_and_rename;
	fake_run_all(f);
	(void)fake_person(f, "b@x.example");
	must_arrive(f, "b@x.example");
}

/* One archives the member of an address that was dropped, the other moves it
 * to the one that the person has got since. */
static void archived_while_it_moves_is_ours(void **state)
{
	struct bridge_fixture *f = *state;

	two_jobs_of = pushed(f);
	fake_patch(f, two_jobs_of, "{\"emails\":[]}");
	f->during = move_what_is_archived;
	fake_run_all(f);
	must_arrive(f, "b@x.example");
}

/* The audience renames a member that we archived; somebody gets its new
 * address, and the call that subscribes them, or another one, is lost. */
static void archived_by_us_and_renamed_is_taken_over(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault_at = 1; fault_at < 14;
	     fault_at += store_fixture_stride()) {
		struct err err = ERR_INIT;

		bridge_fixture_renew(f);
		drop_address(f, pushed(f));
		fake_sync(f);
		fake_rename(f, "a@x.example", "z@x.example");
		fake_sync(f);
		(void)fake_person(f, "z@x.example");
		f->fault_at = fault_at;
		f->fault = FAULT_PAGE_403;
		(void)fake_push(f, 1, &err);
		f->fault_at = 0;
		fake_sync(f);
		fake_run_all(f);
		must_arrive(f, "z@x.example");
	}
}

static struct {
	int64_t person_id;
	int in; /* so many requests from now on */
} newcomer;

static void move_newcomer(struct bridge_fixture *f, const struct mc_request *rq,
			  bool done)
{
	(void)rq;
	if (!done || --newcomer.in > 0)
		return;
	f->during = NULL;
	fake_patch(f, newcomer.person_id, "{\"email\":\"a@x.example\"}");
}

static void take_over(struct bridge_fixture *f, int moved_at, int fault_at)
{
	struct err err = ERR_INIT;

	drop_address(f, pushed(f));
	fake_sync(f);
	newcomer.person_id = fake_person(f, "c@x.example").id;
	newcomer.in = moved_at;
	f->during = move_newcomer;
	f->fault_at = fault_at;
	f->fault = FAULT_PAGE_403;
	(void)fake_push(f, 1, &err); /* may want another try */
	f->fault_at = 0;
	if (f->during) {
		f->during = NULL;
		fake_patch(f, newcomer.person_id,
			   "{\"email\":\"a@x.example\"}");
	}
	fake_run_all(f);
	must_arrive(f, "a@x.example");
}

/* Somebody gets an address whose member we archived, before or after the push
 * was planned, and before or after it comes to them; and a call fails. */
static void archived_by_us_is_taken_over(void **state)
{
	for (int moved_at = 1; moved_at < 10; moved_at++)
		for (int fault_at = 1 + store_fixture_offset(moved_at);
		     fault_at < 10; fault_at += store_fixture_stride())
			take_over(*state, moved_at, fault_at);
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_late_twin_is_ours),
		TEST(who_comes_back_elsewhere_is_not_ours),
		TEST(an_archive_after_ours_is_not_ours),
		TEST(an_archive_that_was_not_done_is_done),
		TEST(one_404_is_not_believed_for_ever),
		TEST(archived_by_another_job_is_ours),
		TEST(archived_while_it_moves_is_ours),
		TEST(archived_by_us_and_renamed_is_taken_over),
		TEST(archived_by_us_is_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
