/*
 * Campaigns of the engine: listed, made, changed, copied, removed. Handlers;
 * any worker.
 */
#include "api/handlers.h"
#include "api/mc30/campaign_json.h"
#include "base/err.h"
#include "http/auth.h"

#include <string.h>

static const char *query_text(const struct request *rq, const char *name)
{
	const char *text = request_query(rq, name);

	return text && *text ? text : NULL;
}

static int read_times(const struct request *rq, struct campaign_filter *f,
		      struct err *err)
{
	if (mc_query_ms(rq, "before_send_time", &f->before_send_ms, err) < 0 ||
	    mc_query_ms(rq, "since_send_time", &f->since_send_ms, err) < 0 ||
	    mc_query_ms(rq, "before_create_time", &f->before_create_ms, err) <
		    0 ||
	    mc_query_ms(rq, "since_create_time", &f->since_create_ms, err) < 0)
		return -1;
	return 0;
}

static int read_filter(const struct request *rq, struct campaign_filter *f,
		       struct err *err)
{
	static const char *const fields[] = { "create_time", "send_time",
					      NULL };
	static const char *const ways[] = { "ASC", "DESC", NULL };
	const char *status = query_text(rq, "status");
	struct mc_page page;
	int field, way;

	if (mc_page(rq, &page, err) < 0 || read_times(rq, f, err) < 0 ||
	    (status && campaign_status_parse(status, &f->status, err) < 0))
		return -1;
	field = mc_query_word(rq, "sort_field", fields, 0, err);
	way = mc_query_word(rq, "sort_dir", ways, 0, err);
	if (field < 0 || way < 0)
		return -1;
	f->type = query_text(rq, "type");
	f->list_hex = query_text(rq, "list_id");
	f->folder_hex = query_text(rq, "folder_id");
	f->parent_hex = query_text(rq, "parent_campaign_id");
	f->member_hash = query_text(rq, "member_id");
	f->sort_by_send = field == 1;
	f->newest_first = way == 1;
	f->count = page.count;
	f->offset = page.offset;
	return 0;
}

int mc_campaigns_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct campaigns campaigns = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct campaign_filter filter = { 0 };
	int64_t total;

	if (read_filter(rq, &filter, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin_snapshot(db, &tx, err) < 0 ||
	    campaign_list(db, &filter, rq->arena, &campaigns, &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "campaigns");
	vec_each (&campaigns, c)
		if (mc_campaign_write(rq, db, c, &w, err) < 0)
			return -1;
	json_end_array(&w);
	mc_collection_end(&w, total, mc_base(rq), "/campaigns", "");
	json_end_object(&w);
	return 0;
}

/* The reply to a change: the campaign as it is now. */
static int reply(struct request *rq, struct response *rs, struct db *db,
		 const struct campaign *campaign, struct err *err)
{
	struct json_writer w = mc_writer(rq, rs);

	return mc_campaign_write(rq, db, campaign, &w, err);
}

int mc_campaigns_add(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign campaign;
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    campaign_add(&tx, body, rq->now_ms, rq->arena, &campaign, err) <
		    0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return reply(rq, rs, db, &campaign, err);
}

int mc_campaigns_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign campaign;

	if (mc_db(rq, &db, err) < 0 || tx_begin_snapshot(db, &tx, err) < 0 ||
	    mc_campaign_to_read(rq, db, &campaign, err) < 0)
		return -1;
	return reply(rq, rs, db, &campaign, err);
}

int mc_campaigns_update(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign campaign;
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    campaign_update(&tx, request_param(rq, "campaign_id"), body,
			    rq->now_ms, rq->arena, &campaign, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return reply(rq, rs, db, &campaign, err);
}

/* To remove a scheduled one is to take its sending back. */
static int may_remove(struct request *rq, struct db *db, struct err *err)
{
	struct campaign c;

	if (auth_permits(&rq->caller, PERMIT_SEND))
		return 0;
	if (campaign_get_by_hex(db, request_param(rq, "campaign_id"), rq->arena,
				&c, err) < 0)
		return -1;
	if (c.status != CAMPAIGN_SCHEDULE &&
	    !(c.rss && c.status == CAMPAIGN_SENDING))
		return 0;
	return err_set(err, ERR_DENIED,
		       c.rss ? "Only who may send campaigns may delete one "
			       "that sends what a feed brings"
			     : "Only who may send campaigns may delete one "
			       "that is scheduled");
}

int mc_campaigns_remove(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    may_remove(rq, tx.db, err) < 0)
		return -1;
	if (campaign_remove(&tx, request_param(rq, "campaign_id"), rq->now_ms,
			    err) < 0) {
		if (!strcmp(err->title, "Method Not Allowed"))
			response_header(rs, "Allow", "GET, PATCH");
		return -1;
	}
	if (tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

int mc_campaigns_replicate(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign campaign;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    campaign_replicate(&tx, request_param(rq, "campaign_id"),
			       rq->now_ms, rq->arena, &campaign, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return reply(rq, rs, db, &campaign, err);
}

int mc_campaigns_resend(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign campaign;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    campaign_resend(&tx, request_param(rq, "campaign_id"), rq->now_ms,
			    rq->arena, &campaign, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return reply(rq, rs, db, &campaign, err);
}
