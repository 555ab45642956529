#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/sql_all.h"
#include "store/store_fixture.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/*
 * A query that is given keys looks each of them up. SQLite would rather go
 * through a whole table if an index has the order that is asked for, or another
 * condition: that costs nothing with ten rows, and is square with a million. A
 * + before a column keeps SQLite from its index.
 */

/* Few rows are there ever, or few are left by the other conditions; of the
 * last, there are several lists of keys. */
static const char *const scans[] = {
	"job-next",
	"job-leases",
	"job-page",
	"job-page-open",
	"job-count",
	"job-count-open",
	"member-tags-by-names",
	"sent-mail-members",
};

static bool may_scan(const char *name)
{
	for (size_t i = 0; i < sizeof(scans) / sizeof(*scans); i++)
		if (strcmp(scans[i], name) == 0)
			return true;
	return false;
}

/* The column before " IN (SELECT ... json_each"; "NOT" is none. */
static const char *next_column(const char **text, struct arena *arena)
{
	static const char *const lists[] = {
		" IN (SELECT value FROM json_each",
		" IN (SELECT CAST(value AS INTEGER) FROM json_each",
	};
	const char *at = NULL, *begin;

	for (size_t i = 0; i < 2; i++) {
		const char *found = strstr(*text, lists[i]);

		if (found && (!at || found < at))
			at = found;
	}
	if (!at)
		return NULL;
	*text = at + 1;
	begin = at;
	while (begin[-1] == '_' || isalnum((unsigned char)begin[-1]))
		begin--;
	return arena_str(arena, (struct str){ begin, (size_t)(at - begin) });
}

static void explain(struct db *db, const struct sql *sql, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct sql_value nulls[64] = { 0 };
	struct err err = ERR_INIT;

	assert_true(sql->args <= 64);
	strbuf_addf(&text, "EXPLAIN QUERY PLAN %s", sql->sqlite);
	if (db_query_text(db, text.buf,
			  (struct sql_args){ nulls, (size_t)sql->args }, &rows,
			  &err) < 0)
		fail_msg("%s: %s", sql->name, err.text);
	while (rows_next(rows, &err) > 0)
		strbuf_addf(out, "%s\n", rows_text(rows, 3));
}

static bool is_looked_up(const char *plan, const char *column,
			 struct arena *arena)
{
	return strstr(plan, arena_printf(arena, "(%s=?", column)) ||
	       strstr(plan, arena_printf(arena, " %s=?", column)) ||
	       strstr(plan, "(rowid=?)");
}

/* Returns how many columns with keys it has. */
static int check(struct db *db, const struct sql *sql)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf plan = STRBUF_INIT;
	const char *text = sql->sqlite, *column;
	int columns = 0;

	while ((column = next_column(&text, arena))) {
		if (strcmp(column, "NOT") == 0)
			continue;
		columns++;
		if (plan.len == 0)
			explain(db, sql, &plan);
		if (!is_looked_up(plan.buf, column, arena))
			fail_msg("%s goes through a table for its %s:\n%s",
				 sql->name, column, plan.buf);
	}
	return columns;
}

static struct db *db_of(const struct store_fixture *f, const struct sql *sql)
{
	return sql->schema == STORE_CRM        ? f->crm
	       : sql->schema == STORE_AUDIENCE ? f->audience
					       : f->events;
}

static void keys_are_looked_up(void **state)
{
	struct store_fixture f;
	int columns = 0;

	(void)state;
	store_fixture_open(&f);
	if (db_backend(f.crm) != DB_SQLITE) {
		store_fixture_free(&f);
		skip();
	}
	for (size_t i = 0; i < sql_all_count; i++) {
		const struct sql *sql = sql_all[i];

		if (!may_scan(sql->name))
			columns += check(db_of(&f, sql), sql);
	}
	assert_true(columns > 100);
	store_fixture_free(&f);
}

/*
 * PostgreSQL knows nothing of a table that was filled a moment ago, and takes
 * any index for as good as that of the keys: it then goes through all that the
 * other conditions leave. The same + keeps it from that.
 */
static void explain_pg(struct db *db, const struct sql *sql, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct sql_value ones[64];
	struct err err = ERR_INIT;

	for (int i = 0; i < sql->args; i++)
		ones[i] = sql_int(1);
	strbuf_addf(&text, "EXPLAIN (COSTS OFF) %s", sql->pg);
	if (db_query_text(db, text.buf,
			  (struct sql_args){ ones, (size_t)sql->args }, &rows,
			  &err) < 0)
		fail_msg("%s: %s", sql->name, err.text);
	while (rows_next(rows, &err) > 0)
		strbuf_addf(out, "%s\n", rows_text(rows, 0));
}

/* Tables of ten rows are read as they stand. */
static void forbid_scans(struct db *db)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(db_query_text(db, "SET enable_seqscan = off",
				       SQL_NO_ARGS, &rows, &err),
			 0);
}

/* A line that compares each row with a list of keys. */
static const char *find_filter(const char *plan)
{
	const char *at = plan, *filter, *end;

	while ((filter = strstr(at, "Filter: "))) {
		end = strchr(filter, '\n');
		if (memmem(filter, (size_t)(end - filter), "= ANY ($", 8))
			return filter;
		at = end;
	}
	return NULL;
}

static void keys_are_looked_up_by_postgres(void **state)
{
	struct store_fixture f;
	int queries = 0, wrong = 0;

	(void)state;
	store_fixture_open(&f);
	if (db_backend(f.crm) != DB_PG) {
		store_fixture_free(&f);
		skip();
	}
	forbid_scans(f.crm);
	forbid_scans(f.audience);
	forbid_scans(f.events);
	for (size_t i = 0; i < sql_all_count; i++) {
		CLEANUP(strbuf_release) struct strbuf plan = STRBUF_INIT;
		const struct sql *sql = sql_all[i];
		struct db *db = db_of(&f, sql);

		if (!sql->has_keys || may_scan(sql->name))
			continue;
		queries++;
		explain_pg(db, sql, &plan);
		if (find_filter(plan.buf)) {
			print_error("%s compares all that there are with its "
				    "keys:\n%s\n",
				    sql->name, plan.buf);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	assert_true(queries > 100);
	store_fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_looked_up),
		cmocka_unit_test(keys_are_looked_up_by_postgres),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
