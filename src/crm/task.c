/* Tasks that hang on a record. Called by handlers; any thread. */
#include "base/arena.h"
#include "base/err.h"
#include "crm/note.h"
#include "crm/note_private.h"
#include "crm/user/user.h"
#include "sql/note.h"
#include "store/update.h"

#include <string.h>

#define TITLE_MAX 1000

static int none(int64_t id, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "there is no task %lld",
		       (long long)id);
}

static int check(struct db *db, const struct task *task, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct user user;

	if (!task->title || !*task->title)
		return err_field(err, "title", "a task needs a title");
	if (strlen(task->title) > TITLE_MAX)
		return err_field(err, "title", "longer than %d bytes",
				 TITLE_MAX);
	if (!task->user_id ||
	    user_get(db, task->user_id, arena, &user, err) == 0)
		return 0;
	return err->code == ERR_NOT_FOUND
		       ? err_field(err, "user_id", "no such user")
		       : -1;
}

int task_add(struct tx *tx, struct task *task, const struct actor *actor,
	     struct err *err)
{
	if (check(tx->db, task, err) < 0 ||
	    note_check_record(tx->db, task->entity, task->record_id, err) < 0)
		return -1;
	task->created_ms = task->updated_ms = actor->now_ms;
	return db_find_int(tx->db, SQL_TASK_ADD,
			   SQL_ARGS(sql_int(task->entity),
				    sql_int(task->record_id),
				    sql_text(task->title),
				    sql_id_or_null(task->due_ms),
				    sql_id_or_null(task->done_ms),
				    sql_id_or_null(task->user_id),
				    sql_int(task->created_ms),
				    sql_int(task->updated_ms)),
			   &task->id, err) < 0
		       ? -1
		       : 0;
}

int task_update(struct tx *tx, const struct task *before,
		const struct task *task, const struct actor *actor,
		struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("task");

	if (check(tx->db, task, err) < 0)
		return -1;
	update_text(&u, "title", before->title, task->title);
	update_id(&u, "due_ms", before->due_ms, task->due_ms);
	update_id(&u, "done_ms", before->done_ms, task->done_ms);
	update_id(&u, "user_id", before->user_id, task->user_id);
	update_stamp(&u, "updated_ms", actor->now_ms);
	return update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(task->id)), err) <
			       0
		       ? -1
		       : 0;
}

int task_remove(struct tx *tx, int64_t id, struct err *err)
{
	int removed = db_exec(tx, SQL_TASK_REMOVE, SQL_ARGS(sql_int(id)), err);

	if (removed == 0)
		return none(id, err);
	return removed < 0 ? -1 : 0;
}

static void read_row(const struct rows *rows, struct arena *arena,
		     struct task *t)
{
	*t = (struct task){
		.id = rows_int(rows, 0),
		.entity = (enum entity)rows_int(rows, 1),
		.record_id = rows_int(rows, 2),
		.title = rows_dup(rows, 3, arena),
		.due_ms = rows_int(rows, 4),
		.done_ms = rows_int(rows, 5),
		.user_id = rows_int(rows, 6),
		.created_ms = rows_int(rows, 7),
		.updated_ms = rows_int(rows, 8),
	};
}

int task_get(struct db *db, int64_t id, struct arena *arena, struct task *out,
	     struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, SQL_TASK_GET, SQL_ARGS(sql_int(id)), &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found < 0 ? -1 : none(id, err);
	read_row(rows, arena, out);
	return 0;
}

int task_list(struct db *db, enum entity entity, int64_t record_id,
	      int64_t before_id, int64_t limit, struct arena *arena,
	      struct tasks *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct task t;
	int more;

	if (db_query(db, SQL_TASK_LIST,
		     SQL_ARGS(sql_int(record_id), sql_int(entity),
			      sql_int(before_id ? before_id : INT64_MAX),
			      sql_int(limit)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		read_row(rows, arena, &t);
		vec_push(out, t);
	}
	return more;
}

int task_count(struct db *db, enum entity entity, int64_t record_id,
	       int64_t *out, struct err *err)
{
	return db_find_int(db, SQL_TASK_COUNT,
			   SQL_ARGS(sql_int(record_id), sql_int(entity)), out,
			   err);
}
