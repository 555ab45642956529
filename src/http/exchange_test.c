#include "http/http_fixture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

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
		{ GET("/3.0//hello/you"), 200, "\"hello you\"" },
		{ GET("//3.0///hello//you//"), 200, "\"hello you\"" },
		{ GET("/3.0/hello//"), 404, NULL },
		{ GET("/api/v1/hello/%00"), 400, NULL },
		{ GET("/api/v1/hello/%ff"), 400, NULL },
		{ GET("/api/v1/hello/you?q=%ff"), 400, NULL },
		{ GET("/t/hello/you?q=%ff&%00=%E4"), 200, "\"hello you\"" },
		{ GET("/t/hello/%ff?q=%ff"), 400, NULL },
		{ GET("/t/nothing?q=%ff"), 404, NULL },
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
		      "There is no room left on the server's disk: nothing was "
		      "changed. "
		      "Free some space in the data folder, then try again.");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(routes_are_found),
		TEST(wrong_methods_are_405_with_allow),
		TEST(a_method_can_be_overridden_by_post_only),
		TEST(bodies_are_read_whatever_their_type),
		TEST(bodies_that_are_no_json_object_are_refused),
		TEST(forms_are_read),
		TEST(bodies_over_the_limit_are_413),
		TEST(uploads_go_to_a_file_that_is_removed),
		TEST(an_upload_that_finds_no_room_is_507),
		TEST(uploads_are_refused_before_they_are_taken),
		TEST(heads_over_the_limit_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
