/*
 * Which members of a text are written: paths as a tree, and where a writer
 * stands in it. Pure.
 */
#include "base/json_private.h"

#include "base/arena.h"

#define PATH_MAX_DEPTH 16 /* what is deeper is kept or dropped with it */

const struct json_field json_field_none = { .is_end = true };

static struct json_field *child_of(const struct json_field *field,
				   struct str name)
{
	for (struct json_field *c = field->child; c; c = c->sibling)
		if (str_eq(c->name, name))
			return c;
	return NULL;
}

static struct json_field *add_child(struct json_field *field, struct str name,
				    struct arena *arena)
{
	struct json_field *child = arena_new_of(arena, struct json_field);

	child->name = name;
	child->excludes = field->excludes;
	child->sibling = field->child;
	field->child = child;
	return child;
}

static void add_path(struct json_field *field, struct str path,
		     struct arena *arena)
{
	for (int depth = 0; path.len && depth < PATH_MAX_DEPTH; depth++) {
		struct str name = str_trim(str_cut(&path, '.'));
		struct json_field *child = child_of(field, name);

		field = child ? child : add_child(field, name, arena);
	}
	field->is_end = true;
}

const struct json_field *json_fields(const char *paths, bool excludes,
				     struct arena *arena)
{
	struct json_field *root = arena_new_of(arena, struct json_field);
	struct str rest = str_of(arena_strdup(arena, paths));

	root->excludes = excludes;
	while (rest.s) {
		struct str path = str_trim(str_cut(&rest, ','));

		if (path.len)
			add_path(root, path, arena);
	}
	return root;
}

const struct json_field *json_field_below(const struct json_field *field,
					  struct str name)
{
	const struct json_field *child = field ? child_of(field, name) : NULL;
	bool is_kept = !field || (field->excludes ? !child || !child->is_end
						  : child != NULL);

	if (!is_kept)
		return &json_field_none;
	return child && !child->is_end ? child : NULL;
}

void json_choose(struct json_writer *w, const struct json_field *fields)
{
	w->chosen[0] = fields;
}

bool json_wants(const struct json_writer *w, const char *path)
{
	struct str rest = str_of(path);
	const struct json_field *field = json_field_next(w);

	while (field && field != &json_field_none && rest.len)
		field = json_field_below(field, str_cut(&rest, '.'));
	return field != &json_field_none;
}

bool json_names(const struct json_writer *w, const char *name)
{
	const struct json_field *field = json_field_next(w);

	return field && field != &json_field_none && !field->excludes &&
	       child_of(field, str_of(name));
}

bool json_wants_next(const struct json_writer *w)
{
	return json_field_next(w) != &json_field_none;
}
