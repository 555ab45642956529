/*
 * store/many.h - rows of one INSERT that become one statement
 *
 * Private to store. To begin and to end a statement takes either database as
 * long as to put in a row of a table with few indexes. So the rows that a batch
 * puts in one after the other with one query are gathered, and written by one
 * INSERT. On SQLite that is one with a VALUES of many rows: MANY_MOST, then
 * MANY_SOME, and what is left one by one, for each number of rows is a
 * statement that is compiled and kept. On PostgreSQL it takes an array a column
 * (store/pg_arrays.h), whatever their number.
 */
#ifndef STORE_MANY_H
#define STORE_MANY_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "store/db.h"
#include "store/sql.h"

#define MANY_MOST 32
#define MANY_SOME 8
/* The same of arrays; also when there are so many bytes of texts. */
#define MANY_ARRAYS 256
#define MANY_BYTES (256 << 10)

struct many {
	bool as_arrays;        /* is set once */
	const struct sql *sql; /* what they are rows of; NULL: there are none */
	size_t rows, taken;
	struct strbuf texts; /* copies: the caller's need not live on */
	VEC(struct sql_value) values;
};

/* Is it an INSERT of one row, which may as well be many? */
bool many_is_fit(const struct sql *sql);

/* To none, or to rows of the same query. */
void many_add(struct many *m, const struct sql *sql, struct sql_args args);

/* Are there as many as fit into a statement? Then they are to be taken. */
bool many_is_full(const struct many *m);
/* The next rows for one statement: MANY_MOST, MANY_SOME or 1, or all of them as
 * arrays; 0: there are none any more. *out: their arguments, until something is
 * added. */
size_t many_take(struct many *m, struct sql_args *out);

void many_reset(struct many *m); /* there are none */
void many_release(struct many *m);

/* SQLite's statement of so many rows, of the text for one. */
void many_format(const char *text, const struct sql_row *row, size_t rows,
		 struct strbuf *out);

#endif
