/*
 * app/audience_jobs.h - the runner of the schema audience
 */
#ifndef APP_AUDIENCE_JOBS_H
#define APP_AUDIENCE_JOBS_H

#include "jobs/runner.h"

struct api;
struct webhook_options;

/* webhooks and api must outlive the runner. */
int audience_jobs_start(struct store *store,
			const struct runner_options *options,
			const struct webhook_options *webhooks,
			const struct api *api, struct runner **out,
			struct err *err);

#endif
