#include "audience/text_ids.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "store/db.h"

#include <string.h>

struct sql_value text_ids_keys(const struct text_ids *all, struct strbuf *buf)
{
	struct json_writer w = JSON_WRITER(buf);

	strbuf_reset(buf);
	json_begin_array(&w);
	vec_each (all, it)
		json_text(&w, it->text);
	json_end_array(&w);
	return sql_str(strbuf_str(buf));
}

static void read_text_id(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct text_id *)out = (struct text_id){
		.text = rows_dup(rows, 0, arena),
		.id = rows_columns(rows) > 1 ? rows_int(rows, 1) : 0,
	};
}

int text_ids_load(struct db *db, const struct sql *sql, struct sql_args args,
		  struct arena *arena, struct text_ids *out, struct err *err)
{
	if (db_list(db, sql, args, read_text_id, arena, out, err) < 0)
		return -1;
	text_ids_sort(out);
	return 0;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(((const struct text_id *)a)->text,
		      ((const struct text_id *)b)->text);
}

void text_ids_sort(struct text_ids *all)
{
	size_t kept = 0;

	if (!all->n)
		return;
	qsort(all->v, all->n, sizeof(*all->v), compare_texts);
	for (size_t i = 0; i < all->n; i++)
		if (!kept || compare_texts(&all->v[kept - 1], &all->v[i]) != 0)
			all->v[kept++] = all->v[i];
	all->n = kept;
}

struct text_id *text_ids_find(const struct text_ids *sorted, const char *text)
{
	struct text_id key = { .text = text };

	return sorted->n ? bsearch(&key, sorted->v, sorted->n,
				   sizeof(*sorted->v), compare_texts)
			 : NULL;
}
