#include "smtp/smtp_trial.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "smtp/sink_fixture.h"
#include "smtp/smtp_relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void a_trial_says_what_a_message_would_meet(void **state)
{
	static const struct {
		const char *url, *script;
		const char *problem; /* part of the text; NULL: all is well */
	} cases[] = {
		{ "smtp://127.0.0.1",
		  "S:220 hi\nC:EHLO *\nS:250 ok\nC:QUIT\nS:221 bye\n", NULL },
		{ "smtp://u:p@127.0.0.1",
		  "S:220 hi\nC:EHLO *\nS:250-ok|250 AUTH PLAIN\nC:AUTH PLAIN "
		  "*\nS:235 welcome\nC:QUIT\nS:221 bye\n",
		  NULL },
		{ "smtp://u:p@127.0.0.1",
		  "S:220 hi\nC:EHLO *\nS:250-ok|250 AUTH PLAIN\nC:AUTH PLAIN "
		  "*\nS:535 5.7.8 who are you\nW\n",
		  "who are you" },
		{ "smtp://127.0.0.1", "S:554 5.7.1 not you\nW\n", "not you" },
		{ "smtp://127.0.0.1?tls=require",
		  "S:220 hi\nC:EHLO *\nS:250 ok\nW\n", "STARTTLS" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(sink_free)
		struct sink *sink = sink_start(
			&(struct sink_options){ .script = cases[i].script });
		struct smtp_relay relay;
		struct err err = ERR_INIT;
		int ret;

		assert_int_equal(
			smtp_relay_parse(cases[i].url, arena, &relay, &err), 0);
		relay.port = sink_port(sink);
		ret = smtp_relay_try(&relay, 5000, &err);
		assert_int_equal(ret, cases[i].problem ? -1 : 0);
		if (cases[i].problem && !strstr(err.text, cases[i].problem))
			fail_msg("case %zu: %s", i, err.text);
		assert_string_equal(sink_finish(sink), "");
	}
}

static void nobody_there_is_said_at_once(void **state)
{
	struct smtp_relay relay = { .host = "127.0.0.1", .port = 1 };
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(smtp_relay_try(&relay, 5000, &err), -1);
	assert_non_null(strstr(err.text, "refused"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trial_says_what_a_message_would_meet),
		cmocka_unit_test(nobody_there_is_said_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
