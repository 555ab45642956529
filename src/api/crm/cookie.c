#include "api/crm/cookie.h"

#include "api/crm/v1.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

static const char *secure(const struct request *rq)
{
	const char *url = api_of(rq)->public_url;

	return url && str_starts(str_of(url), "https:") ? "; Secure" : "";
}

void cookie_set(const struct request *rq, struct response *rs,
		const struct session *session)
{
	response_header(rs, "Set-Cookie",
			arena_printf(rq->arena,
				     COOKIE "=%s; Path=/; HttpOnly; "
					    "SameSite=Lax; Max-Age=2592000%s",
				     session->token, secure(rq)));
	response_header(rs, "Set-Cookie",
			arena_printf(rq->arena,
				     DEVICE_COOKIE
				     "=%s; Path=/; HttpOnly; SameSite=Lax; "
				     "Max-Age=%d%s",
				     session->device, DEVICE_DAYS * 24 * 3600,
				     secure(rq)));
	response_header(rs, "Cache-Control", "no-store");
}

void cookie_clear(const struct request *rq, struct response *rs)
{
	response_header(rs, "Set-Cookie",
			arena_printf(rq->arena,
				     COOKIE "=; Path=/; HttpOnly; "
					    "SameSite=Lax; Max-Age=0%s",
				     secure(rq)));
}

void retry_after(const struct request *rq, struct response *rs, int64_t wait_ms)
{
	response_header(rs, "Retry-After",
			arena_printf(rq->arena, "%lld",
				     (long long)(wait_ms / MS_SECOND + 1)));
}

int sign_in(struct request *rq, struct response *rs, const char *email,
	    const char *password, struct session *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct actor actor = v1_actor(rq);
	struct sign_in in = { .email = email,
			      .password = password,
			      .device = request_cookie(rq, DEVICE_COOKIE) };
	int64_t wait_ms = 0;

	if (v1_db(rq, &db, err) < 0)
		return -1;
	if (session_sign_in(db, &in, &actor, rq->arena, out, &wait_ms, err) ==
	    0)
		return 0;
	if (err->code == ERR_LIMIT)
		retry_after(rq, rs, wait_ms);
	return -1;
}
