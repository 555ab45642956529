#include "crm/import/import_map.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/words/import_words.h"

#include <string.h>

static void import_column_release(struct import_column *c)
{
	vec_release(&c->answers);
	vec_release(&c->refusing);
	vec_release(&c->seen);
}

void import_columns_release(struct import_columns *columns)
{
	vec_each (columns, c)
		import_column_release(c);
	vec_release(columns);
}

/* What kind of address a field is; NULL: it is none. */
static const char *address_type(const char *field)
{
	static const char *const kinds[][2] = { { "email", "work" },
						{ "email_home", "home" },
						{ "email_other", "other" } };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(field, kinds[i][0]) == 0)
			return kinds[i][1];
	return NULL;
}

bool import_column_set(enum entity entity, const struct custom_fields *customs,
		       const char *field, struct import_column *column)
{
	const struct field *f = field_find(entity, field);
	bool is_company = entity == ENTITY_COMPANY;

	column->field = field;
	if (strcmp(field, "id") == 0)
		column->target = IMPORT_ID;
	else if (strcmp(field, "tags") == 0)
		column->target = IMPORT_TAGS;
	else if (strcmp(field, "opted_out") == 0)
		column->target = IMPORT_OPTED_OUT;
	else if (!is_company && address_type(field)) {
		column->target = IMPORT_EMAIL;
		column->address_type = address_type(field);
	} else if (!is_company && strcmp(field, "email_type") == 0)
		column->target = IMPORT_EMAIL_TYPE;
	else if (!is_company && strcmp(field, "name") == 0)
		column->target = IMPORT_FULL_NAME;
	else if (entity == ENTITY_PERSON && strcmp(field, "company") == 0)
		column->target = IMPORT_COMPANY;
	else if (f && f->text != TEXT_NONE && !f->read_only) {
		column->target = IMPORT_TEXT;
		column->text = f->text;
	} else if (strncmp(field, "custom.", 7) == 0) {
		vec_each (customs, c) {
			if (strcmp(c->key, field + 7) == 0) {
				column->target = IMPORT_CUSTOM;
				column->custom = c;
				return true;
			}
		}
		return false;
	} else {
		return false;
	}
	return true;
}

static void add_field(enum entity entity, const struct custom_fields *customs,
		      const char *field, struct texts *out)
{
	struct import_column ignored = { 0 };

	if (import_column_set(entity, customs, field, &ignored))
		vec_push(out, field);
}

void import_fields(enum entity entity, const struct custom_fields *customs,
		   struct arena *arena, struct texts *out)
{
	static const char *const special[] = {
		"id",   "email",   "email_home", "email_other", "email_type",
		"name", "company", "tags",       "opted_out"
	};

	for (size_t i = 0; i < ARRAY_SIZE(special); i++)
		if (!field_find(entity, special[i]) ||
		    field_find(entity, special[i])->read_only)
			add_field(entity, customs, special[i], out);
	for (const struct field *f = field_table; f->name; f++)
		if (field_is_of(f, entity) && f->text != TEXT_NONE)
			add_field(entity, customs, f->name, out);
	vec_each (customs, c)
		vec_push(out, arena_printf(arena, "custom.%s", c->key));
}

/* All fields that a column can be, for an error. */
static void list_fields(const struct import_headers *h, struct strbuf *out)
{
	static const struct custom_fields none = VEC_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct texts names = VEC_INIT;

	import_fields(h->entity, &none, arena, &names);
	vec_each (&names, name)
		strbuf_addf(out, "%s%s", out->len > 0 ? ", " : "", *name);
	if (h->customs->n > 0)
		strbuf_addstr(out, ", custom.KEY");
}

void import_columns_list(const struct import_columns *columns,
			 struct strbuf *out)
{
	vec_each (columns, c)
		strbuf_addf(out, "%s\"%s\"", out->len > 0 ? ", " : "",
			    c->header);
}

/* The field that a header usually means; NULL: none. */
/* "Email 1", "Email 2": addresses are often numbered. */
static const char *without_number(char *word)
{
	size_t n = strlen(word);

	if (n > 1 && word[n - 1] >= '1' && word[n - 1] <= '9' &&
	    strstr(word, "mail"))
		word[n - 1] = '\0';
	return word;
}

static const char *guess_field(enum entity entity,
			       const struct custom_fields *customs,
			       struct str header, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf word = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf label = STRBUF_INIT;
	const char *field;

	import_word(header, &word);
	vec_each (customs, c) {
		strbuf_reset(&label);
		import_word(str_of(c->label), &label);
		if (strcmp(label.buf, word.buf) == 0 ||
		    (str_starts(header, "custom.") &&
		     str_is((struct str){ header.s + 7, header.len - 7 },
			    c->key)))
			return arena_printf(arena, "custom.%s", c->key);
	}
	field = import_word_field(entity, without_number(word.buf));
	if (!field && import_consent_is_sure(import_consent_header(header)))
		field = "opted_out";
	return field;
}

bool import_is_header(enum entity entity, const struct custom_fields *customs,
		      const struct str *cells, size_t n)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	bool known = false;

	for (size_t i = 0; i < n; i++) {
		if (memchr(cells[i].s, '@', cells[i].len))
			return false;
		known |= guess_field(entity, customs, cells[i], arena) != NULL;
	}
	return known;
}

/* Our own exports alone have ids that are ours. */
static bool is_own_export(const struct import_headers *h)
{
	bool id = false, created = false, updated = false;

	for (size_t i = 0; i < h->n; i++) {
		id |= str_is(h->cells[i], "id");
		created |= str_is(h->cells[i], "created_at");
		updated |= str_is(h->cells[i], "updated_at");
	}
	return id && created && updated;
}

/* A record is given one address, of whatever kind. */
static bool is_taken(const struct import_columns *columns, const char *field)
{
	bool is_address = address_type(field) != NULL;

	if (strcmp(field, "opted_out") == 0)
		return false; /* several are one: whoever says out, is */
	vec_each (columns, c) {
		if (c->field && (strcmp(c->field, field) == 0 ||
				 (is_address && c->target == IMPORT_EMAIL)))
			return true;
	}
	return false;
}

static const char *column_name(const struct import_headers *h, size_t i,
			       struct arena *arena)
{
	struct str cell = h->is_header ? utf8_trim(h->cells[i]) : STR("");

	return cell.len > 0 ? arena_str(arena, cell)
			    : arena_printf(arena, "%zu", i + 1);
}

static int no_column(const struct import_columns *columns, const char *header,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;

	import_columns_list(columns, &names);
	return err_field(err, "mapping",
			 "there is no column \"%s\": the file has %s", header,
			 names.buf);
}

static int no_field(const struct import_headers *h, const char *field,
		    struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;

	if (strncmp(field, "custom.", 7) != 0) {
		list_fields(h, &names);
	} else {
		vec_each (h->customs, c)
			strbuf_addf(&names, "%scustom.%s",
				    names.len > 0 ? ", " : "", c->key);
	}
	/* the error holds 255 bytes: the list matters */
	return err_field(
		err, "mapping", "\"%.18s\" is no field: give %s", field,
		names.len > 0 ? names.buf : "one (no custom field is defined)");
}

/* Columns that the mapping names. */
static int map_columns(const struct import_headers *h,
		       struct import_columns *columns, struct err *err)
{
	const char *header;
	const json_t *value;

	json_object_foreach ((json_t *)h->mapping, header, value) {
		const char *field = json_string_value(value);
		struct import_column *found = NULL;

		vec_each (columns, c) {
			if (strcmp(c->header, header) == 0)
				found = c;
		}
		if (!found)
			return no_column(columns, header, err);
		if (json_is_null(value))
			continue;
		if (!field || (is_taken(columns, field)))
			return err_field(
				err, "mapping",
				"column \"%s\": must name a field that "
				"no other column has",
				header);
		if (!import_column_set(h->entity, h->customs, field, found))
			return no_field(h, field, err);
	}
	return 0;
}

/* An address that is private counts where there is no other. */
static bool is_second_choice(const char *field)
{
	const char *type = field ? address_type(field) : NULL;

	return type && strcmp(type, "work") != 0;
}

static void guess_some(const struct import_headers *h, bool second_choices,
		       struct arena *arena, struct import_columns *columns)
{
	bool own = is_own_export(h);

	for (size_t i = 0; i < columns->n; i++) {
		struct import_column *c = &columns->v[i];
		const char *field = NULL;

		if (c->field ||
		    (h->mapping && json_object_get(h->mapping, c->header)))
			continue;
		if (h->is_header && own && str_is(h->cells[i], "id"))
			field = "id";
		else if (h->is_header)
			field = guess_field(h->entity, h->customs, h->cells[i],
					    arena);
		else if (memchr(h->cells[i].s, '@', h->cells[i].len))
			field = "email";
		if (!field || is_second_choice(field) != second_choices ||
		    is_taken(columns, field))
			continue;
		if (!import_column_set(h->entity, h->customs, field, c))
			c->field = NULL;
	}
}

static void guess_columns(const struct import_headers *h, struct arena *arena,
			  struct import_columns *columns)
{
	guess_some(h, false, arena, columns);
	guess_some(h, true, arena, columns);
}

/* Also those that a user has left out. */
static void find_further_addresses(const struct import_headers *h,
				   struct arena *arena,
				   struct import_columns *columns)
{
	if (!h->is_header || h->entity == ENTITY_COMPANY)
		return;
	for (size_t i = 0; i < columns->n; i++) {
		struct import_column *c = &columns->v[i];
		const char *field = c->field
					    ? NULL
					    : guess_field(h->entity, h->customs,
							  h->cells[i], arena);

		c->is_further_address = field && address_type(field);
	}
}

/* "Name" beside a first or last name is that person's last name at best. */
static void drop_whole_name(struct import_columns *columns)
{
	bool has_first = is_taken(columns, "first_name");
	bool has_last = is_taken(columns, "last_name");

	vec_each (columns, c) {
		if (c->target != IMPORT_FULL_NAME || (!has_first && !has_last))
			continue;
		*c = (struct import_column){ .header = c->header };
		if (has_first && !has_last) {
			c->field = "last_name";
			c->target = IMPORT_TEXT;
			c->text = TEXT_LAST_NAME;
		}
	}
}

static bool identifies_record(const struct import_column *c)
{
	switch (c->target) {
	case IMPORT_ID:
	case IMPORT_EMAIL:
	case IMPORT_FULL_NAME:
		return true;
	case IMPORT_TEXT:
		return c->text == TEXT_FIRST_NAME ||
		       c->text == TEXT_LAST_NAME || c->text == TEXT_NAME ||
		       c->text == TEXT_COMPANY_NAME ||
		       c->text == TEXT_EXTERNAL_KEY;
	default:
		return false;
	}
}

int import_columns_resolve(const struct import_headers *h, struct arena *arena,
			   struct import_columns *out, struct err *err)
{
	for (size_t i = 0; i < h->n; i++) {
		struct import_column c = { .header = column_name(h, i, arena) };

		vec_push(out, c);
	}
	if (h->mapping && map_columns(h, out, err) < 0)
		return -1;
	guess_columns(h, arena, out);
	find_further_addresses(h, arena, out);
	if (h->entity != ENTITY_COMPANY)
		drop_whole_name(out);
	return 0;
}

int import_columns_check(const struct import_columns *columns, struct err *err)
{
	vec_each (columns, c) {
		if (identifies_record(c))
			return 0;
	}
	return err_field(err, "mapping",
			 "no column is known as a name, an address, a key or "
			 "an id: map the columns");
}
