/*
 * http/router_private.h - what the server asks of the router
 */
#ifndef HTTP_ROUTER_PRIVATE_H
#define HTTP_ROUTER_PRIVATE_H

#include "http/params.h"
#include "http/router.h"

#define ROUTE_SEGMENTS_MAX 24

struct route_match {
	const struct route_table *table; /* that the path belongs to, or NULL */
	const struct route *route;       /* NULL: none for this method */
	char allow[64]; /* "GET, HEAD": what the path knows; "" if unknown */
	struct params params;
};

/*
 * Looks a path up, as it came (still escaped). A final slash is ignored, and
 * in the Marketing API any empty segment. A literal segment is preferred to a
 * {name}.
 */
void router_match(const struct router *router, enum http_method method,
		  const char *path, struct arena *arena,
		  struct route_match *out);

/* "GET" to HTTP_GET; 0 if unknown. */
enum http_method http_method_parse(const char *name);
const char *http_method_name(enum http_method method);

#endif
