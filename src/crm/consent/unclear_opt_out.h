/*
 * crm/consent/unclear_opt_out.h - addresses that may have been opted out:
 * nobody knows
 *
 * In a malformed row of a file with an opt-out column the cells cannot be told
 * apart. Each address found in it is held as `unclear_opt_out`: pushes leave it
 * out and take its tag, whoever has the address now or gets it later, until a
 * user decides once for all of an import: they are opted out (where nobody has
 * the address, that is kept), or released. The job `import-unclear` does it,
 * some at a time; who was settled is no longer in the table.
 */
#ifndef CRM_UNCLEAR_OPT_OUT_H
#define CRM_UNCLEAR_OPT_OUT_H

#include "base/str.h"
#include "crm/actor.h"
#include "store/db.h"

struct arena;
struct err;
struct json_writer;

#define UNCLEAR_OPT_OUT "unclear_opt_out"

/* Hold the addresses in the text of a row. Returns how many were found. */
int unclear_opt_outs_add(struct tx *tx, int64_t import_id, int64_t row_number,
			 struct str text, int64_t now_ms, struct err *err);

/* Is the address held? 1 and since when, 0, -1. */
int unclear_opt_out_find(struct db *db, const char *hash, int64_t *since_ms,
			 struct err *err);
/* An array of {"row", "address"}: at most `limit`. */
int unclear_opt_outs_format(struct db *db, int64_t import_id, int64_t limit,
			    struct json_writer *w, struct err *err);

/*
 * Settle some of an import: opt out (with the actor's ground), or release.
 * Returns how many; 0: none is left.
 */
int unclear_opt_outs_settle(struct tx *tx, int64_t import_id, bool opt_out,
			    const struct actor *actor, struct err *err);

#endif
