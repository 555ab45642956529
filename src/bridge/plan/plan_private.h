/*
 * bridge/plan/plan_private.h - what the ways to make a plan share
 */
#ifndef BRIDGE_PLAN_PRIVATE_H
#define BRIDGE_PLAN_PRIVATE_H

#include "bridge/bridge_private.h"
#include "bridge/hash_set.h"
#include "crm/group/group.h"

struct planner {
	struct work *w;
	struct push *push;
	struct group group;
	struct field_map map;
	char fields_hash[MD5_HEX + 1]; /* of the map */
	/* Who has the tag, of those whom this plan asks about. */
	struct hash_set tagged;
	/* Of all who have it, as they were known; NULL: not told, or others
	 * changed them meanwhile. */
	const char *digest;
	/* Who may have it: a push that left them out did not look. */
	struct hash_set perhaps;
	struct arena *arena; /* of the page */
	struct facts *facts; /* by place in the page's records */
	struct records records;
	int64_t done;
};

/* p->tagged, sealed: all who have the tag now; and p->digest. */
int plan_load_tagged(struct planner *p, struct err *err);
/* Rows for these people of the group, in order. */
int plan_people(struct planner *p, const struct ids *ids, struct err *err);

#endif
