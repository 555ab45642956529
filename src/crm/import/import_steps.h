/*
 * crm/import/import_steps.h - the work of an import job, apart from the job
 * runner
 *
 * Private to crm/import*.c and their tests: who calls says how the place to go
 * on from is saved, so that a test can stop it anywhere.
 */
#ifndef CRM_IMPORT_STEPS_H
#define CRM_IMPORT_STEPS_H

#include "base/strbuf.h"
#include "store/db.h"

struct import_steps {
	struct db *db;
	const char *folder; /* data folder */
	int64_t import_id;
	const char *state_json; /* as last saved; NULL at first */
	size_t batch_rows;      /* at most; 0: as many as fit in 80 ms */
	bool confirmed;         /* do not ask */
	const struct import_elsewhere *elsewhere; /* or NULL */
	/* Tests: where a trial is written, empty; NULL: it makes one. */
	struct db *scratch;

	/* Save progress in the transaction of the rows. */
	int (*save)(void *context, struct tx *tx, int64_t done, int64_t total,
		    const char *state_json, struct err *err);
	bool (*is_stopping)(void *context); /* between batches; may be NULL */
	void *context;
};

#define IMPORT_ASKS 2

/*
 * Returns 1 when all is done (result: the job's), 0 if it was stopped, -1; or
 * IMPORT_ASKS before anything is written, if it would opt out many of those who
 * are here: the result says how many.
 */
int import_steps(struct import_steps *steps, struct strbuf *result,
		 struct err *err);

/* The same for taking an import back. */
int import_undo_steps(struct import_steps *steps, struct strbuf *result,
		      struct err *err);

#endif
