/* Merge fields of an audience. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "audience/list.h"
#include "audience/merge_field.h"
#include "base/arena.h"
#include "base/err.h"

#include <string.h>

static void write_field(const struct list *list, const struct merge_def *def,
			const char *base, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "merge_id", def->id);
	json_key_text(w, "tag", def->tag);
	json_key_text(w, "name", def->name);
	json_key_text(w, "type", merge_type_name(def->type));
	json_key_bool(w, "required", def->required);
	json_key_text(w, "default_value", def->default_value);
	json_key_bool(w, "public", def->is_public);
	json_key_int(w, "display_order", def->display_order);
	mc_key_column(w, "options", def->options);
	json_key_text(w, "help_text", def->help_text);
	json_key_text(w, "list_id", list->hex);
	mc_links_begin(w);
	mc_link(w, "self", "GET", base, "/lists/%s/merge-fields/%lld",
		list->hex, (long long)def->id);
	mc_link(w, "parent", "GET", base, "/lists/%s/merge-fields", list->hex);
	mc_link(w, "update", "PATCH", base, "/lists/%s/merge-fields/%lld",
		list->hex, (long long)def->id);
	mc_link(w, "delete", "DELETE", base, "/lists/%s/merge-fields/%lld",
		list->hex, (long long)def->id);
	mc_links_end(w);
	json_end_object(w);
}

static bool fits(const struct request *rq, const struct merge_def *def)
{
	const char *type = request_query(rq, "type");
	const char *required = request_query(rq, "required");

	if (type && *type && strcmp(type, merge_type_name(def->type)) != 0)
		return false;
	return !required || !*required ||
	       request_query_bool(rq, "required", false) == def->required;
}

int mc_merge_fields_list(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct merge_defs defs = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const char *base = mc_base(rq);
	size_t total = 0;
	struct mc_page page;
	struct list list;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    merge_field_list(db, list.id, rq->arena, &defs, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "merge_fields");
	vec_each (&defs, def) {
		if (!fits(rq, def))
			continue;
		if (mc_on_page(&page, total))
			write_field(&list, def, base, &w);
		total++;
	}
	mc_list_part_end(rq, &list, (int64_t)total, "merge-fields", &w);
	return 0;
}

int mc_merge_fields_get(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct merge_def def;
	struct list list;
	int64_t id;

	if (request_param_id(rq, "merge_id", &id, err) < 0 ||
	    mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    merge_field_get(db, list.id, id, rq->arena, &def, err) < 0)
		return -1;
	write_field(&list, &def, mc_base(rq), &w);
	return 0;
}

int mc_merge_fields_add(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct merge_def def;
	struct list list;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    merge_field_add(&tx, list.id, body, rq->arena, &def, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_field(&list, &def, mc_base(rq), &w);
	return 0;
}

int mc_merge_fields_update(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct merge_def def;
	struct list list;
	int64_t id;

	if (request_param_id(rq, "merge_id", &id, err) < 0 ||
	    mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    merge_field_update(&tx, list.id, id, body, rq->arena, &def, err) <
		    0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_field(&list, &def, mc_base(rq), &w);
	return 0;
}

int mc_merge_fields_remove(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct list list;
	int64_t id;

	if (request_param_id(rq, "merge_id", &id, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    merge_field_remove(&tx, list.id, id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
