#include "api/campaign/mail_page.h"

#include "base/arena.h"
#include "base/strbuf.h"
#include "http/page.h"
#include "http/request.h"
#include "http/response.h"

#include <string.h>
#include <strings.h>

/* How long the document type at the begin is: nothing may stand before it, or
 * browsers lay the page out as those of the nineties did. */
static size_t doctype_length(const char *html)
{
	size_t space = strspn(html, " \t\r\n");
	const char *end;

	if (strncasecmp(html + space, "<!doctype", 9) != 0)
		return 0;
	end = strchr(html, '>');
	return end ? (size_t)(end - html) + 1 : 0;
}

/* `prefers-color-scheme: dark` or light; 0: neither stands there. */
static size_t condition_length(const char *at, bool *is_dark)
{
	static const char name[] = "prefers-color-scheme";
	const char *value = at + strlen(name);

	if (strncasecmp(at, name, strlen(name)) != 0)
		return 0;
	value += strspn(value, " \t\r\n:");
	*is_dark = strncasecmp(value, "dark", 4) == 0;
	if (!*is_dark && strncasecmp(value, "light", 5) != 0)
		return 0;
	return (size_t)(value - at) + (*is_dark ? 4 : 5);
}

/* Rules for a shade hold, or do not, whatever the reader's own program likes:
 * their condition becomes one that is always, or never, so. */
static void add_shaded(const char *html, bool wants_dark, struct strbuf *out)
{
	bool is_dark;

	while (*html) {
		size_t n = *html == 'p' || *html == 'P'
				   ? condition_length(html, &is_dark)
				   : 0;

		if (n == 0) {
			strbuf_addch(out, *html++);
			continue;
		}
		strbuf_addstr(out, is_dark == wants_dark ? "min-width:0px"
							 : "max-width:0px");
		html += n;
	}
}

static void add_html(const struct mail_page *page, struct strbuf *out)
{
	size_t head = doctype_length(page->html);
	bool wants_dark = page->shade == SHADE_DARK;

	strbuf_add(out, page->html, head);
	strbuf_addstr(out, "<base target=\"_blank\">\n");
	if (page->shade == SHADE_AS_IS) {
		strbuf_addstr(out, page->html + head);
		return;
	}
	strbuf_addf(out, "<style>:root{color-scheme:%s !important}</style>\n",
		    wants_dark && strcasestr(page->html, "color-scheme")
			    ? "dark"
			    : "light");
	add_shaded(page->html + head, wants_dark, out);
}

void mail_page_write(struct request *rq, struct response *rs,
		     const struct mail_page *page)
{
	rs->content_type = PAGE_TYPE;
	response_header(rs, "Content-Security-Policy",
			arena_printf(rq->arena,
				     "sandbox allow-popups "
				     "allow-popups-to-escape-sandbox; "
				     "default-src 'none'; img-src data: %s; "
				     "style-src 'unsafe-inline'; "
				     "frame-ancestors 'self'",
				     page->images ? page->images : "*"));
	if (page->html) {
		add_html(page, &rs->body);
		return;
	}
	strbuf_addstr(&rs->body, "<!doctype html><title></title>"
				 "<pre style=\"white-space:pre-wrap\">");
	strbuf_add_html(&rs->body, str_of(page->text));
	strbuf_addstr(&rs->body, "</pre>\n");
}
