/* Webhooks of an audience. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "api/mc30/webhook_url.h"
#include "audience/list.h"
#include "audience/webhook.h"
#include "base/arena.h"
#include "base/err.h"

static void write_webhook(const struct request *rq, const struct list *list,
			  const struct webhook *hook, struct json_writer *w)
{
	const char *base = mc_base(rq);
	static const char *const sources[] = { "user", "admin", "api" };

	json_begin_object(w);
	json_key_text(w, "id", hook->hex);
	json_key_text(w, "url", mc_webhook_url(rq, hook->url));
	json_key_begin_object(w, "events");
	for (int i = 0; i < WEBHOOK_EVENTS; i++)
		json_key_bool(w, webhook_event_name((enum webhook_event)i),
			      hook->events[i]);
	json_end_object(w);
	json_key_begin_object(w, "sources");
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		json_key_bool(w, sources[i], hook->sources[i]);
	json_end_object(w);
	json_key_text(w, "list_id", list->hex);
	mc_links_begin(w);
	mc_link(w, "self", "GET", base, "/lists/%s/webhooks/%s", list->hex,
		hook->hex);
	mc_link(w, "parent", "GET", base, "/lists/%s/webhooks", list->hex);
	mc_link(w, "delete", "DELETE", base, "/lists/%s/webhooks/%s", list->hex,
		hook->hex);
	mc_links_end(w);
	json_end_object(w);
}

int mc_webhooks_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct webhooks hooks = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct list list;

	if (mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    webhook_list(db, list.id, rq->arena, &hooks, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "webhooks");
	vec_each (&hooks, hook)
		write_webhook(rq, &list, hook, &w);
	mc_list_part_end(rq, &list, (int64_t)hooks.n, "webhooks", &w);
	return 0;
}

int mc_webhooks_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct webhook hook;
	struct list list;

	if (mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    webhook_get(db, list.id, request_param(rq, "webhook_id"), rq->arena,
			&hook, err) < 0)
		return -1;
	write_webhook(rq, &list, &hook, &w);
	return 0;
}

/* id: of one that is there; NULL: a new one. */
static int put(struct request *rq, struct response *rs, const char *id,
	       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct webhook hook;
	struct list list;

	if (mc_body(rq, &body, err) < 0 ||
	    mc_webhook_check_url(rq, body, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    (id ? webhook_update(&tx, list.id, id, body, rq->arena, &hook, err)
		: webhook_add(&tx, list.id, body, rq->now_ms, rq->arena, &hook,
			      err)) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_webhook(rq, &list, &hook, &w);
	return 0;
}

int mc_webhooks_add(struct request *rq, struct response *rs, struct err *err)
{
	return put(rq, rs, NULL, err);
}

int mc_webhooks_update(struct request *rq, struct response *rs, struct err *err)
{
	return put(rq, rs, request_param(rq, "webhook_id"), err);
}

int mc_webhooks_remove(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct list list;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    webhook_remove(&tx, list.id, request_param(rq, "webhook_id"), err) <
		    0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
