/*
 * crm/group/criteria_leaf.h - whom one plain condition of a group fits
 *
 * Criteria are set algebra over leaves: who is there at all, who has a tag,
 * opened a campaign, whose city begins so. Each is a set that is kept
 * (sets/kept_set.h); of a few conditions, which look at more than the log of
 * changes tells of, it is read anew each time.
 */
#ifndef CRM_CRITERIA_LEAF_H
#define CRM_CRITERIA_LEAF_H

#include "crm/group/criteria.h"
#include "sets/set_bring.h"

enum criteria_leaf_kind {
	LEAF_LIVE,  /* all records but those that are gone */
	LEAF_ROW,   /* of the record's row, or of its company's */
	LEAF_TIME,  /* a column of times, from an hour on */
	LEAF_OTHER, /* of another table */
};

/* The positive form of `condition`, if it has one. */
struct criteria_leaf {
	enum criteria_leaf_kind kind;
	enum entity entity;
	struct criterion condition;
	int64_t hour;
};

/* How it is wanted: its name, in the arena, and what moves it. */
struct wanted_set criteria_leaf_wanted(const struct criteria_leaf *leaf,
				       struct arena *arena);

/* See struct set_source: `about` is a criteria_leaf; all are of one entity. */
int criteria_leaf_fill(struct db *db, struct wanted_set *const *v, size_t n,
		       const struct set_part *part, struct err *err);
int criteria_leaf_last(struct db *db, struct wanted_set *const *v, int64_t *out,
		       struct err *err);

#endif
