#include "app/audience_jobs.h"

#include "audience/webhook.h"

int audience_jobs_start(struct store *store,
			const struct runner_options *options,
			const struct webhook_options *webhooks,
			struct runner **out, struct err *err)
{
	struct job_kind kinds[1] = { webhook_job_kind(webhooks) };

	return runner_start(store, options, kinds, 1, out, err);
}
