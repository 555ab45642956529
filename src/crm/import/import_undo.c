/*
 * Taking an import back, in four walks by id: the records that it changed are
 * restored, those that it made are removed, then the companies that it made
 * for them; at last, people whom it alone opted out are as they were. What
 * somebody changed or used since is kept and reported. Doing any of it twice
 * does no harm, so the place to go on from is all that is saved.
 *
 * Of opt-outs, the import takes back its own word and no other's
 * (crm/consent/opt_out_witness.h); if they are to be kept, none.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/audit.h"
#include "crm/consent/consent.h"
#include "crm/consent/opt_out_witness.h"
#include "crm/import/import.h"
#include "crm/import/import_made.h"
#include "crm/import/import_restore.h"
#include "crm/import/import_steps.h"
#include "crm/record.h"
#include "sql/import.h"
#include "sql/kept_opt_out.h"
#include "sql/opt_out_witness.h"
#include "sql/unclear_opt_out.h"

#include <inttypes.h>
#include <string.h>

#define PAGE 1000
#define SINGLY_MAX 200 /* records of a page with which there is more to do */
#define KEPT_MAX 100   /* ids in the result */

/* Stored in the job's state: append only. */
enum phase {
	UNDO_CHANGES,
	UNDO_RECORDS,
	UNDO_COMPANIES,
	UNDO_DONE,
	UNDO_OPT_OUTS, /* the last of the work; then UNDO_DONE */
};

struct undo {
	struct import_steps *steps;
	struct arena *arena; /* of the job */
	struct import_run run;
	int64_t first_id, first_company_id;

	enum phase phase;
	int64_t after; /* id, within the phase */
	struct import_undo_counts counts;
	int64_t companies_removed, companies_kept; /* of these: for people */
	int64_t reopened;
	int64_t given_back, opt_outs_kept; /* of people, and of addresses */
	struct ids kept_ids;               /* the first ones, for the result */
};

static void undo_release(struct undo *u)
{
	vec_release(&u->kept_ids);
	arena_free(&u->arena);
}

static void remember_kept(struct undo *u, int64_t id)
{
	if (u->kept_ids.n < KEPT_MAX)
		vec_push(&u->kept_ids, id);
}

static void keep_record(struct undo *u, int64_t id)
{
	u->counts.kept++;
	remember_kept(u, id);
}

/* Of what was done so far. */
static void write_counts(const struct undo *u, struct json_writer *w)
{
	json_key_int(w, "removed", u->counts.removed);
	json_key_int(w, "restored", u->counts.restored);
	json_key_int(w, "kept", u->counts.kept);
	json_key_int(w, "kept_opted_out", u->counts.opted_out);
	json_key_int(w, "kept_used", u->counts.used);
	json_key_int(w, "companies_removed", u->companies_removed);
	json_key_int(w, "companies_kept", u->companies_kept);
	json_key_int(w, "reopened", u->reopened);
	json_key_int(w, "opt_outs_given_back", u->given_back);
	json_key_int(w, "opt_outs_kept", u->opt_outs_kept);
	json_key_begin_array(w, "kept_ids");
	vec_each (&u->kept_ids, id)
		json_int(w, *id);
	json_end_array(w);
}

static void format_state(const struct undo *u, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_int(&w, "phase", u->phase);
	json_key_int(&w, "after", u->after);
	write_counts(u, &w);
	json_end_object(&w);
}

static int parse_state(struct undo *u, const char *text, struct err *err)
{
	CLEANUP(json_free) json_t *state = NULL;
	const json_t *ids = NULL, *id;
	int64_t phase = 0;
	size_t i;

	if (json_parse(str_of(text), &state, err) < 0 ||
	    json_get_int(state, "phase", &phase, err) < 0 ||
	    json_get_int(state, "after", &u->after, err) < 0 ||
	    json_get_int(state, "removed", &u->counts.removed, err) < 0 ||
	    json_get_int(state, "restored", &u->counts.restored, err) < 0 ||
	    json_get_int(state, "kept", &u->counts.kept, err) < 0 ||
	    json_get_int(state, "kept_opted_out", &u->counts.opted_out, err) <
		    0 ||
	    json_get_int(state, "kept_used", &u->counts.used, err) < 0 ||
	    json_get_int(state, "companies_removed", &u->companies_removed,
			 err) < 0 ||
	    json_get_int(state, "companies_kept", &u->companies_kept, err) <
		    0 ||
	    json_get_int(state, "reopened", &u->reopened, err) < 0 ||
	    json_get_int(state, "opt_outs_given_back", &u->given_back, err) <
		    0 ||
	    json_get_int(state, "opt_outs_kept", &u->opt_outs_kept, err) < 0 ||
	    json_get_array(state, "kept_ids", &ids, err) < 0)
		return -1;
	u->phase = (enum phase)phase;
	json_array_foreach (ids, i, id)
		vec_push(&u->kept_ids, json_integer_value(id));
	return 0;
}

static int save_progress(struct undo *u, struct tx *tx, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;
	int64_t done = u->counts.removed + u->counts.restored + u->counts.kept;
	int64_t total = u->run.created + u->run.updated;

	format_state(u, &state);
	return u->steps->save(u->steps->context, tx, done,
			      total > done ? total : done, state.buf, err);
}

/* --- changed records --- */

static int undo_changes(struct undo *u, struct arena *arena, struct tx *tx,
			struct err *err)
{
	CLEANUP(import_restored_release) struct import_restored page = { 0 };
	int more = import_restore(tx, &u->run, u->after, arena, &page, err);

	if (more < 0)
		return -1;
	vec_each (&page.kept, id)
		keep_record(u, *id);
	u->counts.restored += page.restored;
	u->after = page.last_id;
	return more;
}

/* --- made records --- */

/* Does the import say that a record is out? *others: do others? */
static int find_own_word(struct undo *u, struct tx *tx, enum entity entity,
			 int64_t id, bool *others, struct err *err)
{
	CLEANUP(vec_release) struct ids all = VEC_INIT;
	int found = 0;

	*others = false;
	if (opt_out_witness_list(tx->db, entity, id, &all, err) < 0)
		return -1;
	vec_each (&all, import_id) {
		if (*import_id == u->run.id)
			found = 1;
		else
			*others = true;
	}
	return found;
}

static void count_opt_out(struct undo *u, enum entity entity, bool stays)
{
	if (entity == ENTITY_COMPANY)
		return;
	u->given_back += !stays;
	u->opt_outs_kept += stays;
}

/* Who is kept keeps their opt-out, and so do all whom it reached from there:
 * from now on nothing takes it back. */
static int keep_word(struct undo *u, struct tx *tx, enum entity entity,
		     int64_t id, struct err *err)
{
	struct ids one = { .v = &id, .n = 1 };
	bool others;
	int found = find_own_word(u, tx, entity, id, &others, err);

	if (found <= 0)
		return found;
	return opt_out_witness_again(tx, entity, &one, 0, err);
}

/* As any record goes: what others say of it stays with its addresses. */
static int remove_known(struct undo *u, struct tx *tx, enum entity entity,
			int64_t id, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct actor actor = { .user_id = u->run.user_id,
			       .name = IMPORT_UNDO_JOB,
			       .now_ms = clock_now_ms() };
	bool others;
	int found = find_own_word(u, tx, entity, id, &others, err);

	if (found < 0)
		return -1;
	if (found > 0)
		count_opt_out(u, entity, others || u->run.keeps_opt_outs);
	if (found > 0 && !u->run.keeps_opt_outs &&
	    opt_out_witness_take_back(tx, entity, id, u->run.id, err) < 0)
		return -1;
	return record_remove(tx, entity, id, &actor, arena, err);
}

static void count_made(struct undo *u, enum entity entity,
		       const struct import_made *made)
{
	bool stays = made->stays != IMPORT_STAYS_NOT;

	import_undo_count(&u->counts, made->stays);
	if (entity == u->run.entity)
		return;
	u->companies_removed += !stays;
	u->companies_kept += stays;
}

/* unused: those that can go at once. */
static int undo_made_one(struct undo *u, struct tx *tx, enum entity entity,
			 const struct import_made *made, struct ids *unused,
			 struct err *err)
{
	count_made(u, entity, made);
	if (made->stays != IMPORT_STAYS_NOT) {
		remember_kept(u, made->id);
		return made->is_known ? keep_word(u, tx, entity, made->id, err)
				      : 0;
	}
	if (made->is_known)
		return remove_known(u, tx, entity, made->id, err);
	vec_push(unused, made->id);
	return 0;
}

/* 1: there may be more, 0, -1. */
static int undo_made(struct undo *u, enum entity entity, struct tx *tx,
		     struct err *err)
{
	CLEANUP(vec_release) struct import_mades all = VEC_INIT;
	CLEANUP(vec_release) struct ids unused = VEC_INIT;
	int singly = 0;

	if (import_made_page(tx, entity, u->run.id, u->after, PAGE, &all, err) <
	    0)
		return -1;
	vec_each (&all, made) {
		if (made->is_known && singly++ == SINGLY_MAX)
			break;
		if (undo_made_one(u, tx, entity, made, &unused, err) < 0)
			return -1;
		u->after = made->id;
	}
	if (import_made_remove(tx, entity, &unused, err) < 0)
		return -1;
	return all.n == PAGE || singly > SINGLY_MAX;
}

/* --- opt-outs --- */

struct opt_out {
	enum entity entity;
	int64_t record_id;
};
struct opt_outs VEC_FIELDS(struct opt_out);

static void read_opt_out(const struct rows *rows, struct arena *arena,
			 void *out)
{
	(void)arena;
	*(struct opt_out *)out = (struct opt_out){
		.entity = (enum entity)rows_int(rows, 0),
		.record_id = rows_int(rows, 1),
	};
}

/* Only what nobody but the import says is void. The record is locked first:
 * the person may be unsubscribing at this moment. */
static int take_back(struct undo *u, struct tx *tx, const struct opt_out *o,
		     struct err *err)
{
	struct actor actor = { .user_id = u->run.user_id,
			       .name = IMPORT_UNDO_JOB,
			       .now_ms = clock_now_ms() };
	struct consent consent = {
		.entity = o->entity,
		.record_id = o->record_id,
		.state = CONSENT_OPTED_IN,
		.source = CONSENT_BY_UNDO,
		.reason = "the import that opted out was taken back",
		.import_id = u->run.id,
	};
	int left;

	if (consent_lock(tx, o->entity, o->record_id, err) < 0)
		return -1;
	left = opt_out_witness_take_back(tx, o->entity, o->record_id, u->run.id,
					 err);
	if (left < 0)
		return -1;
	count_opt_out(u, o->entity, left);
	u->reopened += !left;
	return left ? 0 : consent_add(tx, &consent, &actor, err);
}

/* 1: there may be more, 0, -1. */
static int undo_opt_outs(struct undo *u, struct tx *tx, struct err *err)
{
	CLEANUP(vec_release) struct opt_outs list = VEC_INIT;

	if (db_list(tx->db, SQL_OPT_OUT_WITNESS_PAGE,
		    SQL_ARGS(sql_int(u->run.id), sql_int(PAGE)), read_opt_out,
		    NULL, &list, err) < 0)
		return -1;
	vec_each (&list, o) {
		if (take_back(u, tx, o, err) < 0)
			return -1;
	}
	return list.n == PAGE;
}

/* --- all of it --- */

static enum phase phase_after(enum phase phase)
{
	if (phase == UNDO_COMPANIES)
		return UNDO_OPT_OUTS;
	return phase == UNDO_OPT_OUTS ? UNDO_DONE : phase + 1;
}

static void next_phase(struct undo *u)
{
	u->phase = phase_after(u->phase);
	u->after = 0;
	if (u->phase == UNDO_RECORDS)
		u->after = u->first_id - 1;
	if (u->phase == UNDO_COMPANIES)
		u->after = u->first_company_id - 1;
	/* made none: nothing to look for */
	if (u->phase == UNDO_RECORDS && !u->first_id)
		next_phase(u);
	else if (u->phase == UNDO_COMPANIES && !u->first_company_id)
		next_phase(u);
	else if (u->phase == UNDO_OPT_OUTS && u->run.keeps_opt_outs)
		next_phase(u);
}

static int one_page(struct undo *u, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t ignored;
	int more;

	/* another import may be saying what this one takes back */
	if (tx_begin(u->steps->db, &tx, err) < 0 ||
	    addresses_turn(&tx, err) < 0 ||
	    db_find_int(tx.db, SQL_IMPORT_LOCK, SQL_NO_ARGS, &ignored, err) < 0)
		return -1;
	if (u->phase == UNDO_CHANGES)
		more = undo_changes(u, arena, &tx, err);
	else if (u->phase == UNDO_RECORDS)
		more = undo_made(u, u->run.entity, &tx, err);
	else if (u->phase == UNDO_OPT_OUTS)
		more = undo_opt_outs(u, &tx, err);
	else
		more = undo_made(u, ENTITY_COMPANY, &tx, err);
	if (more < 0)
		return -1;
	if (!more)
		next_phase(u);
	if (save_progress(u, &tx, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static void format_result(const struct undo *u, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_int(&w, "import_id", u->run.id);
	write_counts(u, &w);
	json_end_object(&w);
}

/* Of addresses: those that nobody has, and those that are held. */
static int take_back_kept(struct undo *u, struct tx *tx, struct err *err)
{
	struct sql_args import = SQL_ARGS(sql_int(u->run.id));
	int64_t alone = 0;
	int all;

	if (u->run.keeps_opt_outs)
		return 0;
	if (db_find_int(tx->db, SQL_IMPORT_KEPT_ALONE, import, &alone, err) <
		    0 ||
	    db_exec(tx, SQL_UNCLEAR_OPT_OUT_REMOVE_IMPORT, import, err) < 0)
		return -1;
	all = db_exec(tx, SQL_KEPT_OPT_OUT_REMOVE_IMPORT, import, err);
	u->given_back += alone;
	u->opt_outs_kept += all - alone;
	return all < 0 ? -1 : 0;
}

static int finish_undo(struct undo *u, struct strbuf *result, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = { .name = IMPORT_UNDO_JOB,
			       .now_ms = clock_now_ms() };

	if (tx_begin(u->steps->db, &tx, err) < 0 ||
	    take_back_kept(u, &tx, err) < 0)
		return -1;
	format_result(u, result);
	if (db_exec(&tx, SQL_IMPORT_FINISH,
		    SQL_ARGS(sql_text("undone"), sql_int(actor.now_ms),
			     sql_int(u->run.id)),
		    err) < 0 ||
	    audit_add(&tx, &actor, "import.undo", u->run.entity, u->run.id,
		      result->buf, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int open_undo(struct undo *u, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct import_steps *steps = u->steps;

	if (import_get(steps->db, steps->import_id, u->arena, &u->run, err) <
		    0 ||
	    db_query(steps->db, SQL_IMPORT_FIRST,
		     SQL_ARGS(sql_int(steps->import_id)), &rows, err) < 0 ||
	    rows_next(rows, err) < 0)
		return -1;
	u->first_id = rows_int(rows, 0);
	u->first_company_id = rows_int(rows, 1);
	return steps->state_json ? parse_state(u, steps->state_json, err) : 0;
}

int import_undo_steps(struct import_steps *steps, struct strbuf *result,
		      struct err *err)
{
	CLEANUP(undo_release)
	struct undo u = {
		.steps = steps,
		.arena = arena_new(),
		.kept_ids = VEC_INIT,
	};

	if (open_undo(&u, err) < 0)
		return -1;
	while (u.phase != UNDO_DONE) {
		if (steps->is_stopping && steps->is_stopping(steps->context))
			return 0;
		if (one_page(&u, err) < 0)
			return -1;
	}
	if (finish_undo(&u, result, err) < 0)
		return -1;
	return 1;
}
