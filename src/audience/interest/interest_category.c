/*
 * Categories of interests. Called by the handlers; any thread.
 */
#include "audience/interest/interest.h"
#include "audience/interest/interest_private.h"
#include "audience/interest/permission.h"

#include "audience/list.h"
#include "audience/must_exist.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "sql/interest.h"
#include "sql/list.h"
#include "store/db.h"
#include "store/update.h"

#include <string.h>

static const char *const form_names[] = {
	[INTEREST_CHECKBOXES] = "checkboxes", [INTEREST_DROPDOWN] = "dropdown",
	[INTEREST_RADIO] = "radio",           [INTEREST_HIDDEN] = "hidden",
	[INTEREST_PERMISSION] = "permission",
};

const char *interest_form_name(enum interest_form form)
{
	return form_names[form];
}

enum interest_form interest_form_of(const char *name)
{
	for (size_t i = 1; i < INTEREST_PERMISSION; i++)
		if (strcmp(form_names[i], name) == 0)
			return (enum interest_form)i;
	return 0;
}

bool interest_form_is_single(enum interest_form form)
{
	return form == INTEREST_DROPDOWN || form == INTEREST_RADIO;
}

/* --- reading --- */

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct interest_category *)out = (struct interest_category){
		.id = rows_int(rows, 0),
		.hex = rows_dup(rows, 1, arena),
		.title = rows_dup(rows, 2, arena),
		.form = (enum interest_form)rows_int(rows, 3),
		.display_order = rows_int(rows, 4),
	};
}

static int list_all(struct db *db, int64_t list_id, struct arena *arena,
		    struct interest_categories *out, struct err *err)
{
	return db_list(db, SQL_INTEREST_CATEGORY_LIST,
		       SQL_ARGS(sql_int(list_id)), read_row, arena, out, err);
}

int interest_category_list(struct db *db, int64_t list_id, struct arena *arena,
			   struct interest_categories *out, struct err *err)
{
	size_t had = out->n, n = out->n;

	if (list_all(db, list_id, arena, out, err) < 0)
		return -1;
	for (size_t i = had; i < out->n; i++)
		if (out->v[i].form != INTEREST_PERMISSION)
			out->v[n++] = out->v[i];
	out->n = n;
	return 0;
}

int permission_category_find(struct db *db, int64_t list_id,
			     struct arena *arena, struct interest_category *out,
			     struct err *err)
{
	CLEANUP(vec_release) struct interest_categories all = VEC_INIT;

	if (list_all(db, list_id, arena, &all, err) < 0)
		return -1;
	vec_each (&all, category) {
		if (category->form == INTEREST_PERMISSION) {
			*out = *category;
			return 1;
		}
	}
	return 0;
}

int interest_category_get(struct db *db, int64_t list_id, const char *hex,
			  struct arena *arena, struct interest_category *out,
			  struct err *err)
{
	CLEANUP(vec_release) struct interest_categories all = VEC_INIT;

	if (interest_category_list(db, list_id, arena, &all, err) < 0)
		return -1;
	vec_each (&all, category) {
		if (strcmp(category->hex, hex) == 0) {
			*out = *category;
			return 0;
		}
	}
	return must_exist(0, err);
}

/* --- changes --- */

static int read_form(const json_t *body, enum interest_form *out,
		     struct err *err)
{
	const char *name = NULL;

	if (json_get_text(body, "type", &name, err) < 0)
		return -1;
	if (!name && *out)
		return 0;
	if (!name || !*name)
		return err_field(err, "type",
				 "This value should not be blank.");
	*out = interest_form_of(name);
	if (!*out)
		return err_field(err, "type",
				 "Value must be one of: checkboxes, dropdown, "
				 "radio, hidden.");
	return 0;
}

/* {title, type, display_order} over *category; *folded: of its title. */
static int read_body(const json_t *body, struct arena *arena,
		     struct interest_category *category, const char **folded,
		     struct err *err)
{
	struct interest_text text = { .name = category->title,
				      .display_order =
					      category->display_order };

	if (interest_text_read(body, "title", arena, &text, err) < 0 ||
	    read_form(body, &category->form, err) < 0)
		return -1;
	category->title = text.name;
	category->display_order = text.display_order;
	*folded = text.folded;
	return 0;
}

/* Who has the list's row locked knows how many there are. */
static int lock_list(struct tx *tx, const struct list *list,
		     struct arena *arena, int64_t *count, struct err *err)
{
	CLEANUP(vec_release) struct interest_categories all = VEC_INIT;
	int64_t id;

	if (must_exist(db_find_int(tx->db, SQL_LIST_LOCK,
				   SQL_ARGS(sql_text(list->hex)), &id, err),
		       err) < 0 ||
	    interest_category_list(tx->db, list->id, arena, &all, err) < 0)
		return -1;
	*count = (int64_t)all.n;
	if (all.n < INTEREST_CATEGORIES_MAX)
		return 0;
	return err_title(err, ERR_INVALID, "Bad Request",
			 "Cannot have more than %d interest categories per "
			 "list.",
			 INTEREST_CATEGORIES_MAX);
}

int interest_category_add(struct tx *tx, const struct list *list,
			  const json_t *body, struct arena *arena,
			  struct interest_category *out, struct err *err)
{
	struct interest_category category = { 0 };
	char hex[INTEREST_HEX + 1];
	const char *folded;

	random_hex(hex, INTEREST_HEX);
	if (lock_list(tx, list, arena, &category.display_order, err) < 0 ||
	    read_body(body, arena, &category, &folded, err) < 0)
		return -1;
	if (db_exec(tx, SQL_INTEREST_CATEGORY_ADD,
		    SQL_ARGS(sql_text(hex), sql_int(list->id),
			     sql_text(category.title), sql_text(folded),
			     sql_int(category.form),
			     sql_int(category.display_order)),
		    err) < 0)
		return interest_name_lost(category.title, err);
	return interest_category_get(tx->db, list->id, hex, arena, out, err);
}

int interest_category_update(struct tx *tx, int64_t list_id, const char *hex,
			     const json_t *body, struct arena *arena,
			     struct interest_category *out, struct err *err)
{
	CLEANUP(update_release)
	struct update u = UPDATE_OF("interest_category");
	struct interest_category before, now;
	const char *folded;
	int64_t id;

	if (must_exist(db_find_int(tx->db, SQL_INTEREST_CATEGORY_LOCK,
				   SQL_ARGS(sql_int(list_id), sql_text(hex)),
				   &id, err),
		       err) < 0 ||
	    interest_category_get(tx->db, list_id, hex, arena, &before, err) <
		    0)
		return -1;
	now = before;
	if (read_body(body, arena, &now, &folded, err) < 0)
		return -1;
	update_text(&u, "title", before.title, now.title);
	if (strcmp(before.title, now.title) != 0)
		update_text(&u, "folded", NULL, folded);
	update_int(&u, "form", before.form, now.form);
	update_int(&u, "display_order", before.display_order,
		   now.display_order);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(id)), err) < 0)
		return interest_name_lost(now.title, err);
	*out = now;
	return 0;
}

static int list_ids(struct db *db, int64_t list_id, int64_t category_id,
		    struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct interests all = VEC_INIT;

	if (interest_list(db, list_id, category_id, arena, &all, err) < 0)
		return -1;
	vec_each (&all, interest)
		vec_push(out, interest->id);
	ids_sort(out);
	return 0;
}

/* Nothing is added to it meanwhile: its row is locked. */
static int drop_category(struct db *db, int64_t list_id, const char *hex,
			 struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct ids interests = VEC_INIT;
	int64_t id;

	if (tx_begin(db, &tx, err) < 0 ||
	    must_exist(db_find_int(db, SQL_INTEREST_CATEGORY_LOCK,
				   SQL_ARGS(sql_int(list_id), sql_text(hex)),
				   &id, err),
		       err) < 0 ||
	    list_ids(db, list_id, id, &interests, err) < 0)
		return -1;
	vec_each (&interests, interest)
		if (interest_drop(&tx, *interest, err) < 0)
			return -1;
	if (db_exec(&tx, SQL_INTEREST_CATEGORY_REMOVE, SQL_ARGS(sql_int(id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int interest_category_remove(struct db *db, int64_t list_id, const char *hex,
			     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct ids interests = VEC_INIT;
	struct interest_category category;

	if (interest_category_get(db, list_id, hex, arena, &category, err) <
		    0 ||
	    list_ids(db, list_id, category.id, &interests, err) < 0 ||
	    interest_empty_all(db, &interests, err) < 0)
		return -1;
	return drop_category(db, list_id, hex, err);
}
