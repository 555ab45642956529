/*
 * Which statements may put in many rows at once, how they read, and that rows
 * arrive as they are, on both databases. More of batches is in store_test.c.
 */
#include "store/many.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "store/store_fixture.h"

#include "sql/audit.h"
#include "sql/sql_all.h"
#include "sql/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void the_row_stands_there_as_often_as_there_are_rows(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	static const struct sql_row row = { 28, 6 };

	(void)state;
	many_format("INSERT INTO t (a, b) VALUES (?, ?)", &row, 3, &text);
	assert_string_equal(text.buf,
			    "INSERT INTO t (a, b) VALUES (?, ?),(?, ?),(?, ?)");
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

/* Of arrays there are as many as there are, up to a number or a size. */
static void rows_are_taken_at_once_as_arrays(void **state)
{
	static const struct sql sql = { .args = 1 };
	struct many many = { .as_arrays = true };
	char large[4096];
	struct sql_args args;
	int rows = 0;

	(void)state;
	for (; !many_is_full(&many); rows++)
		many_add(&many, &sql, SQL_ARGS(sql_int(rows)));
	assert_int_equal(rows, MANY_ARRAYS);
	assert_int_equal(many_take(&many, &args), MANY_ARRAYS);
	assert_int_equal(args.n, MANY_ARRAYS);
	assert_int_equal(many_take(&many, &args), 0);
	memset(large, 'x', sizeof(large));
	for (rows = 0; !many_is_full(&many); rows++)
		many_add(&many, &sql,
			 SQL_ARGS(sql_str((struct str){ large, 4096 })));
	assert_int_equal(rows, MANY_BYTES / 4096);
	assert_int_equal(many_take(&many, &args), rows);
	assert_int_equal(many_take(&many, &args), 0);
	many_release(&many);
}

/* What becomes of a text in one of many rows, beside others. */
static const char *odd_text(int i, struct str large)
{
	static const char *const texts[] = {
		"",
		"NULL",
		"null",
		"{",
		"}",
		"{1,2}",
		"\"quoted\"",
		"'single'",
		"back\\slash",
		"$1 and ?",
		"comma, and\ttab\r\nline",
		"\x01\x02\x1f\x7f",
		" leading and trailing ",
		"\xd9\x85\xd8\xad\xd9\x85\xd8\xaf",
		"\xf0\x9f\x98\x80",
		"-1",
	};

	if (i % 97 == 96)
		return NULL;
	return i == 50 ? large.s : texts[(size_t)i % ARRAY_SIZE(texts)];
}

static struct sql_args audit_row(struct sql_value v[7], int i, struct str large)
{
	v[0] = sql_int(i % 2 ? -i : INT64_MAX - i);
	v[1] = sql_id_or_null(i % 3);
	v[2] = sql_int(i); /* a number in a column of texts */
	v[3] = sql_text("many");
	v[4] = sql_id_or_null(i % 5);
	v[5] = sql_id_or_null(i % 7);
	v[6] = sql_text(odd_text(i, large));
	return (struct sql_args){ v, 7 };
}

static void assert_same(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void check_audit_row(const struct rows *rows, int i, struct str large)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", i);
	assert_true(rows_int(rows, 0) == (i % 2 ? -i : INT64_MAX - i));
	assert_int_equal(rows_is_null(rows, 1), i % 3 == 0);
	assert_string_equal(rows_text(rows, 2), number);
	assert_int_equal(rows_int(rows, 3), i % 5);
	assert_int_equal(rows_int(rows, 4), i % 7);
	assert_same(rows_text(rows, 5), odd_text(i, large));
}

static void write_and_check(struct db *db, int n, struct str large)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct sql_value v[7];
	struct batch b;
	int i = 0;

	assert_int_equal(tx_begin(db, &tx, &err), 0);
	batch_begin(&tx, &b);
	for (; i < n; i++)
		assert_int_equal(batch_add(&b, SQL_AUDIT_ADD,
					   audit_row(v, i, large), &err),
				 0);
	assert_int_equal(batch_end(&b, &err), n);
	assert_int_equal(db_query_text(db,
				       "SELECT at_ms, user_id, actor, entity, "
				       "record_id, detail FROM audit_log "
				       "WHERE action = 'many' ORDER BY id",
				       SQL_NO_ARGS, &rows, &err),
			 0);
	for (i = 0; rows_next(rows, &err) > 0; i++)
		check_audit_row(rows, i, large);
	assert_int_equal(i, n);
}

/* As they were added, and numbered in that order, whatever their number. */
static void rows_that_travel_together_arrive_as_they_are(void **state)
{
	static const int sizes[] = { 1,   2,   7,   8,   9,   31,  32,  33,
				     100, 255, 256, 257, 511, 512, 513, 600 };
	CLEANUP(strbuf_release) struct strbuf large = STRBUF_INIT;
	struct store_fixture f;

	(void)state;
	store_fixture_open(&f);
	while (large.len < 1 << 20)
		strbuf_addstr(&large, "{\"a\\b\",\xd9\x85}");
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		write_and_check(f.crm, sizes[i], strbuf_str(&large));
	store_fixture_free(&f);
}

static int add_sequences(struct tx *tx, struct sql_value last, struct err *err)
{
	struct batch b;
	char name[16];
	int ret = 0;

	batch_begin(tx, &b);
	for (int i = 0; i < 300 && ret == 0; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		ret = batch_add(
			&b, SQL_SEQUENCE_ADD,
			SQL_ARGS(sql_text(name), i < 299 ? sql_int(i) : last),
			err);
	}
	return ret < 0 ? -1 : (int)batch_end(&b, err);
}

/* What is of another type than its column is taken, or refused with all that
 * travels with it, as if it came alone. */
static void a_value_of_another_type_is_what_it_is_alone(void **state)
{
	struct store_fixture f;
	struct err err = ERR_INIT;
	struct tx tx = TX_INIT;
	int64_t next = 0;

	(void)state;
	store_fixture_open(&f);
	assert_int_equal(tx_begin(f.crm, &tx, &err), 0);
	assert_int_equal(add_sequences(&tx, sql_null(), &err), -1);
	assert_int_equal(err.code, ERR_BUG);
	tx_release(&tx);
	assert_int_equal(tx_begin(f.crm, &tx, &err), 0);
	assert_int_equal(add_sequences(&tx, sql_text("-12"), &err), 300);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(tx_begin(f.crm, &tx, &err), 0);
	assert_int_equal(db_find_int(f.crm, SQL_SEQUENCE_TAKE,
				     SQL_ARGS(sql_int(2), sql_text("s299")),
				     &next, &err),
			 1);
	assert_int_equal(next, -10);
	tx_release(&tx);
	store_fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_row_stands_there_as_often_as_there_are_rows),
		cmocka_unit_test(only_plain_rows_are_found_in_statements),
		cmocka_unit_test(rows_are_taken_in_their_order),
		cmocka_unit_test(rows_are_taken_at_once_as_arrays),
		cmocka_unit_test(rows_that_travel_together_arrive_as_they_are),
		cmocka_unit_test(a_value_of_another_type_is_what_it_is_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
