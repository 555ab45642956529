#include "app/audience_jobs.h"

#include "audience/webhook.h"
#include "base/arena.h"

int audience_jobs_start(struct store *store,
			const struct runner_options *options,
			const char *const *own_urls, struct arena *arena,
			struct runner **out, struct err *err)
{
	struct webhook_options *webhooks =
		arena_new_of(arena, struct webhook_options);
	struct job_kind kinds[1];

	webhooks->own_urls = own_urls;
	kinds[0] = webhook_job_kind(webhooks);
	return runner_start(store, options, kinds, 1, out, err);
}
