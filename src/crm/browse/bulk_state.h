/*
 * crm/browse/bulk_state.h - how far an act on many is: whom it is about, and
 * what came of them so far
 *
 * The set is rows of `bulk_item`, ids of whatever the job is about (records;
 * members of an audience, for api/bulk/). What came of it is the state that
 * the job saves as it goes, and its result.
 */
#ifndef CRM_BULK_STATE_H
#define CRM_BULK_STATE_H

#include "base/vec.h"
#include "jobs/runner.h"

struct bulk_tally {
	int64_t changed, unchanged, refused;
};
struct bulk_refusal {
	int64_t id;
	const char *why;
};
struct bulk_refusals VEC_FIELDS(struct bulk_refusal);

struct bulk_state {
	bool settled;  /* the set stands */
	int64_t after; /* while it is being settled: the last id */
	int64_t total; /* of the set, so far */
	struct bulk_tally tally;
	struct bulk_refusals told; /* the first refusals; texts of the arena of
				      the job */
};
void bulk_state_release(struct bulk_state *state);

/* From what the job has saved; nothing, if it begins. */
int bulk_state_read(struct job_run *run, struct bulk_state *out,
		    struct err *err);
/* With another tally than the state's, which is the caller's to take over once
 * the transaction has ended. As job_progress. */
int bulk_state_save(struct job_run *run, struct tx *tx,
		    const struct bulk_state *state, const struct bulk_tally *t,
		    struct err *err);
/* One more may be told of, if there are not too many; not counted here. */
void bulk_state_tell(struct job_run *run, struct bulk_state *state, int64_t id,
		     const char *why);
/* {"changed", "unchanged", "refused": [{"id", "why"}], "refused_count"}. */
void bulk_state_result(struct job_run *run, const struct bulk_state *state);

/* --- the set --- */

/*
 * The next ids of it, in order, and how far that is; also those that are in it.
 * payload: NULL, there are more; else the set stands, and this is the payload
 * from here on, which need not say who they are.
 */
int bulk_settle(struct job_run *run, struct bulk_state *state,
		const struct ids *page, const char *payload, struct err *err);
/* The next at most count, in the order of ids. Appends. */
int bulk_set_next(struct db *db, int64_t job_id, int64_t count, struct ids *out,
		  struct err *err);
/* All up to this one. */
int bulk_set_done(struct tx *tx, int64_t job_id, int64_t id, struct err *err);
/* What is left of jobs that were canceled or failed goes. */
int bulk_set_clear(struct db *db, struct err *err);

#endif
