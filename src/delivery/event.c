#include "delivery/event.h"

#include "base/err.h"
#include "store/store.h"

#include "sql/event.h"

bool event_is_hit(const struct event *event)
{
	return event->kind == EVENT_OPENED || event->kind == EVENT_CLICKED;
}

bool event_is_of_sending(const struct event *event)
{
	return event->kind <= EVENT_RETURNED;
}

int64_t event_bounce(const struct event *event)
{
	return event->code >> EVENT_BOUNCE_SHIFT & EVENT_BOUNCE_MASK;
}

void event_read(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct event *)out = (struct event){
		.id = rows_int(rows, 0),
		.at_ms = rows_int(rows, 1),
		.kind = (enum event_kind)rows_int(rows, 2),
		.campaign_id = rows_int(rows, 3),
		.member_id = rows_int(rows, 4),
		.link_id = rows_int(rows, 5),
		.code = rows_int(rows, 6),
		.ip = rows_dup(rows, 7, arena),
		.agent = rows_dup(rows, 8, arena),
		.detail = rows_dup(rows, 9, arena),
	};
}

static int insert_each(struct tx *tx, const char *instance,
		       const struct event *events, size_t n, struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	for (size_t i = 0; i < n; i++) {
		const struct event *e = &events[i];

		if (batch_add(&batch, SQL_EVENT_ADD,
			      SQL_ARGS(sql_int(e->at_ms), sql_int(e->kind),
				       sql_int(e->campaign_id),
				       sql_int(e->member_id),
				       sql_int(e->link_id), sql_int(e->code),
				       sql_text(e->ip), sql_text(e->agent),
				       sql_text(e->detail), sql_text(instance)),
			      err) < 0)
			return -1;
	}
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

int event_insert(struct tx *tx, const char *instance,
		 const struct event *events, size_t n, struct err *err)
{
	int64_t ignored;

	if (n == 0)
		return 0;
	if (db_find_int(tx->db, SQL_EVENT_LOCK, SQL_NO_ARGS, &ignored, err) < 0)
		return -1;
	return insert_each(tx, instance, events, n, err) < 0
		       ? err_prefix(err, "events")
		       : 0;
}

int event_raise(struct tx *tx, int64_t above, struct err *err)
{
	if (db_backend(tx->db) != DB_SQLITE || above == 0)
		return 0;
	/* a table that never had a row has no row there */
	if (db_exec_text(tx,
			 "INSERT INTO sqlite_sequence (name, seq) "
			 "SELECT 'event', 0 WHERE NOT EXISTS (SELECT 1 "
			 "FROM sqlite_sequence WHERE name = 'event')",
			 SQL_NO_ARGS, err) < 0)
		return -1;
	return db_exec_text(tx,
			    "UPDATE sqlite_sequence SET seq = ? "
			    "WHERE name = 'event' AND seq < ?",
			    SQL_ARGS(sql_int(above), sql_int(above)), err) < 0
		       ? -1
		       : 0;
}
