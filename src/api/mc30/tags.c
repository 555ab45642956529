/*
 * The tags of a member, and tags found by a name's beginning. Handlers; any
 * worker.
 */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "audience/list.h"
#include "audience/segment.h"
#include "base/arena.h"
#include "base/err.h"

int mc_member_tags_list(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct member_tags tags = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct member member;
	struct mc_page page;
	struct list list;
	const char *path;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    member_get(db, list.id, request_param(rq, "subscriber_hash"),
		       rq->arena, &member, err) < 0 ||
	    member_tags_list(db, sql_keys_strided(&member.id, 1, 0, &keys),
			     rq->arena, &tags, err) < 0)
		return -1;
	path = arena_printf(rq->arena, "/lists/%s/members/%s", list.hex,
			    member.email_hash);
	json_begin_object(&w);
	json_key_begin_array(&w, "tags");
	for (size_t i = 0; i < tags.n; i++) {
		if (!mc_on_page(&page, i))
			continue;
		json_begin_object(&w);
		json_key_int(&w, "id", tags.v[i].segment_id);
		json_key_text(&w, "name", tags.v[i].name);
		json_key_time(&w, "date_added", tags.v[i].at_ms);
		json_end_object(&w);
	}
	json_end_array(&w);
	mc_collection_end(&w, (int64_t)tags.n, mc_base(rq),
			  arena_printf(rq->arena, "%s/tags", path), path);
	json_end_object(&w);
	return 0;
}

static int change_once(struct request *rq, struct db *db,
		       const struct list *list, const json_t *tags,
		       struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0 ||
	    member_change_tags(&tx, list, request_param(rq, "subscriber_hash"),
			       tags, rq->now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int mc_member_tags_change(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	const json_t *body, *tags = NULL;
	struct list list;
	bool is_syncing; /* no automation waits for tags */
	int has, done, tries = 0;

	if (mc_body(rq, &body, err) < 0 ||
	    json_get_bool(body, "is_syncing", &is_syncing, err) < 0)
		return -1;
	has = json_get_array(body, "tags", &tags, err);
	if (has <= 0)
		return has < 0 ? -1
			       : err_field(err, "tags",
					   "This value should not be blank.");
	if (mc_db(rq, &db, err) < 0 || mc_list_of_path(rq, db, &list, err) < 0)
		return -1;
	do {
		done = change_once(rq, db, &list, tags, err);
	} while (done < 0 && mc_try_again(err, &tries));
	if (done < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

int mc_tag_search(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct segments tags = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct segment_filter filter = { .kind = SEGMENT_STATIC,
					 .count = 1000 };
	struct list list;
	int64_t total = 0;

	filter.name = request_query(rq, "name");
	if (mc_db(rq, &db, err) < 0 || mc_list_of_path(rq, db, &list, err) < 0)
		return -1;
	filter.list_id = list.id;
	if (segment_list(db, &filter, rq->arena, &tags, &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "tags");
	vec_each (&tags, tag) {
		json_begin_object(&w);
		json_key_int(&w, "id", tag->id);
		json_key_text(&w, "name", tag->name);
		json_end_object(&w);
	}
	json_end_array(&w);
	mc_collection_end(
		&w, total, mc_base(rq),
		arena_printf(rq->arena, "/lists/%s/tag-search", list.hex),
		arena_printf(rq->arena, "/lists/%s", list.hex));
	json_end_object(&w);
	return 0;
}
