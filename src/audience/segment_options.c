/* Conditions as they are kept and answered, from those of a client. */
#include "audience/segment_target.h"

#include "audience/segment_private.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#include <string.h>

#define OPTIONS_MAX (64 << 10) /* bytes of JSON */

static bool has_number(const char *condition_type)
{
	static const char *const types[] = { "MemberRating", "StaticSegment",
					     "IPGeoIn", "IPGeoInZip",
					     "IPGeoZip" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strcmp(condition_type, types[i]) == 0)
			return true;
	return false;
}

/* Of interests it is a list, also if it is one; of all others it is none. */
static void set_list(json_t *o, const char *key, bool is_list)
{
	json_t *value = json_object_get(o, key);
	json_t *list;

	if (!is_list && json_array_size(value) == 1) {
		value = json_incref(json_array_get(value, 0));
		(void)json_object_set_new(o, key, value);
	} else if (is_list && json_is_string(value)) {
		list = json_array();
		(void)json_array_append(list, value);
		(void)json_object_set_new(o, key, list);
	}
}

static void set_value(json_t *o, const char *key, bool is_number,
		      struct arena *arena)
{
	const json_t *value = json_object_get(o, key);
	int64_t number;

	if (json_is_string(value) && is_number &&
	    text_to_int(json_string_value(value), &number))
		(void)json_object_set_new(o, key, json_integer(number));
	else if (json_is_integer(value) && !is_number)
		(void)json_object_set_new(
			o, key,
			json_string(arena_printf(
				arena, "%lld",
				(long long)json_integer_value(value))));
	else if (json_is_real(value) && !is_number)
		(void)json_object_set_new(
			o, key,
			json_string(arena_printf(arena, "%.15g",
						 json_real_value(value))));
}

static void write_tree(const struct condition_tree *tree, const json_t *given,
		       struct arena *arena, json_t *out);

static void write_condition(const struct condition *c, const json_t *given,
			    struct arena *arena, json_t *conditions)
{
	json_t *o;

	if (c->kind == CONDITION_GROUP) {
		o = json_object();
		write_tree(c->group, given, arena, o);
	} else {
		o = json_deep_copy(given);
		(void)json_object_set_new(o, "condition_type",
					  json_string(c->type));
		(void)json_object_set_new(o, "field", json_string(c->field));
		set_list(o, "value", c->kind == CONDITION_INTERESTS);
		set_list(o, "extra", false);
		set_value(o, "value", has_number(c->type), arena);
		set_value(o, "extra", false, arena);
	}
	(void)json_array_append_new(conditions, o);
}

static void write_tree(const struct condition_tree *tree, const json_t *given,
		       struct arena *arena, json_t *out)
{
	json_t *conditions = json_array();

	(void)json_object_set_new(out, "conditions", conditions);
	(void)json_object_set_new(out, "match",
				  json_string(tree->any ? "any" : "all"));
	for (size_t i = 0; i < tree->n; i++)
		write_condition(
			&tree->v[i],
			json_array_get(json_object_get(given, "conditions"), i),
			arena, conditions);
}

int segment_options_read(struct db *db, int64_t list_id, const json_t *opts,
			 struct arena *arena, const char **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *kept = json_object();
	struct condition_tree tree;

	if (segment_parse(db, list_id, opts, clock_now_ms(), arena, &tree,
			  err) < 0)
		return -1;
	write_tree(&tree, opts, arena, kept);
	json_dump(kept, &text);
	if (text.len > OPTIONS_MAX)
		return err_field(err, "options.conditions",
				 "are longer than %d bytes", OPTIONS_MAX);
	*out = arena_str(arena, strbuf_str(&text));
	return 0;
}
