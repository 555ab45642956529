/*
 * Recipients of a campaign: looked at page by page, as a file, and made a
 * group. Handlers; any worker.
 */
#include "crm/campaign/recipient.h"
#include "api/crm/group.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/group/group.h"
#include "delivery/delivery.h"
#include "delivery/recipient.h"

static int read_filter(struct request *rq, struct recipient_filter *f,
		       struct err *err)
{
	*f = (struct recipient_filter){
		.state = request_query(rq, "state"),
		.reason = request_query(rq, "reason"),
		.response = request_query(rq, "response"),
		.domain = request_query(rq, "domain"),
		.not_domains = request_query(rq, "not_domains"),
		.from = request_query(rq, "from"),
		.until = request_query(rq, "until"),
		.q = request_query(rq, "q")
	};
	if (request_param_id(rq, "campaign_id", &f->campaign_id, err) < 0 ||
	    request_query_int(rq, "link", 1, INT64_MAX, &f->link_id, err) < 0)
		return -1;
	return recipient_filter_read(f, rq->arena, err);
}

/* --- a page --- */

static bool waits(const struct recipient *r)
{
	return r->state == CRM_RECIPIENT_QUEUED ||
	       r->state == CRM_RECIPIENT_DEFERRED;
}

static const char *hash_of(const struct recipient *r, struct arena *arena)
{
	char *hash = arena_alloc(arena, MD5_HEX + 1);

	email_hash(r->address, hash);
	return hash;
}

static void set_deferred(struct recipient *r, const struct deferral *d)
{
	r->state = CRM_RECIPIENT_DEFERRED;
	r->detail = d->detail;
	r->next_ms = d->next_ms;
}

/* Of those who wait, whom the relay told to come again, as the audience inside
 * knows it now: the Marketing API does not tell. */
static int note_deferred(struct request *rq, const struct crm_campaign *c,
			 struct recipients *list, struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	CLEANUP(vec_release) struct deferrals deferred = VEC_INIT;
	CLEANUP(vec_release) VEC(struct recipient *) asked = VEC_INIT;

	if (!c->marketing_campaign_id)
		return 0;
	vec_each (list, r) {
		if (!waits(r) || !r->address)
			continue;
		vec_push(&asked, r);
		vec_push(&hashes, hash_of(r, rq->arena));
	}
	if (delivery_find_deferred(api_of(rq)->delivery,
				   c->marketing_campaign_id, &hashes, rq->arena,
				   &deferred, err) < 0)
		return -1;
	for (size_t i = 0; i < asked.n; i++) {
		const struct deferral *d = deferral_of(&deferred, hashes.v[i]);

		if (d)
			set_deferred(asked.v[i], d);
	}
	return 0;
}

/* Who was not tried yet waits for what holds the campaign. */
static const char *detail_of(const struct recipient *r,
			     const struct crm_campaign *c)
{
	return waits(r) && !r->detail ? c->hold_detail : r->detail;
}

static void format_recipient(const struct recipient *r,
			     const struct crm_campaign *c,
			     struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "person_id", r->person_id);
	json_key_text(w, "kind", recipient_kind_name(r->kind));
	json_key_text(w, "name", r->name);
	json_key_text(w, "address", r->address);
	json_key_text(w, "state", crm_recipient_state_name(r->state));
	json_key_bool(w, "caught", r->is_caught);
	json_key_text(w, "reason", r->reason);
	json_key_text(w, "detail", detail_of(r, c));
	json_key_time_or_null(w, "next_at", r->next_ms);
	json_key_time_or_null(w, "at", r->at_ms);
	json_key_time_or_null(w, "opened_at", r->opened_ms);
	json_key_int(w, "opens", r->opens);
	json_key_bool(w, "opened_by_machine", r->machine_opened_ms != 0);
	json_key_time_or_null(w, "clicked_at", r->clicked_ms);
	json_key_int(w, "clicks", r->clicks);
	json_key_time_or_null(w, "bounced_at", r->bounced_ms);
	json_key_time_or_null(w, "unsubscribed_at", r->unsubscribed_ms);
	json_key_time_or_null(w, "taken_back_at", r->taken_back_ms);
	json_key_time_or_null(w, "complained_at", r->complained_ms);
	json_end_object(w);
}

int v1_campaigns_recipients(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct recipients list = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct recipient_query query = { .sort = request_query(rq, "sort"),
					 .cursor =
						 request_query(rq, "cursor") };
	struct crm_campaign c;
	const char *next;
	int64_t total = 0;

	if (read_filter(rq, &query.filter, err) < 0 ||
	    v1_limit(rq, &query.limit, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    crm_campaign_get(db, query.filter.campaign_id, rq->arena, &c, err) <
		    0 ||
	    recipient_list(db, &query, rq->arena, &list, &total, &next, err) <
		    0 ||
	    note_deferred(rq, &c, &list, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&list, r)
		format_recipient(r, &c, &w);
	v1_list_end(&w, total, next);
	return 0;
}

/* --- a file --- */

struct stream {
	struct arena *arena;
	struct recipient_query query;
};

static int next_piece(void *context, struct db *db, struct strbuf *out,
		      struct err *err)
{
	struct stream *stream = context;

	return recipient_csv(db, &stream->query, stream->arena, out, err);
}

int v1_campaigns_recipients_export(struct request *rq, struct response *rs,
				   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct stream *stream = arena_new_of(rq->arena, struct stream);
	struct recipient_filter *f = &stream->query.filter;
	struct crm_campaign c;

	stream->arena = rq->arena;
	if (read_filter(rq, f, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    crm_campaign_get(db, f->campaign_id, rq->arena, &c, err) < 0)
		return -1;
	return v1_csv_begin(
		rq, rs,
		&(struct v1_csv){ .name = arena_printf(rq->arena,
						       "campaign-%lld",
						       (long long)c.id),
				  .fn = next_piece,
				  .context = stream },
		err);
}

/* --- a group --- */

static int read_body(struct request *rq, struct recipient_filter *f,
		     struct group_input *input, struct err *err)
{
	static const char *const known[] = { "name",        "kind", "state",
					     "reason",      "link", "domain",
					     "not_domains", "from", "until",
					     "response",    "q",    NULL };
	const json_t *body;

	*f = (struct recipient_filter){ .campaign_id = 0 };
	if (request_param_id(rq, "campaign_id", &f->campaign_id, err) < 0 ||
	    request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    group_input_parse(body, input, err) < 0 ||
	    json_get_text(body, "state", &f->state, err) < 0 ||
	    json_get_text(body, "reason", &f->reason, err) < 0 ||
	    json_get_text(body, "response", &f->response, err) < 0 ||
	    json_get_int(body, "link", &f->link_id, err) < 0 ||
	    json_get_text(body, "domain", &f->domain, err) < 0 ||
	    json_get_text(body, "not_domains", &f->not_domains, err) < 0 ||
	    json_get_text(body, "from", &f->from, err) < 0 ||
	    json_get_text(body, "until", &f->until, err) < 0 ||
	    json_get_text(body, "q", &f->q, err) < 0)
		return -1;
	if (!input->name)
		return err_field(err, "name", "must be given");
	input->entity = ENTITY_PERSON;
	input->user_id = rq->caller.user_id;
	input->campaign_id = f->campaign_id;
	return recipient_filter_read(f, rq->arena, err);
}

/* Criteria that keep up with what people do. */
static int make_dynamic(struct request *rq, struct response *rs, struct db *db,
			const struct recipient_filter *f,
			struct group_input *input, struct err *err)
{
	CLEANUP(json_free) json_t *criteria = NULL;

	if (!recipient_criteria(f, &criteria))
		return err_field(err, "kind",
				 "a dynamic group keeps up with a response "
				 "alone: opened, clicked, not_opened, "
				 "not_clicked, bounced, unsubscribed");
	input->criteria = criteria;
	input->has_criteria = true;
	return group_make(rq, rs, db, input, err);
}

int v1_campaigns_recipients_group(struct request *rq, struct response *rs,
				  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct group_input input = { .ids = NULL };
	struct recipient_filter f;
	struct crm_campaign c;

	if (read_body(rq, &f, &input, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    crm_campaign_get(db, f.campaign_id, rq->arena, &c, err) < 0)
		return -1;
	if (input.kind == GROUP_DYNAMIC)
		return make_dynamic(rq, rs, db, &f, &input, err);
	if (recipient_people(db, &f, &ids, err) < 0)
		return -1;
	if (ids.n == 0)
		return err_set(err, ERR_INVALID,
			       "nobody of this list is a person of the CRM");
	input.ids = &ids;
	return group_make(rq, rs, db, &input, err);
}
