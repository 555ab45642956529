/* What two readers of the same bytes could understand differently. */
#include "http/http_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define POST "POST /api/v1/form HTTP/1.1\r\nHost: x\r\n"
#define SMUGGLED GET("/api/v1/hello/smuggled")
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

static const struct {
	struct str text;
	int status;
} cases[] = {
	{ STR(POST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
		   "0\r\n\r\n"),
	  400 },
	{ STR(POST "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
		   "0\r\n\r\n"),
	  400 },
	{ STR(POST "Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde"),
	  400 },
	{ STR(POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde"),
	  400 },
	{ STR(POST "Content-Length: 5, 5\r\n\r\nabcde"), 400 },
	{ STR(POST "Content-Length: 5\r\n\tX: y\r\n\r\nabcde"), 400 },
	{ STR(POST "Content-Length: +5\r\n\r\nabcde"), 400 },
	{ STR(POST "Content-Length: -1\r\n\r\n"), 400 },
	{ STR(POST "Content-Length: 0x5\r\n\r\nabcde"), 400 },
	{ STR(POST "Content-Length: 5a\r\n\r\nabcde"), 400 },
	{ STR(POST "Content-Length: \r\n\r\n"), 400 },
	{ STR(POST "Content-Length: 99999999999999999999\r\n\r\n"), 400 },
	{ STR(POST "Content-Length : 5\r\n\r\nabcde"), 400 },
	{ STR(POST "Content-Length: 5\0\r\n\r\nabcde"), 400 },
	{ STR(POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), 400 },
	{ STR(POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
	  400 },
	{ STR(POST "Transfer-Encoding: chunked\r\n"
		   "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	  400 },
	{ STR(POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"), 400 },
	{ STR(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 501 },
	{ STR(POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501 },
	{ STR(POST "Transfer-Encoding: identity\r\n\r\n"), 501 },
	{ STR("GET /api/v1/hello/a HTTP/1.1\r\n\r\n"), 400 },
	{ STR("GET /api/v1/hello/a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
	  400 },
	{ STR("GET /api/v1/hello/a HTTP/1.1\r\nHost : x\r\n\r\n"), 400 },
	{ STR("GET /api/v1/hello/a HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n"
	      "\r\n"),
	  400 },
	{ STR("GET /api/v1/hello/a HTTP/1.1\nHost: x\n\n"), 400 },
	{ STR("GET /api/v1/hello/a HTTP/1.1\r\nHost: x\rX: y\r\n\r\n"), 400 },
	{ STR("GET /api/v1/hello/a HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"),
	  400 },
	{ STR("GET /api/v1/hello/a\0b HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
	{ STR("GET /api/v1/hello/a\r\n\r\n"), 400 },
	{ STR("GET /api/v1/hello/a HTTP/2.0\r\nHost: x\r\n\r\n"), 505 },
	{ STR("\r\n\r\n"), 400 },
	{ STR("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"), 400 },
	{ STR(CHUNKED "-1\r\nx\r\n"), 400 },
	{ STR(CHUNKED "1\nx\n0\n\n"), 400 },
	{ STR(CHUNKED "1 \r\nx\r\n0\r\n\r\n"), 400 },
	{ STR(CHUNKED "0x1\r\nx\r\n0\r\n\r\n"), 400 },
	{ STR(CHUNKED "1\r\nxy\r\n0\r\n\r\n"), 400 },
	{ STR(CHUNKED "1;a\nb\r\nx\r\n0\r\n\r\n"), 400 },
	{ STR(CHUNKED "0\r\nX: y\n\r\n\r\n"), 400 },
	{ STR(CHUNKED "FFFFFFFFFFFFFFFFF\r\n"), 400 },
};

static void check_refused(size_t i, int fd, struct reply *reply)
{
	fixture_read(fd, false, reply);
	if (reply->status != cases[i].status)
		fail_msg("%.*s: %d", (int)cases[i].text.len, cases[i].text.s,
			 reply->status);
	assert_header(reply, "Connection", "close");
	assert_header(reply, "Content-Type",
		      "application/problem+json; charset=utf-8");
	assert_null(strstr(reply->body.buf, "Internal Server Error"));
	if (!fixture_is_closed(fd))
		fail_msg("%.*s: more was answered", (int)cases[i].text.len,
			 cases[i].text.s);
}

static void ambiguous_requests_end_the_connection(void **state)
{
	FIXTURE(f);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		CLEANUP(fd_release) int fd = fixture_connect(server);

		strbuf_addslice(&text, cases[i].text);
		strbuf_addstr(&text, SMUGGLED);
		fixture_send_bytes(fd, text.buf, text.len);
		check_refused(i, fd, &reply);
	}
	(void)f;
}

static void so_they_do_later_on_it_and_in_pieces(void **state)
{
	FIXTURE(f);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(fd_release) int fd = fixture_connect(server);

		fixture_send(fd, POST "Content-Length: 3\r\n\r\nabc");
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		for (size_t at = 0; at < cases[i].text.len; at++)
			fixture_send_bytes(fd, cases[i].text.s + at, 1);
		fixture_send(fd, SMUGGLED);
		check_refused(i, fd, &reply);
	}
	(void)f;
}

/* Both in one packet, and the first has a body: nothing of it is a request. */
static void bodies_end_where_they_say(void **state)
{
	FIXTURE(f);
	static const char *const bodies[] = {
		POST "Content-Length: 48\r\n\r\n" SMUGGLED,
		POST "Transfer-Encoding: chunked\r\n\r\n30\r\n" SMUGGLED
		     "\r\n0\r\n\r\n",
	};

	assert_int_equal(strlen(SMUGGLED), 48);
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		CLEANUP(fd_release) int fd = fixture_connect(server);

		fixture_send(fd, bodies[i]);
		fixture_send(fd, GET("/api/v1/hello/honest"));
		fixture_read(fd, false, &reply);
		assert_string_equal(reply.body.buf, "\"none\"");
		fixture_read(fd, false, &reply);
		assert_string_equal(reply.body.buf, "\"hello honest\"");
	}
	(void)f;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ambiguous_requests_end_the_connection),
		TEST(so_they_do_later_on_it_and_in_pieces),
		TEST(bodies_end_where_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
