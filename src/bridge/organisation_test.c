/* What the audience is told of who we are, and when. */
#include "bridge/bridge_fixture.h"
#include "bridge/bridge_organisation.h"

#include "base/arena.h"
#include "base/err.h"
#include "mcapi/mc_client.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct organisation nothing = { "", "", "", "", "", "" };
static const struct organisation ours = { "Acme", "1 Road\n12345 Town\nGermany",
					  "Ann",  "ann@acme.example",
					  "de",   "" };

static char told[1000]; /* the last PATCH of the list */
static int calls;

static void listen(struct bridge_fixture *f, const struct mc_request *rq,
		   bool done)
{
	if (done || strcmp(rq->method, "PATCH") != 0 ||
	    strcmp(rq->path + strlen("/lists/"), f->list) != 0)
		return;
	calls++;
	snprintf(told, sizeof(told), "%s", rq->body);
}

static int set_up(void **state)
{
	struct bridge_fixture *f;
	int ret = bridge_fixture_open(state);

	f = *state;
	f->during = listen;
	f->bridge.setup.inside = true;
	f->bridge.setup.organisation = f->bridge.setup.postal_address = "";
	calls = 0;
	told[0] = '\0';
	return ret;
}

static int try_to_save(struct bridge_fixture *f,
		       const struct organisation *before,
		       const struct organisation *now, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f->db, &tx, err) < 0 ||
	    organisation_save(&tx, before, now, 1, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static void save(struct bridge_fixture *f, const struct organisation *before,
		 const struct organisation *now)
{
	struct err err = ERR_INIT;

	fake_must(try_to_save(f, before, now, &err), &err);
}

static const char *news(struct bridge_fixture *f,
			const struct organisation *now, bool all)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct organisation options = {
		.name = f->bridge.setup.organisation,
		.postal_address = f->bridge.setup.postal_address,
	};
	int ret = bridge_organisation_news(f->db, &options, now, all, &body,
					   &err);

	fake_must(ret, &err);
	assert_int_equal(ret > 0, body.len > 0);
	return arena_str(f->crm->arena, strbuf_str(&body));
}

static void what_is_saved_is_told(void **state)
{
	struct bridge_fixture *f = *state;

	save(f, &nothing, &ours);
	fake_run_all(f);
	assert_string_equal(
		told,
		"{\"name\":\"Acme\",\"contact\":{\"company\":\"Acme\","
		"\"address1\":\"1 Road\",\"address2\":\"12345 Town, Germany\","
		"\"city\":\"\",\"state\":\"\",\"zip\":\"\",\"country\":\"\"},"
		"\"campaign_defaults\":{\"from_name\":\"Ann\","
		"\"from_email\":\"ann@acme.example\",\"language\":\"de\"}}");
	/* again, by a user: whatever is over there by now */
	save(f, &ours, &ours);
	fake_run_all(f);
	assert_int_equal(calls, 2);
}

static void an_account_elsewhere_is_left_alone(void **state)
{
	struct bridge_fixture *f = *state;

	f->bridge.setup.inside = false;
	save(f, &nothing, &ours);
	fake_run_all(f);
	assert_int_equal(calls, 0);
	assert_int_equal(f->requests, 0);
}

/* What a server looks at when it starts. */
static void only_news_is_told_at_a_start(void **state)
{
	struct bridge_fixture *f = *state;
	struct organisation other = ours;

	assert_string_equal(news(f, &nothing, false), "");
	assert_true(strlen(news(f, &ours, false)) >
		    0); /* of an older program */
	save(f, &nothing, &ours);
	fake_run_all(f);
	assert_string_equal(news(f, &ours, false), "");
	other.sender_name = "Bob";
	assert_string_equal(news(f, &other, false),
			    "{\"contact\":{},\"campaign_defaults\":"
			    "{\"from_name\":\"Bob\"}}");
	/* taken away: over there, too, but a list has a name */
	other = ours;
	other.name = "";
	assert_string_equal(news(f, &other, false),
			    "{\"contact\":{\"company\":\"\"},"
			    "\"campaign_defaults\":{}}");
}

static void a_long_name_is_cut_between_letters(void **state)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct bridge_fixture *f = *state;
	struct organisation long_one = nothing;
	CLEANUP(json_free) json_t *body = NULL;
	struct err err = ERR_INIT;

	strbuf_addch(&name, 'x');
	for (int i = 0; i < 100; i++)
		strbuf_addstr(&name, "\xc3\xa4");
	long_one.name = name.buf;
	fake_must(json_parse(str_of(news(f, &long_one, false)), &body, &err),
		  &err);
	assert_int_equal(
		strlen(json_string_value(json_object_get(body, "name"))), 99);
}

static void options_win(void **state)
{
	struct bridge_fixture *f = *state;

	f->bridge.setup.organisation = "By option";
	assert_string_equal(
		news(f,
		     &(struct organisation){ "By option", "", "", "", "", "" },
		     false),
		"");
	save(f, &nothing, &ours);
	fake_run_all(f);
	assert_non_null(strstr(told, "\"name\":\"By option\""));
	assert_non_null(strstr(told, "1 Road"));
}

/* Saved and to be told, or neither. */
static void a_failure_leaves_nothing_half_done(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int nth = 0, ret = -1;

	while (ret < 0) {
		db_fail_nth(f->db, ++nth);
		ret = try_to_save(f, &nothing, &ours, &err);
		db_fail_nth(f->db, 0);
		assert_int_equal(
			fake_number(f, "SELECT COUNT(*) FROM setting WHERE "
				       "key = 'organisation'"),
			ret == 0);
		assert_int_equal(
			fake_number(f, "SELECT COUNT(*) FROM job WHERE kind = "
				       "'bridge-organisation'"),
			ret == 0);
	}
	assert_true(nth > 5);
}

/* A lost answer, an audience that is away: it is told in the end. */
static void faults_of_the_audience_are_survived(void **state)
{
	static const enum fault faults[] = { FAULT_503, FAULT_CUT, FAULT_LOST,
					     FAULT_PAGE_403 };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		calls = 0;
		f->fault = faults[i];
		f->fault_at = 1;
		f->fault_more = 2;
		save(f, &nothing, &ours);
		fake_run_all(f);
		assert_true(calls > 0);
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM job "
						"WHERE state <> 4 AND kind = "
						"'bridge-organisation'"),
				 0);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_saved_is_told),
		TEST(an_account_elsewhere_is_left_alone),
		TEST(only_news_is_told_at_a_start),
		TEST(a_long_name_is_cut_between_letters),
		TEST(options_win),
		TEST(a_failure_leaves_nothing_half_done),
		TEST(faults_of_the_audience_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
