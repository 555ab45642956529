#include "audience/interest/interest.h"

#include "audience/interest/interest_private.h"
#include "audience/must_exist.h"
#include "audience/segment_private.h"
#include "audience/sets/segment_eval.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "base/utf8.h"
#include "sql/interest.h"
#include "store/db.h"
#include "store/update.h"

#include <string.h>

#define NAME_BYTES_MAX 255
#define EMPTIED_AT_ONCE 5000 /* some 20 ms */

/* --- what both have --- */

int interest_text_read(const json_t *body, const char *key, struct arena *arena,
		       struct interest_text *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	const char *given = out->name;
	struct str name;

	if (json_get_text(body, key, &given, err) < 0 ||
	    json_get_int(body, "display_order", &out->display_order, err) < 0)
		return -1;
	if (utf8_is_blank(given))
		return err_field(err, key, "This value should not be blank.");
	name = utf8_trim(str_of(given));
	if (name.len > NAME_BYTES_MAX)
		return err_field(err, key, "may have at most %d bytes",
				 NAME_BYTES_MAX);
	utf8_fold(name, &folded);
	out->name = arena_str(arena, name);
	out->folded = arena_str(arena, strbuf_str(&folded));
	return 0;
}

int interest_name_lost(const char *name, struct err *err)
{
	return err->code == ERR_CONFLICT
		       ? err_title(err, ERR_INVALID, "Invalid Resource",
				   "Cannot add \"%s\" because it already "
				   "exists on the list.",
				   name)
		       : -1;
}

/* --- reading --- */

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct interest *)out = (struct interest){
		.id = rows_int(rows, 0),
		.category_id = rows_int(rows, 1),
		.hex = rows_dup(rows, 2, arena),
		.name = rows_dup(rows, 3, arena),
		.display_order = rows_int(rows, 4),
		.form = (enum interest_form)rows_int(rows, 5),
	};
}

int interest_list_whole(struct db *db, int64_t list_id, struct arena *arena,
			struct interests *out, struct err *err)
{
	return db_list(db, SQL_INTEREST_LIST, SQL_ARGS(sql_int(list_id)),
		       read_row, arena, out, err);
}

int interest_list(struct db *db, int64_t list_id, int64_t category_id,
		  struct arena *arena, struct interests *out, struct err *err)
{
	size_t had = out->n, n = out->n;

	if (interest_list_whole(db, list_id, arena, out, err) < 0)
		return -1;
	for (size_t i = had; i < out->n; i++)
		if (category_id ? out->v[i].category_id == category_id
				: out->v[i].form != INTEREST_PERMISSION)
			out->v[n++] = out->v[i];
	out->n = n;
	return 0;
}

const struct interest *interests_find(const struct interests *all,
				      const char *hex)
{
	vec_each (all, interest)
		if (strcmp(interest->hex, hex) == 0)
			return interest;
	return NULL;
}

int interest_get(struct db *db, int64_t list_id, int64_t category_id,
		 const char *hex, struct arena *arena, struct interest *out,
		 struct err *err)
{
	CLEANUP(vec_release) struct interests all = VEC_INIT;
	const struct interest *found;

	if (interest_list(db, list_id, category_id, arena, &all, err) < 0)
		return -1;
	found = interests_find(&all, hex);
	if (found)
		*out = *found;
	return must_exist(found != NULL, err);
}

/* --- changes --- */

static int lock_category(struct tx *tx, int64_t list_id, const char *hex,
			 int64_t *out, struct err *err)
{
	return must_exist(db_find_int(tx->db, SQL_INTEREST_CATEGORY_LOCK,
				      SQL_ARGS(sql_int(list_id), sql_text(hex)),
				      out, err),
			  err);
}

static int check_room(struct tx *tx, int64_t list_id, int64_t category_id,
		      struct arena *arena, int64_t *count, struct err *err)
{
	CLEANUP(vec_release) struct interests all = VEC_INIT;

	if (interest_list(tx->db, list_id, category_id, arena, &all, err) < 0)
		return -1;
	*count = (int64_t)all.n;
	if (all.n < INTERESTS_MAX)
		return 0;
	return err_title(err, ERR_INVALID, "Bad Request",
			 "Cannot have more than %d interests per list",
			 INTERESTS_MAX);
}

int interest_add(struct tx *tx, int64_t list_id, const char *category_hex,
		 const json_t *body, struct arena *arena, struct interest *out,
		 struct err *err)
{
	struct interest_text text = { .name = NULL };
	char hex[INTEREST_HEX + 1];
	int64_t category_id;

	random_hex(hex, INTEREST_HEX);
	if (lock_category(tx, list_id, category_hex, &category_id, err) < 0 ||
	    check_room(tx, list_id, category_id, arena, &text.display_order,
		       err) < 0)
		return -1;
	text.display_order++; /* from 1, as Mailchimp's */
	if (interest_text_read(body, "name", arena, &text, err) < 0)
		return -1;
	if (db_exec(tx, SQL_INTEREST_ADD,
		    SQL_ARGS(sql_text(hex), sql_int(list_id),
			     sql_int(category_id), sql_text(text.name),
			     sql_text(text.folded),
			     sql_int(text.display_order)),
		    err) < 0)
		return interest_name_lost(text.name, err);
	return interest_get(tx->db, list_id, category_id, hex, arena, out, err);
}

static int lock_interest(struct tx *tx, int64_t category_id, const char *hex,
			 int64_t *out, struct err *err)
{
	return must_exist(
		db_find_int(tx->db, SQL_INTEREST_LOCK,
			    SQL_ARGS(sql_int(category_id), sql_text(hex)), out,
			    err),
		err);
}

int interest_update(struct tx *tx, int64_t list_id, const char *category_hex,
		    const char *hex, const json_t *body, struct arena *arena,
		    struct interest *out, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("interest");
	struct interest before;
	struct interest_text text;
	int64_t category_id, id;

	if (lock_category(tx, list_id, category_hex, &category_id, err) < 0 ||
	    lock_interest(tx, category_id, hex, &id, err) < 0 ||
	    interest_get(tx->db, list_id, category_id, hex, arena, &before,
			 err) < 0)
		return -1;
	text = (struct interest_text){ .name = before.name,
				       .display_order = before.display_order };
	if (interest_text_read(body, "name", arena, &text, err) < 0)
		return -1;
	update_text(&u, "name", before.name, text.name);
	if (strcmp(before.name, text.name) != 0)
		update_text(&u, "folded", NULL, text.folded);
	update_int(&u, "display_order", before.display_order,
		   text.display_order);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(id)), err) < 0)
		return interest_name_lost(text.name, err);
	*out = before;
	out->name = text.name;
	out->display_order = text.display_order;
	return 0;
}

/* --- removal --- */

static int empty_some(struct db *db, int64_t id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int gone;

	if (tx_begin(db, &tx, err) < 0)
		return -1;
	gone = db_exec(
		&tx, SQL_INTEREST_EMPTY_SOME,
		SQL_ARGS(sql_int(id), sql_int(id), sql_int(EMPTIED_AT_ONCE)),
		err);
	if (gone < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return gone >= EMPTIED_AT_ONCE;
}

int interest_empty_all(struct db *db, const struct ids *interests,
		       struct err *err)
{
	vec_each (interests, id) {
		int more;

		do {
			more = empty_some(db, *id, err);
		} while (more > 0);
		if (more < 0)
			return -1;
	}
	return 0;
}

/* The interest first: who is choosing it now is waited for, and gone by the
 * next statement. */
int interest_drop(struct tx *tx, int64_t id, struct err *err)
{
	const struct sql *const steps[] = { SQL_INTEREST_REMOVE,
					    SQL_INTEREST_EMPTY,
					    SQL_PERMISSION_FORGET };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (db_exec(tx, steps[i], SQL_ARGS(sql_int(id)), err) < 0)
			return -1;
	return 0;
}

int interest_remove_of(struct db *db, int64_t list_id, int64_t category_id,
		       const char *hex, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct ids one = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct interest interest;
	int64_t id;

	if (interest_get(db, list_id, category_id, hex, arena, &interest, err) <
	    0)
		return -1;
	vec_push(&one, interest.id);
	if (interest_empty_all(db, &one, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    lock_interest(&tx, category_id, hex, &id, err) < 0 ||
	    interest_drop(&tx, id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int interest_remove(struct db *db, int64_t list_id, const char *category_hex,
		    const char *hex, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct interest_category category;

	if (interest_category_get(db, list_id, category_hex, arena, &category,
				  err) < 0)
		return -1;
	return interest_remove_of(db, list_id, category.id, hex, err);
}

int interest_remove_all(struct tx *tx, int64_t list_id, struct err *err)
{
	const struct sql *const steps[] = {
		SQL_INTEREST_LIST_EMPTY,
		SQL_PERMISSION_LIST_FORGET,
		SQL_INTEREST_LIST_REMOVE,
		SQL_INTEREST_LIST_REMOVE_CATEGORIES,
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (db_exec(tx, steps[i], SQL_ARGS(sql_int(list_id)), err) < 0)
			return -1;
	return 0;
}

/* --- who has chosen what --- */

int interest_members(struct db *db, const struct member_filter *filter,
		     struct id_set *out, struct err *err)
{
	const struct segment_scope scope = {
		.list_id = filter->list_id,
		.statuses = filter->status ? MEMBER_STATUS_BIT(filter->status)
					   : MEMBER_STATUS_ALL
	};
	struct condition chose = { .kind = CONDITION_INTERESTS,
				   .test = filter->chose == CHOSE_ALL
						   ? TEST_ALL_OF
						   : TEST_ANY_OF,
				   .negated = filter->chose == CHOSE_NONE,
				   .ids = filter->interests->v,
				   .ids_n = filter->interests->n,
				   .text = "" };
	const struct condition_tree tree = { .v = &chose, .n = 1 };

	return segment_eval(db, &scope, &tree, out, err);
}

int interest_count(struct db *db, int64_t list_id, const struct interest *v,
		   size_t n, int64_t *out, struct err *err)
{
	const struct segment_scope scope = { .list_id = list_id,
					     .statuses = MEMBER_STATUS_BIT(
						     MEMBER_SUBSCRIBED) };

	for (size_t i = 0; i < n; i++) {
		CLEANUP(id_set_release)
		struct id_set set = ID_SET_INIT;
		struct condition has = { .kind = CONDITION_INTERESTS,
					 .test = TEST_ANY_OF,
					 .ids = &v[i].id,
					 .ids_n = 1,
					 .text = "" };
		const struct condition_tree tree = { .v = &has, .n = 1 };

		if (segment_eval(db, &scope, &tree, &set, err) < 0)
			return -1;
		out[i] = id_set_count(&set);
	}
	return 0;
}
