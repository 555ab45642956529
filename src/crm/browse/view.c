#include "crm/browse/view.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "crm/browse/field_info.h"
#include "crm/browse/record_list.h"
#include "crm/field.h"
#include "sql/view.h"
#include "store/update.h"

#include <string.h>

static void read_view(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct view *)out = (struct view){
		.id = rows_int(rows, 0),
		.user_id = rows_int(rows, 1),
		.user_name = rows_dup(rows, 2, arena),
		.entity = (enum entity)rows_int(rows, 3),
		.name = rows_dup(rows, 4, arena),
		.q = rows_dup(rows, 5, arena),
		.filter = rows_dup(rows, 6, arena),
		.sort = rows_dup(rows, 7, arena),
		.columns = rows_dup(rows, 8, arena),
		.shared = rows_int(rows, 9) != 0,
		.created_ms = rows_int(rows, 10),
		.updated_ms = rows_int(rows, 11),
	};
}

int view_list(struct db *db, enum entity entity, const struct viewer *viewer,
	      struct arena *arena, struct views *out, struct err *err)
{
	return db_list(db, SQL_VIEW_LIST,
		       SQL_ARGS(sql_int(entity), sql_int(viewer->user_id)),
		       read_view, arena, out, err);
}

static bool is_seen(const struct view *view, const struct viewer *viewer)
{
	return view->shared || view->user_id == viewer->user_id ||
	       viewer->is_administrator;
}

int view_get(struct db *db, int64_t id, const struct viewer *viewer,
	     struct arena *arena, struct view *out, struct err *err)
{
	int found = db_get(db, SQL_VIEW_GET, SQL_ARGS(sql_int(id)), read_view,
			   arena, out, err);

	if (found < 0)
		return -1;
	if (found == 0 || !is_seen(out, viewer))
		return err_set(err, ERR_NOT_FOUND, "there is no view %lld",
			       (long long)id);
	return 0;
}

int view_check_owner(const struct view *view, const struct viewer *viewer,
		     struct err *err)
{
	if (view->user_id == viewer->user_id || viewer->is_administrator)
		return 0;
	return err_set(err, ERR_DENIED,
		       "the view is somebody else's: copy it under a name of "
		       "your own");
}

/* --- what is given --- */

static int check_name(struct view *view, struct arena *arena, struct err *err)
{
	struct str name = str_trim(str_of(view->name));

	if (utf8_is_blank(view->name))
		return err_field(err, "name", "must be given");
	if (!utf8_is_valid(name) || utf8_length(name) > VIEW_NAME_MAX)
		return err_field(err, "name", "must have at most %d characters",
				 VIEW_NAME_MAX);
	view->name = arena_str(arena, name);
	return 0;
}

static bool is_shown(const struct field_infos *fields, const char *name)
{
	vec_each (fields, field)
		if (strcmp(field->name, name) == 0)
			return true;
	return false;
}

/* What stays may name a custom field that has gone. */
static int check_columns_exist(struct db *db, const struct view *view,
			       const json_t *columns, struct arena *arena,
			       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf unknown = STRBUF_INIT;
	CLEANUP(vec_release) struct field_infos fields = VEC_INIT;
	const json_t *item;
	size_t i;

	if (field_info_list(db, view->entity, arena, &fields, err) < 0)
		return -1;
	json_array_foreach (columns, i, item)
		if (!is_shown(&fields, json_string_value(item)))
			strbuf_addf(&unknown, "%s%s", unknown.len ? ", " : "",
				    json_string_value(item));
	if (unknown.len == 0)
		return 0;
	return err_field(err, "columns", "there are no such fields: %s",
			 unknown.buf);
}

static int check_columns(struct db *db, const struct view *before,
			 const struct view *view, struct arena *arena,
			 struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	const json_t *item;
	size_t i;

	if (json_parse(str_of(view->columns), &list, err) < 0)
		return -1;
	if (!json_is_array(list) || json_array_size(list) > VIEW_COLUMNS_MAX)
		return err_field(err, "columns", "not a list of at most %d",
				 VIEW_COLUMNS_MAX);
	json_array_foreach (list, i, item) {
		const char *name = json_string_value(item);

		if (!name || !*name || strlen(name) > VIEW_NAME_MAX)
			return err_field(err, "columns",
					 "not a list of names of fields");
	}
	return before && strcmp(before->columns, view->columns) == 0
		       ? 0
		       : check_columns_exist(db, view, list, arena, err);
}

/* What stays may name a campaign that has gone. */
static int check_selection(struct db *db, const struct view *before,
			   const struct view *view, int64_t now_ms,
			   struct arena *arena, struct err *err)
{
	struct selection s = { .entity = view->entity, .q = view->q };

	if (!before || !field_text_same(before->filter, view->filter))
		s.filter = view->filter;
	return selection_read(&s, db, now_ms, arena, err);
}

static int check(struct db *db, const struct view *before, struct view *view,
		 int64_t now_ms, struct arena *arena, struct err *err)
{
	if (check_name(view, arena, err) < 0 ||
	    check_columns(db, before, view, arena, err) < 0 ||
	    check_selection(db, before, view, now_ms, arena, err) < 0)
		return -1;
	return view->sort ? record_list_check_sort(view->sort, err) : 0;
}

/* --- writing --- */

static int name_taken(struct err *err)
{
	return db_conflict(err, "there is a view of yours with that name "
				"already");
}

static int check_number(struct db *db, int64_t user_id, struct err *err)
{
	int64_t n = 0;

	if (db_find_int(db, SQL_VIEW_COUNT, SQL_ARGS(sql_int(user_id)), &n,
			err) < 0)
		return -1;
	return n < VIEWS_MOST ? 0
			      : err_set(err, ERR_CONFLICT,
					"more than %d views of one owner: "
					"remove some",
					VIEWS_MOST);
}

int view_add(struct tx *tx, struct view *view, const struct actor *actor,
	     struct arena *arena, struct err *err)
{
	view->user_id = actor->user_id;
	view->created_ms = view->updated_ms = actor->now_ms;
	if (check(tx->db, NULL, view, actor->now_ms, arena, err) < 0 ||
	    check_number(tx->db, view->user_id, err) < 0)
		return -1;
	if (db_find_int(tx->db, SQL_VIEW_ADD,
			SQL_ARGS(sql_int(view->user_id), sql_int(view->entity),
				 sql_text(view->name),
				 sql_text(field_text_folded(view->name, arena)),
				 sql_text(view->q), sql_text(view->filter),
				 sql_text(view->sort), sql_text(view->columns),
				 sql_int(view->shared),
				 sql_int(view->created_ms),
				 sql_int(view->updated_ms)),
			&view->id, err) < 0)
		return name_taken(err);
	return 0;
}

int view_update(struct tx *tx, const struct view *before, struct view *view,
		const struct actor *actor, struct arena *arena, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("saved_view");

	if (check(tx->db, before, view, actor->now_ms, arena, err) < 0)
		return -1;
	view->updated_ms = actor->now_ms;
	update_text(&u, "name", before->name, view->name);
	update_text(&u, "name_folded", field_text_folded(before->name, arena),
		    field_text_folded(view->name, arena));
	update_text(&u, "q", before->q, view->q);
	update_text(&u, "filter", before->filter, view->filter);
	update_text(&u, "sort", before->sort, view->sort);
	update_text(&u, "columns", before->columns, view->columns);
	update_int(&u, "shared", before->shared, view->shared);
	update_stamp(&u, "updated_ms", view->updated_ms);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(view->id)), err) < 0)
		return name_taken(err);
	return 0;
}

int view_remove(struct tx *tx, int64_t id, struct err *err)
{
	return db_exec(tx, SQL_VIEW_REMOVE, SQL_ARGS(sql_int(id)), err) < 0 ? -1
									    : 0;
}

int view_remove_of_user(struct tx *tx, int64_t user_id, struct err *err)
{
	return db_exec(tx, SQL_VIEW_REMOVE_OF_USER, SQL_ARGS(sql_int(user_id)),
		       err) < 0
		       ? -1
		       : 0;
}
