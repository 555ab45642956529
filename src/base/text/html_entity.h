/*
 * base/text/html_entity.h - character references of HTML, such as &amp; and
 * &#233;
 */
#ifndef BASE_TEXT_HTML_ENTITY_H
#define BASE_TEXT_HTML_ENTITY_H

#include "base/strbuf.h"

/* &amp; &#38; &#x26; and the named references people use, decoded; what is
 * none stays. Appends. */
void html_decode(struct str s, struct strbuf *out);

#endif
