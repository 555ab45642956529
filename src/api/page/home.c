/* The page at /: what to do first. A handler; any worker. */
#include "api/api.h"
#include "api/handlers.h"
#include "http/page.h"

/* The first steps, with the address under which this server is known. */
static const char steps[] =
	"<h2>What to do next</h2>\n<ol>\n"
	"<li>Become the first administrator: the server printed a one-time "
	"link when it started first.</li>\n"
	"<li>Make a key, on the server: <code>muster key create --name me "
	"--role administrator</code></li>\n"
	"<li>Use it:\n<pre>export MUSTER_URL=";
static const char more_steps[] =
	"\nexport MUSTER_KEY=&lt;the key&gt;\nmuster import people.csv\n"
	"muster group create --help\nmuster campaign --help</pre></li>\n"
	"<li>Look at the mail that would go out: ";

static void add_item(struct strbuf *out, const char *href, const char *text,
		     const char *about)
{
	strbuf_addstr(out, "<li>");
	page_link(out, href, text);
	strbuf_addstr(out, ": ");
	strbuf_add_html(out, str_of(about));
	strbuf_addstr(out, "</li>\n");
}

static void add_links(struct strbuf *out)
{
	strbuf_addstr(out, "<h2>Where the API is described</h2>\n<ul>\n");
	add_item(out, "/api/v1/openapi.json", "/api/v1/openapi.json",
		 "people, companies, leads, groups, campaigns, reports");
	add_item(out, "/3.0/openapi.json", "/3.0/openapi.json",
		 "the Mailchimp Marketing API 3.0, served here; point any "
		 "client of it at this server");
	strbuf_addstr(out, "</ul>\n<h2>How the server is</h2>\n<ul>\n");
	add_item(out, "/healthz", "/healthz", "it answers");
	add_item(out, "/readyz", "/readyz", "its databases can be written too");
	add_item(out, "/metrics", "/metrics", "counters, as OpenMetrics");
	strbuf_addstr(out, "</ul>\n");
}

int page_home(struct request *rq, struct response *rs, struct err *err)
{
	const struct api *api = api_of(rq);
	struct strbuf *out = &rs->body;

	(void)err;
	rs->content_type = PAGE_TYPE;
	page_begin(out, "Muster");
	strbuf_addstr(out, "<p>This is Muster " MUSTER_VERSION);
	if (api->organisation && *api->organisation) {
		strbuf_addstr(out, " of ");
		strbuf_add_html(out, str_of(api->organisation));
	}
	strbuf_addstr(out, ": customer records, an audience of e-mail "
			   "subscribers, and campaigns that are sent to them "
			   "and reported back.</p>\n");
	strbuf_addstr(out, steps);
	strbuf_add_html(out, str_of(api->public_url));
	strbuf_addstr(out, more_steps);
	page_link(out, "/outbox", "outbox");
	strbuf_addstr(out, " (sign in with any name and the key).</li>\n"
			   "</ol>\n");
	add_links(out);
	page_end(out);
	return 0;
}
