/*
 * What changes of members know about their list. Called by those that change
 * members, in their transaction.
 */
#include "audience/list.h"
#include "audience/member_private.h"

int member_run_load(struct member_run *run, struct err *err)
{
	struct db *db = run->tx->db;

	vec_reset(&run->defs);
	vec_reset(&run->interests);
	vec_reset(&run->listeners);
	if (merge_field_list(db, run->list->id, run->arena, &run->defs, err) <
		    0 ||
	    interest_list_whole(db, run->list->id, run->arena, &run->interests,
				err) < 0)
		return -1;
	return webhook_listeners(db, run->list->id, run->actor->source,
				 run->arena, &run->listeners, err);
}

void member_run_release(struct member_run *run)
{
	vec_release(&run->defs);
	vec_release(&run->interests);
	vec_release(&run->listeners);
}
