#include "crm/browse/bulk_state.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "sql/bulk.h"

#define TELL_MOST 100
#define CLEAR_PAGE 2000

void bulk_state_release(struct bulk_state *state)
{
	vec_release(&state->told);
}

static void write_tally(const struct bulk_state *s, const struct bulk_tally *t,
			struct json_writer *out)
{
	json_key_int(out, "changed", t->changed);
	json_key_int(out, "unchanged", t->unchanged);
	json_key_begin_array(out, "refused");
	vec_each (&s->told, r) {
		json_begin_object(out);
		json_key_int(out, "id", r->id);
		json_key_text(out, "why", r->why);
		json_end_object(out);
	}
	json_end_array(out);
	json_key_int(out, "refused_count", t->refused);
}

int bulk_state_save(struct job_run *run, struct tx *tx,
		    const struct bulk_state *state, const struct bulk_tally *t,
		    struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer out = JSON_WRITER(&text);

	json_begin_object(&out);
	json_key_bool(&out, "settled", state->settled);
	json_key_int(&out, "after", state->after);
	json_key_int(&out, "total", state->total);
	write_tally(state, t, &out);
	json_end_object(&out);
	return job_progress(run, tx, t->changed + t->unchanged + t->refused,
			    state->settled ? state->total : 0, text.buf, err);
}

static int read_refusals(struct job_run *run, const json_t *list,
			 struct bulk_state *out, struct err *err)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		struct bulk_refusal r = { 0 };

		if (json_get_int(item, "id", &r.id, err) < 0 ||
		    json_get_text(item, "why", &r.why, err) < 0)
			return -1;
		r.why = arena_strdup(run->arena, r.why);
		vec_push(&out->told, r);
	}
	return 0;
}

int bulk_state_read(struct job_run *run, struct bulk_state *out,
		    struct err *err)
{
	CLEANUP(json_free) json_t *state = NULL;
	const json_t *refused = NULL;

	if (!run->job->state_json)
		return 0;
	if (json_parse(str_of(run->job->state_json), &state, err) < 0 ||
	    json_get_bool(state, "settled", &out->settled, err) < 0 ||
	    json_get_int(state, "after", &out->after, err) < 0 ||
	    json_get_int(state, "total", &out->total, err) < 0 ||
	    json_get_int(state, "changed", &out->tally.changed, err) < 0 ||
	    json_get_int(state, "unchanged", &out->tally.unchanged, err) < 0 ||
	    json_get_int(state, "refused_count", &out->tally.refused, err) <
		    0 ||
	    json_get_array(state, "refused", &refused, err) < 0)
		return -1;
	return read_refusals(run, refused, out, err);
}

void bulk_state_tell(struct job_run *run, struct bulk_state *state, int64_t id,
		     const char *why)
{
	if (state->told.n < TELL_MOST)
		vec_push(&state->told,
			 ((struct bulk_refusal){
				 id, arena_strdup(run->arena, why) }));
}

void bulk_state_result(struct job_run *run, const struct bulk_state *state)
{
	struct json_writer out = JSON_WRITER(run->result);

	json_begin_object(&out);
	write_tally(state, &state->tally, &out);
	json_end_object(&out);
}

/* --- the set --- */

static int add_to_set(struct tx *tx, int64_t job_id, const struct ids *ids,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_exec(tx, SQL_BULK_ADD,
		       SQL_ARGS(sql_int(job_id), sql_keys(ids, &keys)), err) < 0
		       ? -1
		       : 0;
}

static int end_set(struct tx *tx, int64_t job_id, const char *payload,
		   struct err *err)
{
	return db_exec(tx, SQL_BULK_SETTLED,
		       SQL_ARGS(sql_text(payload), sql_int(job_id)), err) < 0
		       ? -1
		       : 0;
}

int bulk_settle(struct job_run *run, struct bulk_state *state,
		const struct ids *page, const char *payload, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(run->db, &tx, err) < 0 ||
	    add_to_set(&tx, run->job->id, page, err) < 0)
		return -1;
	if (page->n > 0)
		state->after = page->v[page->n - 1];
	state->total += (int64_t)page->n;
	state->settled = payload != NULL;
	if ((payload && end_set(&tx, run->job->id, payload, err) < 0) ||
	    bulk_state_save(run, &tx, state, &state->tally, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int bulk_set_next(struct db *db, int64_t job_id, int64_t count, struct ids *out,
		  struct err *err)
{
	return db_list_ids(db, SQL_BULK_NEXT,
			   SQL_ARGS(sql_int(job_id), sql_int(count)), out, err);
}

int bulk_set_done(struct tx *tx, int64_t job_id, int64_t id, struct err *err)
{
	return db_exec(tx, SQL_BULK_DONE,
		       SQL_ARGS(sql_int(job_id), sql_int(id)), err) < 0
		       ? -1
		       : 0;
}

int bulk_set_clear(struct db *db, struct err *err)
{
	CLEANUP(vec_release) struct ids page = VEC_INIT;
	int64_t job;
	int found;

	for (;;) {
		found = db_find_int(db, SQL_BULK_LEFT_BEHIND, SQL_NO_ARGS, &job,
				    err);
		if (found <= 0)
			return found;
		vec_reset(&page);
		if (bulk_set_next(db, job, CLEAR_PAGE, &page, err) < 0)
			return -1;
		if (page.n > 0 &&
		    db_write(
			    db, SQL_BULK_DONE,
			    SQL_ARGS(sql_int(job), sql_int(page.v[page.n - 1])),
			    err) < 0)
			return -1;
	}
}
