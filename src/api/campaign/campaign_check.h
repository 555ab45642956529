/*
 * api/campaign/campaign_check.h - the job that checks a campaign with the help
 * of others: whether its links lead anywhere, what the DNS says of its sender
 *
 * Its result is the checklist's, with `links` and `domain`. It takes a minute
 * at most and changes nothing: what a stop interrupted begins anew.
 */
#ifndef API_CAMPAIGN_CAMPAIGN_CHECK_H
#define API_CAMPAIGN_CAMPAIGN_CHECK_H

#include "jobs/runner.h"

#define CAMPAIGN_CHECK_JOB "campaign-check"

/* context: struct api */
int campaign_check_job(struct job_run *run, struct err *err);

#endif
