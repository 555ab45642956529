/* What SQL made at run time says, on either database. */
#include "store/sqlbuild.h"

#include "base/arena.h"
#include "base/err.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <unistr.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

/* A block of Unicode, 256 letters long. */
static void add_block(ucs4_t from, struct strbuf *out)
{
	for (ucs4_t c = from; c < from + 256; c++) {
		uint8_t bytes[6];
		int n = u8_uctomb(bytes, c, sizeof(bytes));

		if (c > 0x7F && n > 0)
			strbuf_add(out, bytes, (size_t)n);
	}
}

/* Does its lower case hold the letter? wanted: as of sqlbuild_lower_begin. */
static int64_t holds(struct store_fixture *f, const char *text,
		     const char *letter, const char *wanted)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->crm, arena);
	struct err err = ERR_INIT;
	int64_t n = -1;

	sqlbuild_add(&b, "SELECT CASE WHEN ");
	sqlbuild_lower_begin(&b, wanted);
	sqlbuild_add(&b, "CAST(");
	sqlbuild_bind_text(&b, text);
	sqlbuild_add(&b, " AS TEXT)");
	sqlbuild_lower_end(&b, wanted);
	sqlbuild_add(&b, " ");
	sqlbuild_like(&b, true, letter, true);
	sqlbuild_add(&b, " THEN 1 ELSE 0 END");
	assert_int_equal(sqlbuild_find_int(&b, f->crm, &n, &err), 1);
	return n;
}

static void the_quick_lower_case_is_the_same(void **state)
{
	struct store_fixture *f = *state;
	int n = 0;

	for (ucs4_t from = 0; from < 0x20000; from += 256) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

		add_block(from, &text);
		for (const char *l = LETTERS; text.len > 0 && *l; l++) {
			const char letter[] = { *l, '\0' };
			int64_t slow = holds(f, text.buf, letter, NULL);

			assert_int_equal(holds(f, text.buf, letter, letter),
					 slow);
			n += slow != 0;
		}
	}
	assert_int_equal(n, 2); /* i of U+0130, k of U+212A */
}

static int open_fixture(void **state)
{
	static struct store_fixture f;

	store_fixture_open(&f);
	*state = &f;
	return 0;
}

static int free_fixture(void **state)
{
	store_fixture_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_quick_lower_case_is_the_same, open_fixture,
			free_fixture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
