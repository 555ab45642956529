/* Mails that the catcher took instead of a relay. Handlers; any worker. */
#include "delivery/outbox/outbox.h"
#include "api/api.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "delivery/delivery.h"
#include "reader/reader_text.h"

#include <string.h>

#define LIMIT 50

static struct outbox *outbox_of(const struct request *rq)
{
	return delivery_outbox(api_of(rq)->delivery);
}

/* What it is called; NULL: it is gone, or none. */
static int name_of(struct db *db, int64_t campaign_id, struct arena *arena,
		   const char **out, struct err *err)
{
	struct campaign campaign;
	struct err why = ERR_INIT;

	*out = NULL;
	if (campaign_id == 0)
		return 0;
	if (campaign_get(db, campaign_id, arena, &campaign, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	*out = *campaign.settings.title ? campaign.settings.title
					: campaign.settings.subject_line;
	return 0;
}

/* Of none, and with the subject of a mail about signing up, in any language. */
static bool is_of_signup(const struct outbox_message *m)
{
	static const enum reader_text subjects[] = { READER_CONFIRM_SUBJECT,
						     READER_KNOWN_SUBJECT,
						     READER_MOVE_SUBJECT,
						     READER_TOLD_SUBJECT };

	if (m->campaign_id || m->is_test || !m->subject)
		return false;
	for (size_t l = 0; reader_languages[l]; l++)
		for (size_t i = 0; i < ARRAY_SIZE(subjects); i++)
			if (strcmp(m->subject,
				   reader_languages[l]->text[subjects[i]]) == 0)
				return true;
	return false;
}

static void write_fields(struct json_writer *w, const struct outbox_message *m,
			 const char *campaign)
{
	json_key_int(w, "id", m->id);
	json_key_time(w, "at", m->at_ms);
	json_key_text(w, "sender", m->sender);
	json_key_text(w, "rcpt", m->rcpt);
	json_key_text(w, "subject", m->subject);
	json_key_int(w, "size", m->size_bytes);
	json_key(w, "campaign_id");
	if (m->campaign_id)
		json_int(w, m->campaign_id);
	else
		json_nothing(w);
	json_key_text(w, "campaign_name", campaign);
	json_key_bool(w, "is_test", m->is_test);
	json_key_bool(w, "is_signup", is_of_signup(m));
}

/* Mails of one campaign follow each other. */
static int write_items(struct db *db, const struct outbox_message *items,
		       int64_t n, struct arena *arena, struct json_writer *w,
		       struct err *err)
{
	const char *name = NULL;

	for (int64_t i = 0; i < n; i++) {
		int64_t before = i > 0 ? items[i - 1].campaign_id : 0;

		if (items[i].campaign_id != before &&
		    name_of(db, items[i].campaign_id, arena, &name, err) < 0)
			return -1;
		json_begin_object(w);
		write_fields(w, &items[i], name);
		json_end_object(w);
	}
	return 0;
}

static void write_head(struct json_writer *w, const struct outbox_view *view)
{
	json_key_begin_array(w, "headers");
	for (size_t i = 0; i < view->fields_n; i++) {
		json_begin_object(w);
		json_key_text(w, "name", view->fields[i].name);
		json_key_text(w, "value", view->fields[i].value);
		json_end_object(w);
	}
	json_end_array(w);
}

static int read_query(const struct request *rq, struct outbox_query *out,
		      struct err *err)
{
	*out = (struct outbox_query){ .rcpt = request_query(rq, "rcpt"),
				      .q = request_query(rq, "q"),
				      .limit = LIMIT };
	if (request_query_int(rq, "limit", 1, 1000, &out->limit, err) < 0 ||
	    request_query_int(rq, "cursor", 1, INT64_MAX, &out->before_id,
			      err) < 0)
		return -1;
	return 0;
}

int v1_outbox_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct outbox_query query;
	struct campaign_sender_facts facts;
	struct outbox_message *items;
	int64_t n, total;

	if (read_query(rq, &query, err) < 0 || v1_facts(rq, &facts, err) < 0)
		return -1;
	n = outbox_list(outbox_of(rq), &query, rq->arena, &items, &total, err);
	if (n < 0 || store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "items");
	if (write_items(db, items, n, rq->arena, &w, err) < 0)
		return -1;
	json_end_array(&w);
	json_key_int(&w, "total", total);
	json_key_text(&w, "next",
		      n == query.limit
			      ? arena_printf(rq->arena, "%lld",
					     (long long)items[n - 1].id)
			      : NULL);
	json_key_bool(&w, "in_use", facts.outbox);
	json_end_object(&w);
	return 0;
}

int v1_outbox_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct outbox_message m;
	struct outbox_view view;
	const char *campaign;
	int64_t id;

	if (request_param_id(rq, "mail_id", &id, err) < 0 ||
	    outbox_get(outbox_of(rq), id, rq->arena, &m, err) < 0 ||
	    outbox_read(outbox_of(rq), &m, &source, err) < 0 ||
	    outbox_view(strbuf_str(&source), rq->arena, &view, err) < 0 ||
	    store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0 ||
	    name_of(db, m.campaign_id, rq->arena, &campaign, err) < 0)
		return -1;
	json_begin_object(&w);
	write_fields(&w, &m, campaign);
	json_key(&w, "source");
	json_str(&w, strbuf_str(&source));
	json_key_text(&w, "html", view.html);
	json_key_text(&w, "text", view.text);
	json_key_text(&w, "from", view.from);
	json_key_text(&w, "to", view.to);
	json_key_text(&w, "html_url",
		      view.html ? arena_printf(rq->arena, "/outbox/%lld/html",
					       (long long)m.id)
				: NULL);
	write_head(&w, &view);
	json_end_object(&w);
	return 0;
}
