/*
 * Which record of the database a row is the same as: see import_batch.h.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "crm/import_lookup.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* --- one row --- */

static const char *company_of(const struct import_row *row)
{
	return row->given.entity == ENTITY_LEAD
		       ? row->given.text[TEXT_COMPANY_NAME]
		       : row->company_folded;
}

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Two keys that differ are two records, whatever else is the same. */
static bool other_key(const struct import_row *row, const struct record *r)
{
	const char *a = row->given.text[TEXT_EXTERNAL_KEY];
	const char *b = r->text[TEXT_EXTERNAL_KEY];

	return a && b && strcmp(a, b) != 0;
}

/* Is x the better match of two that have the row's address? */
static bool is_better(const struct import_row *row, const struct record *x,
		      const struct record *y)
{
	bool x_named = same(x->name_folded, row->given.name_folded);
	bool y_named = same(y->name_folded, row->given.name_folded);

	if (x_named != y_named)
		return x_named;
	if (x->owns_address != y->owns_address)
		return x->owns_address;
	return false; /* the older one */
}

enum found { FOUND_NONE, FOUND_MADE, FOUND_EXISTING };

/*
 * Choose among those with that key. FOUND_MADE: only records that this import
 * made are left, so that the row is a duplicate.
 */
static enum found choose(struct import_lookup *m,
			 const struct import_candidates *list, const char *key,
			 struct import_row *row)
{
	const struct import_candidate *end = list->v + list->n;
	bool by_name = list == &m->by_name;
	enum found found = FOUND_NONE;

	for (const struct import_candidate *c =
		     import_candidate_first(list, key);
	     c && c < end && strcmp(c->key, key) == 0; c++) {
		struct record *r = import_lookup_record(m, c->id);

		if (!r || other_key(row, r))
			continue;
		if (by_name && m->b->plan->entity != ENTITY_COMPANY &&
		    !same(import_lookup_company(m, r), company_of(row)))
			continue;
		if (r->import_id == m->b->plan->import_id) {
			if (found == FOUND_NONE)
				found = FOUND_MADE;
			continue;
		}
		if (!row->existing ||
		    (list == &m->by_email && is_better(row, r, row->existing)))
			row->existing = r;
		found = FOUND_EXISTING;
	}
	return found;
}

static enum found match_id(struct import_lookup *m, struct import_row *row)
{
	if (!row->id)
		return FOUND_NONE;
	row->existing = import_lookup_record(m, row->id);
	if (row->existing)
		return FOUND_EXISTING;
	if (m->b->plan->match == IMPORT_BY_ID)
		import_refuse(row, "unknown_id", "there is no such record");
	return FOUND_NONE;
}

static enum found match_key(struct import_lookup *m, struct import_row *row)
{
	const char *key = row->given.text[TEXT_EXTERNAL_KEY];

	return key ? choose(m, &m->by_key, key, row) : FOUND_NONE;
}

static enum found match_email(struct import_lookup *m, struct import_row *row)
{
	if (!import_row_has_email(row))
		return FOUND_NONE;
	return choose(m, &m->by_email, row->email.hash, row);
}

static enum found match_name(struct import_lookup *m, struct import_row *row)
{
	if (m->b->plan->entity == ENTITY_COMPANY
		    ? !*row->given.name_folded
		    : !import_row_has_name_only(row))
		return FOUND_NONE;
	return choose(m, &m->by_name, row->given.name_folded, row);
}

typedef enum found (*match_fn)(struct import_lookup *m, struct import_row *row);

static enum found match_row(struct import_lookup *m, struct import_row *row)
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
	const match_fn *order = orders[m->b->plan->match];

	for (int i = 0; i < 4; i++) {
		enum found found = order[i](m, row);

		if (found != FOUND_NONE || row->reason)
			return found;
	}
	return FOUND_NONE;
}

/* --- what rows of this batch make --- */

/*
 * A row without key is the same as any earlier one with its address; one with
 * a key only as one without.
 */
static bool is_made(const struct import_seen *made,
		    const struct import_row *row)
{
	struct str key = str_of(row->given.text[TEXT_EXTERNAL_KEY]);
	struct str hash = str_of(row->email.hash);

	if (key.len > 0 &&
	    import_seen_has(made, import_fingerprint('k', key, STR(""))))
		return true;
	if (hash.len > 0)
		return import_seen_has(
			made, import_fingerprint(key.len > 0 ? 'E' : 'e', hash,
						 STR("")));
	if (row->given.entity == ENTITY_COMPANY)
		return import_seen_has(
			made, import_fingerprint(key.len > 0 ? 'N' : 'n',
						 str_of(row->given.name_folded),
						 STR("")));
	return import_row_has_name_only(row) &&
	       import_seen_has(
		       made,
		       import_fingerprint('n', str_of(row->given.name_folded),
					  str_of(company_of(row))));
}

static void note_made(struct import_seen *made, const struct import_row *row)
{
	struct str key = str_of(row->given.text[TEXT_EXTERNAL_KEY]);
	struct str hash = str_of(row->email.hash);
	struct str name = str_of(row->given.name_folded);
	struct str company = str_of(company_of(row));

	if (key.len > 0)
		(void)import_seen_add(made,
				      import_fingerprint('k', key, STR("")));
	if (hash.len > 0)
		(void)import_seen_add(made,
				      import_fingerprint('e', hash, STR("")));
	if (hash.len > 0 && key.len == 0)
		(void)import_seen_add(made,
				      import_fingerprint('E', hash, STR("")));
	if (key.len == 0)
		(void)import_seen_add(made,
				      import_fingerprint('N', name, company));
	(void)import_seen_add(made, import_fingerprint('n', name, company));
}

/* --- companies of people --- */

static struct record *new_company(struct import_batch *b,
				  const struct import_row *row)
{
	struct record *r = arena_new_of(b->arena, struct record);

	*r = (struct record){ .entity = ENTITY_COMPANY };
	r->text[TEXT_NAME] = row->company;
	r->name_folded = row->company_folded;
	return r;
}

static int by_name_of_row(const void *a, const void *b)
{
	const struct import_row *const *x = a, *const *y = b;
	int order = strcmp((*x)->company_folded, (*y)->company_folded);

	if (order)
		return order;
	return (*x)->number < (*y)->number ? -1 : 1;
}

/* The rows whose company must be made, sorted so that equal ones meet. */
static void make_companies(struct import_batch *b, struct import_row **rows,
			   size_t n)
{
	const struct import_row *before = NULL;

	if (n > 1)
		qsort(rows, n, sizeof(struct import_row *), by_name_of_row);
	for (size_t i = 0; i < n; i++) {
		if (!before || strcmp(before->company_folded,
				      rows[i]->company_folded) != 0)
			vec_push(&b->new_companies, new_company(b, rows[i]));
		rows[i]->new_company =
			b->new_companies.v[b->new_companies.n - 1];
		before = rows[i];
	}
}

static void match_companies(struct import_lookup *m)
{
	struct import_batch *b = m->b;
	struct import_row **fresh =
		arena_array(b->arena, struct import_row *, b->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct import_row *row = &b->rows[i];
		const struct import_candidate *c;

		if (row->reason || !row->company)
			continue;
		if (row->existing &&
		    same(import_lookup_company(m, row->existing),
			 row->company_folded)) {
			row->company_id = row->existing->company_id;
			continue;
		}
		c = import_candidate_first(&m->companies, row->company_folded);
		if (c)
			row->company_id = c->id;
		else
			fresh[n++] = row;
	}
	make_companies(b, fresh, n);
}

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

static void match_rows(struct import_lookup *m)
{
	struct import_batch *b = m->b;

	for (size_t i = 0; i < b->n; i++) {
		struct import_row *row = &b->rows[i];
		enum found found;

		if (row->reason)
			continue;
		if (is_forgotten(m, row)) {
			import_refuse(row, "forgotten",
				      "the address was erased and must not "
				      "come back");
			continue;
		}
		found = match_row(m, row);
		if (found == FOUND_MADE ||
		    (found == FOUND_NONE && is_made(&b->made, row)))
			import_refuse(row, "duplicate",
				      "an earlier row is the same");
		if (row->reason)
			continue;
		if (import_row_has_email(row))
			row->shares_address =
				import_candidate_first(&m->by_email,
						       row->email.hash) ||
				import_candidate_first(&m->elsewhere,
						       row->email.hash);
		note_made(&b->made, row);
	}
}

int import_match(struct db *db, struct import_batch *b, struct err *err)
{
	CLEANUP(import_lookup_release)
	struct import_lookup m = { .db = db, .b = b };

	if (import_look_up(&m, err) < 0)
		return -1;
	match_rows(&m);
	match_companies(&m);
	return 0;
}

void import_batch_release(struct import_batch *b)
{
	vec_release(&b->existing);
	vec_release(&b->addresses);
	vec_release(&b->new_companies);
	import_seen_release(&b->made);
}
