#include "crm/browse/field_value.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/custom_field.h"
#include "crm/field.h"
#include "store/sqlbuild.h"

#include <string.h>

/* Where the values stand. */
struct place {
	enum entity entity;
	const char *column; /* NULL: a custom field */
	const char *key;
};

/* 1, 0: no text that such records have, -1. */
static int find_custom(struct db *db, enum entity entity, const char *key,
		       struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct custom_fields all = VEC_INIT;

	if (custom_field_list(db, entity, arena, &all, err) < 0)
		return -1;
	vec_each (&all, f) {
		if (strcmp(f->key, key) == 0)
			return strcmp(f->type, "text") == 0;
	}
	return 0;
}

static int find_place(struct db *db, enum entity entity, const char *name,
		      struct arena *arena, struct place *out, struct err *err)
{
	const struct field *f;

	*out = (struct place){ .entity = entity };
	if (entity == ENTITY_PERSON && strncmp(name, "company.", 8) == 0) {
		out->entity = ENTITY_COMPANY;
		name += 8;
	}
	if (strncmp(name, "custom.", 7) == 0) {
		out->key = name + 7;
		return find_custom(db, out->entity, out->key, arena, err);
	}
	f = field_find(out->entity, name);
	if (!f || f->type != FIELD_TEXT || f->text == TEXT_NONE)
		return 0;
	out->column = f->column;
	return 1;
}

static void add_value(const struct place *p, struct sqlbuild *b)
{
	if (p->column) {
		sqlbuild_add(b, p->column);
		return;
	}
	if (b->backend == DB_PG) {
		sqlbuild_add(b, "custom::json ->> CAST(");
		sqlbuild_bind_text(b, p->key);
		sqlbuild_add(b, " AS TEXT)");
		return;
	}
	sqlbuild_add(b, "CAST(custom ->> ");
	sqlbuild_bind_text(b, arena_printf(b->arena, "$.\"%s\"", p->key));
	sqlbuild_add(b, " AS TEXT)");
}

static void add_newest(const struct place *p, struct sqlbuild *b)
{
	sqlbuild_add(b, " AS v FROM ");
	sqlbuild_add(b, p->entity == ENTITY_PERSON ? "person"
			: p->entity == ENTITY_LEAD ? "lead"
						   : "company");
	if (p->entity != ENTITY_COMPANY)
		sqlbuild_add(b, " WHERE erased_ms IS NULL");
	sqlbuild_add(b, " ORDER BY id DESC LIMIT ");
	sqlbuild_bind_int(b, FIELD_VALUES_ROWS);
}

static void add_part(const char *part, struct sqlbuild *b)
{
	CLEANUP(strbuf_release) struct strbuf low = STRBUF_INIT;

	if (!part || !*part)
		return;
	utf8_lower(str_of(part), &low);
	sqlbuild_add(b, " AND ");
	sqlbuild_lower_begin(b, low.buf);
	sqlbuild_add(b, "v");
	sqlbuild_lower_end(b, low.buf);
	sqlbuild_add(b, " ");
	sqlbuild_like(b, true, low.buf, true);
}

static int read_values(struct rows *rows, struct arena *arena,
		       struct field_values *out, struct err *err)
{
	int more;

	while ((more = rows_next(rows, err)) > 0) {
		struct field_value value = { rows_dup(rows, 0, arena),
					     rows_int(rows, 1) };

		vec_push(out, value);
	}
	return more;
}

int field_value_list(struct db *db, enum entity entity, const char *name,
		     const char *part, int64_t limit, struct arena *arena,
		     struct field_values *out, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct place place;
	int found = find_place(db, entity, name, arena, &place, err);

	if (found == 0)
		return err_field(err, "field", "is no text field of these");
	if (found < 0)
		return -1;
	sqlbuild_add(&b, "SELECT v, COUNT(*) AS n FROM (SELECT ");
	add_value(&place, &b);
	add_newest(&place, &b);
	sqlbuild_add(&b, ") x WHERE v IS NOT NULL AND v <> ''");
	add_part(part, &b);
	sqlbuild_add(&b, " GROUP BY v ORDER BY n DESC, v LIMIT ");
	sqlbuild_bind_int(&b, limit);
	return sqlbuild_query(&b, db, &rows, err) < 0
		       ? -1
		       : read_values(rows, arena, out, err);
}
