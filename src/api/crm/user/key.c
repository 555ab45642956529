/* API keys, for administrators. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "crm/user/api_key.h"

static void format(const struct api_key *k, const char *key,
		   struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", k->id);
	json_key_text(w, "name", k->name);
	json_key_text(w, "hint", k->hint);
	json_key_text(w, "role", user_role_name(k->role));
	json_key_bool(w, "may_send", k->may_send);
	json_key_id(w, "user_id", k->user_id);
	json_key_time(w, "created_at", k->created_ms);
	json_key_time_or_null(w, "used_at", k->used_ms);
	json_key_time_or_null(w, "revoked_at", k->revoked_ms);
	if (key)
		json_key_text(w, "key", key);
	json_end_object(w);
}

int v1_keys_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct api_keys keys = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (v1_db(rq, &db, err) < 0 ||
	    api_key_list(db, rq->arena, &keys, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&keys, k)
		format(k, NULL, &w);
	v1_list_end(&w, (int64_t)keys.n, NULL);
	return 0;
}

/* It is the caller's own; null: nobody's, and outlives whoever made it. */
static int read_owner(const struct request *rq, const json_t *body,
		      struct api_key *k, struct err *err)
{
	int found = json_get_int(body, "user_id", &k->user_id, err);

	if (found == 0 && !json_object_get(body, "user_id"))
		k->user_id = rq->caller.user_id;
	if (found > 0 && k->user_id <= 0)
		return err_field(err, "user_id", "no such user");
	return found < 0 ? -1 : 0;
}

static int read_body(struct request *rq, struct api_key *k, struct err *err)
{
	static const char *const known[] = { "name", "role", "may_send",
					     "user_id", NULL };
	const char *role = NULL;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_text(body, "name", &k->name, err) < 0 ||
	    json_get_text(body, "role", &role, err) < 0 ||
	    json_get_bool(body, "may_send", &k->may_send, err) < 0 ||
	    read_owner(rq, body, k, err) < 0)
		return -1;
	if (role && !user_role_parse(role, &k->role))
		return err_field(err, "role",
				 "not one of administrator, manager, user");
	return 0;
}

int v1_keys_create(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct actor actor = v1_actor(rq);
	struct api_key k = { .role = ROLE_USER };
	char key[API_KEY_LENGTH + 1];

	if (read_body(rq, &k, err) < 0 || v1_begin(rq, &db, &tx, err) < 0 ||
	    api_key_add(&tx, &k, &actor, key, rq->arena, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	format(&k, key, &w);
	return 0;
}

int v1_keys_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	int64_t id;

	if (request_param_id(rq, "key_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    api_key_revoke(&tx, id, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
