/*
 * The bridge is turned to another audience, or to the same one by another way,
 * and back: what it knows of the members of each stays with that one.
 */
#include "bridge/bridge_fixture.h"

#include "base/clock.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct {
	const char *url, *list;
	json_t *members; /* while the bridge drives the other one */
} audiences[2];
static int current;

static void turn_to(struct bridge_fixture *f, int i)
{
	audiences[current].members = f->members;
	current = i;
	f->members =
		audiences[i].members ? audiences[i].members : json_object();
	audiences[i].members = NULL;
	f->list = audiences[i].list;
	f->bridge.setup.url = audiences[i].url;
}

static void renew(struct bridge_fixture *f)
{
	bridge_fixture_renew(f);
	for (int i = 0; i < 2; i++)
		json_free(&audiences[i].members);
	current = 0;
	audiences[0].url = "https://one/3.0";
	audiences[0].list = "aaaaaaaaaa";
	audiences[1].url = "https://two/3.0";
	audiences[1].list = "bbbbbbbbbb";
	f->list = audiences[0].list;
	f->bridge.setup.url = audiences[0].url;
	f->bridge.setup.inside = false;
}

/* People at a@ and b@x.example, pushed. */
static int64_t pushed(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t id;

	renew(f);
	id = fake_person(f, "a@x.example").id;
	fake_person(f, "b@x.example");
	assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
	fake_sync(f);
	return id;
}

static void sync_incremental(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;

	assert_int_equal(
		fake_run(f, fake_add_job(f, "sync", "{\"full\":false}"), &err),
		0);
}

static void the_same_audience_by_another_url(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t id = pushed(f);

	f->bridge.setup.url = "https://another/3.0";
	fake_sync(f);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM bridge_member "
					"WHERE added_ms IS NOT NULL"),
			 2);
	fake_delete(f, id);
	fake_run_all(f);
	assert_string_equal(fake_status(f, "a@x.example"), "archived");
}

/* While the bridge drives another audience, which has the same people. */
static void there_and_back(void **state)
{
	struct bridge_fixture *f = *state;

	for (int deleted = 0; deleted < 2; deleted++) {
		struct err err = ERR_INIT;
		int64_t id = pushed(f);

		turn_to(f, 1);
		assert_int_equal(fake_push(f, 1, &err), 0);
		fake_sync(f);
		assert_string_equal(fake_status(f, "a@x.example"),
				    "subscribed");
		fake_set_status(f, "b@x.example", "archived");
		fake_sync(f);
		if (deleted)
			fake_delete(f, id);
		fake_run_all(f);
		/* and long before the cursor, there */
		turn_to(f, 0);
		if (!deleted)
			fake_set_status(f, "a@x.example", "unsubscribed");
		fake_set_changed(f, "a@x.example", "2020-01-01T00:00:00+00:00");
		turn_to(f, 1);
		fake_sync(f);
		turn_to(f, 0);
		sync_incremental(f);
		fake_run_all(f);
		if (deleted)
			assert_string_equal(fake_status(f, "a@x.example"),
					    "archived");
		else
			assert_int_equal(fake_number(f, "SELECT opted_out FROM "
							"person WHERE id = 1"),
					 1);
		/* what an administrator did there is nothing here */
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM "
						"bridge_member WHERE status = 1"
						" AND added_ms IS NOT NULL"),
				 1);
		turn_to(f, 1);
		sync_incremental(f);
		assert_int_equal(fake_push(f, 1, &err), 0);
		assert_string_equal(fake_status(f, "b@x.example"), "archived");
	}
}

/* Whoever was erased meanwhile is deleted there when the bridge comes back. */
static void an_erasure_reaches_both(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t id = pushed(f);

	turn_to(f, 1);
	assert_int_equal(fake_push(f, 1, &err), 0);
	fake_erase(f, id);
	fake_run_all(f);
	assert_string_equal(fake_status(f, "a@x.example"), "none");
	turn_to(f, 0);
	assert_string_equal(fake_status(f, "a@x.example"), "subscribed");
	sync_incremental(f);
	assert_string_equal(fake_status(f, "a@x.example"), "none");
	assert_string_equal(fake_status(f, "b@x.example"), "subscribed");
}

/* All of it, or nothing. */
static void a_failing_exchange_loses_nothing(void **state)
{
	struct bridge_fixture *f = *state;
	int failures = 0, ret;

	do {
		struct err err = ERR_INIT;
		int64_t job;

		(void)pushed(f);
		turn_to(f, 1);
		job = fake_add_job(f, "sync", "{}");
		f->statement_at = ++failures;
		ret = fake_run_once(f, job, &err);
		fake_run_all(f);
		turn_to(f, 0);
		sync_incremental(f);
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM "
						"bridge_member WHERE "
						"added_ms IS NOT NULL"),
				 2);
	} while (ret < 0);
	assert_true(failures > 5);
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_audience_by_another_url),
		TEST(there_and_back),
		TEST(an_erasure_reaches_both),
		TEST(a_failing_exchange_loses_nothing),
	};
	int ret = cmocka_run_group_tests(tests, NULL, NULL);

	for (int i = 0; i < 2; i++)
		json_free(&audiences[i].members);
	return ret;
}
