/*
 * crm/import/read/import_seen.h - a set of 64-bit fingerprints
 *
 * Tells whether something of the same identity stood earlier in a file, in 8
 * to 16 bytes a row, however long the rows are. With ten million rows the
 * chance that two different ones are taken for one is about 3 in a million.
 */
#ifndef CRM_IMPORT_READ_SEEN_H
#define CRM_IMPORT_READ_SEEN_H

#include "base/str.h"

struct import_seen {
	uint64_t *slots; /* 0: free */
	size_t cap, n;
};
#define IMPORT_SEEN_INIT   \
	{                  \
		NULL, 0, 0 \
	}

void import_seen_release(struct import_seen *seen);

/* Never 0. kind tells apart what else would look the same. */
uint64_t import_fingerprint(char kind, struct str a, struct str b);

bool import_seen_has(const struct import_seen *seen, uint64_t fingerprint);
/* false: it was there already. */
bool import_seen_add(struct import_seen *seen, uint64_t fingerprint);

#endif
