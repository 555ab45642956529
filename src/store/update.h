/*
 * store/update.h - an update of one row that names only what changed
 *
 * The row was read in the same transaction by a query that ends with FOR
 * UPDATE, so nobody can have changed it since; that no such query was run on
 * the table is a bug, found on both databases. Columns whose value is what it
 * was are not written, and a row without changes is not touched.
 *
 *     CLEANUP(update_release) struct update u = UPDATE_OF("person");
 *
 *     update_text(&u, "city", old->city, now->city);
 *     update_int(&u, "company_id", old->company_id, now->company_id);
 *     update_stamp(&u, "updated_ms", now_ms);
 *     return update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(id)), err);
 *
 * Names of tables and columns and `where` are literals of the source code.
 */
#ifndef STORE_UPDATE_H
#define STORE_UPDATE_H

#include "base/strbuf.h"
#include "store/db.h"

#define UPDATE_COLUMNS_MAX 40

struct update {
	const char *table;
	struct strbuf columns; /* "city = ?, phone = ?" */
	struct sql_value v[UPDATE_COLUMNS_MAX];
	size_t n;
};
#define UPDATE_OF(table_name)                                 \
	{                                                     \
		.table = (table_name), .columns = STRBUF_INIT \
	}

void update_release(struct update *u);
bool update_is_empty(const struct update *u);

/* NULL is a value of its own: it differs from "". Texts must live until the
 * update is run. */
void update_text(struct update *u, const char *column, const char *old,
		 const char *now);
void update_int(struct update *u, const char *column, int64_t old, int64_t now);
/* The same for columns where NULL says 0. */
void update_id(struct update *u, const char *column, int64_t old, int64_t now);
/* Written if anything else is; after all others. */
void update_stamp(struct update *u, const char *column, int64_t ms);

/* Returns the number of rows written: 0 also if nothing changed. */
int update_run(const struct update *u, struct tx *tx, const char *where,
	       struct sql_args key, struct err *err);
/* The same in an open batch. */
int update_batch(const struct update *u, struct batch *b, const char *where,
		 struct sql_args key, struct err *err);

#endif
