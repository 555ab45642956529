#include "campaign/rss/feed_fetch.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "campaign/fetch.h"
#include "campaign/rss/feed.h"
#include "campaign/rss/feed_tags.h"

/* There may be one, if it is only that we do not look. */
static int no_feed(struct err *err, const struct err *why)
{
	if (why->code == ERR_DENIED)
		return err_field(
			err, "feed_url",
			"This address is in a private network, where no feeds "
			"are read. Take the address at which everybody finds "
			"the feed; or let who runs this server allow private "
			"addresses (MUSTER_WEBHOOKS_PRIVATE)");
	return err_field(err, "feed_url", "There is no feed at this URL: %s",
			 why->text);
}

int feed_fetch(const char *url, const struct webhook_options *options,
	       struct arena *arena, struct feed *out, struct err *err)
{
	static const char accept[] =
		"application/rss+xml, application/atom+xml, application/xml, "
		"text/xml, */*;q=0.1";
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	struct err why = ERR_INIT;

	if (fetch_url(url, accept, options, &reply, &why) < 0)
		return no_feed(err, &why);
	return feed_parse(strbuf_str(&reply.body), reply.url.buf,
			  arena_str(arena, fetch_charset(&reply)), arena, out,
			  err);
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
