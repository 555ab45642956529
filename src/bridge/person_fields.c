#include "bridge/person_fields.h"

#include "base/arena.h"
#include "base/err.h"
#include "bridge/bridge_private.h"

#include <stdlib.h>
#include <string.h>

struct person_fields {
	struct field_map map;
	struct person_field *v;
	size_t n;
	int64_t read_ms;
};

static const char *text_of(const json_t *o, const char *key,
			   struct arena *arena)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? arena_strdup(arena, text) : "";
}

static const char *source_of(const struct field_map *map, const char *tag,
			     struct arena *arena)
{
	vec_each (&map->fields, f)
		if (strcmp(f->target.tag, tag) == 0)
			return f->custom ? arena_printf(arena, "custom.%s",
							f->custom)
			       : f->is_address ? "address"
			       : f->is_company ? "company"
					       : f->field->name;
	return NULL;
}

static void list(struct person_fields *f, struct arena *arena)
{
	const json_t *item;
	size_t i;

	f->v = arena_array(arena, struct person_field,
			   json_array_size(f->map.described) + 1);
	json_array_foreach (f->map.described, i, item) {
		const json_t *options = json_object_get(item, "options");
		const char *tag = text_of(item, "tag", arena);

		f->v[f->n++] = (struct person_field){
			.tag = tag,
			.name = text_of(item, "name", arena),
			.source = source_of(&f->map, tag, arena),
			.type = text_of(item, "type", arena),
			.default_value = text_of(item, "default_value", arena),
			.date_format = text_of(options, "date_format", arena),
		};
	}
}

int person_fields_load(struct db *db, struct arena *arena,
		       struct person_fields **out, struct err *err)
{
	CLEANUP(person_fields_free)
	struct person_fields *f = calloc(1, sizeof(*f));

	BUG_ON(!f);
	if (field_map_load_kept(db, arena, &f->map, &f->read_ms, err) < 0)
		return -1;
	list(f, arena);
	*out = TAKE(f);
	return 0;
}

void person_fields_free(struct person_fields **fields)
{
	if (!*fields)
		return;
	field_map_release(&(*fields)->map);
	free(*fields);
	*fields = NULL;
}

const struct person_field *person_fields_list(const struct person_fields *f,
					      size_t *n, int64_t *read_ms)
{
	*n = f->n;
	*read_ms = f->read_ms;
	return f->v;
}

void person_fields_write(const struct person_fields *f,
			 const struct record *person, struct strbuf *out)
{
	(void)field_map_write(&f->map, person, 0, out); /* pushes tell */
}
