#include "delivery/event.h"

#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "store/store.h"

#include "sql/event.h"

#include <string.h>

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

/* A row of event-add. */
#define EVENT_COLUMNS 10
#define EVENT_ROWS 8 /* of event-add-eight */

static void row_of(const struct event *e, const char *instance,
		   struct sql_value out[EVENT_COLUMNS])
{
	const struct sql_value row[EVENT_COLUMNS] = {
		sql_int(e->at_ms),       sql_int(e->kind),
		sql_int(e->campaign_id), sql_int(e->member_id),
		sql_int(e->link_id),     sql_int(e->code),
		sql_text(e->ip),         sql_text(e->agent),
		sql_text(e->detail),     sql_text(instance),
	};

	memcpy(out, row, sizeof(row));
}

static int insert_each(struct tx *tx, const char *instance,
		       const struct event *events, size_t n, struct err *err)
{
	struct sql_value rows[EVENT_ROWS * EVENT_COLUMNS];

	while (n > 0) {
		size_t some = n < EVENT_ROWS ? 1 : EVENT_ROWS;
		const struct sql *sql =
			n < EVENT_ROWS ? SQL_EVENT_ADD : SQL_EVENT_ADD_EIGHT;

		for (size_t i = 0; i < some; i++)
			row_of(&events[i], instance, rows + i * EVENT_COLUMNS);
		if (db_exec(tx, sql,
			    (struct sql_args){ rows, some * EVENT_COLUMNS },
			    err) < 0)
			return -1;
		events += some;
		n -= some;
	}
	return 0;
}

static void add_row(struct json_writer *w, const struct event *e)
{
	json_begin_array(w);
	json_int(w, e->at_ms);
	json_int(w, e->kind);
	json_int(w, e->campaign_id);
	json_int(w, e->member_id);
	json_int(w, e->link_id);
	json_int(w, e->code);
	json_text(w, e->ip);
	json_text(w, e->agent);
	json_text(w, e->detail);
	json_end_array(w);
}

/* One statement however many: PostgreSQL answers each with a round trip. */
static int insert_at_once(struct tx *tx, const char *instance,
			  const struct event *events, size_t n, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&json);

	json_begin_array(&w);
	for (size_t i = 0; i < n; i++)
		add_row(&w, &events[i]);
	json_end_array(&w);
	return db_exec(tx, SQL_EVENT_ADD_MANY,
		       SQL_ARGS(sql_text(instance), sql_str(strbuf_str(&json))),
		       err);
}

int event_insert(struct tx *tx, const char *instance,
		 const struct event *events, size_t n, struct err *err)
{
	int64_t ignored;
	int rc;

	if (n == 0)
		return 0;
	if (db_find_int(tx->db, SQL_EVENT_LOCK, SQL_NO_ARGS, &ignored, err) < 0)
		return -1;
	if (n > 1 && db_backend(tx->db) == DB_PG)
		rc = insert_at_once(tx, instance, events, n, err);
	else
		rc = insert_each(tx, instance, events, n, err);
	return rc < 0 ? err_prefix(err, "events") : 0;
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
