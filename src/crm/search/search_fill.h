/*
 * crm/search/search_fill.h - the plain texts of records that have none
 *
 * Whoever writes a record writes its plain text (see search_text.h); those that
 * were made before there was one get it from the job of the index. Their rows
 * are locked, so nobody changes what they say meanwhile.
 */
#ifndef CRM_SEARCH_FILL_H
#define CRM_SEARCH_FILL_H

#include "crm/entity.h"
#include "store/db.h"

struct ids;

/* Of records that are not gone, and of their addresses. */
int search_fill(struct tx *tx, enum entity entity, const struct ids *ids,
		struct arena *arena, struct err *err);

#endif
