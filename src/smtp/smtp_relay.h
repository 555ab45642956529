/*
 * smtp/smtp_relay.h - where mail is handed over, as one URL
 *
 *     smtp://host             port 25; STARTTLS where it is offered
 *     smtp://user:p%40ss@relay.example.org:587
 *     smtps://relay.example.org          port 465; TLS from the first byte
 *     smtp://[::1]:2525?tls=off
 *
 * User and password are percent-decoded. Parameters behind `?`:
 *
 *     tls=off      never STARTTLS; allowed to loopback only
 *     tls=require  no mail without TLS, even where STARTTLS is not offered
 *     ca=FILE      PEM file of the authorities to trust, instead of the
 *                  system's
 *
 * A certificate must be valid for the host. A password is only sent over TLS
 * or to loopback.
 */
#ifndef SMTP_SMTP_RELAY_H
#define SMTP_SMTP_RELAY_H

#include <stdbool.h>

struct arena;
struct err;
struct strbuf;

enum smtp_tls_mode {
	SMTP_TLS_OFFERED, /* STARTTLS where offered */
	SMTP_TLS_REQUIRED,
	SMTP_TLS_OFF,
	SMTP_TLS_IMPLICIT, /* smtps */
};

struct smtp_relay {
	const char *host; /* without brackets */
	int port;
	enum smtp_tls_mode tls;
	const char *user, *password; /* NULL: no AUTH */
	const char *ca_file;         /* NULL: the system's */
};

/* Strings live in arena. ERR_INVALID, with a text that holds no password. */
int smtp_relay_parse(const char *url, struct arena *arena,
		     struct smtp_relay *out, struct err *err);

/* The URL that smtp_relay_parse reads, with user and password. */
void smtp_relay_format(const struct smtp_relay *relay, struct strbuf *out);
/* This machine: without TLS nobody else hears what is said. */
bool smtp_relay_is_loopback(const char *host);

/* smtp://relay.example.org:587, without user, password and parameters. */
void smtp_relay_describe(const struct smtp_relay *relay, struct strbuf *out);

#endif
