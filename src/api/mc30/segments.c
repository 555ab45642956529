/* Tags and saved segments of an audience. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "audience/list.h"
#include "audience/member.h"
#include "audience/segment.h"
#include "audience/segment_target.h"
#include "base/arena.h"
#include "base/err.h"

/* Of a tag, of whatever status its members are, but for archived ones: they are
 * in no tag until they come back. Only if it is asked for. */
static int write_digest(const struct request *rq, struct db *db,
			const struct segment *s, struct json_writer *w,
			struct err *err)
{
	const struct segment_target target = {
		.list_id = s->list_id,
		.segment_id = s->id,
		.statuses =
			MEMBER_STATUS_ALL & ~MEMBER_STATUS_BIT(MEMBER_ARCHIVED)
	};
	char digest[SEGMENT_DIGEST_HEX + 1];

	if (s->kind != SEGMENT_STATIC || !json_names(w, "members_digest"))
		return 0;
	if (segment_digest(db, &target, rq->now_ms, digest, err) < 0)
		return -1;
	json_key_text(w, "members_digest", digest);
	return 0;
}

/* Conditions of what was deleted since, a tag or a field, fit nobody: whoever
 * lists segments is told of the others, too. */
static int count_members(struct db *db, const struct segment_target *target,
			 int64_t now_ms, int64_t *out, struct err *err)
{
	struct err why = ERR_INIT;

	*out = 0;
	if (segment_count(db, target, now_ms, out, &why) == 0 ||
	    why.code == ERR_INVALID)
		return 0;
	*err = why;
	return -1;
}

static int write_segment(const struct request *rq, struct db *db,
			 const struct list *list, const struct segment *s,
			 struct json_writer *w, struct err *err)
{
	const char *base = mc_base(rq);
	struct segment_target target = { .list_id = list->id,
					 .segment_id = s->id,
					 .statuses = mc_statuses(rq) };
	int64_t members = 0;

	if (json_wants(w, "member_count") &&
	    count_members(db, &target, rq->now_ms, &members, err) < 0)
		return -1;
	json_begin_object(w);
	json_key_int(w, "id", s->id);
	json_key_text(w, "name", s->name);
	json_key_int(w, "member_count", members);
	if (write_digest(rq, db, s, w, err) < 0)
		return -1;
	json_key_text(w, "type",
		      s->kind == SEGMENT_STATIC ? "static" : "saved");
	json_key_time(w, "created_at", s->created_ms);
	json_key_time(w, "updated_at", s->updated_ms);
	if (s->kind == SEGMENT_SAVED)
		mc_key_column(w, "options", s->conditions);
	json_key_text(w, "list_id", list->hex);
	mc_links_begin(w);
	mc_link(w, "self", "GET", base, "/lists/%s/segments/%lld", list->hex,
		(long long)s->id);
	mc_link(w, "parent", "GET", base, "/lists/%s/segments", list->hex);
	mc_link(w, "update", "PATCH", base, "/lists/%s/segments/%lld",
		list->hex, (long long)s->id);
	mc_link(w, "delete", "DELETE", base, "/lists/%s/segments/%lld",
		list->hex, (long long)s->id);
	mc_link(w, "members", "GET", base, "/lists/%s/segments/%lld/members",
		list->hex, (long long)s->id);
	mc_links_end(w);
	json_end_object(w);
	return 0;
}

static int read_filter(const struct request *rq, const struct list *list,
		       struct segment_filter *out, struct err *err)
{
	static const char *const types[] = { "static", "saved", "fuzzy", NULL };
	int type = mc_query_word(rq, "type", types, -2, err);
	struct mc_page page;

	*out = (struct segment_filter){ .list_id = list->id };
	if (type == -1 || mc_page(rq, &page, err) < 0 ||
	    mc_query_ms(rq, "since_created_at", &out->since_created_ms, err) <
		    0 ||
	    mc_query_ms(rq, "before_created_at", &out->before_created_ms, err) <
		    0 ||
	    mc_query_ms(rq, "since_updated_at", &out->since_updated_ms, err) <
		    0 ||
	    mc_query_ms(rq, "before_updated_at", &out->before_updated_ms, err) <
		    0)
		return -1;
	/* 3: of fuzzy ones there are none. */
	out->kind = type < 0 ? 0 : (enum segment_kind)(type + 1);
	out->count = page.count;
	out->offset = page.offset;
	return 0;
}

int mc_segments_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct segments segments = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct segment_filter filter;
	struct list list;
	int64_t total = 0;

	if (mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    read_filter(rq, &list, &filter, err) < 0 ||
	    segment_list(db, &filter, rq->arena, &segments, &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "segments");
	vec_each (&segments, segment)
		if (write_segment(rq, db, &list, segment, &w, err) < 0)
			return -1;
	mc_list_part_end(rq, &list, total, "segments", &w);
	return 0;
}

/* {list_id} and {segment_id} of the path. */
static int segment_of_path(const struct request *rq, struct db *db,
			   struct list *list, struct segment *out,
			   struct err *err)
{
	int64_t id;

	if (request_param_id(rq, "segment_id", &id, err) < 0 ||
	    mc_list_of_path(rq, db, list, err) < 0)
		return -1;
	return segment_get(db, list->id, id, rq->arena, out, err);
}

/* Who has a tag is not of the state: many give tags while somebody edits. */
static struct str state_of(const struct request *rq, const struct segment *s)
{
	return str_of(arena_printf(rq->arena, "%lld\n%s\n%s", (long long)s->id,
				   s->name,
				   s->conditions ? s->conditions : ""));
}

/* A change is of what was read, if it says of what. */
static int check_state(const struct request *rq, struct tx *tx,
		       const struct list *list, int64_t id, struct err *err)
{
	struct segment now;

	if (!v1_has_if_match(rq))
		return 0;
	if (segment_lock(tx, list->id, id, rq->arena, &now, err) < 0)
		return -1;
	return v1_if_match(rq, state_of(rq, &now), err);
}

int mc_segments_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct segment segment;
	struct list list;

	if (mc_db(rq, &db, err) < 0 ||
	    segment_of_path(rq, db, &list, &segment, err) < 0)
		return -1;
	v1_etag(rq, rs, state_of(rq, &segment));
	return write_segment(rq, db, &list, &segment, &w, err);
}

int mc_segments_add(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct segment segment;
	struct list list;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    segment_add(&tx, &list, body, rq->now_ms, rq->arena, &segment,
			err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return write_segment(rq, db, &list, &segment, &w, err);
}

int mc_segments_update(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct segment segment;
	struct list list;
	int64_t id;

	if (request_param_id(rq, "segment_id", &id, err) < 0 ||
	    mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    check_state(rq, &tx, &list, id, err) < 0 ||
	    segment_update(&tx, &list, id, body, rq->now_ms, rq->arena,
			   &segment, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	v1_etag(rq, rs, state_of(rq, &segment));
	return write_segment(rq, db, &list, &segment, &w, err);
}

int mc_segments_remove(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct list list;
	int64_t id;

	if (request_param_id(rq, "segment_id", &id, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    segment_remove(&tx, list.id, id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
