/*
 * mail/header.h - header fields of a message, whatever the text
 *
 * Each function appends one whole field, "Name: value" CRLF, folded at 78
 * columns where the syntax allows (RFC 5322 section 2.1.1; no line is ever
 * longer than 998). Text that is not plain ASCII becomes encoded words
 * (RFC 2047, UTF-8, never cut inside a character), parameters are encoded by
 * RFC 2231.
 *
 * Nothing in a value can begin a new field: control characters become spaces,
 * bytes that are not UTF-8 become U+FFFD. `name` is the program's, never from
 * outside.
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include "base/strbuf.h"

struct err;

#define MAIL_CRLF "\r\n"

struct mail_address {
	struct str name; /* display name, UTF-8; empty: none */
	struct str address;
};

/* Subject and other unstructured text. */
void header_add_text(struct strbuf *out, const char *name, struct str value);

/*
 * Machine-made ASCII (message ids, URLs in <>, tokens): never encoded, folded
 * at spaces. Bytes above 126 are percent-encoded.
 */
void header_add_token(struct strbuf *out, const char *name, struct str value);

/*
 * From, To, Reply-To ... with one address or more. The address must have
 * passed email_parse (base/email.h); control characters, spaces, angle
 * brackets and commas in it are dropped, so that nothing else can be injected.
 */
void header_add_addresses(struct strbuf *out, const char *name,
			  const struct mail_address *addresses, size_t n);

/* List-ID: name <id> (RFC 2919); name may be empty. */
void header_add_list_id(struct strbuf *out, struct str name, struct str id);

void header_add_date(struct strbuf *out, int64_t ms); /* Date: */

/*
 * Appends `<local@domain>` for Message-ID and References. What is not allowed
 * in a dot-atom is left out of both.
 */
void message_id_format(struct str local, struct str domain, struct strbuf *out);

#endif
