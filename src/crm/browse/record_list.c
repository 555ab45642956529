#include "crm/browse/record_list.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/browse/page_cursor.h"
#include "crm/record_json.h"
#include "store/sqlbuild.h"

#include <string.h>

/*
 * So many are best found by what was asked for and then sorted; of more, a page
 * is found sooner by walking along the order and asking of each.
 */
#define FEW 5000

static const struct page_sort sorts[] = {
	{ "id", "r.id", false },
	{ "name", "r.name_folded", true },
	{ "last_name", "r.name_folded", true }, /* the same: last name first */
	{ "created_at", "r.created_ms", false },
	{ "updated_at", "r.updated_ms", false },
};

struct list {
	const struct record_query *query;
	struct selection chosen; /* as it is looked for */
	const struct page_sort *sort;
	bool down;               /* newest, or Z, first */
	const char *digest;      /* of the selection */
	struct page_place place; /* total -1: more than RECORD_COUNT_MOST */
};

void record_page_release(struct record_page *page)
{
	vec_release(&page->items);
}

/* --- parameters --- */

bool record_list_sorts_by(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
		if (strcmp(sorts[i].name, name) == 0)
			return true;
	}
	return false;
}

static int read_sort(struct list *l, struct err *err)
{
	const char *name = l->query->sort ? l->query->sort : "id";

	l->down = *name == '-';
	name += l->down;
	for (size_t i = 0; i < ARRAY_SIZE(sorts); i++) {
		if (strcmp(sorts[i].name, name) == 0) {
			l->sort = &sorts[i];
			return 0;
		}
	}
	return err_field(err, "sort",
			 "not one of id, name, last_name, created_at, "
			 "updated_at (with - "
			 "before it: downwards)");
}

int record_list_check_sort(const char *sort, struct err *err)
{
	const struct record_query query = { .sort = sort };
	struct list l = { .query = &query };

	return read_sort(&l, err);
}

/* --- the page --- */

/* Candidates are few enough to read all that fit, and so to count them. */
static bool is_counting(const struct list *l)
{
	return l->chosen.candidates && !l->place.given;
}

/*
 * Few are sorted after they were found: SQLite would walk a million along the
 * order to spare the sorting of ten (a plus keeps it from that).
 */
static void add_order(const struct list *l, bool few, struct sqlbuild *b)
{
	const char *plus = few && b->backend == DB_SQLITE ? "+" : "";
	const char *way = l->down ? " DESC" : "";

	sqlbuild_add(b, " ORDER BY ");
	sqlbuild_add(b, plus);
	sqlbuild_add(b, l->sort->column);
	sqlbuild_add(b, way);
	sqlbuild_add(b, ", ");
	sqlbuild_add(b, plus);
	sqlbuild_add(b, "r.id");
	sqlbuild_add(b, way);
}

static void page_sql(const struct list *l, struct sqlbuild *b)
{
	bool few = l->chosen.candidates ||
		   (l->place.total >= 0 && l->place.total <= FEW &&
		    !selection_is_all(&l->chosen));

	sqlbuild_add(b, "SELECT r.id, ");
	sqlbuild_add(b, l->sort->column);
	selection_sql(&l->chosen, few ? CRITERIA_SET : CRITERIA_WALK, b);
	page_place_sql(l->sort, "r.id", l->down, &l->place, b);
	add_order(l, few, b);
	if (is_counting(l))
		return;
	sqlbuild_add(b, " LIMIT ");
	sqlbuild_bind_int(b, l->query->limit + 1);
}

/* *n_out: how many there were, of which a page is taken. */
static int find_ids(struct db *db, const struct list *l, struct arena *arena,
		    struct ids *ids, struct page_place *last, int64_t *n_out,
		    struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	page_sql(l, &b);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	*n_out = 0;
	while ((more = rows_next(rows, err)) > 0) {
		if (++*n_out > l->query->limit)
			continue;
		last->id = rows_int(rows, 0);
		if (l->sort->is_text)
			last->text = rows_dup(rows, 1, arena);
		else
			last->number = rows_int(rows, 1);
		vec_push(ids, last->id);
	}
	return more;
}

static bool is_capped(const struct list *l)
{
	return !l->query->counts_all && selection_is_words(&l->chosen);
}

/* The index is asked, unless it is known that walking is quicker. */
static int look_up(struct db *db, struct list *l, struct arena *arena,
		   struct err *err)
{
	size_t most = RECORD_COUNT_MOST;
	int answer;

	l->chosen = l->query->selection;
	if (l->place.given &&
	    (l->place.total < 0 || l->place.total > RECORD_COUNT_MOST))
		return 0;
	if (!is_capped(l))
		most = SEARCH_MOST;
	answer = selection_find(&l->chosen, db, most, arena, err);
	if (answer == SEARCH_MANY && is_capped(l) && !l->place.given)
		l->place.total = -1;
	return answer < 0 ? -1 : 0;
}

/* Before the page, which is looked for by how many there are. */
static int count_all(struct db *db, struct list *l, struct err *err)
{
	const struct selection *s = &l->chosen;

	if (l->place.given || is_counting(l) || l->place.total < 0)
		return 0;
	if (selection_is_all(s))
		return record_count(db, s->entity, &l->place.total, err) < 0
			       ? -1
			       : 0;
	if (!is_capped(l))
		return selection_count(db, s, 0, &l->place.total, err);
	if (selection_count(db, s, RECORD_COUNT_MOST + 1, &l->place.total,
			    err) < 0)
		return -1;
	if (l->place.total > RECORD_COUNT_MOST)
		l->place.total = -1;
	return 0;
}

int record_list(struct db *db, const struct record_query *query,
		struct arena *arena, struct record_page *out, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct list l = { .query = query };
	struct page_place last = { .given = true };
	int64_t n = 0;

	*out = (struct record_page){ .next = NULL };
	l.digest = selection_digest(&query->selection, arena);
	if (read_sort(&l, err) < 0 ||
	    page_cursor_read(query->cursor, l.sort, l.digest, arena, &l.place,
			     err) < 0 ||
	    look_up(db, &l, arena, err) < 0 || count_all(db, &l, err) < 0 ||
	    find_ids(db, &l, arena, &ids, &last, &n, err) < 0)
		return -1;
	/* the first page may be all there is: then nothing is truer */
	if (is_counting(&l) || (!l.place.given && n <= query->limit))
		l.place.total = n;
	last.total = l.place.total;
	out->total_is_least = l.place.total < 0;
	out->total = out->total_is_least ? RECORD_COUNT_MOST : l.place.total;
	if (n > query->limit)
		out->next = page_cursor_write(l.sort, &last, l.digest, arena);
	if (records_load(db, query->selection.entity, &ids, arena, &out->items,
			 err) < 0 ||
	    records_complete(db, &out->items, arena, err) < 0) {
		record_page_release(out);
		return -1;
	}
	return 0;
}
