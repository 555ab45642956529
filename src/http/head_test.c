#include "base/arena.h"
#include "base/cleanup.h"
#include "http/chunked.h"
#include "http/head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The status it gets; 0: accepted, -1: the end has not come. */
static int verdict(struct str text, struct arena *arena, struct head *head)
{
	size_t at = 0;
	int found = head_find(text, &at);

	if (found <= 0)
		return found < 0 ? 400 : -1;
	assert_int_equal(at, text.len);
	return head_read(text, arena, head) ? 0 : head->status;
}

#define LINE "POST /x HTTP/1.1\r\nHost: x\r\n"
#define OLD "POST /x HTTP/1.0\r\n"

static void heads_are_accepted_or_refused(void **state)
{
	static const struct {
		struct str text;
		int status;
	} cases[] = {
		{ STR(LINE "\r\n"), 0 },
		{ STR(OLD "\r\n"), 0 },
		{ STR("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), 0 },
		{ STR("GET http://x/y HTTP/1.1\r\nHost: x:80\r\n\r\n"), 0 },
		{ STR("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 0 },
		{ STR("GET / HTTP/1.1\r\nhOST: [::1]:8080\r\n\r\n"), 0 },
		{ STR(LINE "X-A: \xc3\xa4\tb\r\nX-B:\r\n\r\n"), 0 },
		{ STR(LINE "Content-Length: 5\r\n\r\n"), 0 },
		{ STR(LINE "Content-Length:\t005 \r\n\r\n"), 0 },
		{ STR(LINE "Transfer-Encoding: Chunked\r\n\r\n"), 0 },
		{ STR(LINE "\r"), -1 },
		{ STR(LINE), -1 },
		/* the first line */
		{ STR("\r\n"), 400 },
		{ STR("GET /\r\n\r\n"), 400 },
		{ STR("GET / \r\n\r\n"), 400 },
		{ STR("GET  / HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET /  HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
		{ STR(" GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET / HTTP/1.1 \r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET / http/1.1\r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET / HTTP/1.10\r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505 },
		{ STR("G@T / HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET x HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
		{ STR("CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET /\0/x HTTP/1.1\r\nHost: x\r\n\r\n"), 400 },
		/* lines */
		{ STR("GET / HTTP/1.1\nHost: x\n\n"), 400 },
		{ STR(LINE "X-A: b\n\r\n"), 400 },
		{ STR(LINE "X-A: b\rX-C: d\r\n\r\n"), 400 },
		{ STR(LINE "X-A: b\r\r\n\r\n"), 400 },
		{ STR(LINE "X-A: b\0c\r\n\r\n"), 400 },
		{ STR(LINE "X-A: b\x7f\r\n\r\n"), 400 },
		{ STR(LINE "X-A: b\x0b\r\n\r\n"), 400 },
		{ STR(LINE "X-A: a\r\n b\r\n\r\n"), 400 },
		{ STR("POST /x HTTP/1.1\r\n Host: x\r\n\r\n"), 400 },
		{ STR(LINE "X-A : b\r\n\r\n"), 400 },
		{ STR(LINE "X-A\t: b\r\n\r\n"), 400 },
		{ STR(LINE "X A: b\r\n\r\n"), 400 },
		{ STR(LINE ": b\r\n\r\n"), 400 },
		{ STR(LINE "X-A\r\n\r\n"), 400 },
		{ STR(LINE "X-\xc3\xa4: b\r\n\r\n"), 400 },
		/* hosts */
		{ STR("GET / HTTP/1.1\r\n\r\n"), 400 },
		{ STR(LINE "Host: x\r\n\r\n"), 400 },
		{ STR(LINE "host: y\r\n\r\n"), 400 },
		{ STR(OLD "Host: x\r\nHost: x\r\n\r\n"), 400 },
		{ STR("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400 },
		{ STR("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), 400 },
		{ STR("GET / HTTP/1.1\r\nHost: me@x\r\n\r\n"), 400 },
		/* lengths */
		{ STR(LINE "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"),
		  400 },
		{ STR(LINE "Content-Length: 5\r\ncontent-length: 5\r\n\r\n"),
		  400 },
		{ STR(LINE "Content-Length: 5, 5\r\n\r\n"), 400 },
		{ STR(LINE "Content-Length: 5,5\r\n\r\n"), 400 },
		{ STR(LINE "Content-Length: +5\r\n\r\n"), 400 },
		{ STR(LINE "Content-Length: -5\r\n\r\n"), 400 },
		{ STR(LINE "Content-Length: 0x5\r\n\r\n"), 400 },
		{ STR(LINE "Content-Length: 5 5\r\n\r\n"), 400 },
		{ STR(LINE "Content-Length: 5.0\r\n\r\n"), 400 },
		{ STR(LINE "Content-Length:\r\n\r\n"), 400 },
		{ STR(LINE "Content-Length: 99999999999999999999\r\n\r\n"),
		  400 },
		{ STR(LINE "Content-Length: 18446744073709551617\r\n\r\n"),
		  400 },
		{ STR(LINE "Content-Length: 5\r\n"
			   "Transfer-Encoding: chunked\r\n\r\n"),
		  400 },
		{ STR(LINE "Transfer-Encoding: chunked\r\n"
			   "Content-Length: 5\r\n\r\n"),
		  400 },
		{ STR(LINE "Transfer-Encoding: identity\r\n"
			   "Content-Length: 5\r\n\r\n"),
		  400 },
		{ STR(OLD "Transfer-Encoding: chunked\r\n\r\n"), 400 },
		/* codings */
		{ STR(LINE "Transfer-Encoding: xchunked\r\n\r\n"), 501 },
		{ STR(LINE "Transfer-Encoding: chunked;q=1\r\n\r\n"), 501 },
		{ STR(LINE "Transfer-Encoding: \"chunked\"\r\n\r\n"), 501 },
		{ STR(LINE "Transfer-Encoding: \x0b"
			   "chunked\r\n\r\n"),
		  400 },
		{ STR(LINE "Transfer-Encoding: identity\r\n\r\n"), 501 },
		{ STR(LINE "Transfer-Encoding: gzip, chunked\r\n\r\n"), 501 },
		{ STR(LINE "Transfer-Encoding: gzip\r\n"
			   "Transfer-Encoding: chunked\r\n\r\n"),
		  501 },
		{ STR(LINE "Transfer-Encoding: chunked, identity\r\n\r\n"),
		  400 },
		{ STR(LINE "Transfer-Encoding: chunked, chunked\r\n\r\n"),
		  400 },
		{ STR(LINE "Transfer-Encoding: chunked\r\n"
			   "Transfer-Encoding: chunked\r\n\r\n"),
		  400 },
		{ STR(LINE "Transfer-Encoding: chunked\r\n"
			   "transfer-encoding: x\r\n\r\n"),
		  400 },
		{ STR(LINE "Transfer-Encoding: chunked,\r\n\r\n"), 400 },
		{ STR(LINE "Transfer-Encoding: , chunked\r\n\r\n"), 400 },
		{ STR(LINE "Transfer-Encoding:\r\n\r\n"), 400 },
		{ STR(LINE "Transfer-Encoding : chunked\r\n\r\n"), 400 },
		{ STR(LINE "Expect: 200-ok\r\n\r\n"), 417 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct head head;
		int status = verdict(cases[i].text, arena, &head);

		if (status != cases[i].status)
			fail_msg("%.*s: %d", (int)cases[i].text.len,
				 cases[i].text.s, status);
	}
}

static void a_head_is_read(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct head head;

	(void)state;
	assert_int_equal(verdict(STR("PUT /a?b HTTP/1.1\r\nHost: x\r\n"
				     "X-A:  two words \r\nx-a: other\r\n"
				     "Expect: 100-Continue\r\n"
				     "Connection: x, Close\r\n"
				     "Content-Length: 12\r\n\r\n"),
				 arena, &head),
			 0);
	assert_string_equal(head.method, "PUT");
	assert_string_equal(head.target, "/a?b");
	assert_string_equal(head_header(&head, "x-A"), "two words");
	assert_null(head_header(&head, "X-B"));
	assert_int_equal(head.length, 12);
	assert_true(head.expects);
	assert_false(head.keeps);
	assert_int_equal(verdict(STR(OLD "Connection: Keep-Alive\r\n\r\n"),
				 arena, &head),
			 0);
	assert_true(head.keeps);
	assert_true(head.is_1_0);
}

static void chunks_are_accepted_or_refused(void **state)
{
	static const struct {
		const char *text;
		int done;
		const char *body, *rest;
	} cases[] = {
		{ "0\r\n\r\n", 1, "", "" },
		{ "0\r\n\r\nGET", 1, "", "GET" },
		{ "5\r\nhello\r\n0\r\n\r\n", 1, "hello", "" },
		{ "a\r\n0123456789\r\n1\r\n!\r\n0\r\n\r\n", 1, "0123456789!",
		  "" },
		{ "0B\r\n0123456789!\r\n0;x=\"y\"\r\nA: b\r\nC: d\r\n\r\n", 1,
		  "0123456789!", "" },
		{ "5\r\nhel", 0, "hel", "" },
		{ "5\r\nhello\r\n0\r\nX: y\r\n", 0, "hello", "" },
		{ "\r\n", -1, "", NULL },
		{ "-1\r\nx\r\n", -1, "", NULL },
		{ "+1\r\nx\r\n", -1, "", NULL },
		{ " 1\r\nx\r\n", -1, "", NULL },
		{ "1 \r\nx\r\n", -1, "", NULL },
		{ "0x1\r\nx\r\n", -1, "", NULL },
		{ "1g\r\nx\r\n", -1, "", NULL },
		{ "1\nx\n0\n\n", -1, "", NULL },
		{ "1\rx", -1, "", NULL },
		{ "1;a\nb\r\nx\r\n", -1, "", NULL },
		{ "1;a\rb\r\nx\r\n", -1, "", NULL },
		{ "1\r\nxy\r\n0\r\n\r\n", -1, "x", NULL },
		{ "1\r\nx0\r\n\r\n", -1, "x", NULL },
		{ "1\r\nx\n0\r\n\r\n", -1, "x", NULL },
		{ "0\r\nA: b\n\r\n", -1, "", NULL },
		{ "0\r\n\n", -1, "", NULL },
		{ "FFFFFFFFFFFFFFFFF\r\n", -1, "", NULL },
		{ "8000000000000000\r\n", -1, "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
		struct chunked chunked = CHUNKED_INIT;
		struct str rest = str_of(cases[i].text);
		int done = chunked_read(&chunked, &rest, &body);

		if (done != cases[i].done ||
		    strcmp(body.buf, cases[i].body) != 0 ||
		    (cases[i].rest && !str_is(rest, cases[i].rest)))
			fail_msg("%s: %d %s", cases[i].text, done, body.buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_accepted_or_refused),
		cmocka_unit_test(a_head_is_read),
		cmocka_unit_test(chunks_are_accepted_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
