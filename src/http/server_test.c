#include "http/server.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/queue.h"
#include "http/http_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#define KEY "0123456789abcdef0123456789abcdef-us1"

/* --- routes that tests ask for --- */

static int get_hello(struct request *rq, struct response *rs, struct err *err)
{
	(void)err;
	strbuf_addf(&rs->body, "\"hello %s\"", request_param(rq, "name"));
	return 0;
}

static int get_fail(struct request *rq, struct response *rs, struct err *err)
{
	const char *how = request_query(rq, "how");

	response_header(rs, "X-Kept", "yes");
	if (strcmp(how, "field") == 0)
		return err_field(err, "email", "is no address");
	if (strcmp(how, "exists") == 0)
		return err_title(err, ERR_INVALID, "Member Exists",
				 "it is already a list member");
	if (strcmp(how, "conflict") == 0)
		return err_set(err, ERR_CONFLICT, "it changed");
	return err_set(err, ERR_IO, "secret: disk sda1 is on fire");
}

static int post_echo(struct request *rq, struct response *rs, struct err *err)
{
	const json_t *body;
	struct json_writer w = JSON_WRITER(&rs->body);

	if (request_json(rq, &body, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key(&w, "body");
	json_tree(&w, body);
	json_key_text(&w, "type", rq->content_type);
	json_key_text(&w, "who", rq->caller.name);
	json_end_object(&w);
	return 0;
}

static int post_form(struct request *rq, struct response *rs, struct err *err)
{
	const char *name = request_form(rq, "name");

	(void)err;
	strbuf_addf(&rs->body, "\"%s\"", name ? name : "none");
	return 0;
}

static int delete_it(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)err;
	response_empty(rs, 204);
	return 0;
}

static int post_upload(struct request *rq, struct response *rs, struct err *err)
{
	struct stat st;

	if (stat(request_upload_path(rq), &st) < 0)
		return err_errno(err, "stat");
	strbuf_addf(&rs->body, "{\"size\":%lld,\"path\":\"%s\"}",
		    (long long)st.st_size, request_upload_path(rq));
	return 0;
}

struct counter {
	int left;
	int fails_at; /* -1: never */
	int waits_at; /* same */
	struct queue *owed;
	int *freed;
};

static int count_down(void *context, struct strbuf *out, struct err *err)
{
	struct counter *c = context;
	void *none;

	if (c->left == c->fails_at)
		return err_set(err, ERR_IO, "gone");
	if (c->left == 0)
		return 0;
	if (c->left == c->waits_at) {
		c->left--;
		strbuf_addstr(out, "wait\n");
		(void)queue_take(c->owed, &none, 1, 2100);
		return 1;
	}
	strbuf_addf(out, "%d\n", c->left--);
	return 1;
}

static void counted(void *context)
{
	struct counter *c = context;

	__atomic_add_fetch(c->freed, 1, __ATOMIC_SEQ_CST);
}

/* What tests share with handlers. */
struct shared {
	struct queue *owed; /* responses that answer_owed answers */
	int freed;
	struct err fault;
};

static int get_count(struct request *rq, struct response *rs, struct err *err)
{
	struct shared *shared = rq->context;
	struct counter *c = arena_new_of(rq->arena, struct counter);

	(void)err;
	*c = (struct counter){ .left = 1000,
			       .fails_at = request_query(rq, "cut") ? 10 : -1,
			       .waits_at = request_query(rq, "slow") ? 5 : -1,
			       .owed = shared->owed,
			       .freed = &shared->freed };
	rs->content_type = "text/plain";
	response_stream(rs, count_down, counted, c);
	return 0;
}

static int get_later(struct request *rq, struct response *rs, struct err *err)
{
	struct shared *shared = rq->context;
	struct err closed = ERR_INIT;

	(void)err;
	response_later(rs);
	if (!queue_try_push(shared->owed, rs)) {
		(void)err_set(&closed, ERR_RETRY, "too busy");
		response_done(rs, &closed);
	}
	return 1;
}

static int get_denied(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)rs;
	return err_set(err, ERR_BUG, "nobody may come here");
}

static int shorten(struct request *rq, struct response *rs, struct err *err)
{
	if (request_query(rq, "fields") &&
	    strcmp(request_query(rq, "fields"), "unknown") == 0)
		return err_set(err, ERR_INVALID, "unknown field");
	if (request_query(rq, "fields"))
		strbuf_truncate(&rs->body, 3);
	return 0;
}

static const struct route v1_routes[] = {
	{ HTTP_GET, "/api/v1/hello/{name}", get_hello, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/fail", get_fail, PERMIT_PUBLIC, false },
	{ HTTP_POST, "/api/v1/echo", post_echo, PERMIT_WRITE, false },
	{ HTTP_GET, "/api/v1/echo", post_echo, PERMIT_READ, false },
	{ HTTP_POST, "/api/v1/form", post_form, PERMIT_PUBLIC, false },
	{ HTTP_DELETE, "/api/v1/hello/{name}", delete_it, PERMIT_PUBLIC,
	  false },
	{ HTTP_POST, "/api/v1/upload", post_upload, PERMIT_WRITE, true },
	{ HTTP_GET, "/api/v1/count", get_count, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/later", get_later, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/admin", get_denied, PERMIT_ADMIN, false },
};
static const struct route mc_routes[] = {
	{ HTTP_GET, "/3.0/", post_echo, PERMIT_READ, false },
	{ HTTP_GET, "/3.0/fail", get_fail, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/3.0/hello/{name}", get_hello, PERMIT_PUBLIC, false },
	{ HTTP_PATCH, "/3.0/echo", post_echo, PERMIT_READ, false },
	{ HTTP_GET, "/3.0/later", get_later, PERMIT_READ, false },
};
static const struct route page_routes[] = {
	{ HTTP_GET, "/", get_fail, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/outbox", post_echo, PERMIT_READ, false },
};

static int authenticate(void *context, const struct credentials *in,
			struct caller *out, struct err *err)
{
	struct shared *shared = context;

	if (shared->fault.code) {
		*err = shared->fault;
		return -1;
	}
	if (in->session && strcmp(in->session, "s1") == 0) {
		*out = (struct caller){ .user_id = 2,
					.role = 3,
					.name = "sue",
					.by_session = true,
					.csrf = "token" };
		return 1;
	}
	if (!in->key || strcmp(in->key, KEY) != 0)
		return 0;
	*out = (struct caller){ .user_id = 1, .role = 3, .name = "key" };
	return 1;
}

/* --- the fixture --- */

struct fixture {
	struct router *router;
	struct shared shared;
	struct http_options options;
	char folder[32];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct http_options defaults = HTTP_OPTIONS_DEFAULT;
	const struct route_table tables[] = {
		{ "/api/v1", DIALECT_PLAIN, v1_routes, ARRAY_SIZE(v1_routes),
		  &f->shared, NULL },
		{ "/3.0", DIALECT_MAILCHIMP, mc_routes, ARRAY_SIZE(mc_routes),
		  &f->shared, shorten },
		{ "", DIALECT_PAGE, page_routes, ARRAY_SIZE(page_routes),
		  &f->shared, NULL },
	};

	crypto_init();
	f->router = router_new();
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		router_add(f->router, &tables[i]);
	f->shared.owed = queue_new(1000);
	f->options = defaults;
	f->options.authenticate = authenticate;
	f->options.authenticate_context = &f->shared;
	f->options.body_max = 100000;
	f->options.upload_max = 5000000;
	(void)snprintf(f->folder, sizeof(f->folder), "/tmp/httpXXXXXX");
	assert_non_null(mkdtemp(f->folder));
	f->options.upload_folder = f->folder;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	router_free(&f->router);
	queue_free(&f->shared.owed);
	assert_int_equal(rmdir(f->folder), 0); /* no upload stays behind */
	free(f);
	return 0;
}

#define FIXTURE(f)                                                          \
	struct fixture *f = *state;                                         \
	CLEANUP(http_server_free)                                           \
	struct http_server *server = fixture_start(&f->options, f->router); \
	CLEANUP(reply_release) struct reply reply = REPLY_INIT

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"
#define GET_WITH(path, headers) \
	"GET " path " HTTP/1.1\r\nHost: x\r\n" headers "\r\n\r\n"
#define KEY_HEADER "Authorization: Bearer " KEY

static void assert_has(const struct strbuf *text, const char *part)
{
	if (!strstr(text->buf, part))
		fail_msg("no %s in %s", part, text->buf);
}

static void assert_header(const struct reply *reply, const char *name,
			  const char *value)
{
	if (!str_is(reply_header(reply, name), value))
		fail_msg("%s is not %s in %s", name, value, reply->head.buf);
}

static void assert_detail(const struct reply *reply, int status,
			  const char *title, const char *detail)
{
	CLEANUP(json_free) json_t *body = NULL;
	struct err err = ERR_INIT;

	if (reply->status != status)
		fail_msg("%s%s", reply->head.buf, reply->body.buf);
	assert_int_equal(json_parse(strbuf_str(&reply->body), &body, &err), 0);
	assert_string_equal(json_string_value(json_object_get(body, "title")),
			    title);
	assert_string_equal(json_string_value(json_object_get(body, "detail")),
			    detail);
	assert_header(reply, "Content-Type",
		      "application/problem+json; charset=utf-8");
	assert_header(reply, "X-Request-Id",
		      json_string_value(json_object_get(body, "instance")));
}

/* --- connections --- */

static void a_connection_serves_many_requests(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	for (int i = 0; i < 20; i++) {
		fixture_send(fd, GET("/api/v1/hello/you"));
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		assert_string_equal(reply.body.buf, "\"hello you\"");
		assert_int_equal(reply_header(&reply, "Connection").len, 0);
	}
	(void)f;
}

static void an_error_keeps_the_connection(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	fixture_send(fd, "POST /api/v1/nowhere HTTP/1.1\r\nHost: x\r\n"
			 "Content-Length: 3\r\n\r\nabc");
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 404);
	fixture_send(fd, GET("/api/v1/hello/again"));
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	(void)f;
}

static void http_1_0_is_spoken(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	fixture_send(fd, "GET /api/v1/hello/old HTTP/1.0\r\n\r\n");
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_true(fixture_is_closed(fd));
	fixture_ask(server, "GET /api/v1/count HTTP/1.0\r\n\r\n", &reply);
	assert_has(&reply.body, "1000\n999\n");
	(void)f;
}

static void connections_beyond_the_limit_get_503(void **state)
{
	struct fixture *f0 = *state;
	int fds[4];

	f0->options.connections = 4;
	{
		FIXTURE(f);
		for (int i = 0; i < 4; i++) {
			fds[i] = fixture_connect(server);
			fixture_send(fds[i], GET("/api/v1/hello/you"));
			fixture_read(fds[i], false, &reply);
			assert_int_equal(reply.status, 200);
		}
		fixture_ask(server, GET("/api/v1/hello/you"), &reply);
		assert_int_equal(reply.status, 503);
		assert_header(&reply, "Connection", "close");
		for (int i = 0; i < 4; i++)
			(void)close(fds[i]);
		(void)f;
	}
}

static void a_second_server_cannot_take_the_address(void **state)
{
	FIXTURE(f);
	struct http_server *second = NULL;
	struct http_options options = f->options;
	struct err err = ERR_INIT;

	options.listen = http_server_address(server);
	assert_int_equal(http_server_start(&options, f->router, &second, &err),
			 -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.text, "another program"));
	fixture_ask(server, GET("/api/v1/hello/you"), &reply);
	assert_int_equal(reply.status, 200);
}

static void a_restart_binds_at_once(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_release) struct reply reply = REPLY_INIT;
	char address[80] = "127.0.0.1:0";
	struct err err = ERR_INIT;

	f->options.listen = address;
	for (int i = 0; i < 5; i++) {
		CLEANUP(http_server_free) struct http_server *server = NULL;

		assert_int_equal(http_server_start(&f->options, f->router,
						   &server, &err),
				 0);
		(void)snprintf(address, sizeof(address), "%s",
			       http_server_address(server));
		fixture_ask(server, GET("/api/v1/hello/you"), &reply);
		assert_int_equal(reply.status, 200);
	}
}

static void bad_addresses_are_explained(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = { "8080", "127.0.0.1:", "::1",
					   "no.such.host.invalid:80", "1:x" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct http_server *server = NULL;
		struct err err = ERR_INIT;

		f->options.listen = bad[i];
		assert_int_equal(http_server_start(&f->options, f->router,
						   &server, &err),
				 -1);
		assert_null(server);
		assert_int_not_equal(err.text[0], 0);
	}
}

/* --- routes --- */

static void routes_are_found(void **state)
{
	FIXTURE(f);
	static const struct {
		const char *request;
		int status;
		const char *body;
	} cases[] = {
		{ GET("/api/v1/hello/a%2Fb%20c+d"), 200, "\"hello a/b c+d\"" },
		{ GET("/api/v1/hello/you/"), 200, "\"hello you\"" },
		{ GET("/api/v1/hello/you?"), 200, "\"hello you\"" },
		{ GET("http://x:1/api/v1/hello/you?"), 200, "\"hello you\"" },
		{ GET("/api/v1/hello/"), 404, NULL },
		{ GET("/api/v1/hello//"), 404, NULL },
		{ GET("//api/v1/hello/you"), 404, NULL },
		{ GET("/api/v1/hello/%00"), 400, NULL },
		{ GET("/api/v1/hello/%ff"), 400, NULL },
		{ GET("/api/v1/hello/you?q=%ff"), 400, NULL },
		{ GET("/api/v1"), 404, NULL },
		{ GET("/nowhere"), 404, NULL },
		{ "HEAD /api/v1/hello/you HTTP/1.1\r\nHost: x\r\n\r\n", 200,
		  "" },
		{ "DELETE /api/v1/hello/you HTTP/1.1\r\nHost: x\r\n\r\n", 204,
		  "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fixture_ask(server, cases[i].request, &reply);
		if (reply.status != cases[i].status)
			fail_msg("%s: %d", cases[i].request, reply.status);
		if (cases[i].body)
			assert_string_equal(reply.body.buf, cases[i].body);
	}
	(void)f;
}

static void wrong_methods_are_405_with_allow(void **state)
{
	FIXTURE(f);

	fixture_ask(server,
		    "PUT /api/v1/hello/you HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 2\r\n\r\n{}",
		    &reply);
	assert_int_equal(reply.status, 405);
	assert_header(&reply, "Allow", "GET, HEAD, DELETE");
	fixture_ask(server, "BREW /3.0/fail HTTP/1.1\r\nHost: x\r\n\r\n",
		    &reply);
	assert_int_equal(reply.status, 405);
	(void)f;
}

static void a_method_can_be_overridden_by_post_only(void **state)
{
	FIXTURE(f);

	fixture_ask(server,
		    "POST /3.0/echo HTTP/1.1\r\nHost: x\r\n" KEY_HEADER
		    "\r\nX-HTTP-Method-Override: PATCH\r\n"
		    "Content-Length: 7\r\n\r\n{\"a\":1}",
		    &reply);
	assert_int_equal(reply.status, 200);
	fixture_ask(server,
		    GET_WITH("/3.0/echo", "X-HTTP-Method-Override: PATCH"),
		    &reply);
	assert_detail(&reply, 422, "InvalidMethodOverride",
		      "The X-HTTP-Method-Override header can only be used "
		      "with the POST method.");
	(void)f;
}

/* --- errors --- */

static void errors_of_our_api_are_problem_documents(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/api/v1/fail?how=field"), &reply);
	assert_detail(&reply, 400, "Bad Request", "is no address");
	assert_has(&reply.body, "\"errors\":[{\"field\":\"email\","
				"\"message\":\"is no address\"}]");
	assert_header(&reply, "X-Kept", "yes");
	fixture_ask(server, GET("/api/v1/fail?how=conflict"), &reply);
	assert_detail(&reply, 409, "Conflict", "it changed");
	fixture_ask(server, GET("/api/v1/nowhere"), &reply);
	assert_detail(&reply, 404, "Not Found", "There is no such thing.");
	(void)f;
}

static void what_went_wrong_inside_is_not_told(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/api/v1/fail?how=io"), &reply);
	assert_int_equal(reply.status, 500);
	assert_null(strstr(reply.body.buf, "sda1"));
	(void)f;
}

static void errors_of_the_marketing_api_look_like_mailchimps(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/3.0/fail?how=field"), &reply);
	assert_detail(&reply, 400, "Invalid Resource",
		      "The resource submitted could not be validated. For "
		      "field-specific details, see the 'errors' array.");
	assert_has(&reply.body, "\"type\":\"https://mailchimp.com/");
	assert_has(&reply.head, "ProblemDetailDocument.json>; rel=");
	fixture_ask(server, GET("/3.0/fail?how=exists"), &reply);
	assert_detail(&reply, 400, "Member Exists",
		      "it is already a list member");
	assert_null(strstr(reply.body.buf, "\"type\""));
	fixture_ask(server, GET("/3.0/nowhere"), &reply);
	assert_detail(&reply, 404, "Resource Not Found",
		      "The requested resource could not be found.");
	fixture_ask(server,
		    GET_WITH("/3.0/", KEY_HEADER "\r\nX-Trigger-Error: "
						 "APIKeyMissing"),
		    &reply);
	assert_detail(&reply, 401, "API Key Missing",
		      "Your request did not include an API key.");
	(void)f;
}

static void errors_of_pages_are_pages(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/?how=field"), &reply);
	assert_int_equal(reply.status, 400);
	assert_header(&reply, "Content-Type", "text/html; charset=utf-8");
	assert_has(&reply.body, "<h1>Bad Request</h1>");
	assert_has(&reply.head, "frame-ancestors 'none'");
	fixture_ask(server, GET("/outbox"), &reply);
	assert_int_equal(reply.status, 401);
	assert_header(&reply, "WWW-Authenticate", "Basic realm=\"Muster\"");
	(void)f;
}

static void a_finished_reply_can_be_reworked(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/3.0/hello/you?fields=a"), &reply);
	assert_string_equal(reply.body.buf, "\"he");
	fixture_ask(server, GET("/3.0/hello/you?fields=unknown"), &reply);
	assert_detail(&reply, 400, "Invalid Resource", "unknown field");
	(void)f;
}

/* --- who asks --- */

static void keys_come_in_many_forms(void **state)
{
	FIXTURE(f);
	/* any:KEY and any:wrong in base 64 */
#define BASIC_KEY "YW55OjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmLXVzMQ=="
	static const struct {
		const char *request;
		int status;
	} cases[] = {
		{ GET_WITH("/api/v1/echo", KEY_HEADER), 200 },
		{ GET_WITH("/3.0/", KEY_HEADER), 200 },
		{ GET_WITH("/3.0", "Authorization: Basic " BASIC_KEY), 200 },
		{ GET_WITH("/3.0/", "Authorization: apikey " KEY), 200 },
		{ GET_WITH("/3.0/", "authorization: OAuth " KEY), 200 },
		{ GET("/3.0/?apikey=" KEY), 200 },
		{ GET_WITH("/3.0/?apikey=" KEY, KEY_HEADER), 200 },
		{ GET_WITH("/3.0/", "Authorization: Bearer wrong"), 401 },
		{ GET_WITH("/3.0/", "Authorization: Basic YW55Ondyb25n"), 401 },
		{ GET_WITH("/3.0/", "Authorization: Basic ****"), 401 },
		{ GET_WITH("/3.0/", "Authorization: Basic YW55"), 401 },
		{ GET_WITH("/3.0/", "Authorization: Digest " KEY), 401 },
		{ GET_WITH("/3.0/", "Authorization: Bearer"), 401 },
		{ GET("/3.0/?apikey=wrong"), 401 },
		{ GET("/api/v1/echo"), 401 },
		{ GET_WITH("/api/v1/admin", KEY_HEADER), 403 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fixture_ask(server, cases[i].request, &reply);
		if (reply.status != cases[i].status)
			fail_msg("%s: %d", cases[i].request, reply.status);
	}
	(void)f;
}

static void refusals_of_keys_say_what_clients_expect(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/3.0/?apikey=wrong"), &reply);
	assert_detail(&reply, 401, "API Key Invalid",
		      "Your API key may be invalid, or you've attempted to "
		      "access the wrong datacenter.");
	fixture_ask(server, GET_WITH("/3.0/?apikey=other", KEY_HEADER), &reply);
	assert_detail(&reply, 401, "API Key Invalid",
		      "The API key included in the query parameters is not "
		      "consistent with the Authorization header. Please "
		      "provide authorization using a single method.");
	fixture_ask(server, GET("/api/v1/echo"), &reply);
	assert_detail(&reply, 401, "Unauthorized", "Sign in, or send a key");
	(void)f;
}

static void a_session_needs_its_token_to_write(void **state)
{
	FIXTURE(f);
#define WRITE_WITH(more)                                         \
	"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\nCookie: a=b; " \
	"muster_session=s1\r\n" more "Content-Length: 2\r\n\r\n{}"

	fixture_ask(server,
		    GET_WITH("/api/v1/echo", "Cookie: muster_session=s1"),
		    &reply);
	assert_int_equal(reply.status, 200);
	assert_has(&reply.body, "\"who\":\"sue\"");
	fixture_ask(server, WRITE_WITH(""), &reply);
	assert_int_equal(reply.status, 403);
	fixture_ask(server, WRITE_WITH("X-CSRF-Token: toke\r\n"), &reply);
	assert_int_equal(reply.status, 403);
	fixture_ask(server, WRITE_WITH("X-CSRF-Token: token\r\n"), &reply);
	assert_int_equal(reply.status, 200);
	fixture_ask(server,
		    GET_WITH("/api/v1/echo", "Cookie: muster_session=s2"),
		    &reply);
	assert_int_equal(reply.status, 401);
	(void)f;
}

static void a_failing_look_up_is_not_a_refusal(void **state)
{
	FIXTURE(f);

	(void)err_set(&f->shared.fault, ERR_RETRY, "database is busy");
	fixture_ask(server, GET_WITH("/3.0/", KEY_HEADER), &reply);
	assert_int_equal(reply.status, 503);
	assert_header(&reply, "Retry-After", "1");
}

static void simultaneous_calls_of_a_user_can_be_limited(void **state)
{
	struct fixture *f0 = *state;

	f0->options.per_user = 2;
	{
		FIXTURE(f);
		int fds[2];
		void *rs[2];

		for (int i = 0; i < 2; i++) {
			fds[i] = fixture_connect(server);
			fixture_send(fds[i],
				     GET_WITH("/3.0/later", KEY_HEADER));
			assert_int_equal(
				queue_take(f->shared.owed, &rs[i], 1, -1), 1);
		}
		fixture_ask(server, GET_WITH("/3.0/", KEY_HEADER), &reply);
		assert_detail(&reply, 429, "Too Many Requests",
			      "You have exceeded the limit of 10 simultaneous "
			      "connections.");
		for (int i = 0; i < 2; i++) {
			response_done(rs[i], NULL);
			fixture_read(fds[i], false, &reply);
			assert_int_equal(reply.status, 200);
			(void)close(fds[i]);
		}
	}
}

/* --- bodies --- */

static void bodies_are_read_whatever_their_type(void **state)
{
	FIXTURE(f);
	static const char *const cases[] = {
		"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\n" KEY_HEADER
		"\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
		"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\n" KEY_HEADER
		"\r\nContent-Type: application/vnd.api+json\r\n"
		"Content-Length: 7\r\n\r\n{\"a\":1}",
		"GET /api/v1/echo HTTP/1.1\r\nHost: x\r\n" KEY_HEADER
		"\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
		"POST /api/v1/echo HTTP/1.1\r\nHost: x\r\n" KEY_HEADER
		"\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fixture_ask(server, cases[i], &reply);
		assert_int_equal(reply.status, 200);
		assert_has(&reply.body, "{\"body\":{\"a\":1}");
	}
	fixture_ask(server, GET_WITH("/api/v1/echo", KEY_HEADER), &reply);
	assert_has(&reply.body, "{\"body\":{}");
	(void)f;
}

static void bodies_that_are_no_json_object_are_refused(void **state)
{
	FIXTURE(f);
	static const char *const bodies[] = { "{\"a\":", "[12345]", "\"a\":1",
					      "\xff\xff\xff\xff\xff" };

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

		strbuf_addf(&text,
			    "POST /api/v1/echo HTTP/1.1\r\nHost: x\r\n%s\r\n"
			    "Content-Length: %zu\r\n\r\n%s",
			    KEY_HEADER, strlen(bodies[i]), bodies[i]);
		fixture_ask(server, text.buf, &reply);
		assert_int_equal(reply.status, 400);
		assert_has(&reply.body, "\"title\":\"JSON Parse Exception\"");
	}
	(void)f;
}

static void forms_are_read(void **state)
{
	FIXTURE(f);

	fixture_ask(server,
		    "POST /api/v1/form HTTP/1.1\r\nHost: x\r\nContent-Type: "
		    "Application/X-WWW-Form-Urlencoded; charset=utf-8\r\n"
		    "Content-Length: 17\r\n\r\nother=1&name=J%26",
		    &reply);
	assert_string_equal(reply.body.buf, "\"J&\"");
	fixture_ask(server,
		    "POST /api/v1/form HTTP/1.1\r\nHost: x\r\n"
		    "Content-Length: 6\r\n\r\nname=x",
		    &reply);
	assert_string_equal(reply.body.buf, "\"none\"");
	(void)f;
}

static void send_upload(int fd, const char *path, size_t len, bool chunked)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf data = STRBUF_INIT;

	strbuf_addf(&text, "POST %s HTTP/1.1\r\nHost: x\r\n" KEY_HEADER "\r\n",
		    path);
	if (chunked)
		strbuf_addf(&text, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
			    len);
	else
		strbuf_addf(&text, "Content-Length: %zu\r\n\r\n", len);
	strbuf_reserve(&data, len);
	memset(data.buf, 'x', len);
	fixture_send_bytes(fd, text.buf, text.len);
	fixture_send_bytes(fd, data.buf, len);
	if (chunked)
		fixture_send(fd, "\r\n0\r\n\r\n");
}

static void bodies_over_the_limit_are_413(void **state)
{
	FIXTURE(f);

	for (int i = 0; i < 4; i++) {
		CLEANUP(fd_release) int fd = fixture_connect(server);

		send_upload(fd, "/api/v1/echo", i < 2 ? 100001 : 300000,
			    i % 2 != 0);
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 413);
	}
	(void)f;
}

static void uploads_go_to_a_file_that_is_removed(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	for (int i = 0; i < 2; i++) {
		send_upload(fd, "/api/v1/upload", 4000000, i == 1);
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		assert_has(&reply.body, "{\"size\":4000000,");
		assert_has(&reply.body, f->folder);
	}
	send_upload(fd, "/api/v1/upload", 5000001, false);
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 413);
}

/* A limit of the process stands for a disk that is full. */
static void an_upload_that_finds_no_room_is_507(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);
	struct rlimit before, small;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ 100000, before.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	send_upload(fd, "/api/v1/upload", 200000, false);
	fixture_read(fd, false, &reply);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_detail(&reply, 507, "Insufficient Storage",
		      "There is no room left on the server's disk");
	(void)f;
}

static void uploads_are_refused_before_they_are_taken(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	fixture_send(fd, "POST /api/v1/upload HTTP/1.1\r\nHost: x\r\n"
			 "Content-Length: 4000000\r\n\r\n");
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 401);
	assert_true(fixture_is_closed(fd));
	(void)f;
}

static void heads_over_the_limit_are_refused(void **state)
{
	FIXTURE(f);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "GET /api/v1/hello/you HTTP/1.1\r\nHost: x\r\n");
	for (int i = 0; i < 5000; i++)
		strbuf_addf(&text, "X-Header-%d: something\r\n", i);
	strbuf_addstr(&text, "\r\n");
	fixture_ask(server, text.buf, &reply);
	assert_true(reply.status == 431 || reply.status == 0);
	fixture_ask(server, GET("/api/v1/hello/you"), &reply);
	assert_int_equal(reply.status, 200);
	(void)f;
}

/* --- streams, later answers, clients that go away --- */

static void streams_are_sent_whole_or_cut(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/api/v1/count"), &reply);
	assert_true(reply.whole);
	assert_has(&reply.body, "\n2\n1\n");
	assert_header(&reply, "Content-Type", "text/plain");
	fixture_ask(server, GET("/api/v1/count?cut=1"), &reply);
	assert_false(reply.whole);
	fixture_ask(server, "HEAD /api/v1/count HTTP/1.1\r\nHost: x\r\n\r\n",
		    &reply);
	assert_int_equal(reply.status, 200);
	http_server_stop(server);
	assert_int_equal(f->shared.freed, 3);
}

static void *answer_owed(void *arg)
{
	struct shared *shared = arg;
	struct err bad = ERR_INIT;
	void *rs[16];
	size_t n;
	int64_t answered = 0;

	(void)err_set(&bad, ERR_RETRY, "not now");
	while ((n = queue_take(shared->owed, rs, 16, -1)) > 0) {
		for (size_t i = 0; i < n; i++) {
			struct response *one = rs[i];

			strbuf_addstr(&one->body, "\"done\"");
			response_done(one, ++answered % 7 == 0 ? &bad : NULL);
		}
	}
	return NULL;
}

static void *ask_often(void *arg)
{
	struct http_server *server = arg;
	CLEANUP(reply_release) struct reply reply = REPLY_INIT;
	CLEANUP(fd_release) int fd = fixture_connect(server);

	for (int i = 0; i < 200; i++) {
		fixture_send(fd, GET("/api/v1/later"));
		fixture_read(fd, false, &reply);
		if (reply.status != 503)
			assert_string_equal(reply.body.buf, "\"done\"");
		else
			assert_has(&reply.body, "not now");
	}
	return NULL;
}

static void others_can_answer(struct fixture *f)
{
	CLEANUP(http_server_free)
	struct http_server *server = fixture_start(&f->options, f->router);
	pthread_t answerer, clients[4];

	assert_int_equal(
		pthread_create(&answerer, NULL, answer_owed, &f->shared), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&clients[i], NULL, ask_often, server),
			0);
	for (int i = 0; i < 4; i++)
		(void)pthread_join(clients[i], NULL);
	http_server_stop(server);
	queue_close(f->shared.owed);
	(void)pthread_join(answerer, NULL);
}

static void another_thread_can_answer(void **state)
{
	others_can_answer(*state);
}

static void another_thread_can_answer_in_a_pool(void **state)
{
	struct fixture *f = *state;

	f->options.pool_threads = 2;
	others_can_answer(f);
}

static void clients_may_go_away(void **state)
{
	FIXTURE(f);
	void *rs;
	int fd;

	for (int i = 0; i < 20; i++) {
		fd = fixture_connect(server);
		fixture_send(fd,
			     i % 2 ? GET("/api/v1/count")
				   : "POST /api/v1/upload HTTP/1.1\r\n"
				     "Host: x\r\n" KEY_HEADER
				     "\r\nContent-Length: 400000\r\n\r\nabc");
		(void)close(fd);
	}
	fd = fixture_connect(server);
	fixture_send(fd, GET("/api/v1/later"));
	assert_int_equal(queue_take(f->shared.owed, &rs, 1, -1), 1);
	(void)close(fd);
	response_done(rs, NULL);
	fixture_ask(server, GET("/api/v1/hello/you"), &reply);
	assert_int_equal(reply.status, 200);
}

/* libmicrohttpd counts the handler's time as the client's silence. */
static void a_handler_may_take_longer_than_a_silent_client(void **state)
{
	struct fixture *f0 = *state;

	f0->options.idle_ms = 1000;
	{
		FIXTURE(f);
		CLEANUP(fd_release) int fd = fixture_connect(server);
		void *rs, *none;

		fixture_send(fd, GET("/api/v1/later"));
		assert_int_equal(queue_take(f->shared.owed, &rs, 1, -1), 1);
		assert_int_equal(queue_take(f->shared.owed, &none, 1, 2100), 0);
		response_done(rs, NULL);
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		fixture_send(fd, GET("/api/v1/hello/again"));
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		fixture_send(fd, GET("/api/v1/count?slow=1"));
		fixture_read(fd, false, &reply);
		assert_true(reply.whole);
		assert_has(&reply.body, "6\nwait\n4\n");
		fixture_send(fd, GET("/api/v1/hello/again"));
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		assert_true(fixture_is_closed(fd)); /* now it was silent */
	}
}

static void a_client_that_drips_is_cut(void **state)
{
	struct fixture *f0 = *state;

	f0->options.idle_ms = 60000;
	f0->options.slow_ms = 0;
	{
		FIXTURE(f);
		CLEANUP(fd_release) int fd = fixture_connect(server);

		fixture_send(fd, "POST /api/v1/form HTTP/1.1\r\nHost: x\r\n"
				 "Content-Length: 1000\r\n\r\n");
		assert_true(fixture_is_closed(fd)); /* not by silence: 60 s */
		(void)f;
	}
}

static void long_bodies_are_sent_whole(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text,
		      "POST /api/v1/echo HTTP/1.1\r\nHost: x\r\n" KEY_HEADER
		      "\r\nContent-Length: 90008\r\n\r\n{\"a\":\"");
	for (int i = 0; i < 9000; i++)
		strbuf_addf(&text, "%09d,", i);
	strbuf_addstr(&text, "\"}");
	for (int i = 0; i < 3; i++) {
		fixture_send(fd, text.buf);
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		assert_true(reply.whole);
		assert_has(&reply.body, "000000000,000000001,");
		assert_has(&reply.body, "000008998,000008999,\"},\"type\"");
		assert_true(reply.body.len > 90000);
	}
	(void)f;
}

struct late {
	struct http_server *server;
	struct queue *stopped;
};

static void *stop_it(void *arg)
{
	struct late *late = arg;

	http_server_stop(late->server);
	(void)queue_push(late->stopped, late);
	return NULL;
}

static void a_stop_finishes_what_is_in_hand(void **state)
{
	FIXTURE(f);
	struct late late = { server, queue_new(1) };
	int fd = fixture_connect(server);
	pthread_t stopper;
	void *rs, *stopped;

	fixture_send(fd, GET("/api/v1/later"));
	assert_int_equal(queue_take(f->shared.owed, &rs, 1, -1), 1);
	assert_int_equal(pthread_create(&stopper, NULL, stop_it, &late), 0);
	assert_int_equal(queue_take(late.stopped, &stopped, 1, 20), 0);
	response_done(rs, NULL);
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_header(&reply, "Connection", "close");
	(void)pthread_join(stopper, NULL);
	assert_int_equal(queue_take(late.stopped, &stopped, 1, -1), 1);
	(void)close(fd);
	queue_free(&late.stopped);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_connection_serves_many_requests),
		TEST(an_error_keeps_the_connection),
		TEST(http_1_0_is_spoken),
		TEST(connections_beyond_the_limit_get_503),
		TEST(a_second_server_cannot_take_the_address),
		TEST(a_restart_binds_at_once),
		TEST(bad_addresses_are_explained),
		TEST(routes_are_found),
		TEST(wrong_methods_are_405_with_allow),
		TEST(a_method_can_be_overridden_by_post_only),
		TEST(errors_of_our_api_are_problem_documents),
		TEST(what_went_wrong_inside_is_not_told),
		TEST(errors_of_the_marketing_api_look_like_mailchimps),
		TEST(errors_of_pages_are_pages),
		TEST(a_finished_reply_can_be_reworked),
		TEST(keys_come_in_many_forms),
		TEST(refusals_of_keys_say_what_clients_expect),
		TEST(a_session_needs_its_token_to_write),
		TEST(a_failing_look_up_is_not_a_refusal),
		TEST(simultaneous_calls_of_a_user_can_be_limited),
		TEST(bodies_are_read_whatever_their_type),
		TEST(bodies_that_are_no_json_object_are_refused),
		TEST(forms_are_read),
		TEST(bodies_over_the_limit_are_413),
		TEST(uploads_go_to_a_file_that_is_removed),
		TEST(an_upload_that_finds_no_room_is_507),
		TEST(uploads_are_refused_before_they_are_taken),
		TEST(heads_over_the_limit_are_refused),
		TEST(streams_are_sent_whole_or_cut),
		TEST(another_thread_can_answer),
		TEST(another_thread_can_answer_in_a_pool),
		TEST(clients_may_go_away),
		TEST(a_handler_may_take_longer_than_a_silent_client),
		TEST(a_client_that_drips_is_cut),
		TEST(long_bodies_are_sent_whole),
		TEST(a_stop_finishes_what_is_in_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
