#include "crm/group/group.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1000000
#define EVERYBODY "{\"conditions\":[]}"
#define BERN                                                  \
	"{\"conditions\":[{\"field\":\"city\",\"op\":\"is\"," \
	"\"value\":\"bern\"}]}"

struct setup {
	struct store_fixture fixture;
	struct db *db;
	struct arena *arena;
};

static void must(int ret, const struct err *err)
{
	if (ret < 0)
		fail_msg("%s: %s", err->field, err->text);
}

static void exec(struct db *db, const char *text, struct sql_args args)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(db, &tx, &err), &err);
	must(db_exec_text(&tx, text, args, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

static void add_people(struct db *db, int64_t first, int64_t n,
		       const char *city)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(db, &tx, &err), &err);
	for (int64_t id = first; id < first + n; id++)
		must(db_exec_text(&tx,
				  "INSERT INTO person (id, name_folded, city,"
				  " created_ms, updated_ms)"
				  " VALUES (?, '', ?, 1, 1)",
				  SQL_ARGS(sql_int(id), sql_text(city)), &err),
		     &err);
	must(tx_commit(&tx, &err), &err);
}

/* People 1-5 live in Bern, 6-10 in Thun. */
static int open_setup(void **state)
{
	struct setup *s = calloc(1, sizeof(*s));

	crypto_init();
	store_fixture_open(&s->fixture);
	s->db = s->fixture.crm;
	s->arena = arena_new();
	add_people(s->db, 1, 5, "Bern");
	add_people(s->db, 6, 5, "Thun");
	*state = s;
	return 0;
}

static int free_setup(void **state)
{
	struct setup *s = *state;

	arena_free(&s->arena);
	store_fixture_free(&s->fixture);
	free(s);
	return 0;
}

static int try_add(struct setup *s, const char *name, enum group_kind kind,
		   const char *criteria, int64_t *id, struct err *err)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct group_input input = { .name = name, .kind = kind };

	if (criteria)
		must(json_parse(str_of(criteria), &json, err), err);
	input.criteria = json;
	return group_add(s->db, &input, NOW, id, err);
}

static int64_t add(struct setup *s, const char *name, enum group_kind kind,
		   const char *criteria)
{
	struct err err = ERR_INIT;
	int64_t id = 0;

	must(try_add(s, name, kind, criteria, &id, &err), &err);
	return id;
}

/* Members as text, read in pages of `page`. */
static const char *members(struct setup *s, int64_t id, int64_t page)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err err = ERR_INIT;
	struct group group;
	int64_t after = 0;
	int n;

	must(group_get(s->db, id, s->arena, &group, &err), &err);
	do {
		vec_reset(&ids);
		n = group_walk(s->db, &group, after, page, &ids, &err);
		must(n, &err);
		vec_each (&ids, one)
			strbuf_addf(&out, "%lld ", (long long)*one);
		if (n > 0)
			after = ids.v[n - 1];
	} while (n == page);
	return arena_strdup(s->arena, out.buf);
}

static int64_t count(struct setup *s, int64_t id)
{
	struct err err = ERR_INIT;
	struct group group;
	int64_t n;

	must(group_get(s->db, id, s->arena, &group, &err), &err);
	must(group_count(s->db, &group, &n, &err), &err);
	return n;
}

static void a_static_group_keeps_whom_it_had(void **state)
{
	struct setup *s = *state;
	int64_t id = add(s, "Bern", GROUP_STATIC, BERN);
	struct err err = ERR_INIT;

	assert_string_equal(members(s, id, 2), "1 2 3 4 5 ");
	exec(s->db, "UPDATE person SET city = 'Thun' WHERE id = 2",
	     SQL_NO_ARGS);
	exec(s->db, "UPDATE person SET city = 'BERN' WHERE id = 7",
	     SQL_NO_ARGS);
	assert_string_equal(members(s, id, 100), "1 2 3 4 5 ");
	must(group_refresh(s->db, id, NOW + 1, &err), &err);
	assert_string_equal(members(s, id, 100), "1 3 4 5 7 ");
	assert_int_equal(count(s, id), 5);
}

static void a_dynamic_group_follows_its_criteria(void **state)
{
	struct setup *s = *state;
	int64_t id = add(s, "Bern", GROUP_DYNAMIC, BERN);
	struct err err = ERR_INIT;

	assert_string_equal(members(s, id, 2), "1 2 3 4 5 ");
	exec(s->db, "UPDATE person SET city = 'Thun' WHERE id = 2",
	     SQL_NO_ARGS);
	assert_string_equal(members(s, id, GROUP_WALK_LONG), "1 3 4 5 ");
	assert_int_equal(count(s, id), 4);
	assert_int_equal(group_refresh(s->db, id, NOW, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void hand_made_changes_outlast_a_refresh(void **state)
{
	struct setup *s = *state;
	int64_t id = add(s, "Bern", GROUP_STATIC, BERN);
	struct err err = ERR_INIT;
	int64_t in[] = { 9, 9999 }, out[] = { 1, 9 };

	must(group_include(s->db, id, &(struct ids){ in, 2, 2 }, NOW, &err),
	     &err);
	must(group_exclude(s->db, id, &(struct ids){ out, 1, 1 }, NOW, &err),
	     &err);
	assert_string_equal(members(s, id, 100), "2 3 4 5 9 ");
	must(group_refresh(s->db, id, NOW, &err), &err);
	assert_string_equal(members(s, id, 100), "2 3 4 5 9 ");
	/* included again, what was excluded is back */
	must(group_include(s->db, id, &(struct ids){ out, 1, 1 }, NOW, &err),
	     &err);
	must(group_refresh(s->db, id, NOW, &err), &err);
	assert_string_equal(members(s, id, 100), "1 2 3 4 5 9 ");
}

static void a_group_larger_than_a_page_is_whole(void **state)
{
	struct setup *s = *state;
	int64_t id;

	add_people(s->db, 100, 12000, "Basel");
	id = add(s, "Everybody", GROUP_STATIC, EVERYBODY);
	assert_int_equal(count(s, id), 12010);
	id = add(s, "Also everybody", GROUP_DYNAMIC, EVERYBODY);
	assert_int_equal(count(s, id), 12010);
	assert_int_equal(strlen(members(s, id, 500)),
			 strlen(members(s, id, 5000)));
}

static void new_criteria_give_new_members(void **state)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct setup *s = *state;
	int64_t id = add(s, "Bern", GROUP_STATIC, BERN);
	struct group_input input = { .name = " Thun " };
	struct err err = ERR_INIT;
	struct group group;

	must(json_parse(STR("{\"conditions\":[{\"field\":\"city\",\"op\":"
			    "\"not\",\"value\":\"Bern\"}]}"),
			&json, &err),
	     &err);
	input.criteria = json;
	must(group_update(s->db, id, &input, NOW + 5, &err), &err);
	assert_string_equal(members(s, id, 100), "6 7 8 9 10 ");
	must(group_get(s->db, id, s->arena, &group, &err), &err);
	assert_string_equal(group.name, "Thun");
	input = (struct group_input){ .entity = ENTITY_LEAD };
	assert_int_equal(group_update(s->db, id, &input, NOW, &err), -1);
	assert_string_equal(err.field, "entity");
}

static void a_name_belongs_to_one_group(void **state)
{
	struct setup *s = *state;
	int64_t id = add(s, "Bern", GROUP_STATIC, BERN), other;
	struct err err = ERR_INIT;

	assert_int_equal(
		try_add(s, " BERN", GROUP_DYNAMIC, EVERYBODY, &other, &err),
		-1);
	assert_int_equal(err.code, ERR_CONFLICT);
	must(group_remove(s->db, id, &err), &err);
	assert_true(add(s, "bern", GROUP_DYNAMIC, EVERYBODY) > 0);
	assert_int_equal(try_add(s, "All", GROUP_STATIC, NULL, &other, &err),
			 -1);
	assert_string_equal(err.field, "criteria");
	assert_int_equal(
		try_add(s, "  ", GROUP_DYNAMIC, EVERYBODY, &other, &err), -1);
	assert_string_equal(err.field, "name");
}

static void a_preview_saves_nothing(void **state)
{
	CLEANUP(vec_release) struct ids sample = VEC_INIT;
	CLEANUP(json_free) json_t *json = NULL;
	struct groups groups = VEC_INIT;
	struct group_filter all = { .limit = 10 };
	struct setup *s = *state;
	struct err err = ERR_INIT;
	int64_t n;

	must(json_parse(STR(BERN), &json, &err), &err);
	must(group_preview(s->db, ENTITY_PERSON, json, &n, &sample, &err),
	     &err);
	assert_int_equal(n, 5);
	assert_int_equal(sample.n, 5);
	must(group_list(s->db, &all, s->arena, &groups, &err), &err);
	assert_int_equal(groups.n, 0);
	vec_release(&groups);
}

static void groups_are_listed_by_part_of_their_name(void **state)
{
	struct group_filter filter = { .q = "50%", .limit = 10 };
	struct groups groups = VEC_INIT;
	struct setup *s = *state;
	struct err err = ERR_INIT;
	int64_t n;

	add(s, "Sale 50% off", GROUP_DYNAMIC, EVERYBODY);
	add(s, "Sale 500 off", GROUP_DYNAMIC, EVERYBODY);
	must(group_list(s->db, &filter, s->arena, &groups, &err), &err);
	assert_int_equal(groups.n, 1);
	assert_string_equal(groups.v[0].name, "Sale 50% off");
	must(group_list_count(s->db, &filter, &n, &err), &err);
	assert_int_equal(n, 1);
	filter = (struct group_filter){ .entity = ENTITY_LEAD, .limit = 10 };
	must(group_list_count(s->db, &filter, &n, &err), &err);
	assert_int_equal(n, 0);
	vec_release(&groups);
}

/* Whatever fails: no half group is seen, and the next try works. */
static void a_failure_leaves_no_half_group(void **state)
{
	struct setup *s = *state;
	int failures = 0;

	for (int nth = 1; nth < 50; nth++) {
		struct group_filter all = { .limit = 10 };
		struct err err = ERR_INIT;
		int64_t id, n;
		int ret;

		db_fail_nth(s->db, nth);
		ret = try_add(s, "Bern", GROUP_STATIC, BERN, &id, &err);
		db_fail_nth(s->db, 0);
		if (ret == 0) {
			assert_string_equal(members(s, id, 10), "1 2 3 4 5 ");
			break;
		}
		failures++;
		must(group_list_count(s->db, &all, &n, &err), &err);
		assert_int_equal(n, 0);
	}
	assert_in_range(failures, 5, 48);
}

static void what_a_killed_process_left_is_removed(void **state)
{
	struct setup *s = *state;
	int64_t n = -1;

	exec(s->db,
	     "INSERT INTO crm_group (name, name_folded, entity, kind,"
	     " created_ms, updated_ms) VALUES ('x', 'x', 1, 1, ?, 1)",
	     SQL_ARGS(sql_int(NOW - 3600001)));
	add(s, "Bern", GROUP_STATIC, BERN);
	{
		CLEANUP(rows_free) struct rows *rows = NULL;
		struct err err = ERR_INIT;

		must(db_query_text(s->db, "SELECT COUNT(*) FROM crm_group",
				   SQL_NO_ARGS, &rows, &err),
		     &err);
		must(rows_next(rows, &err), &err);
		n = rows_int(rows, 0);
	}
	assert_int_equal(n, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_setup, free_setup)

int main(void)
{
	const struct CMUnitTest list[] = {
		TEST(a_static_group_keeps_whom_it_had),
		TEST(a_dynamic_group_follows_its_criteria),
		TEST(hand_made_changes_outlast_a_refresh),
		TEST(a_group_larger_than_a_page_is_whole),
		TEST(new_criteria_give_new_members),
		TEST(a_name_belongs_to_one_group),
		TEST(a_preview_saves_nothing),
		TEST(groups_are_listed_by_part_of_their_name),
		TEST(a_failure_leaves_no_half_group),
		TEST(what_a_killed_process_left_is_removed),
	};

	return cmocka_run_group_tests(list, NULL, NULL);
}
