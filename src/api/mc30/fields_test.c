#include "api/mc30/mc30.h"

#include "base/arena.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PAGE                                                             \
	"{\"members\":[{\"id\":\"a\\\"}\",\"stats\":{\"open\":1.5,"      \
	"\"click\":0},\"tags\":[],\"merge_fields\":{\"FNAME\":\"x\"}},"  \
	"{\"id\":\"b\",\"stats\":{\"open\":2,\"click\":1},\"tags\":[{"   \
	"\"id\":7,\"name\":\"t\"}],\"merge_fields\":{\"FNAME\":\"\"}}]," \
	"\"total_items\":2,\"empty\":[],\"none\":null}"

static void expect(const char *paths, bool exclude, const char *want)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	mc_fields_filter(str_of(PAGE), paths, exclude, arena, &out);
	assert_string_equal(out.buf, want);
}

static void keeps_what_is_asked_for(void **state)
{
	(void)state;
	expect("total_items", false, "{\"total_items\":2}");
	expect("members.id,total_items", false,
	       "{\"members\":[{\"id\":\"a\\\"}\"},{\"id\":\"b\"}],"
	       "\"total_items\":2}");
	expect("members.stats.open, members.tags.name", false,
	       "{\"members\":[{\"stats\":{\"open\":1.5},\"tags\":[]},"
	       "{\"stats\":{\"open\":2},\"tags\":[{\"name\":\"t\"}]}]}");
}

static void leaves_out_what_is_excluded(void **state)
{
	(void)state;
	expect("members,empty", true, "{\"total_items\":2,\"none\":null}");
	expect("members.stats,members.tags,members.merge_fields,empty,none",
	       true,
	       "{\"members\":[{\"id\":\"a\\\"}\"},{\"id\":\"b\"}],"
	       "\"total_items\":2}");
}

static void what_there_is_not_is_ignored(void **state)
{
	(void)state;
	expect("nonsense", false, "{}");
	expect("members.nonsense,total_items", false,
	       "{\"members\":[{},{}],\"total_items\":2}");
	expect("nonsense,members,empty,none.x", true,
	       "{\"total_items\":2,\"none\":null}");
	expect("empty.anything,total_items", false,
	       "{\"total_items\":2,\"empty\":[]}");
	expect("members.merge_fields.OTHER", false,
	       "{\"members\":[{\"merge_fields\":{}},{\"merge_fields\":{}}]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_asked_for),
		cmocka_unit_test(leaves_out_what_is_excluded),
		cmocka_unit_test(what_there_is_not_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
