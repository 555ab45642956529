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
	(void)f;
}

/* Whoever got a mail is told in the language of the browser, and nothing of an
 * app. */
static void errors_behind_mails_are_in_the_readers_language(void **state)
{
	static const struct {
		const char *request, *page;
	} cases[] = {
		{ GET_WITH("/t/u/x",
			   "Accept: text/html\r\n"
			   "Accept-Language: de-AT,de;q=0.9,en;q=0.8"),
		  "<html lang=\"de\" dir=\"ltr\">" },
		{ GET_WITH("/t/u/x", "Accept: text/html\r\n"
				     "Accept-Language: ar"),
		  "<html lang=\"ar\" dir=\"rtl\">" },
		{ GET_WITH("/files/x", "Accept: text/html"),
		  "<h1>This link is not valid</h1>" },
		{ GET_WITH("/files/x", "Accept: text/html\r\n"
				       "Accept-Language: es"),
		  "<h1>Este enlace no es válido</h1>" },
	};
	FIXTURE(f);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_ask(server, cases[i].request, &reply);
		assert_int_equal(reply.status, 404);
		assert_has(&reply.body, cases[i].page);
		assert_null(strstr(reply.body.buf, "href="));
	}
	(void)f;
}

/* Whoever has no key is led to where one signs in; with a wrong one, it is
 * refused. */
static void pages_lead_to_the_sign_in(void **state)
{
	static const struct {
		const char *request;
		int status;
		const char *location;
	} cases[] = {
		{ GET("/outbox"), 303, "/sign-in?to=%2Foutbox" },
		{ GET("/outbox?a=%2F&b=c"), 303,
		  "/sign-in?to=%2Foutbox%3Fa%3D%252F%26b%3Dc" },
		{ GET("http://x/outbox"), 303, "/sign-in?to=%2Foutbox" },
		{ GET_WITH("/outbox", "Cookie: muster_session=old"), 303,
		  "/sign-in?to=%2Foutbox" },
		{ GET_WITH("/outbox", "Authorization: Bearer x"), 401, NULL },
		{ GET_WITH("/outbox", "Authorization: nonsense"), 401, NULL },
		{ GET("/outbox?apikey=x"), 401, NULL },
	};
	FIXTURE(f);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_ask(server, cases[i].request, &reply);
		if (reply.status != cases[i].status)
			fail_msg("%s: %d", cases[i].request, reply.status);
		if (cases[i].location)
			assert_header(&reply, "Location", cases[i].location);
		else
			assert_header(&reply, "WWW-Authenticate",
				      "Bearer realm=\"Muster\"");
	}
	(void)f;
}

/* A browser would ask for a password in a box of its own. */
static void no_browser_is_asked_for_a_password(void **state)
{
	static const char *const requests[] = {
		GET_WITH("/3.0/", "Sec-Fetch-Site: same-origin"),
		GET_WITH("/3.0/", "Accept: text/html,*/*"),
		GET_WITH("/3.0/", "Cookie: muster_session=old"),
		GET_WITH("/3.0/", "X-CSRF-Token: x"),
	};
	FIXTURE(f);

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		fixture_ask(server, requests[i], &reply);
		assert_int_equal(reply.status, 401);
		assert_null(strstr(reply.head.buf, "WWW-Authenticate"));
	}
	fixture_ask(server, GET("/3.0/"), &reply);
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
		TEST(errors_behind_mails_are_in_the_readers_language),
		TEST(pages_lead_to_the_sign_in),
		TEST(no_browser_is_asked_for_a_password),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
