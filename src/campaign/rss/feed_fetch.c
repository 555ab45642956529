#include "campaign/rss/feed_fetch.h"

#include "audience/webhook.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "campaign/rss/feed.h"
#include "campaign/rss/feed_tags.h"
#include "httpc/httpc.h"

#include <string.h>
#include <strings.h>

#define TIME_MAX_MS (20 * MS_SECOND)
#define CONNECT_MS (5 * MS_SECOND)
#define REDIRECTS_MAX 5
#define URL_MAX_BYTES 2000

static struct httpc *client_for(const char *url,
				const struct webhook_options *options)
{
	struct httpc_options o = HTTPC_OPTIONS_DEFAULT;

	o.connect_ms = CONNECT_MS;
	o.total_ms = o.stall_ms = TIME_MAX_MS;
	o.body_max = FEED_MAX;
	o.redirects = REDIRECTS_MAX;
	o.allow_private = webhook_may_be_private(options, url);
	/* Our own address may be a private one; where it sends us, not. */
	if (o.allow_private && !options->allow_private)
		o.redirects = 0;
	return httpc_new(&o);
}

static int no_feed(struct err *err, const char *why)
{
	return err_field(err, "feed_url", "There is no feed at this URL: %s",
			 why);
}

/* "text/xml; charset=iso-8859-1" */
static const char *charset_of(struct str type, struct arena *arena)
{
	static const char key[] = "charset=";
	size_t at = 0, n;

	while (at + strlen(key) < type.len &&
	       strncasecmp(type.s + at, key, strlen(key)) != 0)
		at++;
	if (at + strlen(key) >= type.len)
		return "";
	at += strlen(key);
	at += type.s[at] == '"';
	for (n = 0; at + n < type.len && !strchr("\"; \t", type.s[at + n]);)
		n++;
	return n < 40 ? arena_strndup(arena, type.s + at, n) : "";
}

int feed_fetch(const char *url, const struct webhook_options *options,
	       struct arena *arena, struct feed *out, struct err *err)
{
	static const struct httpc_header headers[] = {
		{ "Accept", "application/rss+xml, application/atom+xml, "
			    "application/xml, text/xml, */*;q=0.1" },
		{ NULL, NULL },
	};
	CLEANUP(httpc_free) struct httpc *client = client_for(url, options);
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	struct err why = ERR_INIT;
	char status[64];

	if (strlen(url) > URL_MAX_BYTES)
		return no_feed(err, "the URL is too long");
	if (httpc_send(
		    client,
		    &(struct httpc_request){ .url = url, .headers = headers },
		    &reply, &why) < 0)
		return no_feed(err, why.text);
	if (reply.status != 200) {
		(void)snprintf(status, sizeof(status), "HTTP Code: %d",
			       reply.status);
		return no_feed(err, status);
	}
	return feed_parse(
		strbuf_str(&reply.body), reply.url.buf,
		charset_of(httpc_header(&reply, "content-type"), arena), arena,
		out, err);
}

int feed_fetch_blocks(const struct texts *urls,
		      const struct webhook_options *options,
		      struct arena *arena, struct feed_blocks *out,
		      struct err *err)
{
	if (urls->n > FEED_BLOCKS_MAX)
		return err_field(err, "feed_url",
				 "A campaign reads at most %d feeds",
				 FEED_BLOCKS_MAX);
	vec_each (urls, url) {
		struct feed_block block = { .url = *url };
		struct err why = ERR_INIT;

		if (feed_fetch(*url, options, arena, &block.feed, &why) < 0)
			return err_field(err, "feed_url", "%s: %s", *url,
					 why.text);
		vec_push(out, block);
	}
	return 0;
}
