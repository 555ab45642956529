#include "audience/side/member_order.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sets/id_set.h"
#include "sql/member_order.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* A set of no more members than these is read whole. */
#define FEW 2000
/* Rows of an index that are read at once. */
#define STEP 4000

/* Behind every text of UTF-8. */
#define LAST_TEXT "\xf4\x8f\xbf\xbf"

struct placed {
	int64_t id;
	struct member_place_of at;
};
struct all_placed VEC_FIELDS(struct placed);

/* --- by id --- */

static int64_t following(const struct member_page *page, struct id_set *set,
			 int64_t id)
{
	if (!page->is_down)
		return id_set_next(set, id);
	return id_set_before(set, id ? id : INT64_MAX);
}

static void page_by_id(const struct member_page *page, struct id_set *set,
		       struct member_found *out)
{
	int64_t id = following(page, set, page->after.id);

	for (; id > 0 && (int64_t)out->ids.n < page->count;
	     id = following(page, set, id))
		vec_push(&out->ids, id);
	out->has_more = id > 0;
	if (out->ids.n > 0)
		out->last.id = out->ids.v[out->ids.n - 1];
}

/* --- few: all of them, put in order --- */

static void read_placed(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct placed *)out = (struct placed){
		.id = rows_int(rows, 0),
		.at = { .text = rows_dup(rows, 1, arena),
			.ms = rows_int(rows, 2),
			.id = rows_int(rows, 0) },
	};
}

static int compare(const struct member_page *page,
		   const struct member_place_of *a,
		   const struct member_place_of *b)
{
	int way = page->is_down ? -1 : 1;
	int by = 0;

	if (page->order == MEMBER_ORDER_EMAIL)
		by = strcmp(a->text, b->text);
	else if (a->ms != b->ms)
		by = a->ms < b->ms ? -1 : 1;
	if (by == 0 && a->id != b->id)
		by = a->id < b->id ? -1 : 1;
	return way * by;
}

static int compare_placed(const void *a, const void *b, void *page)
{
	return compare(page, &((const struct placed *)a)->at,
		       &((const struct placed *)b)->at);
}

static void take(const struct placed *one, struct member_found *out)
{
	vec_push(&out->ids, one->id);
	out->last = one->at;
}

static int page_of_few(struct db *db, const struct member_page *page,
		       struct id_set *set, struct arena *arena,
		       struct member_found *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct all_placed all = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const bool is_first = page->after.id == 0;

	for (int64_t id = 0; (id = id_set_next(set, id)) > 0;)
		vec_push(&ids, id);
	if (ids.n == 0)
		return 0;
	if (db_list(db, SQL_MEMBER_ORDER_OF, SQL_ARGS(sql_keys(&ids, &keys)),
		    read_placed, arena, &all, err) < 0)
		return -1;
	qsort_r(all.v, all.n, sizeof(*all.v), compare_placed, (void *)page);
	vec_each (&all, one) {
		if (!is_first && compare(page, &one->at, &page->after) <= 0)
			continue;
		out->has_more = (int64_t)out->ids.n == page->count;
		if (out->has_more)
			break;
		take(one, out);
	}
	return 0;
}

/* --- many: along the index --- */

static void read_by_email(const struct rows *rows, struct arena *arena,
			  void *out)
{
	*(struct placed *)out = (struct placed){
		.id = rows_int(rows, 0),
		.at = { .text = rows_dup(rows, 1, arena),
			.id = rows_int(rows, 0) },
	};
}

static void read_by_change(const struct rows *rows, struct arena *arena,
			   void *out)
{
	(void)arena;
	*(struct placed *)out = (struct placed){
		.id = rows_int(rows, 0),
		.at = { .ms = rows_int(rows, 1), .id = rows_int(rows, 0) },
	};
}

static int step(struct db *db, const struct member_page *page, int64_t list_id,
		const struct member_place_of *after, struct arena *arena,
		struct all_placed *out, struct err *err)
{
	bool down = page->is_down;

	if (page->order == MEMBER_ORDER_EMAIL)
		return db_list(db,
			       down ? SQL_MEMBER_ORDER_EMAIL_DOWN
				    : SQL_MEMBER_ORDER_EMAIL,
			       SQL_ARGS(sql_int(list_id), sql_text(after->text),
					sql_int(STEP)),
			       read_by_email, arena, out, err);
	return db_list(db,
		       down ? SQL_MEMBER_ORDER_CHANGED_DOWN
			    : SQL_MEMBER_ORDER_CHANGED,
		       SQL_ARGS(sql_int(list_id), sql_int(after->ms),
				sql_int(after->id), sql_int(STEP)),
		       read_by_change, arena, out, err);
}

static struct member_place_of beginning(const struct member_page *page)
{
	if (page->is_down)
		return (struct member_place_of){ .text = LAST_TEXT,
						 .ms = INT64_MAX,
						 .id = INT64_MAX };
	return (struct member_place_of){ .text = "", .ms = INT64_MIN };
}

static int page_of_many(struct db *db, const struct member_page *page,
			int64_t list_id, struct id_set *set,
			struct arena *arena, struct member_found *out,
			struct err *err)
{
	struct member_place_of at =
		page->after.id ? page->after : beginning(page);

	for (;;) {
		CLEANUP(vec_release) struct all_placed some = VEC_INIT;

		if (step(db, page, list_id, &at, arena, &some, err) < 0)
			return -1;
		vec_each (&some, one) {
			at = one->at;
			if (!id_set_has(set, one->id))
				continue;
			out->has_more = (int64_t)out->ids.n == page->count;
			if (out->has_more)
				return 0;
			take(one, out);
		}
		if (some.n < STEP)
			return 0;
	}
}

int member_order_page(struct db *db, const struct member_page *page,
		      int64_t list_id, struct id_set *set, struct arena *arena,
		      struct member_found *out, struct err *err)
{
	if (page->order == MEMBER_ORDER_JOINED) {
		page_by_id(page, set, out);
		return 0;
	}
	return id_set_count(set) <= FEW
		       ? page_of_few(db, page, set, arena, out, err)
		       : page_of_many(db, page, list_id, set, arena, out, err);
}
