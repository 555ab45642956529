#include "audience/batch/account_export.h"

#include "audience/must_exist.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "jobs/runner.h"
#include "sql/account_export.h"
#include "store/db.h"

#include <string.h>

static const char *const stage_names[] = { "audiences", "campaigns",
					   "events",    "gallery_files",
					   "reports",   "templates" };

/* --- stages --- */

static bool add_stage(const char *name, unsigned *stages)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(stage_names); i++) {
		if (strcmp(name, stage_names[i]) != 0)
			continue;
		*stages |= 1u << i;
		return true;
	}
	return false;
}

static int read_stages(const json_t *body, unsigned *out, struct err *err)
{
	const json_t *given = NULL, *name;
	size_t i;

	if (json_get_array(body, "include_stages", &given, err) < 0)
		return -1;
	if (!given || json_array_size(given) == 0)
		return err_field(err, "include_stages",
				 "This value should not be blank.");
	*out = 0;
	json_array_foreach (given, i, name)
		if (!add_stage(json_string_value(name), out))
			return err_field(err, "include_stages",
					 "may hold audiences, campaigns, "
					 "events, gallery_files, reports and "
					 "templates");
	return 0;
}

static int read_since(const json_t *body, int64_t *out, struct err *err)
{
	const char *text = "";

	if (json_get_text(body, "since_timestamp", &text, err) < 0)
		return -1;
	if (*text && (!time_parse_iso(text, out) || *out < 0))
		return err_field(err, "since_timestamp",
				 "should be a date and time in ISO 8601");
	return 0;
}

/* --- reading --- */

static void read_export(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(struct account_export *)out = (struct account_export){
		.id = rows_int(rows, 0),
		.job_id = rows_int(rows, 1),
		.stages = (unsigned)rows_int(rows, 2),
		.since_ms = rows_int(rows, 3),
		.is_open = rows_int(rows, 4) != 0,
		.started_ms = rows_int(rows, 5),
		.finished_ms = rows_int(rows, 6),
		.size_bytes = rows_int(rows, 7),
	};
}

int account_export_get(struct db *db, int64_t id, struct account_export *out,
		       struct err *err)
{
	return must_exist(db_get(db, SQL_ACCOUNT_EXPORT_GET,
				 SQL_ARGS(sql_int(id)), read_export, NULL, out,
				 err),
			  err);
}

int account_export_list(struct db *db, int64_t count, int64_t offset,
			struct account_exports *out, int64_t *total_out,
			struct err *err)
{
	if (db_list(db, SQL_ACCOUNT_EXPORT_LIST,
		    SQL_ARGS(sql_int(count), sql_int(offset)), read_export,
		    NULL, out, err) < 0)
		return -1;
	return db_find_int(db, SQL_ACCOUNT_EXPORT_COUNT, SQL_NO_ARGS, total_out,
			   err) < 0
		       ? -1
		       : 0;
}

int account_export_read(struct db *db, int64_t id, int64_t nr,
			struct strbuf *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, SQL_ACCOUNT_EXPORT_PIECE_GET,
		     SQL_ARGS(sql_int(id), sql_int(nr)), &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found > 0 && !base64_decode(rows_str(rows, 0), out))
		return err_set(err, ERR_BUG, "a piece is damaged");
	return found;
}

/* --- adding and removing --- */

static int remove_rows(struct tx *tx, int64_t id, struct err *err)
{
	struct sql_args args = SQL_ARGS(sql_int(id));

	if (db_exec(tx, SQL_ACCOUNT_EXPORT_PIECE_REMOVE, args, err) < 0 ||
	    db_exec(tx, SQL_ACCOUNT_EXPORT_REMOVE, args, err) < 0)
		return -1;
	return 0;
}

/* Its job failed for good, or was forgotten: nobody makes it. 1, 0, -1. */
static int is_dead(struct db *db, const struct account_export *e,
		   struct arena *arena, struct err *err)
{
	struct err why = ERR_INIT;
	struct job job;

	if (job_get(db, e->job_id, arena, &job, &why) == 0)
		return job.state == JOB_FAILED || job.state == JOB_CANCELED ||
		       job.state == JOB_DONE;
	if (why.code == ERR_NOT_FOUND)
		return 1;
	*err = why;
	return -1;
}

static int in_progress(struct err *err)
{
	return err_title(err, ERR_CONFLICT, "Account Export in Progress",
			 "An account export is being made. Wait until it is "
			 "finished.");
}

static int check_last(struct tx *tx, int64_t now_ms, struct arena *arena,
		      struct err *err)
{
	struct account_export last;
	int found = db_get(tx->db, SQL_ACCOUNT_EXPORT_LAST, SQL_NO_ARGS,
			   read_export, NULL, &last, err);
	int dead;

	if (found <= 0)
		return found;
	if (last.is_open) {
		dead = is_dead(tx->db, &last, arena, err);
		if (dead < 0)
			return -1;
		return dead ? remove_rows(tx, last.id, err) : in_progress(err);
	}
	if (last.started_ms > now_ms - MS_DAY)
		return err_title(err, ERR_CONFLICT, "Too Many Account Exports",
				 "There can be one account export in 24 "
				 "hours.");
	return 0;
}

static int add_job(struct tx *tx, int64_t id,
		   const struct api_batch_maker *maker, int64_t now_ms,
		   struct err *err)
{
	char payload[48];
	int64_t job_id;

	(void)snprintf(payload, sizeof(payload), "{\"export_id\":%lld}",
		       (long long)id);
	if (job_add(tx,
		    &(struct job_new){ .kind = ACCOUNT_EXPORT_JOB,
				       .payload = payload,
				       .user_id = maker->user_id },
		    now_ms, &job_id, err) < 0)
		return -1;
	return db_exec(tx, SQL_ACCOUNT_EXPORT_SET_JOB,
		       SQL_ARGS(sql_int(job_id), sql_int(id)), err);
}

int account_export_add(struct tx *tx, const json_t *body,
		       const struct api_batch_maker *maker, int64_t now_ms,
		       struct arena *arena, struct account_export *out,
		       struct err *err)
{
	unsigned stages = 0;
	int64_t since_ms = 0, id = 0;

	if (read_stages(body, &stages, err) < 0 ||
	    read_since(body, &since_ms, err) < 0 ||
	    check_last(tx, now_ms, arena, err) < 0)
		return -1;
	if (db_find_int(tx->db, SQL_ACCOUNT_EXPORT_ADD,
			SQL_ARGS(sql_int(maker->user_id),
				 sql_int(maker->key_id), sql_int(stages),
				 sql_id_or_null(since_ms), sql_int(now_ms)),
			&id, err) < 0)
		/* somebody else was first */
		return err->code == ERR_CONFLICT ? in_progress(err) : -1;
	if (add_job(tx, id, maker, now_ms, err) < 0)
		return -1;
	return account_export_get(tx->db, id, out, err);
}

int account_export_empty(struct db *db, int64_t id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct sql_args args = SQL_ARGS(sql_int(id));

	if (tx_begin(db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_ACCOUNT_EXPORT_PIECE_REMOVE, args, err) < 0 ||
	    db_exec(&tx, SQL_ACCOUNT_EXPORT_EMPTY, args, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int account_export_forget(struct db *db, int64_t now_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id;
	int found = db_find_int(db, SQL_ACCOUNT_EXPORT_OLD,
				SQL_ARGS(sql_int(now_ms - API_BATCH_KEPT_MS)),
				&id, err);

	if (found <= 0)
		return found;
	if (tx_begin(db, &tx, err) < 0 || remove_rows(&tx, id, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

/* --- the job's --- */

int account_export_begin(struct job_run *run, struct account_export *out,
			 struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;
	int64_t id = 0;
	int found;

	if (json_parse(str_of(run->job->payload), &tree, err) < 0 ||
	    json_get_int(tree, "export_id", &id, err) < 0)
		return -1;
	found = db_get(run->db, SQL_ACCOUNT_EXPORT_GET, SQL_ARGS(sql_int(id)),
		       read_export, NULL, out, err);
	if (found <= 0 || !out->is_open)
		return found < 0 ? -1 : 0;
	return db_write(run->db, SQL_ACCOUNT_EXPORT_PIECE_REMOVE,
			SQL_ARGS(sql_int(id)), err) < 0
		       ? -1
		       : 1;
}

int account_export_write(struct job_run *run, int64_t id, int64_t nr,
			 struct str piece, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	base64_encode(piece, &text);
	if (tx_begin(run->db, &tx, err) < 0 ||
	    job_progress(run, &tx, nr + 1, 0, NULL, err) < 0 ||
	    db_exec(&tx, SQL_ACCOUNT_EXPORT_PIECE_ADD,
		    SQL_ARGS(sql_int(id), sql_int(nr),
			     sql_str(strbuf_str(&text))),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int account_export_finish(struct job_run *run, int64_t id, int64_t size_bytes,
			  int64_t now_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(run->db, &tx, err) < 0 ||
	    job_progress(run, &tx, run->job->done, run->job->done, NULL, err) <
		    0 ||
	    db_exec(&tx, SQL_ACCOUNT_EXPORT_FINISH,
		    SQL_ARGS(sql_int(now_ms), sql_int(size_bytes), sql_int(id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}
