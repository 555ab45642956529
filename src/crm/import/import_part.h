/*
 * crm/import/import_part.h - how many rows of a batch can be written at once
 *
 * Private to crm/import*.c. Rows of a batch are matched before any of them is
 * written. Those that may be about the same record stand together and know of
 * each other (import_groups.h); but a row with an id may rename, move, key or
 * opt out somebody whom a later one names by an address. So a batch is written
 * in parts: the first row that may see what rows of other groups before it do
 * begins the next part, and is matched anew. Then each group of rows is about
 * the database as all before it left it, wherever batches end.
 */
#ifndef CRM_IMPORT_PART_H
#define CRM_IMPORT_PART_H

#include "crm/import/import_lookup.h"

/* Of the rows of a batch that was matched, *out from the first on: 0, or -1. */
int import_part_length(const struct import_lookup *m, size_t *out,
		       struct err *err);

#endif
