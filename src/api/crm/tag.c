/* The tags that users put on records. */
#include "crm/tag.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"

static void format(const struct tag *t, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", t->id);
	json_key_text(w, "name", t->name);
	json_key_int(w, "records", t->records);
	json_end_object(w);
}

static int reply(struct request *rq, struct db *db, int64_t id,
		 struct response *rs, struct err *err)
{
	CLEANUP(vec_release) struct tags tags = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (tag_list(db, rq->arena, &tags, err) < 0)
		return -1;
	vec_each (&tags, t) {
		if (t->id == id)
			format(t, &w);
	}
	return 0;
}

static int read_name(struct request *rq, const char **out, struct err *err)
{
	static const char *const known[] = { "name", NULL };
	const json_t *body;

	*out = "";
	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_text(body, "name", out, err) < 0)
		return -1;
	return 0;
}

int v1_tags_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct tags tags = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (v1_db(rq, &db, err) < 0 || tag_list(db, rq->arena, &tags, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&tags, t)
		format(t, &w);
	v1_list_end(&w, (int64_t)tags.n, NULL);
	return 0;
}

int v1_tags_create(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *name;
	int64_t id;

	if (read_name(rq, &name, err) < 0 || v1_begin(rq, &db, &tx, err) < 0 ||
	    tag_put(&tx, name, rq->arena, &id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	return reply(rq, db, id, rs, err);
}

int v1_tags_patch(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *name;
	int64_t id;

	if (request_param_id(rq, "tag_id", &id, err) < 0 ||
	    read_name(rq, &name, err) < 0 || v1_begin(rq, &db, &tx, err) < 0 ||
	    tag_rename(&tx, id, name, rq->arena, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, db, id, rs, err);
}

int v1_tags_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	int64_t id;

	if (request_param_id(rq, "tag_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    tag_remove(&tx, id, &actor, err) < 0 || v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
