#include "campaign/campaign_search.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/campaign_fixture.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct campaign_fixture f;

static int open_fixture(void **state)
{
	(void)state;
	campaign_fixture_open(&f, 0);
	campaign_fixture_exec(
		&f,
		"INSERT INTO campaign (hex, type, status, settings, tracking,"
		" html, plain_text, created_ms, updated_ms) VALUES"
		" ('a', 'regular', 1, '{\"title\":\"May \\\"26\\\"\","
		"\"subject_line\":\"Neues\"}', '{}',"
		" '<p class=\"secret\">Gr&uuml;&szlig;e aus "
		"<b>K</b>&ouml;ln</p>', NULL, 1, 1),"
		" ('b', 'regular', 5, '{\"title\":\"Juni\"}', '{}', NULL,"
		" 'Only plain 100%% text', 1, 1),"
		" ('c', 'regular', 8, '{\"title\":\"Removed\"}', '{}', NULL,"
		" NULL, 1, 1)");
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	campaign_fixture_free(&f);
	return 0;
}

static void find_all_words_wherever_people_read_them(void **state)
{
	static const struct {
		const char *query;
		size_t n;
		const char *snippet; /* of the first */
	} cases[] = {
		{ "juni", 1, "Juni" },
		{ "NEUES", 1, "Neues" },
		{ "\"26\"", 1, "May \"26\"" },
		{ "gr\u00dcSSe", 1, "Gr\u00fc\u00dfe aus K\u00f6ln" },
		{ " k\u00f6ln  may ", 1, "Gr\u00fc\u00dfe aus K\u00f6ln" },
		{ "100%", 1, "Only plain 100% text" },
		{ "u", 2, "Juni" },
		/* neither markup nor members of JSON, nor removed ones */
		{ "secret", 0, NULL },
		{ "subject_line", 0, NULL },
		{ "removed", 0, NULL },
		{ "juni neues", 0, NULL },
		{ "1_0", 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(vec_release) struct campaigns_found found = VEC_INIT;
		struct err err = ERR_INIT;

		if (campaign_search(f.db, cases[i].query, f.arena, &found,
				    &err) < 0)
			fail_msg("%s: %s", cases[i].query, err.text);
		if (found.n != cases[i].n)
			fail_msg("%s: %zu", cases[i].query, found.n);
		if (cases[i].snippet && i != 6)
			assert_string_equal(found.v[0].snippet,
					    cases[i].snippet);
	}
}

static void snippets_are_short(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(vec_release) struct campaigns_found found = VEC_INIT;
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 400; i++)
		strbuf_addstr(&text,
			      i == 200 ? "needle " : "\u00e4\u00f6\u00fc ");
	campaign_fixture_exec(&f, "UPDATE campaign SET plain_text = '%s'",
			      text.buf);
	assert_int_equal(campaign_search(f.db, "needle", f.arena, &found, &err),
			 0);
	assert_int_equal(found.n, 2);
	assert_true(strlen(found.v[0].snippet) < 200);
	assert_non_null(strstr(found.v[0].snippet, "... "));
	assert_non_null(strstr(found.v[0].snippet, "needle"));
	/* no white space at all */
	strbuf_reset(&text);
	for (int i = 0; i < 400; i++)
		strbuf_addstr(&text, i == 200 ? "needle" : "\u00e4");
	campaign_fixture_exec(&f, "UPDATE campaign SET plain_text = '%s'",
			      text.buf);
	assert_int_equal(campaign_search(f.db, "needle", f.arena, &found, &err),
			 0);
	assert_int_equal(found.n, 4);
}

static void what_asks_for_nothing_is_refused(void **state)
{
	static const char *const queries[] = {
		NULL, "", "  ", "a b c d e f g h i j k", "\xff",
	};
	CLEANUP(vec_release) struct campaigns_found found = VEC_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		struct err err = ERR_INIT;

		assert_int_equal(campaign_search(f.db, queries[i], f.arena,
						 &found, &err),
				 -1);
		assert_string_equal(err.field, "query");
	}
}

#define FIXED(test) \
	cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(find_all_words_wherever_people_read_them),
		FIXED(snippets_are_short),
		FIXED(what_asks_for_nothing_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
