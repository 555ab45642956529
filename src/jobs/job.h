/*
 * jobs/job.h - durable work: one row a job, in the schema it concerns
 *
 * Each schema has a table `job` (the same in all three). Adding a job is part
 * of the caller's transaction (transactional outbox), so that it exists if and
 * only if the rows that it is about do. A job runs at least once: its function
 * must be able to start again from `state_json`, which it saves as it goes.
 *
 * A job is leased by one process at a time (the lease is renewed by its
 * runner); what a killed process held is taken up by the next one: leases of
 * the own instance at its start, those of others after 30 s. Failures with
 * ERR_FULL (a disk) run again for as long as it takes; those that end with
 * ERR_RETRY or ERR_IO run again with jittered back-off, at most
 * max_attempts times; then, and after any other error, the job is `failed`.
 */
#ifndef JOBS_JOB_H
#define JOBS_JOB_H

#include "store/db.h"

struct arena;
struct err;
struct job_kind;
struct strbuf;

/* Stored in the database: append only, never renumber. */
enum job_state {
	JOB_QUEUED = 1,
	JOB_RUNNING = 2,
	JOB_NEEDS_CONFIRMATION = 3, /* waits for job_confirm */
	JOB_DONE = 4,
	JOB_FAILED = 5,
	JOB_CANCELED = 6,
};
const char *job_state_name(enum job_state state); /* "queued", ... */

struct job {
	int64_t id;
	const char *kind; /* "import", "push", "sync", ... */
	enum job_state state;
	const char *payload;    /* JSON text, as given to job_add */
	const char *state_json; /* where to go on; NULL at first */
	const char *result;     /* JSON text once done; else NULL */
	const char *error;      /* why it failed, or will be tried again */
	int64_t done, total;    /* progress; total 0: not known yet */
	int64_t attempts;
	int64_t user_id; /* who asked for it; 0: nobody */
	int64_t run_at_ms, created_ms, started_ms, finished_ms;
	bool cancel_wanted, confirmed;
};

struct job_new {
	const char *kind;
	const char *payload; /* JSON text; NULL means {} */
	int64_t run_at_ms;   /* not before; 0: at once */
	int64_t user_id;     /* who waits for it, and goes first; 0: nobody */
	/* Not NULL: while a job of this key waits (it has not started, or waits
	 * for confirmation), adding another is nothing: its id is returned. */
	const char *single_key;
};

/* Sets the id: of the new one, or of the one that waits, which starts only when
 * the transaction has ended. */
int job_add(struct tx *tx, const struct job_new *job, int64_t now_ms,
	    int64_t *id_out, struct err *err);
/* The job of that key that has not ended, also one that runs: 1, else 0, or -1.
 * Only who holds a lock on what the key is about can rely on it. */
int job_find_active(struct db *db, const char *single_key, int64_t *id_out,
		    struct err *err);
/* ERR_NOT_FOUND. Strings live in arena. */
int job_get(struct db *db, int64_t id, struct arena *arena, struct job *out,
	    struct err *err);
struct job_query {
	const char *kinds; /* JSON array of names; NULL: all */
	bool open;         /* only those that have not ended */
	int64_t before_id; /* 0: from the newest */
	int limit;
};
/* The newest first, into an array of `limit`. Returns how many, or -1. */
int job_list(struct db *db, const struct job_query *query, struct arena *arena,
	     struct job *out, struct err *err);
/* How many there are, before_id or not. */
int job_count(struct db *db, const struct job_query *query, int64_t *out,
	      struct err *err);
/* At once if it does not run, else as soon as it looks. kind: of the job; NULL
 * for one that neither stays nor forgets. ERR_NOT_FOUND; ERR_CONFLICT: it has
 * ended, or its kind stays. */
int job_cancel(struct tx *tx, int64_t id, const struct job_kind *kind,
	       int64_t now_ms, struct err *err);
/* Needs confirmation -> canceled, because another does its work: 1, or 0 if it
 * does not wait any more. */
int job_supersede(struct tx *tx, int64_t id, const char *why, int64_t now_ms,
		  struct err *err);
/* Needs confirmation -> queued with `confirmed`. ERR_NOT_FOUND; ERR_CONFLICT:
 * it does not wait for that. */
int job_confirm(struct tx *tx, int64_t id, int64_t now_ms, struct err *err);
/* The API's shape, appended: {"id", "kind", "state", "done", "total",
 * "result", ...}. group_id: of a push (bridge/push_list.h); else 0. */
void job_format(const struct job *job, int64_t group_id, struct strbuf *out);

#endif
