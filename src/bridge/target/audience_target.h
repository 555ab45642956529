/*
 * bridge/target/audience_target.h - what of the audience a campaign can go to:
 * tags, saved segments, everybody
 *
 * As the bridge saw them last, kept as a setting. A handler that finds them
 * older than a minute has the job bridge-targets look again, and shows what
 * there is meanwhile: it never waits for the audience.
 */
#ifndef BRIDGE_TARGET_AUDIENCE_TARGET_H
#define BRIDGE_TARGET_AUDIENCE_TARGET_H

#include "base/json.h"
#include "crm/campaign_record.h"
#include "crm/left_out.h"

struct job_run;

/* {"at": ms, "audience": {id, name, count}, "tags": [{id, name, count}],
 * "segments": [...]}; NULL: never looked. The caller's. */
int audience_targets_load(struct db *db, json_t **out, struct err *err);
/* Has the job look again if that is due: its id, or 0. */
int audience_targets_renew(struct tx *tx, const json_t *seen, int64_t user_id,
			   int64_t now_ms, int64_t *job_out, struct err *err);
bool audience_targets_are_due(const json_t *seen, int64_t now_ms);
/* The object of a tag, a segment or the audience, within seen; NULL: none. */
const json_t *audience_target_find(const json_t *seen,
				   enum crm_campaign_to kind, int64_t id);

int job_targets(struct job_run *run, struct err *err);

/* --- estimate.c: who would get a campaign if it went out now --- */

#define LEFT_OUT_REASONS (LEFT_OUT_OVER_LIMIT + 1)

struct estimate {
	int64_t total, goes;
	int64_t left_out[LEFT_OUT_REASONS]; /* by enum left_out */
	int64_t unknown; /* of those it goes to: nobody in the CRM */
};

/* targets: of audience_targets_load. */
int estimate_make(struct db *db, const struct crm_campaign *c,
		  const json_t *targets, struct estimate *out, struct err *err);

/*
 * The first person, by id, whom it would reach by what the CRM knows: of a
 * group or the audience. 1, 0: there is none, or it goes to a tag or segment,
 * whose members the CRM does not know; -1.
 */
int estimate_first(struct db *db, const struct crm_campaign *c,
		   int64_t *person_out, struct err *err);
/*
 * Why a person would get none of it, by what the CRM knows and the mirror says.
 * *is_other: it goes to others: a group that they are not in, the audience
 * where they are no subscribed member. Of a tag or segment only *why.
 */
int estimate_reason(struct db *db, const struct crm_campaign *c,
		    int64_t person_id, enum left_out *why, bool *is_other,
		    struct err *err);
/* The person whose marketing address has that hash, and who may be mailed: 1,
 * 0, -1. */
int estimate_person_of(struct db *db, const char *email_hash,
		       int64_t *person_out, struct err *err);

#endif
