/*
 * base/charset.h - files of text and HTML, as programs save them, to UTF-8
 *
 * A file says what it is by a byte order mark, or in HTML by the charset of a
 * <meta>; or it is UTF-8, which nothing else looks like. Anything else is
 * refused with the reason: a guess would send out wrong letters.
 */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include "base/strbuf.h"

struct err;

/*
 * Appends bytes in UTF-8, without a byte order mark. ERR_INVALID: it does not
 * say what it is, says what is not known here, or is not what it says.
 */
int charset_decode(struct str bytes, struct strbuf *out, struct err *err);

/*
 * Appends html (UTF-8) with each <meta> that names another charset naming
 * UTF-8, as the message does: programs that believe the <meta> show other
 * letters. Without a byte order mark, which would be a letter now.
 */
void charset_mend(struct str html, struct strbuf *out);

#endif
