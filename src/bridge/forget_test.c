/*
 * Whoever was erased is deleted for good over there, whatever fails, for
 * however long, and whatever comes late.
 */
#include "bridge/bridge_fixture.h"

#include "base/clock.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define TO_FORGET \
	"SELECT COUNT(*) FROM bridge_member WHERE to_forget_ms IS NOT NULL"

/* A pushed person at a@x.example, and somebody else. */
static int64_t pushed(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t id;

	bridge_fixture_renew(f);
	id = fake_person(f, "a@x.example").id;
	fake_person(f, "other@x.example");
	assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
	fake_run_all(f);
	return id;
}

static void must_be_gone(struct bridge_fixture *f, const char *address)
{
	assert_string_equal(fake_status(f, address), "none");
	assert_string_equal(fake_status(f, "other@x.example"), "subscribed");
}

/* An hour later. */
static void let_time_pass(struct bridge_fixture *f)
{
	fake_exec(f, "UPDATE bridge_member SET changed_ms = changed_ms -"
		     " 3600000 WHERE to_forget_ms IS NOT NULL AND changed_ms > "
		     "0");
}

/* The job may fail for good: the next sync goes on. */
static void an_outage_delays_it(void **state)
{
	static const enum fault faults[] = {
		FAULT_503, FAULT_429,     FAULT_PAGE_200, FAULT_PAGE_403,
		FAULT_CUT, FAULT_GATEWAY, FAULT_LOST,     FAULT_DENIED,
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		for (int more = 0; more < 40; more += 13) {
			fake_erase(f, pushed(f));
			f->fault_at = 1;
			f->fault_more = more;
			f->fault = faults[i];
			fake_run_all(f);
			f->fault_at = 0;
			fake_sync(f);
			must_be_gone(f, "a@x.example");
		}
	}
}

static void whatever_statement_fails(void **state)
{
	struct bridge_fixture *f = *state;
	int failures = 0, ret;

	do {
		struct err err = ERR_INIT;

		fake_erase(f, pushed(f));
		f->statement_at = ++failures;
		ret = fake_run_once(
			f, fake_number(f, "SELECT MAX(id) FROM job"), &err);
		fake_run_all(f);
		must_be_gone(f, "a@x.example");
	} while (ret < 0);
	assert_true(failures > 3);
}

/* There may be none when the job looks, and one later: a call of ours was under
 * way. Twice gone, with an hour between, is gone. */
static void who_comes_late_is_deleted(void **state)
{
	struct bridge_fixture *f = *state;

	for (int hours = 0; hours < 2; hours++) {
		fake_erase(f, pushed(f));
		BUG_ON(json_object_clear(f->members) < 0);
		fake_subscribe(f, "other@x.example", "subscribed", "API");
		fake_run_all(f);
		fake_sync(f);
		assert_int_equal(fake_number(f, TO_FORGET), 1);
		if (hours > 0)
			let_time_pass(f);
		fake_subscribe(f, "a@x.example", "subscribed", "API");
		fake_sync(f);
		must_be_gone(f, "a@x.example");
		assert_int_equal(fake_number(f, TO_FORGET), 0);
	}
	fake_erase(f, pushed(f));
	BUG_ON(json_object_clear(f->members) < 0);
	fake_run_all(f);
	let_time_pass(f);
	fake_sync(f);
	assert_int_equal(fake_number(f, TO_FORGET), 0);
}

/* While it cannot be deleted, pages of members say that it is there. */
static void it_stays_forgotten_until_then(void **state)
{
	struct bridge_fixture *f = *state;
	int seen = 0;

	for (int n = 1; n < 8; n++) {
		struct err err = ERR_INIT;

		fake_erase(f, pushed(f));
		f->fault = FAULT_503;
		f->fault_at = n;
		f->fault_more = 100;
		(void)fake_run_once(
			f, fake_add_job(f, "sync", "{\"full\":true}"), &err);
		if (!fake_member(f, "a@x.example"))
			continue;
		seen++;
		assert_int_equal(fake_number(f, TO_FORGET " AND status = 7"),
				 1);
	}
	assert_true(seen > 1);
}

/* The contact was given another address there, which nobody has seen yet; who
 * has that address is spared. */
static void a_contact_that_moved_is_found(void **state)
{
	struct bridge_fixture *f = *state;

	for (int shared = 0; shared < 2; shared++) {
		for (int n = 0; n < 8; n++) {
			int64_t id = pushed(f);

			fake_rename(f, "a@x.example", "c@x.example");
			if (shared)
				fake_person(f, "c@x.example");
			fake_erase(f, id);
			f->fault_at = n;
			f->fault = FAULT_LOST;
			fake_run_all(f);
			fake_sync(f);
			fake_run_all(f);
			assert_string_equal(fake_status(f, "c@x.example"),
					    shared ? "subscribed" : "none");
			must_be_gone(f, "a@x.example");
		}
	}
}

/* The job of an earlier version names the members. */
static void an_old_job_is_taken_over(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t job;

	(void)pushed(f);
	job = fake_add_job(f, "bridge-forget",
			   "{\"person_id\":1,\"email_hashes\":"
			   "[\"2c6fd0b2f1eb1ac4f1d1c1b6ea0f1a4c\"]}");
	f->fault_at = 1;
	f->fault = FAULT_503;
	assert_int_equal(fake_run_once(f, job, &err), -1);
	assert_int_equal(fake_number(f, TO_FORGET), 1);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM job WHERE "
					"payload LIKE '%2c6fd0b2%'"),
			 0);
	assert_int_equal(fake_run_once(f, job, &err), 0);
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_outage_delays_it),
		TEST(whatever_statement_fails),
		TEST(who_comes_late_is_deleted),
		TEST(it_stays_forgotten_until_then),
		TEST(a_contact_that_moved_is_found),
		TEST(an_old_job_is_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
