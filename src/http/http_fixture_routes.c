#include "http/http_fixture.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/thread/patience.h"
#include "base/thread/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

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
	if (strcmp(how, "inside") == 0)
		return err_inside(err, ERR_RETRY,
				  "secret: no answer from db.internal:5432");
	if (strcmp(how, "inside-conflict") == 0)
		return err_inside(err, ERR_CONFLICT, "secret: index x_y");
	if (strcmp(how, "limit") == 0)
		return err_set(err, ERR_LIMIT, "too often");
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

static int get_count(struct request *rq, struct response *rs, struct err *err)
{
	struct shared *shared = rq->context;
	struct counter *c = arena_new_of(rq->arena, struct counter);

	(void)err;
	*c = (struct counter){ .left = request_query(rq, "long") ? 100000
								 : 1000,
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

/* Tells through `owed` that a worker is lost, until the gate is closed. */
static int get_block(struct request *rq, struct response *rs, struct err *err)
{
	struct shared *shared = rq->context;
	void *none;

	(void)err;
	(void)queue_push(shared->owed, rs);
	(void)queue_take(shared->gate, &none, 1, -1);
	strbuf_addstr(&rs->body, "\"open\"");
	return 0;
}

static int flood(void *context, struct strbuf *out, struct err *err)
{
	int *left = context;

	(void)err;
	strbuf_reserve(out, 65536);
	memset(out->buf + out->len, 'x', 65536);
	out->len += 65536;
	out->buf[out->len] = 0;
	return --*left > 0;
}

/* On the loop, but for what says that it would wait; a worker tells who it is.
 */
static int get_here(struct request *rq, struct response *rs, struct err *err)
{
	const char *how = request_param(rq, "how");

	if (strcmp(how, "later") == 0)
		return get_later(rq, rs, err);
	if (strcmp(how, "fail") == 0)
		return err_set(err, ERR_NOT_FOUND, "not here");
	if (strcmp(how, "now") != 0 && !rq->may_wait)
		return ROUTE_WOULD_WAIT;
	if (strcmp(how, "block") == 0)
		return get_block(rq, rs, err);
	strbuf_addstr(&rs->body, rq->may_wait ? "\"worker\"" : "\"loop\"");
	return 0;
}

/* More than the sockets between us take. */
static int get_flood(struct request *rq, struct response *rs, struct err *err)
{
	int *left = arena_new_of(rq->arena, int);

	(void)err;
	*left = 1000;
	response_stream(rs, flood, NULL, left);
	return 0;
}

static int get_denied(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)rs;
	return err_set(err, ERR_BUG, "nobody may come here");
}

/* As the database does when it is locked. */
static int get_locked(struct request *rq, struct response *rs, struct err *err)
{
	struct shared *shared = rq->context;
	void *none;

	(void)rs;
	if (patience_is_hurried())
		__atomic_add_fetch(&shared->hurried, 1, __ATOMIC_SEQ_CST);
	while (!patience_is_over() ||
	       clock_monotonic_us() < __atomic_load_n(&shared->locked_until_us,
						      __ATOMIC_SEQ_CST))
		(void)queue_take(shared->gate, &none, 1, 100);
	return err_set(err, ERR_RETRY, "locked");
}

/* 200 if more is left than others have in all. */
static int get_patient(struct request *rq, struct response *rs, struct err *err)
{
	(void)rq;
	(void)rs;
	if (patience_until_us(0) < clock_monotonic_us() + PATIENCE_MS * 1000)
		return err_set(err, ERR_RETRY, "in a hurry");
	return 0;
}

static int post_now(struct request *rq, struct response *rs, struct err *err)
{
	(void)err;
	strbuf_addf(&rs->body, "%lld", (long long)rq->now_ms);
	return 0;
}

static const struct route v1_routes[] = {
	{ HTTP_GET, "/api/v1/hello/{name}", get_hello, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/fail", get_fail, PERMIT_PUBLIC, false },
	{ HTTP_POST, "/api/v1/echo", post_echo, PERMIT_WRITE, false },
	{ HTTP_GET, "/api/v1/echo", post_echo, PERMIT_READ, false },
	{ HTTP_POST, "/api/v1/form", post_form, PERMIT_PUBLIC, false },
	{ HTTP_POST, "/api/v1/now", post_now, PERMIT_PUBLIC, false },
	{ HTTP_DELETE, "/api/v1/hello/{name}", delete_it, PERMIT_PUBLIC,
	  false },
	{ HTTP_POST, "/api/v1/upload", post_upload, PERMIT_WRITE, true },
	{ HTTP_GET, "/api/v1/count", get_count, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/later", get_later, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/locked", get_locked, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/hasty", get_patient, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/patient", get_patient, PERMIT_PUBLIC, false,
	  .patient = true },
	{ HTTP_GET, "/api/v1/block", get_block, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/password", get_block, PERMIT_PUBLIC, false,
	  WORKERS_PASSWORD },
	{ HTTP_GET, "/api/v1/flood", get_flood, PERMIT_PUBLIC, false },
	{ HTTP_GET, "/api/v1/quick/{name}", get_hello, PERMIT_PUBLIC, false,
	  WORKERS_QUICK },
	{ HTTP_POST, "/api/v1/quick", post_form, PERMIT_PUBLIC, false,
	  WORKERS_QUICK },
	{ HTTP_GET, "/api/v1/here/{how}", get_here, PERMIT_PUBLIC, false,
	  WORKERS_NONE },
	{ HTTP_POST, "/api/v1/here/{how}", get_here, PERMIT_PUBLIC, false,
	  WORKERS_NONE },
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
static const struct route link_routes[] = {
	{ HTTP_GET, "/t/hello/{name}", get_hello, PERMIT_PUBLIC, false },
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

int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct http_options defaults = HTTP_OPTIONS_DEFAULT;
	const struct route_table tables[] = {
		{ "/api/v1", DIALECT_PLAIN, v1_routes, ARRAY_SIZE(v1_routes),
		  &f->shared, NULL, NULL },
		{ "/3.0", DIALECT_MAILCHIMP, mc_routes, ARRAY_SIZE(mc_routes),
		  &f->shared, NULL, NULL },
		{ "", DIALECT_PAGE, page_routes, ARRAY_SIZE(page_routes),
		  &f->shared, NULL, NULL },
		{ "/t", DIALECT_PAGE, link_routes, ARRAY_SIZE(link_routes),
		  &f->shared, NULL, NULL, true },
	};

	crypto_init();
	f->router = router_new();
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		router_add(f->router, &tables[i]);
	f->shared.owed = queue_new(1000);
	f->shared.gate = queue_new(1);
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

int teardown(void **state)
{
	struct fixture *f = *state;

	router_free(&f->router);
	queue_free(&f->shared.owed);
	queue_free(&f->shared.gate);
	assert_int_equal(rmdir(f->folder), 0); /* no upload stays behind */
	free(f);
	return 0;
}

void assert_has(const struct strbuf *text, const char *part)
{
	if (!strstr(text->buf, part))
		fail_msg("no %s in %s", part, text->buf);
}

void assert_header(const struct reply *reply, const char *name,
		   const char *value)
{
	if (!str_is(reply_header(reply, name), value))
		fail_msg("%s is not %s in %s", name, value, reply->head.buf);
}

void assert_detail(const struct reply *reply, int status, const char *title,
		   const char *detail)
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
