/*
 * What a public audience was sent, as a page and as a feed. Handlers, also of
 * the tracking listener; any worker.
 */
#include "delivery/public/archive.h"

#include "api/handlers.h"
#include "api/page/signup_page.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "delivery/delivery.h"
#include "delivery/track.h"
#include "http/page.h"

#include <string.h>

#define SHOWN 20 /* on a page, and in the feed */

/* ERR_NOT_FOUND also of an audience that is not public. */
static int open_archive(struct request *rq, struct signup_page *page,
			struct err *err)
{
	if (signup_page_open(rq, page, err) < 0)
		return -1;
	if (strcmp(page->list.visibility, "pub") != 0)
		return err_set(err, ERR_NOT_FOUND, "there is no such archive");
	return 0;
}

static struct track *track_of(const struct request *rq)
{
	return delivery_track(api_of(rq)->delivery);
}

/* "time.campaign" of the link to older ones; else the newest. */
static struct archive_mark read_mark(const struct request *rq)
{
	struct str rest = str_of(request_query(rq, "behind"));
	struct archive_mark mark;

	if (!rest.s || !str_to_int(str_cut(&rest, '.'), &mark.send_ms) ||
	    !str_to_int(rest, &mark.campaign_id))
		return ARCHIVE_NEWEST;
	return mark;
}

/* As readers of the language write it, where that is in one way. */
static const char *format_day(const struct signup_page *page, int64_t ms)
{
	CLEANUP(strbuf_release) struct strbuf iso = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	const char *f = page->language->date_format;

	time_format_iso(ms, &iso);
	f = f ? f : "YYYY-MM-DD";
	while (*f) {
		const char *part = *f == 'Y'   ? iso.buf
				   : *f == 'M' ? iso.buf + 5
				   : *f == 'D' ? iso.buf + 8
					       : f;
		size_t len = *f == 'Y' ? 4 : part == f ? 1 : 2;

		strbuf_add(&out, part, len);
		f += len;
	}
	return arena_str(page->rq->arena, strbuf_str(&out));
}

static void write_entries(const struct signup_page *page,
			  const struct archive_entries *entries,
			  struct strbuf *out)
{
	strbuf_addstr(out, "<ul class=\"archive\">\n");
	for (size_t i = 0; i < entries->n && i < SHOWN; i++) {
		CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
		const struct archive_entry *e = &entries->v[i];

		track_add_copy_url(track_of(page->rq), e->campaign_id, &url);
		strbuf_addstr(out, "<li><bdi>");
		page_link(out, url.buf,
			  *e->subject ? e->subject : page->list.name);
		strbuf_addf(out, "</bdi> <span class=\"help\">%s</span></li>\n",
			    format_day(page, e->send_ms));
	}
	strbuf_addstr(out, "</ul>\n");
}

/* The last one that is shown, if there are more behind it. */
static void write_older(const struct signup_page *page,
			const struct archive_entries *entries,
			struct strbuf *out)
{
	const struct archive_entry *last;

	if (entries->n <= SHOWN)
		return;
	last = &entries->v[SHOWN - 1];
	strbuf_addstr(out, "<p>");
	page_link(out,
		  arena_printf(page->rq->arena, "?u=%s&id=%s&behind=%lld.%lld",
			       page->account, page->list.hex,
			       (long long)last->send_ms,
			       (long long)last->campaign_id),
		  signup_text(page, READER_OLDER));
	strbuf_addstr(out, "</p>\n");
}

static void write_sign_up(const struct signup_page *page, struct strbuf *out)
{
	strbuf_addstr(out, "<p>");
	page_link(out,
		  signup_form_url(api_of(page->rq)->public_url, page->account,
				  page->list.hex, page->rq->arena),
		  signup_text(page, READER_SIGN_UP));
	strbuf_addstr(out, "</p>\n");
}

static const char *heading_of(const struct signup_page *page)
{
	return arena_printf(page->rq->arena, "%s: %s", page->list.name,
			    signup_text(page, READER_ARCHIVE));
}

int page_archive(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	CLEANUP(vec_release) struct archive_entries entries = VEC_INIT;
	const struct archive_mark behind = read_mark(rq);

	if (open_archive(rq, &page, err) < 0 ||
	    track_list_copies(track_of(rq), page.list.id, &behind, SHOWN + 1,
			      rq->arena, &entries, err) < 0)
		return -1;
	signup_begin(&page, heading_of(&page), rs);
	if (entries.n == 0)
		page_paragraph(&rs->body,
			       signup_text(&page, READER_ARCHIVE_NONE));
	else
		write_entries(&page, &entries, &rs->body);
	write_older(&page, &entries, &rs->body);
	write_sign_up(&page, &rs->body);
	page_end(&rs->body);
	return 0;
}

/* --- the feed --- */

/* Without what no XML may hold, however it is written. */
static void add_xml(const char *name, const char *text, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf kept = STRBUF_INIT;

	for (; *text; text++) /* U+FFFE and U+FFFF are no characters of XML */
		if (!strncmp(text, "\xEF\xBF\xBE", 3) ||
		    !strncmp(text, "\xEF\xBF\xBF", 3))
			text += 2;
		else if ((unsigned char)*text >= 0x20)
			strbuf_addch(&kept, *text);
	strbuf_addf(out, "<%s>", name);
	strbuf_add_html(out, strbuf_str(&kept));
	strbuf_addf(out, "</%s>\n", name);
}

static void add_item(const struct signup_page *page,
		     const struct archive_entry *e, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf date = STRBUF_INIT;

	track_add_copy_url(track_of(page->rq), e->campaign_id, &url);
	time_format_mail(e->send_ms, &date);
	strbuf_addstr(out, "<item>\n");
	add_xml("title", *e->subject ? e->subject : page->list.name, out);
	add_xml("link", url.buf, out);
	add_xml("guid", url.buf, out);
	add_xml("pubDate", date.buf, out);
	strbuf_addstr(out, "</item>\n");
}

int page_archive_feed(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	CLEANUP(vec_release) struct archive_entries entries = VEC_INIT;
	struct strbuf *out = &rs->body;

	if (open_archive(rq, &page, err) < 0 ||
	    track_list_copies(track_of(rq), page.list.id, &ARCHIVE_NEWEST,
			      SHOWN, rq->arena, &entries, err) < 0)
		return -1;
	rs->content_type = "application/rss+xml; charset=utf-8";
	strbuf_addstr(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
			   "<rss version=\"2.0\">\n<channel>\n");
	add_xml("title", page.list.name, out);
	add_xml("link",
		arena_printf(rq->arena, "%s/archive?u=%s&id=%s",
			     api_of(rq)->public_url, page.account,
			     page.list.hex),
		out);
	add_xml("description", heading_of(&page), out);
	vec_each (&entries, e)
		add_item(&page, e, out);
	strbuf_addstr(out, "</channel>\n</rss>\n");
	return 0;
}
