/*
 * audience/side/many_done.h - how far an act on many members is
 *
 * The job of such an act is one of another schema (api/bulk/member_bulk.h), and
 * no transaction spans the two: what was done last is written here with the act
 * itself, so that after a kill its figures are known, and nobody is counted as
 * one who was so before. One row a job, gone when that ends.
 */
#ifndef AUDIENCE_SIDE_MANY_DONE_H
#define AUDIENCE_SIDE_MANY_DONE_H

#include "audience/side/member_many.h"

struct many_done {
	int64_t through_id; /* the last of those that were done last */
	int64_t changed;    /* of them */
};

/* refused: of the same. ERR_RETRY: another process has done these, or later
 * ones, meanwhile. */
int many_done_put(struct tx *tx, int64_t job_id, const struct many_done *done,
		  const struct member_refusals *refused, int64_t now_ms,
		  struct err *err);
/* 1, 0 (*out untouched): nothing was done yet, -1. Appends to *refused; texts
 * live in arena. */
int many_done_find(struct db *db, int64_t job_id, struct arena *arena,
		   struct many_done *out, struct member_refusals *refused,
		   struct err *err);
/* Of that job; and of others that never came to their end, after a week. */
int many_done_remove(struct db *db, int64_t job_id, int64_t now_ms,
		     struct err *err);

#endif
