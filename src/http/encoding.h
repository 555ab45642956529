/*
 * http/encoding.h - compressed bodies (RFC 9110, sections 8.4 and 12.5.3)
 */
#ifndef HTTP_ENCODING_H
#define HTTP_ENCODING_H

#include "base/str.h"

#include <stdbool.h>

struct strbuf;

/* Does this value of Accept-Encoding take the coding ("gzip", "br")? Of NULL,
 * which is no such header: no. */
bool encoding_is_taken(const char *accept_encoding, const char *coding);

/* Is a body of this Content-Type text, which becomes smaller? NULL: no. */
bool encoding_is_worth(const char *content_type, size_t length);

/* Appends plain to *out in the form of gzip (RFC 1952). */
void encoding_gzip(struct str plain, struct strbuf *out);

#endif
