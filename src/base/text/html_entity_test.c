#include "base/text/html_entity.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void entities_are_decoded(void **state)
{
	static const struct {
		const char *text, *result;
	} cases[] = {
		{ "a&amp;b&lt;&gt;&quot;&#39;&apos;", "a&b<>\"''" },
		{ "&eacute;&#233;&#xE9;&#xe9",
		  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9" },
		{ "?a=1&copy=2&b", "?a=1&copy=2&b" },
		{ "&hellip;&#x1F600;", "\xe2\x80\xa6\xf0\x9f\x98\x80" },
		{ "&#0;&#xd800;&#x110000;",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "&;&#;&#x;&nosuch;&", "&;&#;&#x;&nosuch;&" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		html_decode(str_of(cases[i].text), &out);
		assert_string_equal(out.buf, cases[i].result);
	}
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entities_are_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
