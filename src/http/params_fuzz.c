/* Queries, forms, cookies and paths: what anybody may send. */
#include "base/arena.h"
#include "base/cleanup.h"
#include "http/params.h"
#include "http/router_private.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int nothing(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)rs;
	(void)err;
	return 0;
}

static const struct route routes[] = {
	{ HTTP_GET, "/a/{b}/c", nothing, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/a/b/{c}", nothing, PERMIT_PUBLIC, false },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(router_free) struct router *router = router_new();
	struct str text = { (const char *)data, len };
	struct params form = { .n = 0 }, cookies = { .n = 0 };
	struct route_match match;

	params_add_form(&form, text, arena);
	params_add_cookies(&cookies, text, arena);
	router_add(router, &(struct route_table){
				   .prefix = "/a", .routes = routes, .n = 2 });
	router_match(router, HTTP_GET, arena_str(arena, text), arena, &match);
	(void)params_find(&form, "a");
	(void)params_find(&cookies, "a");
	return 0;
}
