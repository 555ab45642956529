/*
 * crm/browse/bulk_private.h - what asking for a bulk act, its job and what is
 * done to one record share
 */
#ifndef CRM_BULK_PRIVATE_H
#define CRM_BULK_PRIVATE_H

#include "crm/browse/bulk.h"
#include "crm/browse/selection.h"
#include "crm/consent/consent.h"

struct group;
struct record;

/* As the job's payload; without the choice once the set is settled. */
const char *bulk_payload(const struct bulk *bulk, const struct actor *actor,
			 bool with_choice, struct arena *arena);
/* ERR_CONFLICT if n is more than were expected. */
int bulk_check_number(const struct bulk *bulk, int64_t n, struct err *err);
/* Those of q and filter, read. Errors are named below `all`. */
int bulk_selection(struct db *db, const struct bulk *bulk, int64_t now_ms,
		   struct arena *arena, struct selection *out, struct err *err);
/* The group that is changed: static, of this kind of records. Locked. */
int bulk_group(struct db *db, const struct bulk *bulk, struct arena *arena,
	       struct group *out, struct err *err);

/*
 * The act on one record, as a request for it alone would. 1: it changed, 0: it
 * was so already, -1. group: of acts on one.
 */
int bulk_do(struct tx *tx, const struct bulk *bulk, int64_t id,
	    const struct group *group, const struct actor *actor,
	    struct arena *arena, struct err *err);
/* Does it have the tag of the act? Its tags are filled. */
bool bulk_has_tag(const struct bulk *bulk, const struct record *r,
		  struct arena *arena);
/* Who says that somebody is out. */
enum consent_source bulk_source(const struct actor *actor);

/*
 * The same to some records in the order of ids, by statements for all of them:
 * how many changed. If it is refused for any, the error does not say for which;
 * what was written is to be rolled back.
 */
int bulk_do_all(struct tx *tx, const struct bulk *bulk, const struct ids *ids,
		const struct group *group, const struct actor *actor,
		struct arena *arena, struct err *err);

#endif
