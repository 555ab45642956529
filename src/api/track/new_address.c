/*
 * Behind the link of the mail to an address that a reader wants mail at.
 * Looking changes nothing: the button does. Handlers, also of the tracking
 * listener; any worker.
 */
#include "api/track/track_page.h"

#include "api/handlers.h"
#include "api/page/signup_page.h"
#include "audience/form/address_change.h"
#include "base/err.h"
#include "http/page.h"
#include "store/store.h"

static void write_page(const struct signup_page *page,
		       const struct address_change *change, struct response *rs)
{
	struct strbuf *out = &rs->body;

	signup_begin(page, signup_text(page, READER_SUBSCRIPTION), rs);
	track_page_forbid_cache(rs);
	if (change->state == SIGNUP_OVER) {
		page_paragraph(out, signup_text(page, READER_NO_LINK));
	} else if (change->state == SIGNUP_DONE) {
		page_paragraph(out, signup_text(page, READER_MOVED));
		signup_add_who(page, change->address, out);
	} else {
		page_paragraph(out, signup_text(page, READER_MOVE_ASK));
		signup_add_who(page, change->address, out);
		strbuf_addstr(out,
			      "<form method=\"post\"><button type=\"submit\" "
			      "name=\"confirm\" value=\"1\">");
		strbuf_add_html(out,
				str_of(signup_text(page, READER_MOVE_LINK)));
		strbuf_addstr(out, "</button></form>\n");
	}
	page_end(out);
}

static int show(struct request *rq, struct signup_page *page,
		const struct address_change *change, struct response *rs,
		struct err *err)
{
	const struct reader_language *language =
		reader_language_find(change->member.language);
	struct db *db = page->db;
	struct list list;

	if (!change->member.id || change->member.list_id < 0)
		return err_set(err, ERR_NOT_FOUND, "this link is not valid");
	if (list_get_by_id(db, change->member.list_id, rq->arena, &list, err) <
		    0 ||
	    signup_page_load(rq, db, &list, page, err) < 0)
		return -1;
	if (language)
		page->language = language;
	write_page(page, change, rs);
	return 0;
}

int page_track_move(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	struct address_change change;
	struct signup_link link;

	if (signup_read_link(rq, TRACK_MOVE, &link, err) < 0 ||
	    store_get(api_of(rq)->store, STORE_AUDIENCE, &page.db, err) < 0 ||
	    address_change_look(page.db, &link, rq->now_ms, rq->arena, &change,
				err) < 0)
		return -1;
	return show(rq, &page, &change, rs, err);
}

static int confirm(struct request *rq, struct db *db,
		   const struct signup_link *link, struct address_change *out,
		   struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct member_actor actor = { .source = SOURCE_USER,
					    .now_ms = rq->now_ms,
					    .ip = rq->client_ip };

	if (tx_begin(db, &tx, err) < 0 ||
	    address_change_confirm(&tx, link, &actor, rq->arena, out, err) <
		    0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	api_wake_audience(rq);
	return 0;
}

/* By a person who pressed the button that was on the page. */
int page_track_move_post(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	struct address_change change;
	struct signup_link link;

	if (!request_form(rq, "confirm"))
		return err_set(err, ERR_INVALID,
			       "this needs the page's button");
	if (signup_read_link(rq, TRACK_MOVE, &link, err) < 0 ||
	    store_get(api_of(rq)->store, STORE_AUDIENCE, &page.db, err) < 0 ||
	    confirm(rq, page.db, &link, &change, err) < 0)
		return -1;
	return show(rq, &page, &change, rs, err);
}
