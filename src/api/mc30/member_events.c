/*
 * What other programs say that a member did: events, and goals, which nobody
 * can set any more. Handlers; any worker.
 */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "audience/list.h"
#include "audience/side/member_event.h"
#include "base/arena.h"
#include "base/err.h"

static int member_of_path(const struct request *rq, struct db *db,
			  struct list *list, struct member *out,
			  struct err *err)
{
	if (mc_list_of_path(rq, db, list, err) < 0 ||
	    member_get(db, list->id, request_param(rq, "subscriber_hash"),
		       rq->arena, out, err) < 0)
		return -1;
	return out->list_id == list->id ? 0 : mc_not_found(err);
}

static const char *path_of(const struct request *rq, const struct list *list,
			   const struct member *member)
{
	return arena_printf(rq->arena, "/lists/%s/members/%s", list->hex,
			    member->email_hash);
}

static void write_event(const struct member_event *event, struct json_writer *w)
{
	json_begin_object(w);
	json_key_time(w, "occurred_at", event->occurred_ms);
	json_key_text(w, "name", event->name);
	mc_key_column(w, "properties", event->properties);
	json_end_object(w);
}

int mc_member_events_list(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct member_events events = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct member member;
	struct mc_page page;
	struct list list;
	const char *path;
	int64_t total = 0;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    member_of_path(rq, db, &list, &member, err) < 0 ||
	    member_event_list(db, member.id, page.count, page.offset, rq->arena,
			      &events, &total, err) < 0)
		return -1;
	path = path_of(rq, &list, &member);
	json_begin_object(&w);
	json_key_begin_array(&w, "events");
	vec_each (&events, event)
		write_event(event, &w);
	json_end_array(&w);
	mc_collection_end(&w, total, mc_base(rq),
			  arena_printf(rq->arena, "%s/events", path), path);
	json_end_object(&w);
	return 0;
}

int mc_member_events_add(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const json_t *body;
	struct member member;
	struct list list;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    member_of_path(rq, db, &list, &member, err) < 0 ||
	    member_event_add(&tx, member.id, body, rq->now_ms, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

int mc_member_goals(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct member member;
	struct list list;
	const char *path;

	if (mc_db(rq, &db, err) < 0 ||
	    member_of_path(rq, db, &list, &member, err) < 0)
		return -1;
	path = path_of(rq, &list, &member);
	json_begin_object(&w);
	json_key_begin_array(&w, "goals");
	json_end_array(&w);
	json_key_text(&w, "list_id", list.hex);
	json_key_text(&w, "email_id", member.email_hash);
	mc_collection_end(&w, 0, mc_base(rq),
			  arena_printf(rq->arena, "%s/goals", path), path);
	json_end_object(&w);
	return 0;
}
