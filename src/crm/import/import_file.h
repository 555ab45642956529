/*
 * crm/import/import_file.h - the uploaded files of imports, in the data folder
 *
 * Private to crm/import*.c; what others may do with them is in import.h. Paths
 * are below the data folder.
 */
#ifndef CRM_IMPORT_FILE_H
#define CRM_IMPORT_FILE_H

#include "crm/import/import.h"

/* Moves the file into the data folder, where its name is random; *path_out
 * lives in arena. */
int import_file_keep(const struct import_input *input, struct arena *arena,
		     const char **path_out, struct err *err);

/* Do both hold the same? false, too, if one of them is gone. */
bool import_file_is_same(const char *folder, const char *a, const char *b);

#endif
