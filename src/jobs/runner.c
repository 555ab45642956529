#include "jobs/runner.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/still.h"
#include "base/thread/stop.h"
#include "base/thread/thread.h"
#include "base/thread/wait.h"
#include "store/store.h"

#include "sql/job.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MS 1000
#define FULL_PAUSE_MS (5 * MS_SECOND) /* until a full disk is tried again */
#define MAX_ATTEMPTS 8
#define BACKOFF_MAX_MS (5 * MS_MINUTE)
#define KEEP_MS (30 * MS_DAY)
#define SWEEP_US (INT64_C(10) * 60 * 1000000)
#define SWEEP_ROWS 5000

/* What job functions return besides 0 and -1. */
enum { RUN_ASK = 1, RUN_AGAIN = 2 };

static struct metric jobs_done =
	METRIC_COUNTER("muster_jobs_done", "Jobs that ended well");
static struct metric jobs_failed =
	METRIC_COUNTER("muster_jobs_failed", "Jobs that failed for good");

/* One thread: the job in its hands is renewed by the heart-beat thread. */
struct worker {
	struct runner *runner;
	pthread_t thread;
	atomic_llong job_id; /* 0: idle */
};

struct runner {
	struct store *store;
	enum store_schema schema;
	struct job_kind *kinds;
	size_t kinds_n;
	struct strbuf kinds_json;
	int64_t lease_ms;
	char *instance;
	struct worker *workers;
	int workers_n;
	pthread_t heart;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int wakes; /* looks still owed to runner_wake, under lock */
	atomic_bool stopping;
	bool started;
};

static void wait_for_wake(struct runner *r)
{
	pthread_mutex_lock(&r->lock);
	if (r->wakes > 0)
		r->wakes--;
	else if (!atomic_load(&r->stopping))
		(void)wait_ms(&r->changed, &r->lock, POLL_MS);
	pthread_mutex_unlock(&r->lock);
}

void runner_wake(struct runner *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->wakes = r->workers_n;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

/* --- the run of one job --- */

int job_progress(struct job_run *run, struct tx *tx, int64_t done,
		 int64_t total, const char *state_json, struct err *err)
{
	CLEANUP(tx_release) struct tx own = TX_INIT;
	int changed;

	if (!tx && tx_begin(run->db, &own, err) < 0)
		return -1;
	changed = db_exec(tx ? tx : &own, SQL_JOB_PROGRESS,
			  SQL_ARGS(sql_int(done), sql_int(total),
				   sql_text(state_json), sql_int(run->job->id),
				   sql_text(run->runner->instance)),
			  err);
	if (changed < 0)
		return -1;
	if (changed == 0)
		return err_set(err, ERR_CONFLICT,
			       "the job was canceled or taken over");
	run->job->done = done;
	run->job->total = total;
	return tx ? 0 : tx_commit(&own, err);
}

int job_ask(struct job_run *run)
{
	(void)run;
	return RUN_ASK;
}

bool job_is_stopping(const struct job_run *run)
{
	return atomic_load(&run->runner->stopping);
}

int job_again(struct job_run *run, int64_t run_at_ms)
{
	run->job->run_at_ms = run_at_ms;
	return RUN_AGAIN;
}

/* --- others that it does at once --- */

int job_take_along(struct job_run *run, struct tx *tx, const struct ids *ids,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	int64_t now_ms = clock_now_ms();

	return db_exec(tx, SQL_JOB_TAKE_ALONG,
		       SQL_ARGS(sql_text(run->runner->instance),
				sql_int(now_ms + run->runner->lease_ms),
				sql_int(now_ms), sql_keys(ids, &keys)),
		       err);
}

int job_end_along(struct job_run *run, const struct ids *ids, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (ids->n == 0)
		return 0;
	if (db_write(run->db, SQL_JOB_END_ALONG,
		     SQL_ARGS(sql_int(clock_now_ms()), sql_keys(ids, &keys),
			      sql_text(run->runner->instance)),
		     err) < 0)
		return -1;
	metric_add(&jobs_done, (int64_t)ids->n);
	return 0;
}

int job_leave_along(struct job_run *run, const struct ids *ids, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (ids->n == 0)
		return 0;
	if (db_write(run->db, SQL_JOB_LEAVE_ALONG,
		     SQL_ARGS(sql_keys(ids, &keys),
			      sql_text(run->runner->instance)),
		     err) < 0)
		return -1;
	runner_wake(run->runner);
	return 0;
}

const struct job_kind *job_kind_find(const struct job_kind *kinds, size_t n,
				     const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static int64_t backoff_ms(int64_t attempts)
{
	int64_t ms =
		attempts < 9 ? MS_SECOND << (attempts - 1) : BACKOFF_MAX_MS;

	/* 75 to 125 %, so that many failures do not come back together */
	return ms * (75 + (int64_t)(random_u64() % 51)) / 100;
}

struct end {
	enum job_state state;
	const char *result;
	const char *error;       /* as whoever may see the job is told */
	const struct err *cause; /* as the log is */
	int64_t run_at_ms;
	int64_t attempts;
	bool forgets; /* if it is over */
};

static struct end end_of(const struct job_run *run, const struct job_kind *kind,
			 int ret, const struct err *err, int64_t now_ms)
{
	int64_t most = kind->max_attempts ? kind->max_attempts : MAX_ATTEMPTS;
	const struct job *job = run->job;
	struct end end = { .state = JOB_DONE,
			   .result = run->result->len ? run->result->buf : NULL,
			   .run_at_ms = job->run_at_ms,
			   .attempts = job->attempts,
			   .forgets = kind->forgets };

	if (ret == RUN_ASK) {
		end.state = JOB_NEEDS_CONFIRMATION;
	} else if (ret == RUN_AGAIN) {
		end.state = JOB_QUEUED;
		end.attempts = 0;
	} else if (ret < 0 && err->code == ERR_RETRY && job_is_stopping(run)) {
		/* not the job's fault: it goes on at the next start */
		end.state = JOB_QUEUED;
		end.run_at_ms = now_ms;
		end.attempts = job->attempts - 1;
	} else if (ret < 0) {
		end.cause = err;
		end.error = err->inside ? "the database failed: the server's "
					  "log says how"
					: err->text;
		end.state = JOB_FAILED;
		if (err->code == ERR_FULL) { /* it waits for room */
			end.state = JOB_QUEUED;
			end.run_at_ms = now_ms + FULL_PAUSE_MS;
			end.attempts = job->attempts - 1;
		} else if ((err->code == ERR_RETRY || err->code == ERR_IO) &&
			   job->attempts < most) {
			end.state = JOB_QUEUED;
			end.run_at_ms = now_ms + backoff_ms(job->attempts);
		}
	}
	return end;
}

static int write_end(struct job_run *run, const struct end *end, int64_t now_ms,
		     struct err *err)
{
	bool over = end->state == JOB_DONE || end->state == JOB_FAILED ||
		    end->state == JOB_CANCELED;

	return db_write(run->db, SQL_JOB_END,
			SQL_ARGS(sql_int(end->state), sql_text(end->result),
				 sql_text(end->error), sql_int(end->run_at_ms),
				 sql_int(end->attempts),
				 over ? sql_int(now_ms) : sql_null(),
				 sql_int(over && end->forgets),
				 sql_int(run->job->id),
				 sql_text(run->runner->instance)),
			err);
}

static int write_again_first(struct job_run *run, const struct end *end,
			     struct err *err)
{
	return db_write(run->db, SQL_JOB_AGAIN_FIRST,
			SQL_ARGS(sql_text(end->error), sql_int(end->run_at_ms),
				 sql_int(end->attempts), sql_int(run->job->id),
				 sql_text(run->runner->instance)),
			err);
}

/* One of the same key waits already: this one is to go first, or, if it asks,
 * leaves the asking to that one. */
static int store_end(struct job_run *run, struct end *end, int64_t now_ms,
		     struct err *err)
{
	if (write_end(run, end, now_ms, err) == 0)
		return 0;
	if (err->code != ERR_CONFLICT)
		return -1;
	if (end->state == JOB_QUEUED)
		return write_again_first(run, end, err);
	end->state = JOB_CANCELED;
	end->error = "the same was asked for again and waits";
	return write_end(run, end, now_ms, err);
}

static bool was_canceled(struct job_run *run)
{
	struct err err = ERR_INIT;
	struct job now;

	return job_get(run->db, run->job->id, run->arena, &now, &err) == 0 &&
	       now.cancel_wanted;
}

/* That it has to be tried once more is nothing to look at: two wrote the same,
 * or a server was being restarted. */
static void log_failure(const struct job *job, const struct end *end)
{
	bool failed = end->state == JOB_FAILED;
	enum log_level level =
		failed || job->attempts > 1 ? LOG_WARN : LOG_INFO;

	log_event(level, failed ? "job failed" : "job will be tried again",
		  LOG_TEXT("kind", job->kind), LOG_INT("job", job->id),
		  LOG_INT("attempts", job->attempts), LOG_ERR(end->cause));
}

static void report_end(const struct job *job, const struct end *end)
{
	if (end->state == JOB_DONE)
		metric_add(&jobs_done, 1);
	if (end->state == JOB_FAILED)
		metric_add(&jobs_failed, 1);
	if (end->cause && end->state != JOB_CANCELED)
		log_failure(job, end);
	else
		log_debug("job ended", LOG_TEXT("kind", job->kind),
			  LOG_INT("job", job->id),
			  LOG_TEXT("state", job_state_name(end->state)));
}

static void run_job(struct worker *worker, struct db *db, struct job *job,
		    struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct runner *r = worker->runner;
	const struct job_kind *kind =
		job_kind_find(r->kinds, r->kinds_n, job->kind);
	struct job_run run = { .job = job,
			       .store = r->store,
			       .db = db,
			       .arena = arena,
			       .result = &result,
			       .context = kind->context,
			       .runner = r };
	struct err err = ERR_INIT, end_err = ERR_INIT;
	int64_t now_ms;
	struct end end;
	int ret = 0;

	atomic_store(&worker->job_id, job->id);
	stop_bind(&r->stopping);
	ret = kind->fn(&run, &err);
	stop_bind(NULL);
	now_ms = clock_now_ms();
	end = end_of(&run, kind, ret, &err, now_ms);
	if (ret != 0 && was_canceled(&run))
		end.state = JOB_CANCELED;
	report_end(job, &end);
	/* If this fails, the lease runs out and the job runs again. */
	if (store_end(&run, &end, now_ms, &end_err) < 0)
		log_error("storing the end of a job failed",
			  LOG_INT("job", job->id), LOG_ERR(&end_err));
	atomic_store(&worker->job_id, 0);
}

/* --- claiming --- */

static int claim_job(struct runner *r, struct db *db, struct arena *arena,
		     struct job *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t now_ms = clock_now_ms(), id = 0;
	int n;

	n = db_find_int(db, SQL_JOB_NEXT,
			SQL_ARGS(sql_int(now_ms), sql_text(r->kinds_json.buf)),
			&id, err);
	if (n <= 0)
		return n;
	if (tx_begin(db, &tx, err) < 0)
		return -1;
	n = db_exec(&tx, SQL_JOB_CLAIM,
		    SQL_ARGS(sql_text(r->instance),
			     sql_int(now_ms + r->lease_ms), sql_int(now_ms),
			     sql_int(id), sql_int(now_ms)),
		    err);
	if (n < 0 && err->code == ERR_CONFLICT)
		return 0; /* one of its key has just begun */
	if (n <= 0)
		return n;
	if (job_get(db, id, arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

/* Returns 1 if there was a job, 0 if not, -1. */
static int work_once(struct worker *worker, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_put) struct db *db = NULL;
	struct runner *r = worker->runner;
	struct job job;
	int n;

	if (store_get(r->store, r->schema, &db, err) < 0)
		return -1;
	n = claim_job(r, db, arena, &job, err);
	if (n > 0)
		run_job(worker, db, &job, arena);
	return n;
}

static void *work_until_stopped(void *arg)
{
	struct worker *worker = arg;
	struct runner *r = worker->runner;

	while (!atomic_load(&r->stopping)) {
		struct err err = ERR_INIT;
		int n = work_once(worker, &err);

		if (n < 0)
			log_warn("looking for jobs failed", LOG_ERR(&err));
		if (n <= 0)
			wait_for_wake(r);
	}
	return NULL;
}

/* --- leases --- */

static int renew_leases(struct runner *r, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	for (int i = 0; i < r->workers_n; i++) {
		int64_t id = atomic_load(&r->workers[i].job_id);

		if (id == 0)
			continue;
		if (!db && (store_get(r->store, r->schema, &db, err) < 0 ||
			    tx_begin(db, &tx, err) < 0))
			return -1;
		if (db_exec(&tx, SQL_JOB_RENEW,
			    SQL_ARGS(sql_int(clock_now_ms() + r->lease_ms),
				     sql_int(id), sql_text(r->instance)),
			    err) < 0)
			return -1;
	}
	return tx.open ? tx_commit(&tx, err) : 0;
}

static int free_lease(struct db *db, int64_t id, int64_t until_ms,
		      struct err *err)
{
	return db_write(db, SQL_JOB_FREE_LEASE,
			SQL_ARGS(sql_int(id), sql_int(until_ms)), err);
}

/* Jobs whose lease nobody renews are due again, see base/still.h. */
static int free_dead(struct runner *r, struct still *seen, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(store_put) struct db *writer = NULL;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t now_us = clock_monotonic_us();
	int more;

	if (store_get(r->store, r->schema, &db, err) < 0 ||
	    db_query(db, SQL_JOB_LEASES, SQL_ARGS(sql_text(r->kinds_json.buf)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t id = rows_int(rows, 0), until_ms = rows_int(rows, 1);
		const char *name = arena_printf(arena, "%lld", (long long)id);

		if (still_for(seen, name, until_ms, now_us) <=
		    r->lease_ms * 1000)
			continue;
		if (!writer && store_get(r->store, r->schema, &writer, err) < 0)
			return -1;
		if (free_lease(writer, id, until_ms, err) < 0)
			return -1;
	}
	return more;
}

/* Ended jobs are forgotten after 30 days, some at a time. */
static int sweep_ended(struct runner *r, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(r->store, r->schema, &db, err) < 0)
		return -1;
	return db_write(db, SQL_JOB_SWEEP,
			SQL_ARGS(sql_int(clock_now_ms() - KEEP_MS),
				 sql_int(SWEEP_ROWS)),
			err);
}

static void *keep_alive(void *arg)
{
	struct runner *r = arg;
	struct still seen = VEC_INIT;
	int64_t next_us = 0, sweep_us = 0;

	while (!atomic_load(&r->stopping)) {
		struct err err = ERR_INIT;

		if (clock_monotonic_us() >= next_us) {
			if (renew_leases(r, &err) < 0)
				log_warn("renewing leases failed",
					 LOG_ERR(&err));
			next_us = clock_monotonic_us() + r->lease_ms * 1000 / 3;
		}
		if (free_dead(r, &seen, &err) < 0)
			log_warn("leases of the dead are not freed",
				 LOG_ERR(&err));
		if (clock_monotonic_us() >= sweep_us) {
			if (sweep_ended(r, &err) < 0)
				log_warn("forgetting old jobs failed",
					 LOG_ERR(&err));
			sweep_us = clock_monotonic_us() + SWEEP_US;
		}
		wait_for_wake(r);
	}
	still_release(&seen);
	return NULL;
}

static int free_leases(struct runner *r, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(r->store, r->schema, &db, err) < 0)
		return -1;
	return db_write(db, SQL_JOB_FREE_LEASES,
			SQL_ARGS(sql_text(r->instance)), err);
}

static void name_kinds(struct runner *r)
{
	struct json_writer w = JSON_WRITER(&r->kinds_json);

	json_begin_array(&w);
	for (size_t i = 0; i < r->kinds_n; i++)
		json_text(&w, r->kinds[i].name);
	json_end_array(&w);
}

int runner_start(struct store *store, const struct runner_options *options,
		 const struct job_kind *kinds, size_t kinds_n,
		 struct runner **out, struct err *err)
{
	CLEANUP(runner_free) struct runner *r = calloc(1, sizeof(*r));

	BUG_ON(!r || options->threads < 1);
	r->store = store;
	r->schema = options->schema;
	r->lease_ms = options->lease_ms ? options->lease_ms : 30 * MS_SECOND;
	r->instance = strdup(options->instance);
	r->kinds = calloc(kinds_n ? kinds_n : 1, sizeof(*kinds));
	r->workers = calloc((size_t)options->threads, sizeof(*r->workers));
	BUG_ON(!r->instance || !r->kinds || !r->workers);
	if (kinds_n)
		memcpy(r->kinds, kinds, kinds_n * sizeof(*kinds));
	r->kinds_n = kinds_n;
	r->kinds_json = (struct strbuf)STRBUF_INIT;
	name_kinds(r);
	pthread_mutex_init(&r->lock, NULL);
	wait_init(&r->changed);
	if (free_leases(r, err) < 0)
		return err_prefix(err, "freeing the leases of %s", r->instance);
	r->started = true;
	r->workers_n = options->threads;
	for (int i = 0; i < r->workers_n; i++)
		r->workers[i].runner = r;
	for (int i = 0; i < r->workers_n; i++)
		BUG_ON(thread_start(&r->workers[i].thread, "job",
				    work_until_stopped, &r->workers[i]) != 0);
	BUG_ON(thread_start(&r->heart, "job lease", keep_alive, r) != 0);
	*out = TAKE(r);
	return 0;
}

void runner_halt(struct runner *r)
{
	if (!r || !r->started)
		return;
	atomic_store(&r->stopping, true);
	pthread_mutex_lock(&r->lock);
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

void runner_stop(struct runner *r)
{
	if (!r || !r->started)
		return;
	runner_halt(r);
	for (int i = 0; i < r->workers_n; i++)
		pthread_join(r->workers[i].thread, NULL);
	pthread_join(r->heart, NULL);
	r->started = false;
}

void runner_free(struct runner **runner)
{
	struct runner *r = *runner;

	if (!r)
		return;
	runner_stop(r);
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->changed);
	strbuf_release(&r->kinds_json);
	free(r->kinds);
	free(r->workers);
	free(r->instance);
	free(r);
	*runner = NULL;
}
