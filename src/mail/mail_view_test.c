#include "mail/mail_view.h"

#include "mail/message.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void shows_what_was_built(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct message m = {
		.layout.from = { STR("\xc3\x89ric"), STR("e@example.org") },
		.fields = { .to = { STR(""), STR("t@example.net") },
			    .subject = STR("Gr\xc3\xbc\xc3\x9f"
					   "e"),
			    .date_ms = 1637707916000 },
		.text = STR("caf\xc3\xa9"),
		.html = STR("<p>caf\xc3\xa9</p>"),
	};
	struct mail_view view;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(message_build(&m, &source, &err), 0);
	assert_int_equal(
		mail_view_read(strbuf_str(&source), arena, &view, &err), 0);
	assert_string_equal(view.subject, "Gr\xc3\xbc\xc3\x9f"
					  "e");
	assert_string_equal(view.from, "\xc3\x89ric <e@example.org>");
	assert_string_equal(view.to, "t@example.net");
	assert_string_equal(view.date, "Tue, 23 Nov 2021 22:51:56 +0000");
	assert_string_equal(view.text, "caf\xc3\xa9");
	assert_string_equal(view.html, "<p>caf\xc3\xa9</p>");
}

static void shows_what_it_can(void **state)
{
	static const char *const sources[] = {
		"",
		"nonsense",
		"\r\n\r\n",
		"Subject: x\r\n",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
		"Content-Type: text/html; charset=nonsense\r\n\r\n\xff",
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct mail_view view;
	struct err err = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sources); i++)
		assert_int_equal(
			mail_view_read(str_of(sources[i]), arena, &view, &err),
			0);
	assert_int_equal(mail_view_read((struct str){ "", 1u << 30 }, arena,
					&view, &err),
			 -1);
	assert_int_equal(err.code, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_was_built),
		cmocka_unit_test(shows_what_it_can),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
