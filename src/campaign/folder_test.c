#include "campaign/folder.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/campaign_fixture.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct campaign_fixture f;

static int open_fixture(void **state)
{
	(void)state;
	campaign_fixture_open(&f, 0);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	campaign_fixture_free(&f);
	return 0;
}

static int add(enum folder_kind kind, const char *body, struct folder *out,
	       struct err *err)
{
	CLEANUP(json_free) json_t *tree = campaign_fixture_json(body);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, err) < 0 ||
	    folder_add(&tx, kind, tree, 7, FIXTURE_NOW, f.arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int rename_to(enum folder_kind kind, const char *key, const char *body,
		     struct folder *out, struct err *err)
{
	CLEANUP(json_free) json_t *tree = campaign_fixture_json(body);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, err) < 0 ||
	    folder_update(&tx, kind, key, tree, f.arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int remove_it(enum folder_kind kind, const char *key, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, err) < 0 ||
	    folder_remove(&tx, kind, key, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static const char *number(int64_t id)
{
	return arena_printf(f.arena, "%lld", (long long)id);
}

static void are_of_one_kind(void **state)
{
	struct folder campaigns, files, back;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		add(FOLDER_CAMPAIGNS, "{'name':' May '}", &campaigns, &err), 0);
	assert_string_equal(campaigns.name, "May");
	assert_int_equal(strlen(campaigns.hex), 10);
	assert_int_equal(add(FOLDER_FILES, "{'name':'May'}", &files, &err), 0);
	assert_int_equal(folder_get(f.db, FOLDER_FILES, number(files.id),
				    f.arena, &back, &err),
			 0);
	assert_int_equal(back.user_id, 7);
	assert_int_equal(folder_get(f.db, FOLDER_TEMPLATES, campaigns.hex,
				    f.arena, &back, &err),
			 -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(folder_get(f.db, FOLDER_FILES, number(campaigns.id),
				    f.arena, &back, &err),
			 -1);
	assert_int_equal(folder_get(f.db, FOLDER_FILES, campaigns.hex, f.arena,
				    &back, &err),
			 -1);
}

static void count_what_is_in_them_and_leave_it_behind(void **state)
{
	struct folder folder, back;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(add(FOLDER_CAMPAIGNS, "{'name':'May'}", &folder, &err),
			 0);
	for (int status = CAMPAIGN_SENT; status <= CAMPAIGN_ARCHIVED; status++)
		campaign_fixture_exec(
			&f,
			"INSERT INTO campaign (hex, type, status, settings,"
			" tracking, created_ms, updated_ms, folder_id) VALUES"
			" ('c%d', 'regular', %d, '{}', '{}', 1, 1, %lld)",
			status, status, (long long)folder.id);
	assert_int_equal(folder_get(f.db, FOLDER_CAMPAIGNS, folder.hex, f.arena,
				    &back, &err),
			 0);
	assert_int_equal(back.count, CAMPAIGN_ARCHIVED - CAMPAIGN_SENT);
	assert_int_equal(remove_it(FOLDER_CAMPAIGNS, folder.hex, &err), 0);
	assert_int_equal(campaign_fixture_int(&f,
					      "SELECT COUNT(*) FROM campaign"
					      " WHERE folder_id IS NULL"),
			 CAMPAIGN_ARCHIVED - CAMPAIGN_SENT + 1);
	assert_int_equal(remove_it(FOLDER_CAMPAIGNS, folder.hex, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void what_is_no_name_is_refused(void **state)
{
	static const char *const bodies[] = {
		"{}",
		"{'name':''}",
		"{'name':' '}",
		"{'name':1}",
		"{'name':null}",
		"{'name':['a']}",
		"{'name':'a\\nb'}",
	};
	struct folder folder;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		assert_int_equal(add(FOLDER_FILES, bodies[i], &folder, &err),
				 -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, "name");
	}
}

static void are_found_by_who_made_them_and_when(void **state)
{
	static const struct {
		struct folder_filter filter;
		int64_t total;
		size_t n;
	} cases[] = {
		{ { .count = 10 }, 3, 3 },
		{ { .count = 2, .offset = 2 }, 3, 1 },
		{ { .count = 10, .user_id = 7 }, 3, 3 },
		{ { .count = 10, .user_id = 8 }, 0, 0 },
		{ { .count = 10, .user_id = -1 }, 0, 0 },
		{ { .count = 10, .since_ms = FIXTURE_NOW }, 0, 0 },
		{ { .count = 10, .since_ms = FIXTURE_NOW - 1 }, 3, 3 },
		{ { .count = 10, .before_ms = FIXTURE_NOW }, 0, 0 },
	};
	struct folder folder;
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			add(FOLDER_FILES, "{'name':'x'}", &folder, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(vec_release) struct folders list = VEC_INIT;
		int64_t total = -1;

		assert_int_equal(folder_list(f.db, FOLDER_FILES,
					     &cases[i].filter, f.arena, &list,
					     &total, &err),
				 0);
		assert_int_equal(total, cases[i].total);
		assert_int_equal(list.n, cases[i].n);
	}
}

static void take_only_what_is_there(void **state)
{
	struct folder folder;
	struct err err = ERR_INIT;
	int64_t id = -1;

	(void)state;
	assert_int_equal(add(FOLDER_TEMPLATES, "{'name':'x'}", &folder, &err),
			 0);
	assert_int_equal(
		folder_take(f.db, FOLDER_TEMPLATES, folder.hex, "f", &id, &err),
		0);
	assert_int_equal(id, folder.id);
	assert_int_equal(
		folder_take(f.db, FOLDER_TEMPLATES, "", "f", &id, &err), 0);
	assert_int_equal(id, 0);
	assert_int_equal(
		folder_take(f.db, FOLDER_CAMPAIGNS, folder.hex, "f", &id, &err),
		-1);
	assert_string_equal(err.field, "f");
	assert_int_equal(folder_keep(f.db, FOLDER_TEMPLATES, folder.id, &err),
			 1);
	assert_int_equal(folder_keep(f.db, FOLDER_FILES, folder.id, &err), 0);
}

static void a_failing_database_leaves_nothing_half_done(void **state)
{
	struct folder folder;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(add(FOLDER_CAMPAIGNS, "{'name':'a'}", &folder, &err),
			 0);
	campaign_fixture_exec(
		&f,
		"INSERT INTO campaign (hex, type, status, settings, tracking,"
		" created_ms, updated_ms, folder_id) VALUES ('c', 'regular',"
		" 1, '{}', '{}', 1, 1, %lld)",
		(long long)folder.id);
	for (int n = 1;; n++) {
		int ret;

		db_fail_nth(f.db, n);
		ret = rename_to(FOLDER_CAMPAIGNS, folder.hex, "{'name':'b'}",
				&folder, &err);
		db_fail_nth(f.db, 0);
		if (ret == 0)
			break;
	}
	assert_string_equal(folder.name, "b");
	for (int n = 1;; n++) {
		int ret;

		db_fail_nth(f.db, n);
		ret = remove_it(FOLDER_CAMPAIGNS, folder.hex, &err);
		db_fail_nth(f.db, 0);
		assert_int_equal(
			campaign_fixture_int(&f, "SELECT COUNT(*) FROM campaign"
						 " WHERE folder_id > 0"),
			ret != 0);
		if (ret == 0)
			break;
	}
}

#define FIXED(test) \
	cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(are_of_one_kind),
		FIXED(count_what_is_in_them_and_leave_it_behind),
		FIXED(what_is_no_name_is_refused),
		FIXED(are_found_by_who_made_them_and_when),
		FIXED(take_only_what_is_there),
		FIXED(a_failing_database_leaves_nothing_half_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
