/*
 * api/crm/cookie.h - the cookie of a session
 *
 * HttpOnly: no script reads it. SameSite=Lax: other sites' forms come without
 * it. Secure when the public URL is https.
 */
#ifndef API_CRM_COOKIE_H
#define API_CRM_COOKIE_H

#include "api/api.h"
#include "crm/user/session.h"

#define COOKIE "muster_session"

#define DEVICE_COOKIE "muster_device" /* crm/user/device.h */

void cookie_set(const struct request *rq, struct response *rs,
		const struct session *session);
/* Signs in; on ERR_LIMIT the reply says when to try again. */
int sign_in(struct request *rq, struct response *rs, const char *email,
	    const char *password, struct session *out, struct err *err);
/* Says in the reply when to try again. */
void retry_after(const struct request *rq, struct response *rs,
		 int64_t wait_ms);
void cookie_clear(const struct request *rq, struct response *rs);

/* The reply of a sign-in: cookie and body. */
void session_reply(struct request *rq, struct response *rs,
		   const struct session *session);

#endif
