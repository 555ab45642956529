#include "audience/side/member_word.h"

#include "audience/audience_fixture.h"
#include "base/arena.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static int64_t add(struct audience_fixture *f, const char *address,
		   const char *first, const char *last)
{
	char body[512];
	struct err err = ERR_INIT;
	struct member member;

	(void)snprintf(body, sizeof(body),
		       "{\"email_address\":\"%s\",\"status\":\"subscribed\","
		       "\"merge_fields\":{\"FNAME\":\"%s\",\"LNAME\":\"%s\"}}",
		       address, first, last);
	if (audience_fixture_apply(f, MEMBER_POST, NULL, body, FIXTURE_NOW,
				   &member, &err) < 0)
		fail_msg("%s", err.text);
	return member.id;
}

static void fill(struct audience_fixture *f)
{
	struct err err = ERR_INIT;
	int more;

	do {
		more = member_word_fill(f->db, &err);
	} while (more > 0);
	if (more < 0)
		fail_msg("%s", err.text);
}

/* "1,3": the ids that are found. */
static void expect(struct audience_fixture *f, const char *text, bool whole,
		   const char *wanted)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf found = STRBUF_INIT;
	struct member_word_query query = { .text = text, .whole = whole };
	struct err err = ERR_INIT;

	assert_int_equal(member_word_find(f->db, &query, &ids, &err), 0);
	vec_each (&ids, id)
		strbuf_addf(&found, "%s%lld", found.len ? "," : "",
			    (long long)*id);
	assert_string_equal(found.len ? found.buf : "", wanted);
}

static void find_by_how_address_or_name_begins(void **state)
{
	struct audience_fixture *f = *state;

	(void)add(f, "zoe@example.org", "Zo\u00eb",
		  "M\u00fcller-L\u00fcdenscheidt");
	(void)add(f, "zoltan@example.org", "Anna Maria", "Zoeller");
	(void)add(f, "x@example.org", "\u0623\u062d\u0645\u062f", "");
	fill(f);
	expect(f, "zoe", false, "1,2");
	expect(f, "ZO\u00cb", false, "1,2");
	expect(f, "zoe", true, "1");
	expect(f, "zo", false, "1,2");
	expect(f, "muller", false, "1");
	expect(f, "zoe mul", false, "1");
	expect(f, "maria", true, "2");
	expect(f, "maria zoe", false, "");
	expect(f, "zoe@example.org", true, "1");
	expect(f, "Zoe@Example.org", true, "1");
	expect(f, "zoe@", true, "");
	expect(f, "\u0623\u062d", false, "3");
	expect(f, "%", false, "");
	expect(f, " ", false, "");
	expect(f, "oe", false, "");
}

static void are_so_many_at_most(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const struct member_word_query query = { .text = "a", .most = 1 };
	struct err err = ERR_INIT;

	(void)add(f, "a@example.org", "A", "");
	(void)add(f, "ab@example.org", "Ab", "");
	(void)add(f, "ac@example.org", "Ac", "");
	fill(f);
	assert_int_equal(member_word_find(f->db, &query, &ids, &err), 0);
	assert_int_equal(ids.n, 2); /* one more: there are more */
	assert_int_equal(ids.v[0], 1);
}

static void follow_what_changes(void **state)
{
	struct audience_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t behind;

	(void)add(f, "a@example.org", "Ann", "");
	fill(f);
	assert_int_equal(
		audience_fixture_apply(f, MEMBER_PATCH, "a@example.org",
				       "{\"merge_fields\":{\"FNAME\":\"Bea\"},"
				       "\"email_address\":\"b@example.org\"}",
				       FIXTURE_NOW + 1, NULL, &err),
		0);
	(void)add(f, "c@example.org", "Bea", "");
	expect(f, "bea", false, "");
	expect(f, "b@example.org", true, "1"); /* needs no index */
	behind = member_word_catch_up(f->db, FIXTURE_NOW, &err);
	assert_int_equal(behind, 0);
	expect(f, "bea", false, "1,2");
	expect(f, "ann", false, "");
	expect(f, "a@", false, "");
	/* what says nothing new of it does not make it stale */
	assert_int_equal(audience_fixture_apply(
				 f, MEMBER_PATCH, "b@example.org",
				 "{\"vip\":true}", FIXTURE_NOW + 2, NULL, &err),
			 0);
	assert_int_equal(audience_fixture_int(
				 f, "SELECT COUNT(*) FROM member_word_stale"),
			 0);
}

static void hold_nothing_of_who_is_forgotten(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_actor actor = { .source = SOURCE_API,
				      .now_ms = FIXTURE_NOW };
	struct err err = ERR_INIT;

	(void)add(f, "a@example.org", "Ann", "B");
	fill(f);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(
		member_forget(&tx, &f->list, "a@example.org", &actor, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(
		audience_fixture_int(f, "SELECT COUNT(*) FROM member_word"), 0);
	fill(f);
	assert_int_equal(
		audience_fixture_int(f, "SELECT (SELECT COUNT(*) FROM"
					" member_word) + (SELECT COUNT(*) FROM"
					" member_word_stale)"),
		0);
}

static void go_with_their_list(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	(void)add(f, "a@example.org", "Ann", "B");
	fill(f);
	store_fixture_exec(f->db, "UPDATE list SET is_master = 0");
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(list_remove(&tx, f->list.hex, FIXTURE_NOW, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(
		audience_fixture_int(f, "SELECT COUNT(*) FROM member_word"), 0);
}

static void are_filled_by_the_job_if_many_are_missing(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	char name[16];

	for (int i = 0; i < 30; i++) {
		(void)snprintf(name, sizeof(name), "n%d@example.org", i);
		(void)add(f, name, "Ann", "B");
	}
	store_fixture_exec(
		f->db,
		"INSERT INTO member (id, list_id, address, email_hash,"
		" unique_id, status, changed_ms, merge) SELECT a.id * 10000 +"
		" b.id * 100 + c.id, a.list_id, 'x', 'x', 'x', 1, 1, a.merge"
		" FROM member a, member b, member c WHERE b.id < 11"
		" AND c.id < 11");
	assert_int_equal(member_word_catch_up(f->db, FIXTURE_NOW, &err), 1);
	assert_int_equal(member_word_catch_up(f->db, FIXTURE_NOW, &err), 1);
	assert_int_equal(
		audience_fixture_int(f, "SELECT COUNT(*) FROM job WHERE kind ="
					" 'member-words'"),
		1);
	expect(f, "ann", true, "");
	fill(f);
	assert_int_equal(member_word_catch_up(f->db, FIXTURE_NOW, &err), 0);
	{
		CLEANUP(vec_release) struct ids ids = VEC_INIT;
		struct member_word_query query = { .text = "ann" };

		assert_int_equal(member_word_find(f->db, &query, &ids, &err),
				 0);
		assert_true(ids.n > MEMBER_WORD_FOUND_MOST);
	}
}

/* Whenever it fails, the next time does it. */
static void are_filled_however_often_it_fails(void **state)
{
	struct audience_fixture *f = *state;
	int done = 1, failed = 0;

	(void)add(f, "a@example.org", "Ann", "B");
	for (int n = 1; done != 0; n++) {
		struct err err = ERR_INIT;

		db_fail_nth(f->db, n);
		done = member_word_fill(f->db, &err);
		db_fail_nth(f->db, 0);
		failed += done < 0;
	}
	assert_true(failed > 3);
	expect(f, "ann", false, "1");
}

int main(void)
{
#define TEST(fn)                                                     \
	cmocka_unit_test_setup_teardown(fn, audience_fixture_set_up, \
					audience_fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(find_by_how_address_or_name_begins),
		TEST(are_so_many_at_most),
		TEST(follow_what_changes),
		TEST(hold_nothing_of_who_is_forgotten),
		TEST(go_with_their_list),
		TEST(are_filled_by_the_job_if_many_are_missing),
		TEST(are_filled_however_often_it_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
