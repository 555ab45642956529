/*
 * base/text/uri.h - the addresses of pages
 */
#ifndef BASE_TEXT_URI_H
#define BASE_TEXT_URI_H

#include "base/str.h"
#include "base/strbuf.h"

/*
 * A URI (RFC 3986) of what people write in its place: what may not stand in one
 * is percent-encoded, as UTF-8 where it is (RFC 3987, section 3.1), and a
 * domain becomes A-labels (IDNA 2008), if it can. What is a URI stays as it is,
 * also a % that begins no escape. Appends ASCII without white space.
 */
void uri_of_text(struct str text, struct strbuf *out);

#endif
