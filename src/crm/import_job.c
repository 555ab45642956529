#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/import.h"
#include "crm/import_steps.h"

static int save(void *context, struct tx *tx, int64_t done, int64_t total,
		const char *state_json, struct err *err)
{
	return job_progress(context, tx, done, total, state_json, err);
}

static bool is_stopping(void *context)
{
	return job_is_stopping(context);
}

typedef int (*steps_fn)(struct import_steps *steps, struct strbuf *result,
			struct err *err);

static int run_steps(struct job_run *run, steps_fn fn, struct err *err)
{
	const struct import_context *context = run->context;
	CLEANUP(json_free) json_t *payload = NULL;
	struct import_steps steps = {
		.db = run->db,
		.folder = context->folder,
		.state_json = run->job->state_json,
		.confirmed = run->job->confirmed,
		.save = save,
		.is_stopping = is_stopping,
		.context = run,
	};
	int done;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "import_id", &steps.import_id, err) < 0)
		return -1;
	done = fn(&steps, run->result, err);
	if (done < 0)
		return -1;
	if (done == IMPORT_ASKS)
		return job_ask(run);
	return done ? 0 : job_again(run, run->job->run_at_ms);
}

int import_job(struct job_run *run, struct err *err)
{
	return run_steps(run, import_steps, err);
}

int import_undo_job(struct job_run *run, struct err *err)
{
	return run_steps(run, import_undo_steps, err);
}
