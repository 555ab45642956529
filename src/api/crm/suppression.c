/* What stands against mailing an address. */
#include "crm/consent/obstacle.h"

#include "api/crm/v1.h"
#include "api/handlers.h"

int v1_suppressions_list(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (v1_db(rq, &db, err) < 0)
		return -1;
	return obstacles_explain(db, request_query(rq, "address"), rq->arena,
				 &rs->body, err);
}
