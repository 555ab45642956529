/*
 * crm/words/import_words.h - how people usually head the columns of their
 * lists
 */
#ifndef CRM_IMPORT_WORDS_H
#define CRM_IMPORT_WORDS_H

#include "crm/entity.h"

struct str;
struct strbuf;

/* A header without case, spaces and punctuation, appended. */
void import_word(struct str header, struct strbuf *out);

/* The field that such a word means (see crm/import/import_map.h); NULL: none.
 */
const char *import_word_field(enum entity entity, const char *word);

/* Of the columns that the file of refused rows has behind those of the import,
 * by its own heads or the app's (web/src/features/imports/refusedCsv.ts). */
bool import_word_is_of_refused(struct str header);

/* The kind of address that such a word of a cell means: "work", "home",
 * "other"; NULL: none. */
const char *import_word_address_type(const char *word);

#endif
