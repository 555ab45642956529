/*
 * crm/import/import_image.h - what a record was before an import changed it
 *
 * Private to crm/import*.c. All that undoing needs to know (import_undo.c), and
 * that who asks for the changes is shown (import_people.c): JSON of its texts,
 * company and custom fields, the tags that the import gives it, and its
 * addresses if it gets another. It is of the whole import: however many rows
 * change the record, in whichever batches, what was before the first is kept.
 */
#ifndef CRM_IMPORT_IMAGE_H
#define CRM_IMPORT_IMAGE_H

#include "crm/import/import_batch.h"

struct import_change;

/* That of an earlier batch. */
struct import_image {
	int64_t id, written_ms;
	const char *json;
};
struct import_images VEC_FIELDS(struct import_image);

/* Those of records, by id, before anything of this batch is written; appended,
 * the texts live in the arena of the batch. */
int import_images_load(struct db *db, const struct import_batch *b,
		       const struct ids *ids, struct import_images *out,
		       struct err *err);

/* all: of the batch, last: the last of the record, which becomes what is in
 * last->after. What somebody else changed between two batches stays theirs: the
 * record is not restored then. */
int import_image_write(struct batch *batch, const struct import_batch *b,
		       const struct import_change *all,
		       const struct import_change *last,
		       const struct import_images *earlier, struct err *err);

#endif
