#include "api/api.h"
#include "api/mc30/mc30.h"
#include "api/routes.h"

struct api *api_of(const struct request *rq)
{
	return rq->context;
}

void api_add_routes(struct router *router, struct api *api)
{
	for (size_t i = 0; i < api_tables_count; i++) {
		struct route_table table = api_tables[i];

		table.context = api;
		if (table.dialect == DIALECT_MAILCHIMP)
			table.finish = mc_finish;
		router_add(router, &table);
	}
}
