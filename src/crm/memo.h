/*
 * crm/memo.h - notes and tasks: what a user wrote on a record
 *
 * A note is text; a task is something to do, by a time and by a user. Both
 * hang on one company, person or lead and go with it. They have ids of their
 * own each: a note and a task may have the same one.
 *
 * Called by handlers; any thread. All times are UTC milliseconds since 1970.
 */
#ifndef CRM_MEMO_H
#define CRM_MEMO_H

#include "base/vec.h"
#include "crm/actor.h"
#include "crm/entity.h"
#include "store/db.h"

enum memo_kind { MEMO_NOTE, MEMO_TASK };

struct memo {
	enum memo_kind kind;
	int64_t id;
	enum entity entity;
	int64_t record_id;
	const char *text; /* a note's body, a task's title */
	int64_t due_ms;   /* of a task; 0: any time */
	int64_t done_ms;  /* of a task; 0: not yet */
	int64_t user_id;  /* who wrote the note, whose task it is; 0: nobody */
	int64_t created_ms, updated_ms;
};
struct memos VEC_FIELDS(struct memo);

/*
 * Sets id and times, and the user of a note. ERR_INVALID with the field of the
 * API: the text is missing or too long, there is no such record or user.
 */
int memo_add(struct tx *tx, struct memo *memo, const struct actor *actor,
	     struct err *err);
/* `before` was read by memo_get in the same transaction. What changed is text,
 * times and the user of a task; *memo gets its new time. Errors: as memo_add.
 */
int memo_update(struct tx *tx, const struct memo *before, struct memo *memo,
		const struct actor *actor, struct err *err);
/* ERR_NOT_FOUND. */
int memo_remove(struct tx *tx, enum memo_kind kind, int64_t id,
		struct err *err);

/* Returns 0, or -1: ERR_NOT_FOUND. Locks the row in a transaction that writes.
 */
int memo_get(struct db *db, enum memo_kind kind, int64_t id,
	     struct arena *arena, struct memo *out, struct err *err);

/* Of one record, the newest first, with ids below before_id; 0: from the
 * newest. */
struct memo_filter {
	enum memo_kind kind;
	enum entity entity;
	int64_t record_id, before_id, limit;
};
int memo_list(struct db *db, const struct memo_filter *filter,
	      struct arena *arena, struct memos *out, struct err *err);
/* All of that kind on the record, whatever the page. */
int memo_count(struct db *db, const struct memo_filter *filter, int64_t *out,
	       struct err *err);

#endif
