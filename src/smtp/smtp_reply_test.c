#include "smtp/smtp_reply.h"

#include "base/cleanup.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void reads_replies(void **state)
{
	static const struct {
		const char *in;
		int done, code;
		const char *enhanced, *text;
	} cases[] = {
		{ "250 Ok\r\n", 1, 250, "", "Ok" },
		{ "250\r\n", 1, 250, "", "" },
		{ "250 Ok\n", 1, 250, "", "Ok" },
		{ "550 5.1.1 No such user\r\n", 1, 550, "5.1.1",
		  "No such user" },
		{ "550-5.1.1 No\r\n550 5.1.1 such user\r\n", 1, 550, "5.1.1",
		  "No such user" },
		{ "550 5.1 No\r\n", 1, 550, "", "5.1 No" },
		{ "550 5.1.1234 No\r\n", 1, 550, "", "5.1.1234 No" },
		{ "550 5.1.10\r\n", 1, 550, "5.1.10", "" },
		{ "550 a\tb\x01\x7f c\r\n", 1, 550, "", "a b   c" },
		{ "550 \xc3\xa9t\xc3\xa9\r\n", 1, 550, "",
		  "\xc3\xa9t\xc3\xa9" },
		{ "550 \xe9t\xe9\r\n", 1, 550, "", "?t?" },
		{ "250", 0, 0, "", "" },
		{ "250-a\r\n", 0, 250, "", "a" },
		{ "\r\n", -1, 0, "", "" },
		{ "hello\r\n", -1, 0, "", "" },
		{ "25 Ok\r\n", -1, 0, "", "" },
		{ "2500 Ok\r\n", -1, 0, "", "" },
		{ "999 Ok\r\n", -1, 0, "", "" },
		{ "100 Ok\r\n", -1, 0, "", "" },
		{ "250-a\r\n550 b\r\n", -1, 250, "", "a" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(smtp_reply_release)
		struct smtp_reply reply = SMTP_REPLY_INIT;
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		struct str in = str_of(cases[i].in);

		assert_int_equal(smtp_reply_read(&reply, &in), cases[i].done);
		if (cases[i].done < 0)
			continue;
		assert_int_equal(reply.code, cases[i].code);
		assert_string_equal(reply.enhanced, cases[i].enhanced);
		smtp_reply_describe(&reply, 100, &text);
		assert_string_equal(text.buf, cases[i].text);
	}
}

static void leaves_what_follows(void **state)
{
	CLEANUP(smtp_reply_release) struct smtp_reply reply = SMTP_REPLY_INIT;
	struct str in = STR("250-a\r\n250 b\r\n354 go\r\n22");

	(void)state;
	assert_int_equal(smtp_reply_read(&reply, &in), 1);
	assert_int_equal(reply.code, 250);
	smtp_reply_reset(&reply);
	assert_int_equal(smtp_reply_read(&reply, &in), 1);
	assert_int_equal(reply.code, 354);
	smtp_reply_reset(&reply);
	assert_int_equal(smtp_reply_read(&reply, &in), 0);
	assert_true(str_is(in, "22"));
}

static void bounds_lines_and_replies(void **state)
{
	CLEANUP(smtp_reply_release) struct smtp_reply reply = SMTP_REPLY_INIT;
	CLEANUP(strbuf_release) struct strbuf flood = STRBUF_INIT;
	struct str in;
	int i;

	(void)state;
	for (i = 0; i < SMTP_LINE_MAX; i++)
		strbuf_addch(&flood, '2');
	in = strbuf_str(&flood);
	assert_int_equal(smtp_reply_read(&reply, &in), -1);

	strbuf_reset(&flood);
	for (i = 0; i <= SMTP_LINES_MAX; i++)
		strbuf_addstr(&flood, "250-more\r\n");
	in = strbuf_str(&flood);
	assert_int_equal(smtp_reply_read(&reply, &in), -1);
	assert_true(reply.text.len <= SMTP_TEXT_MAX);
}

static void cuts_texts_between_characters(void **state)
{
	CLEANUP(smtp_reply_release) struct smtp_reply reply = SMTP_REPLY_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct str in = STR("550 \xc3\xa9\xc3\xa9\r\n");

	(void)state;
	assert_int_equal(smtp_reply_read(&reply, &in), 1);
	smtp_reply_describe(&reply, 3, &text);
	assert_string_equal(text.buf, "\xc3\xa9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_replies),
		cmocka_unit_test(leaves_what_follows),
		cmocka_unit_test(bounds_lines_and_replies),
		cmocka_unit_test(cuts_texts_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
