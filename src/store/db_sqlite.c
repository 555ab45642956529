/*
 * The back end for SQLite: statements and transactions. Called by db.c; a
 * connection is one thread's at a time.
 */
#include "store/db_sqlite_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "sql/sql_all.h"
#include "store/boot_id.h"
#include "store/many.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lite_rows {
	struct rows rows;
	struct lite *lite;
	sqlite3_stmt *stmt;
	bool cached; /* the statement goes back to the cache */
};

/* That something is there already is an answer; a NULL that must not be is a
 * bug of ours. */
static enum err_code code_of_constraint(struct lite *lite)
{
	switch (sqlite3_extended_errcode(lite->handle)) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return ERR_CONFLICT;
	default:
		return ERR_BUG;
	}
}

/*
 * What the disk did not take is gone, though the kernel may say of the next
 * attempt that all is well: nothing more may be built on it. What was answered
 * is there when the program starts again.
 */
static _Noreturn void end_unsynced(const char *why)
{
	log_error("the disk did not keep what was written: the program ends",
		  LOG_TEXT("error", why));
	_exit(EXIT_FAILURE);
}

int lite_fail(struct lite *lite, int code, struct err *err)
{
	const char *text = sqlite3_errmsg(lite->handle);

	if (sqlite3_extended_errcode(lite->handle) == SQLITE_IOERR_FSYNC)
		end_unsynced(text);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(err, ERR_RETRY, DB_LOCKED);
	case SQLITE_INTERRUPT:
		return err_set(err, ERR_RETRY, "the program stops");
	case SQLITE_CONSTRAINT:
		return err_inside(err, code_of_constraint(lite), "%s", text);
	case SQLITE_FULL:
		return err_set(err, ERR_FULL, DB_DISK_FULL);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN: /* the log, its index, a journal */
		if (err_is_no_room(sqlite3_system_errno(lite->handle)))
			return err_set(err, ERR_FULL, DB_DISK_FULL);
		return err_inside(err, ERR_IO, "%s", text);
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return err_inside(err, ERR_BUG, "%s", text);
	default:
		return err_inside(err, ERR_IO, "%s", text);
	}
}

static int compile(struct lite *lite, const char *text, unsigned flags,
		   sqlite3_stmt **out, struct err *err)
{
	int rc = sqlite3_prepare_v3(lite->handle, text, -1, flags, out, NULL);

	return rc == SQLITE_OK ? 0 : lite_fail(lite, rc, err);
}

/* *cached: the statement belongs to the cache and must be reset after use. */
static int statement(struct lite *lite, const struct sql *sql, const char *text,
		     sqlite3_stmt **out, bool *cached, struct err *err)
{
	sqlite3_stmt **slot;

	*cached = false;
	if (!sql)
		return compile(lite, text, 0, out, err);
	slot = &lite->cache[sql->index];
	if (*slot && sqlite3_stmt_busy(*slot)) /* in use further up */
		return compile(lite, sql->sqlite, 0, out, err);
	if (!*slot && compile(lite, sql->sqlite, SQLITE_PREPARE_PERSISTENT,
			      slot, err) < 0)
		return -1;
	*cached = true;
	*out = *slot;
	return 0;
}

static int bind_one(sqlite3_stmt *stmt, int at, const struct sql_value *v,
		    sqlite3_destructor_type keep)
{
	switch (v->type) {
	case SQL_INT:
		return sqlite3_bind_int64(stmt, at, v->i);
	case SQL_DOUBLE:
		return sqlite3_bind_double(stmt, at, v->d);
	case SQL_TEXT:
		return sqlite3_bind_text64(stmt, at, v->s.s, v->s.len, keep,
					   SQLITE_UTF8);
	case SQL_NULL:
		break;
	}
	return sqlite3_bind_null(stmt, at);
}

static int bind(struct lite *lite, sqlite3_stmt *stmt, struct sql_args args,
		sqlite3_destructor_type keep, struct err *err)
{
	for (size_t i = 0; i < args.n; i++) {
		int rc = bind_one(stmt, (int)i + 1, &args.v[i], keep);
		if (rc != SQLITE_OK)
			return lite_fail(lite, rc, err);
	}
	return 0;
}

static void put_back(sqlite3_stmt *stmt, bool cached)
{
	if (!cached) {
		sqlite3_finalize(stmt);
		return;
	}
	(void)sqlite3_reset(stmt); /* repeats an error already reported */
	sqlite3_clear_bindings(stmt);
}

/* --- rows --- */

static struct lite_rows *rows_of(const struct rows *rows)
{
	return (struct lite_rows *)rows;
}

static int lite_next(struct rows *rows, struct err *err)
{
	struct lite_rows *r = rows_of(rows);
	int rc = sqlite3_step(r->stmt);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : lite_fail(r->lite, rc, err);
}

static void lite_close_rows(struct rows *rows)
{
	struct lite_rows *r = rows_of(rows);

	put_back(r->stmt, r->cached);
	free(r);
}

static const char *lite_name(const struct rows *rows, int column)
{
	return sqlite3_column_name(rows_of(rows)->stmt, column);
}

static bool lite_is_null(const struct rows *rows, int column)
{
	return sqlite3_column_type(rows_of(rows)->stmt, column) == SQLITE_NULL;
}

static int64_t lite_int(const struct rows *rows, int column)
{
	return sqlite3_column_int64(rows_of(rows)->stmt, column);
}

static struct str lite_str(const struct rows *rows, int column)
{
	sqlite3_stmt *stmt = rows_of(rows)->stmt;
	const char *s = (const char *)sqlite3_column_text(stmt, column);

	return (struct str){ s ? s : "",
			     (size_t)sqlite3_column_bytes(stmt, column) };
}

static const struct rows_ops lite_rows_ops = {
	.next = lite_next,
	.close = lite_close_rows,
	.name = lite_name,
	.is_null = lite_is_null,
	.as_int = lite_int,
	.as_str = lite_str,
};

/* --- statements --- */

static int lite_query(struct db *db, const struct sql *sql, const char *text,
		      struct sql_args args, struct rows **out, struct err *err)
{
	struct lite *lite = lite_of(db);
	struct lite_rows *r;
	sqlite3_stmt *stmt = NULL;
	bool cached;

	if (statement(lite, sql, text, &stmt, &cached, err) < 0)
		return -1;
	if (bind(lite, stmt, args, SQLITE_TRANSIENT, err) < 0) {
		put_back(stmt, cached);
		return -1;
	}
	r = calloc(1, sizeof(*r));
	BUG_ON(!r);
	*r = (struct lite_rows){ .rows.ops = &lite_rows_ops,
				 .rows.columns = sqlite3_column_count(stmt),
				 .lite = lite,
				 .stmt = stmt,
				 .cached = cached };
	*out = &r->rows;
	return 0;
}

static int run(struct lite *lite, sqlite3_stmt *stmt, struct err *err)
{
	int rc;

	do
		rc = sqlite3_step(stmt);
	while (rc == SQLITE_ROW);
	if (rc != SQLITE_DONE)
		return lite_fail(lite, rc, err);
	return sqlite3_changes(lite->handle);
}

static int lite_exec(struct db *db, const struct sql *sql, const char *text,
		     struct sql_args args, struct err *err)
{
	struct lite *lite = lite_of(db);
	sqlite3_stmt *stmt = NULL;
	bool cached;
	int changed = -1;

	if (statement(lite, sql, text, &stmt, &cached, err) < 0)
		return -1;
	if (bind(lite, stmt, args, SQLITE_STATIC, err) == 0)
		changed = run(lite, stmt, err);
	put_back(stmt, cached);
	return changed;
}

static int lite_script(struct db *db, const char *text, struct err *err)
{
	struct lite *lite = lite_of(db);
	int rc = sqlite3_exec(lite->handle, text, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : lite_fail(lite, rc, err);
}

/* Before a transaction; SQLite keeps it for the connection. */
static int set_syncs(struct lite *lite, bool syncs, struct err *err)
{
	if (lite->db.no_sync || lite->syncs == syncs)
		return 0;
	lite->syncs = syncs;
	return lite_script(&lite->db,
			   syncs ? "PRAGMA synchronous=FULL"
				 : "PRAGMA synchronous=NORMAL",
			   err);
}

static int lite_begin(struct db *db, enum tx_mode mode, struct err *err)
{
	if (mode != TX_SNAPSHOT &&
	    set_syncs(lite_of(db), mode == TX_WRITE && !db->is_bulk, err) < 0)
		return -1;
	return lite_script(
		db, mode == TX_SNAPSHOT ? "BEGIN" : "BEGIN IMMEDIATE", err);
}

static void lite_rollback(struct db *db)
{
	struct lite *lite = lite_of(db);

	if (!sqlite3_get_autocommit(lite->handle))
		(void)sqlite3_exec(lite->handle, "ROLLBACK", NULL, NULL, NULL);
}

static int lite_commit(struct db *db, struct err *err)
{
	if (lite_script(db, "COMMIT", err) == 0)
		return 0;
	lite_rollback(db);
	return -1;
}

/* The log's file. There is one once a transaction was begun on it. */
static sqlite3_file *log_file(struct lite *lite)
{
	sqlite3_file *file = NULL;

	(void)sqlite3_file_control(lite->handle, "main",
				   SQLITE_FCNTL_JOURNAL_POINTER, (void *)&file);
	return file && file->pMethods ? file : NULL;
}

static int lite_sync(struct db *db, struct err *err)
{
	struct lite *lite = lite_of(db);
	sqlite3_file *file;
	int rc;

	if (db->no_sync)
		return 0;
	/* opens the log, if this connection has not yet */
	if (lite_script(db, "SELECT 1 FROM sqlite_schema LIMIT 1", err) < 0)
		return -1;
	file = log_file(lite);
	if (!file)
		return 0; /* nothing was ever written */
	rc = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
	if (rc != SQLITE_OK)
		end_unsynced(sqlite3_errstr(rc));
	return 0;
}

static int lite_life(struct db *db, struct arena *arena, const char **out,
		     struct err *err)
{
	(void)db;
	return boot_id_read(arena, out, err);
}

/* The statement of so many rows of an INSERT: not to be finalized. */
static int prepare_many(struct lite *lite, const struct sql *sql, size_t rows,
			sqlite3_stmt **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	sqlite3_stmt **slot =
		(rows == MANY_MOST ? lite->most : lite->some) + sql->index;

	if (!*slot) {
		many_format(sql->sqlite, &sql->sqlite_row, rows, &text);
		if (compile(lite, text.buf, SQLITE_PREPARE_PERSISTENT, slot,
			    err) < 0)
			return -1;
	}
	*out = *slot;
	return 0;
}

static int exec_many(struct lite *lite, const struct sql *sql, size_t rows,
		     struct sql_args args, struct err *err)
{
	sqlite3_stmt *stmt;
	int n = -1;

	if (prepare_many(lite, sql, rows, &stmt, err) < 0)
		return -1;
	if (bind(lite, stmt, args, SQLITE_STATIC, err) == 0)
		n = run(lite, stmt, err);
	put_back(stmt, true);
	return n;
}

static int lite_batch_add(struct db *db, const struct sql *sql,
			  const char *text, size_t rows, struct sql_args args,
			  int64_t *changed, struct err *err)
{
	int n = rows > 1 ? exec_many(lite_of(db), sql, rows, args, err)
			 : lite_exec(db, sql, text, args, err);

	if (n < 0)
		return -1;
	*changed += n;
	return 0;
}

static int lite_batch_end(struct db *db, int64_t *changed, struct err *err)
{
	(void)db;
	(void)changed;
	(void)err;
	return 0; /* every statement was run as it came */
}

static int lite_prepare(struct db *db, const struct sql *sql, struct err *err)
{
	sqlite3_stmt *stmt = NULL;

	if (compile(lite_of(db), sql->sqlite, 0, &stmt, err) < 0)
		return -1;
	if (sqlite3_bind_parameter_count(stmt) != sql->args) {
		sqlite3_finalize(stmt);
		return err_set(err, ERR_BUG, "argument count is wrong");
	}
	sqlite3_finalize(stmt);
	return 0;
}

static void lite_close(struct db *db)
{
	struct lite *lite = lite_of(db);

	for (size_t i = 0; i < sql_all_count; i++) {
		sqlite3_finalize(lite->cache[i]);
		sqlite3_finalize(lite->most[i]);
		sqlite3_finalize(lite->some[i]);
	}
	free(lite->cache);
	free(lite->most);
	free(lite->some);
	many_release(&db->many);
	sqlite3_close_v2(lite->handle);
	free(lite);
}

static bool lite_is_broken(const struct db *db)
{
	(void)db;
	return false;
}

static int lite_borrowed(struct db *db, struct err *err)
{
	(void)db; /* each wait asks the thread, see wait_while_busy() */
	(void)err;
	return 0;
}

const struct db_ops lite_ops = {
	.query = lite_query,
	.exec = lite_exec,
	.begin = lite_begin,
	.commit = lite_commit,
	.rollback = lite_rollback,
	.batch_add = lite_batch_add,
	.batch_end = lite_batch_end,
	.script = lite_script,
	.prepare = lite_prepare,
	.close = lite_close,
	.is_broken = lite_is_broken,
	.sync = lite_sync,
	.life = lite_life,
	.borrowed = lite_borrowed,
};
