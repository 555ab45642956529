/* Batches: many operations in one call. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "api/mc30/account/batch_job.h"
#include "api/mc30/account/capability.h"
#include "audience/batch/api_answer.h"
#include "base/arena.h"
#include "base/err.h"
#include "http/auth.h"
#include "jobs/runner.h"

static struct api_batch_maker maker_of(const struct request *rq)
{
	return (struct api_batch_maker){
		.user_id = rq->caller.user_id,
		.key_id = rq->caller.key_id,
		.sees_all = auth_permits(&rq->caller, PERMIT_ADMIN),
	};
}

const char *batch_answers_path(struct arena *arena, const char *hex)
{
	return arena_printf(arena, "/batches/%s/response.tar.gz", hex);
}

static int write_batch(const struct request *rq, struct db *db,
		       const struct api_batch *batch, struct json_writer *w,
		       struct err *err)
{
	const char *base = mc_base(rq), *url = "";

	if (batch->completed_ms &&
	    capability_url(rq, db, batch_answers_path(rq->arena, batch->hex),
			   &url, err) < 0)
		return -1;
	json_begin_object(w);
	json_key_text(w, "id", batch->hex);
	json_key_text(w, "status", api_batch_status(batch));
	json_key_int(w, "total_operations", batch->total);
	json_key_int(w, "finished_operations", batch->finished);
	json_key_int(w, "errored_operations", batch->errored);
	json_key_time(w, "submitted_at", batch->submitted_ms);
	json_key_time(w, "completed_at", batch->completed_ms);
	json_key_text(w, "response_body_url", url);
	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/batches");
	mc_link(w, "self", "GET", base, "/batches/%s", batch->hex);
	mc_link(w, "delete", "DELETE", base, "/batches/%s", batch->hex);
	mc_links_end(w);
	json_end_object(w);
	return 0;
}

int mc_batches_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct api_batches batches = VEC_INIT;
	struct api_batch_maker maker = maker_of(rq);
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;
	int64_t total = 0;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    api_batch_list(db, &maker, page.count, page.offset, rq->arena,
			   &batches, err) < 0 ||
	    api_batch_count(db, &maker, &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "batches");
	vec_each (&batches, batch)
		if (write_batch(rq, db, batch, &w, err) < 0)
			return -1;
	json_end_array(&w);
	mc_collection_end(&w, total, mc_base(rq), "/batches", "/");
	json_end_object(&w);
	return 0;
}

int mc_batches_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct api_batch_maker maker = maker_of(rq);
	struct json_writer w = mc_writer(rq, rs);
	struct api_batch batch;

	if (mc_db(rq, &db, err) < 0 ||
	    api_batch_get(db, request_param(rq, "batch_id"), &maker, rq->arena,
			  &batch, err) < 0)
		return -1;
	return write_batch(rq, db, &batch, &w, err);
}

int mc_batches_add(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct api_batch_maker maker = maker_of(rq);
	struct json_writer w = mc_writer(rq, rs);
	struct api_batch batch;
	const json_t *body;

	if (!maker.user_id && !maker.key_id)
		return err_set(err, ERR_DENIED,
			       "A batch needs a user or a key of its own");
	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 || capability_ensure(&tx, err) < 0 ||
	    api_batch_add(&tx, body, &maker, rq->now_ms, rq->arena, &batch,
			  err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	runner_wake(api_of(rq)->account_jobs);
	return write_batch(rq, db, &batch, &w, err);
}

int mc_batches_remove(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct api_batch_maker maker = maker_of(rq);

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    api_batch_remove(&tx, request_param(rq, "batch_id"), &maker,
			     rq->now_ms, rq->arena, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

/* --- what was answered --- */

struct stream {
	struct store *store;
	struct api_answers *answers;
};

static int next_piece(void *context, struct strbuf *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct stream *s = context;

	if (store_get(s->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return api_answers_next(s->answers, db, out, err);
}

static void end_stream(void *context)
{
	struct stream *s = context;

	api_answers_free(&s->answers);
}

int mc_batches_answers(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct stream *s = arena_new_of(rq->arena, struct stream);
	struct api_batch_maker anybody = { .sees_all = true };
	const char *hex = request_param(rq, "batch_id");
	struct api_batch batch;

	if (mc_db(rq, &db, err) < 0 ||
	    capability_check(rq, db, batch_answers_path(rq->arena, hex), err) <
		    0 ||
	    api_batch_get(db, hex, &anybody, rq->arena, &batch, err) < 0)
		return -1;
	s->store = api_of(rq)->store;
	s->answers = api_answers_open(&batch);
	rs->content_type = "application/gzip";
	response_header(rs, "Content-Disposition",
			arena_printf(rq->arena,
				     "attachment; filename=\"%s.tar.gz\"",
				     batch.hex));
	response_stream(rs, next_piece, end_stream, s);
	return 0;
}
