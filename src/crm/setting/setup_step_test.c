#include "crm/setting/setup_step.h"

#include "base/err.h"
#include "crm/crm_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const bool nothing[SETUP_STEPS] = { false, false, false };

/* "open open open", and " finished" if it is. */
static const char *progress(struct crm_fixture *f,
			    const bool given[SETUP_STEPS])
{
	static char text[100];
	struct setup_progress p;
	struct err err = ERR_INIT;

	if (setup_progress_load(f->db, given, &p, &err) < 0)
		fail_msg("%s", err.text);
	snprintf(text, sizeof(text), "%s %s %s%s",
		 setup_state_name(p.steps[SETUP_ORGANISATION]),
		 setup_state_name(p.steps[SETUP_RELAY]),
		 setup_state_name(p.steps[SETUP_PEOPLE]),
		 p.finished ? " finished" : "");
	return text;
}

static void put_setting(struct crm_fixture *f, const char *key,
			const char *value)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_true(setting_put(&tx, key, value, &err) >= 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static void put_step(struct crm_fixture *f, enum setup_step step,
		     enum setup_state to)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(setup_step_put(&tx, step, to, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static void steps_are_taken_or_skipped(void **state)
{
	struct crm_fixture *f = *state;

	assert_string_equal(progress(f, nothing), "open open open");
	put_step(f, SETUP_ORGANISATION, SETUP_DONE);
	put_step(f, SETUP_RELAY, SETUP_SKIPPED);
	put_setting(f, "organisation", "Acme"); /* saved by this program */
	assert_string_equal(progress(f, nothing), "done skipped open");
	put_setting(f, "setup.finished", "true");
	assert_string_equal(progress(f, nothing), "done skipped open finished");
	put_setting(f, "setup.finished", NULL);
	put_step(f, SETUP_PEOPLE, SETUP_SKIPPED);
	assert_string_equal(progress(f, nothing),
			    "done skipped skipped finished");
}

static void options_take_steps(void **state)
{
	static const bool both[SETUP_STEPS] = { true, true, false };
	struct crm_fixture *f = *state;

	assert_string_equal(progress(f, both), "done done open");
	put_step(f, SETUP_RELAY, SETUP_SKIPPED);
	assert_string_equal(progress(f, both), "done skipped open");
}

static void a_server_in_use_has_finished(void **state)
{
	struct crm_fixture *f = *state;

	(void)fixture_person(f, "{\"last_name\":\"A\"}");
	assert_string_equal(progress(f, nothing), "open open done finished");
}

static void so_has_one_with_settings_of_before(void **state)
{
	static const char *const keys[] = { "organisation", "postal_address" };
	struct crm_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		put_setting(f, keys[i], "");
		assert_string_equal(progress(f, nothing), "open open open");
		put_setting(f, keys[i], "x");
		assert_string_equal(progress(f, nothing),
				    "done open open finished");
		put_setting(f, keys[i], NULL);
	}
}

#define TEST(name)                                              \
	cmocka_unit_test_setup_teardown(name, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(steps_are_taken_or_skipped),
		TEST(options_take_steps),
		TEST(a_server_in_use_has_finished),
		TEST(so_has_one_with_settings_of_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
