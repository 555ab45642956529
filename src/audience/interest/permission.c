/*
 * Marketing permissions. Called by the handlers; any thread.
 */
#include "audience/interest/permission.h"

#include "audience/interest/interest_private.h"
#include "audience/must_exist.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "sql/interest.h"
#include "store/db.h"

#define TITLE "Permissions"

static const char *const usual[] = { "Email", "Direct Mail",
				     "Customized Online Advertising" };

int permission_list(struct db *db, int64_t list_id, struct arena *arena,
		    struct interests *out, struct err *err)
{
	size_t had = out->n, n = out->n;

	if (interest_list_whole(db, list_id, arena, out, err) < 0)
		return -1;
	for (size_t i = had; i < out->n; i++)
		if (out->v[i].form == INTEREST_PERMISSION)
			out->v[n++] = out->v[i];
	out->n = n;
	return 0;
}

static int category_get(struct db *db, int64_t list_id, struct arena *arena,
			struct interest_category *out, struct err *err)
{
	return must_exist(
		permission_category_find(db, list_id, arena, out, err), err);
}

/* --- changes --- */

/* No other category is called so: names are folded, and this is no fold. */
static int add_category(struct tx *tx, int64_t list_id, struct err *err)
{
	char hex[INTEREST_HEX + 1];

	random_hex(hex, INTEREST_HEX);
	return db_exec(tx, SQL_INTEREST_CATEGORY_ADD,
		       SQL_ARGS(sql_text(hex), sql_int(list_id),
				sql_text(TITLE), sql_text(TITLE),
				sql_int(INTEREST_PERMISSION), sql_int(0)),
		       err) < 0
		       ? -1
		       : 0;
}

static int add_usual(struct tx *tx, int64_t list_id, const char *name,
		     struct arena *arena, struct err *err)
{
	CLEANUP(json_free) json_t *body = json_object();
	struct interest ignored;

	json_object_set_new(body, "name", json_string(name));
	return permission_add(tx, list_id, body, arena, &ignored, err);
}

int permission_begin(struct tx *tx, int64_t list_id, struct arena *arena,
		     struct err *err)
{
	struct interest_category category;
	int found = permission_category_find(tx->db, list_id, arena, &category,
					     err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	if (add_category(tx, list_id, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		if (add_usual(tx, list_id, usual[i], arena, err) < 0)
			return -1;
	return 0;
}

int permission_add(struct tx *tx, int64_t list_id, const json_t *body,
		   struct arena *arena, struct interest *out, struct err *err)
{
	struct interest_category category;

	if (category_get(tx->db, list_id, arena, &category, err) < 0)
		return -1;
	return interest_add(tx, list_id, category.hex, body, arena, out, err);
}

int permission_update(struct tx *tx, int64_t list_id, const char *hex,
		      const json_t *body, struct arena *arena,
		      struct interest *out, struct err *err)
{
	struct interest_category category;

	if (category_get(tx->db, list_id, arena, &category, err) < 0)
		return -1;
	return interest_update(tx, list_id, category.hex, hex, body, arena, out,
			       err);
}

int permission_remove(struct db *db, int64_t list_id, const char *hex,
		      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct interest_category category;

	if (category_get(db, list_id, arena, &category, err) < 0)
		return -1;
	return interest_remove_of(db, list_id, category.id, hex, err);
}
