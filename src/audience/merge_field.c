#include "audience/merge_field.h"

#include "audience/must_exist.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/merge_field.h"
#include "store/store.h"
#include "store/update.h"

#include <ctype.h>
#include <string.h>

#define TAG_MAX 10
#define NAME_MAX_BYTES 255
#define CHOICES_MAX 250

static const char *const type_names[] = {
	[MERGE_TYPE_TEXT] = "text",         [MERGE_TYPE_NUMBER] = "number",
	[MERGE_TYPE_ADDRESS] = "address",   [MERGE_TYPE_PHONE] = "phone",
	[MERGE_TYPE_DATE] = "date",         [MERGE_TYPE_URL] = "url",
	[MERGE_TYPE_IMAGEURL] = "imageurl", [MERGE_TYPE_RADIO] = "radio",
	[MERGE_TYPE_DROPDOWN] = "dropdown", [MERGE_TYPE_BIRTHDAY] = "birthday",
	[MERGE_TYPE_ZIP] = "zip",
};

const char *merge_type_name(enum merge_type type)
{
	return type_names[type];
}

static enum merge_type type_of(const char *name)
{
	for (size_t i = 1; i < ARRAY_SIZE(type_names); i++)
		if (strcmp(type_names[i], name) == 0)
			return (enum merge_type)i;
	return 0;
}

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	enum merge_type type = type_of(rows_text(rows, 3));

	*(struct merge_def *)out = (struct merge_def){
		.id = rows_int(rows, 0),
		.tag = rows_dup(rows, 1, arena),
		.name = rows_dup(rows, 2, arena),
		.type = type ? type : MERGE_TYPE_TEXT,
		.required = rows_int(rows, 4) != 0,
		.default_value = rows_dup(rows, 5, arena),
		.is_public = rows_int(rows, 6) != 0,
		.display_order = rows_int(rows, 7),
		.options = rows_dup(rows, 8, arena),
		.help_text = rows_dup(rows, 9, arena),
	};
}

int merge_field_list(struct db *db, int64_t list_id, struct arena *arena,
		     struct merge_defs *out, struct err *err)
{
	return db_list(db, SQL_MERGE_FIELD_LIST, SQL_ARGS(sql_int(list_id)),
		       read_row, arena, out, err);
}

int merge_field_get(struct db *db, int64_t list_id, int64_t merge_id,
		    struct arena *arena, struct merge_def *out, struct err *err)
{
	CLEANUP(vec_release) struct merge_defs defs = VEC_INIT;

	if (merge_field_list(db, list_id, arena, &defs, err) < 0)
		return -1;
	vec_each (&defs, def) {
		if (def->id == merge_id) {
			*out = *def;
			return 0;
		}
	}
	return must_exist(0, err);
}

const struct merge_def *merge_defs_find(const struct merge_defs *defs,
					const char *tag)
{
	vec_each (defs, def)
		if (str_ieq(str_of(def->tag), tag))
			return def;
	return NULL;
}

/* --- changes --- */

static int tag_is_taken(const char *tag, struct err *err)
{
	return err_title(err, ERR_INVALID, "Bad Request",
			 "A Merge Field with the tag \"%s\" already exists for "
			 "this list.",
			 tag);
}

/* After a write: somebody else took it since it was looked for. */
static int lost_tag(const struct merge_def *def, struct err *err)
{
	return err->code == ERR_CONFLICT ? tag_is_taken(def->tag, err) : -1;
}

static int check_tag(const struct merge_defs *defs, struct merge_def *def,
		     struct arena *arena, struct err *err)
{
	char *tag = arena_strdup(arena, def->tag);

	if (!*tag || strlen(tag) > TAG_MAX)
		return err_field(err, "tag", "must have 1 to %d characters",
				 TAG_MAX);
	for (char *p = tag; *p; p++) {
		if (!isalnum((unsigned char)*p) && *p != '_')
			return err_field(err, "tag",
					 "may hold letters, digits and _ only");
		*p = (char)toupper((unsigned char)*p);
	}
	def->tag = tag;
	if (strcmp(tag, "EMAIL") == 0)
		return err_field(err, "tag", "EMAIL is the address itself");
	vec_each (defs, other)
		if (other->id != def->id && strcmp(other->tag, tag) == 0)
			return tag_is_taken(tag, err);
	return 0;
}

static int write_choices(const json_t *given, struct json_writer *w,
			 struct err *err)
{
	const json_t *choices = NULL, *item;
	size_t i;
	int found = json_get_array(given, "choices", &choices, err);

	if (found < 0)
		return -1;
	if (json_array_size(choices) > CHOICES_MAX)
		return err_field(err, "options", "has too many choices");
	json_key_begin_array(w, "choices");
	json_array_foreach (choices, i, item) {
		if (!json_is_string(item))
			return err_field(err, "options",
					 "choices should be texts");
		json_text(w, json_string_value(item));
	}
	json_end_array(w);
	return 0;
}

static int write_text_option(const json_t *given, const char *key,
			     const char *otherwise, struct json_writer *w,
			     struct err *err)
{
	const char *text = otherwise;

	if (json_get_text(given, key, &text, err) < 0)
		return -1;
	json_key_text(w, key, text);
	return 0;
}

/* Also of those that mean nothing for the type. */
static int check_option_types(const json_t *given, struct err *err)
{
	const json_t *choices = NULL;
	const char *text = NULL;
	int64_t n;

	return json_get_int(given, "size", &n, err) < 0 ||
			       json_get_int(given, "default_country", &n, err) <
				       0 ||
			       json_get_text(given, "phone_format", &text,
					     err) < 0 ||
			       json_get_text(given, "date_format", &text, err) <
				       0 ||
			       json_get_array(given, "choices", &choices, err) <
				       0
		       ? -1
		       : 0;
}

/* The options that mean something for the type, with their defaults. */
static int make_options(const json_t *given, struct merge_def *def,
			struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);
	int64_t n;
	int bad = 0;

	if (check_option_types(given, err) < 0)
		return -1;
	json_begin_object(&w);
	switch (def->type) {
	case MERGE_TYPE_TEXT:
		n = 25;
		bad = json_get_int(given, "size", &n, err);
		json_key_int(&w, "size", n);
		break;
	case MERGE_TYPE_ADDRESS:
		n = 164;
		bad = json_get_int(given, "default_country", &n, err);
		json_key_int(&w, "default_country", n);
		break;
	case MERGE_TYPE_PHONE:
		bad = write_text_option(given, "phone_format", "none", &w, err);
		break;
	case MERGE_TYPE_DATE:
		bad = write_text_option(given, "date_format", "MM/DD/YYYY", &w,
					err);
		break;
	case MERGE_TYPE_BIRTHDAY:
		bad = write_text_option(given, "date_format", "MM/DD", &w, err);
		break;
	case MERGE_TYPE_RADIO:
	case MERGE_TYPE_DROPDOWN:
		bad = write_choices(given, &w, err);
		break;
	default:
		break;
	}
	if (bad < 0)
		return -1;
	json_end_object(&w);
	def->options = arena_str(arena, strbuf_str(&out));
	return 0;
}

/* Read the body over *def; texts are copied where they come from the tree. */
static int read_body(const json_t *body, struct merge_def *def,
		     struct arena *arena, struct err *err)
{
	const json_t *options = NULL;
	int has_options;

	if (json_get_text(body, "name", &def->name, err) < 0 ||
	    json_get_text(body, "tag", &def->tag, err) < 0 ||
	    json_get_text(body, "default_value", &def->default_value, err) <
		    0 ||
	    json_get_text(body, "help_text", &def->help_text, err) < 0 ||
	    json_get_bool(body, "required", &def->required, err) < 0 ||
	    json_get_bool(body, "public", &def->is_public, err) < 0 ||
	    json_get_int(body, "display_order", &def->display_order, err) < 0)
		return -1;
	if (!*def->name || strlen(def->name) > NAME_MAX_BYTES)
		return err_field(err, "name", "must have 1 to %d bytes",
				 NAME_MAX_BYTES);
	if (strlen(def->default_value) > MERGE_TEXT_MAX)
		return err_field(err, "default_value", "is too long");
	has_options = json_get_object(body, "options", &options, err);
	if (has_options < 0)
		return -1;
	if (has_options || !def->options)
		if (make_options(options, def, arena, err) < 0)
			return -1;
	def->name = arena_strdup(arena, def->name);
	def->default_value = arena_strdup(arena, def->default_value);
	def->help_text = arena_strdup(arena, def->help_text);
	return 0;
}

static int take_id(struct tx *tx, int64_t list_id, int64_t count, int64_t *out,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

	strbuf_addf(&name, "merge_field/%lld", (long long)list_id);
	return sequence_take(tx, name.buf, count, out, err);
}

static int insert_field(struct tx *tx, int64_t list_id,
			const struct merge_def *def, struct err *err)
{
	return db_exec(
		tx, SQL_MERGE_FIELD_ADD,
		SQL_ARGS(sql_int(list_id), sql_int(def->id), sql_text(def->tag),
			 sql_text(def->name),
			 sql_text(merge_type_name(def->type)),
			 sql_int(def->required), sql_text(def->default_value),
			 sql_int(def->is_public), sql_int(def->display_order),
			 sql_text(def->options), sql_text(def->help_text)),
		err);
}

int merge_field_add(struct tx *tx, int64_t list_id, const json_t *body,
		    struct arena *arena, struct merge_def *out, struct err *err)
{
	CLEANUP(vec_release) struct merge_defs defs = VEC_INIT;
	struct merge_def def = {
		.name = "", .tag = "", .default_value = "", .help_text = ""
	};
	const char *type = "";

	if (merge_field_list(tx->db, list_id, arena, &defs, err) < 0)
		return -1;
	if (defs.n >= MERGE_FIELDS_MAX)
		return err_title(err, ERR_INVALID, "Bad Request",
				 "A list may have at most %d merge fields.",
				 MERGE_FIELDS_MAX);
	if (json_get_text(body, "type", &type, err) < 0)
		return -1;
	def.type = type_of(type);
	if (!def.type)
		return err_field(err, "type",
				 "is not one of the types of merge fields");
	def.display_order = (int64_t)defs.n + 2;
	if (read_body(body, &def, arena, err) < 0 ||
	    take_id(tx, list_id, 1, &def.id, err) < 0)
		return -1;
	if (!*def.tag)
		def.tag = arena_printf(arena, "MMERGE%lld", (long long)def.id);
	if (check_tag(&defs, &def, arena, err) < 0)
		return -1;
	if (insert_field(tx, list_id, &def, err) < 0)
		return lost_tag(&def, err);
	*out = def;
	return 0;
}

static void note_changes(const struct merge_def *before,
			 const struct merge_def *now, struct update *u)
{
	update_text(u, "tag", before->tag, now->tag);
	update_text(u, "name", before->name, now->name);
	update_int(u, "required", before->required, now->required);
	update_text(u, "default_value", before->default_value,
		    now->default_value);
	update_int(u, "is_public", before->is_public, now->is_public);
	update_int(u, "display_order", before->display_order,
		   now->display_order);
	update_text(u, "options", before->options, now->options);
	update_text(u, "help_text", before->help_text, now->help_text);
}

int merge_field_update(struct tx *tx, int64_t list_id, int64_t merge_id,
		       const json_t *body, struct arena *arena,
		       struct merge_def *out, struct err *err)
{
	CLEANUP(vec_release) struct merge_defs defs = VEC_INIT;
	CLEANUP(update_release) struct update u = UPDATE_OF("merge_field");
	struct sql_args key = SQL_ARGS(sql_int(list_id), sql_int(merge_id));
	struct merge_def before, def;
	int64_t id;

	if (db_find_int(tx->db, SQL_MERGE_FIELD_LOCK, key, &id, err) < 0 ||
	    merge_field_list(tx->db, list_id, arena, &defs, err) < 0 ||
	    merge_field_get(tx->db, list_id, merge_id, arena, &before, err) < 0)
		return -1;
	def = before;
	if (read_body(body, &def, arena, err) < 0 ||
	    check_tag(&defs, &def, arena, err) < 0)
		return -1;
	note_changes(&before, &def, &u);
	if (update_run(&u, tx, "list_id = ? AND merge_id = ?", key, err) < 0)
		return lost_tag(&def, err);
	*out = def;
	return 0;
}

int merge_field_remove(struct tx *tx, int64_t list_id, int64_t merge_id,
		       struct err *err)
{
	return must_exist(db_exec(tx, SQL_MERGE_FIELD_REMOVE,
				  SQL_ARGS(sql_int(list_id), sql_int(merge_id)),
				  err),
			  err);
}

int merge_field_add_defaults(struct tx *tx, int64_t list_id, struct err *err)
{
	static const struct merge_def defaults[] = {
		{ .tag = "FNAME",
		  .name = "First Name",
		  .type = MERGE_TYPE_TEXT,
		  .is_public = true,
		  .options = "{\"size\":25}" },
		{ .tag = "LNAME",
		  .name = "Last Name",
		  .type = MERGE_TYPE_TEXT,
		  .is_public = true,
		  .options = "{\"size\":25}" },
		{ .tag = "ADDRESS",
		  .name = "Address",
		  .type = MERGE_TYPE_ADDRESS,
		  .options = "{\"default_country\":164}" },
		{ .tag = "PHONE",
		  .name = "Phone Number",
		  .type = MERGE_TYPE_PHONE,
		  .options = "{\"phone_format\":\"none\"}" },
	};
	int64_t first;

	if (take_id(tx, list_id, (int64_t)ARRAY_SIZE(defaults), &first, err) <
	    0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		struct merge_def def = defaults[i];

		def.id = first + (int64_t)i;
		def.display_order = (int64_t)i + 2;
		def.default_value = def.help_text = "";
		if (insert_field(tx, list_id, &def, err) < 0)
			return -1;
	}
	return 0;
}
