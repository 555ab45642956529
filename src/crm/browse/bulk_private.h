/*
 * crm/browse/bulk_private.h - what asking for a bulk act, its job and what is
 * done to records share
 */
#ifndef CRM_BULK_PRIVATE_H
#define CRM_BULK_PRIVATE_H

#include "crm/browse/bulk.h"
#include "crm/browse/selection.h"

struct group;

/* As the job's payload; without the choice once the set is settled. */
const char *bulk_payload(const struct bulk *bulk, const struct actor *actor,
			 bool with_choice, struct arena *arena);
/* Those of q and filter, read. Errors are named below `all`. */
int bulk_selection(struct db *db, const struct bulk *bulk, int64_t now_ms,
		   struct arena *arena, struct selection *out, struct err *err);
/* The group that is changed: static, of this kind of records. Locked. */
int bulk_group(struct db *db, const struct bulk *bulk, struct arena *arena,
	       struct group *out, struct err *err);

/*
 * The act on some records in the order of ids, which are locked with it: how
 * many changed, or -1. If it is refused for any, what was written is to be
 * rolled back, and the error need not be about the first such. group: of acts
 * on one.
 */
int bulk_do(struct tx *tx, const struct bulk *bulk, const struct ids *ids,
	    const struct group *group, const struct actor *actor,
	    struct arena *arena, struct err *err);

#endif
