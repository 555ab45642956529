/* Long work: how far it is, and what a user says to it. */
#include "jobs/job.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "bridge/push_list.h"
#include "crm/campaign/schedule.h"
#include "http/auth.h"
#include "jobs/runner.h"

/* "import,push" as a JSON array; NULL for NULL. */
static const char *read_kinds(const struct request *rq)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);
	struct str rest = str_of(request_query(rq, "kind"));

	if (!request_query(rq, "kind"))
		return NULL;
	json_begin_array(&w);
	while (rest.s)
		json_str(&w, str_trim(str_cut(&rest, ',')));
	json_end_array(&w);
	return arena_str(rq->arena, strbuf_str(&out));
}

int v1_jobs_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct job_query query = {
		.kinds = read_kinds(rq),
		.open = request_query_bool(rq, "open", false),
	};
	const char *next = NULL;
	int64_t limit, total = 0;
	struct job *jobs;
	int n;

	if (v1_limit(rq, &limit, err) < 0 ||
	    v1_before(rq, &query.before_id, err) < 0)
		return -1;
	query.limit = (int)limit + 1;
	jobs = arena_array(rq->arena, struct job, (size_t)query.limit);
	if (v1_db(rq, &db, err) < 0)
		return -1;
	n = job_list(db, &query, rq->arena, jobs, err);
	if (n < 0 || job_count(db, &query, &total, err) < 0)
		return -1;
	if (n > limit) {
		n = (int)limit;
		next = v1_next(rq, jobs[n - 1].id);
	}
	v1_list_begin(&w);
	for (int i = 0; i < n; i++) {
		CLEANUP(strbuf_release) struct strbuf one = STRBUF_INIT;

		job_format(&jobs[i], push_job_group(&jobs[i]), &one);
		json_raw(&w, strbuf_str(&one));
	}
	v1_list_end(&w, total, next);
	return 0;
}

static int reply(struct request *rq, struct response *rs, struct db *db,
		 int64_t id, struct err *err)
{
	struct job job;

	if (job_get(db, id, rq->arena, &job, err) < 0)
		return -1;
	job_format(&job, push_job_group(&job), &rs->body);
	return 0;
}

int v1_jobs_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id;

	if (request_param_id(rq, "job_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}

/* What a campaign does is up to those who may send: neither is its job begun
 * nor stopped by others. */
static int may_end_wait(const struct request *rq, const struct job *job,
			struct err *err)
{
	if (strcmp(job->kind, "campaign-send") != 0 ||
	    auth_permits(&rq->caller, PERMIT_SEND))
		return 0;
	return err_set(err, ERR_DENIED,
		       "a campaign goes out with it: that takes the right to "
		       "send");
}

/* Who asked for it, or marketing. */
static int check_right(const struct request *rq, const struct job *job,
		       struct err *err)
{
	if (auth_permits(&rq->caller, PERMIT_MARKET) ||
	    (job->user_id && job->user_id == rq->caller.user_id))
		return 0;
	return err_set(err, ERR_DENIED,
		       "the job is somebody else's: stopping it takes the "
		       "right to market");
}

static const struct job_kind *kind_of(const struct request *rq,
				      const struct job *job)
{
	const struct api *api = api_of(rq);

	return job_kind_find(api->crm_kinds, api->crm_kinds_n, job->kind);
}

int v1_jobs_cancel(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job job;
	int64_t id;

	if (request_param_id(rq, "job_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    job_get(db, id, rq->arena, &job, err) < 0 ||
	    check_right(rq, &job, err) < 0 || may_end_wait(rq, &job, err) < 0 ||
	    job_cancel(&tx, id, kind_of(rq, &job), rq->now_ms, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}

/* Who confirms a sending has ordered it. */
static int note_confirmed(struct request *rq, struct tx *tx,
			  const struct job *job, struct err *err)
{
	struct actor actor = v1_actor(rq);

	return strcmp(job->kind, "campaign-send") != 0
		       ? 0
		       : campaign_send_confirmed(tx, job->payload, &actor, err);
}

int v1_jobs_confirm(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job job;
	int64_t id;

	if (request_param_id(rq, "job_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    job_get(db, id, rq->arena, &job, err) < 0 ||
	    may_end_wait(rq, &job, err) < 0 ||
	    job_confirm(&tx, id, rq->now_ms, err) < 0 ||
	    note_confirmed(rq, &tx, &job, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}
