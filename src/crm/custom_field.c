#include "crm/custom_field.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/audit.h"
#include "sql/custom_field.h"
#include "store/update.h"

#include <string.h>

#define LABEL_MAX 200
#define CHOICES_MOST 500

/* --- reading --- */

static void read_field(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct custom_field *)out = (struct custom_field){
		.id = rows_int(rows, 0),
		.entity = (enum entity)rows_int(rows, 1),
		.key = rows_dup(rows, 2, arena),
		.label = rows_dup(rows, 3, arena),
		.type = rows_dup(rows, 4, arena),
		.choices = rows_dup(rows, 5, arena),
		.created_ms = rows_int(rows, 6),
	};
}

int custom_field_list(struct db *db, enum entity entity, struct arena *arena,
		      struct custom_fields *out, struct err *err)
{
	return db_list(db, SQL_CUSTOM_FIELD_LIST,
		       SQL_ARGS(sql_int(entity), sql_int(entity)), read_field,
		       arena, out, err);
}

int custom_field_get(struct db *db, int64_t id, struct arena *arena,
		     struct custom_field *out, struct err *err)
{
	int found = db_get(db, SQL_CUSTOM_FIELD_GET, SQL_ARGS(sql_int(id)),
			   read_field, arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "there is no custom field %lld", (long long)id);
	return found < 0 ? -1 : 0;
}

/* --- defining --- */

static bool is_key(const char *key)
{
	if (*key < 'a' || *key > 'z')
		return false;
	for (const char *c = key; *c; c++) {
		bool fits = (*c >= 'a' && *c <= 'z') ||
			    (*c >= '0' && *c <= '9') || *c == '_';

		if (!fits)
			return false;
	}
	return strlen(key) <= CUSTOM_KEY_MAX;
}

static bool is_type(const char *type)
{
	static const char *const types[] = { "text", "number", "date",
					     "boolean", "choice" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(type, types[i]) == 0)
			return true;
	}
	return false;
}

static int check_choices(const struct custom_field *f, struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;
	size_t i;
	json_t *choice;

	if (strcmp(f->type, "choice") != 0)
		return f->choices ? err_field(err, "choices",
					      "only a choice has choices")
				  : 0;
	if (!f->choices)
		return err_field(err, "choices", "a choice needs choices");
	if (json_parse(str_of(f->choices), &tree, err) < 0)
		return -1;
	if (!json_is_array(tree) || json_array_size(tree) == 0 ||
	    json_array_size(tree) > CHOICES_MOST)
		return err_field(err, "choices", "a list of 1 to %d texts",
				 CHOICES_MOST);
	json_array_foreach (tree, i, choice) {
		if (!json_is_string(choice) ||
		    json_string_length(choice) > CUSTOM_TEXT_MAX)
			return err_field(err, "choices", "not a list of texts");
	}
	return 0;
}

static int check_label(const char *label, struct err *err)
{
	if (utf8_is_blank(label))
		return err_field(err, "label", "a field needs a label");
	if (strlen(label) > LABEL_MAX)
		return err_field(err, "label", "longer than %d bytes",
				 LABEL_MAX);
	return 0;
}

static int check_new(struct db *db, const struct custom_field *f,
		     struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct custom_fields all = VEC_INIT;

	if (!f->key || !is_key(f->key))
		return err_field(err, "key",
				 "up to %d of a-z, 0-9 and _, beginning with "
				 "a letter",
				 CUSTOM_KEY_MAX);
	if (!f->type || !is_type(f->type))
		return err_field(
			err, "type",
			"not one of text, number, date, boolean, choice");
	if (check_label(f->label, err) < 0 || check_choices(f, err) < 0 ||
	    custom_field_list(db, f->entity, arena, &all, err) < 0)
		return -1;
	if (all.n >= CUSTOM_FIELDS_MOST)
		return err_set(err, ERR_LIMIT, "there are %d fields already",
			       CUSTOM_FIELDS_MOST);
	return 0;
}

int custom_field_add(struct tx *tx, struct custom_field *field,
		     const struct actor *actor, struct arena *arena,
		     struct err *err)
{
	field->created_ms = actor->now_ms;
	if (check_new(tx->db, field, arena, err) < 0)
		return -1;
	if (db_find_int(tx->db, SQL_CUSTOM_FIELD_ADD,
			SQL_ARGS(sql_int(field->entity), sql_text(field->key),
				 sql_text(field->label), sql_text(field->type),
				 sql_text(field->choices),
				 sql_int(field->created_ms)),
			&field->id, err) < 0)
		return db_conflict(err, "there is a field of that key already");
	return 0;
}

int custom_field_update(struct tx *tx, const struct custom_field *before,
			const struct custom_field *field, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("custom_field");

	if (check_label(field->label, err) < 0 || check_choices(field, err) < 0)
		return -1;
	update_text(&u, "label", before->label, field->label);
	update_text(&u, "choices", before->choices, field->choices);
	return update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(field->id)), err) <
			       0
		       ? -1
		       : 0;
}

int custom_field_remove(struct tx *tx, int64_t id, const struct actor *actor,
			struct err *err)
{
	int removed = db_exec(tx, SQL_CUSTOM_FIELD_REMOVE,
			      SQL_ARGS(sql_int(id)), err);

	if (removed < 0)
		return -1;
	if (removed == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "there is no custom field %lld", (long long)id);
	return audit_add(tx, actor, "custom_field.delete", (enum entity)0, id,
			 NULL, err);
}

/* --- values --- */

static bool is_date(const char *s)
{
	int64_t ms;

	return strlen(s) == 10 && time_parse_iso(s, &ms);
}

static bool is_choice(const struct custom_field *field, const char *value)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT; /* what is stored was checked */
	size_t i;
	json_t *choice;

	if (!field->choices ||
	    json_parse(str_of(field->choices), &tree, &ignored) < 0)
		return false;
	json_array_foreach (tree, i, choice) {
		if (strcmp(json_string_value(choice), value) == 0)
			return true;
	}
	return false;
}

const char *custom_field_choice(const struct custom_field *field,
				struct str text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf wanted = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT; /* what is stored was checked */
	const char *found = NULL;
	json_t *choice;
	size_t i;

	if (json_parse(str_of(field->choices), &tree, &ignored) < 0)
		return NULL;
	utf8_fold(text, &wanted);
	json_array_foreach (tree, i, choice) {
		CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
		struct str name = str_of(json_string_value(choice));

		if (str_eq(name, text))
			return arena_str(arena, name);
		utf8_fold(name, &folded);
		if (!found && str_eq(strbuf_str(&folded), strbuf_str(&wanted)))
			found = arena_str(arena, name);
	}
	return found;
}

static const char *what_is_wrong(const struct custom_field *field,
				 const json_t *value)
{
	const char *text = json_string_value(value);

	if (strcmp(field->type, "number") == 0)
		return json_is_number(value) ? NULL : "not a number";
	if (strcmp(field->type, "boolean") == 0)
		return json_is_boolean(value) ? NULL : "not true or false";
	if (!text)
		return "not a text";
	if (json_string_length(value) > CUSTOM_TEXT_MAX)
		return "too long";
	if (strcmp(field->type, "date") == 0)
		return is_date(text) ? NULL : "not a date (YYYY-MM-DD)";
	if (strcmp(field->type, "choice") == 0)
		return is_choice(field, text) ? NULL : "not one of the choices";
	return NULL;
}

static int refuse_value(const struct custom_field *field, const char *what,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

	strbuf_addf(&name, "custom.%s", field->key);
	return err_field(err, name.buf, "%s", what);
}

int custom_field_check(const struct custom_field *field, const json_t *value,
		       struct err *err)
{
	const char *what = what_is_wrong(field, value);

	return what ? refuse_value(field, what, err) : 0;
}

static json_t *value_of(const struct custom_field *field, struct str text)
{
	int64_t whole;
	double number;

	if (strcmp(field->type, "number") == 0) {
		if (str_to_int(text, &whole))
			return json_integer(whole);
		if (str_to_double(text, &number))
			return json_real(number);
		return NULL;
	}
	if (strcmp(field->type, "boolean") == 0) {
		if (str_ieq(text, "true") || str_ieq(text, "yes") ||
		    str_is(text, "1"))
			return json_true();
		if (str_ieq(text, "false") || str_ieq(text, "no") ||
		    str_is(text, "0"))
			return json_false();
		return NULL;
	}
	return json_stringn(text.s, text.len);
}

int custom_field_read(const struct custom_field *field, const char *text,
		      struct arena *arena, const char **json_out,
		      struct err *err)
{
	CLEANUP(json_free) json_t *value = NULL;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct str s = str_trim(str_of(text));

	if (s.len == 0) {
		*json_out = NULL;
		return 0;
	}
	value = value_of(field, s);
	if (!value)
		return refuse_value(field, "not of the field's type", err);
	if (custom_field_check(field, value, err) < 0)
		return -1;
	json_dump(value, &out);
	*json_out = arena_str(arena, strbuf_str(&out));
	return 0;
}

static const struct custom_field *find_field(const struct custom_fields *all,
					     const char *key)
{
	for (size_t i = 0; i < all->n; i++) {
		if (strcmp(all->v[i].key, key) == 0)
			return &all->v[i];
	}
	return NULL;
}

static int put_value(const struct custom_fields *all, json_t *object,
		     const char *key, json_t *value, struct err *err)
{
	const struct custom_field *field = find_field(all, key);

	if (!field)
		return err_field(err, "custom", "there is no field %.60s", key);
	if (json_is_null(value)) {
		(void)json_object_del(object, key); /* may be absent */
		return 0;
	}
	if (custom_field_check(field, value, err) < 0)
		return -1;
	BUG_ON(json_object_set(object, key, value) < 0);
	return 0;
}

int custom_merge(struct db *db, enum entity entity, const char *before,
		 const json_t *given, struct arena *arena, const char **out,
		 struct err *err)
{
	CLEANUP(vec_release) struct custom_fields all = VEC_INIT;
	CLEANUP(json_free) json_t *object = NULL;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const char *key;
	json_t *value;

	if (before && json_parse(str_of(before), &object, err) < 0)
		return -1;
	if (!object)
		object = json_object();
	if (custom_field_list(db, entity, arena, &all, err) < 0)
		return -1;
	json_object_foreach ((json_t *)(uintptr_t)given, key, value) {
		if (put_value(&all, object, key, value, err) < 0)
			return -1;
	}
	json_dump(object, &text);
	*out = json_object_size(object) > 0
		       ? arena_str(arena, strbuf_str(&text))
		       : NULL;
	return 0;
}
