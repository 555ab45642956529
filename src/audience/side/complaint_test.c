#include "audience/side/complaint.h"

#include "audience/audience_fixture.h"
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int64_t list_all(struct audience_fixture *f, struct complaints *out)
{
	struct err err = ERR_INIT;
	int64_t total = -1;

	vec_reset(out);
	assert_int_equal(complaint_list(f->db, f->list.id, 10, 0, f->arena, out,
					&total, &err),
			 0);
	return total;
}

static void name_the_last_campaign_and_when(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(vec_release) struct complaints all = VEC_INIT;
	struct complaint one;
	struct err err = ERR_INIT;
	int64_t a = audience_fixture_subscribe(f, "a@example.org");
	int64_t b = audience_fixture_subscribe(f, "b@example.org");
	int64_t c = audience_fixture_subscribe(f, "c@example.org");

	assert_int_equal(list_all(f, &all), 0);
	audience_fixture_depart(f, a, DEPART_COMPLAINED, FIXTURE_NOW + 5);
	audience_fixture_depart(f, b, DEPART_COMPLAINED, FIXTURE_NOW + 6);
	audience_fixture_depart(f, c, DEPART_UNSUBSCRIBED, FIXTURE_NOW + 7);
	store_fixture_exec(
		f->db,
		"INSERT INTO campaign (id, hex, list_id, type, status,"
		" settings, tracking, created_ms, updated_ms)"
		" SELECT 1, 'aaaaaaaaaa', id, 'regular', 5, '{}', '{}', 1, 1"
		" FROM list");
	store_fixture_exec(
		f->db,
		"INSERT INTO campaign (id, hex, list_id, type, status,"
		" settings, tracking, created_ms, updated_ms)"
		" SELECT 2, 'bbbbbbbbbb', id, 'regular', 5, '{}', '{}', 1, 1"
		" FROM list");
	store_fixture_exec(f->db,
			   "INSERT INTO recipient (campaign_id, member_id,"
			   " state, at_ms, complained_ms)"
			   " SELECT c.id, m.id, 4, 1, 1000 + c.id"
			   " FROM campaign c, member m WHERE m.address ="
			   " 'a@example.org'");
	assert_int_equal(list_all(f, &all), 2);
	assert_int_equal(all.v[0].member.id, a);
	assert_string_equal(all.v[0].campaign_hex, "bbbbbbbbbb");
	assert_int_equal(all.v[0].at_ms, 1002);
	assert_int_equal(all.v[1].member.id, b);
	assert_string_equal(all.v[1].campaign_hex, "");
	assert_int_equal(all.v[1].at_ms, FIXTURE_NOW + 6);
	assert_int_equal(
		complaint_get(f->db, f->list.id, b, f->arena, &one, &err), 0);
	assert_string_equal(one.member.address, "b@example.org");
	assert_int_equal(
		complaint_get(f->db, f->list.id, c, f->arena, &one, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(
		complaint_get(f->db, f->list.id + 1, b, f->arena, &one, &err),
		-1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void go_with_a_member_that_is_forgotten(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(vec_release) struct complaints all = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_actor actor = { .source = SOURCE_API,
				      .now_ms = FIXTURE_NOW };
	struct err err = ERR_INIT;
	int64_t a = audience_fixture_subscribe(f, "a@example.org");

	audience_fixture_depart(f, a, DEPART_COMPLAINED, FIXTURE_NOW + 5);
	assert_int_equal(list_all(f, &all), 1);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(
		member_forget(&tx, &f->list, "a@example.org", &actor, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(list_all(f, &all), 0);
}

int main(void)
{
#define TEST(fn)                                                     \
	cmocka_unit_test_setup_teardown(fn, audience_fixture_set_up, \
					audience_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(name_the_last_campaign_and_when),
		TEST(go_with_a_member_that_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
