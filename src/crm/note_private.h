/*
 * crm/note_private.h - what notes and tasks share
 */
#ifndef CRM_NOTE_PRIVATE_H
#define CRM_NOTE_PRIVATE_H

#include "crm/entity.h"
#include "store/db.h"

/* ERR_INVALID with field `record_id` if there is no such record. */
int note_check_record(struct db *db, enum entity entity, int64_t record_id,
		      struct err *err);

#endif
