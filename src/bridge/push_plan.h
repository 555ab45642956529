/*
 * bridge/push_plan.h - plans that users look at before they push: whether one
 * still fits its group, and for how long it is kept
 *
 * A plan is a push with dry_run, and has a row a person. Looking often must not
 * fill the disk: of each group the newest PUSH_PLANS_KEPT are kept, for
 * PUSH_PLAN_DAYS at most. Real pushes stay.
 *
 * A push by a plan does what the plan shows, to the same people (rule 12), and
 * nothing else. It plans anew all the same, since what somebody wants may have
 * changed meanwhile; that may do less to people than was shown, never more:
 * - who may not be mailed any more (opted out, held, left the audience), or is
 *   deleted or erased, is left out, and loses the tag;
 * - who is a member by now, or has another name, is updated or tagged instead.
 * Anything else, somebody who came to the group or left it, by hand or by the
 * criteria, or has another address, makes the plan old: nothing is pushed.
 */
#ifndef BRIDGE_PUSH_PLAN_H
#define BRIDGE_PUSH_PLAN_H

#include <stdint.h>

struct arena;
struct db;
struct err;
struct group;

#define PUSH_PLANS_KEPT 20
#define PUSH_PLAN_DAYS 7

/* Is the group what it was when that plan was made? ERR_CONFLICT: its name or
 * criteria are not; ERR_INVALID with field plan_id: no plan of this group. */
int push_plan_check(struct db *db, const struct group *group, int64_t plan_id,
		    struct arena *arena, struct err *err);
/* Does a push, planned anew, do no more than that plan? ERR_CONFLICT: it is
 * old. */
int push_plan_fits(struct db *db, int64_t plan_id, int64_t push_id,
		   struct err *err);

/* All rows of a push, in short transactions. */
int push_rows_remove(struct db *db, int64_t push_id, struct err *err);
/* Removes a plan that is old, or one too many of any group; with group_id, one
 * too many for another plan of that group. In short transactions: 1, 0: there
 * is none, -1. */
int push_plan_forget(struct db *db, int64_t group_id, int64_t now_ms,
		     struct err *err);

#endif
