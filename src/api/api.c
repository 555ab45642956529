#include "api/api.h"
#include "api/contract.h"
#include "api/mc30/mc30.h"
#include "api/routes.h"
#include "api/shown_texts.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/random.h"
#include "base/thread/patience.h"
#include "jobs/runner.h"
#include "store/db.h"

#include <string.h>

/* Somebody else writes the same rows: so often is a request begun again, after
 * 1, 2, 4 ... ms (and up to as much again, so that two do not meet twice). */
#define TRIES 8

struct api *api_of(const struct request *rq)
{
	return rq->context;
}

/*
 * A transaction that a deadlock or a race ended may be run again. So may the
 * whole request, if it has committed nothing yet; an upload is gone by then.
 * That somebody has no patience left when a deadlock is found (PostgreSQL looks
 * after a second) does not keep them from the one more try that they need.
 */
static int run(const struct route *route, struct request *rq,
	       struct response *rs, struct err *err)
{
	for (int try = 0;; try++) {
		int64_t commits = tx_commits();
		bool was_late = patience_is_over();
		int ret = route->fn(rq, rs, err);

		if (ret >= 0 || err->code != ERR_RETRY || !rq->may_wait ||
		    route->upload || tx_commits() != commits ||
		    try + 1 == TRIES || was_late)
			return ret;
		response_reset(rs);
		*err = (struct err)ERR_INIT;
		clock_sleep_us((1000 + (int64_t)(random_u64() % 1000)) << try);
	}
}

/* What is not as src/api/spec says never reaches a handler of ours. */
static int run_checked(const struct route *route, struct request *rq,
		       struct response *rs, struct err *err)
{
	int fits = contract_check(api_of(rq)->contract, route, rq, rs, err);

	return fits > 0 ? run(route, rq, rs, err) : fits;
}

/* Said before anything is changed. */
static int run_chosen(const struct route *route, struct request *rq,
		      struct response *rs, struct err *err)
{
	if (mc_check_fields(rq, err) < 0 ||
	    shown_texts_check(route, rq, rs, err) < 0)
		return -1;
	return run(route, rq, rs, err);
}

/* In no spec: what there is not. */
static const struct route app_missing = {
	.method = HTTP_GET,
	.path = "",
	.fn = page_app_missing,
	.permission = PERMIT_PUBLIC,
	.workers = WORKERS_QUICK,
};

static void add_tables(struct router *router, struct api *api,
		       const char *prefix)
{
	for (size_t i = 0; i < api_tables_count; i++) {
		struct route_table table = api_tables[i];

		if (prefix && strcmp(table.prefix, prefix) != 0)
			continue;
		table.context = api;
		table.run = table.dialect == DIALECT_PLAIN       ? run_checked
			    : table.dialect == DIALECT_MAILCHIMP ? run_chosen
								 : run;
		if (table.dialect == DIALECT_PAGE && !*table.prefix)
			table.missing = &app_missing;
		router_add(router, &table);
	}
}

void api_wake_audience(const struct request *rq)
{
	if (api_of(rq)->audience_jobs)
		runner_wake(api_of(rq)->audience_jobs);
}

void api_add_routes(struct router *router, struct api *api)
{
	add_tables(router, api, NULL);
}

void api_add_track_routes(struct router *router, struct api *api)
{
	add_tables(router, api, "/t");
	add_tables(router, api, "/files");
	add_tables(router, api, "/subscribe");
	add_tables(router, api, "/archive");
}
