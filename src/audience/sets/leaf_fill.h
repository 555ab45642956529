/*
 * audience/sets/leaf_fill.h - leaves from the rows, all or of some members
 *
 * Called in a snapshot. All leaves that are given together are of the rows of
 * one list, which costs one walk over them, or it is a single one, which has an
 * index of its own.
 */
#ifndef AUDIENCE_SETS_LEAF_FILL_H
#define AUDIENCE_SETS_LEAF_FILL_H

#include "audience/sets/leaf.h"

/* among (in order): only what the leaves say of these members is found out
 * anew, as it is with few of them. NULL: of all; the leaves are empty. */
int leaf_fill(struct db *db, struct leaf *const *leaves, size_t n,
	      const struct ids *among, struct err *err);

#endif
