#include "store/update.h"

#include "base/arena.h"
#include "base/err.h"
#include "store/store_fixture.h"

#include "sql/store.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROUNDS 50

static int open_fixture(void **state)
{
	static struct store_fixture f;

	store_fixture_open(&f);
	*state = &f;
	return 0;
}

static int free_fixture(void **state)
{
	store_fixture_free(*state);
	return 0;
}

static void what_is_the_same_is_not_named(void **state)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("setting");

	(void)state;
	update_text(&u, "same", "a", "a");
	update_text(&u, "none", NULL, NULL);
	update_int(&u, "one", 1, 1);
	update_stamp(&u, "stamp", 5);
	assert_true(update_is_empty(&u));
	update_text(&u, "a", NULL, "");
	update_int(&u, "b", 1, 2);
	update_id(&u, "c", 3, 0);
	update_stamp(&u, "stamp", 5);
	assert_string_equal(u.columns.buf, "a = ?, b = ?, c = ?, stamp = ?");
	assert_int_equal(u.v[2].type, SQL_NULL);
}

/* Reads the setting so that nobody else writes it, and adds one to it. */
static int count(struct db *db, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(update_release) struct update u = UPDATE_OF("setting");
	const char *old = "0";

	if (tx_begin(db, &tx, err) < 0 ||
	    db_find_text(db, SQL_SETTING_LOCK, SQL_ARGS(sql_text("n")), arena,
			 &old, err) < 0)
		return -1;
	update_text(&u, "value", old,
		    arena_printf(arena, "%d", (int)strtol(old, NULL, 10) + 1));
	if (update_run(&u, &tx, "key = ?", SQL_ARGS(sql_text("n")), err) != 1)
		return -1;
	return tx_commit(&tx, err);
}

static void *count_often(void *store)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;

	if (store_get(store, STORE_CRM, &db, &err) < 0)
		return store;
	for (int i = 0; i < ROUNDS; i++)
		if (count(db, &err) < 0)
			return store;
	return NULL;
}

static void nobody_is_overwritten(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	const char *n = NULL;
	pthread_t threads[4];
	void *failed;

	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
		assert_true(setting_put(&tx, "n", "0", &err) >= 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_often,
						f->store),
				 0);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_true(setting_find(f->crm, "n", arena, &n, &err) > 0);
	assert_int_equal(strtol(n, NULL, 10), ROUNDS * ARRAY_SIZE(threads));
}

static void *count_once(void *store)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;

	return store_get(store, STORE_CRM, &db, &err) < 0 || count(db, &err) < 0
		       ? store
		       : NULL;
}

/* A job of many transactions starves no request; PostgreSQL has many writers.
 */
static void who_waits_to_write_comes_before_who_wrote(void **state)
{
	struct store_fixture *f = *state;

	if (db_backend(f->crm) == DB_PG)
		return;
	for (int round = 0; round < 100; round++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(tx_release) struct tx first = TX_INIT, next = TX_INIT;
		struct err err = ERR_INIT;
		const char *n = NULL;
		pthread_t other;
		void *failed;

		assert_int_equal(tx_begin(f->crm, &first, &err), 0);
		assert_true(setting_put(&first, "n", "0", &err) >= 0);
		assert_int_equal(
			pthread_create(&other, NULL, count_once, f->store), 0);
		while (!db_is_awaited(f->crm))
			sched_yield();
		assert_int_equal(tx_commit(&first, &err), 0);
		assert_int_equal(tx_begin(f->crm, &next, &err), 0);
		assert_true(setting_find(f->crm, "n", arena, &n, &err) > 0);
		assert_string_equal(n, "1");
		pthread_join(other, &failed);
		assert_null(failed);
	}
}

static void commits_are_counted_for_who_may_do_it_again(void **state)
{
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t before = tx_commits();

	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	}
	assert_int_equal(tx_commits(), before);
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin_snapshot(f->crm, &tx, &err), 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	assert_int_equal(tx_commits(), before);
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	assert_int_equal(tx_commits(), before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_the_same_is_not_named),
		cmocka_unit_test_setup_teardown(nobody_is_overwritten,
						open_fixture, free_fixture),
		cmocka_unit_test_setup_teardown(
			who_waits_to_write_comes_before_who_wrote, open_fixture,
			free_fixture),
		cmocka_unit_test_setup_teardown(
			commits_are_counted_for_who_may_do_it_again,
			open_fixture, free_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
