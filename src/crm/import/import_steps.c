#include "crm/import/import_steps.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/import/import_batch.h"
#include "crm/import/import_compare.h"
#include "crm/import/import_plan.h"
#include "crm/import/import_result.h"
#include "crm/import/read/import_groups.h"
#include "crm/import/read/import_seen.h"
#include "sql/import.h"
#include "store/scratch.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_FIRST 1000
#define ROWS_LEAST 250
#define ROWS_MOST 4000
#define TRANSACTION_MOST 20000 /* rows: what memory holds the pages of */
#define SAID_MOST 4000000      /* 64 MiB; beyond, rows may change to and fro */
#define PART_LEAST 16          /* rows: where many depend on others */
#define TARGET_US 40000        /* of a batch: SQLite has one write lock */

/*
 * What can only be found by what other rows made of the file comes after them,
 * wherever it stands: the file is read again for it.
 */
enum pass {
	PASS_IDENTIFIED, /* rows with id, key or address; refused ones */
	PASS_NAME,       /* name and company; companies without a key */
	PASS_BARE,       /* nothing but a name */
	PASS_NO,         /* refused ones that say no, of whomever it is */
	PASSES,
};

struct importer {
	struct import_steps *steps;
	struct db *db;      /* where rows are matched and written */
	struct db *scratch; /* which is this one, of a trial; or NULL */
	bool is_trial;
	struct import_seen fetched; /* by a trial, of the real one */
	struct arena *arena;
	struct import_run run;
	struct import_plan plan;
	struct forgotten forgotten;
	const char *path;
	struct csv_reader *reader;
	struct import_seen seen;
	struct import_groups *groups;
	struct import_rows rows; /* of the batch */
	size_t batch_rows;
	int64_t done;          /* rows of data so far */
	int64_t offset;        /* where to go on from; 0: the beginning */
	int64_t total;         /* rows of data */
	size_t in_transaction; /* rows of the open one */
	enum pass pass, batch_pass;
	bool has[PASSES];
	struct import_seen said_late;
	bool at_end, is_done;
};

static struct importer importer_of(struct import_steps *steps)
{
	return (struct importer){
		.steps = steps,
		.db = steps->db,
		.arena = arena_new(),
		.groups = import_groups_new(),
	};
}

static void set_bulk(struct importer *s, bool on)
{
	db_set_bulk(s->steps->db, on);
	if (s->scratch)
		db_set_bulk(s->scratch, on);
}

static void importer_release(struct importer *s)
{
	set_bulk(s, false);
	import_plan_release(&s->plan);
	import_seen_release(&s->seen);
	import_seen_release(&s->said_late);
	import_seen_release(&s->fetched);
	import_groups_free(&s->groups);
	vec_release(&s->rows);
	csv_free(&s->reader);
	scratch_close(&s->scratch);
	arena_free(&s->arena);
}

static void refuse_malformed(struct importer *s, struct str raw,
			     const struct err *why, struct arena *arena,
			     struct import_row *row)
{
	row->number = csv_row_number(s->reader);
	row->raw = arena_str(arena, raw);
	import_refuse(row, "malformed", arena_strdup(arena, why->text));
}

/* The next row of data: 1, 0 at the end, -1. */
static int read_row(struct importer *s, struct arena *arena,
		    struct import_row *row, struct err *err)
{
	const struct str *cells;
	struct str raw = STR("");
	size_t n;
	int found = csv_next(s->reader, &cells, &n, &raw, err);

	if (found < 0 && err->code == ERR_INVALID) {
		refuse_malformed(s, raw, err, arena, row);
		return 1;
	}
	if (found <= 0)
		return found;
	row->number = csv_row_number(s->reader);
	import_row_read(&s->plan, cells, n, arena, row);
	if (!row->reason && import_groups_has(s->groups, row->group)) {
		arena = import_groups_arena(s->groups);
		*row = (struct import_row){ .number = row->number };
		import_row_read(&s->plan, cells, n, arena, row);
	}
	row->raw = arena_str(arena, raw);
	return 1;
}

static enum pass pass_of(const struct import_row *row)
{
	if (row->reason)
		return row->opted_out ? PASS_NO : PASS_IDENTIFIED;
	if (!import_row_has_name_only(row))
		return PASS_IDENTIFIED;
	if (row->given.entity == ENTITY_COMPANY || row->company ||
	    row->given.text[TEXT_COMPANY_NAME])
		return PASS_NAME;
	return PASS_BARE;
}

/* The next row, and whether it is another time the same as an earlier one of
 * the file: 1, 0 at the end, -1. */
static int next_row(struct importer *s, struct arena *arena,
		    struct import_row *row, struct err *err)
{
	int found = read_row(s, arena, row, err);

	if (found <= 0 || row->reason || !row->identity ||
	    import_seen_add(&s->seen, row->identity))
		return found;
	import_refuse(row, "duplicate", "an earlier row is the same");
	row->group = 0;
	return 1;
}

/* The next row, and what need not wait any longer: 1, 0 at the end, -1. */
static int take_row(struct importer *s, struct arena *arena, struct err *err)
{
	struct import_row row = { 0 };
	int found = next_row(s, arena, &row, err);

	if (found <= 0 || pass_of(&row) != s->pass)
		return found;
	if (import_groups_has(s->groups, row.group))
		import_groups_put(s->groups, &row, &s->rows);
	else
		vec_push(&s->rows, row);
	return 1;
}

static int skip_header(struct importer *s, struct err *err)
{
	const struct str *cells;
	size_t n;

	if (!s->plan.has_header)
		return 0;
	return csv_next(s->reader, &cells, &n, NULL, err) < 0 ? -1 : 0;
}

static int open_file(struct importer *s, struct err *err)
{
	csv_free(&s->reader);
	import_seen_release(&s->seen);
	if (csv_open(s->path, s->plan.encoding, s->plan.delimiter, &s->reader,
		     err) < 0)
		return -1;
	return skip_header(s, err);
}

static void note_said(struct importer *s, const struct import_row *row,
		      struct arena *arena)
{
	const char *company = import_row_company(row, arena);

	if (company && s->plan.entity != ENTITY_COMPANY &&
	    s->said_late.n < SAID_MOST)
		import_note_said(&s->said_late, row, company, arena);
}

/* Which rows belong together, and which passes there are. */
static int count_rows(struct importer *s, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	int more;

	do {
		struct import_row row = { 0 };

		more = next_row(s, arena, &row, err);
		if (more <= 0)
			break;
		s->total++;
		s->has[pass_of(&row)] = true;
		if (pass_of(&row) == PASS_NAME)
			note_said(s, &row, arena);
		if (!row.reason && row.group)
			import_groups_count(s->groups, row.group);
		if (s->total % 1000 == 0)
			arena_reset(arena);
	} while (more > 0);
	return more;
}

/* Rows before the place to go on from: what they are must be known again. */
static int remember_rows(struct importer *s, int64_t until, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	int more = 1;

	while (more > 0 && csv_offset(s->reader) < until) {
		more = take_row(s, arena, err);
		if (s->rows.n >= 1000 ||
		    csv_row_number(s->reader) % 1000 == 0) {
			vec_reset(&s->rows);
			arena_reset(arena);
			import_groups_tidy(s->groups);
		}
	}
	vec_reset(&s->rows);
	return more < 0 ? -1 : 0;
}

/* What was saved with the last rows. */
static int load_state(struct importer *s, struct err *err)
{
	CLEANUP(json_free) json_t *state = NULL;
	int64_t pass = 0;

	if (!s->steps->state_json)
		return 0;
	if (json_parse(str_of(s->steps->state_json), &state, err) < 0 ||
	    json_get_int(state, "offset", &s->offset, err) < 0 ||
	    json_get_int(state, "done", &s->done, err) < 0 ||
	    json_get_int(state, "pass", &pass, err) < 0)
		return -1;
	s->pass = (enum pass)pass;
	return 0;
}

static int load_importer(struct importer *s, struct err *err)
{
	struct import_steps *steps = s->steps;

	if (import_get(steps->db, steps->import_id, s->arena, &s->run, err) <
		    0 ||
	    import_plan_load(steps->db, &s->run, s->arena, &s->plan, err) < 0 ||
	    forgotten_load(steps->db, &s->forgotten, err) < 0 ||
	    load_state(s, err) < 0)
		return -1;
	s->plan.elsewhere = steps->elsewhere;
	/* it may have been killed when only the end was missing */
	s->is_done = strcmp(s->run.state, "done") == 0;
	s->at_end = s->is_done || s->pass == PASSES;
	if (s->is_done)
		return 0;
	if (!s->run.path)
		return err_set(err, ERR_INVALID, "its file is gone");
	s->path = arena_printf(s->arena, "%s/%s", steps->folder, s->run.path);
	s->batch_rows = steps->batch_rows ? steps->batch_rows : ROWS_FIRST;
	return 0;
}

static int open_importer(struct importer *s, struct err *err)
{
	if (s->at_end)
		return 0;
	if (open_file(s, err) < 0 || count_rows(s, err) < 0 ||
	    open_file(s, err) < 0)
		return -1;
	return s->offset > 0 ? remember_rows(s, s->offset, err) : 0;
}

/* At the end of the file: is there another pass? */
static int end_reading(struct importer *s, struct err *err)
{
	do {
		s->pass++;
	} while (s->pass < PASSES && !s->has[s->pass]);
	s->at_end = s->pass == PASSES;
	return s->at_end ? 0 : open_file(s, err);
}

/* Rows of this pass; none, if it has no more. */
static int read_pass(struct importer *s, struct arena *arena, struct err *err)
{
	s->batch_pass = s->pass;
	while (s->rows.n < s->batch_rows && !s->at_end &&
	       s->pass == s->batch_pass) {
		int more = take_row(s, arena, err);

		if (more < 0 || (more == 0 && end_reading(s, err) < 0))
			return -1;
	}
	return 0;
}

/* Empty only at the end: where to go on from is saved with rows. */
static int read_batch(struct importer *s, struct import_batch *b,
		      struct err *err)
{
	vec_reset(&s->rows);
	import_groups_tidy(s->groups);
	while (s->rows.n == 0 && !s->at_end) {
		if (read_pass(s, b->arena, err) < 0)
			return -1;
	}
	b->rows = s->rows.v;
	b->n = s->rows.n;
	return 0;
}

static int save_progress(struct importer *s, struct tx *tx,
			 const struct import_batch *b, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&state);
	int64_t done = s->done + (int64_t)b->n;

	json_begin_object(&w);
	json_key_int(&w, "offset", csv_offset(s->reader));
	json_key_int(&w, "done", done);
	json_key_int(&w, "pass", s->pass);
	json_end_object(&w);
	if (import_counts_save(tx, &b->counts, s->run.id, err) < 0)
		return -1;
	return s->steps->save(s->steps->context, tx, done, s->total, state.buf,
			      err);
}

static void adapt_batch_size(struct importer *s, size_t n, int64_t us)
{
	double wanted = (double)n * TARGET_US / (double)(us > 0 ? us : 1);

	if (s->steps->batch_rows || s->is_trial || n < s->batch_rows)
		return;
	if (wanted > (double)n * 2)
		wanted = (double)n * 2;
	if (wanted < ROWS_LEAST)
		wanted = ROWS_LEAST;
	s->batch_rows = wanted > ROWS_MOST ? ROWS_MOST : (size_t)wanted;
}

/* Matches and writes the next rows that can be written at once; *done and
 * *most go on. */
static int write_part(struct importer *s, struct tx *tx, struct import_batch *b,
		      size_t *done, size_t *most, struct err *err)
{
	CLEANUP(import_batch_release)
	struct import_batch part = import_batch_part(b, *done, *most);
	size_t tried = part.n;

	/* the key may have been made since the last part */
	if (!s->forgotten.any && forgotten_load(s->db, &s->forgotten, err) < 0)
		return -1;
	if (import_match(tx->db, &part, err) < 0)
		return -1;
	if (import_write(tx, &part, err) < 0) {
		/* somebody took a key after it was looked up: look again */
		if (err->code == ERR_CONFLICT)
			return err_set(err, ERR_RETRY,
				       "somebody else wrote at the same time");
		return -1;
	}
	import_counts_add(&b->counts, &part.counts);
	*done += part.n;
	*most = part.n < tried ? 2 * part.n + PART_LEAST : 2 * *most;
	return 0;
}

static int keep_batch(struct importer *s, struct tx *tx,
		      const struct import_batch *b, struct err *err)
{
	if (import_keep_refused(tx, b, err) < 0)
		return -1;
	return save_progress(s, tx, b, err);
}

/* What a trial counts is kept where it stays. */
static int keep_trial(struct importer *s, const struct import_batch *b,
		      struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(s->steps->db, &tx, err) < 0 ||
	    keep_batch(s, &tx, b, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int write_rows(struct importer *s, struct tx *tx, struct import_batch *b,
		      struct err *err)
{
	int64_t began_us = clock_monotonic_us();
	size_t done = 0, most = b->n;

	if (s->is_trial &&
	    import_trial_fetch(s->steps->db, tx, b, &s->fetched, err) < 0)
		return -1;
	while (done < b->n) {
		if (write_part(s, tx, b, &done, &most, err) < 0)
			return -1;
	}
	if ((s->is_trial ? keep_trial(s, b, err) : keep_batch(s, tx, b, err)) <
	    0)
		return -1;
	adapt_batch_size(s, b->n, clock_monotonic_us() - began_us);
	s->run.refused += b->counts.refused;
	s->done += (int64_t)b->n;
	s->in_transaction += b->n;
	return 0;
}

/* Rows are matched by what stands in the database, and nothing in it forbids
 * two people with one address: no other import may be doing the same. */
static int begin_writing(struct importer *s, struct tx *tx, struct err *err)
{
	int64_t ignored;

	if (tx->open)
		return 0;
	if (tx_begin(s->db, tx, err) < 0 || addresses_turn(tx, err) < 0 ||
	    db_find_int(s->db, SQL_IMPORT_LOCK, SQL_NO_ARGS, &ignored, err) < 0)
		return -1;
	return 0;
}

/* Reads and writes one batch; begins the transaction after reading. */
static int one_batch(struct importer *s, struct arena *arena, struct tx *tx,
		     struct err *err)
{
	CLEANUP(import_batch_release)
	struct import_batch b = {
		.plan = &s->plan,
		.arena = arena,
		.forgotten = &s->forgotten,
		.now_ms = clock_now_ms(),
		.refused_before = s->run.refused,
	};

	if (read_batch(s, &b, err) < 0)
		return -1;
	if (b.n == 0)
		return 0;
	if (s->batch_pass == PASS_IDENTIFIED)
		b.said_late = &s->said_late;
	if (begin_writing(s, tx, err) < 0)
		return -1;
	return write_rows(s, tx, &b, err);
}

/*
 * A transaction: one batch, or, as long as nobody waits, more of them: each
 * page of an index is then written once for many rows.
 */
static int one_transaction(struct importer *s, struct arena *arena,
			   struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	s->in_transaction = 0;
	do {
		arena_reset(arena);
		if (one_batch(s, arena, &tx, err) < 0)
			return -1;
	} while (!s->at_end && !s->steps->batch_rows &&
		 s->in_transaction < TRANSACTION_MOST &&
		 (s->is_trial || !db_is_awaited(s->db)));
	return tx.open ? tx_commit(&tx, err) : 0;
}

/* --- the end --- */

static int format_result(struct importer *s, struct strbuf *out,
			 struct err *err)
{
	const struct import_result result = {
		.db = s->steps->db,
		.run = &s->run,
		.plan = &s->plan,
		.arena = s->arena,
	};

	if (import_get(s->steps->db, s->run.id, s->arena, &s->run, err) < 0)
		return -1;
	return import_result_format(&result, out, err);
}

static int finish_import(struct importer *s, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(s->steps->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_IMPORT_FINISH,
		    SQL_ARGS(sql_text("done"), sql_int(clock_now_ms()),
			     sql_int(s->run.id)),
		    err) < 0 ||
	    s->steps->save(s->steps->context, &tx, s->done, s->done, NULL,
			   err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- before it begins --- */

struct toll { /* people that are here */
	int64_t existing, opted_out;
};

/* Those whose rows are refused for something else, by their addresses. */
static int count_refused(struct importer *s, const struct import_batch *b,
			 struct toll *toll, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	int64_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct import_row *row = &b->rows[i];

		if (row->reason && row->opted_out && import_row_has_email(row))
			import_json_text(&hashes, str_of(row->email.hash));
	}
	if (hashes.len > 0 &&
	    db_find_int(s->steps->db, SQL_IMPORT_OPEN_HASHES,
			SQL_ARGS(sql_text(import_json_end(&hashes))), &n,
			err) < 0)
		return -1;
	toll->existing += n;
	toll->opted_out += n;
	return 0;
}

static int count_part(struct importer *s, const struct import_batch *b,
		      size_t *done, struct toll *toll, struct err *err)
{
	CLEANUP(import_batch_release)
	struct import_batch part = import_batch_part(b, *done, b->n);

	if (import_match(s->db, &part, err) < 0)
		return -1;
	for (size_t i = 0; i < part.n; i++) {
		const struct import_row *row = &part.rows[i];

		if (row->reason || !row->existing)
			continue;
		toll->existing++;
		toll->opted_out += row->opted_out && !row->existing->opted_out;
	}
	*done += part.n;
	return count_refused(s, &part, toll, err);
}

static int count_batch(struct importer *s, struct arena *arena,
		       struct toll *toll, struct err *err)
{
	struct import_batch b = {
		.plan = &s->plan,
		.arena = arena,
		.forgotten = &s->forgotten,
		.now_ms = clock_now_ms(),
	};
	size_t done = 0;

	if (read_batch(s, &b, err) < 0)
		return -1;
	while (done < b.n) {
		if (count_part(s, &b, &done, toll, err) < 0)
			return -1;
	}
	return 0;
}

static bool is_many(const struct toll *toll)
{
	return toll->opted_out > IMPORT_OPT_OUTS_ASK &&
	       toll->opted_out * 100 > toll->existing * IMPORT_OPT_OUTS_ASK_PCT;
}

static int format_question(const struct importer *s, const struct toll *toll,
			   struct strbuf *out, struct err *err)
{
	CLEANUP(json_free) json_t *options = NULL;
	struct json_writer w = JSON_WRITER(out);

	if (import_options_read(&s->run, &options, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "import_id", s->run.id);
	json_key_int(&w, "existing", toll->existing);
	json_key_int(&w, "would_opt_out", toll->opted_out);
	json_key_text(&w, "question",
		      arena_printf(s->arena,
				   "the import would opt out %" PRId64
				   " of the %" PRId64 " in it who are here",
				   toll->opted_out, toll->existing));
	import_columns_format(&s->plan, options, &w);
	json_end_object(&w);
	return 0;
}

/* Would it opt out many? The file is read and matched, as it will be. Only one
 * with many opt-outs in it costs this. */
static int has_question(struct import_steps *steps, struct strbuf *result,
			struct err *err)
{
	CLEANUP(importer_release) struct importer s = importer_of(steps);
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct toll toll = { 0, 0 };

	if (steps->confirmed || steps->state_json)
		return 0;
	if (load_importer(&s, err) < 0)
		return -1;
	if (s.plan.dry_run || s.plan.opt_outs <= IMPORT_OPT_OUTS_ASK)
		return 0;
	if (open_importer(&s, err) < 0)
		return -1;
	while (!s.at_end) {
		arena_reset(arena);
		if (count_batch(&s, arena, &toll, err) < 0)
			return -1;
	}
	if (!is_many(&toll))
		return 0;
	return format_question(&s, &toll, result, err) < 0 ? -1 : 1;
}

/* What a trial wrote is gone when it is stopped: it begins anew. */
static int forget_trial(struct importer *s, struct err *err)
{
	s->done = s->offset = s->run.refused = 0;
	s->pass = PASS_IDENTIFIED;
	return import_trial_forget(s->steps->db, s->run.id, err);
}

static int open_trial(struct importer *s, struct err *err)
{
	if (!s->plan.dry_run || s->at_end)
		return 0;
	if (s->steps->state_json && forget_trial(s, err) < 0)
		return -1;
	if (!s->steps->scratch &&
	    import_trial_open(s->steps->folder, &s->scratch, err) < 0)
		return -1;
	s->is_trial = true;
	if (!s->steps->batch_rows)
		s->batch_rows = ROWS_MOST; /* nobody waits for its lock */
	s->db = s->scratch ? s->scratch : s->steps->scratch;
	return import_trial_begin(s->steps->db, s->db, err);
}

int import_steps(struct import_steps *steps, struct strbuf *result,
		 struct err *err)
{
	CLEANUP(importer_release) struct importer s = importer_of(steps);
	CLEANUP(arena_free) struct arena *arena = arena_new();
	int questions = has_question(steps, result, err);

	if (questions != 0)
		return questions < 0 ? -1 : IMPORT_ASKS;
	if (load_importer(&s, err) < 0 || open_trial(&s, err) < 0 ||
	    open_importer(&s, err) < 0)
		return -1;
	set_bulk(&s, true);
	while (!s.at_end) {
		if (steps->is_stopping && steps->is_stopping(steps->context))
			return 0;
		if (one_transaction(&s, arena, err) < 0)
			return -1;
	}
	if ((!s.is_done && finish_import(&s, err) < 0) ||
	    format_result(&s, result, err) < 0 ||
	    import_remove_file(steps->db, steps->folder, &s.run, err) < 0)
		return -1;
	return 1;
}
