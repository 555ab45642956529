/*
 * crm/group/group_private.h - what group.c and group_member.c share
 */
#ifndef CRM_GROUP_PRIVATE_H
#define CRM_GROUP_PRIVATE_H

#include "crm/group/criteria.h"
#include "crm/group/group.h"

struct rows;

/*
 * Make the members of a static group those that fit its criteria (NULL:
 * nobody), keeping what was included and excluded by hand. ERR_NOT_FOUND: it
 * was removed meanwhile.
 */
int group_evaluate(struct db *db, int64_t id, enum entity entity,
		   const char *criteria, struct err *err);
/* The same of one that is seen; tells when. */
int group_evaluate_again(struct db *db, int64_t id, enum entity entity,
			 const char *criteria, int64_t now_ms, struct err *err);

/* Those of some ids, which are in order, that fit criteria; appended. */
int group_fitting(struct db *db, enum entity entity, const char *criteria,
		  const struct ids *ids, struct ids *out, struct err *err);

void group_read(const struct rows *rows, struct arena *arena, void *out);

#endif
