/*
 * Behind *|FORWARD|* of a mail: its reader sends it on to friends. Handlers,
 * also of the tracking listener; any worker.
 *
 * Whoever has the message has the link: the page shows nothing of the reader,
 * and says nothing of those it is sent to.
 */
#include "delivery/public/forward.h"

#include "api/handlers.h"
#include "api/page/signup_page.h"
#include "api/track/track_page.h"
#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/utf8.h"
#include "campaign/campaign.h"
#include "campaign/variate/variate.h"
#include "delivery/delivery.h"
#include "delivery/mailing.h"
#include "http/page.h"

#include <ctype.h>
#include <string.h>

struct sharing {
	struct track_page about;
	struct signup_page page;
	struct campaign campaign;
	const char *name, *words;
	const char *addresses[FORWARD_MOST];
	size_t addresses_n;
};

static void sharing_release(struct sharing *s)
{
	signup_page_release(&s->page);
}

/* As its reader got it. */
static int load_campaign(const struct request *rq, struct db *db,
			 const struct track_subject *subject,
			 struct campaign *out, struct err *err)
{
	int variant;

	if (campaign_get(db, subject->campaign_id, rq->arena, out, err) < 0 ||
	    mailing_variant_of(db, out->id, subject->member_id, &variant, err) <
		    0)
		return -1;
	(void)variate_apply(out, variant, rq->arena);
	return 0;
}

/* 1: it can be sent on; 0: not from here; -1. */
static int open_sharing(struct request *rq, struct sharing *s, struct err *err)
{
	const struct track_subject *subject = &s->about.subject;
	struct db *db;
	struct list list;

	if (track_page_find(rq, TRACK_FORWARD, &s->about, err) < 0)
		return -1;
	if (!subject->member_id || !*subject->address ||
	    !subject->is_subscribed)
		return 0;
	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &s->page.db, err) < 0)
		return -1;
	db = s->page.db;
	if (load_campaign(rq, db, subject, &s->campaign, err) < 0 ||
	    list_get_by_id(db, s->campaign.list_id, rq->arena, &list, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	if (signup_page_load(rq, db, &list, &s->page, err) < 0)
		return -1;
	s->page.language = s->about.language;
	return s->campaign.status != CAMPAIGN_ARCHIVED;
}

/* --- showing --- */

/* In the colours of all pages: of the list nothing may be known. */
static int refuse(const struct sharing *s, struct response *rs)
{
	const struct reader_language *language = s->about.language;

	rs->content_type = PAGE_TYPE;
	page_begin_in(&rs->body, language, language->text[READER_FORWARD]);
	page_paragraph(&rs->body, language->text[READER_CANNOT_FORWARD]);
	page_end(&rs->body);
	track_page_forbid_cache(rs);
	return 0;
}

/* What the friends will see. */
static void add_copy(const struct sharing *s, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	const struct request *rq = s->page.rq;
	const char *subject = s->campaign.settings.subject_line;

	track_add_copy_url(delivery_track(api_of(rq)->delivery), s->campaign.id,
			   &url);
	strbuf_addstr(out, "<p><bdi>");
	page_link(out, url.buf,
		  *subject && !strstr(subject, "*|") ? subject
						     : s->page.list.name);
	strbuf_addstr(out, "</bdi></p>\n");
}

static void write_form(struct sharing *s, struct strbuf *out)
{
	static const struct signup_own_field fields[] = {
		{ .name = "from",
		  .label = READER_FORWARD_NAME,
		  .rest = " dir=\"auto\" autocomplete=\"name\" "
			  "maxlength=\"60\"",
		  .required = true },
		{ .name = "to",
		  .label = READER_FORWARD_TO,
		  .help = READER_FORWARD_TO_HELP,
		  .rest = " dir=\"ltr\" inputmode=\"email\" "
			  "autocapitalize=\"off\" autocomplete=\"off\"",
		  .lines = 3,
		  .required = true },
		{ .name = "words",
		  .label = READER_FORWARD_WORDS,
		  .rest = " dir=\"auto\" maxlength=\"500\"",
		  .lines = 4 },
	};

	strbuf_addstr(out, "<form method=\"post\" novalidate>\n");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		signup_write_own(&s->page, &fields[i], out);
	signup_write_guards(&s->page, out);
	strbuf_addstr(out, "<p><button type=\"submit\" name=\"forward\" "
			   "value=\"1\">");
	strbuf_add_html(out,
			str_of(signup_text(&s->page, READER_FORWARD_SEND)));
	strbuf_addstr(out, "</button></p>\n</form>\n");
}

static int write_page(struct sharing *s, struct response *rs)
{
	struct signup_page *page = &s->page;
	struct strbuf *out = &rs->body;

	signup_begin(page, signup_text(page, READER_FORWARD), rs);
	track_page_forbid_cache(rs);
	add_copy(s, out);
	if (page->wrong.n || page->once_more) {
		strbuf_addstr(out, "<p class=\"wrong\" role=\"alert\">");
		strbuf_add_html(
			out, str_of(signup_text(
				     page, page->wrong.n ? READER_FIX
							 : READER_ONCE_MORE)));
		strbuf_addstr(out, "</p>\n");
	}
	write_form(s, out);
	page_end(out);
	return 0;
}

int page_track_forward(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(sharing_release) struct sharing s = { .page = { .rq = rq } };
	int can = open_sharing(rq, &s, err);

	if (can < 0)
		return -1;
	if (!can)
		return refuse(&s, rs);
	s.page.stamp = signup_new_stamp(&s.page);
	return write_page(&s, rs);
}

/* --- what was typed --- */

static void wrong(struct sharing *s, const char *name, enum reader_text text)
{
	vec_push(&s->page.wrong, ((struct signup_wrong){ name, text }));
}

static bool is_of_name(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* example.org, in any script: programs make a link of it. Not "e.g.". */
static bool has_host(const char *text)
{
	for (const char *dot = text; (dot = strchr(dot, '.')); dot++)
		if (dot > text && is_of_name(dot[-1]) && is_of_name(dot[1]) &&
		    !isdigit((unsigned char)dot[1]) && is_of_name(dot[2]))
			return true;
	return false;
}

/* As the friends get it. No form of ours carries anybody's advertising. */
static const char *read_text(struct sharing *s, const char *name, bool breaks,
			     size_t most)
{
	const char *text = request_form(s->page.rq, name);

	text = forward_clean(text ? text : "", breaks, s->page.rq->arena);
	if (utf8_length(str_of(text)) > most)
		wrong(s, name, READER_TOO_LONG);
	else if (strstr(text, "://") || strcasestr(text, "www.") ||
		 has_host(text))
		wrong(s, name, READER_NO_WEB);
	return text;
}

static void read_addresses(struct sharing *s)
{
	static const char between[] = ",; \t\r\n";
	struct arena *arena = s->page.rq->arena;
	const char *text = request_form(s->page.rq, "to");
	size_t len;

	for (text = text ? text : ""; *text; text += len) {
		struct err why = ERR_INIT;
		struct email email;

		text += strspn(text, between);
		len = strcspn(text, between);
		if (len == 0)
			break;
		if (s->addresses_n == FORWARD_MOST) {
			wrong(s, "to", READER_TOO_MANY);
			return;
		}
		if (email_parse(arena_strndup(arena, text, len), arena, &email,
				&why) < 0) {
			wrong(s, "to", READER_NEED_EMAIL);
			return;
		}
		s->addresses[s->addresses_n++] = email.folded;
	}
	if (s->addresses_n == 0)
		wrong(s, "to", READER_NEED_VALUE);
}

static void read_form(struct sharing *s)
{
	s->name = read_text(s, "from", false, FORWARD_NAME_MAX);
	if (utf8_is_blank(s->name))
		wrong(s, "from", READER_NEED_VALUE);
	read_addresses(s);
	s->words = read_text(s, "words", true, FORWARD_WORDS_MAX);
}

/* --- sending --- */

static int send(const struct sharing *s, struct err *err)
{
	const struct request *rq = s->page.rq;
	const struct forward forward = {
		.campaign_id = s->about.subject.campaign_id,
		.member_id = s->about.subject.member_id,
		.name = s->name,
		.words = s->words,
		.addresses = s->addresses,
		.n = s->addresses_n,
		.language = s->page.language,
		.client = signup_client(rq),
		.per_client = api_of(rq)->signups_per_client,
	};

	return delivery_forward(api_of(rq)->delivery, &forward, err);
}

/* Whoever was too quick has waited by the next time. */
static int ask_again(struct sharing *s, enum signup_age age,
		     struct response *rs)
{
	s->page.stamp = age == SIGNUP_STALE ? signup_new_stamp(&s->page)
					    : signup_typed(&s->page, "shown");
	rs->status = s->page.wrong.n ? 400 : 200;
	return write_page(s, rs);
}

static int say_done(const struct sharing *s, struct response *rs)
{
	signup_begin(&s->page, signup_text(&s->page, READER_FORWARD), rs);
	track_page_forbid_cache(rs);
	strbuf_addstr(&rs->body, "<p role=\"status\">");
	strbuf_add_html(&rs->body,
			str_of(signup_text(&s->page, READER_FORWARD_DONE)));
	strbuf_addstr(&rs->body, "</p>\n");
	page_end(&rs->body);
	return 0;
}

/* A program that fills in what people do not see is answered like them. */
int page_track_forward_post(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(sharing_release) struct sharing s = { .page = { .rq = rq } };
	enum signup_age age;
	int can;

	if (signup_check_body(rq, err) < 0)
		return -1;
	if (!request_form(rq, "forward"))
		return err_set(err, ERR_INVALID,
			       "this needs the page's button");
	can = open_sharing(rq, &s, err);
	if (can < 0)
		return -1;
	if (!can)
		return refuse(&s, rs);
	age = signup_age(&s.page);
	if (age == SIGNUP_STRANGE)
		return err_set(err, ERR_INVALID, "this needs the page's form");
	read_form(&s);
	s.page.once_more = age != SIGNUP_FINE;
	if (signup_is_trapped(&s.page))
		return say_done(&s, rs);
	if (s.page.wrong.n || s.page.once_more)
		return ask_again(&s, age, rs);
	if (send(&s, err) == 0)
		return say_done(&s, rs);
	if (err->code != ERR_CONFLICT)
		return -1;
	*err = (struct err)ERR_INIT;
	return refuse(&s, rs);
}
