/*
 * smtp/certificate_fixture.h - a certificate for one host name or address,
 * made anew, for tests
 */
#ifndef SMTP_CERTIFICATE_FIXTURE_H
#define SMTP_CERTIFICATE_FIXTURE_H

#include <openssl/ssl.h>

struct certificate;

struct certificate *certificate_new(
	const char *san); /* "DNS:a", "IP:1.2.3.4" */
void certificate_free(struct certificate **c);
/* Its PEM, a file that goes with it. */
const char *certificate_path(const struct certificate *c);
/* For a server that has it; the caller's. */
SSL_CTX *certificate_context(const struct certificate *c);

#endif
