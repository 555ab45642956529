#include "http/router.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "http/router_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int nothing(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)rs;
	(void)err;
	return 0;
}

#define ROUTE(method, path)                                 \
	{                                                   \
		method, path, nothing, PERMIT_PUBLIC, false \
	}

static const struct route routes[] = {
	ROUTE(HTTP_GET, "/3.0/"),
	ROUTE(HTTP_GET, "/3.0/lists"),
	ROUTE(HTTP_POST, "/3.0/lists"),
	ROUTE(HTTP_GET, "/3.0/lists/{list_id}"),
	ROUTE(HTTP_POST, "/3.0/lists/{id}"),
	ROUTE(HTTP_GET, "/3.0/lists/{list_id}/members/{hash}"),
	ROUTE(HTTP_GET, "/3.0/lists/{list_id}/members/special/more"),
	ROUTE(HTTP_GET, "/3.0/lists/{list_id}/members/special"),
	ROUTE(HTTP_DELETE, "/3.0/lists/{list_id}/members/{hash}/{more}"),
};
static const struct route pages[] = {
	ROUTE(HTTP_GET, "/"),
	ROUTE(HTTP_GET, "/{page}"),
	ROUTE(HTTP_GET, "/{push_id}.csv"),
};

static struct router *make(void)
{
	struct router *router = router_new();

	router_add(router, &(struct route_table){ .prefix = "",
						  .dialect = DIALECT_PAGE,
						  .routes = pages,
						  .n = ARRAY_SIZE(pages) });
	router_add(router, &(struct route_table){ .prefix = "/3.0",
						  .dialect = DIALECT_MAILCHIMP,
						  .routes = routes,
						  .n = ARRAY_SIZE(routes) });
	return router;
}

static void paths_lead_to_routes(void **state)
{
	CLEANUP(router_free) struct router *router = make();
	CLEANUP(arena_free) struct arena *arena = arena_new();
	static const struct {
		const char *method, *path, *route, *allow;
	} cases[] = {
		{ "GET", "/", "/", "GET, HEAD" },
		{ "HEAD", "/", "/", "GET, HEAD" },
		{ "GET", "/12.csv", "/{push_id}.csv", "GET, HEAD" },
		{ "GET", "/.csv", "/{page}", "GET, HEAD" },
		{ "GET", "/12.tsv", "/{page}", "GET, HEAD" },
		{ "GET", "/3.0", "/3.0/", "GET, HEAD" },
		{ "GET", "/3.0/", "/3.0/", "GET, HEAD" },
		{ "GET", "/3.0/lists", "/3.0/lists", "GET, HEAD, POST" },
		{ "GET", "/3.0/lists/", "/3.0/lists", "GET, HEAD, POST" },
		{ "PUT", "/3.0/lists", NULL, "GET, HEAD, POST" },
		{ "GET", "/3.0/lists/a", "/3.0/lists/{list_id}",
		  "GET, HEAD, POST" },
		{ "POST", "/3.0/lists/a", "/3.0/lists/{id}",
		  "GET, HEAD, POST" },
		{ "GET", "/3.0/lists/a/members/special",
		  "/3.0/lists/{list_id}/members/special", "GET, HEAD" },
		{ "GET", "/3.0/lists/a/members/other",
		  "/3.0/lists/{list_id}/members/{hash}", "GET, HEAD" },
		{ "DELETE", "/3.0/lists/a/members/special/other",
		  "/3.0/lists/{list_id}/members/{hash}/{more}", "DELETE" },
		{ "GET", "/3.0/lists/a/members", NULL, "" },
		{ "GET", "/3.0/lists//members/x", NULL, "" },
		{ "GET", "/3.0/Lists", NULL, "" },
		{ "GET", "/3.0/l%69sts", "/3.0/lists", "GET, HEAD, POST" },
		{ "GET", "/page%2Fwith%2Fslashes", "/{page}", "GET, HEAD" },
		{ "GET", "", "/", "GET, HEAD" },
		{ "GET", "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q",
		  NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct route_match m;

		router_match(router, http_method_parse(cases[i].method),
			     cases[i].path, arena, &m);
		assert_string_equal(m.allow, cases[i].allow);
		if (!cases[i].route)
			assert_null(m.route);
		else if (!m.route || strcmp(m.route->path, cases[i].route) != 0)
			fail_msg("%s", cases[i].path);
	}
}

static void parameters_have_the_names_of_their_route(void **state)
{
	CLEANUP(router_free) struct router *router = make();
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct route_match m;

	(void)state;
	router_match(router, HTTP_GET, "/3.0/lists/a%20b/members/c+%2B", arena,
		     &m);
	assert_string_equal(params_find(&m.params, "list_id"), "a b");
	assert_string_equal(params_find(&m.params, "hash"), "c++");
	router_match(router, HTTP_POST, "/3.0/lists/a", arena, &m);
	assert_string_equal(params_find(&m.params, "id"), "a");
	assert_null(params_find(&m.params, "list_id"));
}

static void the_dialect_is_that_of_the_longest_prefix(void **state)
{
	CLEANUP(router_free) struct router *router = make();
	CLEANUP(arena_free) struct arena *arena = arena_new();
	static const struct {
		const char *path;
		enum http_dialect dialect;
	} cases[] = {
		{ "/3.0/nowhere", DIALECT_MAILCHIMP },
		{ "/3.0", DIALECT_MAILCHIMP },
		{ "/3.0x/y", DIALECT_PAGE },
		{ "/3/0", DIALECT_PAGE },
		{ "/3.0/%ff", DIALECT_MAILCHIMP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct route_match m;

		router_match(router, HTTP_GET, cases[i].path, arena, &m);
		assert_int_equal(m.table->dialect, cases[i].dialect);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_lead_to_routes),
		cmocka_unit_test(parameters_have_the_names_of_their_route),
		cmocka_unit_test(the_dialect_is_that_of_the_longest_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
