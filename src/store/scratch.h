/*
 * store/scratch.h - a database of one schema for what is only tried
 *
 * Empty at first, written as the real one would be, and gone once it is closed,
 * or the process ends. Rows of the real one are copied into it when they are
 * needed. It is SQLite, whatever the real one is, in a file without a name: as
 * much of it as fits is in memory. It belongs to one thread at a time.
 */
#ifndef STORE_SCRATCH_H
#define STORE_SCRATCH_H

#include "store/db.h"

/* Makes the file at `path`, which must not be there, and removes its name. */
int scratch_open(const char *path, enum store_schema schema, struct db **out,
		 struct err *err);
void scratch_close(struct db **db); /* NULL is fine */

/*
 * Copies the rows that a query of another database has, whose columns are
 * named as those of the table, into it. A row whose key is there already stays
 * as it is there. Returns how many were added, or -1.
 */
int scratch_copy(struct db *from, const struct sql *sql, struct sql_args args,
		 struct tx *to, const char *table, struct err *err);

#endif
