#include "crm/memo.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/user/user.h"
#include "sql/communication.h"
#include "sql/memo.h"
#include "store/update.h"

#include <string.h>

/* How the two differ. */
static const struct kind {
	const char *name;      /* and of the table */
	const char *text_name; /* in the API and of the column */
	const char *no_text;
	size_t text_max;
	const struct sql *get, *list, *count, *remove;
} kinds[] = {
	[MEMO_NOTE] = { "note", "body", "a note needs text", 100000,
			SQL_NOTE_GET, SQL_NOTE_LIST, SQL_NOTE_COUNT,
			SQL_NOTE_REMOVE },
	[MEMO_TASK] = { "task", "title", "a task needs a title", 1000,
			SQL_TASK_GET, SQL_TASK_LIST, SQL_TASK_COUNT,
			SQL_TASK_REMOVE },
};

/* --- writing --- */

static int check_record(struct db *db, const struct memo *memo, struct err *err)
{
	const struct sql *sql = memo->entity == ENTITY_PERSON
					? SQL_COMMUNICATION_PERSON_EXISTS
				: memo->entity == ENTITY_LEAD
					? SQL_COMMUNICATION_LEAD_EXISTS
					: SQL_COMMUNICATION_COMPANY_EXISTS;
	int64_t one;
	int found = db_find_int(db, sql, SQL_ARGS(sql_int(memo->record_id)),
				&one, err);

	if (found == 0)
		return err_field(err, "record_id", "%s has no %lld",
				 entity_name(memo->entity),
				 (long long)memo->record_id);
	return found < 0 ? -1 : 0;
}

static int check_user(struct db *db, int64_t user_id, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct user user;

	if (!user_id || user_get(db, user_id, arena, &user, err) == 0)
		return 0;
	return err->code == ERR_NOT_FOUND
		       ? err_field(err, "user_id", "no such user")
		       : -1;
}

static int check_written(struct db *db, const struct memo *memo,
			 struct err *err)
{
	const struct kind *kind = &kinds[memo->kind];

	if (utf8_is_blank(memo->text))
		return err_field(err, kind->text_name, "%s", kind->no_text);
	if (strlen(memo->text) > kind->text_max)
		return err_field(err, kind->text_name, "longer than %zu bytes",
				 kind->text_max);
	return memo->kind == MEMO_TASK ? check_user(db, memo->user_id, err) : 0;
}

int memo_add(struct tx *tx, struct memo *memo, const struct actor *actor,
	     struct err *err)
{
	bool is_task = memo->kind == MEMO_TASK;
	struct sql_value v[8];

	if (check_written(tx->db, memo, err) < 0 ||
	    check_record(tx->db, memo, err) < 0)
		return -1;
	if (!is_task)
		memo->user_id = actor->user_id;
	memo->created_ms = memo->updated_ms = actor->now_ms;
	v[0] = sql_int(memo->entity);
	v[1] = sql_int(memo->record_id);
	v[2] = sql_text(memo->text);
	v[3] = sql_id_or_null(memo->user_id);
	v[4] = sql_int(memo->created_ms);
	v[5] = sql_int(memo->updated_ms);
	v[6] = sql_id_or_null(memo->due_ms); /* of tasks */
	v[7] = sql_id_or_null(memo->done_ms);
	return db_find_int(tx->db, is_task ? SQL_TASK_ADD : SQL_NOTE_ADD,
			   (struct sql_args){ v, is_task ? 8 : 6 }, &memo->id,
			   err) < 0
		       ? -1
		       : 0;
}

int memo_update(struct tx *tx, const struct memo *before, struct memo *memo,
		const struct actor *actor, struct err *err)
{
	const struct kind *kind = &kinds[memo->kind];
	CLEANUP(update_release) struct update u = UPDATE_OF(kind->name);

	if (check_written(tx->db, memo, err) < 0)
		return -1;
	memo->updated_ms = actor->now_ms;
	update_text(&u, kind->text_name, before->text, memo->text);
	if (memo->kind == MEMO_TASK) {
		update_id(&u, "due_ms", before->due_ms, memo->due_ms);
		update_id(&u, "done_ms", before->done_ms, memo->done_ms);
		update_id(&u, "user_id", before->user_id, memo->user_id);
	}
	update_int(&u, "updated_ms", before->updated_ms, memo->updated_ms);
	return update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(memo->id)), err) <
			       0
		       ? -1
		       : 0;
}

static int no_memo(enum memo_kind kind, int64_t id, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "there is no %s %lld",
		       kinds[kind].name, (long long)id);
}

int memo_remove(struct tx *tx, enum memo_kind kind, int64_t id, struct err *err)
{
	int removed =
		db_exec(tx, kinds[kind].remove, SQL_ARGS(sql_int(id)), err);

	if (removed == 0)
		return no_memo(kind, id, err);
	return removed < 0 ? -1 : 0;
}

/* --- reading --- */

static void read_memo(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct memo *)out = (struct memo){
		.kind = (enum memo_kind)rows_int(rows, 0),
		.id = rows_int(rows, 1),
		.entity = (enum entity)rows_int(rows, 2),
		.record_id = rows_int(rows, 3),
		.text = rows_dup(rows, 4, arena),
		.due_ms = rows_int(rows, 5),
		.done_ms = rows_int(rows, 6),
		.user_id = rows_int(rows, 7),
		.created_ms = rows_int(rows, 8),
		.updated_ms = rows_int(rows, 9),
	};
}

int memo_get(struct db *db, enum memo_kind kind, int64_t id,
	     struct arena *arena, struct memo *out, struct err *err)
{
	int found = db_get(db, kinds[kind].get, SQL_ARGS(sql_int(id)),
			   read_memo, arena, out, err);

	if (found == 0)
		return no_memo(kind, id, err);
	return found < 0 ? -1 : 0;
}

int memo_list(struct db *db, const struct memo_filter *filter,
	      struct arena *arena, struct memos *out, struct err *err)
{
	int64_t before = filter->before_id ? filter->before_id : INT64_MAX;

	return db_list(db, kinds[filter->kind].list,
		       SQL_ARGS(sql_int(filter->record_id),
				sql_int(filter->entity), sql_int(before),
				sql_int(filter->limit)),
		       read_memo, arena, out, err);
}

int memo_count(struct db *db, const struct memo_filter *filter, int64_t *out,
	       struct err *err)
{
	return db_find_int(db, kinds[filter->kind].count,
			   SQL_ARGS(sql_int(filter->record_id),
				    sql_int(filter->entity)),
			   out, err) < 0
		       ? -1
		       : 0;
}
