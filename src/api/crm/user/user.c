/* Users, for administrators. */
#include "crm/user/user.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/crypto.h"
#include "base/err.h"

static void format(const struct user *u, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", u->id);
	json_key_text(w, "email", u->email);
	json_key_text(w, "name", u->name);
	json_key_text(w, "role", user_role_name(u->role));
	json_key_bool(w, "may_send", u->may_send);
	json_key_bool(w, "has_password", u->has_password);
	json_key_bool(w, "disabled", u->disabled_ms != 0);
	json_key_time(w, "created_at", u->created_ms);
	json_key_time(w, "updated_at", u->updated_ms);
	json_end_object(w);
}

static void reply(const struct request *rq, struct response *rs,
		  const struct user *u)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	format(u, &w);
	v1_etag(rq, rs, strbuf_str(&rs->body));
}

static int check_match(const struct request *rq, const struct user *u,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&shown);

	format(u, &w);
	return v1_if_match(rq, strbuf_str(&shown), err);
}

/* Hashing takes long (130 ms): it is done before the user is read. *hash is
 * left empty if the body has no password. */
static int read_password(const json_t *body, struct strbuf *hash,
			 struct err *err)
{
	const char *password = NULL;

	if (json_get_text(body, "password", &password, err) < 0)
		return -1;
	if (!password)
		return 0;
	if (user_check_password(password, err) < 0)
		return -1;
	return password_hash(password, hash, err);
}

static int read_body(struct request *rq, const json_t **body,
		     struct strbuf *hash, struct err *err)
{
	static const char *const known[] = { "email",    "name",     "role",
					     "may_send", "password", "disabled",
					     NULL };

	if (request_json(rq, body, err) < 0 || v1_only(*body, known, err) < 0)
		return -1;
	return read_password(*body, hash, err);
}

/* What stands in the body becomes members of *u. */
static int read_user(const struct request *rq, const json_t *body,
		     struct user *u, struct err *err)
{
	bool disabled = u->disabled_ms != 0;
	bool was_administrator = u->role == ROLE_ADMINISTRATOR;
	const char *role = NULL;

	if (json_get_text(body, "email", &u->email, err) < 0 ||
	    json_get_text(body, "name", &u->name, err) < 0 ||
	    json_get_text(body, "role", &role, err) < 0 ||
	    json_get_bool(body, "may_send", &u->may_send, err) < 0 ||
	    json_get_bool(body, "disabled", &disabled, err) < 0)
		return -1;
	if (role && !user_role_parse(role, &u->role))
		return err_field(err, "role",
				 "not one of administrator, manager, user");
	/* it came with the role: nobody gave it */
	if (was_administrator && u->role != ROLE_ADMINISTRATOR &&
	    !json_object_get(body, "may_send"))
		u->may_send = false;
	if (disabled != (u->disabled_ms != 0))
		u->disabled_ms = disabled ? rq->now_ms : 0;
	return 0;
}

int v1_users_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct users users = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (v1_db(rq, &db, err) < 0 ||
	    user_list(db, rq->arena, &users, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&users, u)
		format(u, &w);
	v1_list_end(&w, (int64_t)users.n, NULL);
	return 0;
}

int v1_users_create(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf hash = STRBUF_INIT;
	struct actor actor = v1_actor(rq);
	struct user u = { .role = ROLE_USER };
	const json_t *body;

	if (read_body(rq, &body, &hash, err) < 0 ||
	    read_user(rq, body, &u, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    user_add(&tx, &u, hash.len ? hash.buf : NULL, &actor, rq->arena,
		     err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	rs->status = 201;
	reply(rq, rs, &u);
	return 0;
}

int v1_users_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct user u;
	int64_t id;

	if (request_param_id(rq, "user_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 || user_get(db, id, rq->arena, &u, err) < 0)
		return -1;
	reply(rq, rs, &u);
	return 0;
}

int v1_users_patch(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf hash = STRBUF_INIT;
	struct actor actor = v1_actor(rq);
	struct user before, u;
	const json_t *body;
	int64_t id;

	if (request_param_id(rq, "user_id", &id, err) < 0 ||
	    read_body(rq, &body, &hash, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    user_lock(&tx, id, rq->arena, &before, err) < 0 ||
	    check_match(rq, &before, err) < 0)
		return -1;
	u = before;
	if (read_user(rq, body, &u, err) < 0 ||
	    user_update(&tx, &before, &u, hash.len ? hash.buf : NULL, &actor,
			rq->arena, err) < 0 ||
	    user_get(db, id, rq->arena, &u, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	reply(rq, rs, &u);
	return 0;
}

int v1_users_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct user before;
	int64_t id;

	if (request_param_id(rq, "user_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    user_lock(&tx, id, rq->arena, &before, err) < 0 ||
	    check_match(rq, &before, err) < 0 ||
	    user_remove(&tx, id, &actor, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
