#include "smtp/smtp_trial.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
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

static int hand_over(const char *url, int port, struct arena *arena,
		     struct smtp_trial_report *out, struct err *err)
{
	struct smtp_message message = { .sender = "a@x.example",
					.rcpt = "b@y.example",
					.content = SMTP_CONTENT_INIT };
	struct smtp_relay relay;
	int ret;

	assert_int_equal(smtp_relay_parse(url, arena, &relay, err), 0);
	if (port)
		relay.port = port;
	strbuf_addstr(&message.content.text, "Subject: x\r\n\r\nx\r\n");
	ret = smtp_trial_send(&relay, &message, 3000, arena, out, err);
	smtp_content_release(&message.content);
	return ret;
}

/* Each step, a line each, and what became of it. */
static const char *describe(const struct smtp_trial_report *report,
			    struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	vec_each (&report->steps, step)
		strbuf_addf(&out, "%s|",
			    strncmp(*step, "connected to ", 13) ? *step
								: "connected");
	strbuf_addf(&out, "%s %d %s", smtp_outcome_name(report->outcome),
		    report->code, report->text);
	return arena_str(arena, strbuf_str(&out));
}

#define HELLO "S:220 hi\nC:EHLO *\nS:250 ok\n"
#define LOGIN "S:220 hi\nC:EHLO *\nS:250-ok|250 AUTH PLAIN\nC:AUTH PLAIN *\n"

static void a_message_meets_the_relays_own_words(void **state)
{
	static const struct {
		const char *url, *script, *said;
	} cases[] = {
		{ "smtp://127.0.0.1",
		  HELLO "C:MAIL*\nS:250 ok\nC:RCPT*\nS:250 ok\nC:DATA\nS:354 "
			"go\nD\nS:250 2.0.0 Ok: queued as ABC\nC:QUIT\n"
			"S:221 bye\n",
		  "connected|250 2.0.0 Ok: queued as ABC|accepted 250 2.0.0 "
		  "Ok: queued as ABC" },
		{ "smtp://127.0.0.1",
		  HELLO "C:MAIL*\nS:250 ok\nC:RCPT*\nS:550 5.1.1 No such "
			"user\nC:RSET\nS:250 ok\nC:QUIT\nS:221 bye\n",
		  "connected|550 5.1.1 No such user|refused 550 5.1.1 No such "
		  "user" },
		{ "smtp://u:p@127.0.0.1", LOGIN "S:535 5.7.8 who are you\nW\n",
		  "connected|535 5.7.8 who are you|unreached 535 5.7.8 who "
		  "are you" },
		{ "smtp://u:p@127.0.0.1",
		  LOGIN "S:235 2.7.0 hello\nC:MAIL*\nS:451 4.3.0 later\n"
			"C:QUIT\nS:221 bye\n",
		  "connected|signed in as u|451 4.3.0 later|temporary 451 "
		  "4.3.0 later" },
		{ "smtp://127.0.0.1?tls=require", HELLO "W\n",
		  "connected|unreached 0 the relay does not offer STARTTLS" },
		{ "smtp://127.0.0.1", "W\n",
		  "connected|unreached 0 the relay did not answer in time" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(sink_free)
		struct sink *sink = sink_start(
			&(struct sink_options){ .script = cases[i].script });
		CLEANUP(smtp_trial_report_release)
		struct smtp_trial_report report = { .code = 0 };
		struct err err = ERR_INIT;

		if (hand_over(cases[i].url, sink_port(sink), arena, &report,
			      &err) < 0)
			fail_msg("case %zu: %s", i, err.text);
		assert_string_equal(describe(&report, arena), cases[i].said);
		assert_string_equal(sink_finish(sink), "");
	}
}

static void nobody_there_takes_no_message(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(smtp_trial_report_release)
	struct smtp_trial_report report = { .code = 0 };
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		hand_over("smtp://127.0.0.1:1", 0, arena, &report, &err), 0);
	assert_string_equal(describe(&report, arena),
			    "unreached 0 cannot connect: Connection refused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trial_says_what_a_message_would_meet),
		cmocka_unit_test(nobody_there_is_said_at_once),
		cmocka_unit_test(a_message_meets_the_relays_own_words),
		cmocka_unit_test(nobody_there_takes_no_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
