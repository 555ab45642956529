#include "crm/note.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/note_private.h"
#include "sql/communication.h"
#include "sql/note.h"

#include <string.h>

#define BODY_MAX 100000

int note_check_record(struct db *db, enum entity entity, int64_t record_id,
		      struct err *err)
{
	const struct sql *sql =
		entity == ENTITY_PERSON ? SQL_COMMUNICATION_PERSON_EXISTS
		: entity == ENTITY_LEAD ? SQL_COMMUNICATION_LEAD_EXISTS
					: SQL_COMMUNICATION_COMPANY_EXISTS;
	int64_t one;
	int found =
		db_find_int(db, sql, SQL_ARGS(sql_int(record_id)), &one, err);

	if (found == 0)
		return err_field(err, "record_id", "%s has no %lld",
				 entity_name(entity), (long long)record_id);
	return found < 0 ? -1 : 0;
}

static int none(int64_t id, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "there is no note %lld",
		       (long long)id);
}

static int check(const struct note *note, struct err *err)
{
	if (!note->body || !*note->body)
		return err_field(err, "body", "a note needs text");
	if (strlen(note->body) > BODY_MAX)
		return err_field(err, "body", "longer than %d bytes", BODY_MAX);
	return 0;
}

int note_add(struct tx *tx, struct note *note, const struct actor *actor,
	     struct err *err)
{
	if (check(note, err) < 0 ||
	    note_check_record(tx->db, note->entity, note->record_id, err) < 0)
		return -1;
	note->user_id = actor->user_id;
	note->created_ms = note->updated_ms = actor->now_ms;
	return db_find_int(tx->db, SQL_NOTE_ADD,
			   SQL_ARGS(sql_int(note->entity),
				    sql_int(note->record_id),
				    sql_text(note->body),
				    sql_id_or_null(note->user_id),
				    sql_int(note->created_ms),
				    sql_int(note->updated_ms)),
			   &note->id, err) < 0
		       ? -1
		       : 0;
}

int note_update(struct tx *tx, const struct note *note,
		const struct actor *actor, struct err *err)
{
	int changed;

	if (check(note, err) < 0)
		return -1;
	changed = db_exec(tx, SQL_NOTE_UPDATE,
			  SQL_ARGS(sql_text(note->body), sql_int(actor->now_ms),
				   sql_int(note->id)),
			  err);
	if (changed == 0)
		return none(note->id, err);
	return changed < 0 ? -1 : 0;
}

int note_remove(struct tx *tx, int64_t id, struct err *err)
{
	int removed = db_exec(tx, SQL_NOTE_REMOVE, SQL_ARGS(sql_int(id)), err);

	if (removed == 0)
		return none(id, err);
	return removed < 0 ? -1 : 0;
}

static void read_row(const struct rows *rows, struct arena *arena,
		     struct note *n)
{
	*n = (struct note){
		.id = rows_int(rows, 0),
		.entity = (enum entity)rows_int(rows, 1),
		.record_id = rows_int(rows, 2),
		.body = rows_dup(rows, 3, arena),
		.user_id = rows_int(rows, 4),
		.created_ms = rows_int(rows, 5),
		.updated_ms = rows_int(rows, 6),
	};
}

int note_get(struct db *db, int64_t id, struct arena *arena, struct note *out,
	     struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, SQL_NOTE_GET, SQL_ARGS(sql_int(id)), &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found < 0 ? -1 : none(id, err);
	read_row(rows, arena, out);
	return 0;
}

int note_list(struct db *db, enum entity entity, int64_t record_id,
	      int64_t before_id, int64_t limit, struct arena *arena,
	      struct notes *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct note n;
	int more;

	if (db_query(db, SQL_NOTE_LIST,
		     SQL_ARGS(sql_int(record_id), sql_int(entity),
			      sql_int(before_id ? before_id : INT64_MAX),
			      sql_int(limit)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		read_row(rows, arena, &n);
		vec_push(out, n);
	}
	return more;
}

int note_count(struct db *db, enum entity entity, int64_t record_id,
	       int64_t *out, struct err *err)
{
	return db_find_int(db, SQL_NOTE_COUNT,
			   SQL_ARGS(sql_int(record_id), sql_int(entity)), out,
			   err);
}
