/*
 * crm/import/import_alike.h - what rows of a file and records say alike
 *
 * For import_match.c, where a name alone says who is meant.
 */
#ifndef CRM_IMPORT_ALIKE_H
#define CRM_IMPORT_ALIKE_H

#include "crm/import/import_row.h"

/* Does another row say all that this one says? */
bool import_row_says_all(const struct import_row *other,
			 const struct import_row *row);
/* Do they differ in a text that both have, beside the name? */
bool import_row_contradicts(const struct import_row *row,
			    const struct record *r);
/* The same of two rows, and of fields of users' own. */
bool import_row_differs(const struct import_row *a, const struct import_row *b);

#endif
