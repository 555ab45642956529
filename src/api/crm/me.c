/* Who asks, and what they change of themselves. Handlers; any worker. */
#include "api/crm/cookie.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/crypto.h"
#include "base/err.h"

#include <string.h>

static int write_me(const struct request *rq, struct db *db,
		    struct json_writer *w, struct err *err)
{
	const struct caller *caller = &rq->caller;
	struct user user = { .name = caller->name };

	if (caller->user_id &&
	    user_get(db, caller->user_id, rq->arena, &user, err) < 0)
		return -1;
	json_begin_object(w);
	json_key_id(w, "user_id", caller->user_id);
	/* of a key, its own name tells more */
	json_key_text(w, "name", caller->by_session ? user.name : caller->name);
	json_key_text(w, "email", user.email);
	json_key_text(w, "role", user_role_name((enum user_role)caller->role));
	json_key_bool(w, "may_send", caller->may_send);
	json_key_text(w, "csrf_token",
		      caller->by_session ? caller->csrf : NULL);
	json_end_object(w);
	return 0;
}

int v1_me(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (v1_db(rq, &db, err) < 0)
		return -1;
	return write_me(rq, db, &w, err);
}

/* --- changing it --- */

struct change {
	const char *name, *email, *password; /* NULL: stays */
	const char *current;
	struct strbuf hash; /* of the new password */
};

static int read_change(struct request *rq, struct change *c, struct err *err)
{
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_text(body, "name", &c->name, err) < 0 ||
	    json_get_text(body, "email", &c->email, err) < 0 ||
	    json_get_text(body, "password", &c->password, err) < 0 ||
	    json_get_text(body, "current_password", &c->current, err) < 0)
		return -1;
	return c->password ? user_check_password(c->password, err) : 0;
}

/* Whoever finds a browser open must not be able to take the account over. */
static int prove(struct request *rq, struct response *rs, struct db *db,
		 const struct user *user, const struct change *c,
		 struct err *err)
{
	struct actor actor = v1_actor(rq);
	struct sign_in in = { .email = user->email,
			      .password = c->current,
			      .device = request_cookie(rq, DEVICE_COOKIE) };
	int64_t wait_ms = 0;

	if (!c->password && (!c->email || strcmp(c->email, user->email) == 0))
		return 0;
	if (!c->current)
		return err_field(err, "current_password",
				 "give your present password");
	if (session_prove(db, &in, &actor, rq->arena, &wait_ms, err) == 0)
		return 0;
	if (err->code == ERR_LIMIT)
		retry_after(rq, rs, wait_ms);
	return err->code == ERR_DENIED
		       ? err_field(err, "current_password",
				   "this is not your present password")
		       : -1;
}

static int save(struct request *rq, struct db *db, const struct change *c,
		struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct user before, user;

	if (tx_begin(db, &tx, err) < 0 ||
	    user_lock(&tx, rq->caller.user_id, rq->arena, &before, err) < 0)
		return -1;
	user = before;
	if (c->name)
		user.name = c->name;
	if (c->email)
		user.email = c->email;
	if (user_update_self(
		    &tx, &before, &user, c->password ? c->hash.buf : NULL,
		    request_cookie(rq, COOKIE), &actor, rq->arena, err) < 0)
		return -1;
	return v1_commit(rq, &tx, err);
}

static int change(struct request *rq, struct response *rs, struct change *c,
		  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct user user;

	if (read_change(rq, c, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    user_get(db, rq->caller.user_id, rq->arena, &user, err) < 0 ||
	    prove(rq, rs, db, &user, c, err) < 0 ||
	    (c->password && password_hash(c->password, &c->hash, err) < 0) ||
	    save(rq, db, c, err) < 0)
		return -1;
	return write_me(rq, db, &w, err);
}

int v1_me_patch(struct request *rq, struct response *rs, struct err *err)
{
	struct change c = { .hash = STRBUF_INIT };
	int ret;

	if (!rq->caller.by_session)
		return err_set(err, ERR_DENIED,
			       "a key has no profile: sign in to change yours");
	ret = change(rq, rs, &c, err);
	strbuf_release(&c.hash);
	return ret;
}
