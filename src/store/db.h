/*
 * store/db.h - one connection to one schema, on SQLite or PostgreSQL
 *
 * A `struct db` belongs to one thread at a time. Queries are named in
 * sql/<module>.sql (see tools/sqlgen.py); each has its schema, and using it on
 * a connection of another schema is a bug. Arguments are bound, never pasted.
 *
 *     CLEANUP(rows_free) struct rows *rows = NULL;
 *
 *     if (db_query(db, SQL_PERSON_FIND, SQL_ARGS(sql_int(id)), &rows, err) < 0)
 *             return -1;
 *     found = rows_next(rows, err);
 *
 * A result is buffered whole on PostgreSQL: walk large tables by key, a page
 * (1,000 to 10,000 rows) at a time.
 *
 * Errors: ERR_RETRY (busy, deadlock, lost connection: the transaction may be
 * run again), ERR_CONFLICT (unique or foreign key), ERR_FULL (a full disk),
 * ERR_IO (all else), ERR_BUG (broken SQL).
 *
 * Who waits for a lock waits 30 s, or as long as base/thread/patience.h says
 * for the thread that borrowed the connection: requests are answered within 2
 * s.
 *
 * After a failed statement in a transaction, roll it back: PostgreSQL accepts
 * nothing else.
 *
 * Writers take a `struct tx *`, readers a `struct db *`. A transaction holds
 * SQLite's one write lock of its schema: keep it under 100 ms.
 *
 * Two writers at once (PostgreSQL has many): rows that will be written are
 * read by a query that ends with FOR UPDATE, which locks them if it runs in a
 * transaction that writes, and written with store/update.h, which names only
 * the columns that changed. Whoever locks several rows of a table locks them
 * in the order of their ids. That something is there once is said by a unique
 * index, and never found out by looking first.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/cleanup.h"
#include "base/str.h"
#include "base/vec.h"
#include "store/sql.h"

struct arena;
struct db;
struct err;
struct rows;
struct store;
struct strbuf;

/* --- arguments --- */

enum sql_type { SQL_NULL, SQL_INT, SQL_DOUBLE, SQL_TEXT };

struct sql_value {
	enum sql_type type;
	int64_t i;
	double d;
	struct str s; /* UTF-8 without NUL; must live until the call returns */
	bool ends;    /* a NUL follows it */
};

struct sql_args {
	const struct sql_value *v;
	size_t n;
};

#define SQL_ARGS(...)                                               \
	((struct sql_args){                                         \
		(const struct sql_value[]){ __VA_ARGS__ },          \
		sizeof((const struct sql_value[]){ __VA_ARGS__ }) / \
			sizeof(struct sql_value) })
#define SQL_NO_ARGS ((struct sql_args){ NULL, 0 })

struct sql_value sql_null(void);
struct sql_value sql_int(int64_t i);
struct sql_value sql_id_or_null(int64_t id); /* 0: NULL */
struct sql_value sql_double(double d);
struct sql_value sql_text(const char *s); /* NULL: NULL */
struct sql_value sql_str(struct str s);

/* --- reading --- */

int db_query(struct db *db, const struct sql *sql, struct sql_args args,
	     struct rows **out, struct err *err);
/* Text made by store/sqlbuild; `?` arguments in both dialects. */
int db_query_text(struct db *db, const char *text, struct sql_args args,
		  struct rows **out, struct err *err);

int rows_next(struct rows *rows, struct err *err); /* 1, 0 at the end, -1 */
void rows_free(struct rows **rows);
/* A column that the query lacks is a bug, and ends the process. */
int rows_columns(const struct rows *rows);
const char *rows_name(const struct rows *rows, int column);
bool rows_is_null(const struct rows *rows, int column);
int64_t rows_int(const struct rows *rows, int column); /* NULL: 0 */
/* Valid until the next rows_next; NULL for NULL. */
const char *rows_text(const struct rows *rows, int column);
struct str rows_str(const struct rows *rows, int column);
/* The same copied to the arena. */
const char *rows_dup(const struct rows *rows, int column, struct arena *arena);

/* First column of the first row: 1, 0 if there is no row (*out untouched). */
int db_find_int(struct db *db, const struct sql *sql, struct sql_args args,
		int64_t *out, struct err *err);
/* The same, into the arena; a NULL value gives NULL. */
int db_find_text(struct db *db, const struct sql *sql, struct sql_args args,
		 struct arena *arena, const char **out, struct err *err);

/*
 * A row as a struct: *out is of the type that the caller of db_get or db_list
 * names, texts are copied to the arena.
 *
 *     static void read_tag(const struct rows *rows, struct arena *arena,
 *                          void *out)
 *     {
 *             *(struct tag *)out = (struct tag){ ... };
 *     }
 */
typedef void row_fn(const struct rows *rows, struct arena *arena, void *out);
/* The first row: 1, 0 if there is none (*out untouched), -1. */
int db_get(struct db *db, const struct sql *sql, struct sql_args args,
	   row_fn *read, struct arena *arena, void *out, struct err *err);
/* All of them, added to a vector of what `read` fills: 0, or -1. */
#define db_list(db, sql, args, read, arena, vec, err) \
	db_list_any(db, sql, args, read, arena, VEC_ANY(vec), err)
int db_list_any(struct db *db, const struct sql *sql, struct sql_args args,
		row_fn *read, struct arena *arena, struct vec_any out,
		struct err *err);
/* The same of what a query that was put together has given. */
#define rows_list(rows, read, arena, vec, err) \
	rows_list_any(rows, read, arena, VEC_ANY(vec), err)
int rows_list_any(struct rows *rows, row_fn *read, struct arena *arena,
		  struct vec_any out, struct err *err);
/* Of the first column: 0, or -1. */
int db_list_ids(struct db *db, const struct sql *sql, struct sql_args args,
		struct ids *out, struct err *err);
/* The same of rows that are there: how many, or -1. */
int rows_ids(struct rows *rows, struct ids *out, struct err *err);
int db_list_texts(struct db *db, const struct sql *sql, struct sql_args args,
		  struct arena *arena, struct texts *out, struct err *err);

/*
 * Keys as one argument, for `IN JSON_INTS(?)`: of a vector of numbers, or of a
 * member of each item. The buffer is emptied first, and holds the text.
 */
#define sql_keys(vec, buf) \
	sql_keys_strided((vec)->v, (vec)->n, sizeof(*(vec)->v), buf)
#define sql_keys_of(vec, member, buf)                                   \
	sql_keys_strided((vec)->n ? &(vec)->v->member : NULL, (vec)->n, \
			 sizeof(*(vec)->v), buf)
struct sql_value sql_keys_strided(const int64_t *first, size_t n, size_t stride,
				  struct strbuf *buf);
/* The same of texts, for `IN JSON_TEXTS(?)`. */
struct sql_value sql_texts(const struct texts *texts, struct strbuf *buf);

/* --- writing --- */

struct tx {
	struct db *db;
	bool open;
};
#define TX_INIT             \
	{                   \
		NULL, false \
	}

/* CLEANUP(tx_release) struct tx tx = TX_INIT; nested transactions are bugs. */
int tx_begin(struct db *db, struct tx *out, struct err *err);
/*
 * The commit does not wait for the disk. It survives the death of this process
 * at once; that of the machine (PostgreSQL: of the server as well) survives
 * what db_sync came after, or the commit of another tx_begin on this schema:
 * what is lost is the last of them, whole and in order.
 */
int tx_begin_unsynced(struct db *db, struct tx *out, struct err *err);
/* All that this schema committed before is on the disk when it returns. -1: it
 * may be lost. SQLite ends the process then: see db_sqlite.c. */
int db_sync(struct db *db, struct err *err);
/*
 * Names, in arena, the life of what keeps commits that are not synced: of the
 * machine, or of PostgreSQL's server. While it is the same, none was lost.
 */
int db_life(struct db *db, struct arena *arena, const char **out,
	    struct err *err);
/* Reads only, all from one snapshot. */
int tx_begin_snapshot(struct db *db, struct tx *out, struct err *err);
int tx_commit(struct tx *tx, struct err *err);
void tx_release(struct tx *tx); /* rolls back what was not committed */
/* Is a transaction that writes open on it? */
bool db_is_writing(const struct db *db);
/* Is one of any kind? */
bool db_is_in_tx(const struct db *db);
/*
 * How many transactions that write this thread has tried to commit. Who got
 * ERR_RETRY and sees the number unchanged may do the whole work again.
 */
int64_t tx_commits(void);

/* Returns the number of rows changed, or -1. */
int db_exec(struct tx *tx, const struct sql *sql, struct sql_args args,
	    struct err *err);
int db_exec_text(struct tx *tx, const char *text, struct sql_args args,
		 struct err *err);
/* One statement in a transaction of its own: 0, or -1. */
int db_write(struct db *db, const struct sql *sql, struct sql_args args,
	     struct err *err);

/*
 * After a failed write of a row that somebody may have written meanwhile:
 * ERR_CONFLICT gets words for people in place of the database's. Returns -1.
 */
int db_conflict(struct err *err, const char *text);
/* The same where the winner's row is what was wanted, so that doing the work
 * again finds it: ERR_CONFLICT becomes ERR_RETRY. Returns -1. */
int db_lost_race(struct err *err);

/*
 * Many writes without waiting for each (libpq's pipeline mode): nothing is
 * known of a single one until batch_end(), which returns the rows changed by
 * all. A failure in between fails the batch and with it the transaction. No
 * other statement may be run on tx while a batch is open.
 */
struct batch {
	struct tx *tx;
	int64_t changed;
	int queued;
};
void batch_begin(struct tx *tx, struct batch *out);
int batch_add(struct batch *b, const struct sql *sql, struct sql_args args,
	      struct err *err);
/* What was added becomes statements now: two rows of one key cannot be of one,
 * if it updates what is there (`-- rows: of different keys` in sql/). */
int batch_flush(struct batch *b, struct err *err);
int batch_add_text(struct batch *b, const char *text, struct sql_args args,
		   struct err *err);
int64_t batch_end(struct batch *b, struct err *err);

/* --- facts about the connection --- */

/*
 * What a module keeps in memory beside the rows of this schema, for all its
 * connections: made when it is first asked for, freed with the store. One thing
 * a schema; any thread.
 */
void *db_kept(struct db *db, void *(*make)(void), void (*free_it)(void *));

/* Another connection to the same schema, for work beside this one: 1, and it
 * goes back by store_put; 0: none can be had without waiting. */
int db_beside(struct db *db, struct db **out);

enum db_backend { DB_SQLITE, DB_PG };
enum db_backend db_backend(const struct db *db);

/*
 * For work that writes all over large tables, and is to be ended by the same:
 * more memory for pages, a longer log, so that a page that many transactions
 * change is copied back once, and commits as those of tx_begin_unsynced: fit
 * for work that saves where to go on in the same transactions. On PostgreSQL
 * what is planned anew looks up whatever has an index.
 */
void db_set_bulk(struct db *db, bool on);

/*
 * Is somebody waiting to write to this schema? A transaction of bulk work that
 * asks every few ms may be longer than 100 ms for as long as nobody is. Always
 * true on PostgreSQL, where nobody can tell who waits for a row.
 */
bool db_is_awaited(struct db *db);

/* Tests: the nth begin, statement or commit from now on fails with ERR_IO;
 * 0 ends that. */
void db_fail_nth(struct db *db, int n);
/* ... with ERR_RETRY, as against somebody else who wrote the same. */
void db_conflict_nth(struct db *db, int n);

#endif
