/*
 * crm/import/import_result.h - what an import came to, as the result of its job
 *
 * Private to crm/import*.c.
 */
#ifndef CRM_IMPORT_RESULT_H
#define CRM_IMPORT_RESULT_H

#include "crm/import/import_plan.h"

struct json_writer;

/* People and leads whose rows say that they want no mail. What is saved as the
 * import goes on has the same names as the result. */
struct import_opt_outs {
	int64_t made, before, kept; /* see import_batch.h */
};
void import_opt_outs_format(const struct import_opt_outs *o,
			    struct json_writer *w);
/* What is absent stays. */
int import_opt_outs_read(const json_t *json, struct import_opt_outs *out,
			 struct err *err);

/* Members of an open object: how each column was read, or that it was not. */
void import_columns_format(const struct import_plan *plan,
			   struct json_writer *w);

struct import_result {
	struct db *db;
	const struct import_run *run;
	const struct import_plan *plan;
	struct import_opt_outs opt_outs;
	struct arena *arena;
};
/* Appended. */
int import_result_format(const struct import_result *result, struct strbuf *out,
			 struct err *err);

#endif
