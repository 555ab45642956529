/*
 * api/routes.h - the tables that tools/routegen.py makes from src/api/spec
 *
 * app/ calls api_add_routes once a router:
 *
 *     struct router *router = router_new();
 *     api_add_routes(router, &api);
 */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "http/router.h"

struct api;
struct err;
struct request;
struct response;

/* All tables, with api as their context; api must outlive the router. */
void api_add_routes(struct router *router, struct api *api);
/* Only what the links in mails lead to, for a listener of its own. */
void api_add_track_routes(struct router *router, struct api *api);

/* The handler of pages that there are not, of page/app.c. */
int page_app_missing(struct request *rq, struct response *rs, struct err *err);

extern const struct route_table api_tables[]; /* without a context */
extern const size_t api_tables_count;
extern const char openapi_v1[];  /* JSON text */
extern const char openapi_3_0[]; /* same */

#endif
