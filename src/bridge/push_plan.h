/*
 * bridge/push_plan.h - plans that users look at before they push: whether one
 * still fits its group, and for how long it is kept
 *
 * A plan is a push with dry_run, and has a row a person. Looking often must not
 * fill the disk: of each group the newest PUSH_PLANS_KEPT are kept, for
 * PUSH_PLAN_DAYS at most. Real pushes stay.
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

/* Removes a plan that is old, or one too many of any group; with group_id, one
 * too many for another plan of that group. In short transactions: 1, 0: there
 * is none, -1. */
int push_plan_forget(struct db *db, int64_t group_id, int64_t now_ms,
		     struct err *err);

#endif
