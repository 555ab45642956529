#include "delivery/lease.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/still.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int open_fixture(void **state)
{
	static struct store_fixture f;

	store_fixture_open(&f);
	*state = &f;
	return 0;
}

static int close_fixture(void **state)
{
	store_fixture_free(*state);
	return 0;
}

static int take_from_dead(struct store_fixture *f, const char *name,
			  const char *owner, int64_t now_ms, int64_t dead_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	int rc;

	assert_int_equal(tx_begin(f->audience, &tx, &err), 0);
	rc = lease_take(&tx, name, owner, now_ms + LEASE_MS, dead_ms, &err);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return rc;
}

static int take(struct store_fixture *f, const char *name, const char *owner,
		int64_t now_ms)
{
	return take_from_dead(f, name, owner, now_ms, 0);
}

static int check(struct store_fixture *f, const char *name, const char *owner)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->audience, &tx, &err), 0);
	return lease_check(&tx, name, owner, &err);
}

static void one_holds_it_until_it_ends(void **state)
{
	struct store_fixture *f = *state;

	assert_int_equal(take(f, "delivery", "a/1", 1000), 1);
	assert_int_equal(take(f, "delivery", "b/1", 2000), 0);
	assert_int_equal(check(f, "delivery", "a/1"), 1);
	assert_int_equal(check(f, "delivery", "b/1"), 0);
	assert_int_equal(take(f, "delivery", "a/1", 3000), 1); /* renewed */
	/* whatever the clock of another says */
	assert_int_equal(take(f, "delivery", "b/1", 3001 + LEASE_MS), 0);
	assert_int_equal(take(f, "delivery", "b/1", 9 * LEASE_MS), 0);
	/* it was seen to be dead, and then renewed all the same */
	assert_int_equal(
		take_from_dead(f, "delivery", "b/1", 0, 1000 + LEASE_MS), 0);
	assert_int_equal(
		take_from_dead(f, "delivery", "b/1", 4000, 3000 + LEASE_MS), 1);
	assert_int_equal(check(f, "delivery", "a/1"), 0);
}

static void an_earlier_start_of_the_instance_is_dead_at_once(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *f = *state;
	struct texts dead = VEC_INIT;
	struct err err = ERR_INIT;

	take(f, "delivery", "a/1", 1000);
	take(f, "sender/a/1", "a/1", 1000);
	take(f, "sender/ab/1", "ab/1", 1000);
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->audience, &tx, &err), 0);
		assert_true(lease_expire_own(&tx, "a", "a/2", &err) >= 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	assert_int_equal(take(f, "delivery", "a/2", 1001), 1);
	assert_int_equal(
		lease_list_dead(f->audience, NULL, 0, arena, &dead, &err), 0);
	assert_int_equal(dead.n, 1);
	assert_string_equal(dead.v[0], "a/1");
	vec_release(&dead);
}

/* By the clock of who looks on, wherever the lease's clock is. */
static void a_sender_that_stands_still_is_dead(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *f = *state;
	struct texts dead = VEC_INIT;
	struct still others = VEC_INIT;
	struct err err = ERR_INIT;

	take(f, "sender/a/1", "a/1", 3600000);
	take(f, "sender/b/1", "b/1", 5);
	for (int64_t s = 0; s <= 31; s++) {
		assert_int_equal(lease_list_dead(f->audience, &others,
						 s * 1000000, arena, &dead,
						 &err),
				 0);
		assert_int_equal(dead.n, s == 31);
		if (s % 10 == 0) /* its clock goes back: it lives */
			take(f, "sender/b/1", "b/1", 5000 - s);
	}
	assert_string_equal(dead.v[0], "a/1");
	vec_release(&dead);
	still_release(&others);
}

static void a_dropped_one_is_free(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	take(f, "delivery", "a/1", 1000);
	assert_int_equal(tx_begin(f->audience, &tx, &err), 0);
	assert_true(lease_drop(&tx, "delivery", "b/1", &err) >= 0);
	assert_true(lease_drop(&tx, "delivery", "a/1", &err) >= 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(take(f, "delivery", "b/1", 1001), 1);
}

#define FIXED(test) \
	cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(one_holds_it_until_it_ends),
		FIXED(an_earlier_start_of_the_instance_is_dead_at_once),
		FIXED(a_sender_that_stands_still_is_dead),
		FIXED(a_dropped_one_is_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
