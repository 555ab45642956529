/* The pages by which a person with a browser takes the server and signs in. */
#include "api/crm/cookie.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "http/page.h"

static void add_field(struct strbuf *out, const char *label, const char *name,
		      const char *type, const char *hint, const char *value)
{
	strbuf_addf(out,
		    "<p><label>%s<br>\n<input name=\"%s\" type=\"%s\" "
		    "autocomplete=\"%s\" required value=\"",
		    label, name, type, hint);
	strbuf_add_html(out, str_of(value));
	strbuf_addstr(out, "\"></label></p>\n");
}

static void add_error(struct strbuf *out, const struct err *err)
{
	if (err->code == ERR_NONE)
		return;
	strbuf_addstr(out, "<p role=\"alert\"><strong>");
	if (*err->field) {
		strbuf_add_html(out, str_of(err->field));
		strbuf_addstr(out, ": ");
	}
	strbuf_add_html(out, str_of(err->text));
	strbuf_addstr(out, "</strong></p>\n");
}

static int status_of(const struct err *err)
{
	return err->code == ERR_NONE       ? 200
	       : err->code == ERR_LIMIT    ? 429
	       : err->code == ERR_DENIED   ? 403
	       : err->code == ERR_CONFLICT ? 409
					   : 400;
}

/* Mistakes of the person are shown in the form; others are the server's. */
static bool is_mistake(const struct err *err)
{
	return err->code == ERR_INVALID || err->code == ERR_DENIED ||
	       err->code == ERR_LIMIT || err->code == ERR_CONFLICT;
}

/* --- set-up --- */

static void show_setup(struct response *rs, const char *token,
		       const struct user *user, const struct err *wrong)
{
	struct strbuf *out = &rs->body;

	rs->content_type = PAGE_TYPE;
	rs->status = status_of(wrong);
	response_header(rs, "Cache-Control", "no-store");
	response_header(rs, "Referrer-Policy", "no-referrer");
	page_begin(out, "Set up Muster");
	page_paragraph(out, "Become the first administrator of this server. "
			    "The link works once.");
	add_error(out, wrong);
	strbuf_addstr(out, "<form method=\"post\" action=\"/setup\">\n"
			   "<input type=\"hidden\" name=\"token\" value=\"");
	strbuf_add_html(out, str_of(token));
	strbuf_addstr(out, "\">\n");
	add_field(out, "Your name", "name", "text", "name", user->name);
	add_field(out, "Your e-mail address", "email", "email", "username",
		  user->email);
	add_field(out, "A password, at least 10 characters", "password",
		  "password", "new-password", NULL);
	strbuf_addstr(out, "<p><button>Create the administrator</button></p>\n"
			   "</form>\n");
	page_end(out);
}

static void show_closed(struct response *rs)
{
	struct strbuf *out = &rs->body;

	rs->content_type = PAGE_TYPE;
	rs->status = 403;
	page_begin(out, "This link does not work any more");
	page_paragraph(out, "Set-up links work once, and only the last one "
			    "does. If nobody is administrator yet, restart "
			    "the server: it prints a new link.");
	strbuf_addstr(out, "<p>");
	page_link(out, "/sign-in", "Sign in");
	strbuf_addstr(out, "</p>\n");
	page_end(out);
}

int page_setup(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct user nobody = { .id = 0 };
	struct err none = ERR_INIT;
	const char *token = request_query(rq, "token");
	int open;

	if (v1_db(rq, &db, err) < 0)
		return -1;
	open = setup_is_open(db, token, err);
	if (open < 0)
		return -1;
	if (open)
		show_setup(rs, token, &nobody, &none);
	else
		show_closed(rs);
	return 0;
}

int page_setup_post(struct request *rq, struct response *rs, struct err *err)
{
	const char *token = request_form(rq, "token");
	const char *password = request_form(rq, "password");
	struct user user = { .name = request_form(rq, "name"),
			     .email = request_form(rq, "email") };
	struct session session;

	if (setup_take(rq, token ? token : "", &user, password ? password : "",
		       &session, err) < 0) {
		if (!is_mistake(err))
			return -1;
		if (err->code == ERR_DENIED)
			show_closed(rs);
		else
			show_setup(rs, token, &user, err);
		return 0;
	}
	cookie_set(rq, rs, &session);
	response_redirect(rs, 303, "/");
	return 0;
}

/* --- signing in and out --- */

static void show_sign_in(struct response *rs, const char *email,
			 const struct err *wrong)
{
	struct strbuf *out = &rs->body;

	rs->content_type = PAGE_TYPE;
	rs->status = status_of(wrong);
	response_header(rs, "Cache-Control", "no-store");
	page_begin(out, "Sign in");
	add_error(out, wrong);
	strbuf_addstr(out, "<form method=\"post\" action=\"/sign-in\">\n");
	add_field(out, "E-mail address", "email", "email", "username", email);
	add_field(out, "Password", "password", "password", "current-password",
		  NULL);
	strbuf_addstr(out, "<p><button>Sign in</button></p>\n</form>\n");
	page_end(out);
}

int page_sign_in(struct request *rq, struct response *rs, struct err *err)
{
	struct err none = ERR_INIT;

	(void)rq;
	(void)err;
	show_sign_in(rs, NULL, &none);
	return 0;
}

int page_sign_in_post(struct request *rq, struct response *rs, struct err *err)
{
	const char *email = request_form(rq, "email");
	const char *password = request_form(rq, "password");
	struct session session;

	if (sign_in(rq, rs, email ? email : "", password ? password : "",
		    &session, err) < 0) {
		if (!is_mistake(err))
			return -1;
		show_sign_in(rs, email, err);
		return 0;
	}
	cookie_set(rq, rs, &session);
	response_redirect(rs, 303, "/outbox");
	return 0;
}

int page_sign_out_post(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *token = request_cookie(rq, COOKIE);

	/* the cookie is not sent by other sites' forms (SameSite) */
	if (token &&
	    (v1_begin(rq, &db, &tx, err) < 0 ||
	     session_close(&tx, token, err) < 0 || v1_commit(rq, &tx, err) < 0))
		return -1;
	cookie_clear(rq, rs);
	response_redirect(rs, 303, "/sign-in");
	return 0;
}
