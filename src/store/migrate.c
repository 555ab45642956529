/* Brings a schema up to date. Called by store_open; one program at a time. */
#include "store/db_private.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/sql_all.h"

/* Any number: one program migrates at a time. */
#define PG_LOCK "SELECT pg_advisory_xact_lock(7746921)"

static int make_schema(struct tx *tx, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	struct db *db = tx->db;

	if (db->backend == DB_PG) {
		strbuf_addf(&sql, PG_LOCK "; CREATE SCHEMA IF NOT EXISTS %s;",
			    schema_name(db->schema));
	}
	strbuf_addstr(&sql, "CREATE TABLE IF NOT EXISTS schema_migration ("
			    "number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
			    "at_ms BIGINT NOT NULL)");
	return db->ops->script(db, sql.buf, err);
}

static int last_number(struct db *db, int *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query_text(db, "SELECT max(number) FROM schema_migration",
			  SQL_NO_ARGS, &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found > 0)
		*out = (int)rows_int(rows, 0);
	return found < 0 ? -1 : 0;
}

static int apply(struct tx *tx, const struct sql_migration *m, struct err *err)
{
	struct db *db = tx->db;

	if (db->ops->script(db, db->backend == DB_PG ? m->pg : m->sqlite, err) <
	    0)
		return err_prefix(err, "migration %s of %s", m->name,
				  schema_name(db->schema));
	return db_exec_text(tx,
			    "INSERT INTO schema_migration (number, name, "
			    "at_ms) VALUES (?, ?, ?)",
			    SQL_ARGS(sql_int(m->number), sql_text(m->name),
				     sql_int(clock_now_ms())),
			    err);
}

int migrate(struct db *db, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int last = 0, known = 0;

	if (tx_begin(db, &tx, err) < 0 || make_schema(&tx, err) < 0 ||
	    last_number(db, &last, err) < 0)
		return -1;
	for (const struct sql_migration *m = sql_migrations; m->name; m++) {
		if (m->schema != (int)db->schema)
			continue;
		known = m->number;
		if (m->number > last && apply(&tx, m, err) < 0)
			return -1;
	}
	if (last > known)
		return err_set(err, ERR_INVALID,
			       "the database was made by a newer Muster: its "
			       "schema %s is at %d, this program knows %d",
			       schema_name(db->schema), last, known);
	return tx_commit(&tx, err);
}
