#include "crm/import/import.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "crm/import/import_answers.h"
#include "crm/import/import_file.h"
#include "crm/import/import_mapping.h"
#include "crm/import/import_plan.h"
#include "crm/import/import_result.h"
#include "sql/import.h"

#include <inttypes.h>
#include <string.h>

/* --- start --- */

int import_sweep_begin(struct db *db, int64_t now_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job_new job = {
		.kind = IMPORT_SWEEP_JOB,
		.single_key = IMPORT_SWEEP_JOB,
	};
	int64_t id;
	int found = job_find_active(db, IMPORT_SWEEP_JOB, &id, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	if (tx_begin(db, &tx, err) < 0 ||
	    job_add(&tx, &job, now_ms, &id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int add_job(struct tx *tx, const char *kind, int64_t id, int64_t user_id,
		   int64_t now_ms, int64_t *job_id_out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	struct job_new job = {
		.kind = kind,
		.user_id = user_id,
	};

	strbuf_addf(&payload, "{\"import_id\":%" PRId64 "}", id);
	job.payload = payload.buf;
	return job_add(tx, &job, now_ms, job_id_out, err);
}

static int insert_run(struct tx *tx, const struct import_input *input,
		      const char *path, const char *options, int64_t now_ms,
		      int64_t *id_out, int64_t *job_id_out, struct err *err)
{
	if (db_find_int(
		    tx->db, SQL_IMPORT_ADD,
		    SQL_ARGS(sql_int(input->entity), sql_text(input->file_name),
			     sql_text(path), sql_text(options),
			     sql_id_or_null(input->user_id), sql_int(now_ms)),
		    id_out, err) < 0 ||
	    add_job(tx, IMPORT_JOB, *id_out, input->user_id, now_ms, job_id_out,
		    err) < 0)
		return -1;
	return db_exec(tx, SQL_IMPORT_SET_JOB,
		       SQL_ARGS(sql_int(*job_id_out), sql_int(*id_out)), err);
}

static int hand_over_questions(const struct import_input *input,
			       const struct strbuf *questions, struct err *err)
{
	if (!input->questions)
		return err_field(err, "consent",
				 "the file leaves questions open");
	strbuf_addslice(input->questions, strbuf_str(questions));
	return 0;
}

/* --- imports of the same file that wait for a word --- */

static void read_waiting(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct import_run *)out = (struct import_run){
		.id = rows_int(rows, 0),
		.job_id = rows_int(rows, 1),
		.path = rows_dup(rows, 2, arena),
	};
}

/*
 * Who sends a file again, with another answer or a word in advance, means this
 * import and not the one that still waits. *out: those that are over thereby.
 */
static int supersede_waiting(struct tx *tx, const struct import_input *input,
			     const char *path, int64_t id, int64_t now_ms,
			     struct arena *arena, struct import_runs *out,
			     struct err *err)
{
	CLEANUP(vec_release) struct import_runs waiting = VEC_INIT;
	const char *why = arena_printf(
		arena, "its file was imported again: import %" PRId64, id);

	if (input->dry_run)
		return 0;
	if (db_list(tx->db, SQL_IMPORT_WAITING,
		    SQL_ARGS(sql_int(input->entity), sql_int(id)), read_waiting,
		    arena, &waiting, err) < 0)
		return -1;
	vec_each (&waiting, run) {
		int ended;

		if (!import_file_is_same(input->folder, run->path, path))
			continue;
		ended = job_supersede(tx, run->job_id, why, now_ms, err);
		if (ended < 0)
			return -1;
		if (ended)
			vec_push(out, *run);
	}
	return 0;
}

/* What fails here is done by the sweep, minutes later. */
static void remove_files(struct db *db, const char *folder,
			 const struct import_runs *runs)
{
	struct err ignored = ERR_INIT;

	vec_each (runs, run)
		(void)import_remove_file(db, folder, run, &ignored);
}

/* A dry run changes nothing, the next import included. */
static int save_answers(struct tx *tx, const struct import_input *input,
			const char *header_name, const struct import_plan *plan,
			int64_t now_ms, struct arena *arena, struct err *err)
{
	const struct import_answers_source from = {
		.header_name = header_name,
		.entity = entity_name(input->entity),
		.file_name = input->file_name,
		.columns = &plan->columns,
		.given = input->answers,
	};

	return input->dry_run
		       ? 0
		       : import_answers_save(tx, &from, now_ms, arena, err);
}

int import_start(struct db *db, const struct import_input *input,
		 int64_t now_ms, int64_t *id_out, int64_t *job_id_out,
		 struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(import_plan_release) struct import_plan plan = { 0 };
	CLEANUP(csv_free) struct csv_reader *reader = NULL;
	CLEANUP(strbuf_release) struct strbuf options = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf questions = STRBUF_INIT;
	CLEANUP(json_free) json_t *mapping = NULL;
	CLEANUP(vec_release) struct import_runs over = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *header_name = NULL, *path = NULL;

	if (import_header_name(input, arena, &header_name, err) < 0 ||
	    import_mapping_find(db, input, header_name, arena, &mapping, err) <
		    0 ||
	    import_plan_begin(db, input, mapping, arena, &plan, &reader, err) <
		    0 ||
	    import_columns_check(&plan.columns, err) < 0 ||
	    import_plan_finish(db, input, header_name, mapping, now_ms, arena,
			       &plan, reader, &questions, err) < 0)
		return -1;
	if (questions.len > 0)
		return hand_over_questions(input, &questions, err);
	if (import_file_keep(input, arena, &path, err) < 0)
		return -1;
	import_plan_format(&plan, &options);
	if (tx_begin(db, &tx, err) < 0 ||
	    import_mapping_save(&tx, input, header_name, now_ms, err) < 0 ||
	    save_answers(&tx, input, header_name, &plan, now_ms, arena, err) <
		    0 ||
	    insert_run(&tx, input, path, options.buf, now_ms, id_out,
		       job_id_out, err) < 0 ||
	    supersede_waiting(&tx, input, path, *id_out, now_ms, arena, &over,
			      err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	remove_files(db, input->folder, &over);
	return 1;
}

/* --- reading --- */

static void read_run(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct import_run *)out = (struct import_run){
		.id = rows_int(rows, 0),
		.job_id = rows_int(rows, 1),
		.entity = (enum entity)rows_int(rows, 2),
		.file_name = rows_dup(rows, 3, arena),
		.path = rows_dup(rows, 4, arena),
		.options = rows_dup(rows, 5, arena),
		.created = rows_int(rows, 6),
		.updated = rows_int(rows, 7),
		.unchanged = rows_int(rows, 8),
		.refused = rows_int(rows, 9),
		.state = rows_dup(rows, 10, arena),
		.user_id = rows_int(rows, 11),
		.created_ms = rows_int(rows, 12),
		.finished_ms = rows_int(rows, 13),
		.job_state = (enum job_state)rows_int(rows, 14),
		.done = rows_int(rows, 15),
		.total = rows_int(rows, 16),
		.error = rows_dup(rows, 17, arena),
		.undo_job_id = rows_int(rows, 18),
		.repeated = rows_int(rows, 19),
		.refused_opted_out = rows_int(rows, 20),
		.unclear = rows_int(rows, 21),
		.unclear_decision = rows_dup(rows, 22, arena),
		.user_name = rows_dup(rows, 23, arena),
		.opted_out = rows_int(rows, 24),
		.opted_out_before = rows_int(rows, 25),
		.opt_outs_kept = rows_int(rows, 26),
		.keeps_opt_outs = rows_int(rows, 27) != 0,
		.left_open = rows_int(rows, 28),
		.sharing = rows_int(rows, 29),
		.opted_out_by_name = rows_int(rows, 30),
		.yes_unnoted = rows_int(rows, 31),
		.short_rows = rows_int(rows, 32),
	};
}

int import_get(struct db *db, int64_t id, struct arena *arena,
	       struct import_run *out, struct err *err)
{
	int found = db_get(db, SQL_IMPORT_FIND, SQL_ARGS(sql_int(id)), read_run,
			   arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no import %lld",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

int import_list(struct db *db, int64_t before, int64_t limit,
		struct arena *arena, struct import_runs *out, struct err *err)
{
	return db_list(
		db, SQL_IMPORT_LIST,
		SQL_ARGS(sql_int(before ? before : INT64_MAX), sql_int(limit)),
		read_run, arena, out, err);
}

int import_list_count(struct db *db, int64_t *out, struct err *err)
{
	return db_find_int(db, SQL_IMPORT_LIST_COUNT, SQL_NO_ARGS, out, err) < 0
		       ? -1
		       : 0;
}

/* The job may have failed or been canceled, which the row does not know. */
static const char *state_of(const struct import_run *run)
{
	if (strcmp(run->state, "queued") != 0 &&
	    strcmp(run->state, "running") != 0)
		return run->state;
	if (run->job_state == JOB_FAILED || run->job_state == JOB_CANCELED ||
	    run->job_state == JOB_NEEDS_CONFIRMATION)
		return job_state_name(run->job_state);
	return run->state;
}

static void format_undo(const struct import_run *run, int64_t opt_outs,
			struct json_writer *w)
{
	json_key_count(w, "opt_outs", opt_outs);
	json_key(w, "opt_outs_were_kept");
	if (strcmp(run->state, "undone") == 0)
		json_bool(w, run->keeps_opt_outs);
	else
		json_nothing(w);
	json_key_id(w, "undo_job_id", run->undo_job_id);
}

void import_format(const struct import_run *run, int64_t opt_outs,
		   struct strbuf *out)
{
	CLEANUP(json_free) json_t *options = NULL;
	struct json_writer w = JSON_WRITER(out);
	struct err damaged = ERR_INIT;

	if (import_options_read(run, &options, &damaged) < 0)
		options = json_object();
	json_begin_object(&w);
	json_key_int(&w, "id", run->id);
	json_key_int(&w, "job_id", run->job_id);
	json_key_text(&w, "entity", entity_name(run->entity));
	json_key_text(&w, "file_name", run->file_name);
	json_key_text(&w, "state", state_of(run));
	json_key_int(&w, "created", run->created);
	json_key_int(&w, "updated", run->updated);
	json_key_int(&w, "unchanged", run->unchanged);
	json_key_int(&w, "refused", run->refused);
	json_key_int(&w, "repeated", run->repeated);
	json_key_int(&w, "refused_opted_out", run->refused_opted_out);
	json_key_int(&w, "unclear_opt_outs", run->unclear);
	json_key_text(&w, "unclear_decision", run->unclear_decision);
	json_key_int(&w, "done", run->done);
	json_key_int(&w, "total", run->total);
	json_key(&w, "options");
	json_tree(&w, options);
	import_consent_format(run, options, &w);
	json_key_text(&w, "error", run->error);
	json_key_text(&w, "user_name", run->user_name);
	format_undo(run, opt_outs, &w);
	json_key_time(&w, "created_at", run->created_ms);
	json_key_time_or_null(&w, "finished_at", run->finished_ms);
	json_end_object(&w);
}

/* --- undo --- */

static int check_undo(const struct import_run *run, struct err *err)
{
	CLEANUP(json_free) json_t *options = NULL;
	const char *state = state_of(run);
	bool dry_run = false;

	if (import_options_read(run, &options, err) < 0 ||
	    json_get_bool(options, "dry_run", &dry_run, err) < 0)
		return -1;
	if (dry_run)
		return err_set(err, ERR_CONFLICT,
			       "a dry run has nothing to undo");
	if (strcmp(state, "undoing") == 0 || strcmp(state, "undone") == 0)
		return err_set(err, ERR_CONFLICT, "it is undone already");
	if (strcmp(state, "queued") == 0 || strcmp(state, "running") == 0 ||
	    strcmp(state, "needs_confirmation") == 0)
		return err_set(err, ERR_CONFLICT,
			       "the import is not finished yet");
	return 0;
}

bool import_is_undoable(const struct import_run *run)
{
	struct err why = ERR_INIT;

	return check_undo(run, &why) == 0;
}

int import_undo_start(struct db *db, int64_t id, bool keep_opt_outs,
		      int64_t user_id, int64_t now_ms, int64_t *job_id_out,
		      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct import_run run;

	if (tx_begin(db, &tx, err) < 0 ||
	    import_get(db, id, arena, &run, err) < 0 ||
	    check_undo(&run, err) < 0 ||
	    add_job(&tx, IMPORT_UNDO_JOB, id, user_id, now_ms, job_id_out,
		    err) < 0 ||
	    db_exec(&tx, SQL_IMPORT_UNDO_START,
		    SQL_ARGS(sql_int(*job_id_out), sql_int(keep_opt_outs),
			     sql_int(id)),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- unclear opt-outs --- */

int import_decide(struct db *db, int64_t id, bool opt_out, int64_t user_id,
		  int64_t now_ms, int64_t *job_id_out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct import_run run;
	int decided;

	if (tx_begin(db, &tx, err) < 0 ||
	    import_get(db, id, arena, &run, err) < 0)
		return -1;
	decided = db_exec(&tx, SQL_IMPORT_DECIDE,
			  SQL_ARGS(sql_text(opt_out ? "opt_out" : "release"),
				   sql_int(id)),
			  err);
	if (decided < 0)
		return -1;
	if (!decided)
		return err_set(err, ERR_CONFLICT,
			       "nothing of it waits for a decision");
	if (add_job(&tx, IMPORT_UNCLEAR_JOB, id, user_id, now_ms, job_id_out,
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}
