#include "base/text/shown_text.h"

#include "base/cleanup.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ONE_LINE "must be one line"
#define CONTROL "holds a control character"
#define TURNS "holds a character that turns the direction of writing"

static void what_nobody_sees_is_refused(void **state)
{
	static const struct {
		struct str text;
		const char *line, *lines;
	} cases[] = {
		{ STR(""), NULL, NULL },
		{ STR("Zo\xc3\xab O'Neil \xe2\x80\x93 \xf0\x9f\x99\x82"), NULL,
		  NULL },
		/* ZWNJ, ZWJ, LRM, RLM; NBSP; a name with a soft hyphen */
		{ STR("\xe2\x80\x8c\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f"), NULL,
		  NULL },
		{ STR("a\xc2\xa0"
		      "b\xc2\xad"
		      "c"),
		  NULL, NULL },
		{ STR("a\nb"), ONE_LINE, NULL },
		{ STR("a\r\n\tb"), ONE_LINE, NULL },
		{ STR("a\x01"), CONTROL, CONTROL },
		{ STR("a\0b"), CONTROL, CONTROL },
		{ STR("\x1b[2J"), CONTROL, CONTROL },
		{ STR("\x0b"), CONTROL, CONTROL },
		{ STR("\x7f"), CONTROL, CONTROL },
		{ STR("\xc2\x80"), CONTROL, CONTROL },
		{ STR("\xc2\x9f"), CONTROL, CONTROL },
		{ STR("\xe2\x80\xa9"), NULL, NULL },
		{ STR("\xe2\x80\xaa"), TURNS, TURNS },
		{ STR("\xe2\x80\xae"), TURNS, TURNS },
		{ STR("\xe2\x80\xaf"), NULL, NULL },
		{ STR("\xe2\x81\xa5"), NULL, NULL },
		{ STR("\xe2\x81\xa6"), TURNS, TURNS },
		{ STR("\xe2\x81\xa9"), TURNS, TURNS },
		{ STR("\xe2\x81\xaa"), NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *line = shown_text_fault(cases[i].text, SHOWN_LINE);
		const char *lines =
			shown_text_fault(cases[i].text, SHOWN_LINES);

		if (!!line != !!cases[i].line || !!lines != !!cases[i].lines)
			fail_msg("case %zu", i);
		if (line)
			assert_string_equal(line, cases[i].line);
		if (lines)
			assert_string_equal(lines, cases[i].lines);
	}
}

static void what_nobody_sees_is_dropped(void **state)
{
	static const struct {
		struct str text, shown;
	} cases[] = {
		{ STR(""), STR("") },
		{ STR("a\r\n\tb"), STR("a\r\n\tb") },
		{ STR("\x1b[2Ja\0b\x7f"), STR("[2Jab") },
		{ STR("a\xc2\x85"
		      "b\xc2\xa0"
		      "c"),
		  STR("ab\xc2\xa0"
		      "c") },
		{ STR("\xe2\x80\xaegpj.exe\xe2\x80\xac"), STR("gpj.exe") },
		{ STR("\xe2\x81\xa6x\xe2\x81\xa9"), STR("x") },
		/* a Persian word, and a family of emoji */
		{ STR("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae"),
		  STR("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae") },
		{ STR("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"),
		  STR("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7") },
		/* cut in its midst: as it is */
		{ STR("a\xe2\x80"), STR("a\xe2\x80") },
		{ STR("a\xc2"), STR("a\xc2") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		shown_text_add(cases[i].text, &out);
		if (!str_eq(strbuf_str(&out), cases[i].shown))
			fail_msg("case %zu: %s", i, strbuf_str(&out).s);
		assert_null(shown_text_fault(strbuf_str(&out), SHOWN_LINES));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_sees_is_refused),
		cmocka_unit_test(what_nobody_sees_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
