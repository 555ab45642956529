/*
 * smtp/smtp_tls.h - TLS of a connection; the only user of OpenSSL here
 *
 * TLS 1.2 or newer, certificates verified against the system's authorities or
 * a file, and against the host's name or address. Sockets do not block.
 */
#ifndef SMTP_SMTP_TLS_H
#define SMTP_SMTP_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;
struct smtp_tls;
struct smtp_tls_context;

/* ca_file: NULL for the system's. One for all connections of a pool. */
int smtp_tls_context_new(const char *ca_file, struct smtp_tls_context **out,
			 struct err *err);
void smtp_tls_context_free(struct smtp_tls_context **context);

/* For a connected socket, which stays the caller's. */
int smtp_tls_new(struct smtp_tls_context *context, int fd, const char *host,
		 struct smtp_tls **out, struct err *err);
void smtp_tls_free(struct smtp_tls **tls);

/* 1: done, 0: call again when the socket is ready, -1: failed. */
int smtp_tls_handshake(struct smtp_tls *tls, struct err *err);

/* As recv() and send() on a socket that does not block: -1 with errno EAGAIN
 * is "later"; 0 of read is the end. */
ssize_t smtp_tls_read(struct smtp_tls *tls, void *buf, size_t len);
ssize_t smtp_tls_write(struct smtp_tls *tls, const void *buf, size_t len);

/* What the last call waits for. */
bool smtp_tls_wants_write(const struct smtp_tls *tls);
/* Bytes that can be read although the socket shows none. */
bool smtp_tls_has_pending(const struct smtp_tls *tls);

#endif
