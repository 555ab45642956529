#include "api/mc30/webhook_url.h"

#include "api/api.h"
#include "audience/webhook.h"
#include "base/arena.h"
#include "base/err.h"
#include "http/auth.h"

#include <string.h>

#define HIDDEN "..."

const char *mc_webhook_url(const struct request *rq, const char *url)
{
	size_t scheme = strcspn(url, ":");
	const char *host = url + scheme, *at;
	size_t len;

	if (auth_permits(&rq->caller, PERMIT_ADMIN))
		return url;
	host += strspn(host, ":/");
	len = strcspn(host, "/?#");
	at = memrchr(host, '@', len);
	if (at) {
		len -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	return arena_printf(rq->arena, "%.*s://%.*s/" HIDDEN, (int)scheme, url,
			    (int)len, host);
}

int mc_webhook_check_url(const struct request *rq, const json_t *body,
			 struct err *err)
{
	const char *url = NULL;

	if (json_get_text(body, "url", &url, err) < 0)
		return -1;
	if (!url || !*url)
		return 0;
	if (str_ends(str_of(url), "/" HIDDEN))
		return err_field(err, "url",
				 "This is only the visible part of a URL. "
				 "Leave it out to keep it");
	return webhook_check_url(url, api_of(rq)->webhooks, err);
}
