/* feeds: any bytes are read or refused; what they say brings no markup but what
 * may stay, and no merge tag */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "campaign/rss/feed.h"
#include "campaign/rss/feed_html.h"

#include <string.h>

static void check_html(struct str html)
{
	static const struct feed_html_how how = { "https://a.example/", true,
						  100000 };
	CLEANUP(strbuf_release) struct strbuf safe = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;

	feed_html_add(html, &how, &safe);
	BUG_ON(strstr(safe.buf, "*|"));
	BUG_ON(strcasestr(safe.buf, "<script"));
	BUG_ON(strcasestr(safe.buf, "<style"));
	feed_plain_add(strbuf_str(&safe), &plain);
	BUG_ON(strstr(plain.buf, "*|"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct str text = { (const char *)data, size };
	struct err err = ERR_INIT;
	struct feed feed;

	check_html(text);
	if (feed_parse(text, "https://a.example/feed", "", arena, &feed, &err) <
	    0)
		return 0;
	for (size_t i = 0; i < feed.n; i++) {
		const struct feed_item *item = &feed.items[i];

		BUG_ON(!*item->guid);
		BUG_ON(*item->url && strncmp(item->url, "http", 4) != 0);
		BUG_ON(strstr(item->title, "*|"));
		check_html(item->content);
	}
	return 0;
}
