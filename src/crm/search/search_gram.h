/*
 * crm/search/search_gram.h - pieces of one to three characters, as hashes
 *
 * A text has all pieces of three characters that stand side by side in it, of
 * two, and single ones that are no ASCII letters or digits (those are in
 * everything); none goes over white space. A word is looked for by its longest
 * pieces.
 */
#ifndef CRM_SEARCH_GRAM_H
#define CRM_SEARCH_GRAM_H

#include "base/str.h"
#include "base/vec.h"
#include "store/db.h"

struct strbuf;

struct grams VEC_FIELDS(uint32_t);

/* Appends; in no order, each as often as it comes. */
void grams_of_text(struct str text, struct grams *out);
/* Of a word that is looked for; may be none. */
void grams_of_word(struct str word, struct grams *out);
/* Each once, in the form that the database takes: "7 42", or "{7,42}". The
 * vector is sorted, the buffer emptied. */
void grams_format(struct grams *grams, enum db_backend backend,
		  struct strbuf *out);

#endif
