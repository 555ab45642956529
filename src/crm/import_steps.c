#include "crm/import_steps.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/import_batch.h"
#include "crm/import_plan.h"
#include "sql/import.h"

#include <inttypes.h>

#define ROWS_FIRST 1000
#define ROWS_LEAST 250
#define ROWS_MOST 4000
#define TRANSACTION_MOST 20000 /* rows: what memory holds the pages of */
#define TARGET_US 40000        /* of a batch: SQLite has one write lock */

struct session {
	struct import_steps *steps;
	struct arena *arena;
	struct import_run run;
	struct import_plan plan;
	struct forgotten forgotten;
	struct csv_reader *reader;
	struct import_seen seen;
	size_t batch_rows;
	int64_t done;          /* rows of data so far */
	size_t in_transaction; /* rows of the open one */
	bool at_end;
};

static void session_release(struct session *s)
{
	db_set_bulk(s->steps->db, false);
	import_plan_release(&s->plan);
	import_seen_release(&s->seen);
	csv_free(&s->reader);
	arena_free(&s->arena);
}

static void refuse_malformed(struct session *s, struct str raw,
			     const struct err *why, struct arena *arena,
			     struct import_row *row)
{
	row->number = csv_row_number(s->reader);
	row->raw = arena_str(arena, raw);
	import_refuse(row, "malformed", arena_strdup(arena, why->text));
}

/* The next row of data: 1, 0 at the end, -1. */
static int read_row(struct session *s, struct arena *arena,
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
	row->raw = arena_str(arena, raw);
	import_row_read(&s->plan, cells, n, arena, row);
	if (!row->reason && !import_seen_add(&s->seen, row->identity))
		import_refuse(row, "duplicate", "an earlier row is the same");
	return 1;
}

/* Rows before the place to go on from: what they are must be known again. */
static int remember_rows(struct session *s, int64_t until, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	int more = 1;

	while (more > 0 && csv_offset(s->reader) < until) {
		struct import_row row = { 0 };

		more = read_row(s, arena, &row, err);
		if (row.number % 1000 == 0)
			arena_reset(arena);
	}
	return more < 0 ? -1 : 0;
}

static int skip_header(struct session *s, struct err *err)
{
	const struct str *cells;
	size_t n;

	if (!s->plan.has_header)
		return 0;
	return csv_next(s->reader, &cells, &n, NULL, err) < 0 ? -1 : 0;
}

static int go_on(struct session *s, struct err *err)
{
	CLEANUP(json_free) json_t *state = NULL;
	int64_t offset = 0;

	if (skip_header(s, err) < 0)
		return -1;
	if (!s->steps->state_json)
		return 0;
	if (json_parse(str_of(s->steps->state_json), &state, err) < 0 ||
	    json_get_int(state, "offset", &offset, err) < 0 ||
	    json_get_int(state, "done", &s->done, err) < 0)
		return -1;
	return remember_rows(s, offset, err);
}

static int open_session(struct session *s, struct err *err)
{
	struct import_steps *steps = s->steps;
	const char *path;

	if (import_get(steps->db, steps->import_id, s->arena, &s->run, err) <
		    0 ||
	    import_plan_load(steps->db, &s->run, s->arena, &s->plan, err) < 0 ||
	    forgotten_load(steps->db, &s->forgotten, err) < 0)
		return -1;
	if (!s->run.path)
		return err_set(err, ERR_INVALID, "its file is gone");
	path = arena_printf(s->arena, "%s/%s", steps->folder, s->run.path);
	s->batch_rows = steps->batch_rows ? steps->batch_rows : ROWS_FIRST;
	if (csv_open(path, s->plan.encoding, s->plan.delimiter, &s->reader,
		     err) < 0)
		return -1;
	return go_on(s, err);
}

static int read_batch(struct session *s, struct import_batch *b,
		      struct err *err)
{
	b->rows = arena_array(b->arena, struct import_row, s->batch_rows);
	while (b->n < s->batch_rows) {
		int more = read_row(s, b->arena, &b->rows[b->n], err);

		if (more < 0)
			return -1;
		if (!more) {
			s->at_end = true;
			break;
		}
		b->n++;
	}
	return 0;
}

static int64_t estimate_total(const struct session *s, int64_t done)
{
	int64_t read = csv_offset(s->reader);

	if (s->at_end || read <= 0)
		return done;
	return (int64_t)((double)done * (double)csv_size_bytes(s->reader) /
			 (double)read);
}

static int save(struct session *s, struct tx *tx, const struct import_batch *b,
		struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf state = STRBUF_INIT;
	int64_t done = s->done + (int64_t)b->n;

	strbuf_addf(&state, "{\"offset\":%" PRId64 ",\"done\":%" PRId64 "}",
		    csv_offset(s->reader), done);
	if (db_exec(tx, SQL_IMPORT_COUNT,
		    SQL_ARGS(sql_int(b->counts.created),
			     sql_int(b->counts.updated),
			     sql_int(b->counts.unchanged),
			     sql_int(b->counts.refused), sql_int(s->run.id)),
		    err) < 0)
		return -1;
	return s->steps->save(s->steps->context, tx, done,
			      estimate_total(s, done), state.buf, err);
}

static void adapt(struct session *s, size_t n, int64_t us)
{
	double wanted = (double)n * TARGET_US / (double)(us > 0 ? us : 1);

	if (s->steps->batch_rows || n < s->batch_rows)
		return;
	if (wanted > (double)n * 2)
		wanted = (double)n * 2;
	if (wanted < ROWS_LEAST)
		wanted = ROWS_LEAST;
	s->batch_rows = wanted > ROWS_MOST ? ROWS_MOST : (size_t)wanted;
}

static int write_rows(struct session *s, struct tx *tx, struct import_batch *b,
		      struct err *err)
{
	int64_t began_us = clock_monotonic_us();

	if (import_match(tx->db, b, err) < 0 || import_write(tx, b, err) < 0 ||
	    save(s, tx, b, err) < 0)
		return -1;
	adapt(s, b->n, clock_monotonic_us() - began_us);
	s->run.refused += b->counts.refused;
	s->done += (int64_t)b->n;
	s->in_transaction += b->n;
	return 0;
}

/* Reads and writes one batch; begins the transaction after reading. */
static int one_batch(struct session *s, struct arena *arena, struct tx *tx,
		     struct err *err)
{
	CLEANUP(import_batch_release)
	struct import_batch b = {
		.plan = &s->plan,
		.arena = arena,
		.forgotten = &s->forgotten,
		.now_ms = clock_now_ms(),
		.refused_before = s->run.refused,
		.existing = VEC_INIT,
	};

	if (read_batch(s, &b, err) < 0)
		return -1;
	if (b.n == 0)
		return 0;
	if (!tx->open && tx_begin(s->steps->db, tx, err) < 0)
		return -1;
	return write_rows(s, tx, &b, err);
}

/*
 * A transaction: one batch, or, as long as nobody waits, more of them: each
 * page of an index is then written once for many rows.
 */
static int one_transaction(struct session *s, struct arena *arena,
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
		 !db_is_awaited(s->steps->db));
	return tx.open ? tx_commit(&tx, err) : 0;
}

/* --- the end --- */

static int format_problems(struct session *s, struct json_writer *w,
			   struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(s->steps->db, SQL_IMPORT_REFUSED_PAGE,
		     SQL_ARGS(sql_int(s->run.id), sql_int(0),
			      sql_int(IMPORT_PROBLEMS)),
		     &rows, err) < 0)
		return -1;
	json_key_begin_array(w, "problems");
	while ((more = rows_next(rows, err)) > 0) {
		json_begin_object(w);
		json_key_int(w, "row", rows_int(rows, 0));
		json_key_text(w, "reason", rows_text(rows, 1));
		json_key_text(w, "detail", rows_text(rows, 2));
		json_end_object(w);
	}
	json_end_array(w);
	return more;
}

static void format_columns(const struct import_plan *plan,
			   struct json_writer *w)
{
	bool named = false; /* several columns may be about consent */

	json_key_begin_object(w, "columns");
	vec_each (&plan->columns, c) {
		if (c->target == IMPORT_IGNORED ||
		    (c->target == IMPORT_OPTED_OUT && named))
			continue;
		named |= c->target == IMPORT_OPTED_OUT;
		json_key_text(w, c->field, c->header);
	}
	json_end_object(w);
	json_key_begin_array(w, "ignored_columns");
	vec_each (&plan->columns, c) {
		if (c->target == IMPORT_IGNORED)
			json_text(w, c->header);
	}
	json_end_array(w);
	json_key_begin_array(w, "consent_columns");
	vec_each (&plan->columns, c) {
		if (c->consent == CONSENT_NO_COLUMN ||
		    c->consent == CONSENT_IGNORED)
			continue;
		json_begin_object(w);
		json_key_text(w, "column", c->header);
		json_key_text(w, "as", import_consent_name(c->consent));
		json_end_object(w);
	}
	json_end_array(w);
}

static int format_result(struct session *s, struct strbuf *out, struct err *err)
{
	struct json_writer w = JSON_WRITER(out);

	if (import_get(s->steps->db, s->run.id, s->arena, &s->run, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "import_id", s->run.id);
	json_key_bool(&w, "dry_run", s->plan.dry_run);
	json_key_int(&w, "created", s->run.created);
	json_key_int(&w, "updated", s->run.updated);
	json_key_int(&w, "unchanged", s->run.unchanged);
	json_key_int(&w, "refused", s->run.refused);
	json_key(&w, "undo");
	if (s->plan.dry_run)
		json_nothing(&w);
	else
		json_text(&w, arena_printf(s->arena,
					   "/api/v1/imports/%" PRId64 "/undo",
					   s->run.id));
	format_columns(&s->plan, &w);
	if (format_problems(s, &w, err) < 0)
		return -1;
	json_end_object(&w);
	return 0;
}

static int finish(struct session *s, struct err *err)
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
static int count_refused(struct session *s, const struct import_batch *b,
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

static int count_batch(struct session *s, struct arena *arena,
		       struct toll *toll, struct err *err)
{
	CLEANUP(import_batch_release)
	struct import_batch b = {
		.plan = &s->plan,
		.arena = arena,
		.forgotten = &s->forgotten,
		.now_ms = clock_now_ms(),
		.existing = VEC_INIT,
	};

	if (read_batch(s, &b, err) < 0 ||
	    import_match(s->steps->db, &b, err) < 0)
		return -1;
	for (size_t i = 0; i < b.n; i++) {
		const struct import_row *row = &b.rows[i];

		if (row->reason || !row->existing)
			continue;
		toll->existing++;
		toll->opted_out += row->opted_out && !row->existing->opted_out;
	}
	return count_refused(s, &b, toll, err);
}

static bool is_many(const struct toll *toll)
{
	return toll->opted_out > IMPORT_OPT_OUTS_ASK &&
	       toll->opted_out * 100 > toll->existing * IMPORT_OPT_OUTS_ASK_PCT;
}

static void format_question(const struct session *s, const struct toll *toll,
			    struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_int(&w, "import_id", s->run.id);
	json_key_int(&w, "existing", toll->existing);
	json_key_int(&w, "would_opt_out", toll->opted_out);
	json_key_text(&w, "question",
		      arena_printf(s->arena,
				   "the import would opt out %" PRId64
				   " of the %" PRId64 " in it who are here",
				   toll->opted_out, toll->existing));
	format_columns(&s->plan, &w);
	json_end_object(&w);
}

/* Would it opt out many? The file is read and matched, as it will be. Only one
 * with many opt-outs in it costs this. */
static int asks(struct import_steps *steps, struct strbuf *result,
		struct err *err)
{
	CLEANUP(session_release)
	struct session s = {
		.steps = steps,
		.arena = arena_new(),
		.seen = IMPORT_SEEN_INIT,
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct toll toll = { 0, 0 };

	if (steps->confirmed || steps->state_json)
		return 0;
	if (open_session(&s, err) < 0)
		return -1;
	if (s.plan.dry_run || s.plan.opt_outs <= IMPORT_OPT_OUTS_ASK)
		return 0;
	while (!s.at_end) {
		arena_reset(arena);
		if (count_batch(&s, arena, &toll, err) < 0)
			return -1;
	}
	if (!is_many(&toll))
		return 0;
	format_question(&s, &toll, result);
	return 1;
}

int import_steps(struct import_steps *steps, struct strbuf *result,
		 struct err *err)
{
	CLEANUP(session_release)
	struct session s = {
		.steps = steps,
		.arena = arena_new(),
		.seen = IMPORT_SEEN_INIT,
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	int questions = asks(steps, result, err);

	if (questions != 0)
		return questions < 0 ? -1 : IMPORT_ASKS;
	db_set_bulk(steps->db, true);
	if (open_session(&s, err) < 0)
		return -1;
	while (!s.at_end) {
		if (steps->is_stopping && steps->is_stopping(steps->context))
			return 0;
		if (one_transaction(&s, arena, err) < 0)
			return -1;
	}
	if (finish(&s, err) < 0 || format_result(&s, result, err) < 0)
		return -1;
	return 1;
}
