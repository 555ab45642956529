/*
 * OAuth 2.0 as Mailchimp's clients speak it (RFC 6749, authorisation code): the
 * page where a user lets a program in, the exchange of a code for a token, and
 * whom a token is of, which tells clients where the API is.
 * Handlers; any worker.
 */
#include "crm/user/oauth.h"
#include "api/api.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "crm/user/identity.h"
#include "http/auth.h"
#include "http/page.h"
#include "store/store.h"

#include <string.h>

static int crm(const struct request *rq, struct db **out, struct err *err)
{
	return store_get(api_of(rq)->store, STORE_CRM, out, err);
}

/* --- the page --- */

/* What a program asks for, by query or by the page's form. */
struct asked {
	struct oauth_app app;
	const char *state; /* NULL: none */
};

static const char *given(struct request *rq, const char *name)
{
	return rq->method == HTTP_POST ? request_form(rq, name)
				       : request_query(rq, name);
}

/*
 * Nobody is sent anywhere before it is known that the program is ours, and the
 * address its own (RFC 6749, 4.1.2.1).
 */
static int read_asked(struct request *rq, struct db *db, struct asked *out,
		      struct err *err)
{
	const char *client = given(rq, "client_id");
	const char *uri = given(rq, "redirect_uri");
	const char *type = given(rq, "response_type");
	int found = oauth_app_find(db, client ? client : "", rq->arena,
				   &out->app, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return err_field(err, "client_id",
				 "no program is known by this; an "
				 "administrator makes it known");
	if (uri && *uri && strcmp(uri, out->app.redirect_uri) != 0)
		return err_field(err, "redirect_uri",
				 "is not the address of this program");
	if (!type || strcmp(type, "code") != 0)
		return err_field(err, "response_type", "should be code");
	out->state = given(rq, "state");
	return 0;
}

/* A form may lead there, once it was answered. */
static void allow_leaving_to(const struct request *rq, const char *uri,
			     struct response *rs)
{
	size_t host = strcspn(uri, ":") + strlen("://");
	size_t end = host + strcspn(uri + host, "/?");

	response_header(
		rs, "Content-Security-Policy",
		arena_printf(rq->arena,
			     "default-src 'none'; style-src 'unsafe-inline'; "
			     "form-action 'self' %.*s; frame-ancestors 'none'; "
			     "base-uri 'none'",
			     (int)end, uri));
	response_header(rs, "Cache-Control", "no-store");
}

static void add_field(struct strbuf *out, const char *name, const char *value)
{
	strbuf_addf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	strbuf_add_html(out, str_of(value ? value : ""));
	strbuf_addstr(out, "\">\n");
}

static void add_form(const struct request *rq, const struct asked *a,
		     struct strbuf *out)
{
	strbuf_addstr(out, "<form method=\"post\" action=\"authorize\">\n");
	add_field(out, "client_id", a->app.client_id);
	add_field(out, "redirect_uri", a->app.redirect_uri);
	add_field(out, "response_type", "code");
	if (a->state)
		add_field(out, "state", a->state);
	add_field(out, "csrf_token", rq->caller.csrf);
	strbuf_addstr(out, "<p><button type=\"submit\" name=\"answer\" "
			   "value=\"yes\">Let it in</button> "
			   "<button type=\"submit\" name=\"answer\" "
			   "value=\"no\">No</button></p>\n</form>\n");
}

int page_oauth_authorize(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct asked a;

	if (crm(rq, &db, err) < 0 || read_asked(rq, db, &a, err) < 0)
		return -1;
	if (!rq->caller.by_session)
		return err_set(err, ERR_DENIED,
			       "a user who is signed in lets programs in");
	rs->content_type = PAGE_TYPE;
	allow_leaving_to(rq, a.app.redirect_uri, rs);
	page_begin(&rs->body,
		   arena_printf(rq->arena, "Let %s in?", a.app.name));
	page_paragraph(&rs->body,
		       arena_printf(rq->arena,
				    "It will see and do in your name, %s, all "
				    "that you may: people, audiences, "
				    "campaigns%s. You, or an administrator, "
				    "can take that back at any time (Settings, "
				    "keys).",
				    rq->caller.name ? rq->caller.name : "",
				    rq->caller.may_send ? ", sending" : ""));
	page_paragraph(&rs->body,
		       arena_printf(rq->arena, "You will be sent to %s",
				    a.app.redirect_uri));
	add_form(rq, &a, &rs->body);
	page_end(&rs->body);
	return 0;
}

static void send_back(const struct request *rq, const struct asked *a,
		      const char *name, const char *value, struct response *rs)
{
	CLEANUP(strbuf_release) struct strbuf to = STRBUF_INIT;

	strbuf_addf(&to, "%s%c%s=%s", a->app.redirect_uri,
		    strchr(a->app.redirect_uri, '?') ? '&' : '?', name, value);
	if (a->state) {
		strbuf_addstr(&to, "&state=");
		strbuf_add_url(&to, str_of(a->state));
	}
	response_redirect(rs, 302, arena_str(rq->arena, strbuf_str(&to)));
}

/* The token of the session comes in the form, which is read only after rights
 * are checked; so that is done here. 1, 0, -1. */
static int sign_in(struct request *rq, struct db *db, struct actor *out,
		   struct err *err)
{
	struct identity_claim claim = {
		.session = request_cookie(rq, "muster_session"),
		.now_ms = rq->now_ms,
	};
	const char *csrf = request_form(rq, "csrf_token");
	struct identity id = { .user_id = 0 };
	int found = identity_find(db, &claim, api_of(rq)->last_use, rq->arena,
				  &id, err);

	if (found <= 0 || !id.by_session)
		return found < 0 ? -1 : 0;
	*out = (struct actor){ .user_id = id.user_id,
			       .name = id.name,
			       .ip = rq->client_ip,
			       .now_ms = rq->now_ms };
	return csrf && strlen(csrf) == strlen(id.csrf) &&
	       crypto_equal(csrf, id.csrf, strlen(csrf));
}

int page_oauth_authorize_post(struct request *rq, struct response *rs,
			      struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *answer = request_form(rq, "answer");
	char code[OAUTH_CODE_HEX + 1];
	struct actor actor;
	struct asked a;
	int found;

	if (crm(rq, &db, err) < 0)
		return -1;
	found = sign_in(rq, db, &actor, err);
	if (found <= 0)
		return found < 0 ? -1
				 : err_set(err, ERR_DENIED,
					   "a user who is signed in lets "
					   "programs in, on our page");
	if (tx_begin(db, &tx, err) < 0 || read_asked(rq, db, &a, err) < 0)
		return -1;
	allow_leaving_to(rq, a.app.redirect_uri, rs);
	if (!answer || strcmp(answer, "yes") != 0) {
		send_back(rq, &a, "error", "access_denied", rs);
		return 0;
	}
	if (oauth_code_make(&tx, a.app.id, &actor, code, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	send_back(rq, &a, "code", code, rs);
	return 0;
}

/* --- the token --- */

static int refuse(struct response *rs, const char *error)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	rs->status = strcmp(error, "invalid_client") == 0 ? 401 : 400;
	json_begin_object(&w);
	json_key_text(&w, "error", error);
	json_end_object(&w);
	return 0;
}

static void write_token(const char *key, struct response *rs)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	json_begin_object(&w);
	json_key_text(&w, "access_token", key);
	json_key_text(&w, "token_type", "bearer");
	json_key_int(&w, "expires_in", 0); /* until it is revoked */
	json_key(&w, "scope");
	json_nothing(&w);
	json_end_object(&w);
}

int page_oauth_token(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *type = request_form(rq, "grant_type");
	const struct oauth_exchange in = {
		.client_id = request_form(rq, "client_id"),
		.secret = request_form(rq, "client_secret"),
		.code = request_form(rq, "code"),
		.redirect_uri = request_form(rq, "redirect_uri"),
	};
	char key[API_KEY_LENGTH + 1];
	const char *error;
	int found;

	response_header(rs, "Cache-Control", "no-store");
	if (!type || strcmp(type, "authorization_code") != 0)
		return refuse(rs, "unsupported_grant_type");
	if (crm(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0)
		return -1;
	found = oauth_exchange(&tx, &in, rq->now_ms, key, &error, rq->arena,
			       err);
	if (found < 0 || tx_commit(&tx, err) < 0)
		return -1;
	if (found == 0)
		return refuse(rs, error);
	write_token(key, rs);
	return 0;
}

/* --- whom a token is of --- */

static void write_login(const struct user *user, struct json_writer *w)
{
	json_key_begin_object(w, "login");
	json_key_text(w, "email", user->email);
	json_key(w, "avatar");
	json_nothing(w);
	json_key_int(w, "login_id", user->id);
	json_key_text(w, "login_name", user->name);
	json_key_text(w, "login_email", user->email);
	json_end_object(w);
}

static void write_metadata(const struct request *rq, const struct identity *id,
			   const struct user *user, struct response *rs)
{
	const char *url = api_of(rq)->public_url;
	struct json_writer w = JSON_WRITER(&rs->body);

	json_begin_object(&w);
	json_key_text(&w, "dc", "us1");
	json_key_text(&w, "role",
		      id->role == ROLE_ADMINISTRATOR ? "owner"
		      : id->role == ROLE_MANAGER     ? "manager"
						     : "viewer");
	json_key_text(&w, "accountname", api_of(rq)->organisation);
	json_key_int(&w, "user_id", id->user_id);
	write_login(user, &w);
	json_key_text(&w, "login_url", url);
	json_key_text(&w, "api_endpoint", url);
	json_end_object(&w);
}

/* Clients look at `error`, not at the status. */
int page_oauth_metadata(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct identity_claim claim = { .now_ms = rq->now_ms };
	struct identity id = { .user_id = 0 };
	struct user user = { .email = "", .name = "" };
	int found = 0;

	response_header(rs, "Cache-Control", "no-store");
	if (crm(rq, &db, err) < 0)
		return -1;
	if (auth_key(rq, &claim.key) > 0)
		found = identity_find(db, &claim, api_of(rq)->last_use,
				      rq->arena, &id, err);
	if (found > 0 && id.user_id &&
	    user_get(db, id.user_id, rq->arena, &user, err) < 0)
		return -1;
	if (found < 0)
		return -1;
	if (found > 0) {
		write_metadata(rq, &id, &user, rs);
		return 0;
	}
	(void)refuse(rs, "invalid_token");
	rs->status = 200;
	return 0;
}
