#include "base/thread/queue.h"
#include "http/http_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
		{ GET("/api/v1/echo?apikey=" KEY), 401 },
		{ GET_WITH("/api/v1/echo?apikey=other", KEY_HEADER), 200 },
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
	fixture_ask(server, GET("/api/v1/echo?apikey=" KEY), &reply);
	assert_detail(&reply, 401, "Unauthorized",
		      "A key in the address ends in logs: send it in the "
		      "header Authorization");
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
			      "You have exceeded the limit of 2 simultaneous "
			      "connections.");
		for (int i = 0; i < 2; i++) {
			response_done(rs[i], NULL);
			fixture_read(fds[i], false, &reply);
			assert_int_equal(reply.status, 200);
			(void)close(fds[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys_come_in_many_forms),
		TEST(refusals_of_keys_say_what_clients_expect),
		TEST(a_session_needs_its_token_to_write),
		TEST(a_failing_look_up_is_not_a_refusal),
		TEST(simultaneous_calls_of_a_user_can_be_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
