#include "mcapi/mc_client.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct script {
	int status;
	const char *body;
	bool cut;
	int asked, once;
};

static int play(void *context, const struct mc_request *request,
		struct mc_reply *reply, struct err *err)
{
	struct script *s = context;

	s->asked++;
	s->once += request->once;
	if (s->cut)
		return err_set(err, ERR_RETRY, "cut");
	reply->status = s->status;
	strbuf_addstr(&reply->body, s->body);
	return 0;
}

static struct mc_client *client_of(struct script *s)
{
	struct mc_options o = { .url = "http://x",
				.key = "k",
				.tries = 2,
				.send = play,
				.context = s };

	return mc_client_new(&o);
}

#define PAGE "<html>Back soon</html>"
/* Of the API, and of gateways in between. */
#define PROBLEM(status) \
	"{\"title\":\"T\",\"detail\":\"why\",\"status\":" #status "}"
#define NOT_FOUND                                                          \
	"{\"type\":\"x\",\"title\":\"Resource Not Found\",\"status\":404," \
	"\"detail\":\"The requested resource could not be found.\"}"
#define KONG "{\"message\":\"no Route matched with those values\"}"
#define SPRING                                                         \
	"{\"timestamp\":\"x\",\"status\":404,\"error\":\"Not Found\"," \
	"\"path\":\"/3.0\"}"
#define DOTNET                                                             \
	"{\"type\":\"https://tools.ietf.org/html/rfc7231#section-6.5.4\"," \
	"\"title\":\"Not Found\",\"status\":404,\"traceId\":\"00\"}"
#define OTHER_STATUS "{\"title\":\"Resource Not Found\",\"status\":\"404\"}"

/* A verdict is only what the API says in JSON. */
static void answers_mean_what_they_say(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum err_code code;
		bool lost;
	} cases[] = {
		{ 200, "{\"id\":1}", ERR_NONE, false },
		{ 204, "", ERR_NONE, false },
		{ 200, PAGE, ERR_RETRY, true },
		{ 200, "", ERR_RETRY, true },
		{ 200, "[]", ERR_RETRY, true },
		{ 302, "", ERR_RETRY, true },
		{ 400, PROBLEM(400), ERR_INVALID, false },
		{ 400, PAGE, ERR_RETRY, false },
		{ 401, PROBLEM(401), ERR_DENIED, false },
		{ 403, PROBLEM(403), ERR_DENIED, false },
		{ 403, PAGE, ERR_RETRY, false },
		{ 403, "", ERR_RETRY, false },
		{ 400, KONG, ERR_RETRY, false },
		{ 401, KONG, ERR_RETRY, false },
		{ 403, KONG, ERR_RETRY, false },
		{ 404, NOT_FOUND, ERR_NOT_FOUND, false },
		{ 404, PROBLEM(404), ERR_RETRY, false },
		{ 404, KONG, ERR_RETRY, false },
		{ 404, "{}", ERR_RETRY, false },
		{ 404, SPRING, ERR_RETRY, false },
		{ 404, DOTNET, ERR_RETRY, false },
		{ 404, OTHER_STATUS, ERR_RETRY, false },
		{ 405, KONG, ERR_RETRY, false },
		{ 422, KONG, ERR_RETRY, false },
		{ 404, PAGE, ERR_RETRY, false },
		{ 405, PROBLEM(405), ERR_CONFLICT, false },
		{ 429, PROBLEM(429), ERR_RETRY, false },
		{ 429, "", ERR_RETRY, false },
		{ 500, PROBLEM(500), ERR_RETRY, true },
		{ 503, PAGE, ERR_RETRY, true },
		{ 504, "", ERR_RETRY, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct script s = { .status = cases[i].status,
				    .body = cases[i].body };
		CLEANUP(mc_client_free) struct mc_client *c = client_of(&s);
		CLEANUP(json_free) json_t *out = NULL;
		struct err err = ERR_INIT;
		int ret = mc_call_once(c, "POST", "/a", "{}", &out, &err);

		assert_int_equal(ret, cases[i].code == ERR_NONE ? 0 : -1);
		if (err.code != cases[i].code ||
		    mc_is_lost(&err) != cases[i].lost)
			fail_msg("case %zu: %s", i, err.text);
		assert_int_equal(s.asked, 1);
		assert_int_equal(s.once, 1);
		assert_null(strstr(err.text, "\n"));
	}
}

static void what_passes_is_tried_again_unless_it_must_not(void **state)
{
	struct script s = { .cut = true };
	CLEANUP(mc_client_free) struct mc_client *c = client_of(&s);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(mc_call(c, "PATCH", "/a", "{}", NULL, &err), -1);
	assert_int_equal(s.asked, 2);
	assert_int_equal(s.once, 0);
	assert_int_equal(mc_call_once(c, "POST", "/a", NULL, NULL, &err), -1);
	assert_int_equal(s.asked, 3);
	assert_true(mc_is_lost(&err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_mean_what_they_say),
		cmocka_unit_test(what_passes_is_tried_again_unless_it_must_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
