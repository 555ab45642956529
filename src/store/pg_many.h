/*
 * store/pg_many.h - rows of one INSERT that go to PostgreSQL as one statement
 *
 * Private to store/db_pg.c. To begin and to end a statement takes the server as
 * long as to put in a row of a table with few indexes. So the rows that one
 * statement of a batch puts in one after the other are gathered, and sent with
 * a VALUES of PG_MANY rows; those that are left over are sent one by one, for
 * each number of rows is a statement that the server keeps.
 */
#ifndef STORE_PG_MANY_H
#define STORE_PG_MANY_H

#include "store/pg_args.h"
#include "store/sql.h"

#define PG_MANY 32 /* rows */

struct pg_many {
	const struct sql *sql; /* what they are rows of; NULL: there are none */
	size_t rows;
	struct pg_args args;
};

/* Is it an INSERT of one row, which may as well be many? */
bool pg_many_is_fit(const struct sql *sql);

/* To none, or to rows of the same statement. */
void pg_many_add(struct pg_many *m, const struct sql *sql,
		 struct sql_args args);

/* The statement that puts in PG_MANY rows. */
void pg_many_format(const struct sql *sql, struct strbuf *out);

/* There are none any more. */
void pg_many_reset(struct pg_many *m);

#endif
