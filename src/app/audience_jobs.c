#include "app/audience_jobs.h"

#include "api/mc30/account/account_jobs.h"
#include "audience/side/member_word.h"
#include "audience/webhook.h"
#include "delivery/confirm_mail.h"

int audience_jobs_start(struct store *store,
			const struct runner_options *options,
			const struct webhook_options *webhooks,
			struct confirm_mail *confirm_mail,
			const struct api *api, struct runner **out,
			struct err *err)
{
	struct job_kind kinds[] = {
		webhook_job_kind(webhooks),
		batch_tell_kind(api),
		{ .name = MEMBER_WORD_JOB, .fn = member_word_job },
		confirm_mail_job_kind(confirm_mail),
	};

	return runner_start(store, options, kinds, ARRAY_SIZE(kinds), out, err);
}
