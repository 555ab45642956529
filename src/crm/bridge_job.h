/*
 * crm/bridge_job.h - what the bridge must hear of, said in the transaction of
 * the change (jobs of the schema crm; src/bridge has their functions)
 *
 *     bridge-optout   {"person_id"}
 *     bridge-address  {"person_id", "old_email_id", "new_email_id"}
 *                     the marketing address changed; new 0: none is left
 *     bridge-update   {"person_id"}   a name that merge fields show changed
 *     bridge-forget   {"person_id", "email_hashes": [md5 ...]}
 *                     erased: delete those members for good
 *
 * Jobs run at least once and may be late: their functions look at what is
 * true by then.
 */
#ifndef CRM_BRIDGE_JOB_H
#define CRM_BRIDGE_JOB_H

#include "store/db.h"

int bridge_job_optout(struct tx *tx, int64_t person_id, int64_t now_ms,
		      struct err *err);
int bridge_job_address(struct tx *tx, int64_t person_id, int64_t old_email_id,
		       int64_t new_email_id, int64_t now_ms, struct err *err);
int bridge_job_update(struct tx *tx, int64_t person_id, int64_t now_ms,
		      struct err *err);
/* hashes_json: JSON array of texts. */
int bridge_job_forget(struct tx *tx, int64_t person_id, const char *hashes_json,
		      int64_t now_ms, struct err *err);
/* The hashes of a finished bridge-forget are personal data too: drop them. */
int bridge_job_scrub(struct tx *tx, int64_t job_id, struct err *err);

#endif
