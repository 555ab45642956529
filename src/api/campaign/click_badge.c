#include "api/campaign/click_badge.h"

#include "base/arena.h"
#include "base/strbuf.h"
#include "campaign/html/html_links.h"
#include "crm/campaign_record.h"

#include <string.h>
#include <strings.h>

#define BEGIN                                                            \
	"<span style=\"display:inline-block !important;margin:0 4px;"    \
	"padding:1px 7px;border:1px solid #fff;border-radius:10px;"      \
	"background:#1c3d5a !important;color:#fff !important;font:bold " \
	"12px/16px sans-serif;text-decoration:none;white-space:nowrap\">"
#define END "</span>"

static int64_t people_of(const struct campaign_links *links, const char *url)
{
	vec_each (links, l)
		if (strcmp(l->url, url) == 0)
			return l->people;
	return 0;
}

static void add_badge(int64_t people, int64_t clicked, struct strbuf *out)
{
	strbuf_addf(out, BEGIN "%lld", (long long)people);
	if (clicked > 0)
		strbuf_addf(
			out, " · %lld %%",
			(long long)((people * 100 + clicked / 2) / clicked));
	strbuf_addstr(out, END);
}

static bool is_area(const char *html, size_t at)
{
	while (at > 0 && html[at] != '<')
		at--;
	return strncasecmp(html + at, "<area", 5) == 0;
}

/* Behind the link whose href ends at `from`, and before the next one; behind
 * its tag if nothing says where it ends. */
static size_t end_of_link(const char *html, size_t from, size_t until,
			  bool is_closed)
{
	size_t at = from;

	while (is_closed && at < until && strncasecmp(html + at, "</a", 3) != 0)
		at++;
	if (!is_closed || at >= until)
		at = from;
	while (at < until && html[at] != '>')
		at++;
	return at < until ? at + 1 : until;
}

void click_badges_add(const char *html, const struct campaign_links *links,
		      int64_t clicked, struct arena *arena, struct strbuf *out)
{
	struct html_links found;
	size_t from = 0, len = strlen(html);

	html_links_scan(str_of(html), arena, &found);
	for (size_t i = 0; i < found.n; i++) {
		const struct html_link *link = &found.v[i];
		size_t next = i + 1, until = len, end;

		if (link->kind != HTML_LINK_TRACKED)
			continue;
		while (next < found.n && found.v[next].kind == HTML_LINK_SOURCE)
			next++; /* pictures stand inside */
		if (next < found.n)
			until = found.v[next].start;
		end = end_of_link(html, link->end, until,
				  !is_area(html, link->start));
		strbuf_add(out, html + from, end - from);
		add_badge(people_of(links, link->target), clicked, out);
		from = end;
	}
	strbuf_addstr(out, html + from);
}
