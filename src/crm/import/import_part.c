/*
 * How many rows of a batch can be written at once: see import_lookup.h.
 *
 * Rows of a batch are matched before any of them is written. Those that may be
 * about the same record stand together and know of each other
 * (import_groups.h); but a row with an id may rename, move, key or opt out
 * somebody whom a later one names by an address. So a batch is written in
 * parts: the first row that may see what rows of other groups before it do
 * begins the next part, and is matched anew. Then each group of rows is about
 * the database as all before it left it, wherever batches end.
 */
#include "crm/import/import_lookup.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "crm/import/import_compare.h"
#include "crm/import/import_plan.h"
#include "crm/import/read/import_seen.h"
#include "sql/import.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* What rows may change, or look at, as fingerprints. */
enum {
	OF_RECORD = 'r', /* by its id */
	OF_ADDRESS = 'e',
	OF_KEY = 'k',
	OF_GROUP = 'g', /* of a group that is larger than a part */
};

/* Somebody has both addresses: an opt-out of one is one of the other. */
struct pair {
	const char *one, *other; /* hashes */
};

struct parts {
	const struct import_lookup *m;
	struct import_seen written; /* by the groups before */
	bool sees;                  /* the row sees some of it */
	VEC(struct pair) pairs;     /* of those that opt-outs may be of */
};

static uint64_t of_number(char kind, uint64_t number)
{
	return import_fingerprint(
		kind, (struct str){ (const char *)&number, sizeof(number) },
		STR(""));
}

static uint64_t of_text(char kind, const char *text)
{
	return import_fingerprint(kind, str_of(text), STR(""));
}

static void look_at(struct parts *p, uint64_t what)
{
	p->sees = p->sees || import_seen_has(&p->written, what);
}

static void write_down(struct parts *p, uint64_t what)
{
	(void)import_seen_add(&p->written, what);
}

/* --- what a row looks at --- */

/* A record, and who shares an address with it. */
static void look_at_record(struct parts *p, int64_t id)
{
	size_t n;
	const struct address *all = import_addresses_of(p->m->b, id, &n);

	look_at(p, of_number(OF_RECORD, (uint64_t)id));
	for (size_t i = 0; i < n; i++)
		look_at(p, of_text(OF_ADDRESS, all[i].hash));
}

static void look_at_found(struct parts *p, const struct import_candidates *list,
			  const char *key)
{
	const struct import_candidate *end = list->v + list->n;

	for (const struct import_candidate *c =
		     import_candidate_first(list, key);
	     c && c < end && strcmp(c->key, key) == 0; c++)
		look_at_record(p, c->id);
}

static bool sees_written(struct parts *p, const struct import_row *row)
{
	const char *key = row->given.text[TEXT_EXTERNAL_KEY];

	p->sees = false;
	if (row->group)
		look_at(p, of_number(OF_GROUP, row->group));
	if (row->id)
		look_at_record(p, row->id);
	if (key) {
		look_at(p, of_text(OF_KEY, key));
		look_at_found(p, &p->m->by_key, key);
	}
	if (import_row_has_email(row)) {
		look_at(p, of_text(OF_ADDRESS, row->email.hash));
		look_at_found(p, &p->m->by_email, row->email.hash);
	}
	if (row->given.name_folded)
		look_at_found(p, &p->m->by_name, row->given.name_folded);
	return p->sees;
}

/* --- what it changes --- */

/* May it opt out the record, and so all who share an address with it? */
static bool may_opt_out(const struct parts *p, const struct import_row *row)
{
	size_t n;
	const struct address *all =
		import_addresses_of(p->m->b, row->existing->id, &n);

	if (row->opted_out)
		return true;
	if (row->company &&
	    !field_text_same(row->company_folded, row->existing_company))
		return true; /* it may join one that opted out */
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].hash, row->email.hash) == 0)
			return false;
	}
	return import_row_has_email(row); /* of somebody who is out */
}

/* The first pair of an address, or where it would stand. */
static size_t pairs_from(const struct parts *p, const char *hash)
{
	size_t low = 0, high = p->pairs.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(p->pairs.v[middle].one, hash) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void write_address(struct parts *p, const char *hash)
{
	write_down(p, of_text(OF_ADDRESS, hash));
	for (size_t at = pairs_from(p, hash);
	     at < p->pairs.n && strcmp(p->pairs.v[at].one, hash) == 0; at++)
		write_down(p, of_text(OF_ADDRESS, p->pairs.v[at].other));
}

static void write_record(struct parts *p, int64_t id)
{
	size_t n;
	const struct address *all = import_addresses_of(p->m->b, id, &n);

	write_down(p, of_number(OF_RECORD, (uint64_t)id));
	for (size_t i = 0; i < n; i++)
		write_address(p, all[i].hash);
}

static void write_found(struct parts *p, const struct import_candidates *list,
			const char *key)
{
	const struct import_candidate *end = list->v + list->n;

	for (const struct import_candidate *c =
		     import_candidate_first(list, key);
	     c && c < end && strcmp(c->key, key) == 0; c++)
		write_record(p, c->id);
}

static void note_further(struct parts *p, const struct import_row *row)
{
	struct str text = str_of(row->not_email);
	struct email email;
	size_t at = 0;

	while (email_next(text, &at, p->m->b->arena, &email))
		write_address(p, email.hash);
}

/* Its opt-out is heeded: of whom it names, or may mean, and of addresses. */
static void note_refused(struct parts *p, const struct import_row *row)
{
	const char *key = row->given.text[TEXT_EXTERNAL_KEY];

	if (row->id)
		write_record(p, row->id);
	if (key) {
		write_down(p, of_text(OF_KEY, key));
		write_found(p, &p->m->by_key, key);
	}
	for (size_t i = 0; i < row->may_be_n; i++)
		write_record(p, row->may_be[i]);
	if (import_row_has_email(row)) {
		write_address(p, row->email.hash);
		write_found(p, &p->m->by_email, row->email.hash);
	}
	note_further(p, row);
}

static void note_taken(struct parts *p, const struct import_row *row)
{
	const char *key = row->given.text[TEXT_EXTERNAL_KEY];

	if (row->group)
		write_down(p, of_number(OF_GROUP, row->group));
	if (key)
		write_down(p, of_text(OF_KEY, key));
	if (row->opted_out)
		note_further(p, row);
	if (row->existing && !may_opt_out(p, row)) {
		write_down(p,
			   of_number(OF_RECORD, (uint64_t)row->existing->id));
		return;
	}
	if (row->existing)
		write_record(p, row->existing->id);
	if (import_row_has_email(row))
		write_address(p, row->email.hash);
}

static void note_row(struct parts *p, const struct import_row *row)
{
	if (!row->reason)
		note_taken(p, row);
	else if (row->opted_out)
		note_refused(p, row);
}

/* --- whom opt-outs reach --- */

static int by_one(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return strcmp(x->one, y->one);
}

static void add_hashes(const struct parts *p, const struct import_row *row,
		       struct strbuf *json)
{
	const struct import_batch *b = p->m->b;
	size_t n = 0;
	const struct address *all = NULL;

	if (row->reason && !row->opted_out)
		return;
	if (row->existing && !may_opt_out(p, row))
		return;
	if (row->existing)
		all = import_addresses_of(b, row->existing->id, &n);
	for (size_t i = 0; i < n; i++)
		import_json_text(json, str_of(all[i].hash));
	for (size_t k = 0; k < row->may_be_n; k++) {
		all = import_addresses_of(b, row->may_be[k], &n);
		for (size_t i = 0; i < n; i++)
			import_json_text(json, str_of(all[i].hash));
	}
	if (import_row_has_email(row) &&
	    (row->opted_out || row->shares_address || row->existing))
		import_json_text(json, str_of(row->email.hash));
}

static void read_pair(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct pair *)out = (struct pair){ rows_dup(rows, 0, arena),
					     rows_dup(rows, 1, arena) };
}

static int find_pairs(struct parts *p, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;

	for (size_t i = 0; i < p->m->b->n; i++)
		add_hashes(p, &p->m->b->rows[i], &json);
	if (json.len == 0)
		return 0;
	if (db_list(p->m->db, SQL_IMPORT_ADDRESS_PAIRS,
		    SQL_ARGS(sql_text(import_json_end(&json))), read_pair,
		    p->m->b->arena, &p->pairs, err) < 0)
		return -1;
	if (p->pairs.n > 1)
		qsort(p->pairs.v, p->pairs.n, sizeof(struct pair), by_one);
	return 0;
}

/* --- the rows --- */

static size_t find_end(struct parts *p)
{
	const struct import_batch *b = p->m->b;
	size_t first = 0, end = 0; /* of a group */

	while (first < b->n) {
		bool sees = false;

		do {
			sees = sees || sees_written(p, &b->rows[end]);
			end++;
		} while (end < b->n &&
			 import_row_is_beside(&b->rows[first], &b->rows[end]));
		if (sees)
			break;
		for (; first < end; first++)
			note_row(p, &b->rows[first]);
	}
	return first;
}

int import_part_length(const struct import_lookup *m, size_t *out,
		       struct err *err)
{
	struct parts p = { .m = m, .written = IMPORT_SEEN_INIT };
	int ret = find_pairs(&p, err);

	if (ret == 0)
		*out = find_end(&p);
	import_seen_release(&p.written);
	vec_release(&p.pairs);
	return ret;
}
