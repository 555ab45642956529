/*
 * crm/words/import_words_fixture.h - what the tests of words share: tables of
 * cells and the words that they are
 *
 * A header alone, since each test uses some of it.
 */
#ifndef CRM_IMPORT_WORDS_FIXTURE_H
#define CRM_IMPORT_WORDS_FIXTURE_H

#include "base/cleanup.h"
#include "crm/words/import_consent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct word_case {
	enum consent_word word;
	const char *cells; /* between bars */
};

/* Tells all that are read as another word. */
static inline void expect_words(const struct word_case *cases, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		struct str rest = str_of(cases[i].cells);

		while (rest.s) {
			struct str cell = str_cut(&rest, '|');
			enum consent_word got = import_consent_word(cell);

			if (got == cases[i].word)
				continue;
			print_error("\"%.*s\": %d, not %d\n", (int)cell.len,
				    cell.s, got, cases[i].word);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

#endif
