/*
 * Writing a batch of rows that were matched: see import_batch.h.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "crm/consent/consent.h"
#include "crm/consent/opt_out_witness.h"
#include "crm/import/import.h"
#include "crm/import/import_compare.h"
#include "crm/import/import_image.h"
#include "crm/import/import_plan.h"
#include "crm/import/import_said.h"
#include "crm/tag.h"
#include "sql/import.h"
#include "sql/tag.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#define NEEDED (-1) /* an id still to be taken */

struct known_tag {
	const char *name;
	int64_t id;
};

struct writer {
	struct tx *tx;
	struct import_batch *b;
	struct actor actor;
	VEC(struct import_row *) fresh; /* rows that make a record */
	struct ids unchanged;           /* found, and as the file has them */
	VEC(struct import_change) changes;
	size_t *change_of; /* by place in b->existing: 1 + last change */
	VEC(struct known_tag) tags;
	struct import_said said;
	struct import_images images; /* of earlier batches */
};

static void writer_release(struct writer *w)
{
	vec_each (&w->changes, c)
		vec_release(&c->new_tags);
	vec_release(&w->fresh);
	vec_release(&w->unchanged);
	vec_release(&w->changes);
	vec_release(&w->tags);
	import_said_release(&w->said);
	vec_release(&w->images);
}

/*
 * Two rows that name a record in different ways (one by key, one by address)
 * change it one after the other, as they would in two batches.
 */
static void compare_row(struct writer *w, struct import_row *row)
{
	size_t *last = &w->change_of[row->existing - w->b->existing.v];
	const struct import_change *before =
		*last ? &w->changes.v[*last - 1] : NULL;
	struct import_change c;

	if (!import_compare(w->b, row, before, &c)) {
		vec_release(&c.new_tags);
		return;
	}
	c.before = *last;
	vec_push(&w->changes, c);
	*last = w->changes.n;
}

static int64_t company_id_of(const struct import_row *row)
{
	return row->new_company ? row->new_company->id : row->company_id;
}

/* Does what is left of all changes of a record differ from what it was? */
static bool is_changed(const struct writer *w, const struct import_change *last)
{
	const struct record *was = last->row->existing;
	const struct import_change *c = last;

	for (;;) {
		if (c->new_email || c->opt_out || c->new_tags.n > 0)
			return true;
		if (!c->before)
			break;
		c = &w->changes.v[c->before - 1];
	}
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (!field_text_same(was->text[t], last->after.text[t]))
			return true;
	}
	if (last->new_company || last->after.company_id != was->company_id)
		return true;
	return !import_same_custom(was->custom, last->after.custom);
}

/* A second import says again what rows of the file say one against the other:
 * where the last word is what the record has, nothing is written. */
static void drop_changes_without_effect(struct writer *w)
{
	for (size_t i = 0; i < w->b->existing.n; i++) {
		size_t at = w->change_of[i];

		if (at == 0 || is_changed(w, &w->changes.v[at - 1]))
			continue;
		for (; at; at = w->changes.v[at - 1].before)
			w->changes.v[at - 1].is_void = true;
	}
}

/* Is it the last word about its record? */
static bool is_last(const struct writer *w, const struct import_change *c)
{
	size_t place = (size_t)(c->row->existing - w->b->existing.v);

	return w->change_of[place] == (size_t)(c - w->changes.v) + 1;
}

/* Companies that were named, but whose people a later row sends elsewhere. */
static void drop_companies(struct writer *w)
{
	struct import_companies *all = &w->b->new_companies;
	size_t n = 0;

	vec_each (&w->fresh, row) {
		if ((*row)->new_company)
			(*row)->new_company->id = NEEDED;
	}
	vec_each (&w->changes, c) {
		if (c->new_company && !c->is_void && is_last(w, c))
			c->new_company->id = NEEDED;
	}
	for (size_t i = 0; i < all->n; i++) {
		if (all->v[i]->id == NEEDED)
			all->v[n++] = all->v[i];
	}
	all->n = n;
}

/* Is the ground true of a new one? Where the file says who agreed, a blank is
 * no yes. */
static bool is_covered(const struct import_plan *plan,
		       const struct import_row *row)
{
	return !row->forgotten_elsewhere &&
	       (row->agreed || !import_plan_has_agreement(plan));
}

/* Whom the rows opt out: each record once; whom they leave open, and which new
 * ones share an address. */
static void count_opt_outs(struct writer *w)
{
	struct import_batch *b = w->b;
	bool *seen = arena_array(b->arena, bool, b->existing.n + 1);

	vec_each (&w->fresh, row) {
		b->counts.opted_out += (*row)->opted_out;
		b->counts.sharing += (*row)->shares_address;
		b->counts.left_open += b->plan->opted_in &&
				       !(*row)->opted_out &&
				       !is_covered(b->plan, *row);
		b->counts.yes_unnoted += !b->plan->opted_in &&
					 !(*row)->opted_out && (*row)->agreed;
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct import_row *row = &b->rows[i];
		bool *is_seen;

		if (row->reason || !row->opted_out || !row->existing)
			continue;
		is_seen = &seen[row->existing - b->existing.v];
		if (!*is_seen && row->existing->opted_out)
			b->counts.opted_out_before++;
		else if (!*is_seen)
			b->counts.opted_out++;
		if (!*is_seen && !row->existing->opted_out)
			b->counts.opted_out_by_name += row->is_no_by_name;
		*is_seen = true;
	}
}

/* Who was here before and stays as they are: each record once. */
static void note_unchanged(struct writer *w)
{
	const struct import_batch *b = w->b;
	bool *seen = arena_array(b->arena, bool, b->existing.n + 1);

	for (size_t i = 0; i < b->n; i++) {
		const struct import_row *row = &b->rows[i];
		size_t place, last;

		if (row->reason || row->into || !row->existing ||
		    row->existing->import_id == b->plan->import_id)
			continue;
		place = (size_t)(row->existing - b->existing.v);
		last = w->change_of[place];
		if (!seen[place] && (!last || w->changes.v[last - 1].is_void))
			vec_push(&w->unchanged, row->existing->id);
		seen[place] = true;
	}
}

static void sort_rows(struct writer *w)
{
	struct import_batch *b = w->b;

	w->change_of = arena_array(b->arena, size_t, b->existing.n + 1);
	for (size_t i = 0; i < b->n; i++) {
		struct import_row *row = &b->rows[i];

		b->counts.repeated += !row->reason && row->is_repeated;
		b->counts.short_rows += !row->reason && row->is_short;
		if (row->reason)
			b->counts.refused++;
		else if (row->into)
			b->counts.updated += row->into_changed;
		else if (!row->existing)
			vec_push(&w->fresh, row);
		else
			compare_row(w, row);
	}
	drop_changes_without_effect(w);
	note_unchanged(w);
	drop_companies(w);
	vec_each (&w->changes, c)
		b->counts.updated += !c->is_void;
	count_opt_outs(w);
	b->counts.created = (int64_t)w->fresh.n;
	b->counts.unchanged = (int64_t)b->n - b->counts.refused -
			      b->counts.created - b->counts.updated;
}

/* --- before the batch of statements --- */

static int load_images(struct writer *w, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	vec_each (&w->changes, c) {
		if (!c->is_void && is_last(w, c))
			vec_push(&ids, c->after.id);
	}
	return import_images_load(w->tx->db, w->b, &ids, &w->images, err);
}

static int take_ids(struct writer *w, int64_t *address_id, struct err *err)
{
	struct import_batch *b = w->b;
	int64_t id = 0, company_id = 0, addresses = 0;

	vec_each (&w->fresh, row)
		addresses += import_row_has_email(*row);
	if (w->fresh.n > 0 &&
	    record_ids_take(w->tx, b->plan->entity, (int64_t)w->fresh.n, &id,
			    err) < 0)
		return -1;
	if (addresses > 0 &&
	    address_ids_take(w->tx, addresses, address_id, err) < 0)
		return -1;
	if (b->new_companies.n > 0 &&
	    record_ids_take(w->tx, ENTITY_COMPANY, (int64_t)b->new_companies.n,
			    &company_id, err) < 0)
		return -1;
	if (id && db_exec(w->tx, SQL_IMPORT_FIRST_ID,
			  SQL_ARGS(sql_int(id), sql_int(b->plan->import_id)),
			  err) < 0)
		return -1;
	if (company_id &&
	    db_exec(w->tx, SQL_IMPORT_FIRST_COMPANY,
		    SQL_ARGS(sql_int(company_id), sql_int(b->plan->import_id)),
		    err) < 0)
		return -1;
	vec_each (&w->fresh, row)
		(*row)->given.id = id++;
	vec_each (&b->new_companies, company)
		(*company)->id = company_id++;
	return 0;
}

static int tag_id(struct writer *w, const char *name, int64_t *out,
		  struct err *err)
{
	struct known_tag known = { .name = name };

	vec_each (&w->tags, tag) {
		if (strcmp(tag->name, name) == 0) {
			*out = tag->id;
			return 0;
		}
	}
	if (tag_put(w->tx, name, w->b->arena, &known.id, err) < 0)
		return -1;
	vec_push(&w->tags, known);
	*out = known.id;
	return 0;
}

/* Makes all tags that rows will need: no statement waits within the batch. */
static int find_tags(struct writer *w, struct err *err)
{
	int64_t id;

	vec_each (&w->fresh, row) {
		for (size_t i = 0; i < (*row)->tags_n; i++) {
			if (tag_id(w, (*row)->tags[i], &id, err) < 0)
				return -1;
		}
	}
	vec_each (&w->changes, c) {
		if (c->is_void)
			continue;
		vec_each (&c->new_tags, name) {
			if (tag_id(w, *name, &id, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* The row's address becomes the primary one, the one before it ends. */
static int put_email(struct writer *w, const struct import_change *c,
		     struct err *err)
{
	struct arena *arena = w->b->arena;
	size_t n, kept = 0;
	const struct address *all = import_addresses_of(w->b, c->after.id, &n);
	struct address *wanted = arena_array(arena, struct address, n + 1);

	for (size_t i = 0; i < n; i++) {
		if (all[i].id == c->after.email_id)
			continue;
		wanted[kept] = all[i];
		if (wanted[kept].held != HELD_BY_HAND)
			wanted[kept].held = HELD_NO;
		wanted[kept].is_primary = false;
		wanted[kept++].is_marketing = false;
	}
	wanted[kept++] = (struct address){
		.address = c->row->email.address,
		.type = c->row->email_type,
		.is_primary = true,
	};
	return addresses_put(w->tx, c->after.entity, c->after.id, wanted, kept,
			     &w->actor, arena, err);
}

static int opt_out(struct writer *w, const struct import_change *c,
		   struct err *err)
{
	struct consent consent = {
		.entity = c->after.entity,
		.record_id = c->after.id,
		.state = CONSENT_OPTED_OUT,
		.source = CONSENT_BY_IMPORT,
		.import_id = w->b->plan->import_id,
	};

	return consent_add(w->tx, &consent, &w->actor, err);
}

/* Row by row. An opt-out is kept of an address that leaves. */
static int write_singly(struct writer *w, struct err *err)
{
	vec_each (&w->changes, c) {
		if (c->is_void)
			continue;
		if (c->opt_out && opt_out(w, c, err) < 0)
			return -1;
		if (c->new_email && put_email(w, c, err) < 0)
			return -1;
	}
	return 0;
}

/* --- the batch of statements --- */

static int add_companies(struct writer *w, struct batch *batch, struct err *err)
{
	vec_each (&w->b->new_companies, company) {
		struct record *r = *company;

		r->import_id = w->b->plan->import_id;
		r->created_ms = r->updated_ms = w->b->now_ms;
		if (record_batch_add(batch, r, err) < 0)
			return -1;
	}
	return 0;
}

static int add_address(struct writer *w, const struct import_row *row,
		       struct batch *batch, struct err *err)
{
	struct address a = {
		.id = row->given.email_id,
		.entity = row->given.entity,
		.record_id = row->given.id,
		.address = row->email.address,
		.folded = row->email.folded,
		.hash = row->email.hash,
		.type = row->email_type,
		.is_primary = true,
		.created_ms = w->b->now_ms,
	};

	return address_batch_add(batch, &a, err);
}

/* How the history of a new record begins; 0: with nothing. */
static int first_consent(const struct writer *w, const struct import_row *row,
			 const struct ids *witnesses, const char *carried,
			 struct consent *c)
{
	const struct import_plan *plan = w->b->plan;

	*c = (struct consent){
		.entity = row->given.entity,
		.record_id = row->given.id,
		.email_id = row->given.email_id,
		.state = CONSENT_OPTED_OUT,
		.source = CONSENT_BY_IMPORT,
		.user_id = plan->user_id,
		.at_ms = w->b->now_ms,
		.import_id = plan->import_id,
	};
	if (row->opted_out)
		return 1;
	if (witnesses->n > 0) {
		c->source = CONSENT_CARRIED;
		c->reason = carried;
		c->import_id = witnesses->v[0];
		return 1;
	}
	c->state = CONSENT_OPTED_IN;
	if (row->agreement)
		return import_said_agreed(row->agreement, c);
	/* by a user, with a ground */
	c->source = CONSENT_BY_USER;
	c->reason = plan->opted_in;
	return plan->opted_in && is_covered(plan, row);
}

static int add_consent(struct writer *w, const struct import_row *row,
		       const struct ids *witnesses, const char *carried,
		       struct batch *batch, struct err *err)
{
	struct consent c;

	if (!first_consent(w, row, witnesses, carried, &c))
		return 0;
	vec_each (witnesses, import_id)
		if (opt_out_witness_batch_add(batch, c.entity, c.record_id,
					      *import_id, err) < 0)
			return -1;
	return consent_batch_add(batch, &c, err);
}

static int add_tags(struct writer *w, enum entity entity, int64_t record_id,
		    const char *const *names, size_t n, struct batch *batch,
		    struct err *err)
{
	int64_t id;

	for (size_t i = 0; i < n; i++) {
		if (tag_id(w, names[i], &id, err) < 0 ||
		    batch_add(batch, SQL_TAG_ON,
			      SQL_ARGS(sql_int(entity), sql_int(record_id),
				       sql_int(id)),
			      err) < 0)
			return -1;
	}
	return 0;
}

/* What a row's record is made of. */
static void complete_record(struct writer *w, struct import_row *row,
			    int64_t *address_id)
{
	struct record *r = &row->given;
	bool changed;

	r->import_id = w->b->plan->import_id;
	r->created_ms = r->updated_ms = w->b->now_ms;
	r->company_id = company_id_of(row);
	if (r->entity == ENTITY_LEAD && !r->text[TEXT_STATUS])
		r->text[TEXT_STATUS] = "new";
	if (row->values_n > 0)
		r->custom =
			import_merge_custom(NULL, row, w->b->arena, &changed);
	if (import_row_has_email(row))
		r->email_id = (*address_id)++;
}

/* Opted out is who says so, and of whom it was said before. */
static int add_opt_outs(struct writer *w, struct import_row *row,
			struct batch *batch, struct err *err)
{
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;
	const char *carried = import_said_of(&w->said, row, &witnesses);

	row->given.opted_out = row->opted_out || witnesses.n > 0;
	return add_consent(w, row, &witnesses, carried, batch, err);
}

/* Kind by kind: rows of one statement travel together (store/many.h). */
static int add_records(struct writer *w, int64_t address_id,
		       struct batch *batch, struct err *err)
{
	vec_each (&w->fresh, row)
		complete_record(w, *row, &address_id);
	vec_each (&w->fresh, row) {
		if (import_row_has_email(*row) &&
		    add_address(w, *row, batch, err) < 0)
			return -1;
	}
	vec_each (&w->fresh, row) {
		if (add_opt_outs(w, *row, batch, err) < 0)
			return -1;
	}
	vec_each (&w->fresh, row) {
		if (record_batch_add(batch, &(*row)->given, err) < 0)
			return -1;
	}
	vec_each (&w->fresh, row) {
		if (add_tags(w, (*row)->given.entity, (*row)->given.id,
			     (*row)->tags, (*row)->tags_n, batch, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * A later row of the import that made the record, and nobody touched it since:
 * that is still making it, which undoing takes back as a whole.
 */
static bool is_own(const struct writer *w, const struct import_change *c)
{
	const struct record *was = c->row->existing;

	return was->import_id == w->b->plan->import_id &&
	       was->updated_ms == was->created_ms;
}

static int add_change(struct writer *w, struct import_change *c,
		      struct batch *batch, struct err *err)
{
	struct record *r = &c->after;

	if (!is_last(w, c))
		return add_tags(w, r->entity, r->id, c->new_tags.v,
				c->new_tags.n, batch, err);
	if (c->new_company)
		r->company_id = c->new_company->id;
	r->updated_ms = is_own(w, c) ? r->created_ms : w->b->now_ms;
	record_fold(r, w->b->arena);
	if (record_batch_update(batch, r, err) < 0)
		return -1;
	if (!is_own(w, c) && import_image_write(batch, w->b, w->changes.v, c,
						&w->images, err) < 0)
		return -1;
	return add_tags(w, r->entity, r->id, c->new_tags.v, c->new_tags.n,
			batch, err);
}

/* For who asks whom the import left alone: see import_people.c. */
static int add_unchanged(struct writer *w, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (w->unchanged.n == 0)
		return 0;
	return db_exec(w->tx, SQL_IMPORT_UNCHANGED_ADD,
		       SQL_ARGS(sql_int(w->b->plan->import_id),
				sql_int(w->b->plan->entity),
				sql_keys(&w->unchanged, &keys)),
		       err);
}

static int write_batch(struct writer *w, int64_t address_id, struct err *err)
{
	struct batch batch;

	batch_begin(w->tx, &batch);
	if (add_companies(w, &batch, err) < 0)
		return -1;
	if (add_records(w, address_id, &batch, err) < 0)
		return -1;
	vec_each (&w->changes, c) {
		if (!c->is_void && add_change(w, c, &batch, err) < 0)
			return -1;
	}
	if (batch_end(&batch, err) < 0)
		return -1;
	return add_unchanged(w, err) < 0 ? -1 : 0;
}

/* --- after it --- */

/* An opt-out holds for everybody with the address, new ones of this batch, too,
 * wherever it came from. */
static int carry_opt_outs(struct writer *w, struct err *err)
{
	vec_each (&w->fresh, item) {
		const struct import_row *row = *item;

		if (row->given.opted_out && row->shares_address &&
		    consent_reach_sharers(w->tx, row->given.entity,
					  row->given.id, 0, &w->actor, err) < 0)
			return -1;
	}
	return 0;
}

/* Who is sent to a company that opted out is out. */
static int join_companies(struct writer *w, struct err *err)
{
	vec_each (&w->changes, c) {
		const struct record *r = &c->after;

		if (c->is_void || !is_last(w, c) || !r->company_id ||
		    r->company_id == c->row->existing->company_id)
			continue;
		if (consent_join_company(w->tx, r->id, r->company_id, &w->actor,
					 err) < 0)
			return -1;
	}
	return 0;
}

/* What is said already this import says too: an undo of another one must not
 * take it back. Nobody is written but as a witness. */
static int confirm_opt_outs(struct writer *w, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const struct import_batch *b = w->b;

	for (size_t i = 0; i < b->n; i++) {
		const struct import_row *row = &b->rows[i];

		if (row->opted_out && row->existing && row->existing->opted_out)
			vec_push(&ids, row->existing->id);
	}
	return opt_out_witness_again(w->tx, b->plan->entity, &ids,
				     b->plan->import_id, err);
}

static int count_records(struct writer *w, struct err *err)
{
	const struct import_batch *b = w->b;

	if (w->fresh.n > 0 && record_count_add(w->tx, b->plan->entity,
					       (int64_t)w->fresh.n, err) < 0)
		return -1;
	if (b->new_companies.n > 0 &&
	    record_count_add(w->tx, ENTITY_COMPANY, (int64_t)b->new_companies.n,
			     err) < 0)
		return -1;
	return 0;
}

int import_write(struct tx *tx, struct import_batch *b, struct err *err)
{
	CLEANUP(writer_release)
	struct writer w = {
		.tx = tx,
		.b = b,
		.actor = { .user_id = b->plan->user_id,
			   .name = "import",
			   .now_ms = b->now_ms,
			   .import_id = b->plan->import_id },
	};
	int64_t address_id = 0;

	sort_rows(&w);
	/* whoever is opted out row by row opts out new ones beside them */
	if (load_images(&w, err) < 0 || take_ids(&w, &address_id, err) < 0 ||
	    find_tags(&w, err) < 0 || write_singly(&w, err) < 0 ||
	    import_said_find(&w.said, b, w.fresh.v, w.fresh.n, tx, err) < 0 ||
	    write_batch(&w, address_id, err) < 0 ||
	    carry_opt_outs(&w, err) < 0 || join_companies(&w, err) < 0 ||
	    confirm_opt_outs(&w, err) < 0 ||
	    import_write_refused(tx, b, &w.actor, err) < 0)
		return -1;
	return count_records(&w, err);
}
