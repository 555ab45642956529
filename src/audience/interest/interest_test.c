#include "audience/interest/interest.h"

#include "audience/audience_fixture.h"
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static int category_add(struct audience_fixture *f, const char *body,
			struct interest_category *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = NULL;

	assert_int_equal(json_parse(str_of(body), &tree, err), 0);
	if (tx_begin(f->db, &tx, err) < 0 ||
	    interest_category_add(&tx, &f->list, tree, f->arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int add(struct audience_fixture *f, const char *category,
	       const char *body, struct interest *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = NULL;

	assert_int_equal(json_parse(str_of(body), &tree, err), 0);
	if (tx_begin(f->db, &tx, err) < 0 ||
	    interest_add(&tx, f->list.id, category, tree, f->arena, out, err) <
		    0)
		return -1;
	return tx_commit(&tx, err);
}

static void make_two(struct audience_fixture *f,
		     struct interest_category *category, struct interest v[2])
{
	struct err err = ERR_INIT;

	assert_int_equal(
		category_add(f, "{\"title\":\"T\",\"type\":\"checkboxes\"}",
			     category, &err),
		0);
	assert_int_equal(add(f, category->hex, "{\"name\":\"A\"}", &v[0], &err),
			 0);
	assert_int_equal(add(f, category->hex, "{\"name\":\"B\"}", &v[1], &err),
			 0);
}

/* 12,000 members, of whom every second is subscribed, all choose both. */
static void all_choose(struct audience_fixture *f, const struct interest v[2])
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	store_fixture_exec(
		f->db,
		arena_printf(arena,
			     "INSERT INTO member (id, list_id, address,"
			     " email_hash, unique_id, status, changed_ms)"
			     " SELECT a.n * 1000 + b.n * 100 + c.n * 10 + d.n"
			     " + 1000, %lld, '', '', '', 1 + d.n %% 2, 1"
			     " FROM (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL"
			     " SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"
			     " UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL"
			     " SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9"
			     " UNION ALL SELECT 10 UNION ALL SELECT 11) AS a,"
			     " (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL"
			     " SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4"
			     " UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL"
			     " SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
			     " AS b, (SELECT 0 AS n UNION ALL SELECT 1 UNION"
			     " ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT"
			     " 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION"
			     " ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT"
			     " 9) AS c, (SELECT 0 AS n UNION ALL SELECT 1 UNION"
			     " ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT"
			     " 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION"
			     " ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT"
			     " 9) AS d",
			     (long long)f->list.id));
	for (int i = 0; i < 2; i++)
		store_fixture_exec(
			f->db,
			arena_printf(arena,
				     "INSERT INTO member_interest (interest_id,"
				     " member_id) SELECT %lld, id FROM member",
				     (long long)v[i].id));
}

static void count_subscribed_members(void **state)
{
	struct audience_fixture *f = *state;
	struct interest_category category;
	struct interest v[2];
	struct err err = ERR_INIT;
	int64_t n[2];

	make_two(f, &category, v);
	assert_int_equal(interest_count(f->db, f->list.id, v, 2, n, &err), 0);
	assert_int_equal(n[0] + n[1], 0);
	all_choose(f, v);
	assert_int_equal(interest_count(f->db, f->list.id, v, 2, n, &err), 0);
	assert_int_equal(n[0], 6000);
	store_fixture_exec(f->db,
			   "DELETE FROM member_interest WHERE interest_id ="
			   " (SELECT MIN(id) FROM interest) AND member_id <"
			   " 1100");
	store_fixture_exec(f->db, "UPDATE member SET status = 6 WHERE id <"
				  " 1200");
	assert_int_equal(interest_count(f->db, f->list.id, v, 2, n, &err), 0);
	assert_int_equal(n[0], 5900);
	assert_int_equal(n[1], 5900);
}

static void are_removed_with_who_has_chosen_them(void **state)
{
	struct audience_fixture *f = *state;
	struct interest_category category;
	struct interest v[2];
	struct err err = ERR_INIT;

	make_two(f, &category, v);
	all_choose(f, v);
	assert_int_equal(interest_remove(f->db, f->list.id, category.hex,
					 v[0].hex, &err),
			 0);
	assert_int_equal(
		audience_fixture_int(f, "SELECT COUNT(*) FROM member_interest"),
		12000);
	assert_int_equal(interest_remove(f->db, f->list.id, category.hex,
					 v[0].hex, &err),
			 -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(
		interest_category_remove(f->db, f->list.id, category.hex, &err),
		0);
	assert_int_equal(
		audience_fixture_int(f, "SELECT (SELECT COUNT(*) FROM"
					" member_interest) + (SELECT COUNT(*)"
					" FROM interest) + (SELECT COUNT(*)"
					" FROM interest_category)"),
		0);
}

/* Whenever it fails: what is left is whole, and goes the next time. */
static void are_removed_however_often_it_fails(void **state)
{
	struct audience_fixture *f = *state;
	struct interest_category category;
	struct interest v[2];
	int done = -1, failed = -1;

	make_two(f, &category, v);
	all_choose(f, v);
	for (int n = 1; done < 0; n++) {
		struct err err = ERR_INIT;

		db_fail_nth(f->db, n);
		done = interest_category_remove(f->db, f->list.id, category.hex,
						&err);
		db_fail_nth(f->db, 0);
		failed++;
		assert_int_equal(audience_fixture_int(
					 f, "SELECT COUNT(*) FROM"
					    " member_interest WHERE interest_id"
					    " NOT IN (SELECT id FROM interest"
					    " WHERE category_id IN (SELECT id"
					    " FROM interest_category))"),
				 0);
	}
	assert_true(failed > 10);
	assert_int_equal(
		audience_fixture_int(f, "SELECT COUNT(*) FROM member_interest"),
		0);
}

static void go_with_their_list(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct interest_category category;
	struct interest v[2];
	struct err err = ERR_INIT;

	make_two(f, &category, v);
	all_choose(f, v);
	store_fixture_exec(f->db, "UPDATE list SET is_master = 0");
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(list_remove(&tx, f->list.hex, FIXTURE_NOW, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(
		audience_fixture_int(f, "SELECT (SELECT COUNT(*) FROM"
					" member_interest) + (SELECT COUNT(*)"
					" FROM interest) + (SELECT COUNT(*)"
					" FROM interest_category)"),
		0);
}

int main(void)
{
#define TEST(fn)                                                     \
	cmocka_unit_test_setup_teardown(fn, audience_fixture_set_up, \
					audience_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(count_subscribed_members),
		TEST(are_removed_with_who_has_chosen_them),
		TEST(are_removed_however_often_it_fails),
		TEST(go_with_their_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
