#include "audience/kept/list_history.h"

#include "audience/audience_fixture.h"
#include "base/arena.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW

static struct list_day today(struct audience_fixture *f, int64_t now_ms)
{
	CLEANUP(vec_release) struct list_days days = VEC_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(list_days(f->db, &f->list, now_ms, &days, &err), 0);
	return days.v[0];
}

static void each_change_counts_on_its_day(void **state)
{
	struct audience_fixture *f = *state;
	int64_t id = audience_fixture_subscribe(f, "a@b.example");
	struct list_day d = today(f, NOW);

	(void)audience_fixture_subscribe(f, "c@b.example");
	d = today(f, NOW);
	assert_int_equal(d.day, NOW / MS_DAY);
	assert_int_equal(d.joined, 2);
	assert_int_equal(d.subscribed, 2);
	audience_fixture_depart(f, id, DEPART_UNSUBSCRIBED, NOW + MS_DAY);
	d = today(f, NOW + MS_DAY);
	assert_int_equal(d.joined, 0);
	assert_int_equal(d.left, 1);
	assert_int_equal(d.unsubscribed, 1);
	assert_int_equal(d.subscribed, 1);
}

static void who_never_was_leaves_nothing(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	vec_push(&ids, audience_fixture_subscribe(f, "a@b.example"));
	vec_push(&ids, audience_fixture_subscribe(f, "c@b.example"));
	vec_push(&ids, audience_fixture_subscribe(f, "d@b.example"));
	audience_fixture_depart(f, ids.v[0], DEPART_UNSUBSCRIBED, NOW + MS_DAY);
	audience_fixture_depart(f, ids.v[1], DEPART_BOUNCED, NOW);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(members_drop(&tx, &ids, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	for (int64_t day = 0; day < 3; day++) {
		struct list_day d = today(f, NOW + day * MS_DAY);

		assert_int_equal(d.joined, 0);
		assert_int_equal(d.left, 0);
		assert_int_equal(d.unsubscribed + d.cleaned + d.deleted, 0);
	}
}

static void months_begin_with_that_of_the_list(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(vec_release) struct list_days months = VEC_INIT;
	struct err err = ERR_INIT;

	(void)audience_fixture_subscribe(f, "a@b.example");
	assert_int_equal(
		list_months(f->db, &f->list, NOW + 70 * MS_DAY, &months, &err),
		0);
	assert_int_equal(months.n, 3); /* November 2023 to January 2024 */
	assert_int_equal(months.v[2].joined, 1);
	assert_int_equal(months.v[0].joined, 0);
	for (size_t i = 0; i < months.n; i++) {
		assert_int_equal(months.v[i].subscribed, 1);
		assert_int_equal(time_to_civil(months.v[i].day * MS_DAY).day,
				 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_change_counts_on_its_day,
						audience_fixture_set_up,
						audience_fixture_tear_down),
		cmocka_unit_test_setup_teardown(who_never_was_leaves_nothing,
						audience_fixture_set_up,
						audience_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			months_begin_with_that_of_the_list,
			audience_fixture_set_up, audience_fixture_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
