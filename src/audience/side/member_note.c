#include "audience/side/member_note.h"

#include "audience/must_exist.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "sql/member_note.h"
#include "store/db.h"
#include "store/update.h"

/* --- reading --- */

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct member_note *)out = (struct member_note){
		.id = rows_int(rows, 0),
		.member_id = rows_int(rows, 1),
		.note = rows_dup(rows, 2, arena),
		.created_by = rows_dup(rows, 3, arena),
		.created_ms = rows_int(rows, 4),
		.updated_ms = rows_int(rows, 5),
	};
}

int member_note_list(struct db *db, int64_t member_id,
		     enum member_note_sort sort, int64_t count, int64_t offset,
		     struct arena *arena, struct member_notes *out,
		     int64_t *total_out, struct err *err)
{
	if (db_find_int(db, SQL_MEMBER_NOTE_COUNT, SQL_ARGS(sql_int(member_id)),
			total_out, err) < 0)
		return -1;
	return db_list(db, SQL_MEMBER_NOTE_PAGE,
		       SQL_ARGS(sql_int(member_id), sql_int(sort),
				sql_int(count), sql_int(offset)),
		       read_row, arena, out, err);
}

int member_note_get(struct db *db, int64_t member_id, int64_t id,
		    struct arena *arena, struct member_note *out,
		    struct err *err)
{
	return must_exist(db_get(db, SQL_MEMBER_NOTE_GET,
				 SQL_ARGS(sql_int(member_id), sql_int(id)),
				 read_row, arena, out, err),
			  err);
}

int member_notes_last(struct db *db, struct sql_value ids, struct arena *arena,
		      struct member_notes *out, struct err *err)
{
	return db_list(db, SQL_MEMBER_NOTE_LAST, SQL_ARGS(ids), read_row, arena,
		       out, err);
}

/* --- changes --- */

static int read_body(const json_t *body, struct arena *arena, const char **note,
		     struct err *err)
{
	if (json_get_text(body, "note", note, err) < 0)
		return -1;
	if (utf8_is_blank(*note))
		return err_field(err, "note",
				 "This value should not be blank.");
	if (utf8_length(str_of(*note)) > MEMBER_NOTE_MAX)
		return err_field(err, "note", "may have at most %d characters",
				 MEMBER_NOTE_MAX);
	*note = arena_strdup(arena, *note);
	return 0;
}

int member_note_add(struct tx *tx, int64_t member_id, const json_t *body,
		    const char *created_by, int64_t now_ms, struct arena *arena,
		    struct member_note *out, struct err *err)
{
	CLEANUP(vec_release) struct member_notes newest = VEC_INIT;
	const char *note = NULL;
	int64_t total;

	if (read_body(body, arena, &note, err) < 0 ||
	    db_exec(tx, SQL_MEMBER_NOTE_ADD,
		    SQL_ARGS(sql_int(member_id), sql_text(note),
			     sql_text(created_by), sql_int(now_ms),
			     sql_int(now_ms)),
		    err) < 0 ||
	    member_note_list(tx->db, member_id, NOTE_BY_ID_DESC, 1, 0, arena,
			     &newest, &total, err) < 0)
		return -1;
	BUG_ON(newest.n == 0); /* nobody else writes about that member now */
	*out = newest.v[0];
	return 0;
}

int member_note_update(struct tx *tx, int64_t member_id, int64_t id,
		       const json_t *body, int64_t now_ms, struct arena *arena,
		       struct member_note *out, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("member_note");
	struct member_note before;
	const char *note;

	if (member_note_get(tx->db, member_id, id, arena, &before, err) < 0)
		return -1;
	note = before.note;
	if (read_body(body, arena, &note, err) < 0)
		return -1;
	update_text(&u, "note", before.note, note);
	if (!update_is_empty(&u))
		update_int(&u, "updated_ms", before.updated_ms, now_ms);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(id)), err) < 0)
		return -1;
	return member_note_get(tx->db, member_id, id, arena, out, err);
}

int member_note_remove(struct tx *tx, int64_t member_id, int64_t id,
		       struct err *err)
{
	return must_exist(db_exec(tx, SQL_MEMBER_NOTE_REMOVE,
				  SQL_ARGS(sql_int(member_id), sql_int(id)),
				  err),
			  err);
}
