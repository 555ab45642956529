/*
 * Which statements may put in many rows at once, and how they read. That a
 * batch does what its statements do one by one, on both databases, is in
 * store_test.c.
 */
#include "store/many.h"

#include "base/cleanup.h"
#include "sql/sql_all.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void the_row_stands_there_as_often_as_there_are_rows(void **state)
{
	CLEANUP(strbuf_release) struct strbuf pg = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf lite = STRBUF_INIT;
	static const struct sql_row row = { 28, 24 }, plain = { 28, 6 };

	(void)state;
	many_format("INSERT INTO t (a, b) VALUES ($1, CAST($2 AS BIGINT)) "
		    "ON CONFLICT (a) DO NOTHING",
		    &row, 2, 3, &pg);
	assert_string_equal(pg.buf,
			    "INSERT INTO t (a, b) VALUES ($1, CAST($2 AS "
			    "BIGINT)),($3, CAST($4 AS BIGINT)),($5, CAST($6 "
			    "AS BIGINT)) ON CONFLICT (a) DO NOTHING");
	many_format("INSERT INTO t (a, b) VALUES (?, ?)", &plain, 2, 2, &lite);
	assert_string_equal(lite.buf,
			    "INSERT INTO t (a, b) VALUES (?, ?),(?, ?)");
}

static void check_row(const char *text, const struct sql_row *row)
{
	assert_true(str_starts(str_of(text), "INSERT "));
	assert_int_equal(text[row->at], '(');
	assert_int_equal(text[row->at + row->len - 1], ')');
	assert_null(memmem(text + row->at, row->len, "SELECT", 6));
	assert_null(strchr(text + row->at + row->len, '?'));
	assert_null(strstr(text, "RETURNING"));
}

/* What sqlgen.py finds: the row, whole, and nothing that looks elsewhere. */
static void only_plain_rows_are_found_in_statements(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sql_all_count; i++) {
		const struct sql *sql = sql_all[i];

		if (!many_is_fit(sql))
			continue;
		n++;
		check_row(sql->sqlite, &sql->sqlite_row);
		check_row(sql->pg, &sql->pg_row);
	}
	assert_true(n > 20);
}

/* 32 + 8 + 1 + 1 + 1; the texts are those of the time when they were added. */
static void rows_are_taken_in_their_order(void **state)
{
	static const struct sql sql = { .args = 2 };
	static const size_t sizes[] = { MANY_MOST, MANY_SOME, 1, 1, 1 };
	struct many many = { 0 };
	struct sql_args args;
	char text[16];
	int64_t row = 0;

	(void)state;
	for (int i = 0; i < 43; i++) {
		snprintf(text, sizeof(text), "row %d", i);
		many_add(&many, &sql, SQL_ARGS(sql_int(i), sql_text(text)));
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(many_take(&many, &args), sizes[i]);
		assert_int_equal(args.n, 2 * sizes[i]);
		for (size_t k = 0; k < args.n; k += 2, row++) {
			snprintf(text, sizeof(text), "row %d", (int)row);
			assert_int_equal(args.v[k].i, row);
			assert_string_equal(args.v[k + 1].s.s, text);
		}
	}
	assert_int_equal(many_take(&many, &args), 0);
	assert_null(many.sql);
	many_release(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_row_stands_there_as_often_as_there_are_rows),
		cmocka_unit_test(only_plain_rows_are_found_in_statements),
		cmocka_unit_test(rows_are_taken_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
