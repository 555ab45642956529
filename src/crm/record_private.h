/*
 * crm/record_private.h - pieces of a record's life that merging, erasing and
 * converting share
 */
#ifndef CRM_RECORD_PRIVATE_H
#define CRM_RECORD_PRIVATE_H

#include "crm/record.h"

/* Fields that `to` lacks come from `from`, also one of another kind. */
int record_unite(struct record *to, const struct record *from,
		 struct arena *arena, struct err *err);

/* Deletes tags, notes, tasks, links, memberships; not addresses, consent and
 * ledgers. */
int record_remove_attached(struct tx *tx, enum entity entity, int64_t id,
			   struct err *err);

#endif
