/*
 * crm/audit.h - who did what that cannot simply be undone
 *
 * Append-only. `detail` is JSON without addresses and names, so that it
 * survives an erasure.
 */
#ifndef CRM_AUDIT_H
#define CRM_AUDIT_H

#include "crm/actor.h"
#include "crm/entity.h"
#include "store/db.h"

/* action: "person.merge"; entity 0: none; detail may be NULL. */
int audit_add(struct tx *tx, const struct actor *actor, const char *action,
	      enum entity entity, int64_t record_id, const char *detail,
	      struct err *err);

#endif
