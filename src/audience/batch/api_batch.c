#include "audience/batch/api_batch.h"

#include "audience/batch/api_operation.h"
#include "audience/must_exist.h"
#include "base/archive/deflate.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"
#include "jobs/runner.h"
#include "sql/api_batch.h"
#include "store/db.h"

#include <string.h>

#define HEX_DIGITS 10

static void read_batch(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct api_batch *)out = (struct api_batch){
		.id = rows_int(rows, 0),
		.hex = rows_dup(rows, 1, arena),
		.job_id = rows_int(rows, 2),
		.user_id = rows_int(rows, 3),
		.key_id = rows_int(rows, 4),
		.started_ms = rows_int(rows, 5),
		.completed_ms = rows_int(rows, 6),
		.submitted_ms = rows_int(rows, 7),
		.total = rows_int(rows, 8),
		.finished = rows_int(rows, 9),
		.errored = rows_int(rows, 10),
		.next_nr = rows_int(rows, 11),
		.next_offset = rows_int(rows, 12),
	};
}

const char *api_batch_status(const struct api_batch *b)
{
	if (b->completed_ms)
		return "finished";
	if (!b->started_ms)
		return "pending";
	if (b->finished == 0)
		return "preprocessing";
	return b->finished < b->total ? "started" : "finalizing";
}

/* --- reading --- */

static bool may_see(const struct api_batch_maker *maker,
		    const struct api_batch *b)
{
	if (maker->sees_all)
		return true;
	return b->user_id == maker->user_id &&
	       (b->user_id || b->key_id == maker->key_id);
}

static int get(struct db *db, const struct sql *sql, const char *hex,
	       const struct api_batch_maker *maker, struct arena *arena,
	       struct api_batch *out, struct err *err)
{
	struct api_batch batch;
	int found = db_get(db, sql, SQL_ARGS(sql_text(hex)), read_batch, arena,
			   &batch, err);

	if (found > 0 && !may_see(maker, &batch))
		found = 0;
	if (must_exist(found, err) < 0)
		return -1;
	*out = batch;
	return 0;
}

int api_batch_get(struct db *db, const char *hex,
		  const struct api_batch_maker *maker, struct arena *arena,
		  struct api_batch *out, struct err *err)
{
	return get(db, SQL_API_BATCH_GET, hex, maker, arena, out, err);
}

int api_batch_list(struct db *db, const struct api_batch_maker *maker,
		   int64_t count, int64_t offset, struct arena *arena,
		   struct api_batches *out, struct err *err)
{
	return db_list(db, SQL_API_BATCH_LIST,
		       SQL_ARGS(sql_int(maker->sees_all),
				sql_int(maker->user_id), sql_int(maker->key_id),
				sql_int(count), sql_int(offset)),
		       read_batch, arena, out, err);
}

int api_batch_count(struct db *db, const struct api_batch_maker *maker,
		    int64_t *out, struct err *err)
{
	return db_find_int(db, SQL_API_BATCH_COUNT,
			   SQL_ARGS(sql_int(maker->sees_all),
				    sql_int(maker->user_id),
				    sql_int(maker->key_id)),
			   out, err) < 0
		       ? -1
		       : 0;
}

/* --- adding --- */

static int check_room(struct db *db, struct err *err)
{
	int64_t open = 0;

	if (db_find_int(db, SQL_API_BATCH_COUNT_OPEN, SQL_NO_ARGS, &open, err) <
	    0)
		return -1;
	if (open >= API_BATCH_OPEN_MAX)
		return err_title(err, ERR_LIMIT, "Too Many Requests",
				 "You have exceeded the limit of %d pending "
				 "batch operations.",
				 API_BATCH_OPEN_MAX);
	return 0;
}

static int add_operations(struct tx *tx, int64_t batch_id,
			  const json_t *operations, struct arena *arena,
			  struct err *err)
{
	struct batch rows;
	struct api_operation op;
	const json_t *given;
	size_t i;

	batch_begin(tx, &rows);
	json_array_foreach (operations, i, given) {
		if (api_operation_read(given, i, arena, &op, err) < 0 ||
		    batch_add(&rows, SQL_API_BATCH_OPERATION_ADD,
			      SQL_ARGS(sql_int(batch_id), sql_int((int64_t)i),
				       sql_text(op.method), sql_text(op.path),
				       sql_text(op.query),
				       sql_text(op.operation_id),
				       sql_text(op.body)),
			      err) < 0)
			return -1;
	}
	return batch_end(&rows, err) < 0 ? -1 : 0;
}

static int find_operations(const json_t *body, const json_t **out,
			   struct err *err)
{
	if (json_get_array(body, "operations", out, err) < 0)
		return -1;
	if (!*out || json_array_size(*out) == 0)
		return err_field(err, "operations",
				 "This value should not be blank.");
	return 0;
}

static int add_job(struct tx *tx, int64_t id,
		   const struct api_batch_maker *maker, int64_t now_ms,
		   struct err *err)
{
	char payload[48];
	int64_t job_id;

	(void)snprintf(payload, sizeof(payload), "{\"batch_id\":%lld}",
		       (long long)id);
	if (job_add(tx,
		    &(struct job_new){ .kind = API_BATCH_JOB,
				       .payload = payload,
				       .user_id = maker->user_id },
		    now_ms, &job_id, err) < 0)
		return -1;
	return db_exec(tx, SQL_API_BATCH_SET_JOB,
		       SQL_ARGS(sql_int(job_id), sql_int(id)), err);
}

int api_batch_add(struct tx *tx, const json_t *body,
		  const struct api_batch_maker *maker, int64_t now_ms,
		  struct arena *arena, struct api_batch *out, struct err *err)
{
	const json_t *operations = NULL;
	char hex[HEX_DIGITS + 1];
	int64_t id = 0;

	random_hex(hex, HEX_DIGITS);
	if (find_operations(body, &operations, err) < 0 ||
	    check_room(tx->db, err) < 0 ||
	    db_find_int(tx->db, SQL_API_BATCH_ADD,
			SQL_ARGS(sql_text(hex), sql_int(maker->user_id),
				 sql_int(maker->key_id), sql_int(now_ms),
				 sql_int((int64_t)json_array_size(operations))),
			&id, err) < 0 ||
	    add_operations(tx, id, operations, arena, err) < 0 ||
	    add_job(tx, id, maker, now_ms, err) < 0)
		return -1;
	return get(tx->db, SQL_API_BATCH_GET, hex, maker, arena, out, err);
}

/* --- removing --- */

static int remove_rows(struct tx *tx, int64_t id, struct err *err)
{
	struct sql_args args = SQL_ARGS(sql_int(id));

	if (db_exec(tx, SQL_API_BATCH_OPERATION_REMOVE, args, err) < 0 ||
	    db_exec(tx, SQL_API_BATCH_ANSWER_REMOVE, args, err) < 0 ||
	    db_exec(tx, SQL_API_BATCH_REMOVE, args, err) < 0)
		return -1;
	return 0;
}

/* A job that has ended, or was forgotten, is fine. */
static int cancel_job(struct tx *tx, int64_t job_id, int64_t now_ms,
		      struct err *err)
{
	struct err why = ERR_INIT;

	if (job_cancel(tx, job_id, NULL, now_ms, &why) == 0 ||
	    why.code == ERR_NOT_FOUND || why.code == ERR_CONFLICT)
		return 0;
	*err = why;
	return -1;
}

int api_batch_remove(struct tx *tx, const char *hex,
		     const struct api_batch_maker *maker, int64_t now_ms,
		     struct arena *arena, struct err *err)
{
	struct api_batch batch;

	/* the job first, as its notes do: so they wait for each other there */
	if (get(tx->db, SQL_API_BATCH_GET, hex, maker, arena, &batch, err) <
		    0 ||
	    cancel_job(tx, batch.job_id, now_ms, err) < 0)
		return -1;
	return remove_rows(tx, batch.id, err);
}

int api_batch_forget(struct db *db, int64_t now_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id, before_ms = now_ms - API_BATCH_KEPT_MS;
	int found = db_find_int(
		db, SQL_API_BATCH_OLD,
		SQL_ARGS(sql_int(before_ms), sql_int(before_ms)), &id, err);

	if (found <= 0)
		return found;
	if (tx_begin(db, &tx, err) < 0 || remove_rows(&tx, id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

/* --- the job's --- */

int api_batch_of_job(struct db *db, const char *payload, struct arena *arena,
		     struct api_batch *out, struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;
	int64_t id = 0;

	if (json_parse(str_of(payload), &tree, err) < 0 ||
	    json_get_int(tree, "batch_id", &id, err) < 0)
		return -1;
	return db_get(db, SQL_API_BATCH_OF_ID, SQL_ARGS(sql_int(id)),
		      read_batch, arena, out, err);
}

int api_batch_start(struct db *db, struct api_batch *batch, int64_t now_ms,
		    struct err *err)
{
	if (batch->started_ms)
		return 0;
	batch->started_ms = now_ms;
	return db_write(db, SQL_API_BATCH_START,
			SQL_ARGS(sql_int(now_ms), sql_int(batch->id)), err);
}

static void read_operation(const struct rows *rows, struct arena *arena,
			   void *out)
{
	*(struct api_operation *)out = (struct api_operation){
		.nr = rows_int(rows, 0),
		.method = rows_dup(rows, 1, arena),
		.path = rows_dup(rows, 2, arena),
		.query = rows_dup(rows, 3, arena),
		.operation_id = rows_dup(rows, 4, arena),
		.body = rows_dup(rows, 5, arena),
	};
}

int api_batch_next(struct db *db, const struct api_batch *batch,
		   struct arena *arena, struct api_operation *out,
		   struct err *err)
{
	return db_get(db, SQL_API_BATCH_OPERATION_NEXT,
		      SQL_ARGS(sql_int(batch->id), sql_int(batch->next_nr)),
		      read_operation, arena, out, err);
}

static int add_answer(struct tx *tx, const struct api_batch *batch,
		      struct str answers, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (answers.len == 0)
		return 0;
	deflate_all(answers, &packed);
	base64_encode(strbuf_str(&packed), &text);
	/* its number: how many were answered before it is behind it */
	return db_exec(tx, SQL_API_BATCH_ANSWER_ADD,
		       SQL_ARGS(sql_int(batch->id), sql_int(batch->finished),
				sql_int((int64_t)answers.len),
				sql_str(strbuf_str(&text))),
		       err);
}

int api_batch_note(struct job_run *run, const struct api_batch *batch,
		   struct str answers, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	/* a lost machine may repeat what it had not synced, a process does not
	 */
	if (tx_begin_unsynced(run->db, &tx, err) < 0 ||
	    job_progress(run, &tx, batch->finished, batch->total, NULL, err) <
		    0 ||
	    db_exec(&tx, SQL_API_BATCH_NOTE,
		    SQL_ARGS(sql_int(batch->total), sql_int(batch->finished),
			     sql_int(batch->errored), sql_int(batch->next_nr),
			     sql_int(batch->next_offset), sql_int(batch->id)),
		    err) < 0 ||
	    add_answer(&tx, batch, answers, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int api_batch_complete(struct tx *tx, struct api_batch *batch, int64_t now_ms,
		       struct err *err)
{
	int changed =
		db_exec(tx, SQL_API_BATCH_COMPLETE,
			SQL_ARGS(sql_int(now_ms), sql_int(batch->id)), err);

	if (changed <= 0)
		return changed;
	batch->completed_ms = now_ms;
	return db_exec(tx, SQL_API_BATCH_OPERATION_REMOVE,
		       SQL_ARGS(sql_int(batch->id)), err) < 0
		       ? -1
		       : 1;
}
