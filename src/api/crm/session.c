/* Signing in and out. */
#include "crm/user/session.h"
#include "api/crm/cookie.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "http/auth.h"

static void add_user(struct json_writer *w, const struct user *user)
{
	json_key_int(w, "user_id", user->id);
	json_key_text(w, "name", user->name);
	json_key_text(w, "role", user_role_name(user->role));
	json_key_bool(w, "may_send", user->may_send);
}

void session_reply(struct request *rq, struct response *rs,
		   const struct session *session)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	cookie_set(rq, rs, session);
	json_begin_object(&w);
	add_user(&w, &session->user);
	json_key_text(&w, "csrf_token", session->csrf);
	json_key_time(&w, "expires_at", session->expires_ms);
	json_end_object(&w);
}

int v1_session_create(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "email", "password", NULL };
	const char *email = NULL, *password = NULL;
	struct session session;
	const json_t *body;

	if (v1_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_text(body, "email", &email, err) < 0 ||
	    json_get_text(body, "password", &password, err) < 0)
		return -1;
	if (!email)
		return err_field(err, "email", "missing");
	if (!password)
		return err_field(err, "password", "missing");
	if (sign_in(rq, rs, email, password, &session, err) < 0)
		return err->code == ERR_DENIED
			       ? err_title(err, ERR_DENIED, AUTH_TITLE_INVALID,
					   "wrong address or password")
			       : -1;
	session_reply(rq, rs, &session);
	return 0;
}

int v1_session_delete(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *token = request_cookie(rq, COOKIE);

	if (token && rq->caller.by_session &&
	    (v1_begin(rq, &db, &tx, err) < 0 ||
	     session_close(&tx, token, err) < 0 || v1_commit(rq, &tx, err) < 0))
		return -1;
	cookie_clear(rq, rs);
	response_empty(rs, 204);
	return 0;
}
