#include "audience/side/side_apply.h"

#include "audience/list.h"
#include "audience/member_private.h"
#include "audience/side/side.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/side.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool side_is_given(const struct member_op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (json_object_get(ops[i].body, "interests") ||
		    json_object_get(ops[i].body, "location") ||
		    json_object_get(ops[i].body, "marketing_permissions"))
			return true;
	return false;
}

/* --- reading --- */

static int load_interests(struct member_run *run, struct member_entry **entries,
			  size_t n, struct sql_value ids, struct err *err)
{
	CLEANUP(vec_release) struct member_interests all = VEC_INIT;
	int64_t *chosen;
	size_t at = 0;

	if (member_interests_list(run->tx->db, ids, &all, err) < 0)
		return -1;
	chosen = arena_array(run->arena, int64_t, all.n + 1);
	for (size_t i = 0; i < all.n; i++)
		chosen[i] = all.v[i].interest_id;
	for (size_t i = 0; i < n; i++) {
		size_t first = at;

		while (at < all.n && all.v[at].member_id == entries[i]->old.id)
			at++;
		entries[i]->old_side.interests = chosen + first;
		entries[i]->old_side.interests_n = at - first;
	}
	return 0;
}

static int load_places(struct member_run *run, struct member_entry **entries,
		       size_t n, struct sql_value ids, struct err *err)
{
	CLEANUP(vec_release) struct member_places all = VEC_INIT;

	if (member_places_list(run->tx->db, ids, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int64_t id = entries[i]->old.id;
		size_t at = vec_lower(&all, member_id, id);

		if (at == all.n || all.v[at].member_id != id)
			continue;
		entries[i]->old_side.latitude = all.v[at].latitude;
		entries[i]->old_side.longitude = all.v[at].longitude;
	}
	return 0;
}

int side_load(struct member_run *run, struct member_entry **entries, size_t n,
	      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct sql_value of;

	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		vec_push(&ids, entries[i]->old.id);
	of = sql_keys(&ids, &keys);
	if (load_interests(run, entries, n, of, err) < 0 ||
	    load_places(run, entries, n, of, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		entries[i]->side = entries[i]->old_side;
	return 0;
}

/* --- interests --- */

static int wrong(struct member_run *run, struct member_op *op,
		 const char *field, const char *message, struct err *err)
{
	struct field_error e = { field, arena_strdup(run->arena, message) };

	vec_push(&op->errors, e);
	return err_set(err, ERR_INVALID, "%s", message);
}

static int wrong_interests(struct member_run *run, struct member_op *op,
			   const char *message, struct err *err)
{
	return wrong(run, op, "interests", message, err);
}

static const struct interest *interest_by_id(const struct member_run *run,
					     int64_t id)
{
	vec_each (&run->interests, interest)
		if (interest->id == id)
			return interest;
	return NULL;
}

/* What was chosen before, but for what is in one of these categories. */
static void keep_others(const struct member_run *run,
			const struct member_side *side,
			const struct ids *replaced, struct ids *out)
{
	for (size_t i = 0; i < side->interests_n; i++) {
		const struct interest *interest =
			interest_by_id(run, side->interests[i]);

		if (interest && !ids_has(replaced, interest->category_id))
			vec_push(out, interest->id);
	}
}

/* The interests that the body turns on and off; *single: the categories that
 * have one at most, and get another. */
static int sort_given(struct member_run *run, struct member_op *op,
		      const json_t *given, struct ids *on, struct ids *off,
		      struct ids *single, struct err *err)
{
	const json_t *value;
	const char *hex;

	json_object_foreach ((json_t *)given, hex, value) {
		const struct interest *i = interests_find(&run->interests, hex);

		if (!i || i->form == INTEREST_PERMISSION)
			return wrong_interests(
				run, op,
				arena_printf(run->arena,
					     "Invalid interest ID: '%.40s'.",
					     hex),
				err);
		if (!json_is_boolean(value))
			return wrong_interests(run, op,
					       "Interests should be true or "
					       "false.",
					       err);
		vec_push(json_is_true(value) ? on : off, i->id);
		if (json_is_true(value) && interest_form_is_single(i->form))
			vec_push(single, i->category_id);
	}
	ids_sort(off);
	return 0;
}

static bool is_twice(struct ids *categories)
{
	size_t n = categories->n;

	ids_sort(categories);
	return categories->n < n;
}

/* What was chosen, but for what is in one of these categories or is off; and
 * what is on, which is sorted and grows. */
static void lay(struct member_run *run, struct member_entry *entry,
		const struct ids *replaced, const struct ids *off,
		struct ids *on)
{
	int64_t *chosen;
	size_t n = 0;

	keep_others(run, &entry->side, replaced, on);
	ids_sort(on);
	chosen = arena_array(run->arena, int64_t, on->n + 1);
	vec_each (on, id)
		if (!ids_has(off, *id))
			chosen[n++] = *id;
	entry->side.interests = chosen;
	entry->side.interests_n = n;
}

static int decide_interests(struct member_run *run, struct member_op *op,
			    struct member_entry *entry, struct err *err)
{
	CLEANUP(vec_release) struct ids on = VEC_INIT;
	CLEANUP(vec_release) struct ids off = VEC_INIT;
	CLEANUP(vec_release) struct ids single = VEC_INIT;
	const json_t *given = NULL;
	int has = json_get_object(op->body, "interests", &given, err);

	if (has <= 0)
		return has;
	if (sort_given(run, op, given, &on, &off, &single, err) < 0)
		return -1;
	if (is_twice(&single))
		return wrong_interests(run, op,
				       "A radio or dropdown category takes "
				       "only one of its interests.",
				       err);
	lay(run, entry, &single, &off, &on);
	return 0;
}

/* --- permissions --- */

#define PERMISSIONS "marketing_permissions"

/* {marketing_permission_id, enabled} */
static int read_permission(struct member_run *run, struct member_op *op,
			   const json_t *item, struct ids *on, struct ids *off,
			   struct err *err)
{
	const json_t *enabled = json_object_get(item, "enabled");
	const char *hex = json_string_value(
		json_object_get(item, "marketing_permission_id"));
	const struct interest *i =
		hex ? interests_find(&run->interests, hex) : NULL;

	if (!i || i->form != INTEREST_PERMISSION)
		return wrong(run, op, PERMISSIONS,
			     arena_printf(run->arena,
					  "Invalid marketing permission ID: "
					  "'%.40s'.",
					  hex ? hex : ""),
			     err);
	if (!json_is_boolean(enabled))
		return wrong(run, op, PERMISSIONS,
			     "enabled should be true or false.", err);
	vec_push(json_is_true(enabled) ? on : off, i->id);
	return 0;
}

static int decide_permissions(struct member_run *run, struct member_op *op,
			      struct member_entry *entry, struct err *err)
{
	CLEANUP(vec_release) struct ids on = VEC_INIT;
	CLEANUP(vec_release) struct ids off = VEC_INIT;
	const struct ids none = VEC_INIT;
	const json_t *given = NULL, *item;
	size_t i;

	if (json_get_array(op->body, PERMISSIONS, &given, err) < 0)
		return -1;
	if (json_array_size(given) == 0)
		return 0;
	if (!run->list->marketing_permissions)
		return err_field(err, PERMISSIONS,
				 "This list has no marketing permissions.");
	json_array_foreach (given, i, item)
		if (read_permission(run, op, item, &on, &off, err) < 0)
			return -1;
	ids_sort(&off);
	lay(run, entry, &none, &off, &on);
	return 0;
}

/* --- the rest --- */

static int read_degrees(const json_t *location, const char *key, double most,
			int64_t *out, struct err *err)
{
	const json_t *value = json_object_get(location, key);
	char field[32];

	if (!value || json_is_null(value))
		return 0;
	if (json_is_number(value) && fabs(json_number_value(value)) <= most) {
		*out = llround(json_number_value(value) * PLACE_DEGREE);
		return 0;
	}
	(void)snprintf(field, sizeof(field), "location.%s", key);
	return err_field(err, field, "should be a number from %d to %d",
			 -(int)most, (int)most);
}

static int decide_place(const struct member_op *op, struct member_entry *entry,
			struct err *err)
{
	const json_t *location = NULL;
	int has = json_get_object(op->body, "location", &location, err);

	if (has <= 0)
		return has;
	if (read_degrees(location, "latitude", 90, &entry->side.latitude, err) <
	    0)
		return -1;
	return read_degrees(location, "longitude", 180, &entry->side.longitude,
			    err);
}

int side_decide(struct member_run *run, struct member_op *op,
		struct member_entry *entry, struct err *err)
{
	if (decide_place(op, entry, err) < 0 ||
	    decide_interests(run, op, entry, err) < 0)
		return -1;
	return decide_permissions(run, op, entry, err);
}

static bool same_interests(const struct member_side *a,
			   const struct member_side *b)
{
	for (size_t i = 0; i < a->interests_n && i < b->interests_n; i++)
		if (a->interests[i] != b->interests[i])
			return false;
	return a->interests_n == b->interests_n;
}

static bool same_place(const struct member_side *a, const struct member_side *b)
{
	return a->latitude == b->latitude && a->longitude == b->longitude;
}

bool side_differs(const struct member_entry *entry)
{
	return !same_interests(&entry->old_side, &entry->side) ||
	       !same_place(&entry->old_side, &entry->side);
}

/* --- writing --- */

/* Who chose an interest, or does no more. */
struct choice {
	int64_t interest_id, member_id;
	bool gone;
};
struct choices VEC_FIELDS(struct choice);

static void add_missing(const struct member_side *from,
			const struct member_side *in, int64_t member_id,
			bool gone, struct choices *out)
{
	size_t at = 0;

	for (size_t i = 0; i < from->interests_n; i++) {
		int64_t id = from->interests[i];

		while (at < in->interests_n && in->interests[at] < id)
			at++;
		if (at == in->interests_n || in->interests[at] != id)
			vec_push(out, ((struct choice){ id, member_id, gone }));
	}
}

static int compare_choices(const void *left, const void *right)
{
	const struct choice *a = left, *b = right;

	if (a->interest_id != b->interest_id)
		return a->interest_id < b->interest_id ? -1 : 1;
	if (a->gone != b->gone)
		return a->gone ? 1 : -1;
	return (a->member_id > b->member_id) - (a->member_id < b->member_id);
}

/* A statement for all members of an interest. */
static int write_choices(struct tx *tx, const struct choice *v, size_t n,
			 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct sql_value members =
		sql_keys_strided(&v->member_id, n, sizeof(*v), &keys);
	struct sql_value interest = sql_int(v->interest_id);

	return v->gone ? db_exec(tx, SQL_SIDE_UNCHOOSE,
				 SQL_ARGS(interest, members), err)
		       : db_exec(tx, SQL_SIDE_CHOOSE,
				 SQL_ARGS(members, interest), err);
}

/* Who gave or took a permission, and when: it may have to be shown. */
static int note_permissions(struct member_run *run, const struct choices *all,
			    struct err *err)
{
	const struct member_actor *actor = run->actor;

	vec_each (all, c) {
		const struct interest *i = interest_by_id(run, c->interest_id);

		if (!i || i->form != INTEREST_PERMISSION)
			continue;
		if (db_exec(run->tx, SQL_SIDE_PERMISSION_SAID,
			    SQL_ARGS(sql_int(c->member_id),
				     sql_int(c->interest_id), sql_int(!c->gone),
				     sql_int(actor->now_ms),
				     sql_int(actor->source),
				     sql_text(actor->by)),
			    err) < 0)
			return -1;
	}
	return 0;
}

static int write_interests(struct tx *tx, struct choices *all, struct err *err)
{
	if (all->n)
		qsort(all->v, all->n, sizeof(*all->v), compare_choices);
	for (size_t first = 0, end; first < all->n; first = end) {
		const struct choice *c = &all->v[first];

		end = first + 1;
		while (end < all->n &&
		       all->v[end].interest_id == c->interest_id &&
		       all->v[end].gone == c->gone)
			end++;
		if (write_choices(tx, c, end - first, err) < 0)
			return -1;
	}
	return 0;
}

static int write_place(struct tx *tx, const struct member_entry *e,
		       struct err *err)
{
	if (same_place(&e->old_side, &e->side))
		return 0;
	return db_exec(tx, SQL_SIDE_PLACE,
		       SQL_ARGS(sql_int(e->now.id), sql_int(e->side.latitude),
				sql_int(e->side.longitude)),
		       err) < 0
		       ? -1
		       : 0;
}

int side_write(struct member_run *run, struct member_entry *const *entries,
	       size_t n, struct err *err)
{
	CLEANUP(vec_release) struct choices all = VEC_INIT;

	for (size_t i = 0; i < n; i++) {
		const struct member_entry *e = entries[i];

		add_missing(&e->side, &e->old_side, e->now.id, false, &all);
		add_missing(&e->old_side, &e->side, e->now.id, true, &all);
		if (write_place(run->tx, e, err) < 0)
			return -1;
	}
	if (write_interests(run->tx, &all, err) < 0)
		return -1;
	return note_permissions(run, &all, err);
}

/* --- telling --- */

static bool has_chosen(const struct member_interests *chosen, int64_t id)
{
	size_t at = vec_lower(chosen, interest_id, id);

	return at < chosen->n && chosen->v[at].interest_id == id;
}

int side_interest_names(struct member_run *run, int64_t member_id,
			const char **out, struct err *err)
{
	CLEANUP(vec_release) struct member_interests chosen = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	*out = "";
	if (run->interests.n == 0)
		return 0;
	if (member_interests_list(run->tx->db,
				  sql_keys_strided(&member_id, 1, 0, &keys),
				  &chosen, err) < 0)
		return -1;
	vec_each (&run->interests, interest) {
		if (interest->form == INTEREST_PERMISSION ||
		    !has_chosen(&chosen, interest->id))
			continue;
		if (names.len)
			strbuf_addch(&names, ',');
		strbuf_addstr(&names, interest->name);
	}
	*out = arena_str(run->arena, strbuf_str(&names));
	return 0;
}
