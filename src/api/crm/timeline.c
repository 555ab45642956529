/* Everything that happened with a record. */
#include "crm/timeline/timeline.h"

#include "api/crm/mail_subject.h"
#include "api/crm/person_mail.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/record.h"
#include "crm/timeline/campaign_mail.h"
#include "delivery/sent_mail.h"

#include <inttypes.h>

/* sent: what the engine knows of a campaign's mail; NULL: it is none. */
static void format(const struct timeline_entry *e, const struct sent_mail *sent,
		   struct json_writer *w)
{
	bool can_show = sent && sent->subject;
	const char *title = can_show  ? sent->subject
			    : e->mail ? e->mail->subject
				      : e->title;

	json_begin_object(w);
	json_key_text(w, "type", e->type);
	json_key_id(w, "id", e->id);
	json_key_time(w, "at", e->at_ms);
	json_key_text(w, "kind", e->kind);
	json_key_text(w, "direction", e->direction);
	json_key_text(w, "title", title);
	json_key_text(w, "body", e->body);
	json_key_text(w, "status", e->status);
	json_key_text(w, "email", e->address);
	json_key_id(w, "campaign_id", e->campaign_id);
	json_key_text(w, "campaign_name", e->campaign_name);
	json_key_id(w, "person_id", e->person_id);
	json_key_id(w, "user_id", e->user_id);
	json_key_text(w, "user_name", e->user_name);
	json_key_bool(w, "can_show", can_show);
	person_mail_write_events(e->mail, w);
	json_end_object(w);
}

static int format_page(struct request *rq, struct db *db,
		       const struct timeline *page, struct json_writer *w,
		       struct err *err)
{
	struct campaign_mail **mails =
		arena_array(rq->arena, struct campaign_mail *, page->n + 1);
	struct sent_mail *sent;
	size_t n = 0, at = 0;

	vec_each (page, e)
		if (e->mail)
			mails[n++] = e->mail;
	if (person_mails_find(rq, mails, n, &sent, err) < 0 ||
	    mail_subjects_merge(db, mails, sent, n, rq->arena, err) < 0)
		return -1;
	vec_each (page, e)
		format(e, e->mail ? &sent[at++] : NULL, w);
	return 0;
}

/* The cursor is "at.type.campaign.person.id" of the last one. 1, 0, -1. */
static int read_cursor(const struct request *rq, struct timeline_entry *out,
		       struct err *err)
{
	const char *cursor = request_query(rq, "cursor");
	struct str rest = str_of(cursor), type;

	if (!cursor || !*cursor)
		return 0;
	if (!str_to_int(str_cut(&rest, '.'), &out->at_ms) || !rest.s)
		return err_field(err, "cursor", "not a cursor");
	type = str_cut(&rest, '.');
	if (!rest.s || !str_to_int(str_cut(&rest, '.'), &out->campaign_id) ||
	    !rest.s || !str_to_int(str_cut(&rest, '.'), &out->person_id) ||
	    !rest.s || !str_to_int(rest, &out->id))
		return err_field(err, "cursor", "not a cursor");
	out->type = arena_str(rq->arena, type);
	return 1;
}

int v1_record_timeline(struct request *rq, struct response *rs, struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct timeline found = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct timeline_entry after = { .id = 0 };
	const char *next = NULL;
	int64_t id, limit, total = 0;
	unsigned types;
	struct record r;
	int given = read_cursor(rq, &after, err);

	if (given < 0 ||
	    timeline_types_parse(request_query(rq, "type"), &types, err) < 0 ||
	    request_param_id(rq, "record_id", &id, err) < 0 ||
	    v1_limit(rq, &limit, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    record_get(db, entity, id, rq->arena, &r, err) < 0 ||
	    timeline_list(db, entity, id, types, given ? &after : NULL,
			  limit + 1, rq->arena, &found, err) < 0 ||
	    timeline_count(db, entity, id, types, &total, err) < 0)
		return -1;
	if ((int64_t)found.n > limit) {
		struct timeline_entry *e = &found.v[--found.n - 1];

		next = arena_printf(
			rq->arena,
			"%" PRId64 ".%s.%" PRId64 ".%" PRId64 ".%" PRId64,
			e->at_ms, e->type, e->campaign_id, e->person_id, e->id);
	}
	v1_list_begin(&w);
	if (format_page(rq, db, &found, &w, err) < 0)
		return -1;
	v1_list_end(&w, total, next);
	return 0;
}
