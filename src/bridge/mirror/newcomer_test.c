#include "bridge/bridge_fixture.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS "a@x.example"
#define OUT "{\"opted_out\":true,\"reason\":\"phoned\"}"
#define API "API - Generic"
#define FORM "Hosted Signup Form"

static void opt_out(struct bridge_fixture *f)
{
	fake_patch(f, fake_person(f, ADDRESS).id, OUT);
}

static void opt_out_and_delete(struct bridge_fixture *f)
{
	struct record p = fake_person(f, ADDRESS);

	fake_patch(f, p.id, OUT);
	fake_delete(f, p.id);
}

/* So long ago that nothing is under way any more. */
static void erase(struct bridge_fixture *f)
{
	fake_erase(f, fake_person(f, ADDRESS).id);
	fake_run_all(f);
	fake_exec(f, "UPDATE bridge_member SET changed_ms = 1");
	fake_sync(f);
}

static void leave_it(struct bridge_fixture *f)
{
	struct record p = fake_person(f, ADDRESS);

	fake_patch(f, p.id, OUT);
	fake_patch(f, p.id, "{\"email\":\"b@x.example\"}");
}

static struct record make_lead(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	struct record lead;

	fake_must(fixture_create(f->crm, ENTITY_LEAD,
				 "{\"first_name\":\"L\",\"email\":\"" ADDRESS
				 "\"}",
				 &lead, &err),
		  &err);
	return lead;
}

static void opt_out_a_lead(struct bridge_fixture *f)
{
	struct record lead = make_lead(f);
	struct err err = ERR_INIT;

	fake_must(fixture_patch(f->crm, ENTITY_LEAD, lead.id, OUT, &lead, &err),
		  &err);
}

static void say_nothing(struct bridge_fixture *f)
{
	fake_person(f, ADDRESS);
}

/* A look at the audience, and all that follows from it. */
static void watch(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t job = fake_add_job(f, "watch", "{}");

	for (int i = 0; i < 2; i++) /* the first says when to begin */
		assert_true(fake_run_once(f, job, &err) >= 0);
	fake_exec(f, "DELETE FROM job WHERE kind = 'watch'");
	fake_run_all(f);
}

static void sync_all(struct bridge_fixture *f)
{
	fake_sync(f);
	fake_run_all(f);
}

typedef void (*step_fn)(struct bridge_fixture *f);

static void who_says_no_here_is_not_mailed_for_others(void **state)
{
	static const struct {
		step_fn before;
		const char *source, *signed_up; /* NULL: never told */
		bool stays;
	} cases[] = {
		{ say_nothing, API, NULL, true },
		{ opt_out, API, NULL, false },
		{ opt_out, FORM, NULL, false }, /* a user's word */
		{ opt_out_and_delete, API, NULL, false },
		{ opt_out_and_delete, "", NULL, false },
		{ opt_out_and_delete, FORM, NULL, false },
		{ opt_out_and_delete, FORM, "2001-01-01T00:00:00+00:00",
		  false },
		{ opt_out_and_delete, FORM, "2999-01-01T00:00:00+00:00", true },
		{ opt_out_and_delete, API, "2999-01-01T00:00:00+00:00", false },
		{ leave_it, API, NULL, false },
		{ erase, API, NULL, false },
		{ erase, FORM, "2999-01-01T00:00:00+00:00", true },
		{ opt_out_a_lead, API, NULL, false },
	};
	static const step_fn looks[] = { watch, sync_all };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		size_t c = i / 2;

		bridge_fixture_renew(f);
		cases[c].before(f);
		sync_all(f);
		fake_subscribe(f, ADDRESS, "subscribed", cases[c].source);
		if (cases[c].signed_up)
			fake_say(fake_member(f, ADDRESS), "timestamp_opt",
				 cases[c].signed_up);
		looks[i % 2](f);
		if ((strcmp(fake_status(f, ADDRESS), "subscribed") == 0) !=
		    cases[c].stays)
			fail_msg("case %zu, look %zu: %s", c, i % 2,
				 fake_status(f, ADDRESS));
	}
}

/* Programs ask, and people: the answer is theirs, and no mail goes out before
 * it. */
static void who_is_asked_may_answer(void **state)
{
	static const step_fn words[] = { opt_out, opt_out_and_delete, leave_it,
					 opt_out_a_lead, erase };
	static const step_fn looks[] = { watch, sync_all };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(words); i++) {
		bridge_fixture_renew(f);
		words[i / 2](f);
		sync_all(f);
		fake_subscribe(f, ADDRESS, "pending", FORM);
		fake_set_changed(f, ADDRESS, "2999-01-01T00:00:00+00:00");
		looks[i % 2](f);
		sync_all(f);
		assert_string_equal(fake_status(f, ADDRESS), "pending");
		/* a no that came since is another matter */
		fake_set_changed(f, ADDRESS, "1970-01-01T00:00:00+00:00");
		json_object_del(fake_member(f, ADDRESS), "changed_ms");
		fake_exec(f, "DELETE FROM bridge_member");
		fake_exec(f, "DELETE FROM setting WHERE key ="
			     " 'bridge.cursor_ms'");
		sync_all(f);
		if (strcmp(fake_status(f, ADDRESS), "unsubscribed") != 0)
			fail_msg("case %zu", i);
	}
}

/* It may have come while nobody looked, or from a backup. */
static void a_whole_sync_finds_those_whom_the_mirror_knows(void **state)
{
	static const step_fn words[] = { opt_out, opt_out_and_delete, erase,
					 opt_out_a_lead };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		bridge_fixture_renew(f);
		words[i](f);
		fake_subscribe(f, ADDRESS, "subscribed", API);
		sync_all(f);
		fake_set_status(f, ADDRESS, "subscribed");
		fake_exec(f, "UPDATE bridge_member SET status = 1");
		sync_all(f);
		assert_string_equal(fake_status(f, ADDRESS), "unsubscribed");
	}
}

/* A page that was read before we unsubscribed them, and stored after it. */
static void a_mirror_that_is_out_of_date_hides_nobody(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t id = fake_pushed(f, ADDRESS);

	fake_patch(f, id, OUT);
	fake_run_all(f);
	for (int i = 0; i < 2; i++) {
		fake_set_status(f, ADDRESS, "subscribed");
		fake_set_changed(f, ADDRESS, "2026-01-02T03:04:05+00:00");
		fake_exec(f, i ? "UPDATE bridge_member SET status = 1,"
				 " changed_ms = 1767323045000"
			       : "UPDATE bridge_member SET status = 1,"
				 " changed_ms = 1767323041000");
		fake_exec(f, "DELETE FROM setting WHERE key ="
			     " 'bridge.cursor_ms'");
		watch(f);
		assert_string_equal(fake_status(f, ADDRESS), "unsubscribed");
	}
}

/* Whose member it is has said nothing: a user is asked about the address. */
static void a_member_may_be_given_an_address_that_says_no(void **state)
{
	static const step_fn words[] = { opt_out, opt_out_and_delete, erase,
					 opt_out_a_lead };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		bridge_fixture_renew(f);
		words[i](f);
		fake_pushed(f, "other@x.example");
		fake_rename(f, "other@x.example", ADDRESS);
		watch(f);
		assert_string_equal(fake_status(f, ADDRESS), "unsubscribed");
		assert_int_equal(
			fake_number(f, "SELECT opted_out FROM person WHERE id ="
				       " (SELECT record_id FROM email WHERE"
				       " folded = 'other@x.example' AND"
				       " ended_ms IS NULL)"),
			0);
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM"
						" bridge_parked"),
				 1);
	}
}

/* Where no webhook comes, the next look hears it. */
static void a_look_hears_who_left(void **state)
{
	struct bridge_fixture *f = *state;

	fake_pushed(f, ADDRESS);
	fake_set_status(f, ADDRESS, "unsubscribed");
	watch(f);
	assert_int_equal(fake_number(f, "SELECT opted_out FROM person"), 1);
}

static void a_look_hears_a_lead_that_left(void **state)
{
	struct bridge_fixture *f = *state;

	make_lead(f);
	fake_subscribe(f, ADDRESS, "subscribed", API);
	fake_sync(f);
	fake_set_status(f, ADDRESS, "unsubscribed");
	watch(f);
	assert_int_equal(fake_number(f, "SELECT opted_out FROM lead"), 1);
}

static int64_t requests_of(struct bridge_fixture *f, int64_t job)
{
	struct err err = ERR_INIT;
	int before = f->requests;

	assert_true(fake_run_once(f, job, &err) >= 0);
	return f->requests - before;
}

static void nothing_is_read_if_nothing_changed(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t job;

	fake_subscribe(f, ADDRESS, "subscribed", API);
	job = fake_add_job(f, "watch", "{}");
	assert_true(fake_run_once(f, job, &err) >= 0);
	assert_true(requests_of(f, job) > 2);
	/* there may be more of the same second */
	assert_true(requests_of(f, job) > 2);
	assert_int_equal(requests_of(f, job), 2); /* the looks themselves */
	fake_subscribe(f, "other@x.example", "subscribed", API);
	assert_true(requests_of(f, job) > 2);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM bridge_member"),
			 2);
}

/* Whatever fails, the next look finds them. */
static void failing_statements_lose_nobody(void **state)
{
	struct bridge_fixture *f = *state;
	int failures = 0;

	for (int n = 1;; n += store_fixture_stride()) {
		struct err err = ERR_INIT;
		int64_t job;
		int ret;

		bridge_fixture_renew(f);
		opt_out_and_delete(f);
		sync_all(f);
		fake_subscribe(f, ADDRESS, "subscribed", API);
		job = fake_add_job(f, "watch", "{}");
		assert_true(fake_run_once(f, job, &err) >= 0);
		f->statement_at = n;
		ret = fake_run_once(f, job, &err);
		err.code = ERR_NONE;
		assert_true(fake_run_once(f, job, &err) >= 0);
		assert_string_equal(fake_status(f, ADDRESS), "unsubscribed");
		if (ret >= 0)
			break;
		failures++;
	}
	assert_true(failures * store_fixture_stride() > 5);
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_says_no_here_is_not_mailed_for_others),
		TEST(who_is_asked_may_answer),
		TEST(a_whole_sync_finds_those_whom_the_mirror_knows),
		TEST(a_mirror_that_is_out_of_date_hides_nobody),
		TEST(a_member_may_be_given_an_address_that_says_no),
		TEST(a_look_hears_who_left),
		TEST(a_look_hears_a_lead_that_left),
		TEST(nothing_is_read_if_nothing_changed),
		TEST(failing_statements_lose_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
