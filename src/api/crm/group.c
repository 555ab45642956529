/* Groups and who is in them. */
#include "crm/group/group.h"

#include "api/crm/group.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "bridge/push_list.h"
#include "crm/record_json.h"

#include <string.h>

/* Who is in it comes and goes by itself: that is no change of the group. */
static void format_state(const struct group *group, struct strbuf *out)
{
	group_format(group, NULL, out);
}

static int check_match(const void *context, const struct group *now,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;

	format_state(now, &state);
	return v1_if_match(context, strbuf_str(&state), err);
}

static const char *last_push_text(const struct push_infos *pushes,
				  int64_t group_id, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	vec_each (pushes, p) {
		if (p->group_id != group_id)
			continue;
		push_format_last(p, &w);
		return arena_str(arena, strbuf_str(&text));
	}
	return NULL;
}

static int reply(struct request *rq, struct response *rs, struct db *db,
		 int64_t id, bool counted, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;
	CLEANUP(vec_release) struct push_infos pushes = VEC_INIT;
	struct ids one = { .v = &id, .n = 1 };
	struct group_more more = { .count = -1 };
	struct group group;

	if (group_get(db, id, rq->arena, &group, err) < 0 ||
	    (counted && group_count(db, &group, &more.count, err) < 0) ||
	    group_count_by_hand(db, &group, &more, err) < 0 ||
	    push_last_list(db, &one, rq->arena, &pushes, err) < 0)
		return -1;
	more.last_push = last_push_text(&pushes, id, rq->arena);
	group_format(&group, &more, &rs->body);
	format_state(&group, &state);
	v1_etag(rq, rs, strbuf_str(&state));
	return 0;
}

static int read_input(struct request *rq, const char *const *known,
		      const json_t **body, struct group_input *out,
		      struct err *err)
{
	*out = (struct group_input){ .user_id = rq->caller.user_id,
				     .check = check_match,
				     .check_context = rq };
	if (request_json(rq, body, err) < 0 || v1_only(*body, known, err) < 0)
		return -1;
	return group_input_parse(*body, out, err);
}

static const char *const members_of_group[] = { "name", "entity", "kind",
						"criteria", NULL };

static int read_filter(struct request *rq, struct group_filter *out,
		       struct err *err)
{
	const char *entity = request_query(rq, "entity");
	const char *kind = request_query(rq, "kind");

	*out = (struct group_filter){ .q = request_query(rq, "q"),
				      .sort = request_query(rq, "sort"),
				      .cursor = request_query(rq, "cursor") };
	if (entity && v1_entity(entity, &out->entity, err) < 0)
		return -1;
	if (kind && group_kind_parse(kind, &out->kind, err) < 0)
		return -1;
	return v1_limit(rq, &out->limit, err);
}

static int format_page(struct request *rq, struct db *db,
		       const struct groups *groups, struct json_writer *w,
		       struct err *err)
{
	CLEANUP(vec_release) struct push_infos pushes = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	int64_t *counts = arena_array(rq->arena, int64_t, groups->n + 1);
	bool counted = request_query_bool(rq, "count", false);

	vec_each (groups, group)
		vec_push(&ids, group->id);
	if (push_last_list(db, &ids, rq->arena, &pushes, err) < 0 ||
	    (counted && group_counts(db, groups, counts, err) < 0))
		return -1;
	vec_each (groups, group) {
		CLEANUP(strbuf_release) struct strbuf one = STRBUF_INIT;
		struct group_more more = {
			.count = counted ? counts[group - groups->v] : -1,
			.last_push =
				last_push_text(&pushes, group->id, rq->arena),
		};

		group_format(group, &more, &one);
		json_raw(w, strbuf_str(&one));
	}
	return 0;
}

int v1_groups_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct groups groups = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct group_filter filter;
	const char *next;
	int64_t total;

	if (read_filter(rq, &filter, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    group_list_count(db, &filter, &total, err) < 0 ||
	    group_list(db, &filter, rq->arena, &groups, &next, err) < 0)
		return -1;
	v1_list_begin(&w);
	if (format_page(rq, db, &groups, &w, err) < 0)
		return -1;
	v1_list_end(&w, total, next);
	return 0;
}

/* The array `ids` of a body; false: there is none. */
static int read_ids(const json_t *body, struct ids *out, bool *given,
		    struct err *err)
{
	const json_t *list = NULL, *item;
	size_t i;

	if (json_get_array(body, "ids", &list, err) < 0)
		return -1;
	*given = list != NULL;
	if (json_array_size(list) > GROUP_IDS_MAX)
		return err_field(err, "ids", "must be at most %d",
				 GROUP_IDS_MAX);
	json_array_foreach (list, i, item) {
		if (!json_is_integer(item))
			return err_field(err, "ids", "must be whole numbers");
		vec_push(out, json_integer_value(item));
	}
	return 0;
}

int group_make(struct request *rq, struct response *rs, struct db *db,
	       const struct group_input *input, struct err *err)
{
	int64_t id;

	if (group_add(db, input, rq->now_ms, &id, err) < 0)
		return -1;
	rs->status = 201;
	response_header(
		rs, "Location",
		arena_printf(rq->arena, "/api/v1/groups/%lld", (long long)id));
	return reply(rq, rs, db, id, true, err);
}

int v1_groups_create(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "name",     "entity", "kind",
					     "criteria", "ids",    NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct group_input input;
	const json_t *body;
	bool given;

	if (read_input(rq, known, &body, &input, err) < 0 ||
	    read_ids(body, &ids, &given, err) < 0)
		return -1;
	if (!input.name)
		return err_field(err, "name", "must be given");
	input.ids = given ? &ids : NULL;
	return v1_db(rq, &db, err) < 0 ? -1
				       : group_make(rq, rs, db, &input, err);
}

int v1_groups_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0)
		return -1;
	return reply(rq, rs, db, id, request_query_bool(rq, "count", true),
		     err);
}

int v1_groups_patch(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct group_input input;
	const json_t *body;
	int64_t id;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    read_input(rq, members_of_group, &body, &input, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    group_update(db, id, &input, rq->now_ms, err) < 0)
		return -1;
	return reply(rq, rs, db, id, true, err);
}

int v1_groups_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	const struct group_input input = { .check = check_match,
					   .check_context = rq };
	int64_t id;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 || group_remove(db, id, &input, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

int v1_groups_refresh(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    group_refresh(db, id, rq->now_ms, err) < 0)
		return -1;
	return reply(rq, rs, db, id, true, err);
}

/* --- members --- */

/* Whole records with addresses and tags, in the order of ids. */
static int write_records(struct request *rq, struct db *db, enum entity entity,
			 const struct ids *ids, struct json_writer *w,
			 struct err *err)
{
	CLEANUP(vec_release) struct records records = VEC_INIT;

	if (records_load(db, entity, ids, rq->arena, &records, err) < 0 ||
	    records_complete(db, &records, rq->arena, err) < 0)
		return -1;
	vec_each (&records, r)
		record_format(r, w);
	return 0;
}

/* "ID-TOTAL": the members are counted with the first page only. */
static int read_cursor(const struct request *rq, int64_t *after, int64_t *total,
		       struct err *err)
{
	const char *cursor = request_query(rq, "cursor");
	struct str rest = str_of(cursor);

	*after = 0;
	*total = -1;
	if (rest.len == 0)
		return 0;
	if (!str_to_int(str_cut(&rest, '-'), after) ||
	    !str_to_int(rest, total) || *after < 0 || *total < 0)
		return err_field(err, "cursor", "is none of this list");
	return 0;
}

int v1_groups_members(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	int64_t id, limit, after, total;
	const char *next = NULL;
	struct group group;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    v1_limit(rq, &limit, err) < 0 ||
	    read_cursor(rq, &after, &total, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    group_get(db, id, rq->arena, &group, err) < 0 ||
	    (total < 0 && group_count(db, &group, &total, err) < 0) ||
	    group_walk(db, &group, after, limit + 1, &ids, err) < 0)
		return -1;
	if ((int64_t)ids.n > limit) {
		ids.n = (size_t)limit;
		next = arena_printf(rq->arena, "%lld-%lld",
				    (long long)ids.v[ids.n - 1],
				    (long long)total);
	}
	v1_list_begin(&w);
	if (write_records(rq, db, group.entity, &ids, &w, err) < 0)
		return -1;
	v1_list_end(&w, total, next);
	return 0;
}

int v1_groups_preview(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct ids sample = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct group_input input;
	const json_t *body;
	int64_t n;

	if (read_input(rq, members_of_group, &body, &input, err) < 0)
		return -1;
	if (!input.entity)
		input.entity = ENTITY_PERSON;
	if (v1_db(rq, &db, err) < 0 ||
	    group_preview(db, input.entity, input.criteria, &n, &sample, err) <
		    0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "count", n);
	json_key_begin_array(&w, "sample");
	if (write_records(rq, db, input.entity, &sample, &w, err) < 0)
		return -1;
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}

typedef int (*change_fn)(struct db *db, int64_t id, const struct ids *ids,
			 int64_t now_ms, struct err *err);

static int change(struct request *rq, struct response *rs, change_fn fn,
		  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	static const char *const known[] = { "ids", NULL };
	struct group group;
	const json_t *body;
	int64_t id, n;
	int changed;
	bool given;

	if (request_param_id(rq, "group_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    read_ids(body, &ids, &given, err) < 0)
		return -1;
	if (!given)
		return err_field(err, "ids", "must be given");
	if (v1_db(rq, &db, err) < 0)
		return -1;
	changed = fn(db, id, &ids, rq->now_ms, err);
	if (changed < 0 || group_get(db, id, rq->arena, &group, err) < 0 ||
	    group_count(db, &group, &n, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "changed", changed);
	json_key_int(&w, "count", n);
	json_end_object(&w);
	return 0;
}

int v1_groups_include(struct request *rq, struct response *rs, struct err *err)
{
	return change(rq, rs, group_include, err);
}

int v1_groups_exclude(struct request *rq, struct response *rs, struct err *err)
{
	return change(rq, rs, group_exclude, err);
}

int v1_groups_reset(struct request *rq, struct response *rs, struct err *err)
{
	return change(rq, rs, group_reset, err);
}

/* --- the other way round --- */

/* Of a list, who put the record in is not known one by one. */
static const char *how_name(const struct record_group *g)
{
	if (g->how != GROUP_BY_HAND)
		return "criteria";
	if (g->has_criteria)
		return "hand";
	return g->campaign_id ? "campaign" : "list";
}

int v1_record_groups(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct record_groups groups = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	int64_t id;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    group_list_of(db, (enum entity)rq->argument, id, rq->arena, &groups,
			  err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&groups, g) {
		json_begin_object(&w);
		json_key_int(&w, "id", g->id);
		json_key_text(&w, "name", g->name);
		json_key_text(&w, "kind", group_kind_name(g->kind));
		json_key_text(&w, "how", how_name(g));
		json_end_object(&w);
	}
	v1_list_end(&w, (int64_t)groups.n, NULL);
	return 0;
}
