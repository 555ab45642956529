#include "audience/kept/list_history.h"

#include "audience/audience_fixture.h"
#include "audience/kept/list_kept.h"
#include "audience/member.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/text/time_zone.h"
#include "store/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW

static struct list_day today(struct audience_fixture *f, int64_t now_ms)
{
	CLEANUP(vec_release) struct list_days days = VEC_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(list_days(f->db, &f->list, NULL, now_ms, &days, &err),
			 0);
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
	assert_int_equal(list_months(f->db, &f->list, NULL, NOW + 70 * MS_DAY,
				     &months, &err),
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

static int64_t at(int month, int day, int hour, int minute)
{
	return time_from_civil((struct civil){ .year = 2024,
					       .month = month,
					       .day = day,
					       .hour = hour,
					       .minute = minute });
}

static void join_at(struct audience_fixture *f, int64_t ms)
{
	CLEANUP(tally_release) struct tally t = TALLY_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member m = { .list_id = f->list.id,
			    .status = MEMBER_SUBSCRIBED,
			    .changed_ms = ms };
	struct err err = ERR_INIT;

	list_history_change(&t, NULL, &m);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(list_kept_write(&t, &tx, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static int64_t joined_on(struct audience_fixture *f, const char *zone,
			 int64_t day_ms)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct list_days days = VEC_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(list_days(f->db, &f->list, time_zone_find(zone, arena),
				   day_ms + 2 * MS_DAY, &days, &err),
			 0);
	vec_each (&days, d)
		if (d->day == day_ms / MS_DAY)
			return d->joined;
	return -1;
}

/* Days of 23, of 25 and of 24 hours: who comes a moment before, in the first
 * and in the last quarter of an hour, and a moment after. */
static void days_are_those_of_the_account(void **state)
{
	struct audience_fixture *f = *state;

	join_at(f, at(3, 30, 22, 59));
	join_at(f, at(3, 30, 23, 0));
	join_at(f, at(3, 31, 21, 59));
	join_at(f, at(3, 31, 22, 0));
	assert_int_equal(joined_on(f, "Europe/Berlin", at(3, 31, 0, 0)), 2);
	assert_int_equal(joined_on(f, "Europe/Berlin", at(4, 1, 0, 0)), 1);
	assert_int_equal(joined_on(f, "UTC", at(3, 31, 0, 0)), 2);
	assert_int_equal(joined_on(f, "UTC", at(3, 30, 0, 0)), 2);
	join_at(f, at(10, 26, 21, 59));
	join_at(f, at(10, 26, 22, 0));
	join_at(f, at(10, 27, 22, 59));
	join_at(f, at(10, 27, 23, 0));
	assert_int_equal(joined_on(f, "Europe/Berlin", at(10, 27, 0, 0)), 2);
	join_at(f, at(7, 1, 18, 14));
	join_at(f, at(7, 1, 18, 15));
	assert_int_equal(joined_on(f, "Asia/Kathmandu", at(7, 1, 0, 0)), 1);
	assert_int_equal(joined_on(f, "Asia/Kathmandu", at(7, 2, 0, 0)), 1);
}

static void months_are_those_of_the_account(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct list_days months = VEC_INIT;
	struct err err = ERR_INIT;

	join_at(f, at(2, 1, 7, 59));
	join_at(f, at(2, 1, 8, 0));
	assert_int_equal(
		list_months(f->db, &f->list,
			    time_zone_find("America/Los_Angeles", arena),
			    at(3, 1, 7, 0), &months, &err),
		0);
	assert_int_equal(months.n, 4); /* where it is February yet */
	assert_int_equal(months.v[0].joined, 1);
	assert_int_equal(months.v[1].joined, 1);
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
		cmocka_unit_test_setup_teardown(days_are_those_of_the_account,
						audience_fixture_set_up,
						audience_fixture_tear_down),
		cmocka_unit_test_setup_teardown(months_are_those_of_the_account,
						audience_fixture_set_up,
						audience_fixture_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
