/* Members of an audience who complained. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "audience/list.h"
#include "audience/side/complaint.h"
#include "base/arena.h"
#include "base/err.h"

struct reply {
	struct request *rq;
	struct db *db;
	struct list list;
	struct merge_defs defs;
	const char *base;
};

static void reply_release(struct reply *r)
{
	vec_release(&r->defs);
	store_put(&r->db);
}

static int begin(struct request *rq, struct reply *r, struct err *err)
{
	r->rq = rq;
	r->base = mc_base(rq);
	if (mc_db(rq, &r->db, err) < 0 ||
	    mc_list_of_path(rq, r->db, &r->list, err) < 0)
		return -1;
	return merge_field_list(r->db, r->list.id, rq->arena, &r->defs, err);
}

static void write_complaint(const struct reply *r, const struct complaint *c,
			    struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", c->member.id);
	json_key_text(w, "campaign_id", c->campaign_hex);
	json_key_text(w, "list_id", r->list.hex);
	json_key_text(w, "email_id", c->member.email_hash);
	json_key_text(w, "email_address", c->member.address);
	json_key(w, "merge_fields");
	merge_values_write(&r->defs, str_of(c->member.merge), w);
	json_key_bool(w, "vip", c->member.vip);
	json_key_time(w, "date", c->at_ms);
	mc_links_begin(w);
	mc_link(w, "self", "GET", r->base, "/lists/%s/abuse-reports/%lld",
		r->list.hex, (long long)c->member.id);
	mc_link(w, "parent", "GET", r->base, "/lists/%s/abuse-reports",
		r->list.hex);
	mc_links_end(w);
	json_end_object(w);
}

int mc_abuse_reports_list(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	CLEANUP(vec_release) struct complaints all = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;
	int64_t total = 0;

	if (mc_page(rq, &page, err) < 0 || begin(rq, &r, err) < 0 ||
	    complaint_list(r.db, r.list.id, page.count, page.offset, rq->arena,
			   &all, &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "abuse_reports");
	vec_each (&all, complaint)
		write_complaint(&r, complaint, &w);
	json_end_array(&w);
	json_key_text(&w, "list_id", r.list.hex);
	mc_collection_end(
		&w, total, r.base,
		arena_printf(rq->arena, "/lists/%s/abuse-reports", r.list.hex),
		arena_printf(rq->arena, "/lists/%s", r.list.hex));
	json_end_object(&w);
	return 0;
}

int mc_abuse_reports_get(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	struct json_writer w = mc_writer(rq, rs);
	struct complaint complaint;
	int64_t id;

	if (request_param_id(rq, "report_id", &id, err) < 0 ||
	    begin(rq, &r, err) < 0 ||
	    complaint_get(r.db, r.list.id, id, rq->arena, &complaint, err) < 0)
		return -1;
	write_complaint(&r, &complaint, &w);
	return 0;
}
