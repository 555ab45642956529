/*
 * api/mc30/account/export_job.h - making the file of an export of the account
 *
 * A zip file: lists/NAME.csv a list with its members, campaigns.csv,
 * reports.csv; of events, files and templates there is nothing yet. What was
 * stopped begins anew.
 */
#ifndef API_MC30_ACCOUNT_EXPORT_JOB_H
#define API_MC30_ACCOUNT_EXPORT_JOB_H

#include "audience/batch/account_export.h"
#include "jobs/runner.h"

int export_job(struct job_run *run, struct err *err);

#endif
