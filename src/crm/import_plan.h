/*
 * crm/import_plan.h - what an import is told, as stored with it
 *
 * Private to crm/import*.c. Everything is decided when the import is started
 * and stored in import_run.options, so that a resumed one means the same:
 *
 *     {"match": "auto", "dry_run": false, "has_header": true,
 *      "delimiter": ";", "opted_in": null, "data_offset": 27,
 *      "columns": [{"header": "E-Mail", "field": "email"}, ...]}
 */
#ifndef CRM_IMPORT_PLAN_H
#define CRM_IMPORT_PLAN_H

#include "crm/import.h"
#include "crm/import_row.h"

void import_plan_release(struct import_plan *plan);

/* Read the head of input->path and decide. *header_out (may be NULL) is the
 * text of the header row, or "". */
int import_plan_make(struct db *db, const struct import_input *input,
		     const json_t *mapping, struct arena *arena,
		     struct import_plan *out, struct err *err);
void import_plan_format(const struct import_plan *plan, struct strbuf *out);
int import_plan_load(struct db *db, const struct import_run *run,
		     struct arena *arena, struct import_plan *out,
		     struct err *err);

/* What a header row is known by among the saved mappings. NULL: there is no
 * header. */
int import_header_name(const struct import_input *input, struct arena *arena,
		       const char **out, struct err *err);

#endif
