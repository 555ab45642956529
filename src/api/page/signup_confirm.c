/*
 * Behind the link of a confirmation mail. Looking at it changes nothing, as
 * programs look at links, too: the button does. Handlers, also of the tracking
 * listener; any worker.
 */
#include "api/page/signup_page.h"

#include "api/handlers.h"
#include "audience/form/signup.h"
#include "base/arena.h"
#include "base/err.h"
#include "delivery/track_token.h"
#include "http/page.h"

/* Whom a link is about. */
struct about {
	struct signup_link link;
	struct member member; /* id 0: nobody is there any more */
	enum signup_state state;
};

static void write_page(const struct signup_page *page,
		       const struct about *about, struct response *rs)
{
	struct strbuf *out = &rs->body;
	const char *thanks =
		about->state == SIGNUP_DONE
			? signup_form_text(&page->form,
					   "signup_thank_you_title",
					   page->rq->arena)
			: "";

	signup_begin(page, *thanks ? thanks : signup_page_title(page), rs);
	if (about->state == SIGNUP_OVER) {
		page_paragraph(out, signup_text(page, READER_CONFIRM_OVER));
		strbuf_addstr(out, "<p>");
		page_link(out,
			  arena_printf(page->rq->arena,
				       "../../subscribe?u=%s&id=%s",
				       page->account, page->list.hex),
			  signup_text(page, READER_SIGN_UP));
		strbuf_addstr(out, "</p>\n");
	} else if (about->state == SIGNUP_DONE) {
		page_paragraph(out, signup_text(page, READER_CONFIRMED));
		signup_add_who(page, about->member.address, out);
	} else {
		page_paragraph(out, signup_text(page, READER_CONFIRM_ASK));
		signup_add_who(page, about->member.address, out);
		strbuf_addstr(out,
			      "<form method=\"post\"><button type=\"submit\" "
			      "name=\"confirm\" value=\"1\">");
		strbuf_add_html(out, str_of(signup_text(page, READER_CONFIRM)));
		strbuf_addstr(out, "</button></form>\n");
	}
	page_end(out);
}

/* In the language in which they signed up. Who is gone had no list. */
static int show(struct request *rq, struct signup_page *page,
		const struct about *about, struct response *rs, struct err *err)
{
	const struct reader_language *language =
		reader_language_find(about->member.language);
	struct db *db = page->db;
	struct list list;

	if (!about->member.id)
		return err_set(err, ERR_NOT_FOUND, "this link is not valid");
	if (list_get_by_id(db, about->member.list_id, rq->arena, &list, err) <
		    0 ||
	    signup_page_load(rq, db, &list, page, err) < 0)
		return -1;
	if (language)
		page->language = language;
	write_page(page, about, rs);
	return 0;
}

int page_signup_confirm(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	struct about about = { .state = SIGNUP_OVER };

	if (signup_read_link(rq, TRACK_CONFIRM, &about.link, err) < 0 ||
	    store_get(api_of(rq)->store, STORE_AUDIENCE, &page.db, err) < 0 ||
	    signup_look(page.db, &about.link, rq->now_ms, rq->arena,
			&about.member, &about.state, err) < 0)
		return -1;
	return show(rq, &page, &about, rs, err);
}

static int confirm(struct request *rq, struct db *db, struct about *about,
		   struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct member_actor actor = { .source = SOURCE_USER,
					    .now_ms = rq->now_ms,
					    .ip = rq->client_ip };

	if (tx_begin(db, &tx, err) < 0 ||
	    signup_confirm(&tx, &about->link, &actor, rq->arena, &about->state,
			   err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	api_wake_audience(rq);
	return 0;
}

/* By a person who pressed the button that was on the page. */
int page_signup_confirm_post(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	struct about about = { .state = SIGNUP_OVER };
	enum signup_state before;

	if (!request_form(rq, "confirm"))
		return err_set(err, ERR_INVALID,
			       "this needs the page's button");
	if (signup_read_link(rq, TRACK_CONFIRM, &about.link, err) < 0 ||
	    store_get(api_of(rq)->store, STORE_AUDIENCE, &page.db, err) < 0 ||
	    confirm(rq, page.db, &about, err) < 0 ||
	    signup_look(page.db, &about.link, rq->now_ms, rq->arena,
			&about.member, &before, err) < 0)
		return -1;
	return show(rq, &page, &about, rs, err);
}
