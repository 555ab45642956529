/* Programs that are told of finished batches. Handlers; any worker. */
#include "audience/batch/batch_webhook.h"

#include "api/handlers.h"
#include "api/mc30/mc30.h"
#include "api/mc30/webhook_url.h"
#include "base/err.h"

static void write_hook(const struct request *rq,
		       const struct batch_webhook *hook, struct json_writer *w)
{
	const char *base = mc_base(rq);

	json_begin_object(w);
	json_key_text(w, "id", hook->hex);
	json_key_text(w, "url", mc_webhook_url(rq, hook->url));
	json_key_bool(w, "enabled", hook->is_enabled);
	mc_links_begin(w);
	mc_link(w, "self", "GET", base, "/batch-webhooks/%s", hook->hex);
	mc_link(w, "parent", "GET", base, "/batch-webhooks");
	mc_link(w, "update", "PATCH", base, "/batch-webhooks/%s", hook->hex);
	mc_link(w, "delete", "DELETE", base, "/batch-webhooks/%s", hook->hex);
	mc_links_end(w);
	json_end_object(w);
}

int mc_batch_webhooks_list(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct batch_webhooks hooks = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    batch_webhook_list(db, rq->arena, &hooks, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "webhooks");
	for (size_t i = 0; i < hooks.n; i++)
		if (mc_on_page(&page, i))
			write_hook(rq, &hooks.v[i], &w);
	json_end_array(&w);
	mc_collection_end(&w, (int64_t)hooks.n, mc_base(rq), "/batch-webhooks",
			  "/");
	json_end_object(&w);
	return 0;
}

int mc_batch_webhooks_get(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct batch_webhook hook;

	if (mc_db(rq, &db, err) < 0 ||
	    batch_webhook_get(db, request_param(rq, "batch_webhook_id"),
			      rq->arena, &hook, err) < 0)
		return -1;
	write_hook(rq, &hook, &w);
	return 0;
}

/* id: of one that is there; NULL: a new one. */
static int put(struct request *rq, struct response *rs, const char *id,
	       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct batch_webhook hook;
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 ||
	    mc_webhook_check_url(rq, body, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    (id ? batch_webhook_update(&tx, id, body, rq->arena, &hook, err)
		: batch_webhook_add(&tx, body, rq->now_ms, rq->arena, &hook,
				    err)) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_hook(rq, &hook, &w);
	return 0;
}

int mc_batch_webhooks_add(struct request *rq, struct response *rs,
			  struct err *err)
{
	return put(rq, rs, NULL, err);
}

int mc_batch_webhooks_update(struct request *rq, struct response *rs,
			     struct err *err)
{
	return put(rq, rs, request_param(rq, "batch_webhook_id"), err);
}

int mc_batch_webhooks_remove(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    batch_webhook_remove(&tx, request_param(rq, "batch_webhook_id"),
				 err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
