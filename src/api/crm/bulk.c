/* One act on many records. */
#include "crm/browse/bulk.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "http/auth.h"

/* Groups are marketing's, and so is what nobody can take back. */
static int check_right(const struct request *rq, const struct bulk *bulk,
		       struct err *err)
{
	if (auth_permits(&rq->caller, PERMIT_MARKET))
		return 0;
	if (bulk->act == BULK_DELETE)
		return err_set(err, ERR_DENIED,
			       "deleting many at once takes the right to "
			       "market");
	if (!bulk_is_of_group(bulk))
		return 0;
	return err_set(err, ERR_DENIED,
		       "changing a group takes the right to market");
}

int v1_record_bulk(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(bulk_release) struct bulk bulk = { 0 };
	struct actor actor = v1_actor(rq);
	const json_t *body;
	int64_t id;

	if (request_json(rq, &body, err) < 0 ||
	    bulk_parse((enum entity)rq->argument, body, rq->arena, &bulk, err) <
		    0 ||
	    check_right(rq, &bulk, err) < 0 || v1_begin(rq, &db, &tx, err) < 0)
		return -1;
	if (bulk_ask(&tx, &bulk, &actor, rq->arena, &id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	v1_accepted(rs, id);
	return 0;
}
