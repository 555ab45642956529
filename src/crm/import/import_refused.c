/*
 * Refused rows: those of a batch are kept with their reasons, and what they say
 * of opt-outs is heeded, after the batch was written (see import_batch.h); and
 * how they are read again (import.h), by any thread.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/consent/unclear_opt_out.h"
#include "crm/import/import.h"
#include "crm/import/import_batch.h"
#include "crm/import/import_lookup.h"
#include "crm/import/import_plan.h"
#include "sql/address.h"
#include "sql/import.h"
#include "store/db.h"

#include <inttypes.h>
#include <string.h>

#define RAW_MAX 65536 /* bytes of a refused row that are kept */
#define REFUSED_PAGE 1000

struct refusals {
	struct tx *tx;
	struct import_batch *b;
	const struct actor *actor;
};

static int add_refused(const struct import_batch *b, struct batch *batch,
		       struct err *err)
{
	struct sql_value import = sql_int(b->plan->import_id);
	int64_t stored = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct import_row *row = &b->rows[i];
		struct str raw = str_of(row->raw);

		if (!row->reason)
			continue;
		if (b->refused_before + stored++ >= IMPORT_REFUSED_STORED)
			break; /* they are counted all the same */
		raw.len = utf8_prefix(raw, RAW_MAX);
		if (batch_add(batch, SQL_IMPORT_REFUSED_ADD,
			      SQL_ARGS(import, sql_int(row->number),
				       sql_text(row->reason),
				       sql_text(row->detail), sql_str(raw)),
			      err) < 0)
			return -1;
	}
	return 0;
}

static void add_detail(struct import_row *row, struct arena *arena,
		       const char *what)
{
	row->detail =
		arena_printf(arena, "%s%s%s", row->detail ? row->detail : "",
			     row->detail ? "; " : "", what);
}

/* The record that a row names by its id or key: 1, 0 or -1. */
static int find_named(struct refusals *w, const struct import_row *row,
		      int64_t *id_out, struct err *err)
{
	const char *key = row->given.text[TEXT_EXTERNAL_KEY];
	struct record r;
	int found = 0;

	if (row->id)
		found = record_find(w->tx->db, row->given.entity, row->id,
				    w->b->arena, &r, err);
	if (found > 0 && r.import_id == w->b->plan->import_id)
		found = 0; /* it got an id that the file has of others */
	*id_out = row->id;
	if (found != 0 || !key)
		return found;
	return import_find_key(w->tx->db, row->given.entity, key, id_out, err);
}

/* What became of the opt-out of a row: a bit for each effect. */
#define EFFECT(e) (1u << (e))

/* Was the record opted out before? 1, 0, -1. */
static int is_out(struct refusals *w, enum entity entity, int64_t id,
		  struct err *err)
{
	struct record r;

	if (record_get(w->tx->db, entity, id, w->b->arena, &r, err) < 0)
		return -1;
	return r.opted_out;
}

static int opt_out_record(struct refusals *w, const struct import_row *row,
			  int64_t id, const struct consent *consent,
			  struct err *err)
{
	struct consent c = *consent;

	c.record_id = id;
	c.entity = row->given.entity;
	return consent_add(w->tx, &c, w->actor, err) < 0 ? -1 : 0;
}

/* Whom the row names: adds the effect. */
static int opt_out_named(struct refusals *w, const struct import_row *row,
			 const struct consent *consent, unsigned *effects,
			 struct err *err)
{
	int64_t id;
	int out, found = find_named(w, row, &id, err);

	if (found <= 0)
		return found;
	out = is_out(w, row->given.entity, id, err);
	if (out < 0 || opt_out_record(w, row, id, consent, err) < 0)
		return -1;
	*effects |= EFFECT(out ? OPT_OUT_BEFORE : OPT_OUT_TAKEN);
	return 0;
}

/* Whom it may mean: each of them counts, and adds the effect. */
static int opt_out_possible(struct refusals *w, const struct import_row *row,
			    const struct consent *consent, unsigned *effects,
			    struct err *err)
{
	struct import_counts *counts = &w->b->counts;

	/* before any is: they may share an address */
	for (size_t i = 0; i < row->may_be_n; i++) {
		int out = is_out(w, row->given.entity, row->may_be[i], err);

		if (out < 0)
			return -1;
		counts->opted_out += !out;
		counts->opted_out_before += out;
		*effects |= EFFECT(out ? OPT_OUT_BEFORE : OPT_OUT_TAKEN);
	}
	for (size_t i = 0; i < row->may_be_n; i++) {
		if (opt_out_record(w, row, row->may_be[i], consent, err) < 0)
			return -1;
	}
	return 0;
}

static int opt_out_address(struct refusals *w, const struct email *email,
			   const struct consent *consent, unsigned *effects,
			   struct err *err)
{
	int effect = kept_opt_out_by_address(
		w->tx, email, consent, w->b->plan->import_id, w->actor, err);

	if (effect < 0)
		return -1;
	w->b->counts.opt_outs_kept += effect == OPT_OUT_KEPT;
	*effects |= EFFECT(effect);
	return 0;
}

/* Those of other columns of addresses, and of a cell that is none ("Ann
 * <ann@example.org>"). */
static int opt_out_further(struct refusals *w, struct import_row *row,
			   const struct consent *consent, unsigned *effects,
			   struct err *err)
{
	struct str text = str_of(row->not_email);
	struct email email;
	size_t at = 0;

	while (email_next(text, &at, w->b->arena, &email)) {
		if (opt_out_address(w, &email, consent, effects, err) < 0)
			return -1;
	}
	return 0;
}

static int opt_out_addresses(struct refusals *w, struct import_row *row,
			     const struct consent *consent, unsigned *effects,
			     struct err *err)
{
	if (import_row_has_email(row) &&
	    opt_out_address(w, &row->email, consent, effects, err) < 0)
		return -1;
	return opt_out_further(w, row, consent, effects, err);
}

/* Said once, however many addresses the row has. */
static void tell_effects(struct refusals *w, struct import_row *row,
			 unsigned effects)
{
	bool dry_run = w->b->plan->dry_run;

	if (effects & (EFFECT(OPT_OUT_TAKEN) | EFFECT(OPT_OUT_BEFORE)))
		add_detail(row, w->b->arena,
			   dry_run ? "its opt-out would be heeded"
				   : "its opt-out was heeded");
	if (effects & EFFECT(OPT_OUT_KEPT))
		add_detail(row, w->b->arena,
			   dry_run ? "its opt-out would be kept, though nobody "
				     "has the address"
				   : "its opt-out is kept, though nobody has "
				     "the address");
	w->b->counts.refused_opted_out += effects != 0;
}

static void count_effects(struct import_counts *counts, unsigned effects)
{
	if (effects & EFFECT(OPT_OUT_TAKEN))
		counts->opted_out++;
	else if (effects & EFFECT(OPT_OUT_BEFORE))
		counts->opted_out_before++;
}

static struct consent no_of(const struct refusals *w, const char *reason)
{
	return (struct consent){ .state = CONSENT_OPTED_OUT,
				 .source = CONSENT_BY_IMPORT,
				 .reason = reason,
				 .import_id = w->b->plan->import_id };
}

/* Whatever else is wrong with a row: that somebody wants no mail is not. */
static int heed_opt_out(struct refusals *w, struct import_row *row,
			struct err *err)
{
	const struct consent consent = no_of(w, "a refused row");
	unsigned effects = 0;

	if (!row->opted_out)
		return 0;
	if (opt_out_named(w, row, &consent, &effects, err) < 0 ||
	    opt_out_addresses(w, row, &consent, &effects, err) < 0)
		return -1;
	count_effects(&w->b->counts, effects);
	if (opt_out_possible(w, row, &consent, &effects, err) < 0)
		return -1;
	tell_effects(w, row, effects);
	return 0;
}

/* A row that is taken: its own address has it by the record. */
static int heed_further(struct refusals *w, struct import_row *row,
			struct err *err)
{
	const struct consent consent = no_of(w, "another address of a row");
	unsigned effects = 0;

	if (!row->opted_out || !row->not_email)
		return 0;
	if (opt_out_further(w, row, &consent, &effects, err) < 0)
		return -1;
	count_effects(&w->b->counts, effects);
	return 0;
}

static const char *held_words(int n, bool dry_run, struct arena *arena)
{
	if (n == 1)
		return dry_run ? "1 address would be held (" UNCLEAR_OPT_OUT ")"
			       : "1 address is held (" UNCLEAR_OPT_OUT ")";
	return dry_run ? arena_printf(arena,
				      "%d addresses would be held "
				      "(" UNCLEAR_OPT_OUT ")",
				      n)
		       : arena_printf(arena,
				      "%d addresses are held (" UNCLEAR_OPT_OUT
				      ")",
				      n);
}

/* Cells that nobody can tell apart: addresses wait for a user's word. */
static int hold_addresses(struct refusals *w, struct import_row *row,
			  struct err *err)
{
	const struct import_plan *plan = w->b->plan;
	int n;

	if (!import_plan_has_consent(plan) || plan->entity == ENTITY_COMPANY)
		return 0;
	n = unclear_opt_outs_add(w->tx, plan->import_id, row->number,
				 str_of(row->raw), w->b->now_ms, err);
	if (n <= 0)
		return n;
	w->b->counts.unclear += n;
	add_detail(row, w->b->arena, held_words(n, plan->dry_run, w->b->arena));
	return 0;
}

static int heed(struct refusals *w, struct import_row *row, struct err *err)
{
	if (!row->reason)
		return heed_further(w, row, err);
	return strcmp(row->reason, "malformed") == 0
		       ? hold_addresses(w, row, err)
		       : heed_opt_out(w, row, err);
}

int import_write_refused(struct tx *tx, struct import_batch *b,
			 const struct actor *actor, struct err *err)
{
	struct refusals w = { .tx = tx, .b = b, .actor = actor };

	for (size_t i = 0; i < b->n; i++)
		if (heed(&w, &b->rows[i], err) < 0)
			return -1;
	return 0;
}

int import_keep_refused(struct tx *tx, const struct import_batch *b,
			struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	if (add_refused(b, &batch, err) < 0)
		return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

/* --- reading --- */

/* What a row tells of its opt-out, and what is true once the import was taken
 * back together with it. */
static const struct {
	const char *stands, *taken_back;
} endings[] = {
	{ "its opt-out was heeded",
	  "its opt-out was heeded until the import was taken back" },
	{ "its opt-out is kept, though nobody has the address",
	  "its opt-out was kept until the import was taken back" },
	{ "1 address is held (" UNCLEAR_OPT_OUT ")",
	  "1 address was held until the import was taken back" },
	{ "addresses are held (" UNCLEAR_OPT_OUT ")",
	  "addresses were held until the import was taken back" },
};

static const char *true_detail(const struct import_run *run, const char *detail,
			       struct arena *arena)
{
	bool given_back =
		strcmp(run->state, "undone") == 0 && !run->keeps_opt_outs;

	for (size_t i = 0; i < ARRAY_SIZE(endings) && detail && given_back;
	     i++) {
		const char *stands = endings[i].stands;
		const char *at = strstr(detail, stands);

		if (at)
			detail = arena_printf(
				arena, "%.*s%s%s", (int)(at - detail), detail,
				endings[i].taken_back, at + strlen(stands));
	}
	return detail;
}

/* The file's columns, then ours: each row has as many cells. */
static void add_head(const json_t *options, char delimiter, struct strbuf *out)
{
	const json_t *columns = json_object_get(options, "columns"), *item;
	char before = 0;
	size_t i;

	json_array_foreach (columns, i, item) {
		csv_add_field(out,
			      str_of(json_string_value(
				      json_object_get(item, "header"))),
			      before, true);
		before = delimiter;
	}
	strbuf_addf(out, "%cimport_row%cimport_reason%cimport_detail",
		    delimiter, delimiter, delimiter);
	csv_end_row(out);
}

/* The cells of the row; one that cannot be taken apart is all in the first. */
static void add_cells(struct str raw, bool whole, char delimiter,
		      size_t columns, struct strbuf *out)
{
	CLEANUP(csv_free)
	struct csv_reader *reader = csv_open_text(raw, delimiter);
	const struct str *cells = &raw;
	struct err ignored = ERR_INIT; /* cut within quotes: as a whole */
	size_t n = 1;

	if (whole || csv_next(reader, &cells, &n, NULL, &ignored) <= 0) {
		cells = &raw;
		n = 1;
	}
	for (size_t i = 0; i < columns; i++)
		csv_add_field(out, i < n ? csv_undefuse(cells[i]) : STR(""),
			      i > 0 ? delimiter : 0, true);
}

static void format_refused(const struct import_run *run,
			   const struct rows *rows, char delimiter,
			   size_t columns, struct arena *arena,
			   struct strbuf *out)
{
	const char *detail = true_detail(run, rows_text(rows, 2), arena);
	bool malformed = strcmp(rows_text(rows, 1), "malformed") == 0;

	add_cells(rows_str(rows, 3), malformed, delimiter, columns, out);
	strbuf_addf(out, "%c%" PRId64 "%c%s", delimiter, rows_int(rows, 0),
		    delimiter, rows_text(rows, 1));
	csv_add_field(out, str_of(detail ? detail : ""), delimiter, true);
	csv_end_row(out);
}

int import_refused_csv(struct db *db, const struct import_run *run,
		       int64_t *after, struct strbuf *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(rows_free) struct rows *rows = NULL;
	CLEANUP(json_free) json_t *options = NULL;
	const char *delimiter = ",";
	size_t columns;
	int n = 0, more;

	if (import_options_read(run, &options, err) < 0 ||
	    json_get_text(options, "delimiter", &delimiter, err) < 0)
		return -1;
	columns = json_array_size(json_object_get(options, "columns"));
	if (*after == 0)
		add_head(options, *delimiter, out);
	if (db_query(db, SQL_IMPORT_REFUSED_PAGE,
		     SQL_ARGS(sql_int(run->id), sql_int(*after),
			      sql_int(REFUSED_PAGE)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		format_refused(run, rows, *delimiter, columns, arena, out);
		*after = rows_int(rows, 0);
		n++;
	}
	if (more < 0)
		return -1;
	return n == REFUSED_PAGE;
}

static void read_refusal(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct import_refusal *)out = (struct import_refusal){
		.row = rows_int(rows, 0),
		.reason = rows_dup(rows, 1, arena),
		.detail = rows_dup(rows, 2, arena),
		.text = rows_dup(rows, 3, arena),
	};
}

int import_refusals(struct db *db, const struct import_run *run,
		    const char *reason, int64_t after, int64_t limit,
		    struct arena *arena, struct import_refusals *out,
		    struct err *err)
{
	if (db_list(db, SQL_IMPORT_REFUSED_BY_REASON,
		    SQL_ARGS(sql_int(run->id), sql_int(after), sql_text(reason),
			     sql_text(reason), sql_int(limit)),
		    read_refusal, arena, out, err) < 0)
		return -1;
	vec_each (out, refusal)
		refusal->detail = true_detail(run, refusal->detail, arena);
	return 0;
}

static void read_reason(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct import_reason *)out = (struct import_reason){
		.reason = rows_dup(rows, 0, arena),
		.count = rows_int(rows, 1),
	};
}

int import_reasons(struct db *db, int64_t id, struct arena *arena,
		   struct import_reasons *out, struct err *err)
{
	return db_list(db, SQL_IMPORT_REFUSED_REASONS, SQL_ARGS(sql_int(id)),
		       read_reason, arena, out, err);
}
