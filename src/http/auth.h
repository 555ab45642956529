/*
 * http/auth.h - who asks: credentials of a request, and the rights of routes
 *
 * Keys come as `Authorization: Basic any:KEY`, `Bearer KEY`, `apikey KEY`,
 * `OAuth KEY`, or, of Mailchimp's API only, `?apikey=KEY` (the header wins;
 * both and different is an error). Browsers come with the cookie
 * `muster_session`, and send the session's token in X-CSRF-Token with anything
 * but GET and HEAD. What a key or a session is worth is known to the callback
 * that app/ gives.
 *
 * Whoever wants to see a page without any credentials is sent to the page to
 * sign in. WWW-Authenticate is for programs: a browser would ask for a password
 * in a box of its own, which knows nothing of our sessions.
 */
#ifndef HTTP_AUTH_H
#define HTTP_AUTH_H

#include "http/router.h"

struct credentials {
	const char *key;     /* NULL: none given */
	const char *session; /* value of the cookie; NULL if none, or a key */
	const char *client_ip;
	int64_t now_ms;
	struct arena *arena; /* for the strings of *out */
};

/*
 * Returns 1 and *out, 0 if the credentials are worth nothing, or -1. Called
 * on a worker, may use the database. For a session it sets
 * out->by_session and out->csrf.
 */
typedef int (*authenticate_fn)(void *context, const struct credentials *in,
			       struct caller *out, struct err *err);

/*
 * May this caller use such a route? The meaning of caller.role is that of
 * enum user_role: 1 administrator, 2 manager, 3 user.
 */
bool auth_permits(const struct caller *caller, enum permission permission);

/* As far as one can tell by the request. */
bool auth_is_browser(const struct request *rq);
/* Somebody reads the answer in a browser: it is to be a page, whatever part of
 * the path space it is of. */
bool auth_is_navigation(const struct request *rq);
/* The key of the header: 1, 0: none, -1: it cannot be read. */
int auth_key(const struct request *rq, const char **out);
/* It came with a key, right or wrong. */
bool auth_has_key(const struct request *rq);

/*
 * Finds out who asks and whether they may. Returns 0 with rq->caller filled
 * (left empty for public routes), or -1 with err; err.title says which of the
 * cases it was, for http/problem.c.
 */
int auth_check(struct request *rq, enum permission permission,
	       authenticate_fn authenticate, void *context, struct err *err);

/* Where a reader of pages signs in; ?to=PATH leads back. */
#define AUTH_SIGN_IN_PATH "/sign-in"

#define AUTH_TITLE_MISSING "API Key Missing"
#define AUTH_TITLE_INVALID "API Key Invalid"

#endif
