/* Demo data: whether there is some, making and removing it. */
#include "api/demo/demo.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"

int v1_demo_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct demo_figures now;

	if (v1_db(rq, &db, err) < 0 || demo_figures(db, &now, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_bool(&w, "present", now.present);
	json_key_int(&w, "people", now.people);
	json_key_int(&w, "campaigns", now.campaigns);
	json_key_id(&w, "job_id", now.job_id);
	json_end_object(&w);
	return 0;
}

static int ask(struct request *rq, struct response *rs, const char *kind,
	       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id;

	if (v1_begin(rq, &db, &tx, err) < 0 ||
	    demo_ask(&tx, api_of(rq)->bridge, kind, rq->caller.user_id,
		     rq->now_ms, &id, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	v1_accepted(rs, id);
	return 0;
}

int v1_demo_create(struct request *rq, struct response *rs, struct err *err)
{
	return ask(rq, rs, DEMO_JOB, err);
}

int v1_demo_delete(struct request *rq, struct response *rs, struct err *err)
{
	return ask(rq, rs, DEMO_REMOVE_JOB, err);
}
