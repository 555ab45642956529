#include "mail/qp.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void encodes(void **state)
{
	static const struct {
		const char *text, *encoded;
	} cases[] = {
		{ "", "" },
		{ "a", "a" },
		{ "a\n", "a\r\n" },
		{ "a\r\nb\rc\n\nd", "a\r\nb\r\nc\r\n\r\nd" },
		{ "1=2", "1=3D2" },
		{ "a \nb\t\n", "a=20\r\nb=09\r\n" },
		{ "a ", "a=20" },
		{ ".\n..a\n", "=2E\r\n=2E.a\r\n" },
		{ "From me", "=46rom me" },
		{ "\xc3\xa9\x01\x7f", "=C3=A9=01=7F" },
		{ "\xff", "=FF" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		qp_encode(str_of(cases[i].text), &out);
		assert_string_equal(out.buf, cases[i].encoded);
	}
}

static void breaks_lines_between_characters(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct str rest, line;
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		strbuf_addstr(&text, "x\xe6\x97\xa5.\xf0\x9f\x98\x80");
	qp_encode(strbuf_str(&text), &out);
	for (rest = strbuf_str(&out); rest.s;) {
		line = str_cut(&rest, '\n');
		if (!rest.s)
			break;
		assert_true(str_ends(line, "=\r"));
		assert_true(line.len - 1 <= 76);
		assert_false(line.s[0] == '.');
		/* continuation bytes are 80..BF: no line begins with one */
		assert_false(line.s[0] == '=' && strchr("89AB", line.s[1]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes),
		cmocka_unit_test(breaks_lines_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
