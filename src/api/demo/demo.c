#include "api/demo/demo.h"

#include "api/demo/demo_private.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "bridge/bridge.h"
#include "store/store.h"

#include "sql/demo.h"
#include "sql/demo_audience.h"
#include "sql/store.h"

#include <string.h>

#define KEY "demo" /* of both jobs */
#define AGAIN_MS 200
#define SETTLE_MS (15 * MS_SECOND)

/* --- what was made --- */

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct demo_row *)out = (struct demo_row){
		.n = rows_int(rows, 0),
		.record_id = rows_int(rows, 1),
		.name = rows_dup(rows, 2, arena),
	};
}

int demo_rows_list(struct demo *d, const char *kind, struct demo_rows *out,
		   struct err *err)
{
	return db_list(d->db, SQL_DEMO_LIST, SQL_ARGS(sql_text(kind)), read_row,
		       d->arena, out, err);
}

int demo_row_find(struct demo *d, const char *kind, struct demo_row *out,
		  struct err *err)
{
	return db_get(d->db, SQL_DEMO_LIST, SQL_ARGS(sql_text(kind)), read_row,
		      d->arena, out, err);
}

int demo_row_add(struct tx *tx, const char *kind, int64_t n, int64_t record_id,
		 const char *name, struct err *err)
{
	return db_exec(tx, SQL_DEMO_ADD,
		       SQL_ARGS(sql_text(kind), sql_int(n), sql_int(record_id),
				sql_text(name)),
		       err) < 0
		       ? -1
		       : 0;
}

static void read_figures(const struct rows *rows, struct arena *arena,
			 void *out)
{
	(void)arena;
	*(struct demo_figures *)out = (struct demo_figures){
		.present = rows_int(rows, 0) > 0,
		.people = rows_int(rows, 1),
		.campaigns = rows_int(rows, 2),
	};
}

int demo_figures(struct db *db, struct demo_figures *out, struct err *err)
{
	if (db_get(db, SQL_DEMO_FIGURES, SQL_NO_ARGS, read_figures, NULL, out,
		   err) < 0 ||
	    job_find_active(db, KEY, &out->job_id, err) < 0)
		return -1;
	return 0;
}

struct actor demo_actor(const struct demo *d, int64_t at_ms)
{
	return (struct actor){ .user_id = d->run->job->user_id,
			       .name = DEMO_JOB,
			       .now_ms = at_ms };
}

/* --- whose addresses they are --- */

static int list_hashes(struct db *db, char (*hashes)[MD5_HEX + 1], size_t n,
		       struct arena *arena, struct texts *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&json);

	json_begin_array(&w);
	for (size_t i = 0; i < n; i++)
		json_text(&w, hashes[i]);
	json_end_array(&w);
	return db_list_texts(db, SQL_DEMO_ADDRESSES_OF,
			     SQL_ARGS(sql_text(json.buf)), arena, out, err);
}

static bool has_text(const struct texts *all, const char *text)
{
	vec_each (all, one) {
		if (strcmp(*one, text) == 0)
			return true;
	}
	return false;
}

int demo_find_addresses(struct db *db, const char *const *addresses, size_t n,
			bool *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct texts found = VEC_INIT;
	char(*hashes)[MD5_HEX + 1] = arena_alloc(arena, n * sizeof(*hashes));
	int64_t one;
	int any =
		db_find_int(db, SQL_DEMO_HAS_ADDRESSES, SQL_NO_ARGS, &one, err);

	if (any <= 0)
		return any;
	for (size_t i = 0; i < n; i++)
		email_hash(addresses[i], hashes[i]);
	if (list_hashes(db, hashes, n, arena, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		out[i] = has_text(&found, hashes[i]);
	return 0;
}

/* --- asking --- */

static int is_of_kind(struct db *db, int64_t job_id, const char *kind,
		      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct job job;

	if (job_get(db, job_id, arena, &job, err) < 0)
		return -1;
	if (strcmp(job.kind, kind) == 0)
		return 0;
	return err_set(err, ERR_CONFLICT,
		       strcmp(job.kind, DEMO_JOB) == 0
			       ? "the demo data is being made by job %lld: "
				 "wait for its end, or cancel it"
			       : "the demo data is being removed by job %lld: "
				 "wait for its end",
		       (long long)job_id);
}

/* Who asks at the same time waits, and finds the job of the first. */
static int lock(struct tx *tx, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *text;

	if (setting_ensure(tx, KEY, "", arena, &text, err) < 0)
		return -1;
	return db_find_text(tx->db, SQL_SETTING_LOCK, SQL_ARGS(sql_text(KEY)),
			    arena, &text, err);
}

int demo_ask(struct tx *tx, const struct bridge *bridge, const char *kind,
	     int64_t user_id, int64_t now_ms, int64_t *job_out, struct err *err)
{
	struct job_new job = { .kind = kind,
			       .user_id = user_id,
			       .single_key = KEY };
	int found;

	if (strcmp(kind, DEMO_JOB) == 0 && !bridge_is_inside(bridge))
		return err_set(err, ERR_CONFLICT,
			       "the CRM drives an account of the Marketing API "
			       "elsewhere: demo people would be added to it");
	if (lock(tx, err) < 0)
		return -1;
	found = job_find_active(tx->db, KEY, job_out, err);
	if (found < 0 ||
	    (found == 0 && job_add(tx, &job, now_ms, job_out, err) < 0))
		return -1;
	return is_of_kind(tx->db, *job_out, kind, err);
}

/* --- waiting for the bridge --- */

/* Is the bridge at work on what happened lately? 1, 0, -1. */
static int is_unsettled(struct demo *d, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	int64_t one;
	int busy = db_find_int(d->db, SQL_DEMO_BRIDGE_BUSY,
			       SQL_ARGS(sql_int(d->now_ms)), &one, err);

	if (busy != 0)
		return busy;
	if (store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	return db_find_int(audience, SQL_DEMO_WEBHOOKS_BUSY,
			   SQL_ARGS(sql_int(d->now_ms)), &one, err);
}

/* Since when is waited, in the job's state. */
static int waits_since(struct demo *d, int64_t *out, struct err *err)
{
	CLEANUP(json_free) json_t *state = NULL;

	*out = 0;
	if (d->run->job->state_json &&
	    (json_parse(str_of(d->run->job->state_json), &state, err) < 0 ||
	     json_get_int(state, "waits_since", out, err) < 0))
		return -1;
	if (*out)
		return 0;
	*out = d->now_ms;
	return job_progress(d->run, NULL, d->run->job->done, d->run->job->total,
			    arena_printf(d->arena, "{\"waits_since\":%lld}",
					 (long long)d->now_ms),
			    err);
}

int demo_settle(struct demo *d, struct err *err)
{
	int64_t since_ms;
	int busy = is_unsettled(d, err);

	if (busy <= 0)
		return busy < 0 ? -1 : 1;
	if (waits_since(d, &since_ms, err) < 0)
		return -1;
	return d->now_ms - since_ms > SETTLE_MS;
}

/* --- the jobs --- */

/* With it, what was said until then: its people's opt-outs, of which the bridge
 * may have heard before the campaigns were there to name. */
static int mark_made(struct demo *d, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t said = 0;

	if (tx_begin(d->db, &tx, err) < 0 ||
	    db_find_int(d->db, SQL_DEMO_LAST_CONSENT, SQL_NO_ARGS, &said, err) <
		    0 ||
	    demo_row_add(&tx, "made", 0, said, NULL, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

static demo_step *const making[] = {
	demo_make_tag,     demo_make_companies,      demo_make_people,
	demo_make_leads,   demo_make_communications, demo_make_group,
	demo_push_group,   demo_note_members,        demo_send_campaigns,
	demo_write_events, demo_await_log,           demo_record_campaigns,
	demo_await_pull,   demo_date_back,           demo_settle,
	mark_made,
};

/* The campaigns before the people, so that no ledger names them any more; the
 * members before the people, so that the bridge has nothing to do for them. */
static demo_step *const removing[] = {
	demo_note_converted, demo_stop_pull,
	demo_drop_engine,    demo_drop_events,
	demo_drop_campaigns, demo_drop_members,
	demo_drop_group,     demo_drop_communications,
	demo_drop_records,   demo_drop_tag,
	demo_settle,         demo_drop_rest,
};

static int run_steps(struct demo *d, demo_step *const *steps, size_t n,
		     struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		int done;

		if (job_progress(d->run, NULL, (int64_t)i, (int64_t)n, NULL,
				 err) < 0)
			return -1;
		done = steps[i](d, err);
		if (done < 0)
			return -1;
		if (done == 0 || job_is_stopping(d->run))
			return job_again(d->run, clock_now_ms() + AGAIN_MS);
	}
	return job_progress(d->run, NULL, (int64_t)n, (int64_t)n, NULL, err);
}

static int write_result(struct demo *d, struct err *err)
{
	struct json_writer w = JSON_WRITER(d->run->result);
	struct demo_figures now;

	if (demo_figures(d->db, &now, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_bool(&w, "present", now.present);
	json_key_int(&w, "people", now.people);
	json_key_int(&w, "campaigns", now.campaigns);
	if (d->kept > 0)
		json_key_int(&w, "kept", d->kept);
	json_end_object(&w);
	return 0;
}

static struct demo demo_of(struct job_run *run)
{
	return (struct demo){ .run = run,
			      .db = run->db,
			      .arena = run->arena,
			      .now_ms = clock_now_ms() };
}

static int make_job(struct job_run *run, struct err *err)
{
	struct demo d = demo_of(run);
	struct demo_row row;
	int ret = demo_row_find(&d, "made", &row, err);

	if (ret == 0)
		ret = run_steps(&d, making, ARRAY_SIZE(making), err);
	else if (ret > 0)
		ret = 0;
	return ret != 0 ? ret : write_result(&d, err);
}

static int remove_job(struct job_run *run, struct err *err)
{
	struct demo d = demo_of(run);
	int ret = run_steps(&d, removing, ARRAY_SIZE(removing), err);

	return ret != 0 ? ret : write_result(&d, err);
}

size_t demo_job_kinds(struct job_kind *out, size_t max)
{
	BUG_ON(max < 2);
	out[0] = (struct job_kind){ .name = DEMO_JOB, .fn = make_job };
	out[1] = (struct job_kind){ .name = DEMO_REMOVE_JOB, .fn = remove_job };
	return 2;
}
