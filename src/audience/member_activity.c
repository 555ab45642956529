#include "audience/member_activity.h"

#include "audience/member.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "sql/member_activity.h"
#include "store/db.h"

/* By activity.kind; 0: sent. */
static const char *const actions[] = { "sent",        "open",
				       "click",       "bounce",
				       "unsub",       "abuse",
				       "resubscribe", "marketing_permission" };

/* The title in a campaign's settings; without one, its subject. */
static const char *title_of(const char *settings, struct arena *arena)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT;
	const char *title;

	if (!settings || json_parse(str_of(settings), &tree, &ignored) < 0)
		return "";
	title = json_string_value(json_object_get(tree, "title"));
	if (!title || !*title)
		title = json_string_value(
			json_object_get(tree, "subject_line"));
	return arena_strdup(arena, title ? title : "");
}

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	size_t kind = (size_t)rows_int(rows, 0);

	*(struct member_activity *)out = (struct member_activity){
		.action = actions[kind < ARRAY_SIZE(actions) ? kind : 0],
		.at_ms = rows_int(rows, 1),
		.campaign_hex = rows_dup(rows, 2, arena),
		.campaign_type = rows_dup(rows, 3, arena),
		.title = title_of(rows_text(rows, 4), arena),
		.url = rows_is_null(rows, 5) ? "" : rows_dup(rows, 5, arena),
		.parent_hex = rows_dup(rows, 6, arena),
		.is_hard = rows_int(rows, 7) == 1,
		.is_opened = rows_int(rows, 8) > 0,
		.reason = rows_is_null(rows, 9) ? "" : rows_dup(rows, 9, arena),
		.variant = (int)rows_int(rows, 10),
		.permission = rows_is_null(rows, 11)
				      ? NULL
				      : rows_dup(rows, 11, arena),
		.is_given = rows_int(rows, 12) != 0,
		.is_by_member = rows_int(rows, 13) == SOURCE_USER,
		.said_by =
			rows_is_null(rows, 14) ? "" : rows_dup(rows, 14, arena),
	};
}

static bool is_asked_for(const char *action, const char *asked)
{
	for (struct str rest = str_of(asked); rest.s;)
		if (str_eq(str_trim(str_cut(&rest, ',')), str_of(action)))
			return true;
	return false;
}

/* By activity.kind, a bit each. */
static int64_t kinds_of(const struct member_activity_query *q)
{
	int64_t kinds = 0;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (!q->actions || is_asked_for(actions[i], q->actions))
			kinds |= (int64_t)1 << i;
	return q->no_permissions ? kinds & ~((int64_t)1 << ACTIVITY_PERMISSION)
				 : kinds;
}

int member_activity_list(struct db *db, const struct member_activity_query *q,
			 struct arena *arena, struct member_activities *out,
			 int64_t *total_out, struct err *err)
{
	struct sql_value kinds = sql_int(kinds_of(q));
	struct sql_value id = sql_int(q->member_id);

	if (db_find_int(db, SQL_MEMBER_ACTIVITY_COUNT,
			SQL_ARGS(id, kinds, kinds, kinds, kinds, id, kinds, id),
			total_out, err) < 0)
		return -1;
	return db_list(db, SQL_MEMBER_ACTIVITY_PAGE,
		       SQL_ARGS(id, id, id, id, id, id, id, kinds,
				sql_int(q->count), sql_int(q->offset)),
		       read_row, arena, out, err);
}
