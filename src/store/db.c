#include "store/db.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "base/thread/stop.h"
#include "base/thread/wait.h"
#include "store/db_private.h"

#include <string.h>

static _Thread_local int64_t commits;

struct sql_value sql_null(void)
{
	return (struct sql_value){ .type = SQL_NULL };
}

struct sql_value sql_int(int64_t i)
{
	return (struct sql_value){ .type = SQL_INT, .i = i };
}

struct sql_value sql_id_or_null(int64_t id)
{
	return id ? sql_int(id) : sql_null();
}

struct sql_value sql_double(double d)
{
	return (struct sql_value){ .type = SQL_DOUBLE, .d = d };
}

struct sql_value sql_text(const char *s)
{
	return s ? (struct sql_value){ .type = SQL_TEXT,
				       .s = str_of(s),
				       .ends = true }
		 : sql_null();
}

struct sql_value sql_str(struct str s)
{
	return (struct sql_value){ .type = SQL_TEXT, .s = s.s ? s : STR("") };
}

static int injected_fault(struct db *db, struct err *err)
{
	if (db->fail_in == 0 || --db->fail_in > 0)
		return 0;
	return err_set(err, db->fail_as, "injected fault");
}

static void check_fit(const struct db *db, const struct sql *sql,
		      struct sql_args args)
{
	BUG_ON(sql->schema != STORE_ANY && sql->schema != (int)db->schema);
	BUG_ON((size_t)sql->args != args.n);
}

bool db_has_locked(const struct db *db, const char *table)
{
	for (size_t i = 0; i < db->locked_n; i++)
		if (strcmp(db->locked[i], table) == 0)
			return true;
	return false;
}

static void remember_lock(struct db *db, const struct sql *sql)
{
	if (!sql->locks || !db->writes || db_has_locked(db, sql->locks))
		return;
	BUG_ON(db->locked_n == LOCKED_TABLES_MAX);
	db->locked[db->locked_n++] = sql->locks;
}

int db_query(struct db *db, const struct sql *sql, struct sql_args args,
	     struct rows **out, struct err *err)
{
	check_fit(db, sql, args);
	remember_lock(db, sql);
	if (stop_check(err) < 0 || injected_fault(db, err) < 0 ||
	    db->ops->query(db, sql, NULL, args, out, err) < 0)
		return err_prefix(err, "%s", sql->name);
	return 0;
}

int db_query_text(struct db *db, const char *text, struct sql_args args,
		  struct rows **out, struct err *err)
{
	if (stop_check(err) < 0 || injected_fault(db, err) < 0)
		return -1;
	return db->ops->query(db, NULL, text, args, out, err);
}

int rows_next(struct rows *rows, struct err *err)
{
	return rows->ops->next(rows, err);
}

void rows_free(struct rows **rows)
{
	if (*rows)
		(*rows)->ops->close(*rows);
	*rows = NULL;
}

int rows_columns(const struct rows *rows)
{
	return rows->columns;
}

/* SQLite would say NULL of a column that the query lacks, and nobody would
 * know before PostgreSQL does not. */
static void check_column(const struct rows *rows, int column)
{
	BUG_ON((unsigned)column >= (unsigned)rows->columns);
}

const char *rows_name(const struct rows *rows, int column)
{
	check_column(rows, column);
	return rows->ops->name(rows, column);
}

bool rows_is_null(const struct rows *rows, int column)
{
	check_column(rows, column);
	return rows->ops->is_null(rows, column);
}

int64_t rows_int(const struct rows *rows, int column)
{
	check_column(rows, column);
	return rows->ops->as_int(rows, column);
}

struct str rows_str(const struct rows *rows, int column)
{
	check_column(rows, column);
	if (rows->ops->is_null(rows, column))
		return (struct str){ NULL, 0 };
	return rows->ops->as_str(rows, column);
}

const char *rows_text(const struct rows *rows, int column)
{
	return rows_str(rows, column).s;
}

const char *rows_dup(const struct rows *rows, int column, struct arena *arena)
{
	struct str s = rows_str(rows, column);

	return s.s ? arena_str(arena, s) : NULL;
}

/* In one of those who wait, or in nobody: a thread that writes one transaction
 * after the other would often be back before the one that it woke. */
static int take_writer(struct writer *w, struct err *err)
{
	int64_t until_us = patience_until_us(DB_WAIT_MS);
	bool in_time = true, is_mine;

	pthread_mutex_lock(&w->lock);
	is_mine = !w->is_taken;
	atomic_fetch_add(&w->waiting, 1);
	while (!is_mine && in_time) {
		in_time = wait_until(&w->given_back, &w->lock, until_us);
		is_mine = w->is_handed_over;
		w->is_handed_over = false;
	}
	atomic_fetch_sub(&w->waiting, 1);
	w->is_taken |= is_mine;
	pthread_mutex_unlock(&w->lock);
	return is_mine ? 0 : err_set(err, ERR_RETRY, DB_LOCKED);
}

static void give_writer_back(struct writer *w)
{
	atomic_store(&w->last_us, clock_monotonic_us());
	pthread_mutex_lock(&w->lock);
	w->is_taken = w->is_handed_over = atomic_load(&w->waiting) > 0;
	pthread_cond_signal(&w->given_back);
	pthread_mutex_unlock(&w->lock);
}

static void leave_tx(struct db *db)
{
	db->in_tx = false;
	db->writes = false;
	db->locked_n = 0;
	if (db->holds_writer)
		give_writer_back(db->writer);
	db->holds_writer = false;
}

static int begin(struct db *db, enum tx_mode mode, struct tx *out,
		 struct err *err)
{
	BUG_ON(db->in_tx);
	if (stop_check(err) < 0 || injected_fault(db, err) < 0)
		return err_prefix(err, "begin");
	if (mode != TX_SNAPSHOT && db->writer) {
		if (take_writer(db->writer, err) < 0)
			return err_prefix(err, "begin");
		db->holds_writer = true;
	}
	if (db->ops->begin(db, mode, err) < 0) {
		leave_tx(db);
		return err_prefix(err, "begin");
	}
	db->in_tx = true;
	db->writes = mode != TX_SNAPSHOT;
	*out = (struct tx){ .db = db, .open = true };
	return 0;
}

int tx_begin(struct db *db, struct tx *out, struct err *err)
{
	return begin(db, TX_WRITE, out, err);
}

int tx_begin_unsynced(struct db *db, struct tx *out, struct err *err)
{
	return begin(db, TX_WRITE_UNSYNCED, out, err);
}

int db_sync(struct db *db, struct err *err)
{
	BUG_ON(db->in_tx);
	return injected_fault(db, err) < 0 || db->ops->sync(db, err) < 0
		       ? err_prefix(err, "sync")
		       : 0;
}

int db_life(struct db *db, struct arena *arena, const char **out,
	    struct err *err)
{
	return db->ops->life(db, arena, out, err);
}

int tx_begin_snapshot(struct db *db, struct tx *out, struct err *err)
{
	return begin(db, TX_SNAPSHOT, out, err);
}

int tx_commit(struct tx *tx, struct err *err)
{
	struct db *db = tx->db;
	int ret;

	BUG_ON(!tx->open);
	if (injected_fault(db, err) < 0)
		return err_prefix(err, "commit");
	ret = db->ops->commit(db, err);
	if (db->writes)
		commits++; /* failed ones too: nobody knows of them */
	tx->open = false;
	leave_tx(db);
	return ret < 0 ? err_prefix(err, "commit") : 0;
}

bool db_is_writing(const struct db *db)
{
	return db->writes;
}

bool db_is_in_tx(const struct db *db)
{
	return db->in_tx;
}

int64_t tx_commits(void)
{
	return commits;
}

void tx_release(struct tx *tx)
{
	if (!tx->open)
		return;
	tx->db->ops->rollback(tx->db);
	tx->open = false;
	leave_tx(tx->db);
}

int db_exec(struct tx *tx, const struct sql *sql, struct sql_args args,
	    struct err *err)
{
	int changed = -1;

	BUG_ON(!tx->open);
	check_fit(tx->db, sql, args);
	if (injected_fault(tx->db, err) == 0)
		changed = tx->db->ops->exec(tx->db, sql, NULL, args, err);
	return changed < 0 ? err_prefix(err, "%s", sql->name) : changed;
}

int db_exec_text(struct tx *tx, const char *text, struct sql_args args,
		 struct err *err)
{
	BUG_ON(!tx->open);
	if (injected_fault(tx->db, err) < 0)
		return -1;
	return tx->db->ops->exec(tx->db, NULL, text, args, err);
}

int db_write(struct db *db, const struct sql *sql, struct sql_args args,
	     struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0 || db_exec(&tx, sql, args, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int db_conflict(struct err *err, const char *text)
{
	if (err->code == ERR_CONFLICT)
		return err_set(err, ERR_CONFLICT, "%s", text);
	return -1;
}

int db_lost_race(struct err *err)
{
	if (err->code == ERR_CONFLICT)
		return err_set(err, ERR_RETRY,
			       "somebody else wrote the same just now");
	return -1;
}

void batch_begin(struct tx *tx, struct batch *out)
{
	BUG_ON(!tx->open);
	many_reset(&tx->db->many); /* of one that was left */
	*out = (struct batch){ .tx = tx };
}

static int add_now(struct batch *b, const struct sql *sql, size_t rows,
		   struct sql_args args, struct err *err)
{
	struct db *db = b->tx->db;

	if (db->ops->batch_add(db, sql, NULL, rows, args, &b->changed, err) < 0)
		return err_prefix(err, "%s", sql->name);
	return 0;
}

int batch_flush(struct batch *b, struct err *err)
{
	struct many *many = &b->tx->db->many;
	const struct sql *sql = many->sql;
	struct sql_args args;
	size_t rows;

	while ((rows = many_take(many, &args)) > 0)
		if (add_now(b, sql, rows, args, err) < 0)
			return -1;
	return 0;
}

static int add_to_many(struct batch *b, const struct sql *sql,
		       struct sql_args args, struct err *err)
{
	struct many *many = &b->tx->db->many;

	if (many->sql && many->sql != sql && batch_flush(b, err) < 0)
		return -1;
	many_add(many, sql, args);
	return many_is_full(many) ? batch_flush(b, err) : 0;
}

int batch_add(struct batch *b, const struct sql *sql, struct sql_args args,
	      struct err *err)
{
	struct db *db = b->tx->db;

	check_fit(db, sql, args);
	b->queued++;
	if (injected_fault(db, err) < 0)
		return err_prefix(err, "%s", sql->name);
	if (many_is_fit(sql))
		return add_to_many(b, sql, args, err);
	return batch_flush(b, err) < 0 ? -1 : add_now(b, sql, 1, args, err);
}

int batch_add_text(struct batch *b, const char *text, struct sql_args args,
		   struct err *err)
{
	struct db *db = b->tx->db;

	b->queued++;
	if (injected_fault(db, err) < 0 || batch_flush(b, err) < 0)
		return -1;
	return db->ops->batch_add(db, NULL, text, 1, args, &b->changed, err);
}

int64_t batch_end(struct batch *b, struct err *err)
{
	if (batch_flush(b, err) < 0 ||
	    b->tx->db->ops->batch_end(b->tx->db, &b->changed, err) < 0)
		return -1;
	return b->changed;
}

enum db_backend db_backend(const struct db *db)
{
	return db->backend;
}

void db_fail_nth(struct db *db, int n)
{
	db->fail_in = n;
	db->fail_as = ERR_IO;
}

void db_conflict_nth(struct db *db, int n)
{
	db->fail_in = n;
	db->fail_as = ERR_RETRY;
}

bool db_is_awaited(struct db *db)
{
	return !db->writer || atomic_load(&db->writer->waiting) > 0;
}

/* PostgreSQL knows nothing of tables that were empty a moment ago, and would
 * compare each of some thousand rows with each of some hundred keys. */
static void set_bulk_pg(struct db *db, bool on)
{
	struct err ignored = ERR_INIT; /* slower, that is all */

	if (on != db->is_bulk &&
	    db->ops->script(db,
			    on ? "SET enable_seqscan = off"
			       : "SET enable_seqscan TO DEFAULT",
			    &ignored) == 0)
		db->is_bulk = on;
}

void db_set_bulk(struct db *db, bool on)
{
	CLEANUP(strbuf_release) struct strbuf pragma = STRBUF_INIT;
	struct err ignored = ERR_INIT; /* slower, that is all */

	if (db->backend != DB_SQLITE) {
		set_bulk_pg(db, on);
		return;
	}
	db->is_bulk = on;
	db->checkpoint_pages =
		on ? DB_BULK_CHECKPOINT_PAGES : DB_CHECKPOINT_PAGES;
	strbuf_addf(&pragma, "PRAGMA cache_size=-%d;",
		    on ? DB_BULK_CACHE_KIB : DB_CACHE_KIB);
	(void)db->ops->script(db, pragma.buf, &ignored);
}
