/*
 * Which record of the database a row is the same as: see import_batch.h.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "crm/import_batch.h"
#include "sql/import.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#define LOAD_MOST 5000

/* A record that has a key that a row gives. */
struct candidate {
	const char *key;
	int64_t id;
};
struct candidates VEC_FIELDS(struct candidate);

struct matcher {
	struct db *db;
	struct import_batch *b;
	struct candidates by_key, by_email, by_name;
	struct candidates elsewhere; /* addresses of other kinds of records */
	struct candidates forgotten;
	struct candidates companies;     /* by folded name */
	struct candidates company_names; /* id -> folded name, by id */
	struct ids ids;
};

static void matcher_release(struct matcher *m)
{
	vec_release(&m->by_key);
	vec_release(&m->by_email);
	vec_release(&m->by_name);
	vec_release(&m->elsewhere);
	vec_release(&m->forgotten);
	vec_release(&m->companies);
	vec_release(&m->company_names);
	ids_release(&m->ids);
}

void import_json_text(struct strbuf *out, struct str s)
{
	struct json_writer w = JSON_WRITER(out);

	strbuf_addch(out, out->len ? ',' : '[');
	json_str(&w, s);
}

void import_json_int(struct strbuf *out, int64_t n)
{
	strbuf_addch(out, out->len ? ',' : '[');
	strbuf_addint(out, n);
}

const char *import_json_end(struct strbuf *out)
{
	if (out->len == 0)
		strbuf_addch(out, '[');
	strbuf_addch(out, ']');
	return out->buf;
}

static int by_key_and_id(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	if (order)
		return order;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int by_id(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void sort(struct candidates *list)
{
	if (list->n > 1)
		qsort(list->v, list->n, sizeof(*list->v), by_key_and_id);
}

/* The first of those with that key; the others follow it. NULL: none. */
static const struct candidate *first_of(const struct candidates *list,
					const char *key)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(list->v[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->n && strcmp(list->v[low].key, key) == 0
		       ? &list->v[low]
		       : NULL;
}

/* --- look-ups of the whole batch --- */

/* Rows of (key, id) for the keys collected in json, if there are any. */
static int look_up(struct matcher *m, const struct sql *sql,
		   struct strbuf *json, struct candidates *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (json->len == 0)
		return 0;
	if (db_query(m->db, sql, SQL_ARGS(sql_text(import_json_end(json))),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct candidate c = { rows_dup(rows, 0, m->b->arena),
				       rows_int(rows, 1) };

		vec_push(out, c);
	}
	sort(out);
	return more;
}

static const struct sql *key_query(enum entity entity)
{
	if (entity == ENTITY_PERSON)
		return SQL_IMPORT_PEOPLE_BY_KEY;
	return entity == ENTITY_LEAD ? SQL_IMPORT_LEADS_BY_KEY
				     : SQL_IMPORT_COMPANIES_BY_KEY;
}

static const struct sql *name_query(enum entity entity)
{
	if (entity == ENTITY_PERSON)
		return SQL_IMPORT_PEOPLE_BY_NAME;
	return entity == ENTITY_LEAD ? SQL_IMPORT_LEADS_BY_NAME
				     : SQL_IMPORT_COMPANIES_BY_NAME;
}

static bool has_name_only(const struct import_row *row)
{
	return !row->id && !row->given.text[TEXT_EXTERNAL_KEY] &&
	       !import_row_has_email(row);
}

static int look_up_keys(struct matcher *m, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	enum entity entity = m->b->plan->entity;

	for (size_t i = 0; i < m->b->n; i++) {
		const struct import_row *row = &m->b->rows[i];
		const char *key = row->given.text[TEXT_EXTERNAL_KEY];

		if (row->reason)
			continue;
		if (key)
			import_json_text(&keys, str_of(key));
		if (has_name_only(row) ||
		    (entity == ENTITY_COMPANY && *row->given.name_folded))
			import_json_text(&names,
					 str_of(row->given.name_folded));
	}
	if (look_up(m, key_query(entity), &keys, &m->by_key, err) < 0)
		return -1;
	return look_up(m, name_query(entity), &names, &m->by_name, err);
}

static void collect_hashes(struct matcher *m, struct strbuf *json)
{
	char keyed[FORGOTTEN_HASH + 1];

	for (size_t i = 0; i < m->b->n; i++) {
		const struct import_row *row = &m->b->rows[i];

		if (row->reason || !import_row_has_email(row))
			continue;
		import_json_text(json, str_of(row->email.hash));
		if (!m->b->forgotten->any)
			continue;
		forgotten_hash(m->b->forgotten, row->email.folded, keyed);
		import_json_text(json, str_of(keyed));
	}
}

static int look_up_addresses(struct matcher *m, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	collect_hashes(m, &json);
	if (json.len == 0)
		return 0;
	if (db_query(m->db, SQL_IMPORT_HOLDERS,
		     SQL_ARGS(sql_text(import_json_end(&json))), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct candidate c = { rows_dup(rows, 0, m->b->arena),
				       rows_int(rows, 2) };

		if (strlen(c.key) == FORGOTTEN_HASH)
			vec_push(&m->forgotten, c);
		else if (!rows_is_null(rows, 3))
			continue; /* ended: nobody's any more */
		else if (rows_int(rows, 1) == (int64_t)m->b->plan->entity)
			vec_push(&m->by_email, c);
		else
			vec_push(&m->elsewhere, c);
	}
	sort(&m->forgotten);
	sort(&m->by_email);
	sort(&m->elsewhere);
	return more;
}

static void add_ids(struct matcher *m, const struct candidates *list)
{
	vec_each (list, c)
		vec_push(&m->ids, c->id);
}

static void unique_ids(struct matcher *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->b->n; i++) {
		if (!m->b->rows[i].reason && m->b->rows[i].id)
			vec_push(&m->ids, m->b->rows[i].id);
	}
	add_ids(m, &m->by_key);
	add_ids(m, &m->by_email);
	add_ids(m, &m->by_name);
	if (m->ids.n == 0)
		return;
	qsort(m->ids.v, m->ids.n, sizeof(*m->ids.v), by_number);
	for (size_t i = 0; i < m->ids.n; i++) {
		if (n == 0 || m->ids.v[n - 1] != m->ids.v[i])
			m->ids.v[n++] = m->ids.v[i];
	}
	m->ids.n = n;
}

static int load_candidates(struct matcher *m, struct err *err)
{
	enum entity entity = m->b->plan->entity;

	unique_ids(m);
	for (size_t at = 0; at < m->ids.n; at += LOAD_MOST) {
		struct ids page = { .v = m->ids.v + at, .n = m->ids.n - at };

		if (page.n > LOAD_MOST)
			page.n = LOAD_MOST;
		if (records_load(m->db, entity, &page, m->b->arena,
				 &m->b->existing, err) < 0)
			return -1;
		if (entity != ENTITY_COMPANY &&
		    addresses_load(m->db, entity, &page, m->b->arena,
				   &m->b->addresses, err) < 0)
			return -1;
	}
	return 0;
}

static int look_up_companies(struct matcher *m, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf ids = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	for (size_t i = 0; i < m->b->n; i++) {
		const struct import_row *row = &m->b->rows[i];

		if (!row->reason && row->company)
			import_json_text(&names, str_of(row->company_folded));
	}
	if (look_up(m, SQL_IMPORT_COMPANIES_BY_NAME, &names, &m->companies,
		    err) < 0)
		return -1;
	vec_each (&m->b->existing, r) {
		if (r->company_id)
			import_json_int(&ids, r->company_id);
	}
	if (ids.len == 0)
		return 0;
	if (db_query(m->db, SQL_IMPORT_COMPANY_NAMES,
		     SQL_ARGS(sql_text(import_json_end(&ids))), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct candidate c = { rows_dup(rows, 1, m->b->arena),
				       rows_int(rows, 0) };

		vec_push(&m->company_names, c);
	}
	if (m->company_names.n > 1)
		qsort(m->company_names.v, m->company_names.n,
		      sizeof(*m->company_names.v), by_id);
	return more;
}

/* --- one row --- */

static int record_by_id(const void *key, const void *item)
{
	int64_t id = *(const int64_t *)key;
	const struct record *r = item;

	return id < r->id ? -1 : id > r->id;
}

static struct record *find_existing(struct matcher *m, int64_t id)
{
	if (m->b->existing.n == 0)
		return NULL;
	return bsearch(&id, m->b->existing.v, m->b->existing.n,
		       sizeof(*m->b->existing.v), record_by_id);
}

static const char *company_name_of(struct matcher *m, const struct record *r)
{
	struct candidate key = { NULL, r->company_id };
	const struct candidate *found;

	if (m->b->plan->entity == ENTITY_LEAD)
		return r->text[TEXT_COMPANY_NAME];
	if (!r->company_id || m->company_names.n == 0)
		return NULL;
	found = bsearch(&key, m->company_names.v, m->company_names.n,
			sizeof(key), by_id);
	return found ? found->key : NULL;
}

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
static enum found choose(struct matcher *m, const struct candidates *list,
			 const char *key, struct import_row *row)
{
	const struct candidate *end = list->v + list->n;
	bool by_name = list == &m->by_name;
	enum found found = FOUND_NONE;

	for (const struct candidate *c = first_of(list, key);
	     c && c < end && strcmp(c->key, key) == 0; c++) {
		struct record *r = find_existing(m, c->id);

		if (!r || other_key(row, r))
			continue;
		if (by_name && m->b->plan->entity != ENTITY_COMPANY &&
		    !same(company_name_of(m, r), company_of(row)))
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

static enum found match_id(struct matcher *m, struct import_row *row)
{
	if (!row->id)
		return FOUND_NONE;
	row->existing = find_existing(m, row->id);
	if (row->existing)
		return FOUND_EXISTING;
	if (m->b->plan->match == IMPORT_BY_ID)
		import_refuse(row, "unknown_id", "there is no such record");
	return FOUND_NONE;
}

static enum found match_key(struct matcher *m, struct import_row *row)
{
	const char *key = row->given.text[TEXT_EXTERNAL_KEY];

	return key ? choose(m, &m->by_key, key, row) : FOUND_NONE;
}

static enum found match_email(struct matcher *m, struct import_row *row)
{
	if (!import_row_has_email(row))
		return FOUND_NONE;
	return choose(m, &m->by_email, row->email.hash, row);
}

static enum found match_name(struct matcher *m, struct import_row *row)
{
	if (m->b->plan->entity == ENTITY_COMPANY ? !*row->given.name_folded
						 : !has_name_only(row))
		return FOUND_NONE;
	return choose(m, &m->by_name, row->given.name_folded, row);
}

typedef enum found (*match_fn)(struct matcher *m, struct import_row *row);

static enum found match_row(struct matcher *m, struct import_row *row)
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
	return has_name_only(row) &&
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

static void match_companies(struct matcher *m)
{
	struct import_batch *b = m->b;
	struct import_row **fresh =
		arena_array(b->arena, struct import_row *, b->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		struct import_row *row = &b->rows[i];
		const struct candidate *c;

		if (row->reason || !row->company)
			continue;
		if (row->existing && same(company_name_of(m, row->existing),
					  row->company_folded)) {
			row->company_id = row->existing->company_id;
			continue;
		}
		c = first_of(&m->companies, row->company_folded);
		if (c)
			row->company_id = c->id;
		else
			fresh[n++] = row;
	}
	make_companies(b, fresh, n);
}

/* Was the address erased, and does nobody have it now? */
static bool is_forgotten(const struct matcher *m, const struct import_row *row)
{
	char keyed[FORGOTTEN_HASH + 1];

	if (!m->b->forgotten->any || !import_row_has_email(row) ||
	    first_of(&m->by_email, row->email.hash))
		return false;
	forgotten_hash(m->b->forgotten, row->email.folded, keyed);
	return first_of(&m->forgotten, keyed) != NULL;
}

static void match_rows(struct matcher *m)
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
				first_of(&m->by_email, row->email.hash) ||
				first_of(&m->elsewhere, row->email.hash);
		note_made(&b->made, row);
	}
}

int import_match(struct db *db, struct import_batch *b, struct err *err)
{
	CLEANUP(matcher_release) struct matcher m = { .db = db, .b = b };

	if (look_up_keys(&m, err) < 0 ||
	    (b->plan->entity != ENTITY_COMPANY &&
	     look_up_addresses(&m, err) < 0) ||
	    load_candidates(&m, err) < 0 ||
	    (b->plan->entity == ENTITY_PERSON &&
	     look_up_companies(&m, err) < 0))
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
