/*
 * store/pg_rows.h - the rows of a result of PostgreSQL
 *
 * Private to store/db_pg.c.
 */
#ifndef STORE_PG_ROWS_H
#define STORE_PG_ROWS_H

#include <libpq-fe.h>

struct rows;

/* Takes the result, which goes with them. */
struct rows *pg_rows_new(PGresult *result);

#endif
