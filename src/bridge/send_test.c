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

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(faults_make_no_second_campaign),
		TEST(failing_statements_make_no_second_campaign),
		TEST(a_test_is_never_sent_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
