#include "bridge/push_plan.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/group/group.h"
#include "sql/bridge.h"
#include "sql/crm_campaign.h"
#include "store/db.h"

#include <string.h>

#define ROWS_AT_ONCE 5000

struct plan {
	const char *name, *criteria;
};

static void read_plan(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct plan *)out = (struct plan){ rows_dup(rows, 0, arena),
					     rows_dup(rows, 1, arena) };
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static int refuse_old(struct err *err)
{
	return err_set(err, ERR_CONFLICT,
		       "the group was changed since this plan: make a plan "
		       "again; nothing was pushed");
}

int push_plan_check(struct db *db, const struct group *group, int64_t plan_id,
		    struct arena *arena, struct err *err)
{
	struct plan plan;
	int found = db_get(db, SQL_PUSH_PLAN_OF,
			   SQL_ARGS(sql_int(plan_id), sql_int(group->id)),
			   read_plan, arena, &plan, err);

	if (found < 0)
		return -1;
	if (!found)
		return err_field(err, "plan_id", "is no plan of this group");
	if (is_same(plan.name, group->name) &&
	    is_same(plan.criteria, group->criteria))
		return 0;
	return refuse_old(err);
}

int push_plan_fits(struct db *db, int64_t plan_id, int64_t push_id,
		   struct err *err)
{
	const struct sql_value plan = sql_int(plan_id), push = sql_int(push_id);
	int64_t beyond = 0, missing = 0;

	if (db_find_int(db, SQL_PUSH_BEYOND_PLAN,
			SQL_ARGS(push, plan, plan, plan), &beyond, err) < 0 ||
	    db_find_int(db, SQL_PUSH_SHORT_OF_PLAN, SQL_ARGS(plan, push),
			&missing, err) < 0)
		return -1;
	return beyond + missing == 0 ? 0 : refuse_old(err);
}

int push_rows_remove(struct db *db, int64_t push_id, struct err *err)
{
	const struct sql_args page = SQL_ARGS(
		sql_int(push_id), sql_int(push_id), sql_int(ROWS_AT_ONCE));
	int n;

	do {
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		if (tx_begin(db, &tx, err) < 0)
			return -1;
		n = db_exec(&tx, SQL_PUSH_PLAN_ROWS_REMOVE, page, err);
		if (n < 0 || tx_commit(&tx, err) < 0)
			return -1;
	} while (n == ROWS_AT_ONCE);
	return 0;
}

int push_plan_forget(struct db *db, int64_t group_id, int64_t now_ms,
		     struct err *err)
{
	int64_t plan_id;
	int found =
		db_find_int(db, SQL_PUSH_PLAN_OLD,
			    SQL_ARGS(sql_int(now_ms - PUSH_PLAN_DAYS * MS_DAY),
				     sql_int(group_id), sql_int(group_id),
				     sql_int(group_id ? PUSH_PLANS_KEPT - 1
						      : PUSH_PLANS_KEPT)),
			    &plan_id, err);

	if (found <= 0)
		return found;
	if (push_rows_remove(db, plan_id, err) < 0 ||
	    db_write(db, SQL_PUSH_PLAN_REMOVE, SQL_ARGS(sql_int(plan_id)),
		     err) < 0)
		return -1;
	return 1;
}
