#include "store/store.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/thread/patience.h"
#include "store/db_private.h"
#include "store/sqlbuild.h"
#include "store/store_fixture.h"

#include "sql/store.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

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

static void put(struct store_fixture *f, const char *key, const char *value)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	assert_true(setting_put(&tx, key, value, &err) >= 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static const char *find(struct db *db, const char *key, struct arena *arena)
{
	struct err err = ERR_INIT;
	const char *out = NULL;

	assert_true(setting_find(db, key, arena, &out, &err) >= 0);
	return out;
}

static void a_setting_is_kept_and_replaced(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *f = *state;

	assert_null(find(f->crm, "name", arena));
	put(f, "name", "O'Brien & \xd9\x85\xd8\xb1");
	assert_string_equal(find(f->crm, "name", arena),
			    "O'Brien & \xd9\x85\xd8\xb1");
	put(f, "name", "");
	assert_string_equal(find(f->crm, "name", arena), "");
	assert_null(find(f->audience, "name", arena));
}

struct pair {
	int64_t id;
	const char *text;
};

static void read_pair(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct pair *)out =
		(struct pair){ rows_int(rows, 0), rows_dup(rows, 1, arena) };
}

static void rows_are_read_into_structs(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) VEC(struct pair) pairs = VEC_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	const char *text = "untouched";

	assert_int_equal(db_find_text(f->crm, SQL_SETTING_FIND,
				      SQL_ARGS(sql_text("none")), arena, &text,
				      &err),
			 0);
	assert_string_equal(text, "untouched");
	assert_int_equal(db_query_text(f->crm,
				       "SELECT 7, 'a' UNION ALL SELECT 9, NULL "
				       "ORDER BY 1",
				       SQL_NO_ARGS, &rows, &err),
			 0);
	assert_int_equal(rows_list(rows, read_pair, arena, &pairs, &err), 0);
	assert_int_equal(pairs.n, 2);
	assert_string_equal(pairs.v[0].text, "a");
	assert_int_equal(pairs.v[1].id, 9);
	assert_null(pairs.v[1].text);
}

/* Of who reads one, in a process of its own. */
static void assert_aborts(const struct rows *rows, int column, bool is_text)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		(void)signal(SIGABRT, SIG_DFL);
		(void)close(STDERR_FILENO);
		if (is_text)
			(void)rows_text(rows, column);
		else
			(void)rows_int(rows, column);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void no_column_is_read_that_a_query_lacks(void **state)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;

	assert_int_equal(db_query_text(f->crm, "SELECT 7, 'a'", SQL_NO_ARGS,
				       &rows, &err),
			 0);
	assert_int_equal(rows_next(rows, &err), 1);
	assert_string_equal(rows_text(rows, 1), "a");
	assert_aborts(rows, 2, false);
	assert_aborts(rows, 2, true);
	assert_aborts(rows, -1, false);
}

static void keys_are_one_argument(void **state)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct pair v[] = { { -3, "a" }, { INT64_MAX, "b" } };
	struct {
		struct pair *v;
		size_t n;
	} pairs = { v, ARRAY_SIZE(v) };

	(void)state;
	assert_string_equal(sql_keys(&ids, &buf).s.s, "[]");
	vec_push(&ids, 12);
	assert_string_equal(sql_keys(&ids, &buf).s.s, "[12]");
	assert_string_equal(sql_keys_of(&pairs, id, &buf).s.s,
			    "[-3,9223372036854775807]");
}

/* A request waits for a lock for PATIENCE_MS, and the probe of readyz too. */
static void who_has_patience_waits_no_longer(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx held = TX_INIT;
	struct err err = ERR_INIT;
	int64_t since_us;

	assert_int_equal(store_probe(f->store, &err), 0);
	assert_int_equal(tx_begin(f->events, &held, &err), 0);
	assert_true(setting_put(&held, "k", "1", &err) >= 0);
	assert_true(setting_put(&held, "store.probed_ms", "1", &err) >= 0);
	since_us = clock_monotonic_us();
	patience_begin();
	assert_int_equal(store_get(f->store, STORE_EVENTS, &db, &err), 0);
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_true(tx_begin(db, &tx, &err) < 0 ||
			    setting_put(&tx, "k", "2", &err) < 0);
	}
	assert_int_equal(err.code, ERR_RETRY);
	assert_non_null(strstr(err.text, "locked"));
	assert_in_range(clock_monotonic_us() - since_us, 1, 19000000);
	assert_int_equal(store_probe(f->store, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	patience_set(0);
	tx_release(&held);
	store_put(&db);
	assert_int_equal(store_get(f->store, STORE_EVENTS, &db, &err), 0);
}

static void room_is_bytes_and_inodes(void **state)
{
	static const struct {
		const char *why; /* NULL: there is room */
		struct statvfs fs;
		bool is_root;
	} cases[] = {
		{ NULL, { 0 }, false },
		{ NULL, { .f_files = 100, .f_favail = 50 }, false },
		{ "inodes", { .f_files = 100 }, false },
		{ "inodes", { .f_files = 100, .f_ffree = 9 }, false },
		{ NULL, { .f_files = 100, .f_ffree = 9 }, true },
		{ "space", { .f_bavail = 99 }, false },
		{ "space", { .f_bavail = 99 }, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct statvfs fs = cases[i].fs;
		struct err err = ERR_INIT;
		int ret;

		fs.f_frsize = 4096;
		if (fs.f_bavail == 0)
			fs.f_bfree = fs.f_bavail = 1000;
		ret = store_check_room(&fs, cases[i].is_root, &err);
		assert_int_equal(ret, cases[i].why ? -1 : 0);
		if (!cases[i].why)
			continue;
		assert_int_equal(err.code, ERR_FULL);
		assert_non_null(strstr(err.text, cases[i].why));
	}
}

static int64_t log_bytes(const struct store_fixture *f)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	struct stat st;

	strbuf_addf(&path, "%s/crm.db-wal", f->where);
	assert_int_equal(stat(path.buf, &st), 0);
	return st.st_size;
}

/* In bulk; and cut when nobody writes any more. */
static void the_log_stays_short(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;
	int64_t longest = 0;

	if (db_backend(f->crm) != DB_SQLITE)
		return;
	strbuf_addf(&value, "%01000000d", 0);
	db_set_bulk(f->crm, true);
	for (int i = 0; i < 150; i++) {
		CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;

		strbuf_addf(&key, "k%d", i % 4);
		memset(value.buf, 'a' + i % 26, value.len);
		put(f, key.buf, value.buf);
		if (log_bytes(f) > longest)
			longest = log_bytes(f);
	}
	db_set_bulk(f->crm, false);
	assert_in_range(longest, 8 << 20, 64 << 20);
	while (log_bytes(f) > 8 << 20) /* what is quiet is a matter of time */
		store_trim_logs(f->store);
}

static void what_is_not_committed_is_gone(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;

	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
		assert_true(setting_put(&tx, "k", "v", &err) >= 0);
	}
	assert_null(find(f->crm, "k", arena));
}

static void blocks_of_ids_do_not_overlap(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t first = 0;

	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	assert_int_equal(sequence_take(&tx, "thing", 10, &first, &err), 0);
	assert_int_equal(first, 1);
	assert_int_equal(sequence_take(&tx, "thing", 1, &first, &err), 0);
	assert_int_equal(first, 11);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static void a_batch_writes_everything(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	struct batch b;

	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	batch_begin(&tx, &b);
	for (int i = 0; i < 1000; i++) {
		char key[16];

		snprintf(key, sizeof(key), "b%d", i);
		assert_int_equal(batch_add(&b, SQL_SETTING_PUT,
					   SQL_ARGS(sql_text(key), sql_int(i)),
					   &err),
				 0);
	}
	assert_int_equal(batch_end(&b, &err), 1000);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_string_equal(find(f->crm, "b999", arena), "999");
}

/* What a later row finds is what the earlier ones left, however they travel:
 * 40 rows go together, then some alone, and those that are there stay. */
static void a_batch_keeps_the_order_of_its_statements(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	struct batch b;
	char key[16];

	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	batch_begin(&tx, &b);
	for (int i = 0; i < 200; i++) {
		snprintf(key, sizeof(key), "o%d", i / 2);
		assert_int_equal(batch_add(&b, SQL_SETTING_ADD,
					   SQL_ARGS(sql_text(key), sql_int(i)),
					   &err),
				 0);
		if (i % 40 == 39)
			assert_int_equal(batch_add(&b, SQL_SETTING_PUT,
						   SQL_ARGS(sql_text(key),
							    sql_text("put")),
						   &err),
					 0);
	}
	assert_int_equal(batch_end(&b, &err), 100 + 5);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_string_equal(find(f->crm, "o0", arena), "0");
	assert_string_equal(find(f->crm, "o98", arena), "196");
	assert_string_equal(find(f->crm, "o99", arena), "put");
}

/* Rows that wait for others are gone with the transaction. */
static void rows_of_a_batch_that_is_left_are_not_written(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	struct tx tx = TX_INIT;
	struct batch b;

	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	batch_begin(&tx, &b);
	assert_int_equal(batch_add(&b, SQL_SETTING_ADD,
				   SQL_ARGS(sql_text("left"), sql_int(1)),
				   &err),
			 0);
	tx_release(&tx);
	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	batch_begin(&tx, &b);
	assert_int_equal(batch_add(&b, SQL_SETTING_ADD,
				   SQL_ARGS(sql_text("right"), sql_int(1)),
				   &err),
			 0);
	assert_int_equal(batch_end(&b, &err), 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_null(find(f->crm, "left", arena));
	assert_string_equal(find(f->crm, "right", arena), "1");
}

static void each_failing_step_leaves_no_trace(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *f = *state;
	int n = 0;
	bool done = false;

	while (!done) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;

		db_fail_nth(f->crm, 0);
		assert_null(find(f->crm, "fault", arena));
		db_fail_nth(f->crm, ++n);
		done = tx_begin(f->crm, &tx, &err) == 0 &&
		       setting_put(&tx, "fault", "x", &err) >= 0 &&
		       tx_commit(&tx, &err) == 0;
	}
	db_fail_nth(f->crm, 0);
	assert_int_equal(n, 4);
	assert_string_equal(find(f->crm, "fault", arena), "x");
}

static void a_failed_batch_fails_the_transaction_only(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;

	for (int i = 0; i < 2; i++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct batch b;

		assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
		batch_begin(&tx, &b);
		(void)batch_add(&b, SQL_SETTING_PUT,
				SQL_ARGS(sql_null(), sql_text("x")), &err);
		(void)batch_add(&b, SQL_SEQUENCE_ADD,
				SQL_ARGS(sql_text("s"), sql_null()), &err);
		if (batch_end(&b, &err) >= 0)
			assert_int_equal(err.code, ERR_BUG);
	}
	put(f, "after", "works");
	assert_string_equal(find(f->crm, "after", arena), "works");
}

/* Nothing is read behind a text that no NUL ends. */
static void a_slice_is_bound_as_it_is(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	char *exact = malloc(3);

	memcpy(exact, "abc", 3);
	assert_int_equal(tx_begin(f->crm, &tx, &err), 0);
	assert_int_equal(
		db_exec_text(&tx,
			     "INSERT INTO setting (key, value)"
			     " VALUES ('slice', ?)",
			     SQL_ARGS(sql_str((struct str){ exact, 3 })), &err),
		1);
	assert_int_equal(tx_commit(&tx, &err), 0);
	free(exact);
	assert_string_equal(find(f->crm, "slice", arena), "abc");
}

static void built_sql_binds_its_values(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct store_fixture *f = *state;
	struct err err = ERR_INIT;
	struct sqlbuild b = SQLBUILD(f->crm, arena);
	int n = 0;

	put(f, "50%_a", "1");
	put(f, "50xya", "2");
	put(f, "it's?", "3");
	sqlbuild_add(&b, "SELECT value FROM setting WHERE key ");
	sqlbuild_like(&b, false, "50%_", true);
	sqlbuild_add(&b, " OR key = ");
	sqlbuild_bind_text(&b, "it's?");
	sqlbuild_add(&b, " OR key = '?'");
	assert_int_equal(sqlbuild_query(&b, f->crm, &rows, &err), 0);
	while (rows_next(rows, &err) > 0)
		n++;
	assert_int_equal(n, 2);
	sqlbuild_release(&b);
}

/* Of a criteria of a thousand conditions, say. */
static void any_number_of_values_is_bound(void **state)
{
	static const int numbers[] = { 1, 64, 65, 1000, 20000 };
	struct store_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(sqlbuild_release)
		struct sqlbuild b = SQLBUILD(f->crm, arena);
		CLEANUP(rows_free) struct rows *rows = NULL;
		struct err err = ERR_INIT;

		sqlbuild_add(&b, "SELECT 7 WHERE 'last' IN ('first'");
		for (int n = 1; n < numbers[i]; n++) {
			sqlbuild_add(&b, ", ");
			sqlbuild_bind_text(&b, "other");
		}
		sqlbuild_add(&b, ", ");
		sqlbuild_bind_text(&b, "last");
		sqlbuild_add(&b, ")");
		assert_int_equal(sqlbuild_query(&b, f->crm, &rows, &err), 0);
		assert_int_equal(rows_next(rows, &err), 1);
		assert_int_equal(rows_int(rows, 0), 7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_setting_is_kept_and_replaced),
		cmocka_unit_test(rows_are_read_into_structs),
		cmocka_unit_test(no_column_is_read_that_a_query_lacks),
		cmocka_unit_test(keys_are_one_argument),
		cmocka_unit_test(room_is_bytes_and_inodes),
		cmocka_unit_test(who_has_patience_waits_no_longer),
		cmocka_unit_test(the_log_stays_short),
		cmocka_unit_test(what_is_not_committed_is_gone),
		cmocka_unit_test(blocks_of_ids_do_not_overlap),
		cmocka_unit_test(a_batch_writes_everything),
		cmocka_unit_test(a_batch_keeps_the_order_of_its_statements),
		cmocka_unit_test(rows_of_a_batch_that_is_left_are_not_written),
		cmocka_unit_test(each_failing_step_leaves_no_trace),
		cmocka_unit_test(a_failed_batch_fails_the_transaction_only),
		cmocka_unit_test(a_slice_is_bound_as_it_is),
		cmocka_unit_test(built_sql_binds_its_values),
		cmocka_unit_test(any_number_of_values_is_bound),
	};

	return cmocka_run_group_tests(tests, open_fixture, free_fixture);
}
