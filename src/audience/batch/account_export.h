/*
 * audience/batch/account_export.h - a zip file of what the account has
 *
 * A row, a job (kind ACCOUNT_EXPORT_JOB, api/mc30/account/export_job.c), and
 * the file in pieces, kept as those of batches are (api_batch.h) and for as
 * long. One is made at a time, and one a day. A job that begins again begins
 * the file anew.
 */
#ifndef AUDIENCE_ACCOUNT_EXPORT_H
#define AUDIENCE_ACCOUNT_EXPORT_H

#include "audience/batch/api_batch.h"

#define ACCOUNT_EXPORT_JOB "account_export"

/* Bits of account_export.stages. */
enum export_stage {
	EXPORT_AUDIENCES = 1,
	EXPORT_CAMPAIGNS = 2,
	EXPORT_EVENTS = 4,
	EXPORT_GALLERY_FILES = 8,
	EXPORT_REPORTS = 16,
	EXPORT_TEMPLATES = 32,
};

struct account_export {
	int64_t id, job_id;
	unsigned stages;
	int64_t since_ms; /* 0: all there is */
	bool is_open;
	int64_t started_ms, finished_ms; /* 0: not yet */
	int64_t size_bytes; /* 0: not finished, or its file is gone */
};
struct account_exports VEC_FIELDS(struct account_export);

/* body: {include_stages, since_timestamp}; ERR_INVALID names the field;
 * ERR_CONFLICT titled "Account Export in Progress" or "Too Many Account
 * Exports". Adds the job. */
int account_export_add(struct tx *tx, const json_t *body,
		       const struct api_batch_maker *maker, int64_t now_ms,
		       struct arena *arena, struct account_export *out,
		       struct err *err);
/* ERR_NOT_FOUND. */
int account_export_get(struct db *db, int64_t id, struct account_export *out,
		       struct err *err);
/* The newest first, appended; *total_out is how many there are. */
int account_export_list(struct db *db, int64_t count, int64_t offset,
			struct account_exports *out, int64_t *total_out,
			struct err *err);
/* Of the finished file, the nth piece, appended: 1, 0 behind the last, -1. */
int account_export_read(struct db *db, int64_t id, int64_t nr,
			struct strbuf *out, struct err *err);
/* The file goes; that it was made stays, for one a day. */
int account_export_empty(struct db *db, int64_t id, struct err *err);
/* One that was kept long enough goes: 1, 0, -1. */
int account_export_forget(struct db *db, int64_t now_ms, struct err *err);

/* --- the job's --- */

/* 1, 0 if it is gone or was ended, -1; with nothing of the file. */
int account_export_begin(struct job_run *run, struct account_export *out,
			 struct err *err);
int account_export_write(struct job_run *run, int64_t id, int64_t nr,
			 struct str piece, struct err *err);
int account_export_finish(struct job_run *run, int64_t id, int64_t size_bytes,
			  int64_t now_ms, struct err *err);

#endif
