#include "bridge/push_list.h"

#include "base/arena.h"
#include "base/err.h"

#include "sql/crm_campaign.h"

#include <string.h>

static const char *const actions[] = { "",      "add",       "update",  "tag",
				       "untag", "unchanged", "left_out" };
static const char *const outcomes[] = { "intended", "applied", "refused",
					"parked" };

static void read_push(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct push_info *)out = (struct push_info){
		.id = rows_int(rows, 0),
		.state = rows_dup(rows, 1, arena),
		.dry_run = rows_int(rows, 2) != 0,
		.segment_id = rows_int(rows, 3),
		.audience_id = rows_dup(rows, 4, arena),
		.result = rows_dup(rows, 5, arena),
		.at_ms = rows_int(rows, 6),
		.job_id = rows_int(rows, 7),
	};
}

int push_list(struct db *db, int64_t group_id, int64_t before_id, int64_t limit,
	      struct arena *arena, struct push_infos *out, int64_t *total_out,
	      struct err *err)
{
	if (db_find_int(db, SQL_PUSH_COUNT, SQL_ARGS(sql_int(group_id)),
			total_out, err) < 0)
		return -1;
	return db_list(db, SQL_PUSH_PAGE,
		       SQL_ARGS(sql_int(group_id),
				sql_int(before_id ? before_id : INT64_MAX),
				sql_int(limit)),
		       read_push, arena, out, err);
}

static int action_of(const char *name, int64_t *out, struct err *err)
{
	*out = 0;
	if (!name)
		return 0;
	for (size_t i = 1; i < ARRAY_SIZE(actions); i++)
		if (strcmp(actions[i], name) == 0)
			*out = (int64_t)i;
	return *out ? 0
		    : err_field(err, "action", "there is no action %s", name);
}

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct push_row *)out = (struct push_row){
		.person_id = rows_int(rows, 0),
		.action = actions[rows_int(rows, 2)],
		.outcome = outcomes[rows_int(rows, 3)],
		.reason = rows_dup(rows, 4, arena),
		.address = rows_dup(rows, 5, arena),
		.detail = rows_dup(rows, 6, arena),
		.dropped = rows_dup(rows, 7, arena),
	};
}

int push_row_list(struct db *db, const struct push_row_filter *f,
		  struct arena *arena, struct push_rows *out,
		  int64_t *total_out, struct err *err)
{
	int64_t action;

	if (action_of(f->action, &action, err) < 0 ||
	    db_find_int(db, SQL_PUSH_ROW_COUNT,
			SQL_ARGS(sql_int(f->push_id), sql_int(action),
				 sql_int(action), sql_text(f->reason),
				 sql_text(f->reason)),
			total_out, err) < 0)
		return -1;
	return db_list(db, SQL_PUSH_ROW_PAGE,
		       SQL_ARGS(sql_int(f->push_id),
				sql_int(f->after_id ? f->after_id : INT64_MIN),
				sql_int(action), sql_int(action),
				sql_text(f->reason), sql_text(f->reason),
				sql_int(f->limit)),
		       read_row, arena, out, err);
}

static void read_parked(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct parked *)out = (struct parked){
		.id = rows_int(rows, 0),
		.kind = rows_dup(rows, 1, arena),
		.person_id = rows_int(rows, 2),
		.error = rows_dup(rows, 3, arena),
		.attempts = rows_int(rows, 4),
		.at_ms = rows_int(rows, 5),
	};
}

int parked_list(struct db *db, int64_t before_id, int64_t limit,
		struct arena *arena, struct parked_list *out,
		int64_t *total_out, struct err *err)
{
	if (db_find_int(db, SQL_PARKED_COUNT, SQL_NO_ARGS, total_out, err) < 0)
		return -1;
	return db_list(db, SQL_PARKED_PAGE,
		       SQL_ARGS(sql_int(before_id ? before_id : INT64_MAX),
				sql_int(limit)),
		       read_parked, arena, out, err);
}
