/* Campaigns: records, recipients, reports. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/campaign_record.h"
#include "delivery/delivery.h"

static int read_filter(struct request *rq, struct crm_campaign_filter *f,
		       struct err *err)
{
	const char *status = request_query(rq, "status");

	f->q = request_query(rq, "q");
	if (v1_limit(rq, &f->limit, err) < 0 ||
	    v1_before(rq, &f->before_id, err) < 0)
		return -1;
	if (status && !crm_campaign_status_parse(status, &f->status))
		return err_field(err, "status", "there is no status %s",
				 status);
	return 0;
}

int v1_campaigns_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct crm_campaigns list = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct crm_campaign_filter f = { 0 };
	const char *next;
	int64_t limit, total = 0;

	if (read_filter(rq, &f, err) < 0 || v1_db(rq, &db, err) < 0)
		return -1;
	limit = f.limit++; /* one more tells whether there is a next page */
	if (crm_campaign_list(db, &f, rq->arena, &list, err) < 0 ||
	    crm_campaign_count(db, &f, &total, err) < 0)
		return -1;
	next = v1_cut(rq, &list, limit, id);
	v1_list_begin(&w);
	vec_each (&list, c)
		crm_campaign_format(c, false, &w);
	v1_list_end(&w, total, next);
	return 0;
}

static int reply(struct request *rq, struct response *rs, struct db *db,
		 int64_t id, struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	struct crm_campaign c;

	if (crm_campaign_get(db, id, rq->arena, &c, err) < 0)
		return -1;
	crm_campaign_format(&c, true, &w);
	v1_etag(rq, rs, strbuf_str(&rs->body));
	return 0;
}

static int check_match(const struct request *rq, const struct crm_campaign *c,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&shown);

	crm_campaign_format(c, true, &w);
	return v1_if_match(rq, strbuf_str(&shown), err);
}

int v1_campaigns_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}

static const char *const known[] = {
	"name",       "group_id", "subject", "preview_text", "from_name",
	"from_email", "reply_to", "html",    "plain_text",   NULL
};

int v1_campaigns_create(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct crm_campaign c = { 0 };
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    crm_campaign_read(body, &c, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    crm_campaign_add(&tx, &c, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	return reply(rq, rs, db, c.id, err);
}

int v1_campaigns_update(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct crm_campaign before, c;
	const json_t *body;
	int64_t id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    crm_campaign_get(db, id, rq->arena, &before, err) < 0 ||
	    check_match(rq, &before, err) < 0)
		return -1;
	c = before;
	if (crm_campaign_read(body, &c, err) < 0 ||
	    crm_campaign_update(&tx, &before, &c, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}

int v1_campaigns_delete(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c;
	int64_t id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    crm_campaign_get(db, id, rq->arena, &c, err) < 0 ||
	    check_match(rq, &c, err) < 0 ||
	    crm_campaign_remove(&tx, id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

int v1_campaigns_report(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	const struct delivery *delivery = api_of(rq)->delivery;
	struct crm_campaign c;
	int64_t id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    crm_campaign_get(db, id, rq->arena, &c, err) < 0)
		return -1;
	return crm_campaign_report(db, id,
				   !delivery || !delivery_is_held_up(delivery),
				   &rs->body, err);
}

/* --- recipients --- */

static int read_state(const char *name, enum crm_recipient_state *out,
		      struct err *err)
{
	for (int i = CRM_RECIPIENT_QUEUED; i <= CRM_RECIPIENT_LEFT_OUT; i++)
		if (str_is(str_of(name), crm_recipient_state_name((
						 enum crm_recipient_state)i))) {
			*out = (enum crm_recipient_state)i;
			return 0;
		}
	return err_field(err, "state", "there is no state %s", name);
}

static int read_recipient_filter(struct request *rq,
				 struct crm_recipient_filter *f,
				 struct err *err)
{
	const char *state = request_query(rq, "state");

	f->reason = request_query(rq, "reason");
	f->response = request_query(rq, "response");
	if (v1_limit(rq, &f->limit, err) < 0 ||
	    v1_before(rq, &f->after_id, err) < 0)
		return -1;
	return state ? read_state(state, &f->state, err) : 0;
}

/* Who waits, waits for what holds the campaign. */
static const char *detail_of(const struct crm_recipient *r,
			     const struct crm_campaign *c)
{
	bool waits = r->state == CRM_RECIPIENT_QUEUED ||
		     r->state == CRM_RECIPIENT_DEFERRED;

	return waits ? c->hold_detail : r->detail;
}

static void format_recipient(const struct crm_recipient *r,
			     const struct crm_campaign *c,
			     struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "person_id", r->person_id);
	json_key_text(w, "address", r->address);
	json_key_text(w, "state", crm_recipient_state_name(r->state));
	json_key_text(w, "reason", r->reason);
	json_key_text(w, "detail", detail_of(r, c));
	json_key_time_or_null(w, "at", r->at_ms);
	json_key_time_or_null(w, "opened_at", r->opened_ms);
	json_key_time_or_null(w, "clicked_at", r->clicked_ms);
	json_key_time_or_null(w, "bounced_at", r->bounced_ms);
	json_key_time_or_null(w, "unsubscribed_at", r->unsubscribed_ms);
	json_key_time_or_null(w, "complained_at", r->complained_ms);
	json_end_object(w);
}

int v1_campaigns_recipients(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct crm_recipients list = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct crm_recipient_filter f = { 0 };
	struct crm_campaign c;
	const char *next;
	int64_t limit, total = 0;

	if (request_param_id(rq, "campaign_id", &f.campaign_id, err) < 0 ||
	    read_recipient_filter(rq, &f, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    crm_campaign_get(db, f.campaign_id, rq->arena, &c, err) < 0)
		return -1;
	limit = f.limit++;
	if (crm_recipient_list(db, &f, rq->arena, &list, &total, err) < 0)
		return -1;
	next = v1_cut(rq, &list, limit, person_id);
	v1_list_begin(&w);
	vec_each (&list, r)
		format_recipient(r, &c, &w);
	v1_list_end(&w, total, next);
	return 0;
}
