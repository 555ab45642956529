/* Members by how their address or name begins. A handler; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "api/mc30/member_reply.h"
#include "audience/list.h"
#include "audience/side/member_word.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <stdlib.h>

#define SHOWN_MAX 100

/* What was found in one way. */
struct found {
	struct members members; /* those that are shown, by list */
	int64_t total;
};

static void found_release(struct found *found)
{
	vec_release(&found->members);
}

static int compare_lists(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	if (a->list_id != b->list_id)
		return a->list_id < b->list_id ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/* Those who are there still. */
static int load(const struct request *rq, struct db *db, const struct ids *ids,
		struct found *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct ids shown = { .v = ids->v, .n = ids->n };
	size_t n = 0;

	if (ids->n == 0)
		return 0;
	if (shown.n > SHOWN_MAX)
		shown.n = SHOWN_MAX;
	if (member_list_by_ids(db, sql_keys(&shown, &keys), rq->arena,
			       &out->members, err) < 0)
		return -1;
	vec_each (&out->members, m)
		if (m->list_id > 0)
			out->members.v[n++] = *m;
	out->members.n = n;
	if (n)
		qsort(out->members.v, n, sizeof(*out->members.v),
		      compare_lists);
	out->total = (int64_t)(ids->n - shown.n + n);
	if (out->total > MEMBER_WORD_FOUND_MOST)
		out->total = MEMBER_WORD_FOUND_MOST;
	return 0;
}

static int find(const struct request *rq, struct db *db, int64_t list_id,
		bool whole, struct found *out, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const struct member_word_query query = { .text = request_query(rq,
								       "query"),
						 .list_id = list_id,
						 .whole = whole };

	if (member_word_find(db, &query, &ids, err) < 0)
		return -1;
	return load(rq, db, &ids, out, err);
}

/* Of one list, from `first` on: where the next list begins. */
static int write_list(const struct request *rq, struct db *db,
		      const struct members *all, size_t first, size_t *end,
		      const struct member_reply *wants, struct json_writer *w,
		      struct err *err)
{
	CLEANUP(member_reply_release) struct member_reply reply = *wants;
	const struct member *v = all->v + first;
	struct list list;
	size_t n = 1;

	while (first + n < all->n && v[n].list_id == v->list_id)
		n++;
	*end = first + n;
	if (list_get_by_id(db, v->list_id, rq->arena, &list, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1; /* removed since */
	if (member_reply_load(rq, db, &list, v, n, &reply, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		member_reply_write(&reply, &v[i], w);
	return 0;
}

static int write_found(const struct request *rq, struct db *db,
		       const struct found *found, const char *key,
		       struct json_writer *w, struct err *err)
{
	struct member_reply wants = { 0 }; /* holds nothing */

	json_key_begin_object(w, key);
	member_reply_want(&wants, w, "members");
	json_key_begin_array(w, "members");
	for (size_t at = 0; at < found->members.n;)
		if (write_list(rq, db, &found->members, at, &at, &wants, w,
			       err) < 0)
			return -1;
	json_end_array(w);
	json_key_int(w, "total_items", found->total);
	json_end_object(w);
	return 0;
}

/* Who cannot be taken in now, since others write, is found the next time. */
static int catch_up(const struct request *rq, struct db *db, struct err *err)
{
	int job = member_word_catch_up(db, rq->now_ms, err);

	if (job > 0)
		mc_wake(rq);
	if (job < 0 && err->code == ERR_RETRY) {
		*err = (struct err)ERR_INIT;
		return 0;
	}
	return job < 0 ? -1 : 0;
}

static int read_list(const struct request *rq, struct db *db, int64_t *id,
		     struct err *err)
{
	const char *hex = request_query(rq, "list_id");
	struct list list;

	if (!hex || !*hex)
		return 0;
	if (list_get(db, hex, rq->arena, &list, err) < 0)
		return -1;
	*id = list.id;
	return 0;
}

int mc_search_members(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(found_release) struct found exact = { .total = 0 };
	CLEANUP(found_release) struct found full = { .total = 0 };
	struct json_writer w = mc_writer(rq, rs);
	int64_t list_id = 0;

	if (utf8_is_blank(request_query(rq, "query")))
		return err_field(err, "query",
				 "This value should not be blank.");
	if (mc_db(rq, &db, err) < 0 || read_list(rq, db, &list_id, err) < 0 ||
	    catch_up(rq, db, err) < 0 ||
	    find(rq, db, list_id, true, &exact, err) < 0 ||
	    find(rq, db, list_id, false, &full, err) < 0)
		return -1;
	/* while the index is being filled, who has the address is found by it
	 */
	json_begin_object(&w);
	if (write_found(rq, db, &exact, "exact_matches", &w, err) < 0 ||
	    /* its index may be filled still */
	    write_found(rq, db, full.total ? &full : &exact, "full_search", &w,
			err) < 0)
		return -1;
	mc_links_begin(&w);
	mc_link(&w, "self", "GET", mc_base(rq), "/search-members");
	mc_links_end(&w);
	json_end_object(&w);
	return 0;
}
