/*
 * crm/import/import_mapping.h - mappings that are remembered
 *
 * Private to crm/import*.c. Of an import (not of a dry run) a mapping is kept
 * for files with the same headers, and under a name if one was given.
 */
#ifndef CRM_IMPORT_MAPPING_H
#define CRM_IMPORT_MAPPING_H

#include "crm/import/import.h"

/* The one that is given with the import, or of its mapping_name, or else of its
 * headers (import_header_name). *out, which is the caller's, stays NULL if
 * there is none. ERR_INVALID with field `mapping_name`: none has that name. */
int import_mapping_find(struct db *db, const struct import_input *input,
			const char *header_name, struct arena *arena,
			json_t **out, struct err *err);
int import_mapping_save(struct tx *tx, const struct import_input *input,
			const char *header_name, int64_t now_ms,
			struct err *err);

#endif
