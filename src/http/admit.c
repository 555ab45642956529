/*
 * Is there such a route? The loop finds that out. Who asks, and may they? That
 * needs the database, so a worker does.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "http/exchange.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define PUBLIC_BODY_MAX (1 << 20)

void make_request_id(struct random_stock *stock, char out[37])
{
	unsigned char b[16];
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	random_draw(stock, b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* RFC 9562: version 4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[n++] = '-';
		out[n++] = digits[b[i] >> 4];
		out[n++] = digits[b[i] & 15];
	}
	out[n] = 0;
}

/* Clients that take us for a proxy send the whole URL. */
static const char *path_of(const char *target)
{
	const char *authority = strstr(target, "://");
	const char *slash;

	if (target[0] == '/' || !authority)
		return target;
	slash = strchr(authority + 3, '/');
	return slash ? slash : "/";
}

static const char *client_ip(struct exchange *x)
{
	const char *forwarded = request_header(&x->rq, "X-Forwarded-For");
	unsigned char address[16];
	const char *last;

	if (!x->server->options.trust_proxy || !forwarded)
		return x->client->ip;
	last = strrchr(forwarded, ',');
	last = arena_str(x->rq.arena,
			 str_trim(str_of(last ? last + 1 : forwarded)));
	if (inet_pton(AF_INET, last, address) == 1 ||
	    inet_pton(AF_INET6, last, address) == 1)
		return last;
	return x->client->ip;
}

static const char *content_type(struct exchange *x)
{
	CLEANUP(strbuf_release) struct strbuf lower = STRBUF_INIT;
	struct str value = str_of(request_header(&x->rq, "Content-Type"));

	if (value.len == 0)
		return "";
	strbuf_addslice(&lower, str_trim(str_cut(&value, ';')));
	strbuf_tolower(&lower);
	return arena_str(x->rq.arena, strbuf_str(&lower));
}

/* What others hang onto a link of a mail is no reason to refuse who follows it.
 */
static bool ignores_query(const struct exchange *x, const char *path)
{
	struct route_match match;

	router_match(x->server->router, x->rq.method, path, x->rq.arena,
		     &match);
	return match.table && match.table->ignores_query;
}

/* false: not valid UTF-8, or a NUL in it. */
static bool read_target(struct exchange *x, const char **raw_path)
{
	struct request *rq = &x->rq;
	struct str rest = str_of(path_of(x->in.head.target));
	struct str path = str_cut(&rest, '?');

	*raw_path = arena_str(rq->arena, path);
	rq->query = arena_str(rq->arena, rest);
	if (!rq->query)
		rq->query = "";
	rq->path = params_decode(path, false, rq->arena);
	params_add_form(&x->in.query, rest, rq->arena);
	return rq->path &&
	       (x->in.query.left_out == 0 || ignores_query(x, *raw_path));
}

static void read_head(struct exchange *x)
{
	struct request *rq = &x->rq;
	const char *agent = request_header(rq, "User-Agent");

	rq->client_ip = client_ip(x);
	rq->user_agent = agent ? agent : "";
	rq->content_type = content_type(x);
}

/* Programs that can send only GET and POST name the method in a header. */
static int override_method(struct exchange *x, struct problem *out)
{
	const char *name = request_header(&x->rq, "X-HTTP-Method-Override");
	enum http_method method;

	if (!name || x->in.dialect != DIALECT_MAILCHIMP)
		return 0;
	method = http_method_parse(name);
	if (x->rq.method != HTTP_POST || !method) {
		*out = (struct problem){
			.status = 422,
			.title = "InvalidMethodOverride",
			.detail = "The X-HTTP-Method-Override header can only "
				  "be used with the POST method."
		};
		return -1;
	}
	x->rq.method = method;
	return 1;
}

static int find_route(struct exchange *x, const char *path, struct problem *out)
{
	struct request *rq = &x->rq;
	const struct router *router = x->server->router;
	int overridden;

	router_match(router, rq->method, path, rq->arena, &x->match);
	x->in.dialect =
		x->match.table ? x->match.table->dialect : DIALECT_PLAIN;
	overridden = override_method(x, out);
	if (overridden < 0)
		return -1;
	if (overridden)
		router_match(router, rq->method, path, rq->arena, &x->match);
	x->in.path = x->match.params;
	if (!x->match.route && !x->match.allow[0] && x->match.table &&
	    auth_is_navigation(rq))
		x->match.route = x->match.table->missing;
	if (x->match.route)
		return 0;
	out->status = x->match.allow[0] ? 405 : 404;
	if (x->match.allow[0])
		response_header(&x->rs, "Allow", x->match.allow);
	return -1;
}

static int wants_sample_error(struct exchange *x, struct problem *out)
{
	const char *name = request_header(&x->rq, "X-Trigger-Error");

	return name && x->in.dialect == DIALECT_MAILCHIMP &&
	       problem_sample(name, out);
}

/* The lock is held. */
static struct user_calls *calls_of(struct http_server *server, int64_t user_id)
{
	for (size_t i = 0; i < server->users_n; i++)
		if (server->users[i].user_id == user_id)
			return &server->users[i];
	if (server->users_n == server->users_cap) {
		server->users_cap = server->users_cap * 2 + 16;
		server->users =
			realloc(server->users,
				server->users_cap * sizeof(*server->users));
		BUG_ON(!server->users);
	}
	server->users[server->users_n] =
		(struct user_calls){ .user_id = user_id };
	return &server->users[server->users_n++];
}

static bool user_call_begin(struct http_server *server, int64_t user_id)
{
	struct user_calls *u;
	bool may;

	(void)pthread_mutex_lock(&server->lock);
	u = calls_of(server, user_id);
	may = u->calls < server->options.per_user;
	if (may)
		u->calls++;
	(void)pthread_mutex_unlock(&server->lock);
	return may;
}

void user_call_end(struct http_server *server, int64_t user_id)
{
	struct user_calls *u;

	(void)pthread_mutex_lock(&server->lock);
	u = calls_of(server, user_id);
	if (--u->calls == 0)
		*u = server->users[--server->users_n];
	(void)pthread_mutex_unlock(&server->lock);
}

/* Whose call it is: a user's, or, as less than 0, that of a key that belongs to
 * nobody. 0: nobody's, or the program's own. */
static int64_t user_of(const struct caller *caller)
{
	return caller->user_id ? caller->user_id : -caller->key_id;
}

/* The Marketing API's limit of simultaneous calls, if it is wanted. */
static int count_call(struct exchange *x, struct problem *out)
{
	struct http_server *server = x->server;
	int64_t user = user_of(&x->rq.caller);

	if (server->options.per_user == 0 ||
	    x->in.dialect != DIALECT_MAILCHIMP || !user)
		return 0;
	if (!user_call_begin(server, user)) {
		out->status = 429;
		out->detail = arena_printf(
			x->rq.arena,
			"You have exceeded the limit of %lld simultaneous "
			"connections.",
			(long long)server->options.per_user);
		return -1;
	}
	x->user_call = user;
	return 0;
}

static bool may_sign_in(const struct exchange *x, const struct err *err)
{
	bool is_unknown = strcmp(err->title, AUTH_TITLE_MISSING) == 0 ||
			  strcmp(err->title, AUTH_TITLE_INVALID) == 0;

	return is_unknown && x->in.dialect == DIALECT_PAGE &&
	       (x->rq.method == HTTP_GET || x->rq.method == HTTP_HEAD) &&
	       !auth_has_key(&x->rq);
}

/* To the page where one signs in, and back from there. */
static void send_to_sign_in(struct exchange *x)
{
	CLEANUP(strbuf_release) struct strbuf to = STRBUF_INIT;

	strbuf_addstr(&to, AUTH_SIGN_IN_PATH "?to=");
	strbuf_add_url(&to, str_of(path_of(x->in.head.target)));
	response_redirect(&x->rs, 303, to.buf);
}

int admit(struct exchange *x, struct problem *out)
{
	const struct http_options *options = &x->server->options;
	struct err err = ERR_INIT;

	if (auth_check(&x->rq, x->match.route->permission,
		       options->authenticate, options->authenticate_context,
		       &err) == 0)
		return count_call(x, out);
	if (may_sign_in(x, &err))
		send_to_sign_in(x);
	else
		problem_write_err(&x->rq, &x->rs, x->in.dialect, &err);
	out->status = 0; /* written already */
	return -1;
}

/* Strangers have little to say; hundreds of them must not fill the memory. */
static int64_t body_max(const struct exchange *x)
{
	const struct http_options *options = &x->server->options;
	const struct route *route = x->match.route;

	if (route->upload)
		return options->upload_max;
	if (route->permission == PERMIT_PUBLIC &&
	    options->body_max > PUBLIC_BODY_MAX)
		return PUBLIC_BODY_MAX;
	return options->body_max;
}

int find_target(struct exchange *x, struct problem *out)
{
	const char *path;

	read_head(x);
	x->rq.method = http_method_parse(x->in.head.method);
	if (x->client->excess) {
		out->status = 503;
		out->detail = "Too many connections.";
		return -1;
	}
	if (!read_target(x, &path)) {
		x->rq.path = x->rq.path ? x->rq.path : "/";
		out->detail = "The address holds what is no character.";
		return -1;
	}
	if (find_route(x, path, out) < 0 || wants_sample_error(x, out))
		return -1;
	x->rq.context = x->match.table->context;
	x->rq.argument = x->match.route->argument;
	x->body_max = body_max(x);
	return 0;
}
