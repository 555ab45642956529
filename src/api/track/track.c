/*
 * What is behind the links of mails: pixel, clicks, unsubscribe, preferences,
 * archive. Handlers; quick workers, also of the tracking listener.
 */
#include "delivery/track.h"
#include "api/api.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "delivery/delivery.h"
#include "delivery/track_token.h"
#include "http/page.h"

/*
 * Opens, clicks and unsubscribes. The answer is written first and given when
 * the hit is durable, by the log's thread; so handlers take a moment, and few
 * workers serve many of them.
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

/* Fails with ERR_NOT_FOUND if the token is not ours. */
static int check_token(const struct request *rq, enum track_purpose purpose,
		       struct track_hit *out, struct err *err)
{
	struct hit hit = {
		.purpose = (char)purpose,
		.token = request_param(rq, "token"),
		.ip = rq->client_ip,
		.agent = rq->user_agent,
		.is_head = rq->method == HTTP_HEAD,
		.now_ms = rq->now_ms,
	};
	int found = track_check(track_of(rq), &hit, rq->arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "this link is not valid");
	return found < 0 ? -1 : 0;
}

static int store(struct request *rq, struct response *rs,
		 const struct track_hit *hit)
{
	struct track *track = track_of(rq);

	response_header(rs, "Cache-Control",
			"no-cache, no-store, must-revalidate, private");
	response_later(rs);
	track_store(track, hit, answer, rs);
	return 1;
}

int page_track_open(struct request *rq, struct response *rs, struct err *err)
{
	struct track_hit hit;

	if (check_token(rq, TRACK_OPEN, &hit, err) < 0)
		return -1;
	rs->content_type = "image/gif";
	strbuf_add(&rs->body, gif, sizeof(gif));
	return store(rq, rs, &hit);
}

int page_track_click(struct request *rq, struct response *rs, struct err *err)
{
	struct track_hit hit;

	if (check_token(rq, TRACK_CLICK, &hit, err) < 0)
		return -1;
	response_redirect(rs, 302, hit.target);
	return store(rq, rs, &hit);
}

/* --- pages --- */

static const char *title_of(const struct track_subject *subject)
{
	if (*subject->organisation)
		return subject->organisation;
	return *subject->list_name ? subject->list_name : "Your subscription";
}

static void add_button(struct strbuf *out)
{
	strbuf_addstr(out, "<form method=\"post\">"
			   "<button type=\"submit\" name=\"unsubscribe\" "
			   "value=\"1\">Unsubscribe</button></form>\n");
}

static void add_who(const struct track_subject *subject, struct strbuf *out)
{
	strbuf_addstr(out, "<p>");
	if (*subject->list_name) {
		strbuf_addstr(out, "List: <strong>");
		strbuf_add_html(out, str_of(subject->list_name));
		strbuf_addstr(out, "</strong><br>\n");
	}
	if (*subject->address) {
		strbuf_addstr(out, "Address: <strong>");
		strbuf_add_html(out, str_of(subject->address));
		strbuf_addstr(out, "</strong>");
	}
	strbuf_addstr(out, "</p>\n");
}

/* What the link is about; looking at it changes nothing. */
static int show(struct request *rq, struct response *rs, char purpose,
		struct err *err)
{
	struct track_subject subject;
	int found = track_subject(track_of(rq), request_param(rq, "token"),
				  purpose, rq->arena, &subject, err);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "this link is not valid");
	rs->content_type = PAGE_TYPE;
	page_begin(&rs->body, title_of(&subject));
	if (subject.member_id == 0) {
		page_paragraph(&rs->body, "This was a test mail: there is "
					  "nobody to unsubscribe.");
	} else if (subject.is_subscribed) {
		page_paragraph(&rs->body,
			       "Do you want no more e-mail from this list?");
		add_who(&subject, &rs->body);
		add_button(&rs->body);
	} else {
		add_who(&subject, &rs->body);
		page_paragraph(&rs->body, "You are not subscribed. You get no "
					  "e-mail from this list.");
	}
	page_end(&rs->body);
	return 0;
}

/* The button of the page, and RFC 8058's one-click: done at once. */
static int leave(struct request *rq, struct response *rs,
		 enum track_purpose purpose, struct err *err)
{
	struct track_subject subject;
	struct track_hit hit;

	if (check_token(rq, purpose, &hit, err) < 0 ||
	    track_subject(track_of(rq), request_param(rq, "token"),
			  (char)purpose, rq->arena, &subject, err) < 0)
		return -1;
	rs->content_type = PAGE_TYPE;
	page_begin(&rs->body, title_of(&subject));
	page_paragraph(&rs->body,
		       subject.member_id == 0
			       ? "This was a test mail: there was nobody to "
				 "unsubscribe."
			       : "You are unsubscribed. You will get no more "
				 "e-mail from this list.");
	add_who(&subject, &rs->body);
	page_end(&rs->body);
	return store(rq, rs, &hit);
}

int page_track_unsubscribe(struct request *rq, struct response *rs,
			   struct err *err)
{
	return show(rq, rs, TRACK_UNSUBSCRIBE, err);
}

int page_track_unsubscribe_post(struct request *rq, struct response *rs,
				struct err *err)
{
	return leave(rq, rs, TRACK_UNSUBSCRIBE, err);
}

int page_track_preferences(struct request *rq, struct response *rs,
			   struct err *err)
{
	return show(rq, rs, TRACK_PREFERENCES, err);
}

int page_track_preferences_post(struct request *rq, struct response *rs,
				struct err *err)
{
	return leave(rq, rs, TRACK_PREFERENCES, err);
}

/* An author's HTML: it may look as it likes and run nothing. */
int page_track_archive(struct request *rq, struct response *rs, struct err *err)
{
	int found = track_archive(track_of(rq), request_param(rq, "token"),
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
