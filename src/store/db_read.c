/*
 * Whole results in one call: a value, a struct, a vector of them; and keys as
 * an argument. Part of store/db.h, made of its db_query and rows_next alone.
 */
#include "store/db.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/strbuf.h"

static void read_int(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(int64_t *)out = rows_int(rows, 0);
}

static void read_text(const struct rows *rows, struct arena *arena, void *out)
{
	*(const char **)out = rows_dup(rows, 0, arena);
}

int db_get(struct db *db, const struct sql *sql, struct sql_args args,
	   row_fn *read, struct arena *arena, void *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, sql, args, &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found > 0)
		read(rows, arena, out);
	return found;
}

int db_find_int(struct db *db, const struct sql *sql, struct sql_args args,
		int64_t *out, struct err *err)
{
	return db_get(db, sql, args, read_int, NULL, out, err);
}

int db_find_text(struct db *db, const struct sql *sql, struct sql_args args,
		 struct arena *arena, const char **out, struct err *err)
{
	return db_get(db, sql, args, read_text, arena, out, err);
}

int rows_list_any(struct rows *rows, row_fn *read, struct arena *arena,
		  struct vec_any out, struct err *err)
{
	int more;

	while ((more = rows_next(rows, err)) > 0)
		read(rows, arena, vec_any_add(out));
	return more;
}

int db_list_any(struct db *db, const struct sql *sql, struct sql_args args,
		row_fn *read, struct arena *arena, struct vec_any out,
		struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;

	if (db_query(db, sql, args, &rows, err) < 0)
		return -1;
	return rows_list_any(rows, read, arena, out, err);
}

int db_list_ids(struct db *db, const struct sql *sql, struct sql_args args,
		struct ids *out, struct err *err)
{
	return db_list(db, sql, args, read_int, NULL, out, err);
}

int rows_ids(struct rows *rows, struct ids *out, struct err *err)
{
	size_t before = out->n;

	if (rows_list(rows, read_int, NULL, out, err) < 0)
		return -1;
	return (int)(out->n - before);
}

int db_list_texts(struct db *db, const struct sql *sql, struct sql_args args,
		  struct arena *arena, struct texts *out, struct err *err)
{
	return db_list(db, sql, args, read_text, arena, out, err);
}

struct sql_value sql_keys_strided(const int64_t *first, size_t n, size_t stride,
				  struct strbuf *buf)
{
	struct json_writer w = JSON_WRITER(buf);

	strbuf_reset(buf);
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++)
		json_int(&w,
			 *(const int64_t *)((const char *)first + i * stride));
	json_end_array(&w);
	return sql_str(strbuf_str(buf));
}

struct sql_value sql_texts(const struct texts *texts, struct strbuf *buf)
{
	struct json_writer w = JSON_WRITER(buf);

	strbuf_reset(buf);
	json_begin_array(&w);
	vec_each (texts, text)
		json_text(&w, *text);
	json_end_array(&w);
	return sql_str(strbuf_str(buf));
}
