/* Exports of the whole account. Handlers; any worker. */
#include "audience/batch/account_export.h"

#include "api/handlers.h"
#include "api/mc30/account/capability.h"
#include "api/mc30/mc30.h"
#include "base/arena.h"
#include "base/err.h"
#include "jobs/runner.h"

static const char *file_path(struct arena *arena, int64_t id)
{
	return arena_printf(arena, "/account-exports/%lld/export.zip",
			    (long long)id);
}

static int write_export(const struct request *rq, struct db *db,
			const struct account_export *e, struct json_writer *w,
			struct err *err)
{
	const char *base = mc_base(rq), *url = "";

	if (e->size_bytes > 0 &&
	    capability_url(rq, db, file_path(rq->arena, e->id), &url, err) < 0)
		return -1;
	json_begin_object(w);
	json_key_int(w, "export_id", e->id);
	json_key_time(w, "started", e->started_ms);
	json_key_time(w, "finished", e->finished_ms);
	json_key_int(w, "size_in_bytes", e->size_bytes);
	json_key_text(w, "download_url", url);
	mc_links_begin(w);
	mc_link(w, "self", "GET", base, "/account-exports/%lld",
		(long long)e->id);
	mc_link(w, "parent", "GET", base, "/account-exports");
	mc_links_end(w);
	json_end_object(w);
	return 0;
}

int mc_account_exports_list(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct account_exports exports = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;
	int64_t total = 0;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    account_export_list(db, page.count, page.offset, &exports, &total,
				err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "exports");
	vec_each (&exports, e)
		if (write_export(rq, db, e, &w, err) < 0)
			return -1;
	json_end_array(&w);
	mc_collection_end(&w, total, mc_base(rq), "/account-exports", "/");
	json_end_object(&w);
	return 0;
}

int mc_account_exports_add(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct api_batch_maker maker = { .user_id = rq->caller.user_id,
					 .key_id = rq->caller.key_id };
	struct json_writer w = mc_writer(rq, rs);
	struct account_export e;
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 || capability_ensure(&tx, err) < 0 ||
	    account_export_add(&tx, body, &maker, rq->now_ms, rq->arena, &e,
			       err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	runner_wake(api_of(rq)->account_jobs);
	return write_export(rq, db, &e, &w, err);
}

int mc_account_exports_get(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct account_export e;
	int64_t id;

	if (request_param_id(rq, "export_id", &id, err) < 0)
		return mc_not_found(err);
	if (mc_db(rq, &db, err) < 0 || account_export_get(db, id, &e, err) < 0)
		return -1;
	return write_export(rq, db, &e, &w, err);
}

/* --- the file --- */

struct stream {
	struct store *store;
	int64_t id, nr;
};

static int next_piece(void *context, struct strbuf *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct stream *s = context;

	if (store_get(s->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return account_export_read(db, s->id, s->nr++, out, err);
}

int mc_account_exports_file(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct stream *s = arena_new_of(rq->arena, struct stream);
	struct account_export e;

	if (request_param_id(rq, "export_id", &s->id, err) < 0)
		return mc_not_found(err);
	if (mc_db(rq, &db, err) < 0 ||
	    capability_check(rq, db, file_path(rq->arena, s->id), err) < 0 ||
	    account_export_get(db, s->id, &e, err) < 0)
		return -1;
	if (e.size_bytes == 0)
		return mc_not_found(err);
	s->store = api_of(rq)->store;
	rs->content_type = "application/zip";
	response_header(rs, "Content-Disposition",
			arena_printf(rq->arena,
				     "attachment; filename=\"export-%lld.zip\"",
				     (long long)s->id));
	response_stream(rs, next_piece, NULL, s);
	return 0;
}
