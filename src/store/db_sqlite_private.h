/*
 * store/db_sqlite_private.h - what the files of the back end for SQLite share:
 * a connection
 */
#ifndef STORE_DB_SQLITE_PRIVATE_H
#define STORE_DB_SQLITE_PRIVATE_H

#include "store/db_private.h"

#include <sqlite3.h>

struct lite {
	struct db db;
	sqlite3 *handle;
	sqlite3_stmt **cache;        /* by sql->index */
	sqlite3_stmt **most, **some; /* the same of many rows: see many.h */
	int64_t busy_until_us;       /* of the wait that it is in */
	bool syncs;                  /* commits wait for the disk */
};

static inline struct lite *lite_of(struct db *db)
{
	return (struct lite *)db;
}

extern const struct db_ops lite_ops;

/* What SQLite's code means to whoever asked: -1. */
int lite_fail(struct lite *lite, int code, struct err *err);

#endif
