/*
 * sets/set_fill.h - sets from all rows, for set_bring.c
 *
 * On SQLite two threads read a half of the ids each, if there are many. The
 * other has a connection and so a snapshot of its own, which began later: it is
 * the same if the log of changes has not grown, as nothing that moves these
 * sets is written without it. PostgreSQL sees to its cores itself; it gives
 * words of 64 ids, some million ids at a time.
 */
#ifndef SETS_SET_FILL_H
#define SETS_SET_FILL_H

#include "sets/set_bring.h"

#define SET_SPLIT_FROM 50000 /* ids */

/* Their sets are empty; the snapshot that is open is of *now. */
int set_fill(struct db *db, const struct set_source *source,
	     struct wanted_set *const *v, size_t n, const struct moment *now,
	     struct err *err);

#endif
