#include "audience/kept/chatter.h"

#include "audience/kept/list_history.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text/time_zone.h"
#include "sql/list_history.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* The end of a day. */
static int64_t end_of(const struct time_zone *zone, int64_t day)
{
	return time_zone_to_utc(zone, (day + 1) * MS_DAY) - 1;
}

/* Rows of one list, kind and day follow each other: they become one. */
static int read_days(struct db *db, const struct time_zone *zone, int64_t from,
		     struct arena *arena, struct chatters *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t first_ms = time_zone_to_utc(zone, from * MS_DAY);
	struct chatter *last = NULL;
	int more;

	if (db_query(db, SQL_CHATTER_DAYS,
		     SQL_ARGS(sql_int(first_ms / LIST_HISTORY_STEP_MS)), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t ms = rows_int(rows, 1) * LIST_HISTORY_STEP_MS;
		int64_t at_ms = end_of(zone, account_day(zone, ms));
		enum chatter_kind kind =
			rows_int(rows, 0) ? CHATTER_LEFT : CHATTER_JOINED;
		const char *hex = rows_dup(rows, 2, arena);

		if (!last || last->kind != kind || last->at_ms != at_ms ||
		    strcmp(last->hex, hex) != 0) {
			vec_push(out, ((struct chatter){
					      .kind = kind,
					      .at_ms = at_ms,
					      .hex = hex,
					      .list_hex = hex,
					      .title = rows_dup(rows, 3, arena),
				      }));
			last = &out->v[out->n - 1];
		}
		last->n += rows_int(rows, 4);
	}
	return more;
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

/* What was taken back, as an import, is nothing. Those of now are not over. */
static void settle(struct chatters *all, size_t first, int64_t now_ms)
{
	size_t kept = first;

	for (size_t i = first; i < all->n; i++) {
		if (all->v[i].n <= 0)
			continue;
		if (all->v[i].at_ms > now_ms)
			all->v[i].at_ms = now_ms;
		all->v[kept++] = all->v[i];
	}
	all->n = kept;
	if (kept > first)
		qsort(all->v + first, kept - first, sizeof(*all->v),
		      newest_first);
	if (kept > first + CHATTER_MAX)
		all->n = first + CHATTER_MAX;
}

int chatter_list(struct db *db, int64_t now_ms, struct arena *arena,
		 struct chatters *out, struct err *err)
{
	const struct time_zone *zone;
	size_t first = out->n;
	int64_t from;

	if (account_zone_load(db, arena, &zone, err) < 0)
		return -1;
	from = account_day(zone, now_ms) - CHATTER_DAYS + 1;
	if (read_days(db, zone, from, arena, out, err) < 0 ||
	    db_list(db, SQL_CHATTER_FORWARDED,
		    SQL_ARGS(sql_int(time_zone_to_utc(zone, from * MS_DAY)),
			     sql_int(CHATTER_MAX)),
		    read_forwarded, arena, out, err) < 0)
		return -1;
	settle(out, first, now_ms);
	return 0;
}
