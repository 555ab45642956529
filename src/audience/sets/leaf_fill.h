/*
 * audience/sets/leaf_fill.h - leaves from the rows, all or of some members
 *
 * What set_bring.h calls, in a snapshot. The leaves of rows that are given
 * together are of one list, and cost one walk over them; so do those of one
 * campaign, or of any. The others have an index each.
 */
#ifndef AUDIENCE_SETS_LEAF_FILL_H
#define AUDIENCE_SETS_LEAF_FILL_H

#include "audience/sets/leaf.h"
#include "sets/set_bring.h"

int leaf_fill(struct db *db, struct wanted_set *const *v, size_t n,
	      const struct set_part *part, struct err *err);
int leaf_last(struct db *db, struct wanted_set *const *v, int64_t *out,
	      struct err *err);

#endif
