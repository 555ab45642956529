/*
 * api/mc30/account/account_jobs.h - the kinds of jobs that clients of the
 * Marketing API wait for
 *
 * A runner of their own does them: they may take minutes, and webhooks are not
 * to wait for that.
 */
#ifndef API_MC30_ACCOUNT_ACCOUNT_JOBS_H
#define API_MC30_ACCOUNT_ACCOUNT_JOBS_H

#include "jobs/runner.h"

struct api;

#define ACCOUNT_JOB_KINDS 3

/* How many were written to *out; api must outlive the runner. */
size_t account_job_kinds(const struct api *api,
			 struct job_kind out[ACCOUNT_JOB_KINDS]);

/* Who tells of finished batches; of the runner that tells webhooks. */
struct job_kind batch_tell_kind(const struct api *api);

#endif
