/*
 * crm/group/criteria_set.h - whom criteria fit, from sets that are kept
 *
 * What criteria_sql.h asks the rows each time, by set algebra over leaves
 * (criteria_leaf.h) that are brought up to one snapshot by the log of changes:
 * a million records take microseconds, the first time some tenths of a second.
 * Any thread.
 */
#ifndef CRM_CRITERIA_SET_H
#define CRM_CRITERIA_SET_H

#include "crm/group/criteria.h"
#include "sets/id_set.h"

/* Adds to *out, which is empty. No transaction may be open: it takes a snapshot
 * of its own, of after this call. */
int criteria_set(struct db *db, const struct criteria *criteria,
		 struct id_set *out, struct err *err);

/* How many fit each: all are brought up to one snapshot at once, which costs
 * one walk where nothing is kept. Some hundred at most: their leaves are in
 * memory.
 */
int criteria_counts(struct db *db, const struct criteria *const *all, size_t n,
		    int64_t *out, struct err *err);

#endif
