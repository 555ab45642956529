/*
 * crm/words/import_number.h - numbers as people and programs write them
 *
 * Private to crm/import*.c. Thousands may be parted by points, commas, blanks
 * and apostrophes; a currency may stand before or behind. 1.497,74 and
 * 1,497.74 say themselves which of their marks parts the decimals; 1.497 alone
 * does not, and is read as the rest of the file is written, which import_scan
 * finds.
 *
 *     1497,74  1.497,74  1,497.74  1 497,74  1'497.74  -12  12,50 EUR
 */
#ifndef CRM_IMPORT_NUMBER_H
#define CRM_IMPORT_NUMBER_H

#include "base/str.h"

#define IMPORT_NUMBER_MAX 40 /* bytes of one, as programs write it */

/* What parts the decimals. */
enum decimal_mark { DECIMAL_UNKNOWN, DECIMAL_POINT, DECIMAL_COMMA };

/* "." or ","; NULL: unknown. */
const char *decimal_mark_name(enum decimal_mark mark);
enum decimal_mark decimal_mark_named(const char *name); /* may be NULL */

struct import_number {
	char text[IMPORT_NUMBER_MAX]; /* -1497.74 */
	enum decimal_mark shows;      /* the only one that makes it a number */
	bool by_mark;                 /* the mark was needed to read it */
};

/* false: s is no number. Without a mark, decimals are parted by a point. */
bool import_number_parse(struct str s, enum decimal_mark mark,
			 struct import_number *out);

/* Does it look like a key, a phone or a postal code, whose digits are no
 * number? 01067, +49 30 1234, sixteen digits and more. */
bool import_number_is_key(struct str s);

#endif
