/*
 * base/text/uri.h - the addresses of pages
 */
#ifndef BASE_TEXT_URI_H
#define BASE_TEXT_URI_H

#include "base/str.h"
#include "base/strbuf.h"

#include <stdbool.h>

/*
 * A URI (RFC 3986) of what people write in its place: what may not stand in one
 * is percent-encoded, as UTF-8 where it is (RFC 3987, section 3.1), and a
 * domain becomes A-labels (IDNA 2008), if it can. What is a URI stays as it is,
 * also a % that begins no escape. Appends ASCII without white space.
 */
void uri_of_text(struct str text, struct strbuf *out);

/* It begins with http:// or https://, and a host stands behind it. No more is
 * looked at. */
bool uri_is_web(struct str uri);

#endif
