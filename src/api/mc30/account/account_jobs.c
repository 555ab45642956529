#include "api/mc30/account/account_jobs.h"

#include "api/mc30/account/batch_job.h"
#include "api/mc30/account/export_job.h"
#include "audience/batch/api_forget.h"

size_t account_job_kinds(const struct api *api,
			 struct job_kind out[ACCOUNT_JOB_KINDS])
{
	out[0] = (struct job_kind){ .name = API_BATCH_JOB,
				    .fn = batch_job,
				    .context = (void *)api };
	out[1] = (struct job_kind){ .name = ACCOUNT_EXPORT_JOB,
				    .fn = export_job };
	out[2] = api_forget_kind();
	return ACCOUNT_JOB_KINDS;
}
