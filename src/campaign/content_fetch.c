#include "campaign/content_fetch.h"

#include "base/arena.h"
#include "base/charset.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "campaign/content.h"
#include "campaign/fetch.h"
#include "campaign/html/html_links.h"

#include <string.h>

static int no_page(struct err *err, const char *why)
{
	return err_field(err, "url", "There is no page of HTML at this URL: %s",
			 why);
}

static bool is_html(struct str type)
{
	size_t n = type.len;

	for (size_t i = 0; i < n; i++)
		if (type.s[i] == ';')
			n = i;
	type = str_trim((struct str){ type.s, n });
	return type.len == 0 || str_ieq(type, "text/html") ||
	       str_ieq(type, "application/xhtml+xml");
}

static int decode(const struct httpc_response *reply, struct strbuf *out,
		  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT;
	struct str body = strbuf_str(&reply->body);
	struct err why = ERR_INIT;
	struct str charset = fetch_charset(reply);
	size_t extra;

	if (charset_decode(body, out, &why) >= 0)
		return 0;
	/* What the head says counts as if the page said it. */
	if (charset.len > 0)
		strbuf_addf(&said, "<meta charset=\"%.*s\">", (int)charset.len,
			    charset.s);
	extra = said.len;
	strbuf_addslice(&said, body);
	strbuf_reset(out);
	if (charset_decode(strbuf_str(&said), out, &why) < 0)
		return no_page(err, why.text);
	memmove(out->buf, out->buf + extra, out->len - extra);
	strbuf_truncate(out, out->len - extra);
	return 0;
}

/* --- its links --- */

static bool is_relative(const struct html_link *link)
{
	size_t n = strcspn(link->target, ":/?#");

	return !link->has_tags && *link->target && *link->target != '#' &&
	       link->target[n] != ':';
}

static void make_links_whole(struct str html, const char *base,
			     struct arena *arena, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;
	struct html_links links;
	size_t done = 0;

	html_links_scan(html, arena, &links);
	for (size_t i = 0; i < links.n; i++) {
		const struct html_link *link = &links.v[i];

		strbuf_reset(&whole);
		if (!is_relative(link) ||
		    !httpc_resolve(base, link->target, &whole))
			continue;
		strbuf_add(out, html.s + done, link->start - done);
		strbuf_addstr(out, link->kind == HTML_LINK_SOURCE ? "src=\""
								  : "href=\"");
		strbuf_add_html(out, strbuf_str(&whole));
		strbuf_addch(out, '"');
		done = link->end;
	}
	strbuf_add(out, html.s + done, html.len - done);
}

/* --- all of it --- */

static int check_reply(const struct httpc_response *reply, struct err *err)
{
	if (!is_html(httpc_header(reply, "content-type")))
		return no_page(err, "its type is another");
	return reply->body.len > 0 ? 0 : no_page(err, "it is empty");
}

int content_fetch(const char *url, const struct webhook_options *options,
		  struct arena *arena, struct str *out, struct err *err)
{
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;
	struct err why = ERR_INIT;

	if (fetch_url(url, NULL, options, &reply, &why) < 0)
		return no_page(err, why.text);
	if (check_reply(&reply, err) < 0 || decode(&reply, &html, err) < 0)
		return -1;
	make_links_whole(strbuf_str(&html), reply.url.buf, arena, &whole);
	*out = (struct str){ arena_strndup(arena, whole.buf, whole.len),
			     whole.len };
	return 0;
}
