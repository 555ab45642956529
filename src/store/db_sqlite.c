/*
 * The back end for SQLite: statements, its log, backup, checks. Called by db.c;
 * a connection is one thread's at a time.
 */
#include "store/db_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "base/thread/stop.h"
#include "base/utf8.h"
#include "sql/sql_all.h"
#include "store/boot_id.h"
#include "store/many.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUSY_STEP_US 5000 /* at most, between two looks */
#define LOG_LONGER 5 / 4  /* than wanted: wait for who reads */
#define READERS_MS 200
#define STOP_STEPS 20000 /* of the virtual machine: about a ms */

struct lite {
	struct db db;
	sqlite3 *handle;
	sqlite3_stmt **cache;        /* by sql->index */
	sqlite3_stmt **most, **some; /* the same of many rows: see many.h */
	int64_t busy_until_us;       /* of the wait that it is in */
	bool syncs;                  /* commits wait for the disk */
};

struct lite_rows {
	struct rows rows;
	struct lite *lite;
	sqlite3_stmt *stmt;
	bool cached; /* the statement goes back to the cache */
};

static struct lite *lite_of(struct db *db)
{
	return (struct lite *)db;
}

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

static int fail(struct lite *lite, int code, struct err *err)
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

	return rc == SQLITE_OK ? 0 : fail(lite, rc, err);
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
			return fail(lite, rc, err);
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
	return rc == SQLITE_DONE ? 0 : fail(r->lite, rc, err);
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
		return fail(lite, rc, err);
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

	return rc == SQLITE_OK ? 0 : fail(lite, rc, err);
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

static const struct db_ops lite_ops = {
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

/*
 * text_lower(text): Unicode's lower case, as PostgreSQL's lower() makes it with
 * the collation und-x-icu. SQLite's own lower() knows ASCII only.
 */
static void lower_function(sqlite3_context *context, int n,
			   sqlite3_value **values)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	const char *s = (const char *)sqlite3_value_text(values[0]);
	size_t len = (size_t)sqlite3_value_bytes(values[0]);
	bool is_ascii = true;

	(void)n;
	if (!s)
		return; /* NULL */
	strbuf_reserve(&out, len);
	for (size_t i = 0; i < len && is_ascii; i++) {
		is_ascii = (unsigned char)s[i] < 0x80;
		out.buf[i] =
			(char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] | 0x20 : s[i]);
	}
	if (is_ascii)
		out.len = len;
	else
		utf8_lower((struct str){ s, len }, &out);
	sqlite3_result_text64(context, out.buf, out.len, SQLITE_TRANSIENT,
			      SQLITE_UTF8);
}

/* In the middle of a long statement, see base/thread/stop.h. */
static int is_interrupted(void *context)
{
	(void)context;
	return stop_is_asked();
}

/* As sqlite3_busy_timeout, for as long as this thread has patience, and
 * looking often. */
static int wait_while_busy(void *context, int tries)
{
	struct lite *lite = context;

	if (tries == 0)
		lite->busy_until_us = patience_until_us(DB_WAIT_MS);
	if (stop_is_asked() || clock_monotonic_us() >= lite->busy_until_us)
		return 0;
	clock_sleep_us(tries < 5 ? 1000 : BUSY_STEP_US);
	return 1;
}

/*
 * After a commit, with so many pages in the log. What others still read is not
 * copied back, so readers that follow each other would let the log grow for
 * ever: if it does, wait a moment until all of them have read on, so that the
 * log begins anew. It is no matter if that fails: the next commit tries again.
 */
static int copy_back(void *context, sqlite3 *handle, const char *name,
		     int pages)
{
	struct lite *lite = context;
	int wanted = lite->db.checkpoint_pages;

	if (pages < wanted)
		return SQLITE_OK;
	(void)sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE,
					NULL, NULL);
	if (pages < wanted * LOG_LONGER)
		return SQLITE_OK;
	sqlite3_busy_timeout(handle, READERS_MS);
	(void)sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_RESTART,
					NULL, NULL);
	sqlite3_busy_handler(handle, wait_while_busy, lite);
	return SQLITE_OK;
}

void db_sqlite_trim_log(struct db *db)
{
	struct lite *lite = lite_of(db);

	sqlite3_busy_timeout(lite->handle, 0);
	(void)sqlite3_wal_checkpoint_v2(lite->handle, "main",
					SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_handler(lite->handle, wait_while_busy, lite);
}

static int set_up(struct lite *lite, bool no_sync, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf pragmas = STRBUF_INIT;
	int rc = sqlite3_create_function(lite->handle, "text_lower", 1,
					 SQLITE_UTF8 | SQLITE_DETERMINISTIC |
						 SQLITE_INNOCUOUS,
					 NULL, lower_function, NULL, NULL);

	if (rc != SQLITE_OK)
		return fail(lite, rc, err);
	sqlite3_busy_handler(lite->handle, wait_while_busy, lite);
	sqlite3_progress_handler(lite->handle, STOP_STEPS, is_interrupted,
				 NULL);
	strbuf_addf(&pragmas,
		    "PRAGMA journal_mode=WAL; PRAGMA synchronous=%s;"
		    "PRAGMA cache_size=-%d; PRAGMA temp_store=MEMORY;"
		    "PRAGMA journal_size_limit=%d;",
		    no_sync ? "OFF" : "FULL", DB_CACHE_KIB, DB_LOG_IDLE_BYTES);
	lite->db.checkpoint_pages = DB_CHECKPOINT_PAGES;
	lite->syncs = !no_sync;
	if (lite_script(&lite->db, pragmas.buf, err) < 0)
		return -1;
	(void)sqlite3_wal_hook(lite->handle, copy_back, lite);
	return 0;
}

/* Nobody asks how much memory it uses, and all threads would take turns at each
 * allocation to count it. */
static void count_no_memory(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int db_sqlite_open(const char *path, bool no_sync, struct db **out,
		   struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct lite *lite = calloc(1, sizeof(*lite));
	int rc;

	BUG_ON(!lite);
	pthread_once(&once, count_no_memory);
	lite->db = (struct db){ .ops = &lite_ops,
				.backend = DB_SQLITE,
				.no_sync = no_sync };
	lite->cache = calloc(sql_all_count + 1, sizeof(*lite->cache));
	lite->most = calloc(sql_all_count + 1, sizeof(*lite->most));
	lite->some = calloc(sql_all_count + 1, sizeof(*lite->some));
	BUG_ON(!lite->cache || !lite->most || !lite->some);
	rc = sqlite3_open_v2(path, &lite->handle,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				     SQLITE_OPEN_NOMUTEX,
			     NULL);
	if (rc != SQLITE_OK || set_up(lite, no_sync, err) < 0) {
		if (rc != SQLITE_OK)
			(void)fail(lite, rc, err);
		lite_close(&lite->db);
		return err_prefix(err, "opening %s", path);
	}
	*out = &lite->db;
	return 0;
}

static int copy_pages(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!backup)
		return sqlite3_errcode(to);
	do
		rc = sqlite3_backup_step(backup, -1);
	while (rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	(void)sqlite3_backup_finish(backup); /* rc says it all */
	return rc;
}

int db_sqlite_backup(struct db *db, const char *path, struct err *err)
{
	sqlite3 *to = NULL;
	int rc = sqlite3_open_v2(
		path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(to, DB_WAIT_MS);
		rc = copy_pages(to, lite_of(db)->handle);
	}
	sqlite3_close(to);
	if (rc == SQLITE_DONE)
		return 0;
	return err_set(err, ERR_IO, "copying to %s: %s", path,
		       sqlite3_errstr(rc));
}

int db_sqlite_check(const char *path, struct err *err)
{
	sqlite3 *handle = NULL;
	sqlite3_stmt *stmt = NULL;
	bool good = false;

	if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL) ==
		    SQLITE_OK &&
	    sqlite3_table_column_metadata(handle, NULL, "schema_migration",
					  NULL, NULL, NULL, NULL, NULL,
					  NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(handle, "PRAGMA quick_check(1)", -1, &stmt,
			       NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		good = strcmp((const char *)sqlite3_column_text(stmt, 0),
			      "ok") == 0;
	sqlite3_finalize(stmt);
	sqlite3_close(handle);
	return good ? 0
		    : err_set(err, ERR_INVALID,
			      "%s is not a whole database of Muster", path);
}
