/*
 * Which statements may put in many rows at once, and how they read. That a
 * batch does what its statements do one by one, on both databases, is in
 * store_test.c.
 */
#include "store/pg_many.h"

#include "base/cleanup.h"
#include "sql/sql_all.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void the_row_stands_there_as_often_as_there_are_rows(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	static const struct sql sql = {
		.pg = "INSERT INTO t (a, b) VALUES ($1, CAST($2 AS BIGINT)) "
		      "ON CONFLICT (a) DO NOTHING",
		.args = 2,
		.row_at = 28,
		.row_len = 24,
	};

	(void)state;
	assert_true(pg_many_is_fit(&sql));
	pg_many_format(&sql, &text);
	assert_non_null(strstr(text.buf, "VALUES ($1, CAST($2 AS BIGINT)),"
					 "($3, CAST($4 AS BIGINT)),"
					 "($5, CAST($6 AS BIGINT)),"));
	assert_non_null(strstr(text.buf, ",($63, CAST($64 AS BIGINT)) "
					 "ON CONFLICT (a) DO NOTHING"));
}

/* What sqlgen.py finds: the row, whole, and nothing that looks elsewhere. */
static void only_plain_rows_are_found_in_statements(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sql_all_count; i++) {
		const struct sql *sql = sql_all[i];
		struct str row = { sql->pg + sql->row_at, sql->row_len };

		if (!pg_many_is_fit(sql))
			continue;
		n++;
		assert_true(str_starts(str_of(sql->pg), "INSERT INTO "));
		assert_int_equal(row.s[0], '(');
		assert_int_equal(row.s[row.len - 1], ')');
		assert_null(memmem(row.s, row.len, "SELECT", 6));
		assert_null(strstr(sql->pg, "DO UPDATE"));
		assert_null(strstr(sql->pg, "RETURNING"));
	}
	assert_true(n > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_row_stands_there_as_often_as_there_are_rows),
		cmocka_unit_test(only_plain_rows_are_found_in_statements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
