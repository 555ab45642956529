/*
 * store/pg_arrays.h - rows of one INSERT, as PostgreSQL takes them: one array a
 * column
 *
 * Private to store/db_pg.c. One statement for any number of rows:
 *
 *     INSERT INTO t (a, b) SELECT u.a1, u.a2
 *     FROM unnest($1::bigint[], $2::text[]) u (a1, a2)
 *
 * in place of the VALUES of store/many.h. It is parsed and planned once, its
 * parameters are as many as there are columns, and the order of the rows is
 * that of the arrays. The types are those that PostgreSQL has described the
 * statement of one row with. The arrays are sent in binary: nothing in them is
 * quoted, and nothing taken apart.
 */
#ifndef STORE_PG_ARRAYS_H
#define STORE_PG_ARRAYS_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "store/db.h"

#include <libpq-fe.h>

/* As many as the query has arguments; InvalidOid first: no arrays of them. */
struct pg_types {
	size_t n;
	Oid v[];
};

/* What is said of a prepared statement. The caller frees it. */
struct pg_types *pg_types_of(const PGresult *described);
bool pg_types_fit(const struct pg_types *types);

/* The statement of any number of rows. */
void pg_arrays_format(const struct sql *sql, const struct pg_types *types,
		      struct strbuf *out);

/* Its parameters, as libpq takes them; the buffers stay. */
struct pg_arrays {
	struct strbuf bytes;
	VEC(size_t) places; /* where each begins there, and the end */
	VEC(const char *) values;
	VEC(int) lengths, formats;
};
/* args: those of row after row. false: some value is not of its column's type;
 * the statement of one row knows what becomes of it. */
bool pg_arrays_set(struct pg_arrays *a, const struct pg_types *types,
		   struct sql_args args);
void pg_arrays_release(struct pg_arrays *a);

#endif
