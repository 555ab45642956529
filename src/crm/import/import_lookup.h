/*
 * crm/import/import_lookup.h - what the database has of a batch's keys
 *
 * Private to crm/import*.c. One query for all keys, one for all addresses, one
 * for all names, one for the records found, two for companies: never one a row.
 */
#ifndef CRM_IMPORT_LOOKUP_H
#define CRM_IMPORT_LOOKUP_H

#include "crm/import/import_batch.h"

/* A record that has a key that a row gives. */
struct import_candidate {
	const char *key;
	int64_t id;
};
struct import_candidates VEC_FIELDS(struct import_candidate);

struct import_lookup {
	struct db *db;
	struct import_batch *b;
	struct import_candidates by_key, by_email, by_name;
	struct import_candidates
		elsewhere; /* addresses of other kinds of records */
	struct import_candidates forgotten;
	struct import_candidates kept; /* keyed hash; id: place in reasons */
	struct texts reasons;
	struct import_candidates companies;     /* by folded name */
	struct import_candidates company_names; /* id -> folded name, by id */
	struct ids ids;
};

void import_lookup_release(struct import_lookup *m);

/* Fills all of m but db and b, and existing and addresses of the batch. */
int import_look_up(struct import_lookup *m, struct err *err);

/* The first of those with that key; the others follow it. NULL: none. */
const struct import_candidate *import_candidate_first(
	const struct import_candidates *list, const char *key);

/* A record of the batch's kind among those found; NULL: none. */
struct record *import_lookup_record(struct import_lookup *m, int64_t id);
/* The folded name of its company; NULL: it has none. */
const char *import_lookup_company(struct import_lookup *m,
				  const struct record *r);
/* Fills the companies of people's rows that were matched; those that must be
 * made are added to the batch's. */
void import_lookup_companies(struct import_lookup *m);
/* Of the rows of a batch that was matched, as many from the first on as can be
 * written at once (import_part.c): 0, or -1. */
int import_part_length(const struct import_lookup *m, size_t *out,
		       struct err *err);
/* The record of a kind that has the external key: 1, 0 (*id_out untouched),
 * -1. */
int import_find_key(struct db *db, enum entity entity, const char *key,
		    int64_t *id_out, struct err *err);

/* Records of a kind by external keys, and by folded names: see sql/import.sql.
 */
const struct sql *import_key_query(enum entity entity);
const struct sql *import_name_query(enum entity entity);

/* Why an address that comes back is opted out; NULL: it is not. */
const char *import_lookup_kept(const struct import_lookup *m,
			       const struct import_row *row);

#endif
