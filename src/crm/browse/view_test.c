#include "crm/browse/view.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/crm_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BERN                                                            \
	"{\"conditions\":[{\"field\":\"city\",\"op\":\"is\",\"value\":" \
	"\"Bern\"}]}"

/* By user_id, of people; -1 with err. */
static int add(struct crm_fixture *f, int64_t user_id, struct view *v,
	       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = f->actor;

	actor.user_id = user_id;
	if (!v->entity)
		v->entity = ENTITY_PERSON;
	if (!v->columns)
		v->columns = "[]";
	if (tx_begin(f->db, &tx, err) < 0 ||
	    view_add(&tx, v, &actor, f->arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static size_t seen_by(struct crm_fixture *f, int64_t user_id)
{
	CLEANUP(vec_release) struct views views = VEC_INIT;
	struct viewer viewer = { .user_id = user_id };
	struct err err = ERR_INIT;

	assert_int_equal(view_list(f->db, ENTITY_PERSON, &viewer, f->arena,
				   &views, &err),
			 0);
	return views.n;
}

static void one_sees_ones_own_and_shared_ones(void **state)
{
	struct view own = { .name = " Bern ", .filter = BERN, .sort = "-name" };
	struct view shared = { .name = "All", .q = "x", .shared = true };
	struct viewer ada = { .user_id = 1 }, eve = { .user_id = 2 },
		      root = { .user_id = 3, .is_administrator = true };
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct view v;

	assert_int_equal(add(f, 1, &own, &err), 0);
	assert_int_equal(add(f, 1, &shared, &err), 0);
	assert_int_equal(seen_by(f, 1), 2);
	assert_int_equal(seen_by(f, 2), 1);
	assert_int_equal(seen_by(f, 0), 1); /* a key of no user */
	assert_int_equal(view_get(f->db, own.id, &ada, f->arena, &v, &err), 0);
	assert_string_equal(v.name, "Bern");
	assert_string_equal(v.filter, BERN);
	assert_int_equal(view_get(f->db, own.id, &eve, f->arena, &v, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(view_get(f->db, own.id, &root, f->arena, &v, &err), 0);
	assert_int_equal(view_check_owner(&v, &root, &err), 0);
	assert_int_equal(view_get(f->db, shared.id, &eve, f->arena, &v, &err),
			 0);
	assert_int_equal(view_check_owner(&v, &eve, &err), -1);
	assert_int_equal(err.code, ERR_DENIED);
}

static void names_are_taken_per_owner_and_kind(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;

	assert_int_equal(add(f, 1, &(struct view){ .name = "Straße" }, &err),
			 0);
	assert_int_equal(add(f, 1, &(struct view){ .name = "STRASSE" }, &err),
			 -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(add(f, 2, &(struct view){ .name = "Straße" }, &err),
			 0);
	assert_int_equal(
		add(f, 1,
		    &(struct view){ .name = "Straße", .entity = ENTITY_LEAD },
		    &err),
		0);
}

static void what_a_list_would_refuse_is_refused(void **state)
{
	static const struct {
		struct view view;
		const char *field;
	} cases[] = {
		{ { .name = " " }, "name" },
		{ { .name = "a", .sort = "city" }, "sort" },
		{ { .name = "a", .columns = "{}" }, "columns" },
		{ { .name = "a", .columns = "[1]" }, "columns" },
		{ { .name = "a", .columns = "[\"\"]" }, "columns" },
		{ { .name = "a", .columns = "[\"name\",\"shoe\"]" },
		  "columns" },
		{ { .name = "a", .filter = "{}" }, "filter.conditions" },
		{ { .name = "a",
		    .filter = "{\"conditions\":[{\"field\":\"industry\","
			      "\"op\":\"is\",\"value\":\"x\"}]}" },
		  "filter.conditions[0].field" },
	};
	struct crm_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct view v = cases[i].view;
		struct err err = ERR_INIT;

		assert_int_equal(add(f, 1, &v, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, cases[i].field);
	}
	assert_int_equal(seen_by(f, 1), 0);
}

static int rename_view(struct crm_fixture *f, int64_t id, const char *name,
		       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct viewer viewer = { .user_id = 1 };
	struct view before, v;

	if (tx_begin(f->db, &tx, err) < 0 ||
	    view_get(f->db, id, &viewer, f->arena, &before, err) < 0)
		return -1;
	v = before;
	v.name = name;
	if (view_update(&tx, &before, &v, &f->actor, f->arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* A view outlives what its filter names. */
static void a_view_is_renamed_whatever_its_filter_names(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct view v = { .name = "a", .filter = BERN };

	assert_int_equal(add(f, 1, &v, &err), 0);
	store_fixture_exec(f->db, "UPDATE saved_view SET filter = "
				  "'{\"conditions\":[{\"field\":\"company_id\","
				  "\"op\":\"is\",\"value\":9}]}'");
	assert_int_equal(rename_view(f, v.id, "b", &err), 0);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM saved_view "
					   "WHERE name = 'b' AND name_folded = "
					   "'b'"),
			 1);
	assert_int_equal(add(f, 1, &(struct view){ .name = "c" }, &err), 0);
	assert_int_equal(rename_view(f, v.id, "C", &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void a_user_who_goes_leaves_shared_ones(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;

	assert_int_equal(add(f, 7, &(struct view){ .name = "a" }, &err), 0);
	assert_int_equal(
		add(f, 7, &(struct view){ .name = "b", .shared = true }, &err),
		0);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(view_remove_of_user(&tx, 7, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(seen_by(f, 7), 1);
	assert_int_equal(seen_by(f, 1), 1);
}

static void each_failing_step_leaves_no_trace(void **state)
{
	struct crm_fixture *f = *state;
	int failures = 0;

	for (int n = 1;; n++) {
		struct view v = { .name = "a", .filter = BERN };
		struct err err = ERR_INIT;
		int ret;

		db_fail_nth(f->db, n);
		ret = add(f, 1, &v, &err);
		db_fail_nth(f->db, 0);
		if (ret == 0)
			break;
		failures++;
		assert_int_equal(err.code, ERR_IO);
		assert_int_equal(seen_by(f, 1), 0);
	}
	assert_true(failures > 2);
	assert_int_equal(seen_by(f, 1), 1);
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(one_sees_ones_own_and_shared_ones),
		FIXED(names_are_taken_per_owner_and_kind),
		FIXED(what_a_list_would_refuse_is_refused),
		FIXED(a_view_is_renamed_whatever_its_filter_names),
		FIXED(a_user_who_goes_leaves_shared_ones),
		FIXED(each_failing_step_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
