/*
 * store/pg_args.h - arguments of statements, as libpq takes them: all as text
 *
 * Private to store/db_pg.c. They are copied into buffers that stay: what was
 * added need not live on.
 */
#ifndef STORE_PG_ARGS_H
#define STORE_PG_ARGS_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "store/db.h"

struct pg_args {
	struct strbuf texts; /* each ended by a NUL */
	VEC(size_t) places;  /* where each begins there; PG_ARGS_NULL: NULL */
	VEC(const char *) values;
};
#define PG_ARGS_NULL SIZE_MAX

void pg_args_reset(struct pg_args *a);
void pg_args_add(struct pg_args *a, struct sql_args args);
/* All of them, NULL where there is none; valid until more are added. */
const char *const *pg_args_values(struct pg_args *a);
void pg_args_release(struct pg_args *a);

#endif
