/*
 * crm/import/import_image.h - what a record was before an import changed it
 *
 * Private to crm/import*.c. All that undoing needs to know (import_undo.c), and
 * that who asks for the changes is shown (import_people.c).
 */
#ifndef CRM_IMPORT_IMAGE_H
#define CRM_IMPORT_IMAGE_H

#include "crm/import/import_batch.h"

struct import_change;

/* JSON, in the arena of the batch: its texts, company, custom fields, the tags
 * that it gets, and its addresses if it gets another. */
const char *import_image(const struct import_batch *b,
			 const struct import_change *c);

#endif
