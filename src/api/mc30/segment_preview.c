/* Who would be in a segment, while its conditions are made. A handler; any
 * worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "api/mc30/member_reply.h"
#include "audience/list.h"
#include "audience/segment_target.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sets/id_set.h"

#define SAMPLE 8

/* The first of them. */
static int load_sample(struct db *db, struct id_set *set, struct arena *arena,
		       struct members *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	int64_t id = 0;

	while (ids.n < SAMPLE && (id = id_set_next(set, id)) > 0)
		vec_push(&ids, id);
	if (ids.n == 0)
		return 0;
	return member_list_by_ids(db, sql_keys(&ids, &keys), arena, out, err);
}

static int write_sample(const struct request *rq, struct db *db,
			const struct list *list, const struct members *members,
			struct json_writer *w, struct err *err)
{
	CLEANUP(member_reply_release) struct member_reply reply = { 0 };

	member_reply_want(&reply, w, "sample");
	if (member_reply_load(rq, db, list, members->v, members->n, &reply,
			      err) < 0)
		return -1;
	json_key_begin_array(w, "sample");
	vec_each (members, member)
		member_reply_write(&reply, member, w);
	json_end_array(w);
	return 0;
}

static int find(struct request *rq, struct db *db, const struct list *list,
		struct id_set *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct segment_target target = { .list_id = list->id };
	const json_t *body;

	if (request_json(rq, &body, err) < 0)
		return -1;
	json_dump(body, &text);
	target.opts = text.buf;
	return segment_members(db, &target, rq->now_ms, out, err);
}

int v1_segment_preview(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	CLEANUP(vec_release) struct members members = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct list list;

	json_choose(&w, json_fields("count,sample.id,sample.email_address,"
				    "sample.full_name",
				    false, rq->arena));
	if (mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    find(rq, db, &list, &set, err) < 0 ||
	    load_sample(db, &set, rq->arena, &members, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "count", id_set_count(&set));
	if (write_sample(rq, db, &list, &members, &w, err) < 0)
		return -1;
	json_end_object(&w);
	return 0;
}
