/* Companies, people and leads: the same for all three. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/browse/field_info.h"
#include "crm/browse/field_value.h"
#include "crm/browse/record_list.h"
#include "crm/record_json.h"

#define FILTERS_MAX 64 /* more than there are fields */

/* Names of fields that are also parameters of the list. */
static size_t read_filters(const struct request *rq, enum entity entity,
			   struct record_filter *out)
{
	size_t n = 0;
	const char *tag = request_query(rq, "tag");

	for (const struct field *f = field_table; f->name; f++) {
		const char *value = request_query(rq, f->name);

		BUG_ON(n + 1 >= FILTERS_MAX); /* one for the tag */
		if (value && field_is_of(f, entity))
			out[n++] = (struct record_filter){ f->name, value };
	}
	if (tag)
		out[n++] = (struct record_filter){ "tag", tag };
	return n;
}

int v1_record_list(struct request *rq, struct response *rs, struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(record_page_release) struct record_page page = { .next = NULL };
	struct record_filter filters[FILTERS_MAX];
	struct record_query query = {
		.selection = { .entity = entity,
			       .q = request_query(rq, "q"),
			       .filter = request_query(rq, "filter"),
			       .how = request_query(rq, "how"),
			       .equal = filters,
			       .equal_n = read_filters(rq, entity, filters) },
		.sort = request_query(rq, "sort"),
		.cursor = request_query(rq, "cursor"),
	};
	struct json_writer w = JSON_WRITER(&rs->body);

	if (query.cursor && !*query.cursor)
		query.cursor = NULL;
	query.counts_all = request_query(rq, "count") != NULL;
	if (v1_limit(rq, &query.limit, err) < 0 ||
	    request_query_int(rq, "group_id", 1, INT64_MAX,
			      &query.selection.group_id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    selection_read(&query.selection, db, rq->now_ms, rq->arena, err) <
		    0 ||
	    record_list(db, &query, rq->arena, &page, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_bool(&w, "total_is_least", page.total_is_least);
	json_key_begin_array(&w, "items");
	vec_each (&page.items, r)
		record_format(r, &w);
	v1_list_end(&w, page.total, page.next);
	return 0;
}

int v1_record_fields(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct field_infos infos = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (v1_db(rq, &db, err) < 0 ||
	    field_info_list(db, (enum entity)rq->argument, rq->arena, &infos,
			    err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&infos, info)
		field_info_format(info, &w);
	v1_list_end(&w, (int64_t)infos.n, NULL);
	return 0;
}

int v1_record_values(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct field_values values = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (v1_db(rq, &db, err) < 0 ||
	    field_value_list(db, (enum entity)rq->argument,
			     request_query(rq, "field"), request_query(rq, "q"),
			     FIELD_VALUES_MOST, rq->arena, &values, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&values, v) {
		json_begin_object(&w);
		json_key_text(&w, "value", v->value);
		json_key_int(&w, "count", v->count);
		json_end_object(&w);
	}
	v1_list_end(&w, (int64_t)values.n, NULL);
	return 0;
}

static void reply(const struct request *rq, struct response *rs,
		  const struct record *r)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	record_format(r, &w);
	v1_etag(rq, rs, strbuf_str(&rs->body));
}

int v1_record_create(struct request *rq, struct response *rs, struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	const json_t *body;
	struct record r;

	if (request_json(rq, &body, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    record_create(&tx, entity, body, &actor, rq->arena, &r, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	response_header(
		rs, "Location",
		arena_printf(rq->arena, "%s/%lld", rq->path, (long long)r.id));
	reply(rq, rs, &r);
	return 0;
}

static int check_match(const struct request *rq, struct tx *tx,
		       enum entity entity, int64_t id, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&shown);
	struct record r;

	if (!v1_has_if_match(rq))
		return 0;
	if (record_get_whole(tx->db, entity, id, rq->arena, &r, err) < 0)
		return -1;
	record_format(&r, &w);
	return v1_if_match(rq, strbuf_str(&shown), err);
}

int v1_record_get(struct request *rq, struct response *rs, struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	struct record r;
	int64_t id;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    record_get_whole(db, entity, id, rq->arena, &r, err) < 0)
		return -1;
	reply(rq, rs, &r);
	return 0;
}

int v1_record_patch(struct request *rq, struct response *rs, struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	const json_t *body;
	struct record r;
	int64_t id;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    check_match(rq, &tx, entity, id, err) < 0 ||
	    record_patch(&tx, entity, id, body, &actor, rq->arena, &r, err) <
		    0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	reply(rq, rs, &r);
	return 0;
}

int v1_record_delete(struct request *rq, struct response *rs, struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	int64_t id;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    check_match(rq, &tx, entity, id, err) < 0 ||
	    record_remove(&tx, entity, id, &actor, rq->arena, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
