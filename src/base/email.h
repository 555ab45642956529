/*
 * base/email.h - addresses: what is one, and when two are the same
 *
 * The folded address (trimmed, lower case by Unicode rules, domain to
 * A-labels by IDNA 2008) and its MD5, Mailchimp's subscriber_hash, are
 * computed here and nowhere else, never in SQL: databases fold differently.
 * Syntax: an addr-spec of RFC 5321 as people write it (dot-string or quoted
 * local part, domain with at least one dot, no address literals), UTF-8
 * allowed by RFC 6531. The local part holds at most 64 bytes, all at most
 * 254.
 */
#ifndef BASE_EMAIL_H
#define BASE_EMAIL_H

#include "base/crypto.h"
#include "base/str.h"

struct arena;
struct err;
struct strbuf;

#define EMAIL_MAX 254 /* bytes; RFC 5321 section 4.5.3.1.3, less the <> */

struct email {
	const char *address;    /* as given, trimmed */
	const char *folded;     /* lower case: for comparing and sending */
	const char *domain;     /* of folded, in A-labels */
	const char *wire;       /* as given, but the domain in A-labels */
	char hash[MD5_HEX + 1]; /* md5 of the folded address */
};

/* Strings live in arena. ERR_INVALID with a text that says what is wrong. */
int email_parse(const char *text, struct arena *arena, struct email *out,
		struct err *err);
bool email_is_valid(const char *text);

/* The next address in a text of any kind, from *at on, which moves behind it:
 * "Ann <ann@example.org>; mailto:bob@example.org". false: there is none. */
bool email_next(struct str text, size_t *at, struct arena *arena,
		struct email *out);

/* Of the quoted local part that begins an address, with both quotes, in which
 * spaces, < and > may stand; 0: it has none, or one that does not end. */
size_t email_quoted_length(struct str address);

/* No letter outside ASCII before the @. Any mail server takes such an address
 * once its domain is in A-labels; others need SMTPUTF8 (RFC 6531) of all. */
bool email_has_ascii_local(const char *text);

/*
 * The hash of any text as Mailchimp clients compute it: md5(lower(text)). Of an
 * address it is that of struct email, however its domain is written.
 */
void email_hash(const char *text, char out[MD5_HEX + 1]);
/* A folded address with its domain in letters instead of A-labels, appended.
 * False: it has no A-labels. */
bool email_shown(const char *folded, struct strbuf *out);
/* The hash of it, as a client computes it that knows it so. */
bool email_shown_hash(const char *folded, char out[MD5_HEX + 1]);

#endif
