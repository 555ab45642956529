/* Groups of people, leads and companies. */
#include "crm/group.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/record_json.h"
#include "crm/tag.h"

static int read_filter(struct request *rq, struct group_filter *f,
		       struct err *err)
{
	const char *entity = request_query(rq, "entity");

	f->q = request_query(rq, "q");
	if (v1_limit(rq, &f->limit, err) < 0 ||
	    v1_before(rq, &f->after_id, err) < 0)
		return -1;
	return entity ? v1_entity(entity, &f->entity, err) : 0;
}

static int format_groups(struct request *rq, struct db *db,
			 const struct groups *groups, struct json_writer *w,
			 struct err *err)
{
	bool counts = request_query_bool(rq, "count", false);

	vec_each (groups, g) {
		CLEANUP(strbuf_release) struct strbuf one = STRBUF_INIT;
		int64_t n = -1;

		if (counts && group_count(db, g, &n, err) < 0)
			return -1;
		group_format(g, n, &one);
		json_raw(w, strbuf_str(&one));
	}
	return 0;
}

static void groups_release(struct groups *groups)
{
	vec_release(groups);
}

int v1_groups_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(groups_release) struct groups list = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct group_filter f = { 0 };
	const char *next = NULL;
	int64_t limit, total = 0;

	if (read_filter(rq, &f, err) < 0 || v1_db(rq, &db, err) < 0)
		return -1;
	limit = f.limit++; /* one more tells whether there is a next page */
	if (group_list(db, &f, rq->arena, &list, err) < 0 ||
	    group_list_count(db, &f, &total, err) < 0)
		return -1;
	if ((int64_t)list.n > limit) {
		list.n = (size_t)limit;
		next = arena_printf(rq->arena, "%lld",
				    (long long)list.v[list.n - 1].id);
	}
	v1_list_begin(&w);
	if (format_groups(rq, db, &list, &w, err) < 0)
		return -1;
	v1_list_end(&w, total, next);
	return 0;
}

static int reply(struct request *rq, struct response *rs, struct db *db,
		 int64_t id, struct err *err)
{
	struct group group;
	int64_t n = -1;

	if (group_get(db, id, rq->arena, &group, err) < 0)
		return -1;
	if (request_query_bool(rq, "count", true) &&
	    group_count(db, &group, &n, err) < 0)
		return -1;
	group_format(&group, n, &rs->body);
	return 0;
}

int v1_groups_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}

static int read_input(struct request *rq, struct group_input *out,
		      struct err *err)
{
	static const char *const known[] = { "name", "entity", "kind",
					     "criteria", NULL };
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    group_input_parse(body, out, err) < 0)
		return -1;
	out->user_id = rq->caller.user_id;
	return 0;
}

int v1_groups_create(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct group_input input = { 0 };
	int64_t id;

	if (read_input(rq, &input, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    group_add(db, &input, rq->now_ms, &id, err) < 0)
		return -1;
	rs->status = 201;
	return reply(rq, rs, db, id, err);
}

int v1_groups_patch(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct group_input input = { 0 };
	int64_t id;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    read_input(rq, &input, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    group_update(db, id, &input, rq->now_ms, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}

int v1_groups_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 || group_remove(db, id, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

/* --- members --- */

static int format_members(struct request *rq, struct db *db, enum entity entity,
			  const struct ids *ids, struct json_writer *w,
			  struct err *err)
{
	CLEANUP(records_release) struct records records = VEC_INIT;

	if (records_load(db, entity, ids, rq->arena, &records, err) < 0 ||
	    records_add_addresses(db, &records, rq->arena, err) < 0 ||
	    records_add_tags(db, &records, rq->arena, err) < 0)
		return -1;
	vec_each (&records, r)
		record_format(r, w);
	return 0;
}

int v1_groups_members(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(ids_release) struct ids ids = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *next = NULL;
	int64_t id, limit, after, total = 0;
	struct group group;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    v1_limit(rq, &limit, err) < 0 || v1_before(rq, &after, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    group_get(db, id, rq->arena, &group, err) < 0 ||
	    group_count(db, &group, &total, err) < 0 ||
	    group_walk(db, &group, after, limit + 1, &ids, err) < 0)
		return -1;
	if ((int64_t)ids.n > limit) {
		ids.n = (size_t)limit;
		next = arena_printf(rq->arena, "%lld",
				    (long long)ids.v[ids.n - 1]);
	}
	v1_list_begin(&w);
	if (format_members(rq, db, group.entity, &ids, &w, err) < 0)
		return -1;
	v1_list_end(&w, total, next);
	return 0;
}

static int read_ids(struct request *rq, struct ids *out, struct err *err)
{
	const json_t *body, *ids;
	json_t *id;
	size_t i;
	int found;

	if (request_json(rq, &body, err) < 0)
		return -1;
	found = json_get_array(body, "ids", &ids, err);
	if (found < 0)
		return -1;
	if (found == 0 || json_array_size(ids) > GROUP_IDS_MAX)
		return err_field(err, "ids", "takes 1 to %d ids",
				 GROUP_IDS_MAX);
	json_array_foreach (ids, i, id) {
		if (!json_is_integer(id))
			return err_field(err, "ids", "must be integers");
		vec_push(out, json_integer_value(id));
	}
	return 0;
}

static int by_hand(struct request *rq, struct response *rs,
		   int (*fn)(struct db *, int64_t, const struct ids *, int64_t,
			     struct err *),
		   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(ids_release) struct ids ids = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	int64_t id;
	int changed;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    read_ids(rq, &ids, err) < 0 || v1_db(rq, &db, err) < 0)
		return -1;
	changed = fn(db, id, &ids, rq->now_ms, err);
	if (changed < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "changed", changed);
	json_end_object(&w);
	return 0;
}

int v1_groups_include(struct request *rq, struct response *rs, struct err *err)
{
	return by_hand(rq, rs, group_include, err);
}

int v1_groups_exclude(struct request *rq, struct response *rs, struct err *err)
{
	return by_hand(rq, rs, group_exclude, err);
}

int v1_groups_refresh(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    group_refresh(db, id, rq->now_ms, err) < 0)
		return -1;
	return reply(rq, rs, db, id, err);
}

int v1_groups_preview(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(ids_release) struct ids sample = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	enum entity entity = ENTITY_PERSON;
	const char *name = NULL;
	const json_t *body, *criteria = NULL;
	int64_t n = 0;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_text(body, "entity", &name, err) < 0 ||
	    (name && v1_entity(name, &entity, err) < 0) ||
	    json_get_object(body, "criteria", &criteria, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    group_preview(db, entity, criteria, &n, &sample, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "count", n);
	json_key_begin_array(&w, "sample");
	if (format_members(rq, db, entity, &sample, &w, err) < 0)
		return -1;
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}
