/*
 * store/db_private.h - what a backend of store/db.h implements
 *
 * db.c checks arguments, injects faults and keeps the transaction state; the
 * functions here only talk to the database. They leave no transaction open
 * after a failed begin or commit.
 */
#ifndef STORE_DB_PRIVATE_H
#define STORE_DB_PRIVATE_H

#include "base/err.h"
#include "store/db.h"
#include "store/many.h"

#include <pthread.h>
#include <stdatomic.h>

struct statvfs;
struct store_options;
struct strbuf;

/* SQLite: memory of a connection; pages of the log before a commit copies them
 * back (16 MiB). The same for bulk work (40 MiB). */
#define DB_CACHE_KIB 8192
#define DB_CHECKPOINT_PAGES 4096
#define DB_BULK_CACHE_KIB 98304
#define DB_BULK_CHECKPOINT_PAGES 10240
/* The log of an idle database is cut to nothing when it is longer. */
#define DB_LOG_IDLE_BYTES (4 << 20)

#define LOCKED_TABLES_MAX 16

/* The right to write to a schema of SQLite, within this process. */
struct writer {
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	bool is_taken;        /* under lock, as all but last_us */
	bool is_handed_over;  /* to whom of those who wait it comes first */
	atomic_int waiting;   /* is read without */
	atomic_llong last_us; /* when it was given back, monotonic */
};

/* What is said then. */
#define DB_LOCKED \
	"the database is locked by somebody who writes for long; try again"

/* The disk is: what SQLite says, and what is said before it can. */
#define DB_DISK_FULL "the disk is full: free some space in the data folder"

#define DB_NO_INODES                                           \
	"the disk is full: no inodes left, remove some files " \
	"from the data folder's disk"

/* How long who has no patience of its own (base/thread/patience.h) waits. */
#define DB_WAIT_MS 30000

struct rows_ops {
	int (*next)(struct rows *rows, struct err *err);
	void (*close)(struct rows *rows);
	const char *(*name)(const struct rows *rows, int column);
	bool (*is_null)(const struct rows *rows, int column);
	int64_t (*as_int)(const struct rows *rows, int column);
	struct str (*as_str)(const struct rows *rows, int column);
};

struct rows {
	const struct rows_ops *ops;
	int columns;
};

enum tx_mode { TX_WRITE, TX_WRITE_UNSYNCED, TX_SNAPSHOT };

struct db_ops {
	/* sql or text: one of them is NULL. */
	int (*query)(struct db *db, const struct sql *sql, const char *text,
		     struct sql_args args, struct rows **out, struct err *err);
	int (*exec)(struct db *db, const struct sql *sql, const char *text,
		    struct sql_args args, struct err *err);
	int (*begin)(struct db *db, enum tx_mode mode, struct err *err);
	int (*commit)(struct db *db, struct err *err);
	void (*rollback)(struct db *db);
	/* rows: 1, or as many of an INSERT as many.h puts into a statement;
	 * args are those of all of them. */
	int (*batch_add)(struct db *db, const struct sql *sql, const char *text,
			 size_t rows, struct sql_args args, int64_t *changed,
			 struct err *err);
	int (*batch_end)(struct db *db, int64_t *changed, struct err *err);
	int (*script)(struct db *db, const char *text, struct err *err);
	int (*prepare)(struct db *db, const struct sql *sql, struct err *err);
	void (*close)(struct db *db); /* frees db */
	bool (*is_broken)(const struct db *db);
	int (*sync)(struct db *db, struct err *err);
	int (*life)(struct db *db, struct arena *arena, const char **out,
		    struct err *err);
	/* The thread that borrows it has patience, or none any more. */
	int (*borrowed)(struct db *db, struct err *err);
};

struct db {
	const struct db_ops *ops;
	enum db_backend backend;
	enum store_schema schema;
	struct store *store;
	/* SQLite: one writer of a schema at a time queues here instead of in
	 * SQLite's busy loop. NULL on PostgreSQL. */
	struct writer *writer;
	bool in_tx, holds_writer;
	bool writes; /* in a transaction that writes */
	const char *locked[LOCKED_TABLES_MAX]; /* read with FOR UPDATE in it */
	size_t locked_n;
	bool no_sync;         /* SQLite: tests */
	bool is_bulk;         /* SQLite: see db_set_bulk */
	int checkpoint_pages; /* SQLite: of the log */
	struct many many;     /* of a batch: rows that wait for more */
	int fail_in; /* fault injection: 0 off, 1 the next call fails */
	enum err_code fail_as;
};

/* Did this transaction read rows of that table with FOR UPDATE? */
bool db_has_locked(const struct db *db, const char *table);

const char *schema_name(enum store_schema schema);

int db_sqlite_open(const char *path, bool no_sync, struct db **out,
		   struct err *err);
/* 0; 1 if all places of the server are taken (err says so); -1. */
int db_pg_open(const char *url, enum store_schema schema, struct db **out,
	       struct err *err);

/* Copies the log back into the database and cuts it, if nobody reads or
 * writes now. */
void db_sqlite_trim_log(struct db *db);

/* Copies a whole SQLite database, page by page, while it is in use. */
int db_sqlite_backup(struct db *db, const char *path, struct err *err);
/* 0 if path is a whole database of ours; reads all of it. */
int db_sqlite_check(const char *path, struct err *err);

/* Where a database is in a data or backup folder; part: "" or "-wal" ... */
void backup_file(const char *folder, int schema, const char *part,
		 struct strbuf *out);
/* A file or folder to the disk. */
int backup_sync(const char *path, struct err *err);

/* Is there some in the file system of the data folder? A file system that has
 * no inodes says that it has 0 in all. */
int store_check_room(const struct statvfs *fs, bool is_root, struct err *err);

/* Also one that is there. */
int store_make_folder(const char *path, struct err *err);

/* Brings the schema of db up to date. */
int migrate(struct db *db, struct err *err);

#endif
