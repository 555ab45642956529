/*
 * The quick reader knows less than the library, and nothing else: what it reads
 * the library reads too, to the same tree.
 */
#include "base/json_private.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 200000

static json_t *by_library(struct str text)
{
	json_error_t why;

	return json_loadb(text.s, text.len,
			  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
}

/* Was it read at all? */
static bool compare(struct str text)
{
	CLEANUP(json_free) json_t *quick = json_quick(text);
	CLEANUP(json_free) json_t *slow = by_library(text);

	if (quick && (!slow || !json_equal(quick, slow)))
		fail_msg("%.*s", (int)text.len, text.s);
	return quick != NULL;
}

static void texts_are_read_or_left(void **state)
{
	static const struct {
		const char *text;
		bool is_read;
	} cases[] = {
		{ "{}", true },
		{ " [ ] ", true },
		{ "{\"a\":1,\"b\":[true,false,null],\"\":\"\"}", true },
		{ "\"\xC3\xA4 \xF0\x9F\x98\x80\"", true },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", true },
		{ "{\"a\\nb\":{\"c\":[{}]}}", true },
		{ "-1", true },
		{ "0", true },
		{ "-0", true },
		{ "123456789012345678", true },
		{ "1234567890123456789", false },
		{ "12345678901234567890", false },
		{ "01", false },
		{ "-", false },
		{ "1.5", false },
		{ "1e3", false },
		{ "\"\\u00e4\"", false },
		{ "\"\\u0000\"", false },
		{ "\"\\x\"", false },
		{ "\"a\nb\"", false },
		{ "\"\xC3\"", false },
		{ "\"\xED\xA0\x80\"", false },
		{ "\"\xC0\x80\"", false },
		{ "\"\\n\xC3\"", false },
		{ "{\"a\":1,\"a\":2}", false },
		{ "{\"a\":1,}", false },
		{ "[1,]", false },
		{ "[1 2]", false },
		{ "{\"a\" 1}", false },
		{ "{1:2}", false },
		{ "{} {}", false },
		{ "[1", false },
		{ "\"a", false },
		{ "\"\\", false },
		{ "tru", false },
		{ "nulls", false },
		{ "", false },
		{ " ", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (compare(str_of(cases[i].text)) != cases[i].is_read)
			fail_msg("%s", cases[i].text);
}

/* Texts that are nearly right. */
static void what_is_read_is_what_the_library_reads(void **state)
{
	static const char *const pieces[] = {
		"{", "}",     "[",        "]",    ",",    ":",       "\"",
		"a", "\"a\"", "\"b\":",   "1",    "-0",   "10",      "0",
		".", "e",     "true",     "null", " ",    "\n",      "\\",
		"u", "\\n",   "\xC3\xA4", "\xC3", "\xED", "\"c\":{", "[1,",
	};
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		int n = 1 + round % 9;

		while (n-- > 0) {
			seed = seed * 1103515245u + 12345u;
			strbuf_addstr(
				&text,
				pieces[(seed >> 16) % ARRAY_SIZE(pieces)]);
		}
		(void)compare(strbuf_str(&text));
	}
}

static void long_texts_are_whole(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	(void)state;
	for (int escapes = 0; escapes < 2; escapes++)
		for (int n = 1000; n < 1100; n += 3) {
			strbuf_reset(&text);
			strbuf_addch(&text, '"');
			if (escapes)
				strbuf_addstr(&text, "\\n");
			for (int i = 0; i < n; i++)
				strbuf_addch(&text, 'x');
			strbuf_addstr(&text, escapes ? "\\t\"" : "\"");
			(void)compare(strbuf_str(&text));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_read_or_left),
		cmocka_unit_test(what_is_read_is_what_the_library_reads),
		cmocka_unit_test(long_texts_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
