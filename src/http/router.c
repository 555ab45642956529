#include "http/router.h"

#include "base/arena.h"
#include "base/err.h"
#include "http/router_private.h"

#include <stdlib.h>
#include <string.h>

static const char *const method_names[] = {
	[HTTP_GET] = "GET",         [HTTP_HEAD] = "HEAD",
	[HTTP_POST] = "POST",       [HTTP_PUT] = "PUT",
	[HTTP_PATCH] = "PATCH",     [HTTP_DELETE] = "DELETE",
	[HTTP_OPTIONS] = "OPTIONS",
};
#define METHODS (HTTP_OPTIONS + 1)

/* The paths form a tree of segments. */
struct node {
	const char *name; /* literal; NULL: any segment that ends so: */
	const char *ending;
	struct node *children;
	struct node *next; /* literals first */
	const struct route *routes[METHODS];
	const struct route_table *tables[METHODS];
};

struct table {
	struct route_table table;
	struct table *next;
};

struct router {
	struct arena *arena;
	struct node root;
	struct table *tables;
};

enum http_method http_method_parse(const char *name)
{
	for (enum http_method m = HTTP_GET; m < METHODS; m++)
		if (strcmp(name, method_names[m]) == 0)
			return m;
	return 0;
}

const char *http_method_name(enum http_method method)
{
	return method >= HTTP_GET && method < METHODS ? method_names[method]
						      : "?";
}

struct router *router_new(void)
{
	struct arena *arena = arena_new();
	struct router *router = arena_new_of(arena, struct router);

	router->arena = arena;
	return router;
}

void router_free(struct router **router)
{
	struct arena *arena;

	if (!*router)
		return;
	arena = (*router)->arena;
	arena_free(&arena);
	*router = NULL;
}

/* "{name}" or "{name}.csv": the name, and what follows it. */
static bool is_name(struct str segment, struct str *name, struct str *ending)
{
	*ending = segment;
	if (segment.len < 3 || segment.s[0] != '{')
		return false;
	*name = str_cut(ending, '}');
	name->s++;
	name->len--;
	return true;
}

static struct node *child_of(struct router *router, struct node *parent,
			     struct str segment)
{
	struct str name, ending;
	bool any = is_name(segment, &name, &ending);
	struct node **at = &parent->children;
	struct node *node;

	for (node = parent->children; node; node = node->next)
		if (any ? !node->name && str_is(ending, node->ending)
			: node->name && str_is(segment, node->name))
			return node;
	node = arena_new_of(router->arena, struct node);
	if (any)
		node->ending = arena_str(router->arena, ending);
	else
		node->name = arena_str(router->arena, segment);
	while (any && *at && ((*at)->name || ending.len == 0))
		at = &(*at)->next; /* literals first, then those with an end */
	node->next = *at;
	*at = node;
	return node;
}

/* Cuts the next segment off; false at the end. Empty ones are skipped at the
 * end of the path only, so that // is not /. */
static bool next_segment(struct str *path, struct str *out)
{
	if (path->len <= 1)
		return false;
	path->s++; /* the slash */
	path->len--;
	*out = *path;
	for (out->len = 0; out->len < path->len; out->len++)
		if (path->s[out->len] == '/')
			break;
	path->s += out->len;
	path->len -= out->len;
	return true;
}

static void add_route(struct router *router, const struct route_table *table,
		      const struct route *route)
{
	struct node *node = &router->root;
	struct str path = str_of(route->path), segment;
	int depth = 0;

	while (next_segment(&path, &segment)) {
		node = child_of(router, node, segment);
		BUG_ON(++depth > ROUTE_SEGMENTS_MAX);
	}
	BUG_ON(node->routes[route->method]);
	/* nobody asks who it is, before the loop calls it */
	BUG_ON(route->workers == WORKERS_NONE &&
	       (route->permission != PERMIT_PUBLIC || route->upload));
	node->routes[route->method] = route;
	node->tables[route->method] = table;
}

void router_add(struct router *router, const struct route_table *table)
{
	struct table *copy = arena_new_of(router->arena, struct table);

	copy->table = *table;
	copy->next = router->tables;
	router->tables = copy;
	for (size_t i = 0; i < table->n; i++)
		add_route(router, &copy->table, &table->routes[i]);
}

/* The table of the longest prefix that the path begins with. */
static const struct route_table *table_of(const struct router *router,
					  const char *path)
{
	const struct route_table *best = NULL;
	size_t best_len = 0;

	for (const struct table *t = router->tables; t; t = t->next) {
		size_t len = strlen(t->table.prefix);

		if (strncmp(path, t->table.prefix, len) != 0)
			continue;
		if (len > 0 && path[len] && path[len] != '/')
			continue;
		if (!best || len > best_len) {
			best = &t->table;
			best_len = len;
		}
	}
	return best;
}

static bool knows_any(const struct node *node)
{
	for (int m = 0; m < METHODS; m++)
		if (node->routes[m])
			return true;
	return false;
}

/* With something before it: {name} is never empty. */
static bool ends_with(const char *segment, const char *ending)
{
	size_t len = strlen(segment), n = strlen(ending);

	return len > n && strcmp(segment + len - n, ending) == 0;
}

/* Depth is bounded by the number of segments. */
static const struct node *find(const struct node *node, const char *const *seg,
			       size_t n)
{
	const struct node *found;

	if (n == 0)
		return knows_any(node) ? node : NULL;
	for (const struct node *c = node->children; c; c = c->next) {
		if (c->name ? strcmp(c->name, seg[0]) != 0
			    : !ends_with(seg[0], c->ending))
			continue;
		found = find(c, seg + 1, n - 1);
		if (found)
			return found;
	}
	return NULL;
}

static int split(struct str path, struct arena *arena,
		 const char *seg[ROUTE_SEGMENTS_MAX])
{
	struct str segment;
	int n = 0;

	while (next_segment(&path, &segment)) {
		if (n == ROUTE_SEGMENTS_MAX)
			return -1;
		seg[n] = params_decode(segment, false, arena);
		if (!seg[n])
			return -1;
		n++;
	}
	return n;
}

static void name_params(struct route_match *out, const char *const *seg,
			struct arena *arena)
{
	struct str path = str_of(out->route->path), segment;

	out->params.last = &out->params.first;
	for (size_t i = 0; next_segment(&path, &segment); i++) {
		struct str name, ending;
		struct param *p;

		if (!is_name(segment, &name, &ending))
			continue;
		p = arena_new_of(arena, struct param);
		p->name = arena_str(arena, name);
		p->value = arena_strndup(arena, seg[i],
					 strlen(seg[i]) - ending.len);
		*out->params.last = p;
		out->params.last = &p->next;
		out->params.n++;
	}
}

static void list_methods(const struct node *node, char allow[64])
{
	for (enum http_method m = HTTP_GET; m < METHODS; m++) {
		bool served = node->routes[m] ||
			      (m == HTTP_HEAD && node->routes[HTTP_GET]);
		size_t len = strlen(allow);

		if (served)
			(void)snprintf(allow + len, 64 - len, "%s%s",
				       len ? ", " : "", method_names[m]);
	}
}

/* Each row of slashes as one. */
static const char *without_empty(const char *path, struct arena *arena)
{
	char *out = arena_strdup(arena, path);
	size_t n = 0;

	for (const char *c = path; *c; c++)
		if (*c != '/' || n == 0 || out[n - 1] != '/')
			out[n++] = *c;
	out[n] = '\0';
	return out;
}

/* Clients of the Marketing API put base and path together as it comes. */
static const char *usual_path(const struct router *router, const char *path,
			      struct arena *arena)
{
	const struct route_table *table;
	const char *usual;

	if (!strstr(path, "//"))
		return path;
	usual = without_empty(path, arena);
	table = table_of(router, usual);
	return table && table->dialect == DIALECT_MAILCHIMP ? usual : path;
}

void router_match(const struct router *router, enum http_method method,
		  const char *given, struct arena *arena,
		  struct route_match *out)
{
	const char *path = usual_path(router, given, arena);
	const char *seg[ROUTE_SEGMENTS_MAX];
	const struct node *node;
	int n = split(str_of(path), arena, seg);

	*out = (struct route_match){ .table = table_of(router, path) };
	if (n < 0)
		return;
	node = find(&router->root, seg, (size_t)n);
	if (!node)
		return;
	list_methods(node, out->allow);
	if (method == HTTP_HEAD && !node->routes[HTTP_HEAD])
		method = HTTP_GET;
	out->route = node->routes[method];
	if (!out->route)
		return;
	out->table = node->tables[method];
	name_params(out, seg, arena);
}
