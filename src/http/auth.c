#include "http/auth.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "http/exchange.h"

#include <string.h>

enum { ROLE_ADMINISTRATOR = 1, ROLE_MANAGER, ROLE_USER };

bool auth_permits(const struct caller *caller, enum permission permission)
{
	switch (permission) {
	case PERMIT_PUBLIC:
		return true;
	case PERMIT_READ:
	case PERMIT_WRITE:
		return caller->role >= ROLE_ADMINISTRATOR &&
		       caller->role <= ROLE_USER;
	case PERMIT_MARKET:
		return caller->role == ROLE_ADMINISTRATOR ||
		       caller->role == ROLE_MANAGER;
	case PERMIT_SEND:
		return caller->may_send || caller->role == ROLE_ADMINISTRATOR;
	case PERMIT_ADMIN:
		return caller->role == ROLE_ADMINISTRATOR;
	}
	return false;
}

/* The password of any:KEY; NULL if it is not that. */
static const char *basic_key(struct str encoded, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct str text;

	if (!base64_decode(str_trim(encoded), &plain))
		return NULL;
	text = strbuf_str(&plain);
	(void)str_cut(&text, ':');
	if (!text.s || memchr(text.s, 0, text.len))
		return NULL;
	return arena_str(arena, text);
}

/* 1 and the key, 0 no such header, -1 one that cannot be read. */
static int header_key(const struct request *rq, const char **out)
{
	const char *header = request_header(rq, "Authorization");
	struct str rest = str_trim(str_of(header)), scheme;

	if (!header)
		return 0;
	scheme = str_cut(&rest, ' ');
	rest = str_trim(rest);
	if (str_ieq(scheme, "basic")) {
		*out = basic_key(rest, rq->arena);
		return *out ? 1 : -1;
	}
	if (!str_ieq(scheme, "bearer") && !str_ieq(scheme, "apikey") &&
	    !str_ieq(scheme, "oauth"))
		return -1;
	*out = arena_str(rq->arena, rest);
	return 1;
}

static bool is_mailchimp(const struct request *rq)
{
	return rq->private->dialect == DIALECT_MAILCHIMP;
}

static int invalid(const struct request *rq, struct err *err)
{
	return err_title(err, ERR_DENIED, AUTH_TITLE_INVALID, "%s",
			 is_mailchimp(rq)
				 ? "Your API key may be invalid, or you've "
				   "attempted to access the wrong datacenter."
				 : "The key or the session is not valid");
}

static int missing(const struct request *rq, struct err *err)
{
	if (!is_mailchimp(rq) && request_query(rq, "apikey"))
		return err_title(err, ERR_DENIED, AUTH_TITLE_MISSING,
				 "A key in the address ends in logs: send it "
				 "in the header Authorization");
	return err_title(err, ERR_DENIED, AUTH_TITLE_MISSING, "%s",
			 is_mailchimp(rq)
				 ? "Your request did not include an API key."
				 : "Sign in, or send a key");
}

int auth_key(const struct request *rq, const char **out)
{
	return header_key(rq, out);
}

static int find_key(const struct request *rq, const char **out, struct err *err)
{
	/* a part of Mailchimp's contract; what stands in addresses is logged */
	const char *query =
		is_mailchimp(rq) ? request_query(rq, "apikey") : NULL;
	int found = header_key(rq, out);

	if (found < 0)
		return invalid(rq, err);
	if (!found && query && *query) {
		*out = query;
		return 1;
	}
	if (found && query && strcmp(query, *out) != 0)
		return err_title(err, ERR_DENIED, AUTH_TITLE_INVALID,
				 "The API key included in the query parameters "
				 "is not consistent with the Authorization "
				 "header. Please provide authorization using a "
				 "single method.");
	return found;
}

/* A page of somebody else can make a browser send our cookie, but not read
 * the token that belongs to it. */
static bool csrf_is_right(const struct request *rq, const struct caller *caller)
{
	const char *token = request_header(rq, "X-CSRF-Token");

	if (rq->method == HTTP_GET || rq->method == HTTP_HEAD)
		return true;
	return token && caller->csrf && *token &&
	       strlen(token) == strlen(caller->csrf) &&
	       crypto_equal(token, caller->csrf, strlen(token));
}

bool auth_is_browser(const struct request *rq)
{
	const char *accept = request_header(rq, "Accept");

	return request_header(rq, "Sec-Fetch-Site") ||
	       request_header(rq, "X-CSRF-Token") ||
	       request_cookie(rq, "muster_session") ||
	       (accept && strstr(accept, "text/html"));
}

bool auth_has_key(const struct request *rq)
{
	const char *query = request_query(rq, "apikey");

	return request_header(rq, "Authorization") || (query && *query);
}

bool auth_is_navigation(const struct request *rq)
{
	const char *mode = request_header(rq, "Sec-Fetch-Mode");
	const char *accept = request_header(rq, "Accept");

	if ((rq->method != HTTP_GET && rq->method != HTTP_HEAD) ||
	    auth_has_key(rq) || (mode && strcmp(mode, "navigate") != 0))
		return false;
	return accept && strstr(accept, "text/html");
}

static int identify(struct request *rq, authenticate_fn authenticate,
		    void *context, struct err *err)
{
	struct credentials in = { .client_ip = rq->client_ip,
				  .now_ms = rq->now_ms,
				  .arena = rq->arena };
	struct caller caller = { .user_id = 0 };
	int found = find_key(rq, &in.key, err);

	if (found < 0)
		return -1;
	if (!found)
		in.session = request_cookie(rq, "muster_session");
	if (!in.key && !in.session)
		return missing(rq, err);
	found = authenticate ? authenticate(context, &in, &caller, err) : 0;
	if (found < 0)
		return -1;
	if (!found)
		return invalid(rq, err);
	if (caller.by_session && !csrf_is_right(rq, &caller))
		return err_set(err, ERR_DENIED,
			       "The header X-CSRF-Token is missing or wrong");
	rq->caller = caller;
	return 0;
}

int auth_check(struct request *rq, enum permission permission,
	       authenticate_fn authenticate, void *context, struct err *err)
{
	if (permission == PERMIT_PUBLIC)
		return 0;
	if (identify(rq, authenticate, context, err) < 0)
		return -1;
	if (!auth_permits(&rq->caller, permission))
		return err_set(err, ERR_DENIED,
			       "You have no right to do this; an administrator "
			       "can give it to you");
	return 0;
}
