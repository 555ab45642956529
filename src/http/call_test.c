#include "http/call.h"

#include "base/arena.h"
#include "http/http_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct http_reply ask(struct fixture *f, struct arena *arena,
			     struct http_call call)
{
	struct http_reply reply;

	if (!call.query)
		call.query = "";
	call.client_ip = "";
	http_call(f->router, &call, arena, &reply);
	return reply;
}

static void is_answered_as_over_http(void **state)
{
	static const struct caller sue = { .user_id = 1, .role = 1 };
	static const struct {
		struct http_call call;
		int status;
		const char *body; /* what stands in it */
	} cases[] = {
		{ { "GET", "/3.0/hello/a%20b" }, 200, "\"hello a b\"" },
		{ { "gEt", "/3.0/hello/you/" }, 200, "\"hello you\"" },
		{ { "GET", "/3.0/fail", "how=exists" }, 400, "Member Exists" },
		{ { "GET", "/3.0/fail", "how=field" }, 400, "is no address" },
		{ { "GET", "/3.0/fail", "how=fire" }, 500, "" },
		{ { "PUT", "/3.0/hello/you" }, 405, "Method Not Allowed" },
		{ { "BREW", "/3.0/hello/you" }, 405, "" },
		{ { "", "/3.0/hello/you" }, 405, "" },
		{ { "GET", "/3.0/nothing" }, 404, "Resource Not Found" },
		{ { "GET", "/3.0/hello/%00" }, 400, "" },
		{ { "GET", "/3.0/hello/you", "a=%ff" }, 400, "" },
		{ { "GET", "" }, 404, "" },
		{ { "GET", "hello" }, 404, "" },
		{ { "GET", "/api/v1/hello/you" }, 404, "" },
		{ { "GET", "/3.0/../api/v1/hello/you" }, 404, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct http_call call = cases[i].call;
		struct http_reply reply;

		call.caller = sue;
		reply = ask(*state, arena, call);
		if (reply.status != cases[i].status ||
		    !strstr(reply.body.s, cases[i].body))
			fail_msg("%s: %d %s", call.path, reply.status,
				 reply.body.s);
	}
}

static void takes_a_body_and_whose_it_is(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct http_call call = {
		.method = "patch",
		.path = "/3.0/echo",
		.body = str_of("{\"a\":1}"),
		.caller = { .user_id = 1, .role = 3, .name = "Sue" },
	};
	struct http_reply reply = ask(*state, arena, call);

	assert_int_equal(reply.status, 200);
	assert_string_equal(reply.body.s,
			    "{\"body\":{\"a\":1},\"type\":\"application/json\","
			    "\"who\":\"Sue\"}");
	call.body = str_of("{");
	assert_int_equal(ask(*state, arena, call).status, 400);
	call.body = str_of("[]");
	assert_int_equal(ask(*state, arena, call).status, 400);
}

static void has_the_rights_of_the_caller_and_no_others(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct http_call call = { .method = "GET", .path = "/3.0/hello/you" };

	assert_int_equal(ask(*state, arena, call).status, 401);
	call.caller.role = 3;
	assert_int_equal(ask(*state, arena, call).status, 200);
	call.barred = "/3.0/hello";
	assert_int_equal(ask(*state, arena, call).status, 403);
	call.path = "/3.0/%68ello/you";
	assert_int_equal(ask(*state, arena, call).status, 403);
	call.path = "/3.0/fail";
	call.query = "how=limit";
	assert_int_equal(ask(*state, arena, call).status, 429);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_answered_as_over_http),
		TEST(takes_a_body_and_whose_it_is),
		TEST(has_the_rights_of_the_caller_and_no_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
