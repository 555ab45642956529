/*
 * crm/person_merge.h - two records of one human become one
 *
 * The survivor keeps what it says and takes what it lacks. Addresses, notes,
 * tasks, tags, groups, communications, consent and the ledgers' rows follow;
 * a campaign that both got keeps both rows, and the timeline shows them. If
 * either was opted out, the survivor is. The other one stays as an empty row
 * that says into whom it was merged.
 */
#ifndef CRM_PERSON_MERGE_H
#define CRM_PERSON_MERGE_H

#include "crm/record.h"

/* What hangs on the other goes to the survivor, whose fields count first; the
 * other stays as an empty row. ERR_NOT_FOUND: either of them; ERR_INVALID with
 * field `other_id`: the same one. */
int person_merge(struct tx *tx, int64_t survivor_id, int64_t other_id,
		 const struct actor *actor, struct arena *arena,
		 struct err *err);

#endif
