/* Conditions as they are kept and answered, from those of a client. */
#include "audience/segment_target.h"

#include "audience/segment_private.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#include <string.h>

static bool has_number(const char *condition_type)
{
	return strcmp(condition_type, "MemberRating") == 0 ||
	       strcmp(condition_type, "StaticSegment") == 0;
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

static void write_condition(const struct condition *c, const json_t *given,
			    struct arena *arena, json_t *conditions)
{
	json_t *o = json_deep_copy(given);

	(void)json_object_set_new(o, "condition_type", json_string(c->type));
	(void)json_object_set_new(o, "field", json_string(c->field));
	set_value(o, "value", has_number(c->type), arena);
	set_value(o, "extra", false, arena);
	(void)json_array_append_new(conditions, o);
}

int segment_options_read(struct db *db, int64_t list_id, const json_t *opts,
			 struct arena *arena, const char **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *kept = json_object();
	json_t *conditions = json_array();
	struct condition_tree tree;

	(void)json_object_set_new(kept, "conditions", conditions);
	if (segment_parse(db, list_id, opts, clock_now_ms(), arena, &tree,
			  err) < 0)
		return -1;
	(void)json_object_set_new(kept, "match",
				  json_string(tree.any ? "any" : "all"));
	for (size_t i = 0; i < tree.n; i++)
		write_condition(
			&tree.v[i],
			json_array_get(json_object_get(opts, "conditions"), i),
			arena, conditions);
	json_dump(kept, &text);
	*out = arena_str(arena, strbuf_str(&text));
	return 0;
}
