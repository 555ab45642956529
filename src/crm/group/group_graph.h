/*
 * crm/group/group_graph.h - which groups refer to which, by their criteria
 *
 * No group refers to itself, not even through others, and no chain is longer
 * than CRITERIA_CHAIN_MAX. Two edits at once could close a ring that neither
 * sees: so whoever changes criteria, or removes a group, locks the graph first,
 * before any group.
 */
#ifndef CRM_GROUP_GRAPH_H
#define CRM_GROUP_GRAPH_H

#include "crm/group/criteria.h"

struct arena;
struct err;
struct tx;

int group_graph_lock(struct tx *tx, struct err *err);
/* The group refers to those of its criteria from now on; NULL: to none. */
int group_graph_put(struct tx *tx, int64_t group_id,
		    const struct criteria *criteria, struct err *err);
/* After its criteria were stored: is everything that refers to it still
 * right? ERR_INVALID with field criteria: not with these. */
int group_graph_check(struct tx *tx, int64_t group_id, int64_t now_ms,
		      struct arena *arena, struct err *err);
/* ERR_CONFLICT: others refer to it, and are named. */
int group_graph_check_free(struct tx *tx, int64_t group_id, struct arena *arena,
			   struct err *err);

#endif
