/* Fields of people and merge fields of the audience. */
#include "bridge/bridge_field.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "jobs/job.h"

static int reply(struct request *rq, struct response *rs, struct db *db,
		 struct err *err)
{
	CLEANUP(vec_release) struct bridge_fields all = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	int64_t read_ms = 0;

	if (bridge_field_list(db, rq->arena, &all, &read_ms, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "items");
	vec_each (&all, f) {
		json_begin_object(&w);
		json_key_text(&w, "merge_tag", f->merge_tag);
		json_key_text(&w, "person_field", f->person_field);
		json_key_text(&w, "name", f->name);
		json_key_text(&w, "type", f->type);
		json_key_bool(&w, "required", f->required);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_key_time_or_null(&w, "read_at", read_ms);
	json_end_object(&w);
	return 0;
}

int v1_bridge_fields_list(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	return v1_db(rq, &db, err) < 0 ? -1 : reply(rq, rs, db, err);
}

static int read_body(struct request *rq, struct bridge_fields *out,
		     struct err *err)
{
	static const char *const known[] = { "fields", NULL };
	static const char *const known_item[] = { "merge_tag", "person_field",
						  NULL };
	const json_t *body, *list = NULL, *item;
	size_t i;
	int found;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0)
		return -1;
	found = json_get_array(body, "fields", &list, err);
	if (found <= 0)
		return found < 0 ? -1
				 : err_field(err, "fields", "must be given");
	json_array_foreach (list, i, item) {
		struct bridge_field f = { .merge_tag = NULL };

		if (!json_is_object(item))
			return err_field(err, "fields",
					 "not a list of {merge_tag, "
					 "person_field}");
		if (v1_only(item, known_item, err) < 0 ||
		    json_get_text(item, "merge_tag", &f.merge_tag, err) < 0 ||
		    json_get_text(item, "person_field", &f.person_field, err) <
			    0)
			return -1;
		if (!f.merge_tag || !f.person_field)
			return err_field(
				err, f.merge_tag ? "person_field" : "merge_tag",
				"must be given");
		vec_push(out, f);
	}
	return 0;
}

int v1_bridge_fields_put(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(vec_release) struct bridge_fields fields = VEC_INIT;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (read_body(rq, &fields, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    bridge_field_put(&tx, fields.v, fields.n, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, db, err);
}

int v1_bridge_fields_read(struct request *rq, struct response *rs,
			  struct err *err)
{
	static const char *const known[] = { "create", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job_new job = { .kind = "bridge-fields",
			       .user_id = rq->caller.user_id };
	const json_t *body;
	bool create = false;
	int64_t id;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_bool(body, "create", &create, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0)
		return -1;
	job.payload = create ? "{\"create\":true}" : "{\"create\":false}";
	job.single_key = create ? "bridge-fields/create" : "bridge-fields";
	if (job_add(&tx, &job, rq->now_ms, &id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	v1_accepted(rs, id);
	return 0;
}
