/*
 * jobs/job_private.h - what job.c and runner.c share
 */
#ifndef JOBS_JOB_PRIVATE_H
#define JOBS_JOB_PRIVATE_H

#include "jobs/job.h"

/* The columns of job-get and job-page. */
void job_read(const struct rows *rows, struct arena *arena, struct job *out);

#endif
