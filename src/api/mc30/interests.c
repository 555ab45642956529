/* Interests of an audience and their categories. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "audience/interest/interest.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"

/* --- categories --- */

static void write_category(const struct list *list,
			   const struct interest_category *c, const char *base,
			   struct json_writer *w)
{
	static const char *const methods[] = { "GET", "PATCH", "DELETE" };
	static const char *const rels[] = { "self", "update", "delete" };

	json_begin_object(w);
	json_key_text(w, "list_id", list->hex);
	json_key_text(w, "id", c->hex);
	json_key_text(w, "title", c->title);
	json_key_int(w, "display_order", c->display_order);
	json_key_text(w, "type", interest_form_name(c->form));
	mc_links_begin(w);
	for (size_t i = 0; i < ARRAY_SIZE(rels); i++)
		mc_link(w, rels[i], methods[i], base,
			"/lists/%s/interest-categories/%s", list->hex, c->hex);
	mc_link(w, "parent", "GET", base, "/lists/%s/interest-categories",
		list->hex);
	mc_link(w, "interests", "GET", base,
		"/lists/%s/interest-categories/%s/interests", list->hex,
		c->hex);
	mc_links_end(w);
	json_end_object(w);
}

/* The form that `type` asks for; 0: any. A word that is none has none. */
static bool fits(const struct request *rq, const struct interest_category *c)
{
	const char *type = request_query(rq, "type");

	return !type || !*type || interest_form_of(type) == c->form;
}

int mc_interest_categories_list(struct request *rq, struct response *rs,
				struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct interest_categories all = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const char *base = mc_base(rq);
	size_t total = 0;
	struct mc_page page;
	struct list list;

	if (mc_page(rq, &page, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    interest_category_list(db, list.id, rq->arena, &all, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "categories");
	vec_each (&all, c) {
		if (!fits(rq, c))
			continue;
		if (mc_on_page(&page, total))
			write_category(&list, c, base, &w);
		total++;
	}
	mc_list_part_end(rq, &list, (int64_t)total, "interest-categories", &w);
	return 0;
}

/* {interest_category_id} of the path. */
static int category_of_path(const struct request *rq, struct db *db,
			    const struct list *list,
			    struct interest_category *out, struct err *err)
{
	return interest_category_get(db, list->id,
				     request_param(rq, "interest_category_id"),
				     rq->arena, out, err);
}

int mc_interest_categories_get(struct request *rq, struct response *rs,
			       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct interest_category category;
	struct list list;

	if (mc_db(rq, &db, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    category_of_path(rq, db, &list, &category, err) < 0)
		return -1;
	write_category(&list, &category, mc_base(rq), &w);
	return 0;
}

int mc_interest_categories_add(struct request *rq, struct response *rs,
			       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct interest_category category;
	const json_t *body;
	struct list list;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    interest_category_add(&tx, &list, body, rq->arena, &category, err) <
		    0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_category(&list, &category, mc_base(rq), &w);
	return 0;
}

int mc_interest_categories_update(struct request *rq, struct response *rs,
				  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct interest_category category;
	const json_t *body;
	struct list list;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    mc_list_of_path(rq, db, &list, err) < 0 ||
	    interest_category_update(&tx, list.id,
				     request_param(rq, "interest_category_id"),
				     body, rq->arena, &category, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	write_category(&list, &category, mc_base(rq), &w);
	return 0;
}

int mc_interest_categories_remove(struct request *rq, struct response *rs,
				  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct list list;
	int done, tries = 0;

	if (mc_db(rq, &db, err) < 0 || mc_list_of_path(rq, db, &list, err) < 0)
		return -1;
	do {
		done = interest_category_remove(
			db, list.id, request_param(rq, "interest_category_id"),
			err);
	} while (done < 0 && mc_try_again(err, &tries));
	if (done < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

/* --- interests --- */

/* What their replies have in common. */
struct reply {
	struct request *rq;
	struct db *db;
	struct list list;
	struct interest_category category;
	const char *base;
};

static int begin(struct request *rq, struct reply *r, struct err *err)
{
	r->rq = rq;
	r->base = mc_base(rq);
	if (mc_db(rq, &r->db, err) < 0 ||
	    mc_list_of_path(rq, r->db, &r->list, err) < 0)
		return -1;
	return category_of_path(rq, r->db, &r->list, &r->category, err);
}

static void reply_release(struct reply *r)
{
	store_put(&r->db);
}

static void write_interest(const struct reply *r, const struct interest *i,
			   int64_t subscribers, struct json_writer *w)
{
	static const char *const methods[] = { "GET", "PATCH", "DELETE" };
	static const char *const rels[] = { "self", "update", "delete" };

	json_begin_object(w);
	json_key_text(w, "category_id", r->category.hex);
	json_key_text(w, "list_id", r->list.hex);
	json_key_text(w, "id", i->hex);
	json_key_text(w, "name", i->name);
	json_key_text(
		w, "subscriber_count",
		arena_printf(r->rq->arena, "%lld", (long long)subscribers));
	json_key_int(w, "display_order", i->display_order);
	mc_links_begin(w);
	for (size_t n = 0; n < ARRAY_SIZE(rels); n++)
		mc_link(w, rels[n], methods[n], r->base,
			"/lists/%s/interest-categories/%s/interests/%s",
			r->list.hex, r->category.hex, i->hex);
	mc_link(w, "parent", "GET", r->base,
		"/lists/%s/interest-categories/%s/interests", r->list.hex,
		r->category.hex);
	mc_links_end(w);
	json_end_object(w);
}

/* Counted only if somebody wants to know. */
static int write_interests(const struct reply *r, const struct interest *v,
			   size_t n, const char *path, struct json_writer *w,
			   struct err *err)
{
	int64_t *counts = arena_array(r->rq->arena, int64_t, n + 1);

	if (json_wants(w, path) &&
	    interest_count(r->db, r->list.id, v, n, counts, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		write_interest(r, &v[i], counts[i], w);
	return 0;
}

static size_t page_of(const struct mc_page *page, size_t n, size_t *first)
{
	size_t left;

	*first = page->offset < (int64_t)n ? (size_t)page->offset : n;
	left = n - *first;
	return page->count < (int64_t)left ? (size_t)page->count : left;
}

int mc_interests_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	CLEANUP(vec_release) struct interests all = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;
	const char *path;
	size_t first, n;

	if (mc_page(rq, &page, err) < 0 || begin(rq, &r, err) < 0 ||
	    interest_list(r.db, r.list.id, r.category.id, rq->arena, &all,
			  err) < 0)
		return -1;
	n = page_of(&page, all.n, &first);
	json_begin_object(&w);
	json_key_begin_array(&w, "interests");
	if (n && write_interests(&r, all.v + first, n, "subscriber_count", &w,
				 err) < 0)
		return -1;
	json_end_array(&w);
	json_key_text(&w, "list_id", r.list.hex);
	json_key_text(&w, "category_id", r.category.hex);
	path = arena_printf(rq->arena, "/lists/%s/interest-categories/%s",
			    r.list.hex, r.category.hex);
	mc_collection_end(&w, (int64_t)all.n, r.base,
			  arena_printf(rq->arena, "%s/interests", path), path);
	json_end_object(&w);
	return 0;
}

int mc_interests_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	struct json_writer w = mc_writer(rq, rs);
	struct interest interest;

	if (begin(rq, &r, err) < 0 ||
	    interest_get(r.db, r.list.id, r.category.id,
			 request_param(rq, "interest_id"), rq->arena, &interest,
			 err) < 0)
		return -1;
	return write_interests(&r, &interest, 1, "subscriber_count", &w, err);
}

static int add_once(struct reply *r, const json_t *body, struct interest *out,
		    struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(r->db, &tx, err) < 0 ||
	    interest_add(&tx, r->list.id, r->category.hex, body, r->rq->arena,
			 out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int mc_interests_add(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	struct json_writer w = mc_writer(rq, rs);
	struct interest interest;
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 || begin(rq, &r, err) < 0 ||
	    add_once(&r, body, &interest, err) < 0)
		return -1;
	write_interest(&r, &interest, 0, &w);
	return 0;
}

static int update_once(struct reply *r, const json_t *body,
		       struct interest *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(r->db, &tx, err) < 0 ||
	    interest_update(&tx, r->list.id, r->category.hex,
			    request_param(r->rq, "interest_id"), body,
			    r->rq->arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int mc_interests_update(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	struct json_writer w = mc_writer(rq, rs);
	struct interest interest;
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 || begin(rq, &r, err) < 0 ||
	    update_once(&r, body, &interest, err) < 0)
		return -1;
	return write_interests(&r, &interest, 1, "subscriber_count", &w, err);
}

int mc_interests_remove(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(reply_release) struct reply r = { .db = NULL };
	int done, tries = 0;

	if (begin(rq, &r, err) < 0)
		return -1;
	do {
		done = interest_remove(r.db, r.list.id, r.category.hex,
				       request_param(rq, "interest_id"), err);
	} while (done < 0 && mc_try_again(err, &tries));
	if (done < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
