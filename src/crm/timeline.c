#include "crm/timeline.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/communication.h"
#include "crm/memo.h"
#include "sql/consent.h"
#include "sql/timeline.h"

static void read_entry(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct timeline_entry *)out = (struct timeline_entry){
		.type = rows_dup(rows, 0, arena),
		.at_ms = rows_int(rows, 1),
		.campaign_id = rows_int(rows, 2),
		.person_id = rows_int(rows, 3),
		.id = rows_int(rows, 4),
		.kind = rows_dup(rows, 5, arena),
		.title = rows_dup(rows, 6, arena),
		.body = rows_dup(rows, 7, arena),
		.status = rows_dup(rows, 8, arena),
		.user_id = rows_int(rows, 9),
	};
}

int timeline_list(struct db *db, enum entity entity, int64_t record_id,
		  const struct timeline_entry *after, int64_t limit,
		  struct arena *arena, struct timeline *out, struct err *err)
{
	static const struct timeline_entry newest = { .at_ms = INT64_MAX,
						      .type = "" };
	struct sql_value kind = sql_int(entity), id = sql_int(record_id);
	const struct timeline_entry *p = after ? after : &newest;

	return db_list(db, SQL_TIMELINE_PAGE,
		       SQL_ARGS(kind, id, kind, id, id, kind, id, kind, id, id,
				kind, id, kind, id, kind, sql_int(p->at_ms),
				sql_text(p->type), sql_int(p->campaign_id),
				sql_int(p->person_id), sql_int(p->id),
				sql_int(limit)),
		       read_entry, arena, out, err);
}

int timeline_count(struct db *db, enum entity entity, int64_t record_id,
		   int64_t *out, struct err *err)
{
	const struct memo_filter note = { .kind = MEMO_NOTE,
					  .entity = entity,
					  .record_id = record_id };
	const struct memo_filter task = { .kind = MEMO_TASK,
					  .entity = entity,
					  .record_id = record_id };
	int64_t communications = 0, notes = 0, tasks = 0, consents = 0;

	if (communication_count(db, entity, record_id, &communications, err) <
		    0 ||
	    memo_count(db, &note, &notes, err) < 0 ||
	    memo_count(db, &task, &tasks, err) < 0 ||
	    db_find_int(db, SQL_CONSENT_COUNT,
			SQL_ARGS(sql_int(record_id), sql_int(entity)),
			&consents, err) < 0)
		return -1;
	*out = communications + notes + tasks + consents;
	return 0;
}
