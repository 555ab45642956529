/*
 * Which record a row is the same as: see import_batch.h. The rules:
 *
 * - by id, key and address, in the order of the plan; two keys that differ are
 *   two records, whatever else is the same;
 * - two people have one address only if both first names are known and differ;
 * - a name alone never matches. With its company it does if exactly one record
 *   fits, and no row before says otherwise of it; a row that has neither is
 *   in the database already if one record has all that it says, else it is
 *   somebody new;
 * - but a no is never lost: if a row that is nothing but a name says no, who
 * has that name is opted out, all of them if they are several.
 *
 * What a row comes to must be the same the next time the file is imported: so
 * it looks at records as the rows before it leave them (import_part.c), and
 * rows that are nothing but a name come last of all (import_steps.c).
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/import/import_compare.h"
#include "crm/import/import_lookup.h"
#include "crm/import/import_plan.h"
#include "crm/import/read/import_seen.h"
#include "crm/tag.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(const char *s)
{
	return !s || !*s;
}

/* What of an existing record earlier rows of the batch may have changed. */
struct present {
	bool known;
	const char *first, *key; /* first: folded */
};

struct matcher {
	struct import_lookup *m;
	struct import_batch *b;
	struct present *presents;   /* by place in b->existing */
	struct import_seen claimed; /* keys that rows of the batch gave */
};

/* Somebody a row may be the same as: one of the two. */
struct target {
	struct record *record;
	struct import_row *fresh; /* a row of the batch that makes a record */
};
struct targets VEC_FIELDS(struct target);

static struct present *present_of(struct matcher *x, const struct record *r)
{
	struct present *p = &x->presents[r - x->b->existing.v];

	if (!p->known)
		*p = (struct present){
			.known = true,
			.first = field_text_folded(r->text[TEXT_FIRST_NAME],
						   x->b->arena),
			.key = r->text[TEXT_EXTERNAL_KEY],
		};
	return p;
}

static const char *first_of_target(struct matcher *x, const struct target *t)
{
	return t->record ? present_of(x, t->record)->first
			 : field_text_folded(
				   t->fresh->given.text[TEXT_FIRST_NAME],
				   x->b->arena);
}

static const char *key_of_target(struct matcher *x, const struct target *t)
{
	return t->record ? present_of(x, t->record)->key
			 : t->fresh->given.text[TEXT_EXTERNAL_KEY];
}

static const char *company_of_target(struct matcher *x, const struct target *t)
{
	const char *company;

	if (t->fresh)
		return import_row_company(t->fresh, x->b->arena);
	company = import_lookup_company(x->m, t->record);
	return t->record->entity == ENTITY_LEAD
		       ? field_text_folded(company, x->b->arena)
		       : company;
}

/* --- who comes into question --- */

static void add_target(struct targets *list, struct target t)
{
	vec_each (list, other) {
		if (other->record == t.record && other->fresh == t.fresh)
			return;
	}
	vec_push(list, t);
}

static void add_known(struct matcher *x, const struct import_candidates *list,
		      const char *key, struct targets *out)
{
	const struct import_candidate *end = list->v + list->n;

	for (const struct import_candidate *c =
		     import_candidate_first(list, key);
	     c && c < end && strcmp(c->key, key) == 0; c++) {
		struct record *r = import_lookup_record(x->m, c->id);

		if (r)
			add_target(out, (struct target){ .record = r });
	}
}

/* Those that earlier rows of its group make, or turned out to be. */
static void add_group(struct matcher *x, struct import_row *row,
		      struct targets *out)
{
	struct import_row *first = row;

	while (first > x->b->rows && import_row_is_beside(first - 1, row))
		first--;
	for (struct import_row *before = first; before < row; before++) {
		if (before->reason || before->into)
			continue;
		add_target(
			out,
			before->existing
				? (struct target){ .record = before->existing }
				: (struct target){ .fresh = before });
	}
}

static void take_target(struct import_row *row, const struct target *t)
{
	row->existing = t->record;
	row->into = t->fresh;
}

/* --- by address --- */

/* Two keys that differ are two records, whatever else is the same. */
static bool other_key(struct matcher *x, const struct import_row *row,
		      const struct target *t)
{
	const char *a = row->given.text[TEXT_EXTERNAL_KEY];
	const char *b = key_of_target(x, t);

	return a && b && strcmp(a, b) != 0;
}

/* The more of them, the better; equal ones: the older. */
static int likeness_of(struct matcher *x, const struct import_row *row,
		       const struct target *t)
{
	const struct record *r = t->record ? t->record : &t->fresh->given;

	return 4 * field_text_same(r->name_folded, row->given.name_folded) +
	       2 * r->owns_address +
	       (!row->given.text[TEXT_EXTERNAL_KEY] && !key_of_target(x, t));
}

static bool match_email(struct matcher *x, struct import_row *row)
{
	CLEANUP(vec_release) struct targets list = VEC_INIT;
	const char *first = field_text_folded(row->given.text[TEXT_FIRST_NAME],
					      x->b->arena);
	const struct target *best = NULL;
	int most = -1;

	if (!import_row_has_email(row))
		return false;
	add_known(x, &x->m->by_email, row->email.hash, &list);
	add_group(x, row, &list);
	vec_each (&list, t) {
		const char *other = first_of_target(x, t);
		int n = likeness_of(x, row, t);

		if (other_key(x, row, t))
			continue;
		if (!is_blank(first) && field_text_same(first, other))
			n += 16;
		else if (!is_blank(first) && !is_blank(other))
			continue; /* two people with one address */
		if (n > most)
			best = t;
		most = n > most ? n : most;
	}
	if (best)
		take_target(row, best);
	return best != NULL;
}

/* --- by id and key --- */

/* Did an earlier row of the file make it? */
static bool is_own(const struct matcher *x, const struct record *r)
{
	return r && r->import_id == x->b->plan->import_id;
}

/* Who wrote the file cannot mean by an id whom this import makes. */
static bool match_id(struct matcher *x, struct import_row *row)
{
	if (!row->id)
		return false;
	row->existing = import_lookup_record(x->m, row->id);
	if (is_own(x, row->existing))
		row->existing = NULL;
	if (!row->existing && x->b->plan->match == IMPORT_BY_ID)
		import_refuse(row, "unknown_id", "there is no such record");
	return row->existing != NULL;
}

/* Where addresses come first, two of a file with one key are two people. */
static bool match_key(struct matcher *x, struct import_row *row)
{
	CLEANUP(vec_release) struct targets list = VEC_INIT;
	const char *key = row->given.text[TEXT_EXTERNAL_KEY];

	if (key)
		add_known(x, &x->m->by_key, key, &list);
	if (list.n == 0 ||
	    (x->b->plan->match == IMPORT_BY_EMAIL &&
	     import_row_has_email(row) && is_own(x, list.v[0].record)))
		return false;
	take_target(row, &list.v[0]);
	return true;
}

/* --- by name --- */

static void refuse_ambiguous(struct import_row *row, size_t n,
			     struct arena *arena)
{
	import_refuse(row, "ambiguous",
		      arena_printf(arena,
				   row->opted_out
					   ? "%zu records fit, and one of them "
					     "says no: none of them gets mail"
					   : "%zu records fit; give an "
					     "address, a key or an id",
				   n));
}

/* One of them said no: mail goes to none of them until somebody knows who. */
static void opt_out_all(struct import_row *row, const struct targets *list,
			struct arena *arena)
{
	if (!row->opted_out)
		return;
	row->may_be = arena_array(arena, int64_t, list->n);
	vec_each (list, t) {
		if (t->fresh)
			t->fresh->opted_out = true;
		else
			row->may_be[row->may_be_n++] = t->record->id;
	}
}

/* The one of them; several are refused. */
static bool take_only(struct matcher *x, struct import_row *row,
		      const struct targets *list)
{
	if (list->n == 1) {
		take_target(row, &list->v[0]);
	} else if (list->n > 1) {
		refuse_ambiguous(row, list->n, x->b->arena);
		opt_out_all(row, list, x->b->arena);
	}
	return list->n > 0;
}

/* A company is its name: with a key, of those that have none yet. */
static bool match_company(struct matcher *x, struct import_row *row)
{
	CLEANUP(vec_release) struct targets all = VEC_INIT;
	CLEANUP(vec_release) struct targets fits = VEC_INIT;

	if (!*row->given.name_folded)
		return false;
	add_known(x, &x->m->by_name, row->given.name_folded, &all);
	add_group(x, row, &all);
	vec_each (&all, t) {
		if (!other_key(x, row, t))
			vec_push(&fits, *t);
	}
	return take_only(x, row, &fits);
}

/* The names are the same but for their case. */
static bool has_all(struct matcher *x, const struct import_row *row,
		    const struct target *t)
{
	struct import_row rest = *row;
	struct import_change change;
	bool differs;

	rest.given.text[TEXT_FIRST_NAME] = NULL;
	rest.given.text[TEXT_LAST_NAME] = NULL;
	rest.existing = t->record;
	if (t->fresh)
		return import_row_says_all(t->fresh, &rest);
	differs = import_compare(x->b, &rest, NULL, &change);
	vec_release(&change.new_tags);
	return !differs;
}

/* Is it nothing but a name itself, and made by an import? */
static bool is_imported_name(struct matcher *x, const struct target *t)
{
	size_t n;

	if (t->fresh)
		return import_row_has_name_only(t->fresh) &&
		       is_blank(company_of_target(x, t));
	(void)import_addresses_of(x->b, t->record->id, &n);
	return n == 0 && !key_of_target(x, t) &&
	       is_blank(company_of_target(x, t)) && t->record->import_id != 0;
}

/* Who was here before the import; two and more: nobody. */
static void add_only_known(struct matcher *x, const struct targets *named,
			   struct targets *out)
{
	vec_each (named, t) {
		if (t->record && !is_own(x, t->record))
			vec_push(out, *t);
	}
	if (out->n > 1)
		vec_reset(out);
}

/*
 * Who is nothing but a name says no: that holds for all who may be meant, and
 * if only one here has that name for that one, who may have moved. Nothing else
 * of them changes: a name does not say enough. If it is nobody, it is somebody
 * new.
 */
static bool match_bare_no(struct matcher *x, struct import_row *row,
			  const struct targets *named)
{
	CLEANUP(vec_release) struct targets fits = VEC_INIT;

	vec_each (named, t) {
		if (!import_row_contradicts(row, t->record ? t->record
							   : &t->fresh->given))
			vec_push(&fits, *t);
	}
	if (fits.n == 0)
		add_only_known(x, named, &fits);
	if (!take_only(x, row, &fits))
		return false;
	if (row->reason)
		return true;
	memset(row->given.text, 0, sizeof(row->given.text));
	row->tags_n = row->values_n = 0;
	row->is_no_by_name = true;
	return true;
}

/*
 * Somebody of whom only a name is known: there is no telling who. If one record
 * has all that the row says, nothing is to be done; of several, only one that
 * such a row made before; else it is somebody new.
 */
static bool match_bare(struct matcher *x, struct import_row *row,
		       const struct targets *named)
{
	const struct target *only = NULL, *earlier = NULL;
	size_t n = 0;

	vec_each (named, t) {
		if (!has_all(x, row, t))
			continue;
		only = t;
		n++;
		if (!earlier && is_imported_name(x, t))
			earlier = t;
	}
	if (n > 1)
		only = earlier;
	if (!only)
		return false;
	take_target(row, only);
	row->given.text[TEXT_FIRST_NAME] = NULL; /* nor in another case */
	row->given.text[TEXT_LAST_NAME] = NULL;
	return true;
}

static bool match_name(struct matcher *x, struct import_row *row)
{
	CLEANUP(vec_release) struct targets named = VEC_INIT;
	CLEANUP(vec_release) struct targets fits = VEC_INIT;
	const char *company = import_row_company(row, x->b->arena);

	if (x->b->plan->entity == ENTITY_COMPANY)
		return match_company(x, row);
	if (!import_row_has_name_only(row))
		return false;
	add_known(x, &x->m->by_name, row->given.name_folded, &named);
	add_group(x, row, &named);
	if (is_blank(company))
		return row->opted_out ? match_bare_no(x, row, &named)
				      : match_bare(x, row, &named);
	vec_each (&named, t) {
		if (field_text_same(company_of_target(x, t), company))
			vec_push(&fits, *t);
	}
	return take_only(x, row, &fits);
}

/* --- one row --- */

typedef bool (*match_fn)(struct matcher *x, struct import_row *row);

static void find_target(struct matcher *x, struct import_row *row)
{
	static const match_fn orders[][4] = {
		[IMPORT_BY_ID] = { match_id, match_key, match_email,
				   match_name },
		[IMPORT_BY_KEY] = { match_key, match_id, match_email,
				    match_name },
		[IMPORT_BY_EMAIL] = { match_email, match_id, match_key,
				      match_name },
		[IMPORT_BY_ANY] = { match_id, match_key, match_email,
				    match_name },
	};
	const match_fn *order = orders[x->b->plan->match];

	for (int i = 0; i < 4 && !row->reason; i++) {
		if (order[i](x, row))
			return;
	}
}

/* A record that the row would make must be somebody. */
static void check_new(struct import_row *row)
{
	const char *const *text = row->given.text;

	if (row->reason || row->existing || row->into)
		return;
	if (row->given.entity == ENTITY_COMPANY) {
		if (!text[TEXT_NAME])
			import_refuse(row, "no_name", "a company needs a name");
		return;
	}
	if (!import_row_has_email(row) && !text[TEXT_FIRST_NAME] &&
	    !text[TEXT_LAST_NAME] && !text[TEXT_COMPANY_NAME])
		import_refuse(row, "no_name", "neither a name nor an address");
}

/* A key is one record's. */
static void check_key(struct matcher *x, struct import_row *row)
{
	const struct target t = { row->existing, row->into };
	const char *key = row->given.text[TEXT_EXTERNAL_KEY];
	const char *now =
		row->existing || row->into ? key_of_target(x, &t) : NULL;
	uint64_t claim;

	if (row->reason || !key || field_text_same(key, now))
		return;
	claim = import_fingerprint('k', str_of(key), STR(""));
	if (import_candidate_first(&x->m->by_key, key) ||
	    !import_seen_add(&x->claimed, claim))
		import_refuse(row, "conflict",
			      "the key belongs to another record");
}

static bool is_same_target(const struct import_row *a,
			   const struct import_row *b)
{
	if (b->existing)
		return a->existing == b->existing;
	return b->into && (a == b->into || a->into == b->into);
}

/* The last row before it that is about the same record; NULL: none. */
static const struct import_row *said_before(const struct matcher *x,
					    const struct import_row *row)
{
	const struct import_row *before = row;

	while (before > x->b->rows && import_row_is_beside(before - 1, row)) {
		before--;
		if (!before->reason && is_same_target(before, row))
			return before;
	}
	return NULL;
}

/* Of two of one name and company, with another telephone number, the second
 * would overwrite the first: they may be two. */
static void refuse_second(struct matcher *x, struct import_row *row)
{
	const struct import_row *before = said_before(x, row);
	struct target t = { row->existing, row->into };
	struct targets only = { .v = &t, .n = 1 };

	row->is_repeated = before != NULL;
	for (; before; before = said_before(x, before)) {
		if (!import_row_has_name_only(row) ||
		    row->given.entity == ENTITY_COMPANY ||
		    !import_row_differs(row, before))
			continue;
		opt_out_all(row, &only, x->b->arena);
		import_refuse(row, "ambiguous",
			      arena_printf(x->b->arena,
					   "row %lld has the same name and "
					   "company, and says otherwise; give "
					   "an address, a key or an id",
					   (long long)before->number));
		return;
	}
}

/* What later rows of the batch must know of it. */
static void note_present(struct matcher *x, struct import_row *row)
{
	const struct target t = { .record = row->existing };
	struct present *p;

	if (!row->existing)
		return;
	row->existing_company = company_of_target(x, &t);
	p = present_of(x, row->existing);
	if (row->given.text[TEXT_FIRST_NAME])
		p->first = field_text_folded(row->given.text[TEXT_FIRST_NAME],
					     x->b->arena);
	if (row->given.text[TEXT_EXTERNAL_KEY])
		p->key = row->given.text[TEXT_EXTERNAL_KEY];
}

static void match_row(struct matcher *x, struct import_row *row)
{
	find_target(x, row);
	check_new(row);
	check_key(x, row);
	if (!row->reason)
		refuse_second(x, row);
	if (row->reason) {
		row->existing = NULL;
		row->into = NULL;
		return;
	}
	note_present(x, row);
	if (row->into)
		import_row_merge(row->into, row, x->b->arena,
				 &row->into_changed);
}

/* --- all rows --- */

/* Was the address erased, and does nobody have it now? */
static bool is_forgotten(const struct import_lookup *m,
			 const struct import_row *row)
{
	char keyed[FORGOTTEN_HASH + 1];

	if (!m->b->forgotten->any || !import_row_has_email(row) ||
	    import_candidate_first(&m->by_email, row->email.hash))
		return false;
	forgotten_hash(m->b->forgotten, row->email.folded, keyed);
	return import_candidate_first(&m->forgotten, keyed) != NULL;
}

/* Others with the address: their opt-outs are one. */
static void note_sharing(struct matcher *x, struct import_row *row)
{
	struct import_lookup *m = x->m;

	if (row->reason || row->existing || row->into ||
	    !import_row_has_email(row))
		return;
	row->kept = import_lookup_kept(m, row);
	row->shares_address =
		import_candidate_first(&m->by_email, row->email.hash) ||
		import_candidate_first(&m->elsewhere, row->email.hash) ||
		(row > x->b->rows && import_row_is_beside(row - 1, row)) ||
		(row + 1 < x->b->rows + x->b->n &&
		 import_row_is_beside(row + 1, row));
}

static void match_rows(struct matcher *x)
{
	struct import_batch *b = x->b;

	for (size_t i = 0; i < b->n; i++) {
		struct import_row *row = &b->rows[i];

		if (row->reason)
			continue;
		if (is_forgotten(x->m, row))
			import_refuse(row, "forgotten",
				      "the address was erased and must not "
				      "come back");
		else
			match_row(x, row);
		note_sharing(x, row);
	}
}

static void copy_rows(struct import_row *to, const struct import_row *from,
		      size_t n)
{
	memcpy(to, from, n * sizeof(*to));
}

/* Rows that must see what the others make of the database wait for it, and are
 * as they were read. */
static int leave_dependent(struct import_lookup *m,
			   const struct import_row *as_read, struct err *err)
{
	size_t n;

	if (import_part_length(m, &n, err) < 0)
		return -1;
	copy_rows(m->b->rows + n, as_read + n, m->b->n - n);
	m->b->n = n;
	return 0;
}

int import_match(struct db *db, struct import_batch *b, struct err *err)
{
	struct import_row *as_read =
		arena_array(b->arena, struct import_row, b->n + 1);
	CLEANUP(import_lookup_release)
	struct import_lookup m = { .db = db, .b = b };
	struct matcher x = { .m = &m, .b = b, .claimed = IMPORT_SEEN_INIT };

	if (import_look_up(&m, err) < 0)
		return -1;
	if (import_plan_has(b->plan, IMPORT_TAGS) && b->existing.n > 0 &&
	    records_add_tags(db, &b->existing, b->arena, err) < 0)
		return -1;
	x.presents = arena_array(b->arena, struct present, b->existing.n + 1);
	copy_rows(as_read, b->rows, b->n);
	match_rows(&x);
	import_seen_release(&x.claimed);
	if (leave_dependent(&m, as_read, err) < 0)
		return -1;
	import_lookup_companies(&m);
	return 0;
}
