/*
 * What is behind the links of mails: pixel, clicks, unsubscribe, archive.
 * Handlers, also of the tracking listener; the loop's (opens, clicks) and quick
 * workers'.
 */
#include "api/track/track_page.h"

#include "api/api.h"
#include "api/handlers.h"
#include "api/page/signup_page.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "delivery/delivery.h"
#include "delivery/mailing.h"
#include "delivery/track_token.h"
#include "http/page.h"
#include "reader/reader_text.h"

#include <string.h>

/*
 * Opens, clicks and unsubscribes. The answer is written first and given when
 * the hit is durable, by the log's thread; so handlers take a moment. Opens and
 * clicks are checked by the loop itself, but for clicks that need the database.
 */

/* A transparent GIF of one pixel. */
static const unsigned char gif[] = {
	'G',  'I',  'F',  '8',  '9',  'a',  0x01, 0x00, 0x01, 0x00, 0x80,
	0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, '!',  0xf9, 0x04,
	0x01, 0x00, 0x00, 0x00, 0x00, ',',  0x00, 0x00, 0x00, 0x00, 0x01,
	0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 'D',  0x01, 0x00, ';',
};

static void answer(void *context, const struct err *why)
{
	struct response *rs = context;

	response_done(rs, why);
}

static struct track *track_of(const struct request *rq)
{
	return delivery_track(api_of(rq)->delivery);
}

/* 0, or ROUTE_WOULD_WAIT. Fails with ERR_NOT_FOUND if the token is not ours. */
static int check_token(const struct request *rq, enum track_purpose purpose,
		       struct track_hit *out, struct err *err)
{
	struct hit hit = {
		.purpose = (char)purpose,
		.token = request_param(rq, "token"),
		.ip = rq->client_ip,
		.agent = rq->user_agent,
		.is_head = rq->method == HTTP_HEAD,
		.may_wait = rq->may_wait,
		.now_ms = rq->now_ms,
	};
	int found = track_check(track_of(rq), &hit, rq->arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "this link is not valid");
	if (found == TRACK_WOULD_WAIT)
		return ROUTE_WOULD_WAIT;
	return found < 0 ? -1 : 0;
}

void track_page_forbid_cache(struct response *rs)
{
	response_header(rs, "Cache-Control",
			"no-cache, no-store, must-revalidate, private");
}

static int store(struct request *rq, struct response *rs,
		 const struct track_hit *hit)
{
	struct track *track = track_of(rq);

	track_page_forbid_cache(rs);
	response_later(rs);
	track_store(track, hit, rq->arena, answer, rs);
	return 1;
}

int page_track_open(struct request *rq, struct response *rs, struct err *err)
{
	struct track_hit hit;
	int checked = check_token(rq, TRACK_OPEN, &hit, err);

	if (checked != 0)
		return checked;
	rs->content_type = "image/gif";
	strbuf_add(&rs->body, gif, sizeof(gif));
	return store(rq, rs, &hit);
}

int page_track_click(struct request *rq, struct response *rs, struct err *err)
{
	struct track_hit hit;
	int checked = check_token(rq, TRACK_CLICK, &hit, err);

	if (checked != 0)
		return checked;
	response_redirect(rs, 302, hit.target);
	return store(rq, rs, &hit);
}

/* --- pages --- */

static const struct reader_language *language_of(
	const struct request *rq, const struct track_subject *subject)
{
	return subject->language ? subject->language
				 : reader_language_accepted(request_header(
					   rq, "Accept-Language"));
}

static const char *text_of(const struct track_page *page, enum reader_text text)
{
	return page->language->text[text];
}

static const char *title_of(const struct track_page *page)
{
	if (*page->subject.organisation)
		return page->subject.organisation;
	return *page->subject.list_name ? page->subject.list_name
					: text_of(page, READER_SUBSCRIPTION);
}

static void say(const struct track_page *page, enum reader_text text)
{
	page_paragraph(page->out, text_of(page, text));
}

/* Of a link that is nobody's. */
static enum reader_text nobody_text(const struct track_page *page)
{
	return page->subject.is_copy ? READER_IS_COPY : READER_IS_TEST;
}

/* Beside the page, wherever a proxy has put that. The form has one field: a
 * program that posts to every link does not know it. */
void track_page_add_taking_back(const struct request *rq,
				const struct track_page *page)
{
	struct strbuf *out = page->out;

	if (!page->subject.may_take_back)
		return;
	strbuf_addf(out, "<form method=\"post\" action=\"../%c/",
		    TRACK_TAKE_BACK);
	track_format_other(track_of(rq), &page->subject, TRACK_TAKE_BACK, out);
	strbuf_addstr(out, "\"><button type=\"submit\" name=\"subscribe\" "
			   "value=\"1\">");
	strbuf_add_html(out, str_of(text_of(page, READER_TAKE_BACK)));
	strbuf_addstr(out, "</button></form>\n");
}

/* Does the list ask in which ways they may be contacted? 1, 0, -1. */
static int has_permissions(struct db *db, const struct track_page *page,
			   struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct interests all = VEC_INIT;
	struct list list;

	if (list_get_by_id(db, page->subject.list_id, arena, &list, err) < 0)
		return -1;
	if (!list.marketing_permissions)
		return 0;
	if (permission_list(db, list.id, arena, &all, err) < 0)
		return -1;
	return all.n > 0;
}

/* Is there anything that they may choose to get? 1, 0, -1. */
static int has_choices(struct request *rq, const struct track_page *page,
		       struct err *err)
{
	CLEANUP(vec_release) struct interest_categories all = VEC_INIT;
	CLEANUP(store_put) struct db *db = NULL;

	if (page->subject.list_id <= 0 || !*page->subject.address)
		return 0;
	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0 ||
	    interest_category_list(db, page->subject.list_id, rq->arena, &all,
				   err) < 0)
		return -1;
	vec_each (&all, category)
		if (category->form != INTEREST_HIDDEN)
			return 1;
	return has_permissions(db, page, rq->arena, err);
}

/* Less, or something else, rather than nothing. */
static int add_instead(struct request *rq, const struct track_page *page,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	int has = has_choices(rq, page, err);

	if (has <= 0)
		return has;
	strbuf_addf(&url, "../%c/", TRACK_PREFERENCES);
	track_format_other(track_of(rq), &page->subject, TRACK_PREFERENCES,
			   &url);
	strbuf_addstr(page->out, "<p>");
	page_link(page->out, url.buf, text_of(page, READER_INSTEAD));
	strbuf_addstr(page->out, "</p>\n");
	return 0;
}

/* Names run as they do, whatever the page does. */
static void add_fact(const struct track_page *page, enum reader_text label,
		     const char *value)
{
	strbuf_add_html(page->out, str_of(text_of(page, label)));
	strbuf_addstr(page->out, " <strong><bdi>");
	strbuf_add_html(page->out, str_of(value));
	strbuf_addstr(page->out, "</bdi></strong>");
}

/* Whoever was forwarded the message has the link, too: enough of the address to
 * know one's own. */
static void add_address(const struct track_page *page)
{
	CLEANUP(strbuf_release) struct strbuf masked = STRBUF_INIT;
	struct str address = str_of(page->subject.address);
	struct str first = { address.s, utf8_sequence(address) };
	const char *at = strrchr(page->subject.address, '@');

	strbuf_addslice(&masked, first);
	strbuf_addstr(&masked, "***");
	if (at)
		strbuf_addstr(&masked, at);
	add_fact(page, READER_ADDRESS, masked.buf);
}

void track_page_add_who(const struct track_page *page)
{
	const struct track_subject *subject = &page->subject;

	strbuf_addstr(page->out, "<p>");
	if (*subject->list_name) {
		add_fact(page, READER_LIST, subject->list_name);
		strbuf_addstr(page->out, "<br>\n");
	}
	if (*subject->address)
		add_address(page);
	strbuf_addstr(page->out, "</p>\n");
}

int track_page_find(struct request *rq, enum track_purpose purpose,
		    struct track_page *out, struct err *err)
{
	int found = track_subject(track_of(rq), request_param(rq, "token"),
				  (char)purpose, rq->arena, &out->subject, err);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "this link is not valid");
	out->language = language_of(rq, &out->subject);
	return 0;
}

/* As the list's other pages look: 1; 0: there is no such list; -1. */
static int begin_styled(struct request *rq, struct response *rs,
			struct track_page *page, struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page look = { .rq = rq };
	struct db *db = NULL;
	struct list list;

	if (page->subject.list_id <= 0)
		return 0;
	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	look.db = db;
	if (list_get_by_id(db, page->subject.list_id, rq->arena, &list, err) <
	    0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		return 0;
	}
	if (signup_page_look(rq, db, &list, &look, err) < 0)
		return -1;
	look.language = page->language;
	signup_begin(&look, title_of(page), rs);
	page->farewell =
		signup_form_text(&look.form, "unsub_message", rq->arena);
	return 1;
}

/* Fails with ERR_NOT_FOUND if the token is not ours. */
static int begin_page(struct request *rq, struct response *rs,
		      enum track_purpose purpose, struct track_page *page,
		      struct err *err)
{
	int styled;

	if (track_page_find(rq, purpose, page, err) < 0)
		return -1;
	page->out = &rs->body;
	page->farewell = NULL;
	styled = begin_styled(rq, rs, page, err);
	if (styled != 0)
		return styled < 0 ? -1 : 0;
	rs->content_type = PAGE_TYPE;
	page_begin_in(page->out, page->language, title_of(page));
	return 0;
}

int track_page_show(struct request *rq, struct response *rs,
		    enum track_purpose purpose, struct err *err)
{
	struct track_page page;

	if (begin_page(rq, rs, purpose, &page, err) < 0)
		return -1;
	track_page_forbid_cache(rs);
	if (page.subject.member_id == 0) {
		say(&page, nobody_text(&page));
	} else if (page.subject.is_subscribed) {
		say(&page, READER_WANTS_NO_MORE);
		track_page_add_who(&page);
		track_page_add_leaving(&page);
		if (add_instead(rq, &page, err) < 0)
			return -1;
	} else {
		track_page_add_who(&page);
		say(&page, READER_IS_OUT);
		track_page_add_taking_back(rq, &page);
	}
	page_end(page.out);
	return 0;
}

int track_page_leave(struct request *rq, struct response *rs,
		     enum track_purpose purpose, const char *reason,
		     struct err *err)
{
	struct track_page page;
	struct track_hit hit;

	if (check_token(rq, purpose, &hit, err) < 0 ||
	    begin_page(rq, rs, purpose, &page, err) < 0)
		return -1;
	hit.event.detail = reason;
	say(&page,
	    page.subject.member_id == 0 ? nobody_text(&page) : READER_HAS_LEFT);
	if (page.farewell)
		signup_add_lines(page.farewell, page.out);
	track_page_add_who(&page);
	track_page_add_taking_back(rq, &page);
	page_end(page.out);
	return store(rq, rs, &hit);
}

/* By a person who pressed the button that was on the page. */
int page_track_take_back_post(struct request *rq, struct response *rs,
			      struct err *err)
{
	struct track_page page;
	struct track_hit hit;
	bool is_test;

	if (!request_form(rq, "subscribe"))
		return err_set(err, ERR_INVALID,
			       "this needs the page's button");
	if (check_token(rq, TRACK_TAKE_BACK, &hit, err) < 0 ||
	    begin_page(rq, rs, TRACK_TAKE_BACK, &page, err) < 0)
		return -1;
	is_test = page.subject.member_id == 0;
	say(&page, is_test                      ? nobody_text(&page)
		   : page.subject.may_take_back ? READER_IS_TAKEN_BACK
						: READER_CANNOT_TAKE_BACK);
	track_page_add_who(&page);
	page_end(page.out);
	if (is_test || page.subject.may_take_back)
		return store(rq, rs, &hit);
	track_page_forbid_cache(rs);
	return 0;
}

int page_track_unsubscribe(struct request *rq, struct response *rs,
			   struct err *err)
{
	return track_page_show(rq, rs, TRACK_UNSUBSCRIBE, err);
}

int page_track_unsubscribe_post(struct request *rq, struct response *rs,
				struct err *err)
{
	/* the button of the page, and RFC 8058's one-click: done at once */
	return track_page_leave(rq, rs, TRACK_UNSUBSCRIBE,
				track_page_reason(rq), err);
}

/* Of a mail that has no HTML. */
static void write_plain(const struct mailing_view *view, struct strbuf *out)
{
	page_begin(out, view->subject);
	strbuf_addstr(out, "<pre dir=\"auto\" style=\"white-space:pre-wrap\">");
	strbuf_add_html(out, str_of(view->text));
	strbuf_addstr(out, "</pre>\n");
	page_end(out);
}

/* 1; 0: it is none; -1. A copy for everybody is still not for indexes. */
static int write_copy(struct request *rq, struct response *rs, struct err *err)
{
	struct mailing_view view;
	int found = track_copy(track_of(rq), request_param(rq, "token"),
			       rq->arena, &view, err);

	if (found <= 0)
		return found;
	if (view.html)
		strbuf_addstr(&rs->body, view.html);
	else
		write_plain(&view, &rs->body);
	response_header(rs, "X-Robots-Tag", "noindex");
	return 1;
}

/* An author's HTML: it may look as it likes and run nothing. */
int page_track_archive(struct request *rq, struct response *rs, struct err *err)
{
	int found = write_copy(rq, rs, err);

	if (found == 0)
		found = track_archive(track_of(rq), request_param(rq, "token"),
				      &rs->body, err);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "this link is not valid");
	rs->content_type = PAGE_TYPE;
	response_header(rs, "Content-Security-Policy",
			"default-src 'none'; img-src * data:; "
			"style-src 'unsafe-inline' *; font-src *; sandbox "
			"allow-popups allow-popups-to-escape-sandbox "
			"allow-top-navigation-by-user-activation");
	return 0;
}
