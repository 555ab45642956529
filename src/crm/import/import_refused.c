/*
 * Refused rows of a batch: kept with their reasons, and what they say of
 * opt-outs heeded. After the batch was written: see import_batch.h.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
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

#include <string.h>

#define RAW_MAX 65536 /* bytes of a refused row that are kept */

struct refusals {
	struct tx *tx;
	struct import_batch *b;
	const struct actor *actor;
};

static int add_refused(struct refusals *w, struct batch *batch, struct err *err)
{
	struct sql_value import = sql_int(w->b->plan->import_id);
	int64_t stored = 0;

	for (size_t i = 0; i < w->b->n; i++) {
		const struct import_row *row = &w->b->rows[i];
		struct str raw = str_of(row->raw);

		if (!row->reason)
			continue;
		if (w->b->refused_before + stored++ >= IMPORT_REFUSED_STORED)
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
	*id_out = row->id;
	if (found != 0 || !key)
		return found;
	return import_find_key(w->tx->db, row->given.entity, key, id_out, err);
}

/* What became of the opt-out of a row: a bit for each effect. */
#define EFFECT(e) (1u << (e))

/* Whom the row names: adds the effect. */
static int opt_out_named(struct refusals *w, struct import_row *row,
			 const struct consent *consent, unsigned *effects,
			 struct err *err)
{
	struct consent c = *consent;
	struct record r;
	int found = find_named(w, row, &c.record_id, err);

	if (found <= 0)
		return found;
	c.entity = row->given.entity;
	if (record_get(w->tx->db, c.entity, c.record_id, w->b->arena, &r, err) <
	    0)
		return -1;
	if (!w->b->plan->dry_run && consent_add(w->tx, &c, w->actor, err) < 0)
		return -1;
	*effects |= EFFECT(r.opted_out ? OPT_OUT_BEFORE : OPT_OUT_TAKEN);
	return 0;
}

/* What opting out an address would do. */
static int foresee_effect(struct refusals *w, const struct email *email,
			  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	int64_t holder, open;
	int found = db_find_int(w->tx->db, SQL_ADDRESS_HOLDERS,
				SQL_ARGS(sql_text(email->hash)), &holder, err);

	if (found <= 0)
		return found < 0 ? -1 : OPT_OUT_KEPT;
	import_json_text(&hashes, str_of(email->hash));
	if (db_find_int(w->tx->db, SQL_IMPORT_OPEN_HASHES,
			SQL_ARGS(sql_text(import_json_end(&hashes))), &open,
			err) < 0)
		return -1;
	return open > 0 ? OPT_OUT_TAKEN : OPT_OUT_BEFORE;
}

static int opt_out_address(struct refusals *w, const struct email *email,
			   const struct consent *consent, unsigned *effects,
			   struct err *err)
{
	int effect;

	if (w->b->plan->dry_run)
		effect = foresee_effect(w, email, err);
	else
		effect = kept_opt_out_by_address(w->tx, email, consent,
						 w->b->plan->import_id,
						 w->actor, err);
	if (effect < 0)
		return -1;
	w->b->counts.opt_outs_kept += effect == OPT_OUT_KEPT;
	*effects |= EFFECT(effect);
	return 0;
}

/* The address of the row; where that cell is none ("Ann <ann@example.org>"),
 * those in it. */
static int opt_out_addresses(struct refusals *w, struct import_row *row,
			     const struct consent *consent, unsigned *effects,
			     struct err *err)
{
	struct str text = str_of(row->not_email);
	struct email email;
	size_t at = 0;

	if (import_row_has_email(row))
		return opt_out_address(w, &row->email, consent, effects, err);
	while (email_next(text, &at, w->b->arena, &email)) {
		if (opt_out_address(w, &email, consent, effects, err) < 0)
			return -1;
	}
	return 0;
}

/* Said once, however many addresses the row has. */
static void tell_effects(struct refusals *w, struct import_row *row,
			 unsigned effects)
{
	struct import_counts *counts = &w->b->counts;
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
	counts->refused_opted_out += effects != 0;
	if (effects & EFFECT(OPT_OUT_TAKEN))
		counts->opted_out++;
	else if (effects & EFFECT(OPT_OUT_BEFORE))
		counts->opted_out_before++;
}

/* Whatever else is wrong with a row: that somebody wants no mail is not. */
static int heed_opt_out(struct refusals *w, struct import_row *row,
			struct err *err)
{
	const struct consent consent = {
		.state = CONSENT_OPTED_OUT,
		.source = CONSENT_BY_IMPORT,
		.reason = "a refused row",
		.import_id = w->b->plan->import_id,
	};
	unsigned effects = 0;

	if (!row->opted_out)
		return 0;
	if (opt_out_named(w, row, &consent, &effects, err) < 0 ||
	    opt_out_addresses(w, row, &consent, &effects, err) < 0)
		return -1;
	tell_effects(w, row, effects);
	return 0;
}

/* Cells that nobody can tell apart: addresses wait for a user's word. */
static int hold_addresses(struct refusals *w, struct import_row *row,
			  struct err *err)
{
	const struct import_plan *plan = w->b->plan;
	struct str raw = str_of(row->raw);
	int n;

	if (!import_plan_has_consent(plan) || plan->entity == ENTITY_COMPANY)
		return 0;
	n = plan->dry_run
		    ? unclear_opt_outs_in(raw)
		    : unclear_opt_outs_add(w->tx, plan->import_id, row->number,
					   raw, w->b->now_ms, err);
	if (n <= 0)
		return n;
	w->b->counts.unclear += n;
	add_detail(row, w->b->arena,
		   arena_printf(w->b->arena,
				"%d addresses %s held (" UNCLEAR_OPT_OUT ")", n,
				plan->dry_run ? "would be" : "are"));
	return 0;
}

int import_write_refused(struct tx *tx, struct import_batch *b,
			 const struct actor *actor, struct err *err)
{
	struct refusals w = { .tx = tx, .b = b, .actor = actor };
	struct batch batch;

	for (size_t i = 0; i < b->n; i++) {
		struct import_row *row = &b->rows[i];

		if (row->reason && (strcmp(row->reason, "malformed") == 0
					    ? hold_addresses(&w, row, err)
					    : heed_opt_out(&w, row, err)) < 0)
			return -1;
	}
	batch_begin(tx, &batch);
	if (add_refused(&w, &batch, err) < 0)
		return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}
