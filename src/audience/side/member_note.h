/*
 * audience/side/member_note.h - what users wrote about a member
 *
 * Called by handlers; any thread. Whoever adds has the member's row locked, so
 * nothing is written about one that is being forgotten.
 */
#ifndef AUDIENCE_SIDE_MEMBER_NOTE_H
#define AUDIENCE_SIDE_MEMBER_NOTE_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct sql_value;
struct tx;

#define MEMBER_NOTE_MAX 1000 /* characters */

struct member_note {
	int64_t id, member_id;
	const char *note;
	const char *created_by;
	int64_t created_ms, updated_ms;
};
struct member_notes VEC_FIELDS(struct member_note);

/* As the query has them. */
enum member_note_sort {
	NOTE_BY_CREATED_DESC,
	NOTE_BY_CREATED,
	NOTE_BY_UPDATED_DESC,
	NOTE_BY_UPDATED,
	NOTE_BY_ID_DESC,
	NOTE_BY_ID,
};
/* A page; *total_out is how many it has. Appends to *out; strings live in
 * arena. */
int member_note_list(struct db *db, int64_t member_id,
		     enum member_note_sort sort, int64_t count, int64_t offset,
		     struct arena *arena, struct member_notes *out,
		     int64_t *total_out, struct err *err);
/* ERR_NOT_FOUND. */
int member_note_get(struct db *db, int64_t member_id, int64_t id,
		    struct arena *arena, struct member_note *out,
		    struct err *err);
/* The newest of each of these members, ordered by member; who has none is
 * passed over. ids: sql_keys(...). */
int member_notes_last(struct db *db, struct sql_value ids, struct arena *arena,
		      struct member_notes *out, struct err *err);

/* body: the API's {note}. ERR_INVALID: it is not given, or too long. */
int member_note_add(struct tx *tx, int64_t member_id, const json_t *body,
		    const char *created_by, int64_t now_ms, struct arena *arena,
		    struct member_note *out, struct err *err);
/* What the body does not give stays. ERR_NOT_FOUND, ERR_INVALID. */
int member_note_update(struct tx *tx, int64_t member_id, int64_t id,
		       const json_t *body, int64_t now_ms, struct arena *arena,
		       struct member_note *out, struct err *err);
/* ERR_NOT_FOUND. */
int member_note_remove(struct tx *tx, int64_t member_id, int64_t id,
		       struct err *err);

#endif
