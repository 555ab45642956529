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

/*
 * all: n of one kind of records. Sets them in *out, which are empty. No
 * transaction may be open: it takes a snapshot of its own, of after this call.
 */
int criteria_sets(struct db *db, const struct criteria *const *all, size_t n,
		  struct id_set *out, struct err *err);

#endif
