/*
 * app/audience_jobs.h - the runner of the schema audience
 */
#ifndef APP_AUDIENCE_JOBS_H
#define APP_AUDIENCE_JOBS_H

#include "jobs/runner.h"

struct api;
struct confirm_mail;
struct webhook_options;

/* webhooks, confirm_mail and api must outlive the runner. */
int audience_jobs_start(struct store *store,
			const struct runner_options *options,
			const struct webhook_options *webhooks,
			struct confirm_mail *confirm_mail,
			const struct api *api, struct runner **out,
			struct err *err);

#endif
