#include "store/scratch.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "store/db_private.h"

#include <unistd.h>

#define VALUES_AT_ONCE 1000 /* of one statement */

int scratch_open(const char *path, enum store_schema schema, struct db **out,
		 struct err *err)
{
	struct db *db = NULL;

	if (db_sqlite_open(path, true, &db, err) < 0)
		return -1;
	db->schema = schema;
	/* no log, which would have a name again */
	if (db->ops->script(db, "PRAGMA journal_mode=MEMORY", err) < 0 ||
	    migrate(db, err) < 0) {
		(void)unlink(path); /* err says more */
		scratch_close(&db);
		return -1;
	}
	if (unlink(path) < 0) {
		scratch_close(&db);
		return err_errno(err, "removing %s", path);
	}
	*out = db;
	return 0;
}

void scratch_close(struct db **db)
{
	if (*db)
		(*db)->ops->close(*db);
	*db = NULL;
}

/* --- copying --- */

/* Rows on their way: as texts, of which columns make what they are. */
struct copy {
	struct tx *to;
	const char *table;
	struct rows *rows;
	int columns;
	struct arena *arena;
	VEC(struct sql_value) values;
	int64_t added;
};

static void add_statement(const struct copy *c, struct strbuf *sql)
{
	strbuf_addstr(sql, "INSERT INTO ");
	strbuf_addstr(sql, c->table);
	for (int i = 0; i < c->columns; i++)
		strbuf_addf(sql, "%s%s", i ? ", " : " (",
			    rows_name(c->rows, i));
	strbuf_addstr(sql, ") VALUES ");
	for (size_t i = 0; i < c->values.n; i++) {
		bool first = i % (size_t)c->columns == 0;

		strbuf_addstr(sql, !i ? "(?" : first ? "), (?" : ", ?");
	}
	strbuf_addstr(sql, ") ON CONFLICT DO NOTHING");
}

static int write_copy(struct copy *c, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	int added;

	if (c->values.n == 0)
		return 0;
	add_statement(c, &sql);
	added = db_exec_text(c->to, sql.buf,
			     (struct sql_args){ c->values.v, c->values.n },
			     err);
	if (added < 0)
		return -1;
	c->added += added;
	vec_reset(&c->values);
	arena_reset(c->arena);
	return 0;
}

static int copy_rows(struct copy *c, struct err *err)
{
	int more;

	while ((more = rows_next(c->rows, err)) > 0) {
		for (int i = 0; i < c->columns; i++)
			vec_push(&c->values,
				 sql_text(rows_dup(c->rows, i, c->arena)));
		if (c->values.n + (size_t)c->columns > VALUES_AT_ONCE &&
		    write_copy(c, err) < 0)
			return -1;
	}
	return more < 0 ? -1 : write_copy(c, err);
}

int scratch_copy(struct db *from, const struct sql *sql, struct sql_args args,
		 struct tx *to, const char *table, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct copy c = { .to = to, .table = table, .arena = arena };
	int ret;

	if (db_query(from, sql, args, &rows, err) < 0)
		return -1;
	c.rows = rows;
	c.columns = rows_columns(rows);
	ret = copy_rows(&c, err);
	vec_release(&c.values);
	return ret < 0 ? -1 : (int)c.added;
}
