/*
 * crm/bridge_job.h - what the bridge must hear of, said in the transaction of
 * the change (jobs of the schema crm; src/bridge has their functions)
 *
 *     bridge-person   {"person_id"}   addresses, opt-out or names changed
 *     bridge-forget   {}              erased: delete members for good; which
 *                                     ones stands in `bridge_member`
 *     bridge-organisation {}          who we are was saved
 *
 * Jobs run at least once and may be late: their functions look at what is
 * true by then. So that of a person carries no addresses; which ones the
 * person has left stands in `email.left_ms` until their members are settled,
 * and in `email.out_ms` until they are unsubscribed.
 */
#ifndef CRM_BRIDGE_JOB_H
#define CRM_BRIDGE_JOB_H

#include "store/db.h"

/* One waits for a person at most. */
int bridge_job_person(struct tx *tx, int64_t person_id, int64_t now_ms,
		      struct err *err);
int bridge_job_people(struct tx *tx, const struct ids *people, int64_t now_ms,
		      struct err *err);
/* The marketing address of a person is another one, or none, from now on. */
int bridge_job_left(struct tx *tx, int64_t person_id, int64_t email_id,
		    int64_t now_ms, struct err *err);
/* An address leaves a person who has opted out: it is unsubscribed over there,
 * whoever subscribed it, even if the person is gone by then. */
int bridge_job_left_out(struct tx *tx, int64_t person_id, int64_t email_id,
			int64_t now_ms, struct err *err);
/* The owner of an address was erased: its member is to be deleted for good, by
 * the job, which is added once for all of them. */
int bridge_forget_member(struct tx *tx, const char *email_hash, int64_t now_ms,
			 struct err *err);
int bridge_job_forget(struct tx *tx, int64_t now_ms, struct err *err);
int bridge_job_organisation(struct tx *tx, int64_t now_ms, struct err *err);
/* The hashes that an earlier version left in its job are personal data. */
int bridge_job_scrub(struct tx *tx, int64_t job_id, struct err *err);

#endif
