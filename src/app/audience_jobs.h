/*
 * app/audience_jobs.h - the runner of the schema audience
 */
#ifndef APP_AUDIENCE_JOBS_H
#define APP_AUDIENCE_JOBS_H

#include "jobs/runner.h"

struct arena;

/* own_urls: this server's own, where webhooks may be private addresses; ends
 * with NULL. own_urls and arena must outlive the runner. */
int audience_jobs_start(struct store *store,
			const struct runner_options *options,
			const char *const *own_urls, struct arena *arena,
			struct runner **out, struct err *err);

#endif
