/*
 * Imports as jobs: state, progress and stop for import_steps.c. Called by the
 * runner; a thread a job.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/consent/unclear_opt_out.h"
#include "crm/import/import.h"
#include "crm/import/import_steps.h"

#include <string.h>

static int save_progress(void *context, struct tx *tx, int64_t done,
			 int64_t total, const char *state_json, struct err *err)
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
		.elsewhere = &context->elsewhere,
		.state_json = run->job->state_json,
		.confirmed = run->job->confirmed,
		.save = save_progress,
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

#define SWEEP_MS (10 * MS_MINUTE)

int import_sweep_job(struct job_run *run, struct err *err)
{
	const struct import_context *context = run->context;
	int more = 1;

	if (import_sweep(run->db, context->folder, clock_now_ms(), err) < 0)
		return -1;
	while (more > 0 && !job_is_stopping(run))
		more = import_unchanged_trim(run->db, clock_now_ms(), err);
	if (more < 0)
		return -1;
	return job_again(run, clock_now_ms() + SWEEP_MS);
}

static int settle_page(struct job_run *run, const struct import_run *import,
		       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct actor actor = { .user_id = run->job->user_id,
				     .name = IMPORT_UNCLEAR_JOB,
				     .now_ms = clock_now_ms() };
	int n;

	if (tx_begin(run->db, &tx, err) < 0)
		return -1;
	n = unclear_opt_outs_settle(
		&tx, import->id,
		strcmp(import->unclear_decision, "opt_out") == 0, &actor, err);
	if (n < 0 || job_progress(run, &tx, run->job->done + n, import->unclear,
				  NULL, err) < 0)
		return -1;
	return tx_commit(&tx, err) < 0 ? -1 : n;
}

int import_unclear_job(struct job_run *run, struct err *err)
{
	CLEANUP(json_free) json_t *payload = NULL;
	struct json_writer w = JSON_WRITER(run->result);
	struct import_run import;
	int64_t id = 0;
	int n;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0 ||
	    json_get_int(payload, "import_id", &id, err) < 0 ||
	    import_get(run->db, id, run->arena, &import, err) < 0)
		return -1;
	do {
		if (job_is_stopping(run))
			return job_again(run, run->job->run_at_ms);
		n = settle_page(run, &import, err);
	} while (n > 0);
	if (n < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "import_id", id);
	json_key_text(&w, "decision", import.unclear_decision);
	json_key_int(&w, "settled", run->job->done);
	json_end_object(&w);
	return 0;
}
