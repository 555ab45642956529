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
	input.has_criteria = criteria != NULL;
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

static int64_t number(struct setup *s, const char *text)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	must(db_query_text(s->db, text, SQL_NO_ARGS, &rows, &err), &err);
	must(rows_next(rows, &err), &err);
	return rows_int(rows, 0);
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
	input.has_criteria = true;
	must(group_update(s->db, id, &input, NOW + 5, &err), &err);
	assert_string_equal(members(s, id, 100), "6 7 8 9 10 ");
	must(group_get(s->db, id, s->arena, &group, &err), &err);
	assert_string_equal(group.name, "Thun");
	input = (struct group_input){ .entity = ENTITY_LEAD };
	assert_int_equal(group_update(s->db, id, &input, NOW, &err), -1);
	assert_string_equal(err.field, "entity");
}

static void change_criteria(struct setup *s, int64_t id, const char *criteria,
			    int expect)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct group_input input = { .has_criteria = true };
	struct err err = ERR_INIT;

	if (criteria)
		must(json_parse(str_of(criteria), &json, &err), &err);
	input.criteria = json;
	assert_int_equal(group_update(s->db, id, &input, NOW, &err), expect);
	if (expect < 0)
		assert_string_equal(err.field, "criteria");
}

static void without_criteria_a_static_group_is_by_hand_only(void **state)
{
	struct setup *s = *state;
	int64_t in[] = { 2, 7, 9999 };
	struct ids ids = { in, 3, 3 };
	struct group_input input = { .name = "Hand", .ids = &ids };
	struct err err = ERR_INIT;
	struct group group;
	int64_t id;

	must(group_add(s->db, &input, NOW, &id, &err), &err);
	assert_string_equal(members(s, id, 100), "2 7 ");
	must(group_get(s->db, id, s->arena, &group, &err), &err);
	assert_null(group.criteria);
	must(group_refresh(s->db, id, NOW, &err), &err);
	assert_string_equal(members(s, id, 100), "2 7 ");
	/* and back, whoever is in by hand stays */
	change_criteria(s, id, BERN, 0);
	assert_string_equal(members(s, id, 100), "1 2 3 4 5 7 ");
	change_criteria(s, id, NULL, 0);
	assert_string_equal(members(s, id, 100), "2 7 ");
	assert_string_equal(
		members(s, add(s, "Empty", GROUP_STATIC, NULL), 100), "");

	id = add(s, "Dynamic", GROUP_DYNAMIC, BERN);
	change_criteria(s, id, NULL, -1);
	input = (struct group_input){ .name = "D",
				      .kind = GROUP_DYNAMIC,
				      .ids = &ids };
	assert_int_equal(group_add(s->db, &input, NOW, &id, &err), -1);
	assert_string_equal(err.field, "ids");
}

/* What each of four was, and is after its reset. */
static void a_reset_lets_the_criteria_decide_again(void **state)
{
	struct setup *s = *state;
	int64_t id = add(s, "Bern", GROUP_STATIC, BERN);
	int64_t in[] = { 1, 6, 7 }, out[] = { 2, 8 }, some[] = { 1, 2, 6, 8 };
	int64_t never[] = { 3, 9 };
	struct group_more more = { 0 };
	struct err err = ERR_INIT;
	struct group group;

	must(group_include(s->db, id, &(struct ids){ in, 3, 3 }, NOW, &err),
	     &err);
	must(group_exclude(s->db, id, &(struct ids){ out, 2, 2 }, NOW, &err),
	     &err);
	assert_string_equal(members(s, id, 100), "1 3 4 5 6 7 ");
	must(group_get(s->db, id, s->arena, &group, &err), &err);
	must(group_count_by_hand(s->db, &group, &more, &err), &err);
	assert_int_equal(more.included, 3);
	assert_int_equal(more.excluded, 2);

	assert_int_equal(
		group_reset(s->db, id, &(struct ids){ some, 4, 4 }, NOW, &err),
		4);
	assert_string_equal(members(s, id, 100), "1 2 3 4 5 7 ");
	must(group_count_by_hand(s->db, &group, &more, &err), &err);
	assert_int_equal(more.included, 1);
	assert_int_equal(more.excluded, 0);
	/* who fits since the criteria were applied is not called in */
	exec(s->db, "UPDATE person SET city = 'Bern' WHERE id = 9",
	     SQL_NO_ARGS);
	assert_int_equal(
		group_reset(s->db, id, &(struct ids){ never, 2, 2 }, NOW, &err),
		0);
	assert_string_equal(members(s, id, 100), "1 2 3 4 5 7 ");
}

static void pages_of_groups_hold_each_once_in_order(void **state)
{
	static const char *const sorts[] = { NULL,         "-name",
					     "updated_at", "-updated_at",
					     "created_at", "-created_at" };
	struct setup *s = *state;
	struct err err = ERR_INIT;

	for (int i = 0; i < 13; i++) {
		char name[20];

		snprintf(name, sizeof(name), "%c%d", 'a' + i % 4, 20 - i);
		exec(s->db, "UPDATE crm_group SET updated_ms = id % 3",
		     SQL_NO_ARGS);
		(void)add(s, name, i % 2 ? GROUP_STATIC : GROUP_DYNAMIC, BERN);
	}
	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
		struct group_filter f = { .sort = sorts[i], .limit = 4 };
		CLEANUP(vec_release) struct groups all = VEC_INIT;
		const char *next;
		int pages = 0;

		do {
			must(group_list(s->db, &f, s->arena, &all, &next, &err),
			     &err);
			f.cursor = next;
			pages++;
		} while (next);
		assert_int_equal(pages, 4);
		assert_int_equal(all.n, 13);
		for (size_t a = 0; a < all.n; a++)
			for (size_t b = 0; b < a; b++)
				assert_int_not_equal(all.v[a].id, all.v[b].id);
		for (size_t a = 1; i == 1 && a < all.n; a++)
			assert_true(strcmp(all.v[a - 1].name, all.v[a].name) >
				    0);
		f = (struct group_filter){ .sort = "name",
					   .cursor = "nonsense",
					   .limit = 4 };
		assert_int_equal(
			group_list(s->db, &f, s->arena, &all, &next, &err), -1);
		assert_string_equal(err.field, "cursor");
	}
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
	must(group_remove(s->db, id, NULL, &err), &err);
	assert_true(add(s, "bern", GROUP_DYNAMIC, EVERYBODY) > 0);
	assert_int_equal(try_add(s, "All", GROUP_DYNAMIC, NULL, &other, &err),
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
	const char *next;
	int64_t n;

	must(json_parse(STR(BERN), &json, &err), &err);
	must(group_preview(s->db, ENTITY_PERSON, json, &n, &sample, &err),
	     &err);
	assert_int_equal(n, 5);
	assert_int_equal(sample.n, 5);
	must(group_list(s->db, &all, s->arena, &groups, &next, &err), &err);
	assert_int_equal(groups.n, 0);
	vec_release(&groups);
}

static void groups_are_listed_by_part_of_their_name(void **state)
{
	struct group_filter filter = { .q = "50%", .limit = 10 };
	struct groups groups = VEC_INIT;
	struct setup *s = *state;
	struct err err = ERR_INIT;
	const char *next;
	int64_t n;

	add(s, "Sale 50% off", GROUP_DYNAMIC, EVERYBODY);
	add(s, "Sale 500 off", GROUP_DYNAMIC, EVERYBODY);
	must(group_list(s->db, &filter, s->arena, &groups, &next, &err), &err);
	assert_int_equal(groups.n, 1);
	assert_string_equal(groups.v[0].name, "Sale 50% off");
	must(group_list_count(s->db, &filter, &n, &err), &err);
	assert_int_equal(n, 1);
	filter = (struct group_filter){ .entity = ENTITY_LEAD, .limit = 10 };
	must(group_list_count(s->db, &filter, &n, &err), &err);
	assert_int_equal(n, 0);
	vec_release(&groups);
}

static const char *of_group(struct setup *s, const char *op, int64_t id)
{
	return arena_printf(s->arena,
			    "{\"conditions\":[{\"field\":\"group\",\"op\":"
			    "\"%s\",\"value\":%lld}]}",
			    op, (long long)id);
}

static void groups_are_made_of_groups(void **state)
{
	struct setup *s = *state;
	int64_t bern = add(s, "Bern", GROUP_DYNAMIC, BERN);
	int64_t fixed = add(s, "Fixed", GROUP_STATIC, BERN);
	int64_t out[] = { 1 }, in[] = { 9 }, not_bern, nested;
	struct err err = ERR_INIT;

	must(group_include(s->db, fixed, &(struct ids){ in, 1, 1 }, NOW, &err),
	     &err);
	must(group_exclude(s->db, fixed, &(struct ids){ out, 1, 1 }, NOW, &err),
	     &err);
	not_bern = add(s, "Not Bern", GROUP_DYNAMIC, of_group(s, "not", bern));
	assert_string_equal(members(s, not_bern, 100), "6 7 8 9 10 ");
	nested = add(s, "Nested", GROUP_DYNAMIC, of_group(s, "not", not_bern));
	assert_string_equal(members(s, nested, 100), "1 2 3 4 5 ");
	assert_string_equal(members(s, nested, GROUP_WALK_LONG), "1 2 3 4 5 ");
	assert_string_equal(
		members(s,
			add(s, "Copy", GROUP_STATIC, of_group(s, "is", fixed)),
			100),
		"2 3 4 5 9 ");
	assert_string_equal(members(s,
				    add(s, "Rest", GROUP_DYNAMIC,
					of_group(s, "not", fixed)),
				    100),
			    "1 6 7 8 10 ");
	/* of what is not known, too */
	exec(s->db, "UPDATE person SET city = NULL WHERE id = 2", SQL_NO_ARGS);
	assert_string_equal(members(s, not_bern, 100), "2 6 7 8 9 10 ");
	assert_string_equal(members(s, nested, 100), "1 3 4 5 ");
}

static void try_criteria(struct setup *s, int64_t id, const char *criteria,
			 enum err_code code, const char *said)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct group_input input = { .has_criteria = true };
	struct err err = ERR_INIT;

	must(json_parse(str_of(criteria), &json, &err), &err);
	input.criteria = json;
	assert_int_equal(group_update(s->db, id, &input, NOW, &err), -1);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, said));
}

static void no_group_refers_to_itself(void **state)
{
	struct setup *s = *state;
	int64_t a = add(s, "A", GROUP_DYNAMIC, EVERYBODY);
	int64_t b = add(s, "B", GROUP_STATIC, of_group(s, "is", a));
	int64_t c = add(s, "C", GROUP_DYNAMIC, of_group(s, "not", b)), d, e, f;
	struct err err = ERR_INIT;

	try_criteria(s, a, of_group(s, "is", a), ERR_CONFLICT, "\"A\" > \"A\"");
	try_criteria(s, a, of_group(s, "is", c), ERR_CONFLICT,
		     "\"A\" > \"C\" > \"B\" > \"A\"");
	assert_int_equal(group_remove(s->db, a, NULL, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.text, "\"B\""));
	try_criteria(s, a, of_group(s, "is", 99), ERR_INVALID, "no group");
	try_criteria(s, a, of_group(s, "blank", b), ERR_INVALID, "fit");

	/* four in a row, and no more, whoever is changed */
	d = add(s, "D", GROUP_DYNAMIC, of_group(s, "is", c));
	e = add(s, "E", GROUP_DYNAMIC, of_group(s, "is", d));
	f = add(s, "F", GROUP_DYNAMIC, EVERYBODY);
	try_criteria(s, f, of_group(s, "is", e), ERR_INVALID, "at most 4 deep");
	try_criteria(s, a, of_group(s, "is", f), ERR_INVALID,
		     "group \"E\" refers to this one");
	assert_int_equal(count(s, e), 0);

	/* who is referred to no more can go */
	change_criteria(s, b, NULL, 0);
	must(group_remove(s->db, a, NULL, &err), &err);
	must(group_remove(s->db, e, NULL, &err), &err);
	must(group_remove(s->db, d, NULL, &err), &err);
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

/* Wherever it is cut: the group is whole, or is gone, with all that it had. */
static void a_removal_that_fails_can_be_done_again(void **state)
{
	struct setup *s = *state;
	struct group_filter all = { .limit = 10 };
	int64_t id = 0, n;

	for (int nth = 1; nth < 50; nth++) {
		struct err err = ERR_INIT;
		int ret;

		must(group_list_count(s->db, &all, &n, &err), &err);
		if (n == 0)
			id = add(s, "Bern", GROUP_STATIC, BERN);
		db_fail_nth(s->db, nth);
		ret = group_remove(s->db, id, NULL, &err);
		db_fail_nth(s->db, 0);
		must(group_list_count(s->db, &all, &n, &err), &err);
		if (n == 1)
			assert_string_equal(members(s, id, 10), "1 2 3 4 5 ");
		if (ret == 0)
			break;
	}
	assert_int_equal(n, 0);
	exec(s->db, "UPDATE crm_group SET created_ms = ?",
	     SQL_ARGS(sql_int(NOW - 3600001)));
	id = add(s, "Next", GROUP_STATIC, NULL);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM crm_group"), 1);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM group_member"), 0);
}

/* More than one page of them. */
static void however_many_are_put_in(void **state)
{
	struct setup *s = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const struct group_input input = { .name = "Many",
					   .kind = GROUP_STATIC,
					   .ids = &ids };
	struct err err = ERR_INIT;
	struct group group;
	int64_t id, n;

	store_fixture_exec(s->db,
			   "INSERT INTO person (id, name_folded, created_ms,"
			   " updated_ms) WITH RECURSIVE c(i) AS (SELECT 1000000"
			   " UNION ALL SELECT i + 1 FROM c WHERE i < 1020000)"
			   " SELECT i, '', 1, 1 FROM c");
	for (int64_t i = 1000000; i <= 1020000; i++)
		vec_push(&ids, i);
	must(group_add(s->db, &input, NOW, &id, &err), &err);
	must(group_get(s->db, id, arena, &group, &err), &err);
	must(group_count(s->db, &group, &n, &err), &err);
	assert_int_equal(n, 20001);
}

static void what_a_killed_process_left_is_removed(void **state)
{
	struct setup *s = *state;

	exec(s->db,
	     "INSERT INTO crm_group (name, name_folded, entity, kind,"
	     " created_ms, updated_ms) VALUES ('x', 'x', 1, 1, ?, 1)",
	     SQL_ARGS(sql_int(NOW - 3600001)));
	add(s, "Bern", GROUP_STATIC, BERN);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM crm_group"), 1);
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
		TEST(without_criteria_a_static_group_is_by_hand_only),
		TEST(a_reset_lets_the_criteria_decide_again),
		TEST(pages_of_groups_hold_each_once_in_order),
		TEST(a_name_belongs_to_one_group),
		TEST(a_removal_that_fails_can_be_done_again),
		TEST(a_preview_saves_nothing),
		TEST(groups_are_listed_by_part_of_their_name),
		TEST(groups_are_made_of_groups),
		TEST(no_group_refers_to_itself),
		TEST(a_failure_leaves_no_half_group),
		TEST(however_many_are_put_in),
		TEST(what_a_killed_process_left_is_removed),
	};

	return cmocka_run_group_tests(list, NULL, NULL);
}
