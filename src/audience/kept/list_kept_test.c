/* Whatever becomes of members, also if many change them at once: what is kept
 * of a list is what is counted, and pages at any offset are those of one walk.
 */
#include "audience/kept/list_kept.h"

#include "audience/audience_fixture.h"
#include "audience/kept/member_block.h"
#include "audience/member_restore.h"
#include "base/arena.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "store/tally.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ADDRESSES 60
#define WRITERS 4
#define ROUNDS 60

/* Of all lists; from the members, or as it is kept. */
static void dump(struct audience_fixture *f, bool kept, struct strbuf *out)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	CLEANUP(tally_release) struct tally t = TALLY_INIT;
	struct err err = ERR_INIT;

	strbuf_addstr(out, "list:\n");
	if (kept) {
		assert_int_equal(list_kept_read(f->db, f->list.id, &t, &err),
				 0);
		vec_each (&t.rows, row)
			if (row->n)
				strbuf_addf(out, "%lld/%d=%lld\n",
					    (long long)row->part, row->kind,
					    (long long)row->n);
		return;
	}
	assert_int_equal(db_query_text(f->db,
				       "SELECT id / 16384, status, COUNT(*)"
				       " FROM member WHERE list_id > 0"
				       " GROUP BY id / 16384, status"
				       " ORDER BY id / 16384, status",
				       SQL_NO_ARGS, &rows, &err),
			 0);
	while (rows_next(rows, &err) > 0)
		strbuf_addf(out, "%lld/%lld=%lld\n",
			    (long long)rows_int(rows, 0),
			    (long long)rows_int(rows, 1),
			    (long long)rows_int(rows, 2));
}

static void check_kept(struct audience_fixture *f)
{
	CLEANUP(strbuf_release) struct strbuf kept = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf counted = STRBUF_INIT;

	dump(f, true, &kept);
	dump(f, false, &counted);
	assert_string_equal(kept.buf, counted.buf);
}

/* --- one change --- */

struct writer {
	struct store *store;
	struct list list;
	struct prng chance;
	bool failed;
};

static int put(struct tx *tx, struct writer *w, const char *address,
	       struct arena *arena, struct err *err)
{
	static const char *const statuses[] = { "subscribed", "unsubscribed",
						"cleaned", "pending" };
	CLEANUP(json_free)
	json_t *body = json_pack(
		"{s:s,s:s}", "email_address", address, "status",
		statuses[prng_below(&w->chance, ARRAY_SIZE(statuses))]);
	struct member_actor actor = { .source = SOURCE_API,
				      .now_ms = FIXTURE_NOW };
	struct member_op op = { .mode = MEMBER_PUT,
				.key = address,
				.body = body };

	return member_apply(tx, &w->list, &op, 1, &actor, arena, err);
}

static int depart(struct tx *tx, struct writer *w, const struct member *m,
		  struct err *err)
{
	struct member_departure d[2] = {
		{ .member_id = m->id,
		  .campaign_id = 1,
		  .how = 1 + (int)prng_below(&w->chance, 5),
		  .at_ms = FIXTURE_NOW + 1 },
	};

	d[1] = d[0];
	d[1].how = DEPART_TAKEN_BACK;
	return member_depart(tx, d, 1 + prng_below(&w->chance, 2),
			     FIXTURE_NOW + 2, err);
}

static int leave(struct tx *tx, struct writer *w, const struct member *m,
		 struct err *err)
{
	struct member_actor actor = { .source = SOURCE_API,
				      .now_ms = FIXTURE_NOW };
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	switch (prng_below(&w->chance, 6)) {
	case 0:
		return member_forget(tx, &w->list, m->email_hash, &actor, err);
	case 1:
		vec_push(&ids, m->id);
		return members_drop(tx, &ids, err);
	default:
		return member_archive(tx, &w->list, m->email_hash, &actor, err);
	}
}

static int restore(struct tx *tx, struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct restoreds done = VEC_INIT;

	return member_restore(tx, 1, 0, 100, FIXTURE_NOW + 3, arena, &done,
			      err);
}

/* A refusal is an outcome like others; its transaction is rolled back. */
static int change_some(struct db *db, struct writer *w, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *address = arena_printf(
		arena, "m%llu@x.example",
		(unsigned long long)prng_below(&w->chance, ADDRESSES));
	struct member m;
	int found, done;

	if (tx_begin(db, &tx, err) < 0)
		return -1;
	found = member_find(db, w->list.id, address, arena, &m, err);
	if (found < 0)
		return -1;
	switch (found ? prng_below(&w->chance, 7) : 0) {
	case 0:
	case 1:
	case 2:
		done = put(&tx, w, address, arena, err);
		break;
	case 3:
	case 4:
		done = depart(&tx, w, &m, err);
		break;
	case 5:
		done = restore(&tx, arena, err);
		break;
	default:
		done = leave(&tx, w, &m, err);
	}
	if (done < 0)
		return -1;
	if (prng_below(&w->chance, 10) == 0)
		return 0; /* not committed */
	return tx_commit(&tx, err);
}

static void change_until_done(struct db *db, struct writer *w)
{
	struct err err = ERR_INIT;

	if (change_some(db, w, &err) < 0 && err.code == ERR_IO)
		w->failed = true;
}

static void what_is_kept_is_what_is_counted(void **state)
{
	struct audience_fixture *f = *state;

	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct writer w = { .list = f->list, .chance = { seed } };

		for (int i = 0; i < 150; i++) {
			change_until_done(f->db, &w);
			if (i % 10 == 0)
				check_kept(f);
		}
		assert_false(w.failed);
	}
	check_kept(f);
	assert_true(audience_fixture_int(
			    f, "SELECT COUNT(DISTINCT status) FROM member") >=
		    5);
}

static void *write_much(void *context)
{
	struct writer *w = context;
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;

	if (store_get(w->store, STORE_AUDIENCE, &db, &err) < 0) {
		w->failed = true;
		return NULL;
	}
	for (int i = 0; i < ROUNDS; i++)
		change_until_done(db, w);
	return NULL;
}

static void many_writers_lose_nothing(void **state)
{
	struct audience_fixture *f = *state;
	struct writer w[WRITERS];
	pthread_t threads[WRITERS];

	for (int i = 0; i < WRITERS; i++) {
		w[i] = (struct writer){ .store = f->store.store,
					.list = f->list,
					.chance = { (uint64_t)i + 1 } };
		assert_int_equal(
			pthread_create(&threads[i], NULL, write_much, &w[i]),
			0);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], NULL);
		assert_false(w[i].failed);
	}
	check_kept(f);
	/* not all of them wait to be summed up */
	if (db_backend(f->db) == DB_PG)
		assert_true(audience_fixture_int(
				    f, "SELECT COUNT(*) FROM list_kept") > 0);
}

/* --- pages --- */

static void check_pages(struct audience_fixture *f,
			const struct member_filter *all)
{
	CLEANUP(vec_release) struct members walked = VEC_INIT;
	struct err err = ERR_INIT;
	int64_t total;

	assert_int_equal(
		member_list(f->db, all, f->arena, &walked, &total, &err), 0);
	assert_int_equal(total, walked.n);
	for (int64_t offset = 0; offset <= total + 1; offset++) {
		CLEANUP(vec_release) struct members page = VEC_INIT;
		struct member_filter filter = *all;
		size_t n;

		filter.offset = offset;
		filter.count = 3;
		assert_int_equal(member_list(f->db, &filter, f->arena, &page,
					     NULL, &err),
				 0);
		n = offset < total ? (size_t)(total - offset) : 0;
		assert_int_equal(page.n, n < 3 ? n : 3);
		for (size_t i = 0; i < page.n; i++)
			assert_int_equal(page.v[i].id,
					 walked.v[(size_t)offset + i].id);
	}
}

/* In several blocks, with an empty one between them. */
static void pages_begin_where_they_are(void **state)
{
	struct audience_fixture *f = *state;
	struct member_filter all = { .list_id = f->list.id, .count = 1000 };

	for (int i = 0; i < 30; i++)
		(void)audience_fixture_subscribe(
			f, arena_printf(f->arena, "p%d@x.example", i));
	store_fixture_exec(f->db, arena_printf(f->arena,
					       "UPDATE member SET id = id + %d"
					       " WHERE id > 10",
					       MEMBER_BLOCK));
	store_fixture_exec(f->db,
			   arena_printf(f->arena,
					"UPDATE member SET id = id + %d"
					" WHERE id > %d",
					2 * MEMBER_BLOCK, MEMBER_BLOCK + 20));
	store_fixture_exec(f->db, "UPDATE member SET status = 2"
				  " WHERE id % 3 = 0");
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(list_kept_renew(&tx, f->list.id, &err), 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	check_kept(f);
	check_pages(f, &all);
	all.sort_desc = true;
	check_pages(f, &all);
	all.status = MEMBER_UNSUBSCRIBED;
	check_pages(f, &all);
	all.sort_desc = false;
	check_pages(f, &all);
	all.sort = MEMBER_BY_CHANGED;
	check_pages(f, &all);
}

int main(void)
{
#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, audience_fixture_set_up, \
					audience_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_kept_is_what_is_counted),
		TEST(many_writers_lose_nothing),
		TEST(pages_begin_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
