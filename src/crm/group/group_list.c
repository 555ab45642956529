/*
 * Groups page by page: by name or time, found by part of the name. Called by
 * handlers; any thread. Pages go by key, as those of crm/browse/record_list.h.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/browse/page_cursor.h"
#include "crm/group/group_private.h"
#include "store/sqlbuild.h"

#include <string.h>

static const struct page_sort sorts[] = {
	{ "name", "name_folded", true },
	{ "updated_at", "updated_ms", false },
	{ "created_at", "created_ms", false },
};
#define BY_NAME (&sorts[0])

struct list {
	const struct group_filter *filter;
	struct arena *arena;
	const struct page_sort *sort;
	bool down;
	struct page_place place;
};

static int read_sort(struct list *l, struct err *err)
{
	const char *name = l->filter->sort ? l->filter->sort : BY_NAME->name;

	l->sort = page_sort_find(sorts, ARRAY_SIZE(sorts), name, &l->down);
	if (l->sort)
		return 0;
	return err_field(err, "sort",
			 "not one of name, updated_at, created_at (with - "
			 "before it: downwards)");
}

static const char *write_cursor(const struct list *l, const struct group *last)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	struct page_place place = { .given = true, .id = last->id };

	utf8_fold(str_of(last->name), &folded);
	place.text = folded.buf;
	place.number = strcmp(l->sort->name, "updated_at") == 0
			       ? last->updated_ms
			       : last->created_ms;
	return page_cursor_write(l->sort, &place, "", l->arena);
}

/* Static groups that are being made are not seen. */
static void add_where(const struct group_filter *filter, struct sqlbuild *b)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	sqlbuild_add(b, " FROM crm_group WHERE (kind = ");
	sqlbuild_bind_int(b, GROUP_DYNAMIC);
	sqlbuild_add(b, " OR evaluated_ms IS NOT NULL)");
	sqlbuild_if_int(b, " AND entity = ", filter->entity);
	sqlbuild_if_int(b, " AND kind = ", filter->kind);
	if (!filter->q || !*filter->q)
		return;
	utf8_fold(str_of(filter->q), &folded);
	sqlbuild_add(b, " AND name_folded ");
	sqlbuild_like(b, true, folded.buf, true);
}

static void add_order(const struct list *l, struct sqlbuild *b)
{
	sqlbuild_order(b, l->sort->column, "id", l->down);
	sqlbuild_add(b, " LIMIT ");
	sqlbuild_bind_int(b, l->filter->limit + 1);
}

static int read_page(struct db *db, const struct list *l, struct groups *out,
		     struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, l->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;

	sqlbuild_add(&b, "SELECT id, name, entity, kind, criteria, created_by,"
			 " created_ms, updated_ms, evaluated_ms,"
			 " (SELECT name FROM app_user u"
			 " WHERE u.id = crm_group.created_by),"
			 " campaign_id, (SELECT name FROM campaign c"
			 " WHERE c.id = crm_group.campaign_id)");
	add_where(l->filter, &b);
	page_place_sql(l->sort, "id", l->down, &l->place, &b);
	add_order(l, &b);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	return rows_list(rows, group_read, l->arena, out, err);
}

int group_list(struct db *db, const struct group_filter *filter,
	       struct arena *arena, struct groups *out, const char **next,
	       struct err *err)
{
	struct list l = { .filter = filter, .arena = arena };
	size_t before = out->n;

	*next = NULL;
	if (read_sort(&l, err) < 0 ||
	    page_cursor_read(filter->cursor, l.sort, "", arena, &l.place, err) <
		    0 ||
	    read_page(db, &l, out, err) < 0)
		return -1;
	if ((int64_t)(out->n - before) > filter->limit) {
		out->n--;
		*next = write_cursor(&l, &out->v[out->n - 1]);
	}
	return 0;
}

int group_list_count(struct db *db, const struct group_filter *filter,
		     int64_t *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);

	sqlbuild_add(&b, "SELECT COUNT(*)");
	add_where(filter, &b);
	return sqlbuild_find_int(&b, db, out, err) < 0 ? -1 : 0;
}
