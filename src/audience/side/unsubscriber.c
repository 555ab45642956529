#include "audience/side/unsubscriber.h"

#include "audience/member.h"
#include "base/err.h"
#include "sql/unsubscriber.h"
#include "store/db.h"

int unsubscriber_put(struct batch *batch, const struct member *member,
		     const char *by, struct err *err)
{
	return batch_add(batch, SQL_UNSUBSCRIBER_PUT,
			 SQL_ARGS(sql_int(member->id),
				  sql_int(member->unsubscribed_ms),
				  sql_text(by)),
			 err);
}

int unsubscriber_find(struct db *db, const struct member *member,
		      struct arena *arena, const char **by_out, struct err *err)
{
	if (!member->unsubscribed_ms)
		return 0;
	return db_find_text(
		db, SQL_UNSUBSCRIBER_OF,
		SQL_ARGS(sql_int(member->id), sql_int(member->unsubscribed_ms)),
		arena, by_out, err);
}
