/*
 * audience/batch/api_batch.h - operations of the Marketing API that a client
 * leaves to us
 *
 * A batch is a row and a job (kind API_BATCH_JOB). The job runs one operation
 * after another (api/mc30/account/batch_job.c) and notes what was answered,
 * together with where to go on: what is noted is never done again. Whoever is
 * killed between the end of an operation and its note does that one twice.
 *
 * Answers are rows of packed pieces in the database, so that any process can
 * give them out and a backup has them; they go after API_BATCH_KEPT_MS
 * (docs/decisions/0052-batches.md).
 */
#ifndef AUDIENCE_API_BATCH_H
#define AUDIENCE_API_BATCH_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct job_run;
struct tx;

#define API_BATCH_JOB "api_batch"
#define API_BATCH_OPEN_MAX 500
#define API_BATCH_KEPT_MS ((int64_t)7 * 24 * 3600 * 1000)

/* Who made it, as struct caller has it: whose rights count, and who may see it.
 * key_id 0: by a session. */
struct api_batch_maker {
	int64_t user_id, key_id;
	bool sees_all;
};

struct api_batch {
	int64_t id;
	const char *hex;
	int64_t job_id;
	int64_t user_id, key_id;
	int64_t submitted_ms, started_ms, completed_ms; /* 0: not yet */
	int64_t total, finished, errored;               /* operations */
	/* Where to go on: the operation, and how much of it was read. */
	int64_t next_nr, next_offset;
};
struct api_batches VEC_FIELDS(struct api_batch);

/* "pending", "preprocessing", "started", "finalizing", "finished" */
const char *api_batch_status(const struct api_batch *batch);

/*
 * body: the API's {operations: [...]}; ERR_INVALID names the field that is
 * wrong. ERR_LIMIT: too many wait already. Adds the job.
 */
int api_batch_add(struct tx *tx, const json_t *body,
		  const struct api_batch_maker *maker, int64_t now_ms,
		  struct arena *arena, struct api_batch *out, struct err *err);
/* ERR_NOT_FOUND, also if the maker may not see it. */
int api_batch_get(struct db *db, const char *hex,
		  const struct api_batch_maker *maker, struct arena *arena,
		  struct api_batch *out, struct err *err);
/* The newest first, appended. */
int api_batch_list(struct db *db, const struct api_batch_maker *maker,
		   int64_t count, int64_t offset, struct arena *arena,
		   struct api_batches *out, struct err *err);
int api_batch_count(struct db *db, const struct api_batch_maker *maker,
		    int64_t *out, struct err *err);
/* With what was answered; a job that runs stops before its next operation.
 * As api_batch_get. */
int api_batch_remove(struct tx *tx, const char *hex,
		     const struct api_batch_maker *maker, int64_t now_ms,
		     struct arena *arena, struct err *err);
/* One that is older than API_BATCH_KEPT_MS goes: 1, 0 if there is none, -1. */
int api_batch_forget(struct db *db, int64_t now_ms, struct err *err);

/* --- the job's --- */

struct api_operation {
	int64_t nr;
	const char *method; /* upper case */
	const char *path;   /* escaped, from /3.0 on */
	const char *query;
	const char *operation_id; /* "" if none was given */
	const char *body;
};

/* 1, 0 if it was removed, -1; of the row whose id the payload names. */
int api_batch_of_job(struct db *db, const char *payload, struct arena *arena,
		     struct api_batch *out, struct err *err);
/* That it is being done. */
int api_batch_start(struct db *db, struct api_batch *batch, int64_t now_ms,
		    struct err *err);
/* The operation at next_nr: 1, 0 at the end, -1. Strings live in arena. */
int api_batch_next(struct db *db, const struct api_batch *batch,
		   struct arena *arena, struct api_operation *out,
		   struct err *err);
/*
 * What was answered since the last note, as members of a JSON array with commas
 * between them (may be empty), with the counters and the place of *batch.
 * ERR_CONFLICT: the job was canceled or taken over.
 */
int api_batch_note(struct job_run *run, const struct api_batch *batch,
		   struct str answers, struct err *err);
/* All is noted: 1, or 0 if it was said before. In a transaction of the
 * caller's, which tells of it. */
int api_batch_complete(struct tx *tx, struct api_batch *batch, int64_t now_ms,
		       struct err *err);

#endif
