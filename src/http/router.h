/*
 * http/router.h - from method and path to a handler
 *
 * Routes come as tables, made from the files of src/api/spec by
 * tools/routegen.py.
 * A path is literal segments and {names}, which may have an ending
 * ({name}.csv). A known path with another method is
 * 405 with Allow; HEAD is served by GET.
 */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "http/request.h"
#include "http/response.h"

struct router;

/* See enum workers. */
#define ROUTE_WOULD_WAIT 2

/*
 * Returns 0 and a filled response, or -1: http/problem.c writes the error in
 * the dialect of the route's table (headers that were set stay). 1: the answer
 * comes later, see response_later(). ROUTE_WOULD_WAIT: nothing was done, as
 * request.may_wait forbids what is needed; a worker calls again.
 */
typedef int (*route_fn)(struct request *rq, struct response *rs,
			struct err *err);

struct route;
/*
 * Runs the handler of a route, for a table that has something to do around all
 * of them. Between two calls of the handler: response_reset.
 */
typedef int (*route_run_fn)(const struct route *route, struct request *rq,
			    struct response *rs, struct err *err);

/* What a caller must be; see crm/user/user.h for who has which. */
enum permission {
	PERMIT_PUBLIC, /* anybody, not signed in */
	PERMIT_READ,   /* every role */
	PERMIT_WRITE,  /* user, manager, administrator: records */
	PERMIT_MARKET, /* manager, administrator: groups, pushes, campaigns,
			  removing records */
	PERMIT_SEND,   /* who may send campaigns */
	PERMIT_ADMIN,  /* administrator */
};

/* Who works on requests of a route. Each group has threads of its own, so that
 * the others do not wait for it. */
enum workers {
	WORKERS_USUAL,
	WORKERS_QUICK,    /* what must be done in a moment */
	WORKERS_PASSWORD, /* what compares or hashes passwords: a tenth of a
			     second each, for whoever asks */
	WORKERS_N,
	/* Nobody: the loop itself, for what takes microseconds and touches
	 * neither database nor disk. Where the handler would have to, it says
	 * ROUTE_WOULD_WAIT, and a quick worker does it. Public, no upload. */
	WORKERS_NONE = WORKERS_N,
};

struct route {
	enum http_method method;
	const char *path; /* /api/v1/people/{person_id} */
	route_fn fn;
	enum permission permission;
	bool upload; /* the body goes to a file, see request_upload_path */
	enum workers workers;
	int argument; /* becomes request.argument: which of several things */
	/* Waits longer for a database that others write to: who stops mails,
	 * for many or for himself, is not sent away by those who make them. */
	bool patient;
};

/* How errors and authentication look in a part of the path space. */
enum http_dialect {
	DIALECT_PLAIN,     /* problem+json of our own API */
	DIALECT_MAILCHIMP, /* problem documents of the Marketing API */
	DIALECT_PAGE,      /* a plain HTML page */
};

struct route_table {
	const char *prefix; /* "/3.0"; routes hold whole paths */
	enum http_dialect dialect;
	const struct route *routes;
	size_t n;
	void *context;    /* becomes request.context */
	route_run_fn run; /* NULL: the handler is called once */
	/* What somebody gets who reads pages and asked for one that there is
	 * not; NULL: a plain page. */
	const struct route *missing;
	/* No handler reads the query, so that nothing in it is a mistake. */
	bool ignores_query;
};

struct router *router_new(void);
void router_free(struct router **router);
/* The table is copied, its routes must outlive the router. Two routes for the
 * same method and path are a bug. Add everything before the server starts. */
void router_add(struct router *router, const struct route_table *table);

#endif
