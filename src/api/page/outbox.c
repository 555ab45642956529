/*
 * The pages of the mail catcher: a list, and a mail as its reader would see it.
 * Handlers; any worker.
 */
#include "delivery/outbox.h"
#include "api/api.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "delivery/delivery.h"
#include "http/page.h"

/* Of a caught mail: links may open windows, and these are as any other. */
#define SANDBOX "allow-popups allow-popups-to-escape-sandbox"

#define LIMIT 50

static struct outbox *outbox_of(const struct request *rq)
{
	return delivery_outbox(api_of(rq)->delivery);
}

static void add_cell(struct strbuf *out, const char *text)
{
	strbuf_addstr(out, "<td>");
	strbuf_add_html(out, str_of(text));
	strbuf_addstr(out, "</td>");
}

static void add_row(struct strbuf *out, const struct outbox_message *m)
{
	CLEANUP(strbuf_release) struct strbuf at = STRBUF_INIT;

	time_format_sql(m->at_ms, &at);
	strbuf_addstr(out, "<tr>");
	add_cell(out, at.buf);
	add_cell(out, m->rcpt);
	strbuf_addf(out, "<td><a href=\"/outbox/%lld\">", (long long)m->id);
	strbuf_add_html(
		out, str_of(m->subject && *m->subject ? m->subject : "(none)"));
	strbuf_addstr(out, "</a></td></tr>\n");
}

static void add_search(struct strbuf *out, const char *rcpt)
{
	strbuf_addstr(out, "<form method=\"get\"><label>To <input name=\"rcpt\""
			   " value=\"");
	strbuf_add_html(out, str_of(rcpt));
	strbuf_addstr(out, "\"></label> <button>Show</button></form>\n");
}

static void add_next(struct strbuf *out, const char *rcpt, int64_t last_id)
{
	strbuf_addf(out, "<p><a href=\"/outbox?cursor=%lld",
		    (long long)last_id);
	if (rcpt) {
		strbuf_addstr(out, "&amp;rcpt=");
		strbuf_add_url(out, str_of(rcpt));
	}
	strbuf_addstr(out, "\">Older mails</a></p>\n");
}

int page_outbox(struct request *rq, struct response *rs, struct err *err)
{
	const char *rcpt = request_query(rq, "rcpt");
	struct outbox_query query = { .rcpt = rcpt && *rcpt ? rcpt : NULL,
				      .limit = LIMIT };
	struct outbox_message *items;
	int64_t n, total;

	if (request_query_int(rq, "cursor", 1, INT64_MAX, &query.before_id,
			      err) < 0)
		return -1;
	n = outbox_list(outbox_of(rq), &query, rq->arena, &items, &total, err);
	if (n < 0)
		return -1;
	rs->content_type = PAGE_TYPE;
	page_begin(&rs->body, "Outbox");
	page_paragraph(&rs->body, arena_printf(rq->arena,
					       "%lld mails were caught. They "
					       "went to nobody.",
					       (long long)total));
	add_search(&rs->body, rcpt);
	strbuf_addstr(&rs->body, "<table>\n<tr><th>At (UTC)</th><th>To</th>"
				 "<th>Subject</th></tr>\n");
	for (int64_t i = 0; i < n; i++)
		add_row(&rs->body, &items[i]);
	strbuf_addstr(&rs->body, "</table>\n");
	if (n == LIMIT)
		add_next(&rs->body, query.rcpt, items[n - 1].id);
	page_end(&rs->body);
	return 0;
}

static int read_mail(const struct request *rq, struct outbox_message *m,
		     struct strbuf *source, struct err *err)
{
	int64_t id;

	if (request_param_id(rq, "mail_id", &id, err) < 0 ||
	    outbox_get(outbox_of(rq), id, rq->arena, m, err) < 0)
		return -1;
	return outbox_read(outbox_of(rq), m, source, err);
}

/* Every href and src of the HTML, in its order. */
static void add_links(struct strbuf *out, const char *html)
{
	static const char *const names[] = { "href=\"", "src=\"" };

	strbuf_addstr(out, "<h2>Links</h2>\n<ol>\n");
	for (const char *p = html; *p; p++)
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			size_t len = strlen(names[i]);

			if (strncmp(p, names[i], len) != 0)
				continue;
			strbuf_addstr(out, "<li><code>");
			/* it stands in an attribute: escaped already, but for
			 * what could end an element */
			strbuf_add_html(out,
					(struct str){ p + len,
						      strcspn(p + len, "\"") });
			strbuf_addstr(out, "</code></li>\n");
		}
	strbuf_addstr(out, "</ol>\n");
}

static void add_mail(struct strbuf *out, const struct outbox_message *m,
		     const struct outbox_view *view)
{
	strbuf_addstr(out, "<table>\n<tr><th>From</th>");
	add_cell(out, view->from ? view->from : m->sender);
	strbuf_addstr(out, "</tr>\n<tr><th>To</th>");
	add_cell(out, view->to ? view->to : m->rcpt);
	strbuf_addf(out,
		    "</tr>\n<tr><th>Size</th><td>%lld bytes, <a href=\""
		    "/outbox/%lld/source\">source</a></td></tr>\n"
		    "</table>\n",
		    (long long)m->size_bytes, (long long)m->id);
	if (view->html)
		strbuf_addf(out,
			    "<h2>HTML</h2>\n<iframe sandbox=\"" SANDBOX
			    "\" title=\"The mail\" src=\"/outbox/%lld/html\" "
			    "style=\"width:100%%;height:40rem;"
			    "border:1px solid #ccc\"></iframe>\n",
			    (long long)m->id);
	if (view->text) {
		strbuf_addstr(out, "<h2>Text</h2>\n<pre>");
		strbuf_add_html(out, str_of(view->text));
		strbuf_addstr(out, "</pre>\n");
	}
	if (view->html)
		add_links(out, view->html);
}

int page_outbox_mail(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct outbox_message m;
	struct outbox_view view;

	if (read_mail(rq, &m, &source, err) < 0 ||
	    outbox_view(strbuf_str(&source), rq->arena, &view, err) < 0)
		return -1;
	rs->content_type = PAGE_TYPE;
	response_header(rs, "Content-Security-Policy",
			"default-src 'none'; style-src 'unsafe-inline'; "
			"frame-src 'self'; frame-ancestors 'none'; "
			"base-uri 'none'");
	page_begin(&rs->body,
		   m.subject && *m.subject ? m.subject : "(no subject)");
	add_mail(&rs->body, &m, &view);
	page_end(&rs->body);
	return 0;
}

/*
 * As a reader gets it: it runs nothing, its links open in a window of their
 * own, and its pixel counts. Images from elsewhere are not fetched: looking at
 * a caught mail tells nobody else.
 */
int page_outbox_html(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct outbox_message m;
	struct outbox_view view;

	if (read_mail(rq, &m, &source, err) < 0 ||
	    outbox_view(strbuf_str(&source), rq->arena, &view, err) < 0)
		return -1;
	if (!view.html)
		return err_set(err, ERR_NOT_FOUND, "this mail has no HTML");
	rs->content_type = PAGE_TYPE;
	response_header(rs, "Content-Security-Policy",
			arena_printf(rq->arena,
				     "default-src 'none'; img-src data: %s/; "
				     "style-src 'unsafe-inline'; "
				     "sandbox " SANDBOX "; "
				     "frame-ancestors 'self'",
				     api_of(rq)->public_url));
	strbuf_addstr(&rs->body, "<base target=\"_blank\">\n");
	strbuf_addstr(&rs->body, view.html);
	return 0;
}

int page_outbox_source(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct outbox_message m;

	if (read_mail(rq, &m, &source, err) < 0)
		return -1;
	rs->content_type = "text/plain; charset=utf-8";
	strbuf_addslice(&rs->body, strbuf_str(&source));
	return 0;
}
