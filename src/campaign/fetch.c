#include "campaign/fetch.h"

#include "audience/webhook.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TIME_MAX_MS (20 * MS_SECOND)
#define CONNECT_MS (5 * MS_SECOND)
#define REDIRECTS_MAX 5
#define URL_MAX 2000
#define CHARSET_MAX 40

static struct httpc *client_for(const char *url,
				const struct webhook_options *options)
{
	struct httpc_options o = HTTPC_OPTIONS_DEFAULT;

	o.connect_ms = CONNECT_MS;
	o.total_ms = o.stall_ms = TIME_MAX_MS;
	o.body_max = FETCH_MAX;
	o.redirects = REDIRECTS_MAX;
	o.allow_private = webhook_may_be_private(options, url);
	/* Our own address may be a private one; where it sends us, not. */
	if (o.allow_private && !options->allow_private)
		o.redirects = 0;
	return httpc_new(&o);
}

int fetch_url(const char *url, const char *accept,
	      const struct webhook_options *options,
	      struct httpc_response *reply, struct err *err)
{
	CLEANUP(httpc_free) struct httpc *client = client_for(url, options);
	const struct httpc_header headers[] = {
		{ accept ? "Accept" : NULL, accept },
		{ NULL, NULL },
	};

	if (strlen(url) > URL_MAX)
		return err_set(err, ERR_INVALID, "the URL is too long");
	if (httpc_send(
		    client,
		    &(struct httpc_request){ .url = url, .headers = headers },
		    reply, err) < 0)
		return -1;
	if (reply->status != 200)
		return err_set(err, ERR_INVALID, "HTTP Code: %d",
			       reply->status);
	return 0;
}

static bool is_of_charset(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("-_:.", c));
}

struct str fetch_charset(const struct httpc_response *reply)
{
	static const char key[] = "charset=";
	struct str type = httpc_header(reply, "content-type");
	size_t at = 0, n = 0;

	while (at + strlen(key) < type.len &&
	       strncasecmp(type.s + at, key, strlen(key)) != 0)
		at++;
	if (at + strlen(key) >= type.len)
		return STR("");
	at += strlen(key);
	at += type.s[at] == '"';
	while (at + n < type.len && n < CHARSET_MAX &&
	       is_of_charset(type.s[at + n]))
		n++;
	return (struct str){ type.s + at, n };
}
