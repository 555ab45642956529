/* Fields that an organisation adds. */
#include "crm/custom_field.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"

static void format(const struct custom_field *f, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", f->id);
	json_key_text(w, "entity", entity_name(f->entity));
	json_key_text(w, "key", f->key);
	json_key_text(w, "label", f->label);
	json_key_text(w, "type", f->type);
	if (f->choices)
		json_key_raw(w, "choices", str_of(f->choices));
	else
		json_key_text(w, "choices", NULL);
	json_key_time(w, "created_at", f->created_ms);
	json_end_object(w);
}

static int read_choices(struct request *rq, const json_t *body,
			struct custom_field *f, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const json_t *choices = json_object_get(body, "choices");

	if (!choices || json_is_null(choices))
		return 0;
	if (!json_is_array(choices))
		return err_field(err, "choices", "not a list");
	json_dump(choices, &text);
	f->choices = arena_str(rq->arena, strbuf_str(&text));
	return 0;
}

int v1_custom_fields_list(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct custom_fields list = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *name = request_query(rq, "entity");
	enum entity entity = (enum entity)0;

	if ((name && v1_entity(name, &entity, err) < 0) ||
	    v1_db(rq, &db, err) < 0 ||
	    custom_field_list(db, entity, rq->arena, &list, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&list, f)
		format(f, &w);
	v1_list_end(&w, (int64_t)list.n, NULL);
	return 0;
}

int v1_custom_fields_create(struct request *rq, struct response *rs,
			    struct err *err)
{
	static const char *const known[] = { "entity", "key",     "label",
					     "type",   "choices", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct actor actor = v1_actor(rq);
	struct custom_field f = { .id = 0 };
	const char *entity = NULL;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_text(body, "entity", &entity, err) < 0 ||
	    v1_entity(entity, &f.entity, err) < 0 ||
	    json_get_text(body, "key", &f.key, err) < 0 ||
	    json_get_text(body, "label", &f.label, err) < 0 ||
	    json_get_text(body, "type", &f.type, err) < 0 ||
	    read_choices(rq, body, &f, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    custom_field_add(&tx, &f, &actor, rq->arena, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	format(&f, &w);
	return 0;
}

int v1_custom_fields_patch(struct request *rq, struct response *rs,
			   struct err *err)
{
	static const char *const known[] = { "label", "choices", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct custom_field before, f;
	const json_t *body;
	int64_t id;

	if (request_param_id(rq, "custom_field_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    custom_field_get(db, id, rq->arena, &before, err) < 0)
		return -1;
	f = before;
	if (json_get_text(body, "label", &f.label, err) < 0 ||
	    read_choices(rq, body, &f, err) < 0 ||
	    custom_field_update(&tx, &before, &f, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	format(&f, &w);
	return 0;
}

int v1_custom_fields_delete(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	int64_t id;

	if (request_param_id(rq, "custom_field_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    custom_field_remove(&tx, id, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
