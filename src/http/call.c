#include "http/call.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "http/exchange.h"

#define METHOD_MAX 8

static enum http_method method_of(const char *name)
{
	char upper[METHOD_MAX + 1] = "";

	for (size_t i = 0; name[i]; i++) {
		if (i == METHOD_MAX)
			return 0;
		upper[i] = name[i];
		if (upper[i] >= 'a' && upper[i] <= 'z')
			upper[i] -= 'a' - 'A';
	}
	return http_method_parse(upper);
}

static struct exchange *make_exchange(const struct http_call *call,
				      struct arena *arena)
{
	struct exchange *x = arena_new_of(arena, struct exchange);
	struct random_stock stock = { .left = 0 };

	*x = (struct exchange){
		.rq = { .arena = arena,
			.method = method_of(call->method),
			.query = call->query,
			.body = call->body,
			.user_agent = "",
			.content_type = "application/json",
			.client_ip = call->client_ip,
			.caller = call->caller,
			.may_wait = true,
			.private = &x->in },
		.rs = { .status = 200,
			.body = STRBUF_INIT,
			.private = &x->out },
		.in = { .dialect = DIALECT_MAILCHIMP, .upload_fd = -1 },
		.out = { .exchange = x,
			 .head = STRBUF_INIT,
			 .piece = STRBUF_INIT },
	};
	x->rq.now_ms = clock_now_ms();
	make_request_id(&stock, x->rq.id);
	return x;
}

/* 0, or the status of what it cannot be. */
static int find_route(struct exchange *x, const struct router *router,
		      const struct http_call *call)
{
	struct arena *arena = x->rq.arena;
	const struct route *route;

	x->rq.path = params_decode(str_of(call->path), false, arena);
	params_add_form(&x->in.query, str_of(call->query), arena);
	if (!x->rq.path || x->in.query.left_out > 0) {
		x->rq.path = "/";
		return 400;
	}
	router_match(router, x->rq.method, call->path, arena, &x->match);
	route = x->match.route;
	if (!x->match.table || x->match.table->dialect != DIALECT_MAILCHIMP)
		return 404;
	if (!route)
		return x->match.allow[0] ? 405 : 404;
	if (route->upload)
		return 404;
	if (call->barred && str_starts(str_of(route->path), call->barred))
		return 403;
	if (!x->rq.caller.role)
		return 401;
	x->in.path = x->match.params;
	x->rq.context = x->match.table->context;
	x->rq.argument = route->argument;
	return auth_permits(&x->rq.caller, route->permission) ? 0 : 403;
}

static void run(struct exchange *x)
{
	const struct route *route = x->match.route;
	struct err err = ERR_INIT;
	int ret;

	if (x->match.table->run)
		ret = x->match.table->run(route, &x->rq, &x->rs, &err);
	else
		ret = route->fn(&x->rq, &x->rs, &err);
	BUG_ON(x->owed); /* none of the Marketing API */
	if (ret >= 0 && x->out.stream)
		ret = err_set(&err, ERR_NOT_FOUND,
			      "This is no answer for a program's own request");
	if (ret < 0)
		problem_write_err(&x->rq, &x->rs, x->in.dialect, &err);
}

void http_call(const struct router *router, const struct http_call *call,
	       struct arena *arena, struct http_reply *out)
{
	struct exchange *x = make_exchange(call, arena);
	struct problem problem = { .status = find_route(x, router, call) };

	if (problem.status)
		problem_write(&x->rq, &x->rs, x->in.dialect, &problem);
	else
		run(x);
	out->status = x->rs.status;
	out->body = str_of(arena_str(arena, strbuf_str(&x->rs.body)));
	response_drop_stream(x);
	json_free(&x->in.json);
	strbuf_release(&x->rs.body);
}
