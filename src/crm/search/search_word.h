/*
 * crm/search/search_word.h - a word that is looked for
 *
 * All words of a search must be in what is searched, each anywhere in it. A
 * word may be a telephone number, or a piece of one, in any spelling: "+49
 * (0)30 1234", "0049301234" and "030 1234" find each other.
 */
#ifndef CRM_SEARCH_WORD_H
#define CRM_SEARCH_WORD_H

#include <stddef.h>

struct arena;
struct err;
struct sqlbuild;

#define SEARCH_WORDS_MAX 5

struct search_word {
	const char *plain;  /* see search_text.h; NULL: a number only */
	const char *folded; /* without case, for what has no plain text yet */
	/* The ways in which a text may have the number; NULL: no more. */
	const char *phone[3];
	const char *number; /* what all of those have; NULL: it is none */
};

/* The words of a text, in the arena; out has room for SEARCH_WORDS_MAX, those
 * after them are left out. ERR_INVALID with field `q`. */
int search_words_read(const char *q, struct arena *arena,
		      struct search_word *out, size_t *n, struct err *err);
/* Appends the condition that a row has the word; plain and folded: its two
 * columns, as literals of the source code. */
void search_word_sql(const struct search_word *word, const char *plain,
		     const char *folded, struct sqlbuild *b);

#endif
