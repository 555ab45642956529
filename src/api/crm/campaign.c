/* Campaigns: records, reports. */
#include "api/crm/campaign.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "campaign/html/html_links.h"
#include "crm/campaign/report_parts.h"
#include "crm/campaign_shown.h"
#include "crm/setting/organisation.h"
#include "delivery/delivery.h"

/* Why what is being sent stands still, if nothing can be noted of it: that is
 * told by nobody's row. NULL: it can. */
static const char *why_full(const struct request *rq)
{
	CLEANUP(strbuf_release) struct strbuf why = STRBUF_INIT;
	struct delivery *delivery = api_of(rq)->delivery;

	if (!delivery || !delivery_is_full(delivery, &why))
		return NULL;
	return arena_str(rq->arena, strbuf_str(&why));
}

int v1_campaigns_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct campaigns_shown list = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct campaign_filter f = { .q = request_query(rq, "q"),
				     .status = request_query(rq, "status"),
				     .sort = request_query(rq, "sort"),
				     .cursor = request_query(rq, "cursor") };
	const char *next, *full;
	int64_t total = 0;

	if (v1_limit(rq, &f.limit, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    campaign_shown_list(db, &f, rq->arena, &list, &total, &next, err) <
		    0)
		return -1;
	full = why_full(rq);
	v1_list_begin(&w);
	vec_each (&list, shown) {
		crm_campaign_tell_full(&shown->c, full);
		campaign_shown_format(shown, false, rq->now_ms, &w);
	}
	v1_list_end(&w, total, next);
	return 0;
}

/* What its ETag is made of: figures, and what jobs note, come and go by
 * themselves, they are no change of the campaign. A design has one of its own:
 * whoever writes the subject is not in the way of whoever moves blocks. */
static void write_state(const struct crm_campaign *c, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);
	struct crm_campaign shown = *c;

	shown.hold_reason = NULL;
	shown.marketing_campaign_id = shown.audience_id = NULL;
	shown.push_id = 0;
	if (c->design) {
		shown.html = shown.plain_text = NULL;
		shown.updated_ms = 0;
	}
	crm_campaign_format(&shown, true, &w);
}

/* What is made of a design: who sends it is to have seen that as well. */
static void write_made(const struct crm_campaign *c, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_text(&w, "html", c->design ? c->html : NULL);
	json_key_text(&w, "plain_text", c->design ? c->plain_text : NULL);
	for (int i = 2; i <= ab_test_variants(c); i++) {
		json_key_text(&w, ab_letter(i), c->more[i - 2].html);
		json_key_text(&w, ab_letter(i), c->more[i - 2].plain_text);
	}
	json_end_object(&w);
}

int campaign_of(struct request *rq, struct db **db, struct crm_campaign *c,
		struct err *err)
{
	int64_t id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_db(rq, db, err) < 0)
		return -1;
	return crm_campaign_get(*db, id, rq->arena, c, err);
}

int campaign_reply(struct request *rq, struct response *rs, struct db *db,
		   int64_t id, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf made = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct campaign_shown shown;

	if (campaign_shown_get(db, id, rq->arena, &shown, err) < 0)
		return -1;
	crm_campaign_tell_full(&shown.c, why_full(rq));
	campaign_shown_format(&shown, true, rq->now_ms, &w);
	write_state(&shown.c, &state);
	write_made(&shown.c, &made);
	v1_etag_both(rq, rs, strbuf_str(&state), strbuf_str(&made));
	return 0;
}

static int check_match(const struct request *rq, const struct crm_campaign *c,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;

	write_state(c, &state);
	return v1_if_match_first(rq, strbuf_str(&state), err);
}

int campaign_check_seen(const struct request *rq, const struct crm_campaign *c,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf made = STRBUF_INIT;

	write_state(c, &state);
	write_made(c, &made);
	return v1_if_match_both(rq, strbuf_str(&state), strbuf_str(&made), err);
}

int v1_campaigns_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0)
		return -1;
	return campaign_reply(rq, rs, db, id, err);
}

static const char *const known[] = { "name",         "group_id",  "subject",
				     "preview_text", "from_name", "from_email",
				     "reply_to",     "html",      "plain_text",
				     "language",     "direction", "to",
				     "send_at",      "ab_test",   NULL };

int v1_campaigns_create(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct crm_campaign c = { 0 };
	struct organisation o;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    v1_organisation(rq, db, &o, err) < 0)
		return -1;
	/* what the body does not give comes from the settings */
	c.from_name = *o.sender_name ? o.sender_name : NULL;
	c.from_email = *o.sender_email ? o.sender_email : NULL;
	c.language = *o.mail_language ? o.mail_language : NULL;
	if (crm_campaign_read(body, &c, err) < 0 ||
	    campaign_name_target(db, rq->arena, &c, err) < 0 ||
	    crm_campaign_add(&tx, &c, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	return campaign_reply(rq, rs, db, c.id, err);
}

static const char *const known_of_copy[] = { "name", NULL };

int v1_campaigns_replicate(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign named = { .name = "?" };
	struct actor actor = v1_actor(rq);
	const json_t *body, *name;
	int64_t id, copy;

	if (request_param_id(rq, "campaign_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 ||
	    v1_only(body, known_of_copy, err) < 0 ||
	    crm_campaign_read(body, &named, err) < 0)
		return -1;
	name = json_object_get(body, "name");
	if (v1_begin(rq, &db, &tx, err) < 0 ||
	    crm_campaign_copy(&tx, id, name ? named.name : NULL, &actor,
			      rq->arena, &copy, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	return campaign_reply(rq, rs, db, copy, err);
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
	    ((c.to_kind != before.to_kind ||
	      c.segment_id != before.segment_id) &&
	     campaign_name_target(db, rq->arena, &c, err) < 0) ||
	    crm_campaign_update(&tx, &before, &c, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return campaign_reply(rq, rs, db, id, err);
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

/* Of a mail that is sent, or was: where its links lead. */
static void find_links(const struct crm_campaign *c, struct arena *arena,
		       struct campaign_report_facts *out)
{
	struct html_links found;
	const char **urls;

	if (!c->html || c->status == CRM_CAMPAIGN_DRAFT ||
	    c->status == CRM_CAMPAIGN_SCHEDULED)
		return;
	html_links_scan(str_of(c->html), arena, &found);
	urls = arena_array(arena, const char *, found.distinct_n + 1);
	for (size_t i = 0; i < found.distinct_n; i++)
		urls[i] = found.distinct[i]->target;
	out->links = urls;
	out->links_n = found.distinct_n;
}

int v1_campaigns_report(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct delivery *delivery = api_of(rq)->delivery;
	struct campaign_report_facts facts = {
		.relay_is_reached = !delivery || !delivery_is_held_up(delivery),
		.why_full = why_full(rq),
	};
	struct crm_campaign c;

	if (campaign_of(rq, &db, &c, err) < 0)
		return -1;
	find_links(&c, rq->arena, &facts);
	return crm_campaign_report(db, c.id, &facts, &rs->body, err);
}

int v1_campaigns_report_series(struct request *rq, struct response *rs,
			       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct crm_campaign c;

	if (campaign_of(rq, &db, &c, err) < 0)
		return -1;
	return campaign_series(db, c.id, request_query(rq, "by"), &rs->body,
			       err);
}

int v1_campaigns_report_domains(struct request *rq, struct response *rs,
				struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct crm_campaign c;

	if (campaign_of(rq, &db, &c, err) < 0)
		return -1;
	return campaign_domains(db, c.id, &rs->body, err);
}
