/*
 * mail/qp.h - quoted-printable (RFC 2045 section 6.7) for text
 *
 * Lines of at most 76 characters that end in CRLF, all ASCII. LF, CR and CRLF
 * in the text are line ends. Soft breaks never cut a UTF-8 character's
 * escapes, which some readers show badly. A dot at the start of a line and
 * "From " are escaped, so that neither SMTP nor mbox files change the bytes
 * (and DKIM signatures hold).
 */
#ifndef MAIL_QP_H
#define MAIL_QP_H

#include "base/strbuf.h"

/* Appends the encoded text; without a line end of its own at the end. */
void qp_encode(struct str text, struct strbuf *out);

#endif
