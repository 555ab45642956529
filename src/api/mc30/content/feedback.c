/* What the team says of a campaign. Handlers; any worker. */
#include "campaign/feedback.h"
#include "api/handlers.h"
#include "api/mc30/campaign_json.h"
#include "api/mc30/content/creators.h"
#include "base/arena.h"
#include "base/err.h"

static void write_feedback(const struct feedback *f, const char *hex,
			   const struct users *users, const char *base,
			   struct json_writer *w)
{
	static const struct {
		const char *rel, *method;
	} links[] = {
		{ "self", "GET" },
		{ "update", "PATCH" },
		{ "delete", "DELETE" },
	};

	json_begin_object(w);
	json_key_int(w, "feedback_id", f->id);
	json_key_int(w, "parent_id", f->parent_id);
	json_key_int(w, "block_id", f->block_id);
	json_key_text(w, "message", f->message);
	json_key_bool(w, "is_complete", f->is_complete);
	json_key_text(w, "created_by", mc_creator_name(users, f->user_id));
	json_key_time(w, "created_at", f->created_ms);
	json_key_time(w, "updated_at", f->updated_ms);
	json_key_text(w, "source", f->is_of_web ? "web" : "api");
	json_key_text(w, "campaign_id", hex);
	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/campaigns/%s/feedback", hex);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		mc_link(w, links[i].rel, links[i].method, base,
			"/campaigns/%s/feedback/%lld", hex, (long long)f->id);
	mc_links_end(w);
	json_end_object(w);
}

static int feedback_id(const struct request *rq, int64_t *out, struct err *err)
{
	return text_to_int(request_param(rq, "feedback_id"), out)
		       ? 0
		       : mc_not_found(err);
}

int mc_feedback_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	CLEANUP(vec_release) struct feedbacks list = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const char *base = mc_base(rq);
	struct campaign c;
	struct mc_page page;
	int64_t total;

	if (mc_page(rq, &page, err) < 0 || mc_creators(rq, &users, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin_snapshot(db, &tx, err) < 0 ||
	    mc_campaign_of_path(rq, db, &c, err) < 0 ||
	    feedback_list(db, c.id, page.count, page.offset, rq->arena, &list,
			  &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "feedback");
	vec_each (&list, f)
		write_feedback(f, c.hex, &users, base, &w);
	json_end_array(&w);
	json_key_text(&w, "campaign_id", c.hex);
	mc_collection_end(
		&w, total, base,
		arena_printf(rq->arena, "/campaigns/%s/feedback", c.hex),
		arena_printf(rq->arena, "/campaigns/%s", c.hex));
	json_end_object(&w);
	return 0;
}

int mc_feedback_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct feedback f;
	struct campaign c;
	int64_t id;

	if (mc_creators(rq, &users, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    mc_campaign_of_path(rq, db, &c, err) < 0 ||
	    feedback_id(rq, &id, err) < 0 ||
	    feedback_get(db, c.id, id, rq->arena, &f, err) < 0)
		return -1;
	write_feedback(&f, c.hex, &users, mc_base(rq), &w);
	return 0;
}

int mc_feedback_add(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct feedback f = { .user_id = rq->caller.user_id,
			      .is_of_web = rq->caller.by_session };
	const json_t *body;
	struct campaign c;

	if (mc_body(rq, &body, err) < 0 || mc_creators(rq, &users, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    mc_campaign_of_path(rq, db, &c, err) < 0 ||
	    feedback_add(&tx, &c, body, rq->now_ms, rq->arena, &f, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_feedback(&f, c.hex, &users, mc_base(rq), &w);
	return 0;
}

int mc_feedback_update(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct feedback f;
	struct campaign c;
	int64_t id;

	if (mc_body(rq, &body, err) < 0 || mc_creators(rq, &users, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    mc_campaign_of_path(rq, db, &c, err) < 0 ||
	    feedback_id(rq, &id, err) < 0 ||
	    feedback_update(&tx, c.id, id, body, rq->now_ms, rq->arena, &f,
			    err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_feedback(&f, c.hex, &users, mc_base(rq), &w);
	return 0;
}

int mc_feedback_remove(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign c;
	int64_t id;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    mc_campaign_of_path(rq, db, &c, err) < 0 ||
	    feedback_id(rq, &id, err) < 0 ||
	    feedback_remove(&tx, c.id, id, err) < 0 || tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
