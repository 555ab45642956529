/*
 * The marketing permissions of the audiences inside, for the app: the Marketing
 * API tells who gave them, and has no way to make any. Handlers; any worker.
 */
#include "api/api.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "audience/interest/permission.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"

/* What each handler begins with. */
struct reply {
	struct request *rq;
	struct db *db;
	struct list list;
};

static void reply_release(struct reply *r)
{
	store_put(&r->db);
}

/* {list_id} of the path. */
static int begin(struct request *rq, struct reply *out, struct err *err)
{
	out->rq = rq;
	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &out->db, err) < 0)
		return -1;
	return list_get(out->db, request_param(rq, "list_id"), rq->arena,
			&out->list, err);
}

static int read_body(struct request *rq, const json_t **out, struct err *err)
{
	static const char *const known[] = { "name", NULL };

	if (request_json(rq, out, err) < 0)
		return -1;
	return v1_only(*out, known, err);
}

static int write_one(const struct reply *r, const struct interest *p,
		     struct json_writer *w, struct err *err)
{
	int64_t members;

	if (interest_count(r->db, r->list.id, p, 1, &members, err) < 0)
		return -1;
	json_begin_object(w);
	json_key_text(w, "id", p->hex);
	json_key_text(w, "name", p->name);
	json_key_int(w, "members", members);
	json_end_object(w);
	return 0;
}

int v1_audience_permissions(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	CLEANUP(vec_release) struct interests all = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct interest_category category = { .hex = NULL };

	if (begin(rq, &r, err) < 0 ||
	    permission_category_find(r.db, r.list.id, rq->arena, &category,
				     err) < 0 ||
	    permission_list(r.db, r.list.id, rq->arena, &all, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_bool(&w, "asked", r.list.marketing_permissions);
	json_key_text(&w, "category_id", category.hex);
	json_key_begin_array(&w, "items");
	vec_each (&all, p)
		if (write_one(&r, p, &w, err) < 0)
			return -1;
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}

int v1_audience_permission_add(struct request *rq, struct response *rs,
			       struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct interest added;
	const json_t *body;

	if (read_body(rq, &body, err) < 0 || begin(rq, &r, err) < 0 ||
	    tx_begin(r.db, &tx, err) < 0 ||
	    permission_add(&tx, r.list.id, body, rq->arena, &added, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	rs->status = 201;
	return write_one(&r, &added, &w, err);
}

int v1_audience_permission_update(struct request *rq, struct response *rs,
				  struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct interest now;
	const json_t *body;

	if (read_body(rq, &body, err) < 0 || begin(rq, &r, err) < 0 ||
	    tx_begin(r.db, &tx, err) < 0 ||
	    permission_update(&tx, r.list.id,
			      request_param(rq, "permission_id"), body,
			      rq->arena, &now, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return write_one(&r, &now, &w, err);
}

int v1_audience_permission_remove(struct request *rq, struct response *rs,
				  struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };

	if (begin(rq, &r, err) < 0 ||
	    permission_remove(r.db, r.list.id,
			      request_param(rq, "permission_id"), err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
