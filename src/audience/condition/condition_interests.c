/*
 * Conditions of what members have chosen. Called by segment_parse.c; any
 * thread.
 */
#include "audience/condition/condition_reader.h"

#include "audience/interest/permission.h"
#include "base/arena.h"
#include "base/err.h"

#include <string.h>

static const struct condition_op interest_ops[] = {
	{ "interestcontains", TEST_ANY_OF, false },
	{ "interestcontainsall", TEST_ALL_OF, false },
	{ "interestnotcontains", TEST_ANY_OF, true },
	CONDITION_OP_END
};

/* One of the values as one of the interests: 0, or -1. */
static int take_interest(struct condition_reader *r,
			 const struct interests *all, const json_t *value,
			 int64_t *out)
{
	const char *hex = json_string_value(value);
	const struct interest *found = hex ? interests_find(all, hex) : NULL;

	if (!found)
		return condition_wrong(r, "value",
				       "is no interest of this category");
	*out = found->id;
	return 0;
}

static int take_interest_ids(struct condition_reader *r,
			     const struct interests *all)
{
	const json_t *values = json_object_get(r->json, "value"), *item;
	size_t n = json_is_string(values) ? 1 : json_array_size(values), i;
	int64_t *ids = arena_array(r->arena, int64_t, n + 1);

	if (n == 0)
		return condition_wrong(r, "value",
				       "This value should not be blank.");
	if (n > INTERESTS_MAX)
		return condition_wrong(r, "value", "has too many interests");
	if (json_is_string(values) && take_interest(r, all, values, ids) < 0)
		return -1;
	json_array_foreach (values, i, item)
		if (take_interest(r, all, item, &ids[i]) < 0)
			return -1;
	r->out->ids = ids;
	r->out->ids_n = n;
	return 0;
}

/* Also that of permissions. */
static int find_category(struct condition_reader *r, const char *hex,
			 struct interest_category *out)
{
	int found = permission_category_find(r->db, r->list_id, r->arena, out,
					     r->err);

	if (found < 0 || (found > 0 && strcmp(out->hex, hex) == 0))
		return found < 0 ? -1 : 0;
	if (interest_category_get(r->db, r->list_id, hex, r->arena, out,
				  r->err) == 0)
		return 0;
	return r->err->code == ERR_NOT_FOUND
		       ? condition_wrong(r, "field",
					 "is no category of this list")
		       : -1;
}

/* Of the category that the field names behind the prefix. */
int condition_take_interests(struct condition_reader *r,
			     const char *category_hex)
{
	CLEANUP(vec_release) struct interests all = VEC_INIT;
	struct interest_category category;

	r->out->kind = CONDITION_INTERESTS;
	r->out->type = "Interests";
	if (condition_take_op(r, interest_ops) < 0)
		return -1;
	if (find_category(r, category_hex, &category) < 0)
		return -1;
	if (interest_list(r->db, r->list_id, category.id, r->arena, &all,
			  r->err) < 0)
		return -1;
	return take_interest_ids(r, &all);
}
