/*
 * The merge fields of an audience, and a member's values of them. Called by the
 * sender and by previews; any thread.
 */
#include "audience/merge_field.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "campaign/merge/merge_tag.h"
#include "sql/merge.h"
#include "store/db.h"

#include <math.h>

static const char *date_format_of(const char *options, struct arena *arena)
{
	CLEANUP(json_free) json_t *tree = NULL;
	const char *format;

	tree = json_loads(options, 0, NULL);
	format = json_string_value(json_object_get(tree, "date_format"));
	return format ? arena_strdup(arena, format) : "";
}

static void read_field(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct merge_field *)out = (struct merge_field){
		.id = rows_int(rows, 0),
		.tag = rows_dup(rows, 1, arena),
		.type = rows_dup(rows, 2, arena),
		.default_value = rows_dup(rows, 3, arena),
		.date_format = date_format_of(rows_text(rows, 4), arena),
	};
}

int merge_fields_load(struct db *db, int64_t list_id, struct arena *arena,
		      struct merge_fields *out, struct err *err)
{
	CLEANUP(vec_release) VEC(struct merge_field) fields = VEC_INIT;
	struct merge_field *kept;

	if (db_list(db, SQL_MERGE_FIELDS_OF_LIST, SQL_ARGS(sql_int(list_id)),
		    read_field, arena, &fields, err) < 0)
		return -1;
	kept = arena_array(arena, struct merge_field, fields.n);
	if (fields.n > 0)
		memcpy(kept, fields.v, fields.n * sizeof(*kept));
	*out = (struct merge_fields){ kept, fields.n };
	return 0;
}

/* An address field: its parts in one line. */
static struct str address_line(const json_t *address, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; i < MERGE_ADDRESS_PARTS; i++) {
		const char *part = json_string_value(
			json_object_get(address, merge_address_parts[i]));

		if (!part || !*part)
			continue;
		if (line.len > 0)
			strbuf_addstr(&line, i == 4 ? " " : ", ");
		strbuf_addstr(&line, part);
	}
	return (struct str){ arena_strndup(arena, line.buf, line.len),
			     line.len };
}

static struct str number_text(double number, struct arena *arena)
{
	if (!isfinite(number))
		return STR("");
	return str_of(arena_printf(arena, "%.15g", number));
}

static struct str value_text(const json_t *value, struct arena *arena)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return (struct str){ arena_strndup(arena,
						   json_string_value(value),
						   json_string_length(value)),
				     json_string_length(value) };
	case JSON_OBJECT:
		return address_line(value, arena);
	case JSON_INTEGER:
		return str_of(arena_printf(
			arena, "%lld", (long long)json_integer_value(value)));
	case JSON_REAL:
		return number_text(json_real_value(value), arena);
	default:
		return STR("");
	}
}

const struct str *merge_values_read(const struct merge_fields *fields,
				    struct str merge_json, struct arena *arena)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct str *values = arena_array(arena, struct str, fields->n + 1);
	char key[24];

	if (merge_json.len > 2)
		tree = json_loadb(merge_json.s, merge_json.len, 0, NULL);
	for (size_t i = 0; i < fields->n; i++) {
		const json_t *value;

		(void)snprintf(key, sizeof(key), "%lld",
			       (long long)fields->v[i].id);
		value = json_object_get(tree, key);
		values[i] = value ? value_text(value, arena) : STR("");
	}
	return values;
}
