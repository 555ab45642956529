#include "mail/header.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void adds_text(void **state)
{
	static const struct {
		const char *value, *field;
	} cases[] = {
		{ "", "Subject: \r\n" },
		{ "Hello", "Subject: Hello\r\n" },
		{ "  Hello \t", "Subject: Hello\r\n" },
		{ "a  b", "Subject: a  b\r\n" },
		{ "a\r\nBcc: x@y", "Subject: a  Bcc: x@y\r\n" },
		{ "a\r\n\r\nbody", "Subject: a    body\r\n" },
		{ "a\x01\x7f"
		  "b",
		  "Subject: a  b\r\n" },
		{ "=?x", "Subject: =?UTF-8?B?PT94?=\r\n" },
		{ "Gr\xc3\xbc\xc3\x9f"
		  "e aus K\xc3\xb6ln",
		  "Subject: =?UTF-8?B?R3LDvMOfZSBhdXMgS8O2bG4=?=\r\n" },
		{ "Caf\xc3\xa9 is open", "Subject: "
					 "=?UTF-8?Q?Caf=C3=A9_is_open?=\r\n" },
		{ "\xff", "Subject: =?UTF-8?B?77+9?=\r\n" },
		{ "one two three four five six seven eight nine ten eleven "
		  "twelve thirteen",
		  "Subject: one two three four five six seven eight nine ten "
		  "eleven twelve\r\n thirteen\r\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		header_add_text(&out, "Subject", str_of(cases[i].value));
		assert_string_equal(out.buf, cases[i].field);
	}
}

/* No line too long, none empty, only ASCII, CRLF only at folds. */
static void assert_well_formed(struct str field, size_t most)
{
	struct str line;
	size_t i;

	assert_true(str_ends(field, "\r\n"));
	field.len -= 2;
	while (field.s) {
		line = str_cut(&field, '\n');
		if (field.s) {
			assert_true(str_ends(line, "\r"));
			line.len--;
			assert_true(field.len > 0 && field.s[0] == ' ');
		}
		assert_true(line.len <= most);
		assert_true(str_trim(line).len > 0);
		for (i = 0; i < line.len; i++)
			assert_true(line.s[i] >= ' ' && line.s[i] < 127);
	}
}

static void folds_what_is_long(void **state)
{
	static const char *const pieces[] = {
		"word ",
		"  two spaces",
		"\xc3\xa9",
		"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
		"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d ",
		"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 ",
		"\xff\xfe",
		"mixed \xc3\xa9 and not ",
	};
	size_t i, n;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pieces); i++) {
		CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;

		for (n = 0; n < 200; n++) {
			CLEANUP(strbuf_release)
			struct strbuf out = STRBUF_INIT;
			struct mail_address a = { .address =
							  STR("a@b.example") };

			strbuf_addstr(&value, pieces[i]);
			header_add_text(&out, "Subject", strbuf_str(&value));
			assert_well_formed(strbuf_str(&out), 78);
			strbuf_reset(&out);
			a.name = strbuf_str(&value);
			header_add_addresses(&out, "To", &a, 1);
			/* 78, but for quoted names: 200 */
			assert_well_formed(strbuf_str(&out), 220);
		}
	}
}

static void encodes_words_that_fit_on_no_line(void **state)
{
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 2000; i++)
		strbuf_addch(&value, 'x');
	header_add_text(&out, "Subject", strbuf_str(&value));
	assert_well_formed(strbuf_str(&out), 78);
}

static void adds_addresses(void **state)
{
	static const struct {
		const char *name, *address, *field;
	} cases[] = {
		{ "", "a@b.example", "To: a@b.example\r\n" },
		{ "", "\"a, <b> \\\"\"@c", "To: \"a, <b> \\\"\"@c\r\n" },
		{ "Ann", "\"a b\"@c", "To: Ann <\"a b\"@c>\r\n" },
		{ "", "a b,<c>@d\r\nBcc: e", "To: abc@dBcc:e\r\n" },
		{ "", "\"a\" b@c", "To: \"a\"b@c\r\n" },
		{ "", "\"a b@c", "To: \"ab@c\r\n" },
		{ "Ann", "a@b.example", "To: Ann <a@b.example>\r\n" },
		{ "Ann O'Neil", "a@b.example",
		  "To: Ann O'Neil <a@b.example>\r\n" },
		{ "Neil, Ann", "a@b.example",
		  "To: \"Neil, Ann\" <a@b.example>\r\n" },
		{ "a \"b\" \\", "a@b.example",
		  "To: \"a \\\"b\\\" \\\\\" <a@b.example>\r\n" },
		{ "x@y", "a@b.example", "To: \"x@y\" <a@b.example>\r\n" },
		{ "A\r\nBcc: x@y", "a@b.example",
		  "To: \"A  Bcc: x@y\" <a@b.example>\r\n" },
		{ "\xc3\x89ric", "a@b.example",
		  "To: =?UTF-8?B?w4lyaWM=?= <a@b.example>\r\n" },
		{ "", "a@b.example>, <c@d\r\nX: y",
		  "To: a@b.examplec@dX:y\r\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		struct mail_address a = { str_of(cases[i].name),
					  str_of(cases[i].address) };

		header_add_addresses(&out, "To", &a, 1);
		assert_string_equal(out.buf, cases[i].field);
	}
}

static void separates_several_addresses(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct mail_address two[] = {
		{ STR("Ann"), STR("ann@a-rather-long-domain.example") },
		{ STR("Bob"), STR("bob@a-rather-long-domain.example") },
	};

	(void)state;
	header_add_addresses(&out, "To", two, 2);
	assert_string_equal(
		out.buf, "To: Ann <ann@a-rather-long-domain.example>, Bob\r\n"
			 " <bob@a-rather-long-domain.example>\r\n");
}

static void adds_lists(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	header_add_list_id(&out, STR(""), STR("a1.example.org"));
	header_add_list_id(&out, STR("News, weekly"), STR("a1.example.org"));
	assert_string_equal(out.buf,
			    "List-ID: <a1.example.org>\r\n"
			    "List-ID: \"News, weekly\" <a1.example.org>\r\n");
}

static void keeps_tokens_as_they_are(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	header_add_token(&out, "X-Id", STR("=?a?= b\r\nc\xc3\xa9"));
	assert_string_equal(out.buf, "X-Id: =?a?= bc%C3%A9\r\n");
}

static void makes_message_ids(void **state)
{
	static const struct {
		const char *local, *domain, *id;
	} cases[] = {
		{ "1.2", "mail.example", "<1.2@mail.example>" },
		{ ".1..2.", "x.example.", "<1.2@x.example>" },
		{ "a b>\r\n", "x@y", "<ab@xy>" },
		{ "", "", "<x@x>" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		message_id_format(str_of(cases[i].local),
				  str_of(cases[i].domain), &out);
		assert_string_equal(out.buf, cases[i].id);
	}
}

static void adds_dates(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	header_add_date(&out, 1637707916000);
	assert_string_equal(out.buf,
			    "Date: Tue, 23 Nov 2021 22:51:56 +0000\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_text),
		cmocka_unit_test(folds_what_is_long),
		cmocka_unit_test(encodes_words_that_fit_on_no_line),
		cmocka_unit_test(adds_addresses),
		cmocka_unit_test(separates_several_addresses),
		cmocka_unit_test(adds_lists),
		cmocka_unit_test(keeps_tokens_as_they_are),
		cmocka_unit_test(makes_message_ids),
		cmocka_unit_test(adds_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
