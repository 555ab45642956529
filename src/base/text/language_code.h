/*
 * base/text/language_code.h - languages by the codes of the Marketing API
 *
 * What people write of somebody's language is a code (de, de-AT, pt_BR) or a
 * name in some language (German, Deutsch, allemand). The API has some 50 codes,
 * most of two letters; three languages are told apart by country. Of all others
 * nobody guesses.
 */
#ifndef BASE_TEXT_LANGUAGE_CODE_H
#define BASE_TEXT_LANGUAGE_CODE_H

#include "base/str.h"

#define LANGUAGE_CODE_MAX 5 /* bytes */

/* "de", "de-CH", "Deutsch", "tedesco": "de"; "pt-PT": "pt_PT". NULL: no code
 * has it. */
const char *language_code_parse(struct str text);

#endif
