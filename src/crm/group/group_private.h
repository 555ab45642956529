/*
 * crm/group/group_private.h - what group.c and group_member.c share
 */
#ifndef CRM_GROUP_PRIVATE_H
#define CRM_GROUP_PRIVATE_H

#include "crm/group/criteria.h"
#include "crm/group/group.h"

/*
 * Make the members of a static group those that fit its criteria (NULL:
 * everybody), keeping what was included and excluded by hand.
 */
int group_evaluate(struct db *db, int64_t id, enum entity entity,
		   const char *criteria, int64_t now_ms, struct err *err);

#endif
