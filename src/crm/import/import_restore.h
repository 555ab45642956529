/*
 * crm/import/import_restore.h - records that an import changed, as they were
 *
 * Fields, and as far as the import touched them addresses and tags, are put
 * back from what it kept of each record. One that somebody changed since stays
 * as it is; so does the key of one whose former key is somebody else's by now.
 */
#ifndef CRM_IMPORT_RESTORE_H
#define CRM_IMPORT_RESTORE_H

#include "base/vec.h"

struct arena;
struct err;
struct import_run;
struct tx;

struct import_restored {
	int64_t last_id; /* of those that were looked at */
	int64_t restored;
	struct ids kept; /* somebody changed them since */
};
void import_restored_release(struct import_restored *restored);

/* The next ones after an id; *out is { 0 }. 1: there may be more, 0, -1. */
int import_restore(struct tx *tx, const struct import_run *run, int64_t after,
		   struct arena *arena, struct import_restored *out,
		   struct err *err);

#endif
