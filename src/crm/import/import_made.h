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

/* Why it stays. Mails and pushes are ours, and no reason. */
enum import_stays {
	IMPORT_STAYS_NOT = 0,
	IMPORT_STAYS_CHANGED = 1,  /* somebody changed it */
	IMPORT_STAYS_ANSWERED = 2, /* opted out or in since */
	IMPORT_STAYS_USED = 3,     /* notes, tasks, groups by hand; people of a
				      company */
	IMPORT_STAYS_REASONS
};

struct import_made {
	int64_t id;
	enum import_stays stays;
	bool is_known; /* not to us alone, or out: there is more to do than to
			* delete it */
};
struct import_undo_counts;
struct import_mades VEC_FIELDS(struct import_made);

void import_undo_count(struct import_undo_counts *counts,
		       enum import_stays stays);

/* Those behind an id, in order, locked; appended. */
int import_made_page(struct tx *tx, enum entity entity, int64_t import_id,
		     int64_t after, int64_t limit, struct import_mades *out,
		     struct err *err);
/* Those that are not known. */
int import_made_remove(struct tx *tx, enum entity entity, const struct ids *ids,
		       struct err *err);

#endif
