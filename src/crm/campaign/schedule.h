/*
 * crm/campaign/schedule.h - when a campaign is sent, and who was first: its
 * time, or whoever thought better of it
 *
 * A schedule is schedule_ms of the campaign and a job for that time. A job
 * counts if its time is still the campaign's when it begins, which it looks at
 * under the campaign's lock (campaign_send_take). Who changes the time holds
 * that lock as well, and sees whether the job runs: so either the job is void
 * or the change is refused. A time that is set, changed, and set again has one
 * job. Who sent or scheduled it last, and when, is in the audit log; whether
 * they still may is looked at when it is to begin.
 */
#ifndef CRM_CAMPAIGN_SCHEDULE_H
#define CRM_CAMPAIGN_SCHEDULE_H

#include "crm/campaign_record.h"

/* c: as it was read in this transaction, in all of them. */

/* Sets the time, or another one. ERR_INVALID with field `at`: it is past.
 * ERR_CONFLICT: neither a draft nor scheduled, or its sending has begun. */
int campaign_schedule_set(struct tx *tx, const struct crm_campaign *c,
			  int64_t at_ms, const struct actor *actor,
			  struct err *err);
/* A draft again, if it was scheduled; the time stays with it (send_at_ms), so
 * that nothing goes at once by the next click. ERR_CONFLICT as above. */
int campaign_schedule_drop(struct tx *tx, const struct crm_campaign *c,
			   const struct actor *actor, struct err *err);
/* The job that sends it now, whatever its schedule: the one that is at it
 * already, if there is one. */
int campaign_send_now(struct tx *tx, const struct crm_campaign *c,
		      const struct actor *actor, int64_t *job_out,
		      struct err *err);

/* They confirmed its job: it is theirs from now on. */
int campaign_send_confirmed(struct tx *tx, const char *payload,
			    const struct actor *actor, struct err *err);

/* Is there a job that sends it, or asks whether to? 1, 0, -1. */
int campaign_send_is_ordered(struct db *db, const struct crm_campaign *c,
			     struct err *err);
/* What it says and whom it goes to counts: 0; -1 ERR_CONFLICT: a job sends it
 * as it was. */
int campaign_send_may_change(struct db *db, const struct crm_campaign *c,
			     struct err *err);
/* For the job, when it begins: 1 and the campaign that is to be sent, 0: not at
 * this time any more, -1. No transaction may be open. */
int campaign_send_take(struct db *db, const char *payload, struct arena *arena,
		       struct crm_campaign *out, struct err *err);

/* For the job, too: may who sent or scheduled it last still send? 1, 0:
 * *why_out says why not (in arena), -1. */
int campaign_send_is_allowed(struct db *db, const struct crm_campaign *c,
			     struct arena *arena, const char **why_out,
			     struct err *err);

#endif
