/* The first administrator. */
#include "api/crm/cookie.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/crypto.h"
#include "base/err.h"

static int must_be_open(struct db *db, const char *token, struct err *err)
{
	int open = setup_is_open(db, token, err);

	if (open != 0)
		return open < 0 ? -1 : 0;
	return err_set(err, ERR_DENIED,
		       "this set-up link is used or not the last one");
}

int v1_setup_check(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	const char *token = NULL;
	const json_t *body;

	if (v1_json(rq, &body, err) < 0 ||
	    json_get_text(body, "token", &token, err) < 0 ||
	    v1_db(rq, &db, err) < 0 || must_be_open(db, token, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

/* Consumes the link's token, makes the administrator, opens their session. */
static int take(struct request *rq, const char *token, struct user *user,
		const char *password, struct session *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf hash = STRBUF_INIT;
	struct actor actor = v1_actor(rq);

	/* strangers must not make us hash passwords */
	if (user_check_password(password, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    must_be_open(db, token, err) < 0)
		return -1;
	if (password_hash(password, &hash, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    setup_finish(&tx, token, user, hash.buf, &actor, rq->arena, err) <
		    0 ||
	    session_open(&tx, user, &actor, out, err) < 0)
		return -1;
	return v1_commit(rq, &tx, err);
}

int v1_setup(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "token", "email", "name",
					     "password", NULL };
	const char *token = NULL, *password = NULL;
	struct user user = { .id = 0 };
	struct session session;
	const json_t *body;

	if (v1_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_text(body, "token", &token, err) < 0 ||
	    json_get_text(body, "email", &user.email, err) < 0 ||
	    json_get_text(body, "name", &user.name, err) < 0 ||
	    json_get_text(body, "password", &password, err) < 0)
		return -1;
	if (take(rq, token ? token : "", &user, password ? password : "",
		 &session, err) < 0)
		return -1;
	rs->status = 201;
	session_reply(rq, rs, &session);
	return 0;
}
