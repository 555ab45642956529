/*
 * Fields of people to merge fields of the audience (rule 22): what does not
 * fit is dropped and counted, never the person.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#include "sql/bridge.h"

#include <string.h>

#define VALUE_MAX 255 /* bytes of a text merge field */

void field_map_release(struct field_map *map)
{
	vec_release(map);
}

static const char *type_of(const json_t *merge_fields, const char *tag)
{
	json_t *field;
	size_t i;

	json_array_foreach (merge_fields, i, field) {
		const char *name =
			json_string_value(json_object_get(field, "tag"));

		if (name && strcmp(name, tag) == 0)
			return json_string_value(
				json_object_get(field, "type"));
	}
	return NULL;
}

static int read_map(struct work *w, const json_t *merge_fields,
		    struct field_map *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(w->db, SQL_BRIDGE_FIELD_LIST, SQL_NO_ARGS, &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct mapped_field f = { .tag = rows_dup(rows, 0, w->arena) };
		const char *type = type_of(merge_fields, f.tag);

		f.field = field_find(ENTITY_PERSON, rows_text(rows, 1));
		f.type = arena_strdup(w->arena, type);
		if (type && f.field && f.field->text != TEXT_NONE)
			vec_push(out, f);
	}
	return more;
}

static int ensure_defaults(struct work *w, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t n = 0;

	if (db_find_int(w->db, SQL_BRIDGE_FIELD_COUNT, SQL_NO_ARGS, &n, err) <
	    0)
		return -1;
	if (n > 0)
		return 0;
	if (tx_begin(w->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_BRIDGE_FIELD_PUT,
		    SQL_ARGS(sql_text("FNAME"), sql_text("first_name")),
		    err) < 0 ||
	    db_exec(&tx, SQL_BRIDGE_FIELD_PUT,
		    SQL_ARGS(sql_text("LNAME"), sql_text("last_name")),
		    err) < 0 ||
	    db_exec(&tx, SQL_BRIDGE_FIELD_PUT,
		    SQL_ARGS(sql_text("PHONE"), sql_text("phone")), err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int field_map_load(struct work *w, struct field_map *out, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;

	if (ensure_defaults(w, err) < 0 ||
	    mc_get(w->client,
		   list_path(w, "/merge-fields?count=100&fields="
				"merge_fields.tag,merge_fields.type"),
		   &reply, err) < 0)
		return -1;
	return read_map(w, json_object_get(reply, "merge_fields"), out, err);
}

/* The value as the type wants it; false: it does not fit. */
static bool fit(const char *type, const char *value, struct strbuf *out)
{
	struct str s = str_trim(str_of(value));
	int64_t ms;
	double number;

	if (strcmp(type, "number") == 0 && !str_to_double(s, &number))
		return false;
	if (strcmp(type, "date") == 0 && !time_parse_iso(value, &ms))
		return false;
	if (strcmp(type, "birthday") == 0) { /* YYYY-MM-DD -> MM/DD */
		if (s.len != 10)
			return false;
		strbuf_addf(out, "%.2s/%.2s", s.s + 5, s.s + 8);
		return true;
	}
	if (strcmp(type, "address") == 0 || s.len > VALUE_MAX)
		return false;
	strbuf_addslice(out, s);
	return true;
}

void field_map_write(const struct field_map *map, const struct record *r,
		     struct strbuf *out, int64_t *dropped)
{
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	vec_each (map, f) {
		const char *text = r->text[f->field->text];

		strbuf_reset(&value);
		if (text && !fit(f->type, text, &value))
			(*dropped)++;
		json_key_text(&w, f->tag, value.buf);
	}
	json_end_object(&w);
}

static void write_api_value(struct json_writer *w, const char *tag,
			    const json_t *value)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (json_is_number(value))
		strbuf_addf(&text, "%.15g", json_number_value(value));
	else if (json_is_string(value))
		strbuf_addstr(&text, json_string_value(value));
	json_key_text(w, tag, text.buf);
}

void field_map_of_member(const struct field_map *map,
			 const json_t *merge_fields, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	vec_each (map, f)
		write_api_value(&w, f->tag,
				json_object_get(merge_fields, f->tag));
	json_end_object(&w);
}
