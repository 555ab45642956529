/*
 * All that is stored of a person, for themselves (GDPR, article 15). Called by
 * a handler; any thread.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/communication.h"
#include "crm/consent/erase.h"
#include "crm/memo.h"
#include "crm/record_json.h"
#include "sql/erase.h"

#include <string.h>

#define MOST 100000 /* of a kind; nobody has more of them */

/* Writes a row as an object; columns whose name ends in _ms are times. */
static void write_row(const struct rows *rows, struct json_writer *w)
{
	json_begin_object(w);
	for (int i = 0; i < rows_columns(rows); i++) {
		const char *name = rows_name(rows, i);

		if (str_ends(str_of(name), "_ms"))
			json_key_time_or_null(w, name, rows_int(rows, i));
		else
			json_key_text(w, name, rows_text(rows, i));
	}
	json_end_object(w);
}

static int write_rows(struct db *db, const struct sql *sql,
		      struct sql_args args, const char *key,
		      struct json_writer *w, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, sql, args, &rows, err) < 0)
		return -1;
	json_key_begin_array(w, key);
	while ((more = rows_next(rows, err)) > 0)
		write_row(rows, w);
	json_end_array(w);
	return more;
}

static int list_memos(struct db *db, enum memo_kind kind, int64_t id,
		      struct arena *arena, struct memos *out, struct err *err)
{
	const struct memo_filter filter = { .kind = kind,
					    .entity = ENTITY_PERSON,
					    .record_id = id,
					    .limit = MOST };

	return memo_list(db, &filter, arena, out, err);
}

static int write_memos(struct db *db, int64_t id, struct arena *arena,
		       struct json_writer *w, struct err *err)
{
	CLEANUP(vec_release) struct memos notes = VEC_INIT;
	CLEANUP(vec_release) struct memos tasks = VEC_INIT;

	if (list_memos(db, MEMO_NOTE, id, arena, &notes, err) < 0 ||
	    list_memos(db, MEMO_TASK, id, arena, &tasks, err) < 0)
		return -1;
	json_key_begin_array(w, "notes");
	vec_each (&notes, n) {
		json_begin_object(w);
		json_key_text(w, "body", n->text);
		json_key_time(w, "created_at", n->created_ms);
		json_end_object(w);
	}
	json_end_array(w);
	json_key_begin_array(w, "tasks");
	vec_each (&tasks, t) {
		json_begin_object(w);
		json_key_text(w, "title", t->text);
		json_key_time_or_null(w, "due_at", t->due_ms);
		json_key_time_or_null(w, "done_at", t->done_ms);
		json_end_object(w);
	}
	json_end_array(w);
	return 0;
}

static int write_communications(struct db *db, int64_t id, struct arena *arena,
				struct json_writer *w, struct err *err)
{
	CLEANUP(vec_release) struct communications list = VEC_INIT;
	struct communication_page page = { .limit = MOST };

	if (communication_list(db, ENTITY_PERSON, id, &page, arena, &list,
			       err) < 0)
		return -1;
	json_key_begin_array(w, "communications");
	vec_each (&list, c) {
		json_begin_object(w);
		json_key_text(w, "kind", c->kind);
		json_key_text(w, "direction", c->direction);
		json_key_text(w, "subject", c->subject);
		json_key_text(w, "body", c->body);
		json_key_text(w, "status", c->status);
		json_key_time(w, "at", c->at_ms);
		json_end_object(w);
	}
	json_end_array(w);
	return 0;
}

int person_export(struct db *db, int64_t id, struct arena *arena,
		  struct strbuf *out, struct err *err)
{
	struct json_writer w = JSON_WRITER(out);
	struct record r;

	if (record_get_whole(db, ENTITY_PERSON, id, arena, &r, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key(&w, "person");
	record_format(&r, &w);
	if (write_rows(db, SQL_EXPORT_ADDRESSES, SQL_ARGS(sql_int(id)),
		       "addresses", &w, err) < 0 ||
	    write_rows(db, SQL_EXPORT_CONSENT,
		       SQL_ARGS(sql_int(ENTITY_PERSON), sql_int(id)), "consent",
		       &w, err) < 0 ||
	    write_rows(db, SQL_EXPORT_GROUPS, SQL_ARGS(sql_int(id)), "groups",
		       &w, err) < 0 ||
	    write_rows(db, SQL_EXPORT_CAMPAIGNS, SQL_ARGS(sql_int(id)),
		       "campaigns", &w, err) < 0 ||
	    write_rows(db, SQL_EXPORT_ACTIVITY, SQL_ARGS(sql_int(id)),
		       "activity", &w, err) < 0 ||
	    write_rows(db, SQL_EXPORT_AUDIT, SQL_ARGS(sql_int(id)), "audit", &w,
		       err) < 0 ||
	    write_memos(db, id, arena, &w, err) < 0 ||
	    write_communications(db, id, arena, &w, err) < 0)
		return -1;
	json_end_object(&w);
	return 0;
}
