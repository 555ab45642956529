/*
 * crm/import_batch.h - some thousand rows on their way into the database
 *
 * Private to crm/import*.c. A batch is read, then matched and written in one
 * transaction. Nothing is asked or written row by row: look-ups take JSON
 * arrays of all keys of a batch, writes go through batch_*.
 *
 * What a batch comes to must not depend on where batches begin, because a
 * resumed import cuts the file elsewhere: a row that is the same as one that
 * the import made is a duplicate, whether that one stands in the database
 * already (import_id) or in the same batch (made).
 */
#ifndef CRM_IMPORT_BATCH_H
#define CRM_IMPORT_BATCH_H

#include "crm/import_row.h"
#include "crm/import_seen.h"

struct import_counts {
	int64_t created, updated, unchanged, refused;
};

struct import_companies VEC_FIELDS(struct record *);

struct import_batch {
	const struct import_plan *plan;
	struct arena *arena;
	const struct forgotten *forgotten;
	int64_t now_ms;
	int64_t refused_before; /* rows of the import in earlier batches */

	struct import_row *rows;
	size_t n;

	/* Of import_match: */
	struct records existing;    /* ordered by id */
	struct addresses addresses; /* live ones of existing, by record */
	struct import_seen made;    /* what rows of this batch make */
	struct import_companies new_companies; /* a record each */

	struct import_counts counts;
};

void import_batch_release(struct import_batch *b);

/* Find for each row what it is the same as, refuse duplicates. */
int import_match(struct db *db, struct import_batch *b, struct err *err);

/* Write all; fills counts. A dry run only counts. */
int import_write(struct tx *tx, struct import_batch *b, struct err *err);

/* JSON arrays for look-ups. */
void import_json_text(struct strbuf *out, struct str s);
void import_json_int(struct strbuf *out, int64_t n);
const char *import_json_end(struct strbuf *out); /* "[]" if nothing */

#endif
