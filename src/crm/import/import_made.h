/*
 * crm/import/import_made.h - what an import made, and whether somebody did
 * something with it since
 *
 * Private to crm/import*.c. What was used stays when the import is taken back.
 */
#ifndef CRM_IMPORT_MADE_H
#define CRM_IMPORT_MADE_H

#include "base/vec.h"
#include "crm/entity.h"
#include "store/db.h"

struct import_made {
	int64_t id;
	bool is_used;  /* since */
	bool is_known; /* not to us alone, or out: there is more to do than to
			* delete it */
};
struct import_mades VEC_FIELDS(struct import_made);

/* Those behind an id, in order, locked; appended. */
int import_made_page(struct tx *tx, enum entity entity, int64_t import_id,
		     int64_t after, int64_t limit, struct import_mades *out,
		     struct err *err);
/* Those that are not known. */
int import_made_remove(struct tx *tx, enum entity entity, const struct ids *ids,
		       struct err *err);

#endif
