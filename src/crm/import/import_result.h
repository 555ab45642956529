/*
 * crm/import/import_result.h - what an import came to, as the result of its job
 *
 * Private to crm/import*.c.
 */
#ifndef CRM_IMPORT_RESULT_H
#define CRM_IMPORT_RESULT_H

#include "crm/import/import_plan.h"

struct json_writer;

/* Members of an open object: who gets no mail by the import, and by which
 * columns; how each column was read, or that it was not. */
void import_consent_format(const struct import_run *run, const json_t *options,
			   struct json_writer *w);
void import_columns_format(const struct import_plan *plan,
			   const json_t *options, struct json_writer *w);

struct import_result {
	struct db *db;
	const struct import_run *run;
	const struct import_plan *plan;
	struct arena *arena;
};
/* Appended. */
int import_result_format(const struct import_result *result, struct strbuf *out,
			 struct err *err);

#endif
