#include "audience/kept/chatter.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "sql/list_history.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

static void read_day(const struct rows *rows, struct arena *arena, void *out)
{
	const char *hex = rows_dup(rows, 2, arena);

	*(struct chatter *)out = (struct chatter){
		.kind = rows_int(rows, 0) ? CHATTER_LEFT : CHATTER_JOINED,
		.at_ms = (rows_int(rows, 1) + 1) * MS_DAY - 1,
		.n = rows_int(rows, 4),
		.hex = hex,
		.list_hex = hex,
		.title = rows_dup(rows, 3, arena),
	};
}

static const char *text_of(const struct rows *rows, int column,
			   struct arena *arena)
{
	const char *text = rows_dup(rows, column, arena);

	return text ? text : "";
}

/* The title in a campaign's settings; without one, its subject. */
static const char *title_of(const char *settings, struct arena *arena)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT;
	const char *title;

	if (json_parse(str_of(settings), &tree, &ignored) < 0)
		return "";
	title = json_string_value(json_object_get(tree, "title"));
	if (!title || !*title)
		title = json_string_value(
			json_object_get(tree, "subject_line"));
	return arena_strdup(arena, title ? title : "");
}

static void read_forwarded(const struct rows *rows, struct arena *arena,
			   void *out)
{
	*(struct chatter *)out = (struct chatter){
		.kind = CHATTER_FORWARDED,
		.hex = rows_dup(rows, 0, arena),
		.title = title_of(text_of(rows, 1, arena), arena),
		.n = rows_int(rows, 2),
		.at_ms = rows_int(rows, 3),
		.list_hex = text_of(rows, 4, arena),
	};
}

static int newest_first(const void *left, const void *right)
{
	const struct chatter *a = left, *b = right;
	int order = (b->at_ms > a->at_ms) - (b->at_ms < a->at_ms);

	if (order == 0)
		order = (int)a->kind - (int)b->kind;
	return order ? order : strcmp(a->hex, b->hex);
}

int chatter_list(struct db *db, int64_t now_ms, struct arena *arena,
		 struct chatters *out, struct err *err)
{
	int64_t from = now_ms / MS_DAY - CHATTER_DAYS + 1;
	size_t first = out->n;

	if (db_list(db, SQL_CHATTER_DAYS,
		    SQL_ARGS(sql_int(from), sql_int(CHATTER_MAX)), read_day,
		    arena, out, err) < 0 ||
	    db_list(db, SQL_CHATTER_FORWARDED,
		    SQL_ARGS(sql_int(from * MS_DAY), sql_int(CHATTER_MAX)),
		    read_forwarded, arena, out, err) < 0)
		return -1;
	for (size_t i = first; i < out->n; i++)
		if (out->v[i].at_ms > now_ms)
			out->v[i].at_ms = now_ms;
	if (out->n > first)
		qsort(out->v + first, out->n - first, sizeof(*out->v),
		      newest_first);
	if (out->n > first + CHATTER_MAX)
		out->n = first + CHATTER_MAX;
	return 0;
}
