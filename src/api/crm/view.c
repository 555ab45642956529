/* Views: lists that people have set up and named. */
#include "crm/browse/view.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/user/user.h"

static struct viewer viewer_of(const struct request *rq)
{
	return (struct viewer){
		.user_id = rq->caller.user_id,
		.is_administrator = rq->caller.role == ROLE_ADMINISTRATOR,
	};
}

static void format(const struct view *v, const struct viewer *viewer,
		   struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", v->id);
	json_key_text(w, "name", v->name);
	json_key_text(w, "entity", entity_name(v->entity));
	json_key_text(w, "q", v->q);
	json_key_stored(w, "filter", v->filter);
	json_key_text(w, "sort", v->sort);
	json_key_raw(w, "columns", str_of(v->columns));
	json_key_bool(w, "shared", v->shared);
	json_key_bool(w, "mine", v->user_id == viewer->user_id);
	json_key_text(w, "user_name", v->user_name);
	json_key_time(w, "updated_at", v->updated_ms);
	json_end_object(w);
}

/* As it is now, for the reply and its ETag. */
static int reply(struct request *rq, struct response *rs, struct db *db,
		 int64_t id, struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	struct viewer viewer = viewer_of(rq);
	struct view v;

	if (view_get(db, id, &viewer, rq->arena, &v, err) < 0)
		return -1;
	format(&v, &viewer, &w);
	v1_etag(rq, rs, strbuf_str(&rs->body));
	return 0;
}

/* To be changed or removed: locked, the caller's, and what they have read. */
static int lock(struct request *rq, struct db *db, struct view *out,
		struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&shown);
	struct viewer viewer = viewer_of(rq);
	int64_t id;

	if (request_param_id(rq, "view_id", &id, err) < 0 ||
	    view_get(db, id, &viewer, rq->arena, out, err) < 0 ||
	    view_check_owner(out, &viewer, err) < 0)
		return -1;
	format(out, &viewer, &w);
	return v1_if_match(rq, strbuf_str(&shown), err);
}

/* A member that is null is taken away. */
static int read_text(const json_t *body, const char *key, const char **out,
		     struct err *err)
{
	if (json_is_null(json_object_get(body, key)))
		*out = NULL;
	if (json_get_text(body, key, out, err) < 0)
		return -1;
	if (*out && !**out)
		*out = NULL;
	return 0;
}

static const char *dump(struct request *rq, const json_t *tree)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	json_dump(tree, &text);
	return arena_str(rq->arena, strbuf_str(&text));
}

static int read_body(struct request *rq, const json_t *body, struct view *v,
		     struct err *err)
{
	const json_t *filter = json_object_get(body, "filter");
	const json_t *columns = NULL;

	if (json_get_text(body, "name", &v->name, err) < 0 ||
	    read_text(body, "q", &v->q, err) < 0 ||
	    read_text(body, "sort", &v->sort, err) < 0 ||
	    json_get_array(body, "columns", &columns, err) < 0 ||
	    json_get_bool(body, "shared", &v->shared, err) < 0)
		return -1;
	if (filter)
		v->filter = json_is_null(filter) ? NULL : dump(rq, filter);
	if (columns)
		v->columns = dump(rq, columns);
	return 0;
}

int v1_views_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct views views = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct viewer viewer = viewer_of(rq);
	enum entity entity;

	if (v1_entity(request_query(rq, "entity"), &entity, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    view_list(db, entity, &viewer, rq->arena, &views, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&views, v)
		format(v, &viewer, &w);
	v1_list_end(&w, (int64_t)views.n, NULL);
	return 0;
}

int v1_views_create(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct view v = { .columns = "[]" };
	const char *entity = NULL;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_text(body, "entity", &entity, err) < 0 ||
	    v1_entity(entity, &v.entity, err) < 0 ||
	    read_body(rq, body, &v, err) < 0 || v1_begin(rq, &db, &tx, err) < 0)
		return -1;
	if (view_add(&tx, &v, &actor, rq->arena, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	response_header(
		rs, "Location",
		arena_printf(rq->arena, "%s/%lld", rq->path, (long long)v.id));
	return reply(rq, rs, db, v.id, err);
}

int v1_views_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id;

	if (request_param_id(rq, "view_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}

int v1_views_patch(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	const char *entity = NULL;
	struct view before, v;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_text(body, "entity", &entity, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 || lock(rq, db, &before, err) < 0)
		return -1;
	v = before;
	if (entity && (v1_entity(entity, &v.entity, err) < 0 ||
		       v.entity != before.entity))
		return err_field(err, "entity", "cannot be changed");
	if (read_body(rq, body, &v, err) < 0 ||
	    view_update(&tx, &before, &v, &actor, rq->arena, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, db, v.id, err);
}

int v1_views_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct view v;

	if (v1_begin(rq, &db, &tx, err) < 0 || lock(rq, db, &v, err) < 0 ||
	    view_remove(&tx, v.id, err) < 0 || v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
