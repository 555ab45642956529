#include "audience/sets/segment_eval.h"

#include "audience/sets/leaf_row.h"
#include "audience/sets/member_change.h"
#include "audience/sets/segment_fixture.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "sets/set_cache.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TRIES 600

static void run(struct db *db, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void run(struct db *db, const char *fmt, ...)
{
	char sql[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(sql, sizeof(sql), fmt, args);
	va_end(args);
	store_fixture_exec(db, sql);
}

/* --- kept sets are what SQL says --- */

static void parse(struct segment_fixture *w, const char *opts, int64_t now_ms,
		  struct condition_tree *out)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(json_parse(str_of(opts), &json, &err), 0);
	if (segment_parse(w->a.db, w->a.list.id, json, now_ms, w->a.arena, out,
			  &err) < 0)
		fail_msg("%s: %s", opts, err.text);
}

/* How many; kept sets of `db` and plain SQL must agree. */
static int64_t compare(struct segment_fixture *w, struct db *db,
		       const char *opts, unsigned statuses, int64_t now_ms)
{
	CLEANUP(id_set_release) struct id_set a = ID_SET_INIT;
	CLEANUP(id_set_release) struct id_set b = ID_SET_INIT;
	struct segment_scope scope = { .list_id = w->a.list.id,
				       .statuses = statuses };
	struct condition_tree tree;
	struct err err = ERR_INIT;

	parse(w, opts, now_ms, &tree);
	if (segment_eval(db, &scope, &tree, &a, &err) < 0 ||
	    segment_query(db, &scope, &tree, INT64_MAX, w->a.arena, &b, &err) <
		    0)
		fail_msg("%s: %s", opts, err.text);
	if (!id_set_equal(&a, &b))
		fail_msg("%s: sets %lld, SQL %lld", opts,
			 (long long)id_set_count(&a),
			 (long long)id_set_count(&b));
	return id_set_count(&a);
}

static int64_t count(struct segment_fixture *w, struct db *db, const char *opts)
{
	return compare(w, db, opts, MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED),
		       FIXTURE_NOW);
}

static void compare_any(struct segment_fixture *w, struct db *db,
			struct prng *prng, int *told_apart)
{
	CLEANUP(strbuf_release) struct strbuf opts = STRBUF_INIT;
	unsigned statuses = prng_below(prng, 2)
				    ? MEMBER_STATUS_ALL
				    : MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED);
	int64_t n;

	segment_fixture_tree(w, prng, &opts);
	n = compare(w, db, opts.buf, statuses, FIXTURE_NOW);
	*told_apart += n > 0 && n < SEGMENT_FIXTURE_MEMBERS;
}

/* Whatever may be written: id is a member's, n any number. */
static const char *const changes[] = {
	"UPDATE member SET status = 1 + %2$d %% 6 WHERE id = %1$d",
	"UPDATE member SET status = 1 WHERE id = %1$d",
	"UPDATE member SET merge = '{\"1\":\"Ann\"}' WHERE id = %1$d",
	"UPDATE member SET merge = '{\"1\":\"b\"}' WHERE id %% 9 = %1$d %% 9",
	"UPDATE member SET vip = 1 - vip WHERE id = %1$d",
	"UPDATE member SET rating = %2$d %% 5 WHERE id = %1$d",
	"UPDATE member SET language = 'fr', source = 'x' WHERE id = %1$d",
	"UPDATE member SET opt_ms = 1699000000000 + %2$d * 7000000"
	" WHERE id = %1$d",
	"UPDATE member SET changed_ms = 1699000000000 + %2$d * 7000000"
	" WHERE id = %1$d",
	"UPDATE member SET address = 'a1%2$d@x.example' WHERE id = %1$d",
	"UPDATE member SET list_id = -list_id WHERE id = %1$d",
	"DELETE FROM member WHERE id = %1$d AND %2$d %% 3 = 0",
	"DELETE FROM segment_member WHERE member_id = %1$d",
	"DELETE FROM segment_member WHERE member_id %% 7 = %1$d %% 7",
	"INSERT INTO segment_member (segment_id, member_id, at_ms)"
	" SELECT (SELECT MIN(id) FROM segment), id, 1 FROM member m"
	" WHERE m.id %% 5 = %1$d %% 5 ON CONFLICT DO NOTHING",
	"DELETE FROM member_interest WHERE member_id = %1$d",
	"DELETE FROM member_interest WHERE member_id %% 6 = %1$d %% 6",
	"INSERT INTO member_interest (interest_id, member_id)"
	" SELECT i.id, m.id FROM interest i, member m"
	" WHERE m.id %% 8 = %1$d %% 8 AND i.id %% 3 = %2$d %% 3"
	" ON CONFLICT DO NOTHING",
	"UPDATE member_place SET latitude = 0, longitude = 0 WHERE member_id"
	" = %1$d",
	"DELETE FROM member_place WHERE member_id = %1$d",
	"UPDATE member_place SET latitude = 500000000 + %2$d * 100000"
	" WHERE member_id = %1$d",
	"INSERT INTO member_place (member_id, latitude, longitude)"
	" SELECT id, 507000000, 70000000 + %2$d * 100000 FROM member"
	" WHERE id %% 11 = %1$d %% 11 ON CONFLICT DO NOTHING",
	"DELETE FROM member_client WHERE member_id %% 9 = %1$d %% 9",
	"UPDATE member_client SET client = 1 + %2$d %% 3 WHERE member_id = "
	"%1$d",
	"INSERT INTO member_client (member_id, client)"
	" SELECT id, 1 + %2$d %% 3 FROM member WHERE id %% 5 = %1$d %% 5"
	" ON CONFLICT DO NOTHING",
	"UPDATE recipient SET opens = %2$d %% 2 WHERE member_id = %1$d",
	"UPDATE recipient SET clicks = %2$d %% 3 WHERE member_id = %1$d",
	"UPDATE recipient SET sent_seq = NULL WHERE member_id = %1$d",
	"UPDATE recipient SET sent_seq = %2$d, opens = 1 WHERE member_id"
	" = %1$d",
	"DELETE FROM recipient WHERE member_id = %1$d AND campaign_id = 1",
	"INSERT INTO recipient (campaign_id, member_id, state, sent_seq, at_ms,"
	" opens, clicks) SELECT 1 + %2$d %% 3, id, 4, id, 1, %2$d %% 2, 1"
	" FROM member WHERE id = %1$d ON CONFLICT DO NOTHING",
};

static void change_any(struct db *db, struct prng *prng)
{
	const char *fmt = changes[prng_below(prng, ARRAY_SIZE(changes))];
	char sql[512];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(sql, sizeof(sql), fmt,
		       1 + (int)prng_below(prng, SEGMENT_FIXTURE_MEMBERS),
		       (int)prng_below(prng, 200));
#pragma GCC diagnostic pop
	store_fixture_exec(db, sql);
}

static void subscribe(struct segment_fixture *w, int i)
{
	char address[32];

	(void)snprintf(address, sizeof(address), "a1new%d@example.org", i);
	(void)audience_fixture_subscribe(&w->a, address);
}

static void are_what_sql_says_by_any_tree_after_any_change(void **state)
{
	struct segment_fixture *w = *state;
	struct prng prng = { 20260101 };
	int told_apart = 0;

	for (int i = 0; i < TRIES; i++) {
		compare_any(w, w->a.db, &prng, &told_apart);
		if (prng_below(&prng, 2))
			change_any(w->a.db, &prng);
		if (prng_below(&prng, 50) == 0)
			subscribe(w, i);
	}
	assert_true(told_apart > TRIES / 3);
}

/* Another process has a store of its own. */
static void open_other(struct segment_fixture *w, struct store **store,
		       struct db **db)
{
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct err err = ERR_INIT;

	o.unprepared = o.no_sync = true;
	*(strstr(w->a.store.where, "://") ? &o.database : &o.data) =
		w->a.store.where;
	assert_int_equal(store_open(&o, store, &err), 0);
	assert_int_equal(store_get(*store, STORE_AUDIENCE, db, &err), 0);
}

static void see_at_once_what_other_processes_wrote(void **state)
{
	struct segment_fixture *w = *state;
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(store_put) struct db *other = NULL;
	struct prng prng = { 7 };
	int told_apart = 0;

	open_other(w, &store, &other);
	for (int i = 0; i < TRIES / 2; i++) {
		change_any(prng_below(&prng, 2) ? other : w->a.db, &prng);
		compare_any(w, prng_below(&prng, 2) ? other : w->a.db, &prng,
			    &told_apart);
	}
	assert_true(told_apart > TRIES / 6);
}

/* --- out of order --- */

#define VIP "{\"conditions\":[{\"field\":\"gmonkey\",\"op\":\"member\"}]}"
#define NEW_VIP                                                            \
	"UPDATE member SET vip = 1 WHERE id = (SELECT MIN(id) FROM member" \
	" WHERE status = 1 AND list_id > 0 AND vip = 0 AND id > %d)"

/* It begins first and commits last; others are seen before it. */
static void commit_late(struct segment_fixture *w, bool cut)
{
	CLEANUP(store_put) struct db *late = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	struct err err = ERR_INIT;
	int64_t before = count(w, w->a.db, VIP);

	assert_int_equal(
		store_get(w->a.store.store, STORE_AUDIENCE, &late, &err), 0);
	assert_int_equal(tx_begin(late, &tx, &err), 0);
	strbuf_addf(&sql, NEW_VIP, 10);
	assert_int_equal(db_exec_text(&tx, sql.buf, SQL_NO_ARGS, &err), 1);
	for (int i = 1; i <= 3; i++) {
		run(w->a.db, NEW_VIP, 100 * (i - 1) + 50);
		assert_int_equal(count(w, w->a.db, VIP), before + i);
	}
	if (cut)
		assert_int_equal(
			change_log_prune(w->a.db, &member_change_log, 1, &err),
			0);
	assert_int_equal(count(w, w->a.db, VIP), before + 3);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(count(w, w->a.db, VIP), before + 4);
}

static void skip_nobody_who_commits_late(void **state)
{
	struct segment_fixture *w = *state;

	if (db_backend(w->a.db) == DB_SQLITE)
		return; /* one writer */
	commit_late(w, false);
	commit_late(w, true);
}

static void take_nothing_from_who_does_not_commit(void **state)
{
	struct segment_fixture *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct segment_target target = { .list_id = w->a.list.id, .opts = VIP };
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	struct err err = ERR_INIT;
	int64_t before = count(w, w->a.db, VIP), inside;

	strbuf_addf(&sql, NEW_VIP, 20);
	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	assert_int_equal(db_exec_text(&tx, sql.buf, SQL_NO_ARGS, &err), 1);
	assert_int_equal(
		segment_count(w->a.db, &target, FIXTURE_NOW, &inside, &err), 0);
	assert_int_equal(inside, before + 1);
	tx_release(&tx);
	assert_int_equal(count(w, w->a.db, VIP), before);
}

/* --- limits --- */

static void are_read_anew_when_the_log_does_not_reach_back(void **state)
{
	struct segment_fixture *w = *state;
	struct prng prng = { 3 };
	struct err err = ERR_INIT;
	int told_apart = 0, more;

	for (int i = 0; i < TRIES / 6; i++) {
		compare_any(w, w->a.db, &prng, &told_apart);
		for (uint64_t n = prng_below(&prng, 5); n > 0; n--)
			change_any(w->a.db, &prng);
		do
			more = change_log_prune(
				w->a.db, &member_change_log,
				1 + (int64_t)prng_below(&prng, 20), &err);
		while (more > 0);
		assert_int_equal(more, 0);
		compare_any(w, w->a.db, &prng, &told_apart);
	}
	assert_true(audience_fixture_int(
			    &w->a, "SELECT COUNT(*) FROM member_change") < 50);
}

static void are_read_anew_when_too_much_changed(void **state)
{
	struct segment_fixture *w = *state;
	int64_t before = count(w, w->a.db, VIP);

	for (int i = 0; i <= CHANGE_LOG_MOST / SEGMENT_FIXTURE_MEMBERS; i++)
		run(w->a.db, "UPDATE member SET vip = 1 - vip");
	run(w->a.db, "UPDATE member SET vip = 1 WHERE list_id > 0");
	assert_true(count(w, w->a.db, VIP) > before);
}

static void take_no_more_memory_than_they_may(void **state)
{
	struct segment_fixture *w = *state;
	struct set_cache *cache = set_cache_of(w->a.db);
	struct prng prng = { 11 };
	int told_apart = 0;
	size_t most = 4000;

	set_cache_limit(cache, most);
	for (int i = 0; i < TRIES / 6; i++) {
		compare_any(w, w->a.db, &prng, &told_apart);
		change_any(w->a.db, &prng);
		assert_true(set_cache_bytes(cache) <= most);
	}
	assert_true(set_cache_bytes(cache) > 0);
	set_cache_limit(cache, 100); /* less than any */
	compare_any(w, w->a.db, &prng, &told_apart);
	assert_int_equal(set_cache_bytes(cache), 0);
	set_cache_limit(cache, SET_CACHE_BYTES);
}

/* Of many ids two threads read a half each, whoever writes meanwhile. */
static void are_the_same_if_two_threads_read_them(void **state)
{
	struct segment_fixture *w = *state;
	struct set_cache *cache = set_cache_of(w->a.db);
	struct prng prng = { 17 };
	int told_apart = 0;

	set_cache_set_split_from(cache, 1);
	for (int i = 0; i < 150; i++) {
		set_cache_limit(cache, i % 3 ? 0 : SET_CACHE_BYTES);
		compare_any(w, w->a.db, &prng, &told_apart);
		change_any(w->a.db, &prng);
	}
	assert_true(told_apart > 50);
}

static void keep_nothing_that_was_read_by_half(void **state)
{
	struct segment_fixture *w = *state;
	struct segment_scope scope = { .list_id = w->a.list.id,
				       .statuses = MEMBER_STATUS_ALL };
	struct prng prng = { 13 };
	struct condition_tree tree;
	int done = -1, failed = -1;

	parse(w, VIP, FIXTURE_NOW, &tree);
	for (int n = 1; done < 0; n++) {
		CLEANUP(id_set_release)
		struct id_set set = ID_SET_INIT;
		struct err err = ERR_INIT;

		change_any(w->a.db, &prng);
		run(w->a.db, "UPDATE member SET vip = 1 - vip");
		db_fail_nth(w->a.db, n);
		done = segment_eval(w->a.db, &scope, &tree, &set, &err);
		db_fail_nth(w->a.db, 0);
		failed++;
		(void)compare(w, w->a.db, VIP, MEMBER_STATUS_ALL, FIXTURE_NOW);
	}
	assert_true(failed > 3);
}

static void prunes_all_or_nothing(void **state)
{
	struct segment_fixture *w = *state;
	int done = -1, failed = -1;

	for (int n = 1; done < 0; n++) {
		struct err err = ERR_INIT;

		run(w->a.db, "UPDATE member SET vip = 1 - vip");
		db_fail_nth(w->a.db, n);
		done = change_log_prune(w->a.db, &member_change_log, 1, &err);
		db_fail_nth(w->a.db, 0);
		failed++;
		(void)count(w, w->a.db, VIP);
	}
	assert_true(failed >= 3);
}

/* "Within 7 days" is another bound at each moment. */
static void keep_one_of_a_time_that_moves(void **state)
{
	struct segment_fixture *w = *state;
	struct set_cache *cache = set_cache_of(w->a.db);
	static const char opts[] =
		"{\"conditions\":[{\"field\":\"timestamp_opt\","
		"\"op\":\"within\",\"value\":\"7\"}]}";
	int64_t then = FIXTURE_NOW - FIXTURE_NOW % MS_HOUR, n = 0;
	size_t bytes = 0;

	run(w->a.db,
	    "UPDATE member SET opt_ms = %lld + id * 9000 WHERE list_id > 0",
	    (long long)(then - 7 * MS_DAY));
	for (int64_t ms = 1; ms < MS_HOUR; ms += MS_HOUR / 60 - 1) {
		int64_t now =
			compare(w, w->a.db, opts, MEMBER_STATUS_ALL, then + ms);

		assert_true(n == 0 || now < n);
		assert_true(bytes == 0 || set_cache_bytes(cache) == bytes);
		n = now;
		bytes = set_cache_bytes(cache);
	}
}

/* --- no writer is missed --- */

static void hear_of_each_column_that_a_condition_looks_at(void **state)
{
	struct segment_fixture *w = *state;
	static const char sum[] = "SELECT CAST(COALESCE(MAX(member_id), 0)"
				  " AS BIGINT) FROM member_change";
	static const char pg_sum[] = "SELECT COALESCE(MAX(member_ids[1]), 0)"
				     " FROM member_change";
	bool pg = db_backend(w->a.db) == DB_PG;

	for (int kind = -1; kind < CONDITION_NEVER; kind++) {
		struct leaf_about about = {
			.kind = kind < 0 ? LEAF_STATUS : LEAF_ROW,
			.condition.kind = (enum condition_kind)kind
		};
		const char *column = leaf_row_column(&about) + 2;

		run(w->a.db, "DELETE FROM member_change");
		run(w->a.db, "UPDATE member SET %s = %s WHERE id = 3", column,
		    column);
		if (audience_fixture_int(&w->a, pg ? pg_sum : sum) != 3)
			fail_msg("nobody hears of member.%s: member_written",
				 column);
	}
}

/* --- threads --- */

#define EITHER                                                     \
	"{\"match\":\"any\",\"conditions\":["                      \
	"{\"field\":\"language\",\"op\":\"is\",\"value\":\"xa\"}," \
	"{\"field\":\"gmonkey\",\"op\":\"member\"}]}"

struct reader {
	struct segment_fixture *w;
	atomic_bool *stop;
	atomic_int *reads;
	int64_t wanted;
	bool wrong;
};

static void *read_on(void *arg)
{
	struct reader *r = arg;
	CLEANUP(store_put) struct db *db = NULL;
	struct segment_target target = { .list_id = r->w->a.list.id,
					 .statuses = MEMBER_STATUS_ALL,
					 .opts = EITHER };
	struct err err = ERR_INIT;
	int64_t n;

	if (store_get(r->w->a.store.store, STORE_AUDIENCE, &db, &err) < 0)
		r->wrong = true;
	while (!r->wrong && !atomic_load(r->stop)) {
		if (segment_count(db, &target, FIXTURE_NOW, &n, &err) < 0 ||
		    n != r->wanted)
			r->wrong = true;
		atomic_fetch_add(r->reads, 1);
	}
	return NULL;
}

/* A member is always either, never both: it moves in one statement. */
static void threads_read_one_snapshot_each(void **state)
{
	struct segment_fixture *w = *state;
	struct reader readers[3];
	pthread_t threads[ARRAY_SIZE(readers)];
	atomic_bool stop = false;
	atomic_int reads = 0;
	int64_t all = audience_fixture_int(
		&w->a, "SELECT COUNT(*) FROM member WHERE list_id > 0");

	run(w->a.db, "UPDATE member SET vip = id %% 2, language ="
		     " CASE WHEN id %% 2 = 0 THEN 'xa' ELSE 'xb' END");
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i] = (struct reader){ w, &stop, &reads, all, false };
		assert_int_equal(
			pthread_create(&threads[i], NULL, read_on, &readers[i]),
			0);
	}
	for (int i = 0; i < 200 || atomic_load(&reads) < 300; i++)
		run(w->a.db,
		    "UPDATE member SET vip = 1 - vip, language = CASE WHEN"
		    " vip = 1 THEN 'xa' ELSE 'xb' END WHERE id %% 10 = %d",
		    i % 10);
	atomic_store(&stop, true);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		(void)pthread_join(threads[i], NULL);
		assert_false(readers[i].wrong);
	}
}

int main(void)
{
#define TEST(fn)                                                    \
	cmocka_unit_test_setup_teardown(fn, segment_fixture_set_up, \
					segment_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(are_what_sql_says_by_any_tree_after_any_change),
		TEST(see_at_once_what_other_processes_wrote),
		TEST(skip_nobody_who_commits_late),
		TEST(take_nothing_from_who_does_not_commit),
		TEST(are_read_anew_when_the_log_does_not_reach_back),
		TEST(are_read_anew_when_too_much_changed),
		TEST(take_no_more_memory_than_they_may),
		TEST(are_the_same_if_two_threads_read_them),
		TEST(keep_nothing_that_was_read_by_half),
		TEST(prunes_all_or_nothing),
		TEST(keep_one_of_a_time_that_moves),
		TEST(hear_of_each_column_that_a_condition_looks_at),
		TEST(threads_read_one_snapshot_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
