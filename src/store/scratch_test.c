#include "store/scratch.h"

#include "base/arena.h"
#include "base/err.h"
#include "sql/import.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct setup {
	struct store_fixture fixture;
	char folder[64], path[80];
};

static int open_setup(void **state)
{
	struct setup *s = calloc(1, sizeof(*s));

	store_fixture_open(&s->fixture);
	snprintf(s->folder, sizeof(s->folder), "/tmp/muster-scratch-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	snprintf(s->path, sizeof(s->path), "%s/x.db", s->folder);
	*state = s;
	return 0;
}

static int free_setup(void **state)
{
	struct setup *s = *state;

	assert_int_equal(rmdir(s->folder), 0); /* nothing was left in it */
	store_fixture_free(&s->fixture);
	free(s);
	return 0;
}

static int64_t number(struct db *db, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(db_query_text(db, sql, SQL_NO_ARGS, &rows, &err), 0);
	assert_int_equal(rows_next(rows, &err), 1);
	return rows_int(rows, 0);
}

static void copies_rows_and_leaves_no_file(void **state)
{
	struct setup *s = *state;
	CLEANUP(scratch_close) struct db *scratch = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	store_fixture_exec(s->fixture.crm,
			   "INSERT INTO tag (id, name, name_folded)"
			   " VALUES (1, 'Gold', 'gold'), (7, 'Silver', 's')");
	assert_int_equal(scratch_open(s->path, STORE_CRM, &scratch, &err), 0);
	assert_int_equal(access(s->path, F_OK), -1);
	store_fixture_exec(scratch, "INSERT INTO tag (id, name, name_folded)"
				    " VALUES (1, 'mine', 'mine')");

	assert_int_equal(tx_begin(scratch, &tx, &err), 0);
	assert_int_equal(scratch_copy(s->fixture.crm, SQL_IMPORT_TRIAL_TAGS,
				      SQL_NO_ARGS, &tx, "tag", &err),
			 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(number(scratch, "SELECT COUNT(*) FROM tag WHERE"
					 " (id = 1 AND name = 'mine')"
					 " OR (id = 7 AND name = 'Silver')"),
			 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(copies_rows_and_leaves_no_file,
						open_setup, free_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
