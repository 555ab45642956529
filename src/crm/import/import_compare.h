/*
 * crm/import/import_compare.h - what of an existing record a row would change
 *
 * Private to crm/import*.c.
 */
#ifndef CRM_IMPORT_COMPARE_H
#define CRM_IMPORT_COMPARE_H

#include "crm/import/import_batch.h"

/* An existing record as the row wants it, and what of it differs. */
struct import_change {
	struct import_row *row;
	struct record after;
	struct record *new_company; /* instead of after.company_id; or NULL */
	struct texts new_tags;
	bool new_email, opt_out, changed;
	size_t before; /* 1 + place of an earlier change of that record */
	bool is_void;  /* in the end nothing differs */
};

/*
 * Compare a row with its existing record, or with what an earlier row of the
 * batch makes of it (before; may be NULL). Fills *out; its new_tags must be
 * released. false: nothing differs.
 */
bool import_compare(struct import_batch *b, struct import_row *row,
		    const struct import_change *before,
		    struct import_change *out);

/*
 * A row that is matched by name and company comes after all rows that are
 * matched by more. What it says of somebody (folded names) is noted when the
 * file is first read: an earlier row does not change that, if it is so already.
 */
struct import_seen;
void import_note_said(struct import_seen *said, const struct import_row *row,
		      const char *company, struct arena *arena);

/* The row's values put into a JSON object (NULL: empty); *changed becomes true
 * if any differed. */
const char *import_merge_custom(const char *before,
				const struct import_row *row,
				struct arena *arena, bool *changed);

/* Do two JSON objects (NULL: empty) hold the same? */
bool import_same_custom(const char *a, const char *b);

/* The live addresses of an existing record: a part of the batch's. */
const struct address *import_addresses_of(const struct import_batch *b,
					  int64_t record_id, size_t *n);

/* --- where a name alone says who is meant: import_match.c --- */

/* Does another row say all that this one says? */
bool import_row_says_all(const struct import_row *other,
			 const struct import_row *row);
/* Do they differ in a text that both have, beside the name? */
bool import_row_contradicts(const struct import_row *row,
			    const struct record *r);
/* The same of two rows, and of fields of users' own. */
bool import_row_differs(const struct import_row *a, const struct import_row *b);

#endif
