/*
 * Members one at a time: a body becomes a member_op, its outcome a reply.
 * Handlers; any worker.
 */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "api/mc30/member_reply.h"
#include "audience/interest/interest.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sets/id_set.h"

#include <string.h>

static int read_times(const struct request *rq, struct member_filter *out,
		      struct err *err)
{
	struct {
		const char *name;
		int64_t *ms;
	} times[] = {
		{ "since_last_changed", &out->since_changed_ms },
		{ "before_last_changed", &out->before_changed_ms },
		{ "since_timestamp_opt", &out->since_opt_ms },
		{ "before_timestamp_opt", &out->before_opt_ms },
		{ "unsubscribed_since", &out->since_unsubscribed_ms },
	};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		if (mc_query_ms(rq, times[i].name, times[i].ms, err) < 0)
			return -1;
	return 0;
}

/* A list with commas; the numbers live in the arena. */
static int read_interest_ids(const struct request *rq, struct db *db,
			     const struct list *list,
			     const struct interest_category *category,
			     const char *text, struct ids *out, struct err *err)
{
	CLEANUP(vec_release) struct interests all = VEC_INIT;
	struct str rest = str_of(text);

	if (interest_list(db, list->id, category->id, rq->arena, &all, err) < 0)
		return -1;
	out->v = arena_array(rq->arena, int64_t, INTERESTS_MAX);
	while (rest.s && out->n < INTERESTS_MAX) {
		const char *hex =
			arena_str(rq->arena, str_trim(str_cut(&rest, ',')));
		const struct interest *found = interests_find(&all, hex);

		if (!found)
			return err_field(err, "interest_ids",
					 "Invalid interest ID: '%.40s'.", hex);
		out->v[out->n++] = found->id;
	}
	return rest.s ? err_field(err, "interest_ids", "are too many") : 0;
}

/* interest_category_id, interest_ids and interest_match, which go together. */
static int read_interests(const struct request *rq, struct db *db,
			  const struct list *list, struct member_filter *out,
			  struct err *err)
{
	static const char *const matches[] = { "any", "all", "none", NULL };
	const char *category_hex = request_query(rq, "interest_category_id");
	const char *ids = request_query(rq, "interest_ids");
	int match = mc_query_word(rq, "interest_match", matches, -2, err);
	struct interest_category category;
	struct ids *chosen;

	if (match == -1)
		return -1;
	if (!category_hex && !ids && match < 0)
		return 0;
	if (!category_hex || !ids || !*ids || match < 0)
		return err_field(err, "interest_ids",
				 "interest_category_id, interest_ids and "
				 "interest_match go together");
	if (interest_category_get(db, list->id, category_hex, rq->arena,
				  &category, err) < 0)
		return err->code == ERR_NOT_FOUND
			       ? err_field(err, "interest_category_id",
					   "is no category of this list")
			       : -1;
	chosen = arena_new_of(rq->arena, struct ids);
	out->interests = chosen;
	out->chose = (enum member_chose)match;
	return read_interest_ids(rq, db, list, &category, ids, chosen, err);
}

static void not_before(int64_t *since_ms, int64_t ms)
{
	if (*since_ms < ms)
		*since_ms = ms;
}

/* Who became what the status says since the last campaign was sent. */
static int read_since_last_campaign(const struct request *rq, struct db *db,
				    struct member_filter *out, struct err *err)
{
	int64_t ms = 0;

	if (!request_query_bool(rq, "since_last_campaign", false))
		return 0;
	if (!out->status)
		return err_field(err, "status",
				 "is needed with since_last_campaign");
	if (list_last_sent_ms(db, out->list_id, &ms, err) < 0)
		return -1;
	not_before(out->status == MEMBER_SUBSCRIBED ? &out->since_opt_ms
		   : out->status == MEMBER_UNSUBSCRIBED
			   ? &out->since_unsubscribed_ms
			   : &out->since_changed_ms,
		   ms);
	return 0;
}

/* Upwards by id or by change: what else can be sorted by is not told apart. */
static int check_cursor(const struct member_filter *f, struct err *err)
{
	bool fits = !f->sort_desc && f->sort <= MEMBER_BY_CHANGED &&
		    (f->sort == MEMBER_BY_CHANGED || !f->after_changed_ms);

	return fits ? 0
		    : err_field(err, "cursor",
				"goes with sort_field last_changed, or none, "
				"and sort_dir ASC");
}

static int read_filter(const struct request *rq, struct db *db,
		       const struct list *list, struct mc_page *page,
		       struct member_filter *out, struct err *err)
{
	static const char *const statuses[] = {
		"subscribed",    "unsubscribed", "cleaned", "pending",
		"transactional", "archived",     NULL
	};
	static const char *const types[] = { "html", "text", NULL };
	static const char *const sorts[] = { "last_changed", "timestamp_opt",
					     "timestamp_signup", NULL };
	static const char *const dirs[] = { "ASC", "DESC", NULL };
	int status = mc_query_word(rq, "status", statuses, -2, err);
	int type = mc_query_word(rq, "email_type", types, -2, err);
	int sort = mc_query_word(rq, "sort_field", sorts, -2, err);
	int dir = mc_query_word(rq, "sort_dir", dirs, 0, err);

	*out = (struct member_filter){ .list_id = list->id };
	if (status == -1 || type == -1 || sort == -1 || dir == -1 ||
	    mc_page_or_cursor(rq, page, err) < 0 ||
	    read_times(rq, out, err) < 0 ||
	    read_interests(rq, db, list, out, err) < 0)
		return -1;
	out->status = status < 0 ? 0 : (enum member_status)(status + 1);
	out->email_type = type < 0 ? NULL : types[type];
	out->unique_id = request_query(rq, "unique_email_id");
	out->vip_only = request_query_bool(rq, "vip_only", false);
	out->count = page->count;
	out->offset = page->offset;
	out->after_changed_ms = page->after_ms;
	out->after_id = page->after_id;
	out->sort_desc = dir == 1;
	/* Whoever asks for changes walks them in their order. */
	if (sort >= 0)
		out->sort = MEMBER_BY_CHANGED + (unsigned)sort;
	else if (out->since_changed_ms || out->before_changed_ms)
		out->sort = MEMBER_BY_CHANGED;
	if (out->since_unsubscribed_ms && out->status &&
	    out->status != MEMBER_UNSUBSCRIBED)
		return err_field(err, "status",
				 "should be unsubscribed with "
				 "unsubscribed_since");
	if (read_since_last_campaign(rq, db, out, err) < 0)
		return -1;
	return page->by_cursor ? check_cursor(out, err) : 0;
}

static void write_next(struct json_writer *w, const struct mc_page *page,
		       const struct member_filter *filter,
		       const struct members *members)
{
	const struct member *last =
		members->n ? &members->v[members->n - 1] : NULL;

	if (last)
		mc_next_cursor(w, page, members->n,
			       filter->sort == MEMBER_BY_CHANGED
				       ? last->changed_ms
				       : 0,
			       last->id);
}

/* What a page of members is made of. */
struct listing {
	struct db *db;
	struct tx tx; /* a snapshot, unless sets say who they are */
	struct list list;
	struct member_filter filter;
	struct mc_page page;
	struct members members;
	int64_t total;
};

static void listing_release(struct listing *l)
{
	vec_release(&l->members);
	tx_release(&l->tx);
	store_put(&l->db);
}

/* Only interests are asked for: kept sets know, at any depth. */
static int load_by_sets(const struct request *rq, struct listing *l,
			struct err *err)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (interest_members(l->db, &l->filter, &set, err) < 0)
		return -1;
	l->total = id_set_count(&set);
	mc_page_of_set(&l->page, &set, &ids);
	if (ids.n == 0)
		return 0;
	return member_list_by_ids(l->db, sql_keys(&ids, &keys), rq->arena,
				  &l->members, err);
}

static int load_page(const struct request *rq, struct listing *l, bool counts,
		     struct err *err)
{
	if (l->filter.interests && !l->filter.sort_desc &&
	    l->filter.sort == MEMBER_BY_ID &&
	    member_filter_is_plain(&l->filter))
		return load_by_sets(rq, l, err);
	if (tx_begin_snapshot(l->db, &l->tx, err) < 0)
		return -1;
	return member_list(l->db, &l->filter, rq->arena, &l->members,
			   counts ? &l->total : NULL, err);
}

/* Not of Mailchimp: see member_changes. */
static int write_changes(const struct listing *l, struct json_writer *w,
			 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	int64_t since_ms = l->filter.since_changed_ms;

	if (!since_ms || !json_names(w, "changes_digest"))
		return 0;
	if (member_changes(l->db, l->list.id, since_ms, &text, err) < 0)
		return -1;
	json_key_text(w, "changes_digest", text.buf);
	return 0;
}

int mc_members_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(listing_release) struct listing l = { .tx = TX_INIT };
	struct json_writer w = mc_writer(rq, rs);

	if (mc_db(rq, &l.db, err) < 0 ||
	    mc_list_of_path(rq, l.db, &l.list, err) < 0 ||
	    read_filter(rq, l.db, &l.list, &l.page, &l.filter, err) < 0)
		return -1;
	l.filter.brief = member_reply_is_brief(&w, "members");
	if (load_page(rq, &l, json_wants(&w, "total_items"), err) < 0)
		return -1;
	json_begin_object(&w);
	if (member_reply_page(rq, l.db, &l.list, &l.members, &w, err) < 0)
		return -1;
	json_key_text(&w, "list_id", l.list.hex);
	write_next(&w, &l.page, &l.filter, &l.members);
	if (write_changes(&l, &w, err) < 0)
		return -1;
	mc_collection_end(
		&w, l.total, mc_base(rq),
		arena_printf(rq->arena, "/lists/%s/members", l.list.hex),
		arena_printf(rq->arena, "/lists/%s", l.list.hex));
	json_end_object(&w);
	return 0;
}

int mc_members_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct member member;
	struct list list;

	if (mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    member_get(db, list.id, request_param(rq, "subscriber_hash"),
		       rq->arena, &member, err) < 0)
		return -1;
	return member_reply_one(rq, rs, db, &list, &member, err);
}

/* --- changes --- */

/* Mailchimp names each merge field that is wrong. */
static void write_merge_errors(struct request *rq, struct response *rs,
			       const struct member_op *op)
{
	struct json_writer w = JSON_WRITER(&rs->body);

	rs->status = 400;
	rs->content_type = "application/problem+json; charset=utf-8";
	json_begin_object(&w);
	json_key_text(&w, "type",
		      "https://mailchimp.com/developer/marketing/docs/"
		      "errors/");
	json_key_text(&w, "title", "Invalid Resource");
	json_key_int(&w, "status", 400);
	json_key_text(&w, "detail", op->err.text);
	json_key_text(&w, "instance", rq->id);
	json_key_begin_array(&w, "errors");
	vec_each (&op->errors, e) {
		json_begin_object(&w);
		json_key_text(&w, "field", e->field);
		json_key_text(&w, "message", e->message);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
}

static int apply_once(struct request *rq, struct db *db,
		      const struct list *list, struct member_op *op,
		      struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_actor actor = mc_actor(rq);

	if (tx_begin(db, &tx, err) < 0 ||
	    member_apply(&tx, list, op, 1, &actor, rq->arena, err) < 0)
		return -1;
	return op->outcome == MEMBER_REFUSED ? 0 : tx_commit(&tx, err);
}

static int change(struct request *rq, struct response *rs,
		  enum member_mode mode, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(member_op_release) struct member_op op = { .mode = mode };
	struct list list;
	int done, tries = 0;

	if (mode != MEMBER_POST)
		op.key = request_param(rq, "subscriber_hash");
	op.skip_merge_validation =
		request_query_bool(rq, "skip_merge_validation", false);
	if (mc_body(rq, &op.body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0)
		return -1;
	do {
		done = apply_once(rq, db, &list, &op, err);
	} while (done < 0 && mc_try_again(err, &tries));
	if (done < 0)
		return -1;
	mc_wake(rq);
	if (op.outcome != MEMBER_REFUSED)
		return member_reply_one(rq, rs, db, &list, &op.member, err);
	if (op.errors.n) {
		write_merge_errors(rq, rs, &op);
		return 0;
	}
	*err = op.err;
	return -1;
}

int mc_members_add(struct request *rq, struct response *rs, struct err *err)
{
	return change(rq, rs, MEMBER_POST, err);
}

int mc_members_put(struct request *rq, struct response *rs, struct err *err)
{
	return change(rq, rs, MEMBER_PUT, err);
}

int mc_members_update(struct request *rq, struct response *rs, struct err *err)
{
	return change(rq, rs, MEMBER_PATCH, err);
}

typedef int (*leave_fn)(struct tx *tx, const struct list *list, const char *key,
			const struct member_actor *actor, struct err *err);

static int leave(struct request *rq, struct response *rs, leave_fn fn,
		 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_actor actor = mc_actor(rq);
	struct list list;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    fn(&tx, &list, request_param(rq, "subscriber_hash"), &actor, err) <
		    0 ||
	    tx_commit(&tx, err) < 0) {
		if (strcmp(err->title, "Method Not Allowed") == 0)
			response_header(rs, "Allow", "GET, PUT");
		return -1;
	}
	mc_wake(rq);
	response_empty(rs, 204);
	return 0;
}

int mc_members_archive(struct request *rq, struct response *rs, struct err *err)
{
	return leave(rq, rs, member_archive, err);
}

int mc_members_forget(struct request *rq, struct response *rs, struct err *err)
{
	return leave(rq, rs, member_forget, err);
}
