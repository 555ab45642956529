/*
 * base/text/country.h - countries by their two letters (ISO 3166-1)
 *
 * What people write in an address is a code, or a name in some language. Codes,
 * English names, and the names by which our users' neighbours call themselves
 * are known; of all others nobody guesses.
 */
#ifndef BASE_TEXT_COUNTRY_H
#define BASE_TEXT_COUNTRY_H

#include "base/str.h"

/* "de", "DE", "Germany", "Deutschland": "DE". NULL: none is called so. */
const char *country_parse(struct str text);
/* "Germany"; code in capitals; "" if there is none. */
const char *country_name(const char *code);

#endif
