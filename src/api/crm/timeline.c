/* Everything that happened with a record. */
#include "crm/timeline.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/record.h"

#include <inttypes.h>

static void format(const struct timeline_entry *e, struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "type", e->type);
	json_key_id(w, "id", e->id);
	json_key_time(w, "at", e->at_ms);
	json_key_text(w, "kind", e->kind);
	json_key_text(w, "title", e->title);
	json_key_text(w, "body", e->body);
	json_key_text(w, "status", e->status);
	json_key_id(w, "campaign_id", e->campaign_id);
	json_key_id(w, "person_id", e->person_id);
	json_key_id(w, "user_id", e->user_id);
	json_end_object(w);
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
	struct record r;
	int given = read_cursor(rq, &after, err);

	if (given < 0 || request_param_id(rq, "record_id", &id, err) < 0 ||
	    v1_limit(rq, &limit, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    record_get(db, entity, id, rq->arena, &r, err) < 0 ||
	    timeline_list(db, entity, id, given ? &after : NULL, limit + 1,
			  rq->arena, &found, err) < 0 ||
	    timeline_count(db, entity, id, &total, err) < 0)
		return -1;
	if ((int64_t)found.n > limit) {
		struct timeline_entry *e = &found.v[--found.n - 1];

		next = arena_printf(
			rq->arena,
			"%" PRId64 ".%s.%" PRId64 ".%" PRId64 ".%" PRId64,
			e->at_ms, e->type, e->campaign_id, e->person_id, e->id);
	}
	v1_list_begin(&w);
	vec_each (&found, e)
		format(e, &w);
	v1_list_end(&w, total, next);
	return 0;
}
