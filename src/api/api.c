#include "api/api.h"
#include "api/mc30/mc30.h"
#include "api/routes.h"

#include <string.h>

struct api *api_of(const struct request *rq)
{
	return rq->context;
}

static void add_tables(struct router *router, struct api *api,
		       const char *prefix)
{
	for (size_t i = 0; i < api_tables_count; i++) {
		struct route_table table = api_tables[i];

		if (prefix && strcmp(table.prefix, prefix) != 0)
			continue;
		table.context = api;
		if (table.dialect == DIALECT_MAILCHIMP)
			table.finish = mc_finish;
		router_add(router, &table);
	}
}

void api_add_routes(struct router *router, struct api *api)
{
	add_tables(router, api, NULL);
}

void api_add_track_routes(struct router *router, struct api *api)
{
	add_tables(router, api, "/t");
}
