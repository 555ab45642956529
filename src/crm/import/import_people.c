/*
 * Whom an import made, changed or opted out: import_people of import.h. By what
 * the import left of it in the tables. Called by a handler; any thread.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "crm/import/import.h"
#include "crm/record.h"
#include "sql/import.h"
#include "sql/record.h"

#include <string.h>

#define TRIM_PAGE 5000

/* --- finding --- */

/* The queries of an outcome: a page, and how many there are. */
struct finding {
	const struct sql *page, *count;
};

static struct finding made_of(enum entity entity)
{
	if (entity == ENTITY_LEAD)
		return (struct finding){
			SQL_IMPORT_PEOPLE_CREATED_LEADS,
			SQL_IMPORT_PEOPLE_CREATED_LEADS_COUNT
		};
	if (entity == ENTITY_COMPANY)
		return (struct finding){
			SQL_IMPORT_PEOPLE_CREATED_COMPANIES,
			SQL_IMPORT_PEOPLE_CREATED_COMPANIES_COUNT
		};
	return (struct finding){ SQL_IMPORT_PEOPLE_CREATED,
				 SQL_IMPORT_PEOPLE_CREATED_COUNT };
}

static struct finding finding_of(enum import_outcome outcome,
				 enum entity entity)
{
	switch (outcome) {
	case IMPORT_UPDATED:
		return (struct finding){ SQL_IMPORT_PEOPLE_UPDATED,
					 SQL_IMPORT_PEOPLE_UPDATED_COUNT };
	case IMPORT_UNCHANGED:
		return (struct finding){ SQL_IMPORT_PEOPLE_UNCHANGED,
					 SQL_IMPORT_PEOPLE_UNCHANGED_COUNT };
	case IMPORT_OPTED_THEM_OUT:
		return (struct finding){ SQL_IMPORT_PEOPLE_OPTED_OUT,
					 SQL_IMPORT_PEOPLE_OPTED_OUT_COUNT };
	case IMPORT_OUT_BEFORE:
		return (struct finding){ SQL_IMPORT_PEOPLE_ALREADY_OUT,
					 SQL_IMPORT_PEOPLE_ALREADY_OUT_COUNT };
	case IMPORT_SHARING:
		return (struct finding){ SQL_IMPORT_PEOPLE_SHARING,
					 SQL_IMPORT_PEOPLE_SHARING_COUNT };
	case IMPORT_CREATED:
		break;
	}
	return made_of(entity);
}

static void read_touched(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct import_touched *)out = (struct import_touched){
		.place = rows_int(rows, 0),
		.entity = (enum entity)rows_int(rows, 1),
		.id = rows_int(rows, 2),
		.before = rows_dup(rows, 3, arena),
		.written_ms = rows_int(rows, 4),
		.source = rows_dup(rows, 5, arena),
	};
}

int import_people(struct db *db, const struct import_run *run,
		  enum import_outcome outcome, int64_t after, int64_t limit,
		  struct arena *arena, struct import_people *out,
		  int64_t *total, struct err *err)
{
	const struct finding f = finding_of(outcome, run->entity);

	*total = 0;
	if (db_find_int(db, f.count, SQL_ARGS(sql_int(run->id)), total, err) <
	    0)
		return -1;
	return db_list(
		db, f.page,
		SQL_ARGS(sql_int(run->id), sql_int(after), sql_int(limit)),
		read_touched, arena, out, err);
}

int import_unchanged_trim(struct db *db, int64_t now_ms, struct err *err)
{
	int64_t id, before = now_ms - IMPORT_UNCHANGED_DAYS * MS_DAY;
	int found = db_find_int(db, SQL_IMPORT_UNCHANGED_OLD,
				SQL_ARGS(sql_int(before)), &id, err);

	if (found <= 0)
		return found;
	return db_write(db, SQL_IMPORT_UNCHANGED_TRIM,
			SQL_ARGS(sql_int(id), sql_int(id), sql_int(TRIM_PAGE)),
			err) < 0
		       ? -1
		       : 1;
}

/* --- what changed --- */

static void format_change(struct json_writer *w, const char *field,
			  const char *before, const char *after)
{
	if (field_text_same(before, after))
		return;
	json_begin_object(w);
	json_key_text(w, "field", field);
	json_key_text(w, "before", before);
	json_key_text(w, "after", after);
	json_end_object(w);
}

static void format_texts(struct json_writer *w, const json_t *before,
			 const struct record *r)
{
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		const struct field *f = field_of_text(t);

		if (field_is_of(f, r->entity))
			format_change(w, f->name,
				      json_string_value(
					      json_object_get(before, f->name)),
				      r->text[t]);
	}
}

static const char *custom_text(const json_t *value, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (!value || json_is_string(value))
		return json_string_value(value);
	json_dump(value, &text);
	return arena_str(arena, strbuf_str(&text));
}

static int format_custom(struct json_writer *w, const json_t *before,
			 const struct record *r, struct arena *arena,
			 struct err *err)
{
	CLEANUP(json_free) json_t *now = NULL;
	CLEANUP(json_free) json_t *all = json_object();
	const char *key;
	json_t *ignored;

	if (r->custom && json_parse(str_of(r->custom), &now, err) < 0)
		return -1;
	/* of either: fails only for want of memory */
	(void)json_object_update(all, (json_t *)(uintptr_t)before);
	(void)json_object_update(all, now);
	json_object_foreach (all, key, ignored)
		format_change(w, arena_printf(arena, "custom.%s", key),
			      custom_text(json_object_get(before, key), arena),
			      custom_text(json_object_get(now, key), arena));
	return 0;
}

static int company_name(struct db *db, int64_t id, struct arena *arena,
			const char **out, struct err *err)
{
	*out = NULL;
	return id && db_find_text(db, SQL_COMPANY_NAME, SQL_ARGS(sql_int(id)),
				  arena, out, err) < 0
		       ? -1
		       : 0;
}

static int format_company(struct json_writer *w, struct db *db,
			  const json_t *before, const struct record *r,
			  struct arena *arena, struct err *err)
{
	int64_t id = json_integer_value(json_object_get(before, "company_id"));
	const char *was, *is;

	if (id == r->company_id)
		return 0;
	if (company_name(db, id, arena, &was, err) < 0 ||
	    company_name(db, r->company_id, arena, &is, err) < 0)
		return -1;
	format_change(w, "company", was, is);
	return 0;
}

/* The address that was the primary one, if the import gave another. */
static void format_email(struct json_writer *w, const json_t *before,
			 const struct record *r)
{
	const json_t *emails = json_object_get(before, "emails"), *item;
	const char *was = NULL;
	size_t i;

	json_array_foreach (emails, i, item)
		if (!was || json_is_true(json_object_get(item, "primary")))
			was = json_string_value(
				json_object_get(item, "address"));
	if (emails)
		format_change(w, "email", was, r->email);
}

static int format_changes(struct json_writer *w, struct db *db,
			  const char *before_json, const struct record *r,
			  struct arena *arena, struct err *err)
{
	CLEANUP(json_free) json_t *before = NULL;

	if (!before_json)
		return 0;
	if (json_parse(str_of(before_json), &before, err) < 0)
		return -1;
	format_texts(w, before, r);
	format_email(w, before, r);
	if (format_company(w, db, before, r, arena, err) < 0)
		return -1;
	return format_custom(w, json_object_get(before, "custom"), r, arena,
			     err);
}

static const char *name_of(const struct record *r, struct arena *arena)
{
	return r->entity == ENTITY_COMPANY
		       ? r->text[TEXT_NAME]
		       : field_full_name(r->text[TEXT_FIRST_NAME],
					 r->text[TEXT_LAST_NAME], arena);
}

int import_touched_format(struct db *db, const struct import_touched *t,
			  struct arena *arena, struct json_writer *w,
			  struct err *err)
{
	struct record r;
	int found = record_find(db, t->entity, t->id, arena, &r, err);

	if (found <= 0)
		return found;
	json_begin_object(w);
	json_key_text(w, "entity", entity_name(t->entity));
	json_key_int(w, "id", t->id);
	json_key_text(w, "name", name_of(&r, arena));
	json_key_text(w, "email", r.email);
	json_key_bool(w, "opted_out", r.opted_out);
	json_key_text(w, "source", t->source);
	json_key_bool(w, "changed_since",
		      t->before && r.updated_ms != t->written_ms);
	json_key_begin_array(w, "changes");
	if (format_changes(w, db, t->before, &r, arena, err) < 0)
		return -1;
	json_end_array(w);
	json_end_object(w);
	return 0;
}
