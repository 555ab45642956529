/* The first administrator, for programs; page/sign_in.c is for people. */
#include "api/crm/cookie.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"

int v1_setup(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "token", "email", "name",
					     "password", NULL };
	const char *token = NULL, *password = NULL;
	struct user user = { .id = 0 };
	struct session session;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_text(body, "token", &token, err) < 0 ||
	    json_get_text(body, "email", &user.email, err) < 0 ||
	    json_get_text(body, "name", &user.name, err) < 0 ||
	    json_get_text(body, "password", &password, err) < 0)
		return -1;
	if (setup_take(rq, token ? token : "", &user, password ? password : "",
		       &session, err) < 0)
		return -1;
	rs->status = 201;
	session_reply(rq, rs, &session);
	return 0;
}
