/*
 * audience/batch/api_forget.h - an erased person goes from what is kept for
 * clients
 *
 * Answers of batches, and exports of the account, are kept for days and may
 * tell of anybody. Whoever erases somebody adds a job, in the same transaction:
 * it takes the address out of the answers (with all that the answer said), and
 * removes the exports that are older.
 */
#ifndef AUDIENCE_API_FORGET_H
#define AUDIENCE_API_FORGET_H

#include "jobs/runner.h"

/* folded: the address. Nothing, if nothing is kept. */
int api_forget_enqueue(struct tx *tx, const char *folded, int64_t now_ms,
		       struct err *err);

struct job_kind api_forget_kind(void);

#endif
