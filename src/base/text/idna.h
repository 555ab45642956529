/*
 * base/text/idna.h - names of domains beyond ASCII (IDNA 2008)
 */
#ifndef BASE_TEXT_IDNA_H
#define BASE_TEXT_IDNA_H

#include <stdbool.h>

struct err;
struct strbuf;

/* The domain in A-labels, non-transitional, appended; those that it has are
 * checked. ERR_INVALID: it is none; nothing is appended. */
int idna_to_ascii(const char *domain, struct strbuf *out, struct err *err);
/* The other way, appended; false: it is no domain. */
bool idna_to_letters(const char *domain, struct strbuf *out);

#endif
