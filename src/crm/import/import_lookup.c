#include "crm/import/import_lookup.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/import/import_plan.h"
#include "crm/import/read/import_seen.h"
#include "sql/import.h"
#include "sql/kept_opt_out.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#define LOAD_MOST 5000

void import_lookup_release(struct import_lookup *m)
{
	vec_release(&m->by_key);
	vec_release(&m->by_email);
	vec_release(&m->by_name);
	vec_release(&m->elsewhere);
	vec_release(&m->forgotten);
	vec_release(&m->kept);
	vec_release(&m->reasons);
	vec_release(&m->companies);
	vec_release(&m->company_names);
	vec_release(&m->ids);
}

static int by_key_and_id(const void *a, const void *b)
{
	const struct import_candidate *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	if (order)
		return order;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void sort_by_key(struct import_candidates *list)
{
	if (list->n > 1)
		qsort(list->v, list->n, sizeof(*list->v), by_key_and_id);
}

/* The first of those with that key; the others follow it. NULL: none. */
const struct import_candidate *import_candidate_first(
	const struct import_candidates *list, const char *key)
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

static void read_candidate(const struct rows *rows, struct arena *arena,
			   void *out)
{
	*(struct import_candidate *)out =
		(struct import_candidate){ rows_dup(rows, 0, arena),
					   rows_int(rows, 1) };
}

/* Rows of (key, id) for the keys collected in json, if there are any. */
static int look_up(struct import_lookup *m, const struct sql *sql,
		   struct strbuf *json, struct import_candidates *out,
		   struct err *err)
{
	if (json->len == 0)
		return 0;
	if (db_list(m->db, sql, SQL_ARGS(sql_text(import_json_end(json))),
		    read_candidate, m->b->arena, out, err) < 0)
		return -1;
	sort_by_key(out);
	return 0;
}

const struct sql *import_key_query(enum entity entity)
{
	if (entity == ENTITY_PERSON)
		return SQL_IMPORT_PEOPLE_BY_KEY;
	return entity == ENTITY_LEAD ? SQL_IMPORT_LEADS_BY_KEY
				     : SQL_IMPORT_COMPANIES_BY_KEY;
}

static void read_id(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(int64_t *)out = rows_int(rows, 1);
}

int import_find_key(struct db *db, enum entity entity, const char *key,
		    int64_t *id_out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;

	import_json_text(&json, str_of(key));
	return db_get(db, import_key_query(entity),
		      SQL_ARGS(sql_text(import_json_end(&json))), read_id, NULL,
		      id_out, err);
}

const struct sql *import_name_query(enum entity entity)
{
	if (entity == ENTITY_PERSON)
		return SQL_IMPORT_PEOPLE_BY_NAME;
	return entity == ENTITY_LEAD ? SQL_IMPORT_LEADS_BY_NAME
				     : SQL_IMPORT_COMPANIES_BY_NAME;
}

/* Of a refused row only an opt-out counts: whom does it reach? */
static bool is_void(const struct import_row *row)
{
	return row->reason && !row->opted_out;
}

static int look_up_keys(struct import_lookup *m, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	enum entity entity = m->b->plan->entity;

	for (size_t i = 0; i < m->b->n; i++) {
		const struct import_row *row = &m->b->rows[i];
		const char *key = row->given.text[TEXT_EXTERNAL_KEY];

		if (key && !is_void(row))
			import_json_text(&keys, str_of(key));
		if (import_row_is_sought_by_name(row))
			import_json_text(&names,
					 str_of(row->given.name_folded));
	}
	if (look_up(m, import_key_query(entity), &keys, &m->by_key, err) < 0)
		return -1;
	return look_up(m, import_name_query(entity), &names, &m->by_name, err);
}

static void collect_hashes(struct import_lookup *m, struct strbuf *json)
{
	char keyed[FORGOTTEN_HASH + 1];

	for (size_t i = 0; i < m->b->n; i++) {
		const struct import_row *row = &m->b->rows[i];

		if (is_void(row) || !import_row_has_email(row))
			continue;
		import_json_text(json, str_of(row->email.hash));
		if (!m->b->forgotten->any)
			continue;
		forgotten_hash(m->b->forgotten, row->email.folded, keyed);
		import_json_text(json, str_of(keyed));
	}
}

/* Opt-outs that were kept of addresses that nobody had. */
static int look_up_kept(struct import_lookup *m, const char *hashes_json,
			struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (!m->b->forgotten->any)
		return 0;
	if (db_query(m->db, SQL_KEPT_OPT_OUT_FIND_ALL,
		     SQL_ARGS(sql_text(hashes_json)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct import_candidate c = { rows_dup(rows, 0, m->b->arena),
					      (int64_t)m->reasons.n };

		vec_push(&m->kept, c);
		vec_push(&m->reasons,
			 kept_opt_out_reason(rows_text(rows, 1),
					     rows_int(rows, 2), m->b->arena));
	}
	sort_by_key(&m->kept);
	return more;
}

const char *import_lookup_kept(const struct import_lookup *m,
			       const struct import_row *row)
{
	const struct import_candidate *found;
	char keyed[FORGOTTEN_HASH + 1];

	if (m->kept.n == 0)
		return NULL;
	forgotten_hash(m->b->forgotten, row->email.folded, keyed);
	found = import_candidate_first(&m->kept, keyed);
	return found ? m->reasons.v[found->id] : NULL;
}

static int look_up_addresses(struct import_lookup *m, struct err *err)
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
		struct import_candidate c = { rows_dup(rows, 0, m->b->arena),
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
	sort_by_key(&m->forgotten);
	sort_by_key(&m->by_email);
	sort_by_key(&m->elsewhere);
	rows_free(&rows);
	return more < 0 ? -1 : look_up_kept(m, json.buf, err);
}

static void add_ids(struct import_lookup *m,
		    const struct import_candidates *list)
{
	vec_each (list, c)
		vec_push(&m->ids, c->id);
}

static void unique_ids(struct import_lookup *m)
{
	for (size_t i = 0; i < m->b->n; i++) {
		if (!is_void(&m->b->rows[i]) && m->b->rows[i].id)
			vec_push(&m->ids, m->b->rows[i].id);
	}
	add_ids(m, &m->by_key);
	add_ids(m, &m->by_email);
	add_ids(m, &m->by_name);
	ids_sort(&m->ids);
}

static int load_candidates(struct import_lookup *m, struct err *err)
{
	enum entity entity = m->b->plan->entity;

	unique_ids(m);
	for (size_t at = 0; at < m->ids.n; at += LOAD_MOST) {
		struct ids page = vec_page(&m->ids, at, LOAD_MOST);

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

static void read_company_name(const struct rows *rows, struct arena *arena,
			      void *out)
{
	*(struct import_candidate *)out =
		(struct import_candidate){ rows_dup(rows, 1, arena),
					   rows_int(rows, 0) };
}

/* Each name once: many people are of one company. */
static void collect_companies(const struct import_batch *b, struct strbuf *json)
{
	struct import_seen seen = IMPORT_SEEN_INIT;

	for (size_t i = 0; i < b->n; i++) {
		const struct import_row *row = &b->rows[i];
		struct str name = str_of(row->company_folded);

		if (!row->reason && row->company &&
		    import_seen_add(&seen,
				    import_fingerprint('n', name, STR(""))))
			import_json_text(json, name);
	}
	import_seen_release(&seen);
}

static int look_up_companies(struct import_lookup *m, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	collect_companies(m->b, &names);
	if (look_up(m, SQL_IMPORT_COMPANIES_BY_NAME, &names, &m->companies,
		    err) < 0)
		return -1;
	vec_each (&m->b->existing, r) {
		if (r->company_id)
			vec_push(&ids, r->company_id);
	}
	if (ids.n == 0)
		return 0;
	ids_sort(&ids);
	return db_list(m->db, SQL_IMPORT_COMPANY_NAMES,
		       SQL_ARGS(sql_keys(&ids, &keys)), read_company_name,
		       m->b->arena, &m->company_names, err);
}

int import_look_up(struct import_lookup *m, struct err *err)
{
	enum entity entity = m->b->plan->entity;

	if (look_up_keys(m, err) < 0)
		return -1;
	if (entity != ENTITY_COMPANY && look_up_addresses(m, err) < 0)
		return -1;
	if (load_candidates(m, err) < 0)
		return -1;
	return entity == ENTITY_PERSON ? look_up_companies(m, err) : 0;
}

/* --- among what was found --- */

struct record *import_lookup_record(struct import_lookup *m, int64_t id)
{
	struct records *all = &m->b->existing;
	size_t at = vec_lower(all, id, id);

	return at < all->n && all->v[at].id == id ? &all->v[at] : NULL;
}

const char *import_lookup_company(struct import_lookup *m,
				  const struct record *r)
{
	const struct import_candidates *names = &m->company_names;
	size_t at = vec_lower(names, id, r->company_id);

	if (m->b->plan->entity == ENTITY_LEAD)
		return r->text[TEXT_COMPANY_NAME];
	return at < names->n && names->v[at].id == r->company_id
		       ? names->v[at].key
		       : NULL;
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
	return *x < *y ? -1 : 1; /* in the order of the batch */
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

void import_lookup_companies(struct import_lookup *m)
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
		    field_text_same(import_lookup_company(m, row->existing),
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
