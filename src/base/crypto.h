/*
 * base/crypto.h - hashes, codes and passwords; the only user of OpenSSL's
 * digests and of libsodium in the tree
 */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include "base/strbuf.h"

struct err;

#define MD5_HEX 32
#define SHA256_BYTES 32
#define SHA256_HEX 64

void crypto_init(void); /* once, before threads start */

/* out holds the digits and a NUL; lower case. */
void md5_hex(struct str data, char out[MD5_HEX + 1]);
void sha256(struct str data, unsigned char out[SHA256_BYTES]);
void sha256_hex(struct str data, char out[SHA256_HEX + 1]);
void hmac_sha256(struct str key, struct str data,
		 unsigned char out[SHA256_BYTES]);
bool crypto_equal(const void *a, const void *b, size_t len); /* same time */

/* 0 to 15; -1: no hexadecimal digit. */
int hex_value(char c);

void hex_encode(const void *data, size_t len, char *out); /* 2 len + NUL */
bool hex_decode(struct str hex, unsigned char *out);      /* len / 2 bytes */

/* Base64 (RFC 4648 section 4, padded) and base64url (section 5, unpadded). */
void base64_encode(struct str data, struct strbuf *out);
bool base64_decode(struct str text, struct strbuf *out);
/* The same of what an encoder may have broken into lines. */
bool base64_decode_lines(const char *text, struct strbuf *out);
void base64url_encode(struct str data, struct strbuf *out);
/* Strict: no padding, no foreign characters, unused low bits must be zero,
 * so that each value has exactly one spelling. */
bool base64url_decode(struct str text, struct strbuf *out);

/* argon2id with interactive limits (about 0.1 s and 64 MiB each). */
int password_hash(const char *password, struct strbuf *out, struct err *err);
bool password_matches(const char *hash, const char *password);

#endif
