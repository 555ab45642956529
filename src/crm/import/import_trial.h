/*
 * crm/import/import_trial.h - where an import that is only tried is written
 *
 * Private to crm/import*.c. A trial says exactly what the import would do,
 * because it is the import: the same matching and the same writing, in a
 * database of its own (store/scratch.h) that is gone when the job is over. What
 * stands in the real one of those whom a batch is about is copied into it
 * before the batch is matched: records by id, key, address and name, who shares
 * an address with them, their companies, tags and words about mail. Nothing of
 * the real one is written or locked.
 */
#ifndef CRM_IMPORT_TRIAL_H
#define CRM_IMPORT_TRIAL_H

#include "crm/import/import_batch.h"

/* The database of a trial; folder: of the data. scratch_close ends it. */
int import_trial_open(const char *folder, struct db **out, struct err *err);
/* What every trial needs of the real one. */
int import_trial_begin(struct db *real, struct db *trial, struct err *err);

/* Copy what the rows of a batch, which were not matched yet, are about; once:
 * *fetched knows what earlier batches copied. */
struct import_seen;
int import_trial_fetch(struct db *real, struct tx *trial,
		       const struct import_batch *b,
		       struct import_seen *fetched, struct err *err);

#endif
