/*
 * crm/words/import_language.h - words of languages that are not known for
 * certain
 *
 * Private to crm/words. English, German, French, Spanish and Italian are known
 * well enough to decide by (import_consent.c); by a word of all others nothing
 * is decided but that somebody is asked. One table has them all. A word that
 * several languages share stands with the first of them; a test checks that
 * none stands there twice, and that each is written as headers are read:
 * without case and accents (utf8_plain), Hangul taken apart.
 */
#ifndef CRM_IMPORT_LANGUAGE_H
#define CRM_IMPORT_LANGUAGE_H

#include <stddef.h>

enum import_language_part {
	/* Of headers: stems between blanks, see has_stem of import_consent.c.
	 */
	LANGUAGE_WANTED,   /* "nieuwsbrief", "zgoda": mail is wanted, or not */
	LANGUAGE_REFUSED,  /* "uitgeschreven": is not */
	LANGUAGE_GONE,     /* the dead, the deleted */
	LANGUAGE_NEGATION, /* "geen": beside a word of mail it is refused */
	LANGUAGE_MAIL,     /* of mail itself; more often above addresses */
	/* Of cells: whole ones, between bars. */
	LANGUAGE_YES,
	LANGUAGE_NO,
	LANGUAGE_EITHER, /* yes in one language, no in another */
	/* Of cells, too: their letters in one run, between blanks. */
	LANGUAGE_SAYS_OUT,
	LANGUAGE_PARTS
};

/* Of the i-th language, from 0: "" if it has none; NULL: there are no more. */
const char *import_language(size_t i, enum import_language_part part);

#endif
