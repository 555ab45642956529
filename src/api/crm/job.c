/* Long work: how far it is, and what a user says to it. */
#include "jobs/job.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"

int v1_jobs_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *next = NULL;
	int64_t limit, before, total = 0;
	struct job *jobs;
	int n;

	if (v1_limit(rq, &limit, err) < 0 || v1_before(rq, &before, err) < 0)
		return -1;
	jobs = arena_array(rq->arena, struct job, (size_t)limit + 1);
	if (v1_db(rq, &db, err) < 0)
		return -1;
	n = job_list(db, request_query(rq, "kind"), before, (int)limit + 1,
		     rq->arena, jobs, err);
	if (n < 0 || job_count(db, request_query(rq, "kind"), &total, err) < 0)
		return -1;
	if (n > limit) {
		n = (int)limit;
		next = v1_next(rq, jobs[n - 1].id);
	}
	v1_list_begin(&w);
	for (int i = 0; i < n; i++) {
		CLEANUP(strbuf_release) struct strbuf one = STRBUF_INIT;

		job_format(&jobs[i], &one);
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
	job_format(&job, &rs->body);
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

int v1_jobs_cancel(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id;

	if (request_param_id(rq, "job_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    job_cancel(&tx, id, rq->now_ms, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}

int v1_jobs_confirm(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id;

	if (request_param_id(rq, "job_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    job_confirm(&tx, id, rq->now_ms, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}
