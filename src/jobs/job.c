#include "jobs/job.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "jobs/runner.h"

#include "sql/job.h"

const char *job_state_name(enum job_state state)
{
	switch (state) {
	case JOB_QUEUED:
		return "queued";
	case JOB_RUNNING:
		return "running";
	case JOB_NEEDS_CONFIRMATION:
		return "needs_confirmation";
	case JOB_DONE:
		return "done";
	case JOB_FAILED:
		return "failed";
	case JOB_CANCELED:
		return "canceled";
	}
	return "unknown";
}

/* Who asked for a job waits for it: it goes before the thousands that the
 * program may have queued by itself. */
static int64_t due_ms(const struct job_new *job, int64_t now_ms)
{
	if (job->run_at_ms)
		return job->run_at_ms;
	return job->user_id ? 0 : now_ms;
}

int job_add(struct tx *tx, const struct job_new *job, int64_t now_ms,
	    int64_t *id_out, struct err *err)
{
	return db_find_int(
		       tx->db, SQL_JOB_ADD,
		       SQL_ARGS(sql_text(job->kind),
				sql_text(job->payload ? job->payload : "{}"),
				sql_text(job->single_key),
				sql_id_or_null(job->user_id),
				sql_int(due_ms(job, now_ms)), sql_int(now_ms)),
		       id_out, err) < 0
		       ? -1
		       : 0;
}

int job_find_active(struct db *db, const char *single_key, int64_t *id_out,
		    struct err *err)
{
	return db_find_int(db, SQL_JOB_FIND_ACTIVE,
			   SQL_ARGS(sql_text(single_key)), id_out, err);
}

static void read_job(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct job *)out = (struct job){
		.id = rows_int(rows, 0),
		.kind = rows_dup(rows, 1, arena),
		.state = (enum job_state)rows_int(rows, 2),
		.payload = rows_dup(rows, 3, arena),
		.state_json = rows_dup(rows, 4, arena),
		.result = rows_dup(rows, 5, arena),
		.error = rows_dup(rows, 6, arena),
		.done = rows_int(rows, 7),
		.total = rows_int(rows, 8),
		.attempts = rows_int(rows, 9),
		.user_id = rows_int(rows, 10),
		.run_at_ms = rows_int(rows, 11),
		.created_ms = rows_int(rows, 12),
		.started_ms = rows_int(rows, 13),
		.finished_ms = rows_int(rows, 14),
		.cancel_wanted = rows_int(rows, 15) != 0,
		.confirmed = rows_int(rows, 16) != 0,
	};
}

int job_get(struct db *db, int64_t id, struct arena *arena, struct job *out,
	    struct err *err)
{
	int found = db_get(db, SQL_JOB_GET, SQL_ARGS(sql_int(id)), read_job,
			   arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no job %lld",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

int job_list(struct db *db, const struct job_query *q, struct arena *arena,
	     struct job *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct sql_value kinds = sql_text(q->kinds);
	int64_t before = q->before_id ? q->before_id : INT64_MAX;
	int n = 0, more;

	if (db_query(db, q->open ? SQL_JOB_PAGE_OPEN : SQL_JOB_PAGE,
		     SQL_ARGS(sql_int(before), kinds, kinds, sql_int(q->limit)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		read_job(rows, arena, &out[n++]);
	return more < 0 ? -1 : n;
}

int job_count(struct db *db, const struct job_query *q, int64_t *out,
	      struct err *err)
{
	struct sql_value kinds = sql_text(q->kinds);

	return db_find_int(db, q->open ? SQL_JOB_COUNT_OPEN : SQL_JOB_COUNT,
			   SQL_ARGS(kinds, kinds), out, err) < 0
		       ? -1
		       : 0;
}

static int must_exist(struct tx *tx, int64_t id, const char *wrong_state,
		      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct job job;

	if (job_get(tx->db, id, arena, &job, err) < 0)
		return -1;
	return err_set(err, ERR_CONFLICT, "the job is %s: %s",
		       job_state_name(job.state), wrong_state);
}

int job_cancel(struct tx *tx, int64_t id, const struct job_kind *kind,
	       int64_t now_ms, struct err *err)
{
	int changed;

	if (kind && kind->stays)
		return must_exist(tx, id, "it can not be canceled", err);
	changed = db_exec(tx, SQL_JOB_CANCEL_IDLE,
			  SQL_ARGS(sql_int(now_ms),
				   sql_int(kind && kind->forgets), sql_int(id)),
			  err);
	if (changed == 0)
		changed = db_exec(tx, SQL_JOB_CANCEL_RUNNING,
				  SQL_ARGS(sql_int(id)), err);
	if (changed != 0)
		return changed < 0 ? -1 : 0;
	return must_exist(tx, id, "it can not be canceled", err);
}

int job_supersede(struct tx *tx, int64_t id, const char *why, int64_t now_ms,
		  struct err *err)
{
	return db_exec(tx, SQL_JOB_SUPERSEDE,
		       SQL_ARGS(sql_text(why), sql_int(now_ms), sql_int(id)),
		       err);
}

int job_confirm(struct tx *tx, int64_t id, int64_t now_ms, struct err *err)
{
	int changed = db_exec(tx, SQL_JOB_CONFIRM,
			      SQL_ARGS(sql_int(now_ms), sql_int(id)), err);

	if (changed != 0)
		return changed < 0 ? -1 : 0;
	return must_exist(tx, id, "it does not wait for confirmation", err);
}

void job_format(const struct job *job, int64_t group_id, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_int(&w, "id", job->id);
	json_key_text(&w, "kind", job->kind);
	json_key_text(&w, "state", job_state_name(job->state));
	json_key_int(&w, "done", job->done);
	json_key_int(&w, "total", job->total);
	json_key_stored(&w, "result", job->result);
	json_key_id(&w, "group_id", group_id);
	json_key_text(&w, "error", job->error);
	json_key_int(&w, "attempts", job->attempts);
	json_key_time_or_null(&w, "created_at", job->created_ms);
	json_key_time_or_null(&w, "started_at", job->started_ms);
	json_key_time_or_null(&w, "finished_at", job->finished_ms);
	json_end_object(&w);
}
