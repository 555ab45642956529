/*
 * crm/note.h - notes and tasks on a record
 *
 * A note is text; a task is something to do, by a time and by a user. Both
 * belong to one company, person or lead and go with it.
 */
#ifndef CRM_NOTE_H
#define CRM_NOTE_H

#include "base/vec.h"
#include "crm/actor.h"
#include "crm/entity.h"
#include "store/db.h"

struct note {
	int64_t id;
	enum entity entity;
	int64_t record_id;
	const char *body;
	int64_t user_id;
	int64_t created_ms, updated_ms;
};
struct notes VEC_FIELDS(struct note);

/* Sets id and times. ERR_INVALID with the field. */
int note_add(struct tx *tx, struct note *note, const struct actor *actor,
	     struct err *err);
int note_update(struct tx *tx, const struct note *note,
		const struct actor *actor, struct err *err);
int note_remove(struct tx *tx, int64_t id, struct err *err);
int note_get(struct db *db, int64_t id, struct arena *arena, struct note *out,
	     struct err *err);
/* Newest first; before_id 0: from the newest; */
int note_list(struct db *db, enum entity entity, int64_t record_id,
	      int64_t before_id, int64_t limit, struct arena *arena,
	      struct notes *out, struct err *err);
int note_count(struct db *db, enum entity entity, int64_t record_id,
	       int64_t *out, struct err *err);

struct task {
	int64_t id;
	enum entity entity;
	int64_t record_id;
	const char *title;
	int64_t due_ms;  /* 0: any time */
	int64_t done_ms; /* 0: not yet */
	int64_t user_id; /* whose; 0: nobody's */
	int64_t created_ms, updated_ms;
};
struct tasks VEC_FIELDS(struct task);

int task_add(struct tx *tx, struct task *task, const struct actor *actor,
	     struct err *err);
int task_update(struct tx *tx, const struct task *before,
		const struct task *task, const struct actor *actor,
		struct err *err);
int task_remove(struct tx *tx, int64_t id, struct err *err);
int task_get(struct db *db, int64_t id, struct arena *arena, struct task *out,
	     struct err *err);
int task_list(struct db *db, enum entity entity, int64_t record_id,
	      int64_t before_id, int64_t limit, struct arena *arena,
	      struct tasks *out, struct err *err);
int task_count(struct db *db, enum entity entity, int64_t record_id,
	       int64_t *out, struct err *err);

#endif
