#include "http/http_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void errors_of_our_api_are_problem_documents(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/api/v1/fail?how=field"), &reply);
	assert_detail(&reply, 400, "Bad Request", "is no address");
	assert_has(&reply.body, "\"errors\":[{\"field\":\"email\","
				"\"message\":\"is no address\","
				"\"pointer\":\"#/email\"}]");
	assert_header(&reply, "X-Kept", "yes");
	fixture_ask(server, GET("/api/v1/fail?how=conflict"), &reply);
	assert_detail(&reply, 409, "Conflict", "it changed");
	fixture_ask(server, GET("/api/v1/nowhere"), &reply);
	assert_detail(&reply, 404, "Not Found", "There is no such thing.");
	(void)f;
}

static void what_went_wrong_inside_is_not_told(void **state)
{
	static const struct {
		const char *request;
		int status;
	} cases[] = {
		{ GET("/api/v1/fail?how=io"), 500 },
		{ GET("/3.0/fail?how=io"), 500 },
		{ GET("/api/v1/fail?how=inside"), 503 },
		{ GET("/3.0/fail?how=inside"), 503 },
		{ GET("/?how=inside"), 503 },
		{ GET("/api/v1/fail?how=inside-conflict"), 409 },
		{ GET("/3.0/fail?how=inside-conflict"), 400 },
	};
	FIXTURE(f);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_ask(server, cases[i].request, &reply);
		assert_int_equal(reply.status, cases[i].status);
		assert_null(strstr(reply.body.buf, "secret"));
	}
	fixture_ask(server, GET("/api/v1/fail?how=limit"), &reply);
	assert_int_equal(reply.status, 429);
	assert_header(&reply, "Retry-After", "1");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(errors_of_our_api_are_problem_documents),
		TEST(what_went_wrong_inside_is_not_told),
		TEST(errors_of_the_marketing_api_look_like_mailchimps),
		TEST(errors_of_pages_are_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
