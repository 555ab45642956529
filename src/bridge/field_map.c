/*
 * Fields of people to merge fields of the audience (rule 22): what does not
 * fit is dropped and named, never the person.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "bridge/bridge_field.h"
#include "crm/custom_field.h"
#include "store/store.h"

#include "sql/bridge.h"

#include <string.h>

static const char *const address_parts[] = { "addr1", "addr2", "city",
					     "state", "zip",   "country" };

void field_map_release(struct field_map *map)
{
	vec_release(&map->fields);
	json_free(&map->described);
}

static const json_t *described(const struct field_map *map, const char *tag)
{
	const json_t *field;
	size_t i;

	json_array_foreach (map->described, i, field) {
		const char *name =
			json_string_value(json_object_get(field, "tag"));

		if (name && strcmp(name, tag) == 0)
			return field;
	}
	return NULL;
}

/* A tag that the audience lacks, and a field that people lack, are left out. */
static void add_field(struct field_map *map, const char *tag, const char *name)
{
	const json_t *field = described(map, tag);
	struct mapped_field f = {
		.target = { .tag = tag,
			    .type = json_string_value(
				    json_object_get(field, "type")),
			    .options = json_object_get(field, "options") },
		.field = field_find(ENTITY_PERSON, name),
		.is_address = strcmp(name, "address") == 0,
		.is_company = strcmp(name, "company") == 0,
	};

	if (strncmp(name, "custom.", 7) == 0)
		f.custom = name + 7;
	if (!f.target.type || map->fields.n == BRIDGE_FIELDS_MAX)
		return;
	if (f.is_address || f.is_company || f.custom ||
	    (f.field && f.field->text != TEXT_NONE))
		vec_push(&map->fields, f);
}

static int read_map(struct db *db, struct arena *arena, struct field_map *out,
		    struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_BRIDGE_FIELD_LIST, SQL_NO_ARGS, &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		add_field(out, rows_dup(rows, 0, arena),
			  rows_dup(rows, 1, arena));
	return more;
}

static const char *const defaults[][2] = {
	{ "FNAME", "first_name" },
	{ "LNAME", "last_name" },
	{ "PHONE", "phone" },
};

/* 1: nobody has said yet what goes where. */
static int is_untouched(struct db *db, struct arena *arena, struct err *err)
{
	const char *chosen = NULL;
	int64_t n = 0;

	if (db_find_int(db, SQL_BRIDGE_FIELD_COUNT, SQL_NO_ARGS, &n, err) < 0 ||
	    setting_find(db, "bridge.fields_chosen", arena, &chosen, err) < 0)
		return -1;
	return n == 0 && !chosen;
}

static int ensure_defaults(struct work *w, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int untouched = is_untouched(w->db, w->arena, err);

	if (untouched <= 0)
		return untouched;
	if (tx_begin(w->db, &tx, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (db_exec(&tx, SQL_BRIDGE_FIELD_PUT,
			    SQL_ARGS(sql_text(defaults[i][0]),
				     sql_text(defaults[i][1])),
			    err) < 0)
			return -1;
	return tx_commit(&tx, err);
}

static int read_described(struct work *w, struct field_map *out,
			  struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (mc_get(w->client,
		   list_path(w, "/merge-fields?count=100&fields="
				"merge_fields.tag,merge_fields.name,"
				"merge_fields.type,merge_fields.required,"
				"merge_fields.default_value,"
				"merge_fields.options"),
		   &reply, err) < 0)
		return -1;
	out->described = json_incref(json_object_get(reply, "merge_fields"));
	json_dump(out->described, &text);
	return bridge_field_saw(w->db, text.buf, w->actor.now_ms, err);
}

int field_map_load(struct work *w, struct field_map *out, struct err *err)
{
	if (ensure_defaults(w, err) < 0 || read_described(w, out, err) < 0)
		return -1;
	return read_map(w->db, w->arena, out, err);
}

/* Those of an audience that is new. */
static json_t *described_at_first(void)
{
	return json_pack("[{ssssss} {ssssss} {ssssss} {ssssss}]", "tag",
			 "ADDRESS", "type", "address", "name", "Address", "tag",
			 "FNAME", "type", "text", "name", "First Name", "tag",
			 "LNAME", "type", "text", "name", "Last Name", "tag",
			 "PHONE", "type", "phone", "name", "Phone Number");
}

int field_map_load_kept(struct db *db, struct arena *arena,
			struct field_map *out, int64_t *read_ms,
			struct err *err)
{
	CLEANUP(json_free) json_t *seen = NULL;
	int untouched = is_untouched(db, arena, err);

	if (untouched < 0 || bridge_field_seen(db, arena, &seen, err) < 0)
		return -1;
	*read_ms = json_integer_value(json_object_get(seen, "at"));
	out->described = seen ? json_incref(json_object_get(seen, "fields"))
			      : described_at_first();
	for (size_t i = 0; untouched && i < ARRAY_SIZE(defaults); i++)
		add_field(out, defaults[i][0], defaults[i][1]);
	return untouched ? 0 : read_map(db, arena, out, err);
}

/* --- merge fields that the audience lacks --- */

static const char *type_for(const char *person_field)
{
	const struct field *f = field_find(ENTITY_PERSON, person_field);

	if (strcmp(person_field, "address") == 0)
		return "address";
	return f && f->type == FIELD_DATE ? "date" : "text";
}

/* As people call it, and what fits; texts are in the work's arena. */
struct new_field {
	const char *name, *type;
};

/* NULL: of a field of their own. */
static const char *label_of(const char *person_field)
{
	const struct field *f = field_find(ENTITY_PERSON, person_field);

	if (strcmp(person_field, "address") == 0)
		return "Address";
	if (strcmp(person_field, "company") == 0)
		return "Company";
	return f ? f->label : NULL;
}

static const char *custom_type(const struct custom_field *c)
{
	return strcmp(c->type, "date") == 0 || strcmp(c->type, "number") == 0
		       ? c->type
		       : "text";
}

static int describe(struct work *w, const char *person_field,
		    struct new_field *out, struct err *err)
{
	CLEANUP(vec_release) struct custom_fields customs = VEC_INIT;
	const char *key;

	out->name = label_of(person_field);
	out->type = type_for(person_field);
	if (out->name)
		return 0;
	key = person_field + strlen("custom.");
	out->name = arena_strdup(w->arena, key);
	if (custom_field_list(w->db, ENTITY_PERSON, w->arena, &customs, err) <
	    0)
		return -1;
	vec_each (&customs, c)
		if (strcmp(c->key, key) == 0) {
			*out = (struct new_field){ c->label, custom_type(c) };
			break;
		}
	return 0;
}

static int create_field(struct work *w, const char *tag,
			const char *person_field, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&body);
	struct new_field made;

	if (describe(w, person_field, &made, err) < 0)
		return -1;
	json_begin_object(&j);
	json_key_text(&j, "tag", tag);
	json_key_text(&j, "name", made.name);
	json_key_text(&j, "type", made.type);
	json_end_object(&j);
	/* tried again by the job, which looks first */
	return mc_call_once(w->client, "POST", list_path(w, "/merge-fields"),
			    body.buf, NULL, err);
}

/* Those that are mapped and not there; how many were made. */
static int create_missing(struct work *w, int64_t *made, struct err *err)
{
	CLEANUP(vec_release) struct bridge_fields all = VEC_INIT;
	int64_t read_ms;

	if (bridge_field_list(w->db, w->arena, &all, &read_ms, err) < 0)
		return -1;
	vec_each (&all, f) {
		if (!f->person_field || f->type)
			continue;
		if (create_field(w, f->merge_tag, f->person_field, err) < 0)
			return -1;
		(*made)++;
	}
	return 0;
}

static int read_create(struct job_run *run, bool *create, struct err *err)
{
	CLEANUP(json_free) json_t *payload = NULL;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0)
		return -1;
	return json_get_bool(payload, "create", create, err);
}

int field_map_extend(struct work *w, int64_t *made, struct err *err)
{
	int mapped = field_own_map(w, err);

	return mapped <= 0 ? mapped : create_missing(w, made, err);
}

static int read_fields(struct work *w, bool create, int64_t *made,
		       struct err *err)
{
	CLEANUP(field_map_release) struct field_map before = { 0 };
	CLEANUP(field_map_release) struct field_map after = { 0 };

	if (field_map_load(w, &before, err) < 0 ||
	    field_map_extend(w, made, err) < 0 ||
	    (create && create_missing(w, made, err) < 0))
		return -1;
	return *made > 0 ? field_map_load(w, &after, err) : 0;
}

int job_fields(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	bool create = false;
	int64_t made = 0;

	if (read_create(run, &create, err) < 0 ||
	    work_begin(run, &w, err) < 0 ||
	    read_fields(&w, create, &made, err) < 0)
		return -1;
	strbuf_addf(run->result, "{\"created\":%lld}", (long long)made);
	return 0;
}

/* --- values --- */

static bool is_blank(const char *text)
{
	return !text || str_trim(str_of(text)).len == 0;
}

/* The text of a custom field; NULL: it has none. */
static const char *custom_text(const json_t *custom, const char *key,
			       struct strbuf *room)
{
	const json_t *value = json_object_get(custom, key);

	if (!value || json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	strbuf_addf(room, "%.15g", json_number_value(value));
	return room->buf;
}

static struct postal_parts parts_of(const struct record *r)
{
	return (struct postal_parts){
		.street = r->text[TEXT_STREET],
		.city = r->text[TEXT_CITY],
		.region = r->text[TEXT_REGION],
		.postal_code = r->text[TEXT_POSTAL_CODE],
		.country = r->text[TEXT_COUNTRY],
	};
}

/* false: there is one, and it does not fit. */
static bool write_address(const struct mapped_field *f, const struct record *r,
			  struct json_writer *w)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	struct postal_parts p = parts_of(r);
	bool fits = strcmp(f->target.type, "address") == 0 &&
		    merge_fit_address(&p, &json);

	if (fits)
		json_key_raw(w, f->target.tag, strbuf_str(&json));
	else
		json_key_text(w, f->target.tag, "");
	return fits || (is_blank(p.street) && is_blank(p.city) &&
			is_blank(p.postal_code));
}

static bool write_text(const struct mapped_field *f, const char *text,
		       struct json_writer *w)
{
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;
	bool fits = is_blank(text) || merge_fit(&f->target, text, &value);

	json_key_text(w, f->target.tag, fits ? value.buf : "");
	return fits;
}

static const char *text_of(const struct mapped_field *f, const struct record *r,
			   const json_t *custom, struct strbuf *room)
{
	if (f->is_company)
		return r->company;
	return f->custom ? custom_text(custom, f->custom, room)
			 : r->text[f->field->text];
}

uint64_t field_map_write(const struct field_map *map, const struct record *r,
			 uint64_t without, struct strbuf *out)
{
	CLEANUP(json_free) json_t *custom = NULL;
	struct json_writer w = JSON_WRITER(out);
	struct err ignored = ERR_INIT; /* then it has no values */
	uint64_t dropped = without;

	if (r->custom)
		(void)json_parse(str_of(r->custom), &custom, &ignored);
	json_begin_object(&w);
	for (size_t i = 0; i < map->fields.n; i++) {
		CLEANUP(strbuf_release) struct strbuf room = STRBUF_INIT;
		const struct mapped_field *f = &map->fields.v[i];
		bool fits;

		if (without >> i & 1)
			continue; /* what is there stays */
		if (f->is_address)
			fits = write_address(f, r, &w);
		else
			fits = write_text(f, text_of(f, r, custom, &room), &w);
		if (!fits)
			dropped |= (uint64_t)1 << i;
	}
	json_end_object(&w);
	return dropped;
}

const char *field_map_tags(const struct field_map *map, uint64_t set,
			   struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);

	if (!set)
		return NULL;
	json_begin_array(&w);
	for (size_t i = 0; i < map->fields.n; i++)
		if (set >> i & 1)
			json_text(&w, map->fields.v[i].target.tag);
	json_end_array(&w);
	return arena_str(arena, strbuf_str(&out));
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Is the tag a word of the text? */
static bool is_named(const char *tag, const char *text)
{
	size_t n = strlen(tag);
	const char *at = text;

	while ((at = strstr(at, tag))) {
		if ((at == text || !is_letter(at[-1])) && !is_letter(at[n]))
			return true;
		at += n;
	}
	return false;
}

uint64_t field_map_named(const struct field_map *map, const char *text)
{
	uint64_t set = 0;

	for (size_t i = 0; text && i < map->fields.n; i++)
		if (is_named(map->fields.v[i].target.tag, text))
			set |= (uint64_t)1 << i;
	return set;
}

static void write_api_value(struct json_writer *w, const char *tag,
			    const json_t *value)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (json_is_object(value)) { /* an address, as write_address has it */
		json_key_begin_object(w, tag);
		for (size_t i = 0; i < ARRAY_SIZE(address_parts); i++) {
			const char *part = json_string_value(
				json_object_get(value, address_parts[i]));

			json_key_text(w, address_parts[i], part ? part : "");
		}
		json_end_object(w);
		return;
	}
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
	vec_each (&map->fields, f)
		write_api_value(&w, f->target.tag,
				json_object_get(merge_fields, f->target.tag));
	json_end_object(&w);
}
