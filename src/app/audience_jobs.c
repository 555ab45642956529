#include "app/audience_jobs.h"

#include "api/mc30/account/account_jobs.h"
#include "audience/side/member_word.h"
#include "audience/webhook.h"

int audience_jobs_start(struct store *store,
			const struct runner_options *options,
			const struct webhook_options *webhooks,
			const struct api *api, struct runner **out,
			struct err *err)
{
	struct job_kind kinds[] = {
		webhook_job_kind(webhooks),
		batch_tell_kind(api),
		{ .name = MEMBER_WORD_JOB, .fn = member_word_job },
	};

	return runner_start(store, options, kinds, ARRAY_SIZE(kinds), out, err);
}
