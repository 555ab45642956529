/*
 * jobs/runner.h - threads that run the jobs of one schema
 *
 * A runner claims due jobs of the kinds it was given, calls their functions,
 * stores progress and result. runner_wake() makes it look at once (after a
 * commit in this process); jobs added elsewhere are seen within a second.
 */
#ifndef JOBS_RUNNER_H
#define JOBS_RUNNER_H

#include "jobs/job.h"

struct runner;
struct store;

/* What a job function is given. */
struct job_run {
	struct job *job;
	struct store *store;
	struct db *db;         /* of the job's schema; the function's own */
	struct arena *arena;   /* lives until the function returns */
	struct strbuf *result; /* JSON text to store when it returns 0 */
	void *context;         /* of the kind */
	struct runner *runner;
};

/*
 * Returns 0: done. -1: failed, see above. To stop and ask a user, call
 * job_ask(run) and return its value.
 */
typedef int (*job_fn)(struct job_run *run, struct err *err);

struct job_kind {
	const char *name;
	job_fn fn;
	void *context;
	int max_attempts; /* 0: 8 */
	bool forgets; /* its payload tells of people: it goes when it ends */
	bool stays;   /* it is never canceled: an erasure goes on */
};
/* By name; NULL: it is none of them. */
const struct job_kind *job_kind_find(const struct job_kind *kinds, size_t n,
				     const char *name);

/*
 * Save where to go on and how far it is, in the caller's transaction (NULL:
 * one of its own). Fails with ERR_CONFLICT if the lease was lost or the job
 * was canceled: return that error at once. state_json may be NULL: keep.
 */
int job_progress(struct job_run *run, struct tx *tx, int64_t done,
		 int64_t total, const char *state_json, struct err *err);
int job_ask(struct job_run *run); /* the result so far tells what about */
bool job_is_stopping(const struct job_run *run);       /* shutdown: save, return
							  job_again() */
int job_again(struct job_run *run, int64_t run_at_ms); /* queue again */

/*
 * Jobs that wait, locked by the caller, which a job does with its own: they are
 * run by nobody else until it ends them (they are done) or leaves them (they
 * are run by themselves). ERR_CONFLICT: one of the key of one of them has just
 * begun. Whoever is killed, or takes longer than a lease, has left them.
 */
int job_take_along(struct job_run *run, struct tx *tx, const struct ids *ids,
		   struct err *err);
int job_end_along(struct job_run *run, const struct ids *ids, struct err *err);
int job_leave_along(struct job_run *run, const struct ids *ids,
		    struct err *err);

struct runner_options {
	enum store_schema schema;
	int threads;
	int64_t lease_ms;     /* 30,000 */
	const char *instance; /* names this process in leases */
};

int runner_start(struct store *store, const struct runner_options *options,
		 const struct job_kind *kinds, size_t kinds_n,
		 struct runner **out, struct err *err);
void runner_wake(struct runner *runner);
/*
 * What is in hand gives up, see base/thread/stop.h, and is queued again: it
 * goes on where it saved to be, at the next start. Stopping waits for that.
 */
void runner_halt(struct runner *runner);
void runner_stop(struct runner *runner);
void runner_free(struct runner **runner);

#endif
