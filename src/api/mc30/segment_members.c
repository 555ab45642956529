/*
 * Who is in a segment: read, and changed one by one or 500 at a time.
 */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "api/mc30/member_reply.h"
#include "audience/list.h"
#include "audience/segment.h"
#include "audience/segment_target.h"
#include "audience/tag_members.h"
#include "audience/tag_page.h"
#include "base/arena.h"
#include "base/err.h"
#include "sets/id_set.h"

static int load_ids(struct db *db, const struct ids *ids, struct arena *arena,
		    struct members *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (ids->n == 0)
		return 0;
	return member_list_by_ids(db, sql_keys(ids, &keys), arena, out, err);
}

/* --- reading --- */

/* The page that is asked for, of whom the segment has. */
struct reading {
	struct segment_target target;
	struct mc_page page;
	bool brief, counts;
	struct members members;
	int64_t total; /* if it counts */
};

static void reading_release(struct reading *r)
{
	vec_release(&r->members);
}

static int read_evaluated(const struct request *rq, struct db *db,
			  struct reading *r, struct err *err)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (segment_members(db, &r->target, rq->now_ms, &set, err) < 0)
		return -1;
	r->total = id_set_count(&set);
	mc_page_of_set(&r->page, &set, &ids);
	return load_ids(db, &ids, rq->arena, &r->members, err);
}

static int read_tag(const struct request *rq, struct db *db, struct reading *r,
		    struct err *err)
{
	const struct tag_page page = { .segment_id = r->target.segment_id,
				       .statuses = r->target.statuses,
				       .after_id = r->page.after_id,
				       .count = r->page.count,
				       .brief = r->brief };

	if (r->counts &&
	    segment_count(db, &r->target, rq->now_ms, &r->total, err) < 0)
		return -1;
	return tag_page_list(db, &page, rq->arena, &r->members, err);
}

static int read_members(const struct request *rq, struct db *db,
			struct reading *r, struct err *err)
{
	struct segment segment;

	if (r->page.after_ms)
		return err_field(err, "cursor", "is of another collection");
	if (!r->page.by_cursor)
		return read_evaluated(rq, db, r, err);
	if (segment_get(db, r->target.list_id, r->target.segment_id, rq->arena,
			&segment, err) < 0)
		return -1;
	return (segment.kind == SEGMENT_STATIC ? read_tag : read_evaluated)(
		rq, db, r, err);
}

int mc_segment_members_list(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(reading_release)
	struct reading r = { .target.statuses = mc_statuses(rq) };
	struct json_writer w = mc_writer(rq, rs);
	struct list list;
	const char *path;

	if (mc_page_or_cursor(rq, &r.page, err) < 0 ||
	    request_param_id(rq, "segment_id", &r.target.segment_id, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || mc_list_of_path(rq, db, &list, err) < 0)
		return -1;
	r.target.list_id = list.id;
	r.brief = member_reply_is_brief(&w, "members");
	r.counts = json_wants(&w, "total_items");
	if (read_members(rq, db, &r, err) < 0)
		return -1;
	json_begin_object(&w);
	if (member_reply_page(rq, db, &list, &r.members, &w, err) < 0)
		return -1;
	if (r.members.n)
		mc_next_cursor(&w, &r.page, r.members.n, 0,
			       r.members.v[r.members.n - 1].id);
	path = arena_printf(rq->arena, "/lists/%s/segments/%lld", list.hex,
			    (long long)r.target.segment_id);
	mc_collection_end(&w, r.total, mc_base(rq),
			  arena_printf(rq->arena, "%s/members", path), path);
	json_end_object(&w);
	return 0;
}

/* --- changes --- */

struct change_call {
	int64_t segment_id;
	const json_t *add, *remove;
	struct tag_change change;
};

static void release_call(struct change_call *call)
{
	tag_change_release(&call->change);
}

static int apply_once(struct request *rq, struct db *db,
		      const struct list *list, struct change_call *call,
		      struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0 ||
	    tag_members_change(&tx, list, call->segment_id, call->add,
			       call->remove, rq->now_ms, rq->arena,
			       &call->change, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int apply(struct request *rq, struct db *db, const struct list *list,
		 struct change_call *call, struct err *err)
{
	int done, tries = 0;

	do {
		tag_change_release(&call->change);
		done = apply_once(rq, db, list, call, err);
	} while (done < 0 && mc_try_again(err, &tries));
	return done;
}

static int write_part(const struct request *rq, struct db *db,
		      const struct list *list, const struct ids *ids,
		      const char *key, struct json_writer *w, struct err *err)
{
	CLEANUP(member_reply_release) struct member_reply reply = { 0 };
	CLEANUP(vec_release) struct members members = VEC_INIT;

	member_reply_want(&reply, w, key);
	if (json_wants(w, key) &&
	    (load_ids(db, ids, rq->arena, &members, err) < 0 ||
	     member_reply_load(rq, db, list, members.v, members.n, &reply,
			       err) < 0))
		return -1;
	json_key_begin_array(w, key);
	vec_each (&members, member)
		member_reply_write(&reply, member, w);
	json_end_array(w);
	return 0;
}

static void write_unknown(const struct texts *unknown, struct json_writer *w)
{
	json_key_begin_array(w, "errors");
	if (unknown->n) {
		json_begin_object(w);
		json_key_begin_array(w, "email_addresses");
		vec_each (unknown, address)
			json_text(w, *address);
		json_end_array(w);
		json_key_text(w, "error",
			      "Email addresses do not exist in the list");
		json_end_object(w);
	}
	json_end_array(w);
}

int mc_segments_batch(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(release_call) struct change_call call = { 0 };
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct list list;

	if (request_param_id(rq, "segment_id", &call.segment_id, err) < 0 ||
	    mc_body(rq, &body, err) < 0 ||
	    json_get_array(body, "members_to_add", &call.add, err) < 0 ||
	    json_get_array(body, "members_to_remove", &call.remove, err) < 0 ||
	    mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    apply(rq, db, &list, &call, err) < 0)
		return -1;
	json_begin_object(&w);
	if (write_part(rq, db, &list, &call.change.added, "members_added", &w,
		       err) < 0 ||
	    write_part(rq, db, &list, &call.change.removed, "members_removed",
		       &w, err) < 0)
		return -1;
	write_unknown(&call.change.unknown, &w);
	json_key_int(&w, "total_added", (int64_t)call.change.added.n);
	json_key_int(&w, "total_removed", (int64_t)call.change.removed.n);
	json_key_int(&w, "error_count", (int64_t)call.change.unknown.n);
	mc_links_begin(&w);
	mc_link(&w, "parent", "GET", mc_base(rq), "/lists/%s/segments/%lld",
		list.hex, (long long)call.segment_id);
	mc_links_end(&w);
	json_end_object(&w);
	return 0;
}

/* An array of one, for the calls about one member. */
static json_t *array_of(const char *address)
{
	json_t *array = json_array();

	/* Out of memory leaves an empty array: nothing is changed. */
	(void)json_array_append_new(array, json_string(address));
	return array;
}

int mc_segment_members_add(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(release_call) struct change_call call = { 0 };
	CLEANUP(json_free) json_t *one = NULL;
	const char *address = "";
	const json_t *body;
	struct member member;
	struct list list;

	if (request_param_id(rq, "segment_id", &call.segment_id, err) < 0 ||
	    mc_body(rq, &body, err) < 0 ||
	    json_get_text(body, "email_address", &address, err) < 0)
		return -1;
	one = array_of(address);
	call.add = one;
	if (mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    apply(rq, db, &list, &call, err) < 0 ||
	    member_get(db, list.id, address, rq->arena, &member, err) < 0)
		return -1;
	return member_reply_one(rq, rs, db, &list, &member, err);
}

int mc_segment_members_remove(struct request *rq, struct response *rs,
			      struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(release_call) struct change_call call = { 0 };
	CLEANUP(json_free) json_t *one = NULL;
	struct member member;
	struct list list;

	if (request_param_id(rq, "segment_id", &call.segment_id, err) < 0 ||
	    mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    member_get(db, list.id, request_param(rq, "subscriber_hash"),
		       rq->arena, &member, err) < 0)
		return -1;
	one = array_of(member.address);
	call.remove = one;
	if (apply(rq, db, &list, &call, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
