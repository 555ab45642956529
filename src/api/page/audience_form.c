/*
 * The sign-up forms of the audience engine inside, for the app: where their
 * pages are, and the code to copy into another site. A handler; any worker.
 */
#include "api/page/signup_page.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"

#define LISTS_MAX 1000

static const char *url_of(const struct signup_page *page, const char *path)
{
	return arena_printf(page->rq->arena, "%s/subscribe%s?u=%s&id=%s",
			    api_of(page->rq)->public_url, path, page->account,
			    page->list.hex);
}

/* That of the list, if none is asked for: its owner knows no reader yet. */
static const struct reader_language *language_of(const struct signup_page *page)
{
	const struct reader_language *language =
		reader_language_find(request_query(page->rq, "language"));

	if (!language)
		language = reader_language_find(
			list_language(&page->list, page->rq->arena));
	return language ? language : reader_language_english();
}

static void write_languages(struct json_writer *w)
{
	json_key_begin_array(w, "languages");
	for (size_t i = 0; reader_languages[i]; i++)
		json_text(w, reader_languages[i]->tag);
	json_end_array(w);
}

static void write_form(struct signup_page *page, struct json_writer *w)
{
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;

	page->language = language_of(page);
	page->stamp = NULL;
	strbuf_addf(&html, "<div lang=\"%s\" dir=\"%s\">\n",
		    page->language->tag, reader_direction(page->language));
	signup_write_form(page,
			  arena_printf(page->rq->arena, "%s&lang=%s",
				       url_of(page, "/post"),
				       page->language->tag),
			  &html);
	strbuf_addstr(&html, "</div>\n");
	json_begin_object(w);
	json_key_text(w, "list_id", page->list.hex);
	json_key_text(w, "name", page->list.name);
	json_key_text(w, "url", url_of(page, ""));
	json_key_text(w, "html", html.buf);
	json_key_bool(w, "double_optin", page->list.double_optin);
	json_key_text(w, "language", page->language->tag);
	write_languages(w);
	json_key_text(w, "consent", page->form.consent);
	json_key_text(w, "usual_consent", signup_text(page, READER_CONSENT));
	json_end_object(w);
}

static int write_one(struct request *rq, const struct list *list,
		     struct json_writer *w, struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	struct db *db = NULL;

	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	page.db = db;
	if (signup_page_load(rq, db, list, &page, err) < 0)
		return -1;
	write_form(&page, w);
	return 0;
}

static int find_lists(const struct request *rq, struct lists *out,
		      struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	const struct list_filter filter = { .count = LISTS_MAX };
	int64_t total;

	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return list_list(db, &filter, rq->arena, out, &total, err);
}

int v1_audience_forms(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(vec_release) struct lists lists = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (find_lists(rq, &lists, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "items");
	vec_each (&lists, list)
		if (write_one(rq, list, &w, err) < 0)
			return -1;
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}

int v1_audience_form_put(struct request *rq, struct response *rs,
			 struct err *err)
{
	static const char *const known[] = { "consent", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *consent = NULL;
	const json_t *body;
	struct list list;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_text(body, "consent", &consent, err) < 0 ||
	    store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    list_get(db, request_param(rq, "list_id"), rq->arena, &list, err) <
		    0 ||
	    signup_form_put_consent(&tx, &list, consent, rq->arena, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return write_one(rq, &list, &w, err);
}

/* --- as it would be --- */

static int lay_draft(struct signup_page *page, const json_t *body,
		     struct err *err)
{
	struct signup_form *form = &page->form;
	const json_t *fields = NULL;

	if (json_get_array(body, "fields", &fields, err) < 0 ||
	    json_get_text(body, "consent", &form->consent, err) < 0 ||
	    signup_form_check_consent(form->consent, err) < 0 ||
	    signup_form_lay(body, page->rq->arena, form, err) < 0)
		return -1;
	return fields ? signup_page_choose(page, fields, err) : 0;
}

/* The hosted page, by the same code, over what is kept; nothing is written. */
int v1_audience_form_preview(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(signup_page_release) struct signup_page page = { .rq = rq };
	struct db *db = NULL;
	const json_t *body;
	struct list list;

	if (request_json(rq, &body, err) < 0 ||
	    store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	page.db = db;
	if (list_get(db, request_param(rq, "list_id"), rq->arena, &list, err) <
		    0 ||
	    signup_page_load(rq, db, &list, &page, err) < 0 ||
	    lay_draft(&page, body, err) < 0)
		return -1;
	page.language = language_of(&page);
	page.stamp = signup_new_stamp(&page);
	signup_write_page(&page, rs);
	return 0;
}
