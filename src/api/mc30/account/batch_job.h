/*
 * api/mc30/account/batch_job.h - doing the operations of a batch
 *
 * One after another on the thread of the job, through the router as requests
 * do (http/call.h), with the rights that who made the batch has by then. A
 * reading operation without `count` reads all pages, each of them an answer.
 */
#ifndef API_MC30_ACCOUNT_BATCH_JOB_H
#define API_MC30_ACCOUNT_BATCH_JOB_H

#include "audience/batch/api_batch.h"
#include "jobs/runner.h"

struct arena;

/* Below .../3.0, where its answers are. */
const char *batch_answers_path(struct arena *arena, const char *hex);

/* context: struct api */
int batch_job(struct job_run *run, struct err *err);

#endif
