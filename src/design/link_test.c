#include "design/link.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct link_case {
	const char *raw, *out; /* NULL: none gets through */
	const char *problem;   /* code; NULL: none */
};

static void check(const struct link_case *c, enum link_use use)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct design_problems list = VEC_INIT;
	struct problems p = { arena, &list, "b" };
	const char *out = link_read(str_of(c->raw), use, &p);

	if (!c->out)
		assert_null(out);
	else
		assert_string_equal(out, c->out);
	assert_int_equal(list.n, c->problem ? 1 : 0);
	if (c->problem)
		assert_string_equal(list.v[0].code, c->problem);
}

static void only_addresses_that_do_no_harm_get_through(void **state)
{
	static const struct link_case cases[] = {
		{ "https://example.org/a?b=1&c=2#d",
		  "https://example.org/a?b=1&c=2#d", NULL },
		{ " HTTPS://example.org ", "HTTPS://example.org", NULL },
		{ "http://example.org", "http://example.org", "http_link" },
		{ "mailto:a@example.org", "mailto:a@example.org", NULL },
		{ "tel:+49123", "tel:+49123", NULL },
		{ "#top", "#top", NULL },
		{ "", NULL, NULL },
		{ " \n", NULL, NULL },
		/* put right */
		{ "example.org/x", "https://example.org/x", "completed_link" },
		{ "www.example.org", "https://www.example.org", NULL },
		{ "a@example.org", "mailto:a@example.org", NULL },
		{ "//cdn.example/x", "https://cdn.example/x", NULL },
		/* leads nowhere */
		{ "example", NULL, "bad_link" },
		{ "/path", NULL, "bad_link" },
		{ "two words.org", NULL, "bad_link" },
		/* runs something */
		{ "javascript:alert(1)", NULL, "bad_link" },
		{ "JaVaScRiPt:alert(1)", NULL, "bad_link" },
		{ "java\nscript:alert(1)", NULL, "bad_link" },
		{ "java\tscript:alert(1)", NULL, "bad_link" },
		{ " \x01 javascript:alert(1)", NULL, "bad_link" },
		{ "java script:x", NULL, "bad_link" },
		{ "vbscript:x", NULL, "bad_link" },
		{ "data:text/html,x", NULL, "bad_link" },
		{ "file:///etc/passwd", NULL, "bad_link" },
		{ "cid:x", NULL, "bad_link" },
		/* a tag may become nothing */
		{ "*|X|*javascript:alert(1)", NULL, "bad_link" },
		{ "java*|X|*script:alert(1)", NULL, "bad_link" },
		{ "javascript*|X|*:alert(1)", NULL, "bad_link" },
		{ "*|X|*:alert(1)", NULL, "bad_link" },
		{ "*|IF:a*b|*javascript:x", NULL, "bad_link" },
		/* tags */
		{ "*|UNSUB|*", "*|UNSUB|*", NULL },
		{ "*|MMERGE5|*/path?a=*|FNAME|*",
		  "*|MMERGE5|*/path?a=*|FNAME|*", NULL },
		{ "https://x.org/*|FNAME|*", "https://x.org/*|FNAME|*", NULL },
		{ "*|IF:A|*https://a.org*|ELSE:|*https://b.org*|END:IF|*",
		  "*|IF:A|*https://a.org*|ELSE:|*https://b.org*|END:IF|*",
		  NULL },
		{ "*|unclosed", NULL, "bad_link" },
		{ "https://x.org/?q=a:b", "https://x.org/?q=a:b", NULL },
	};
	static const struct link_case sources[] = {
		{ "https://x.org/a.png", "https://x.org/a.png", NULL },
		{ "*|MMERGE6|*", "*|MMERGE6|*", NULL },
		{ "mailto:a@b.org", NULL, "bad_link" },
		{ "data:image/png;base64,AA", NULL, "bad_link" },
		{ "#x", NULL, "bad_link" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i], LINK_HREF);
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		check(&sources[i], LINK_SRC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_addresses_that_do_no_harm_get_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
