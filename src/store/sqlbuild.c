#include "store/sqlbuild.h"

#include "base/arena.h"
#include "base/err.h"

#include <string.h>

void sqlbuild_release(struct sqlbuild *b)
{
	strbuf_release(&b->text);
	vec_release(&b->args);
}

void sqlbuild_add(struct sqlbuild *b, const char *literal)
{
	strbuf_addstr(&b->text, literal);
}

void sqlbuild_bind(struct sqlbuild *b, struct sql_value value)
{
	strbuf_addch(&b->text, '?');
	vec_push(&b->args, value);
}

void sqlbuild_bind_text(struct sqlbuild *b, const char *text)
{
	sqlbuild_bind(b, sql_text(arena_strdup(b->arena, text)));
}

void sqlbuild_bind_int(struct sqlbuild *b, int64_t n)
{
	sqlbuild_bind(b, sql_int(n));
}

void sqlbuild_if_int(struct sqlbuild *b, const char *literal, int64_t n)
{
	if (n == 0)
		return;
	sqlbuild_add(b, literal);
	sqlbuild_bind_int(b, n);
}

void sqlbuild_if_text(struct sqlbuild *b, const char *literal, const char *text)
{
	if (!text)
		return;
	sqlbuild_add(b, literal);
	sqlbuild_bind_text(b, text);
}

void sqlbuild_order(struct sqlbuild *b, const char *column, const char *id,
		    bool descending)
{
	const char *way = descending ? " DESC" : "";

	sqlbuild_add(b, " ORDER BY ");
	sqlbuild_add(b, column);
	sqlbuild_add(b, way);
	sqlbuild_add(b, ", ");
	sqlbuild_add(b, id);
	sqlbuild_add(b, way);
}

void sqlbuild_page(struct sqlbuild *b, int64_t count, int64_t offset)
{
	sqlbuild_add(b, " LIMIT ");
	sqlbuild_bind_int(b, count);
	sqlbuild_add(b, " OFFSET ");
	sqlbuild_bind_int(b, offset);
}

static void add_escaped(const char *text, struct strbuf *out)
{
	for (; *text; text++) {
		if (strchr("%_\\", *text))
			strbuf_addch(out, '\\');
		strbuf_addch(out, *text);
	}
}

const char *sql_part_pattern(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf pattern = STRBUF_INIT;

	if (!text || !*text)
		return "%";
	strbuf_addch(&pattern, '%');
	add_escaped(text, &pattern);
	strbuf_addch(&pattern, '%');
	return arena_str(arena, strbuf_str(&pattern));
}

void sqlbuild_like(struct sqlbuild *b, bool any_before, const char *text,
		   bool any_after)
{
	CLEANUP(strbuf_release) struct strbuf pattern = STRBUF_INIT;

	if (any_before)
		strbuf_addch(&pattern, '%');
	add_escaped(text, &pattern);
	if (any_after)
		strbuf_addch(&pattern, '%');
	sqlbuild_add(b, "LIKE ");
	sqlbuild_bind_text(b, pattern.buf);
	sqlbuild_add(b, " ESCAPE '\\'");
}

/* Only two letters that are not ASCII have it in their lower case. */
static bool ascii_will_do(const char *wanted)
{
	return wanted && str_is_ascii(str_of(wanted));
}

void sqlbuild_lower_begin(struct sqlbuild *b, const char *wanted)
{
	if (ascii_will_do(wanted))
		sqlbuild_add(b, "lower(replace(replace(");
	else
		sqlbuild_add(b, b->backend == DB_PG ? "lower(" : "text_lower(");
}

void sqlbuild_lower_end(struct sqlbuild *b, const char *wanted)
{
	bool pg = b->backend == DB_PG;

	if (ascii_will_do(wanted))
		sqlbuild_add(b, pg ? ", '\u0130', 'i\u0307'), '\u212A', 'k')"
				     " COLLATE \"C\")"
				   : ", '\u0130', 'i\u0307'), '\u212A', 'k'))");
	else
		sqlbuild_add(b, pg ? " COLLATE \"und-x-icu\")" : ")");
}

void sqlbuild_among(struct sqlbuild *b, const char *json)
{
	bool pg = b->backend == DB_PG;

	sqlbuild_add(b, pg ? " = ANY (ARRAY(SELECT value::bigint"
			     " FROM json_array_elements_text(CAST("
			   : " IN (SELECT CAST(value AS INTEGER)"
			     " FROM json_each(");
	sqlbuild_bind_text(b, json);
	sqlbuild_add(b, pg ? " AS json))))" : "))");
}

int sqlbuild_query(struct sqlbuild *b, struct db *db, struct rows **out,
		   struct err *err)
{
	return db_query_text(db, b->text.buf,
			     (struct sql_args){ b->args.v, b->args.n }, out,
			     err);
}

int sqlbuild_find_int(struct sqlbuild *b, struct db *db, int64_t *out,
		      struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (sqlbuild_query(b, db, &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found > 0)
		*out = rows_int(rows, 0);
	return found;
}
