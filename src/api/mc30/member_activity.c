/*
 * What a member did, as the old endpoint and the feed tell it. Handlers; any
 * worker.
 */
#include "audience/member_activity.h"

#include "api/handlers.h"
#include "api/mc30/mc30.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"

#include <string.h>

#define OLD_ACTIVITY_MAX 50

/* What both endpoints begin with. */
struct activity_page {
	struct list list;
	struct member member;
	struct member_activities items;
	int64_t total;
};

static void page_release(struct activity_page *page)
{
	vec_release(&page->items);
}

/* q: a page of what; of whom is filled in. */
static int load(const struct request *rq, struct member_activity_query *q,
		struct activity_page *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &out->list, err) < 0 ||
	    member_get(db, out->list.id, request_param(rq, "subscriber_hash"),
		       rq->arena, &out->member, err) < 0)
		return -1;
	q->member_id = out->member.id;
	if (q->actions && !*q->actions)
		q->actions = NULL;
	return member_activity_list(db, q, rq->arena, &out->items, &out->total,
				    err);
}

static void write_end(const struct request *rq, const struct activity_page *p,
		      const char *path, struct json_writer *w)
{
	const char *parent = arena_printf(rq->arena, "/lists/%s/members/%s",
					  p->list.hex, p->member.email_hash);
	char contact_id[CONTACT_ID_HEX + 1];

	member_contact_id(p->member.id, contact_id);
	json_key_text(w, "contact_id", contact_id);
	json_key_text(w, "email_id", p->member.email_hash);
	json_key_text(w, "list_id", p->list.hex);
	mc_collection_end(w, p->total, mc_base(rq),
			  arena_printf(rq->arena, "%s/%s", parent, path),
			  parent);
	json_end_object(w);
}

/* The old endpoint: the last 50. */
int mc_member_activity(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(page_release) struct activity_page page = { .total = 0 };
	struct json_writer w = mc_writer(rq, rs);
	struct member_activity_query q = {
		.actions = request_query(rq, "action"),
		.no_permissions = true,
		.count = OLD_ACTIVITY_MAX,
	};

	if (load(rq, &q, &page, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "activity");
	vec_each (&page.items, item) {
		json_begin_object(&w);
		json_key_text(&w, "action", item->action);
		json_key_time(&w, "timestamp", item->at_ms);
		json_key_text(&w, "url", item->url);
		json_key_text(&w, "type", item->campaign_type);
		json_key_text(&w, "campaign_id", item->campaign_hex);
		json_key_text(&w, "title", item->title);
		json_key_text(&w, "parent_campaign", item->parent_hex);
		json_end_object(&w);
	}
	json_end_array(&w);
	write_end(rq, &page, "activity", &w);
	return 0;
}

/* What only some kinds have. */
static void write_more(const struct member_activity *item,
		       struct json_writer *w)
{
	if (strcmp(item->action, "bounce") == 0) {
		json_key_text(w, "bounce_type",
			      item->is_hard ? "hard" : "soft");
		json_key_bool(w, "bounce_has_open_activity", item->is_opened);
	} else if (strcmp(item->action, "unsub") == 0) {
		json_key_text(w, "unsubscribe_reason", item->reason);
		json_key_bool(w, "is_admin_unsubscribed", false);
	}
}

/* "API": a program; the member has no name but the address. */
static void write_permission(const struct member *member,
			     const struct member_activity *item,
			     struct json_writer *w)
{
	json_key_text(w, "marketing_permisson_text", item->permission);
	json_key_bool(w, "marketing_permission_opted_in", item->is_given);
	json_key_text(w, "updated_by",
		      *item->said_by       ? item->said_by
		      : item->is_by_member ? member->address
					   : "API");
}

static void write_item(const struct member *member,
		       const struct member_activity *item,
		       struct json_writer *w)
{
	json_begin_object(w);
	json_key_text(w, "activity_type", item->action);
	json_key_time(w, "created_at_timestamp", item->at_ms);
	if (item->permission) {
		write_permission(member, item, w);
	} else {
		json_key_text(w, "campaign_id", item->campaign_hex);
		json_key_text(w, "campaign_title", item->title);
		json_key_text(w, "link_clicked", item->url);
		if (json_names(w, "variant"))
			json_key_int(w, "variant", item->variant);
		write_more(item, w);
	}
	json_end_object(w);
}

int mc_member_activity_feed(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(page_release) struct activity_page page = { .total = 0 };
	struct json_writer w = mc_writer(rq, rs);
	struct member_activity_query q = {
		.actions = request_query(rq, "activity_filters"),
	};
	struct mc_page paging;

	if (mc_page(rq, &paging, err) < 0)
		return -1;
	q.count = paging.count;
	q.offset = paging.offset;
	if (load(rq, &q, &page, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "activity");
	vec_each (&page.items, item)
		write_item(&page.member, item, &w);
	json_end_array(&w);
	write_end(rq, &page, "activity-feed", &w);
	return 0;
}
