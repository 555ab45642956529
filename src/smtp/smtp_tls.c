#include "smtp/smtp_tls.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

struct smtp_tls_context {
	SSL_CTX *ctx;
};

struct smtp_tls {
	SSL *ssl;
	bool wants_write;
};

static const char *openssl_text(void)
{
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	return text ? text : "unknown reason";
}

static int trust(SSL_CTX *ctx, const char *ca_file, struct err *err)
{
	if (!ca_file) {
		if (SSL_CTX_set_default_verify_paths(ctx) != 1)
			return err_set(err, ERR_IO,
				       "TLS: no system authorities: %s",
				       openssl_text());
		return 0;
	}
	if (SSL_CTX_load_verify_file(ctx, ca_file) != 1)
		return err_set(err, ERR_IO, "TLS: cannot read %s: %s", ca_file,
			       openssl_text());
	return 0;
}

int smtp_tls_context_new(const char *ca_file, struct smtp_tls_context **out,
			 struct err *err)
{
	CLEANUP(smtp_tls_context_free) struct smtp_tls_context *context = NULL;

	ERR_clear_error();
	context = calloc(1, sizeof(*context));
	BUG_ON(!context);
	context->ctx = SSL_CTX_new(TLS_client_method());
	BUG_ON(!context->ctx);
	(void)SSL_CTX_set_min_proto_version(context->ctx, TLS1_2_VERSION);
	SSL_CTX_set_verify(context->ctx, SSL_VERIFY_PEER, NULL);
	/* the write buffer may move and grow between two tries */
	SSL_CTX_set_mode(context->ctx,
			 SSL_MODE_ENABLE_PARTIAL_WRITE |
				 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				 SSL_MODE_RELEASE_BUFFERS);
	if (trust(context->ctx, ca_file, err) < 0)
		return -1;
	*out = TAKE(context);
	return 0;
}

void smtp_tls_context_free(struct smtp_tls_context **context)
{
	if (!*context)
		return;
	SSL_CTX_free((*context)->ctx);
	free(*context);
	*context = NULL;
}

/* The certificate must name what the user wrote. */
static bool set_expected_name(SSL *ssl, const char *host)
{
	unsigned char ip[16];

	if (inet_pton(AF_INET, host, ip) == 1 ||
	    inet_pton(AF_INET6, host, ip) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl),
						     host) == 1;
	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return SSL_set1_host(ssl, host) == 1 &&
	       SSL_set_tlsext_host_name(ssl, host) == 1;
}

int smtp_tls_new(struct smtp_tls_context *context, int fd, const char *host,
		 struct smtp_tls **out, struct err *err)
{
	CLEANUP(smtp_tls_free) struct smtp_tls *tls = NULL;

	ERR_clear_error();
	tls = calloc(1, sizeof(*tls));
	BUG_ON(!tls);
	tls->ssl = SSL_new(context->ctx);
	BUG_ON(!tls->ssl);
	if (!set_expected_name(tls->ssl, host) || SSL_set_fd(tls->ssl, fd) != 1)
		return err_set(err, ERR_IO, "TLS: %s", openssl_text());
	SSL_set_connect_state(tls->ssl);
	*out = TAKE(tls);
	return 0;
}

void smtp_tls_free(struct smtp_tls **tls)
{
	if (!*tls)
		return;
	SSL_free((*tls)->ssl);
	free(*tls);
	*tls = NULL;
}

/* Whether the call that returned rc only has to wait. */
static bool must_wait(struct smtp_tls *tls, int rc)
{
	int why = SSL_get_error(tls->ssl, rc);

	tls->wants_write = why == SSL_ERROR_WANT_WRITE;
	return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

int smtp_tls_handshake(struct smtp_tls *tls, struct err *err)
{
	long verify;
	int rc;

	ERR_clear_error();
	errno = 0;
	tls->wants_write = false;
	rc = SSL_do_handshake(tls->ssl);
	if (rc == 1)
		return 1;
	if (must_wait(tls, rc))
		return 0;
	verify = SSL_get_verify_result(tls->ssl);
	if (verify != X509_V_OK)
		return err_set(err, ERR_IO,
			       "TLS: the certificate is not "
			       "valid: %s",
			       X509_verify_cert_error_string(verify));
	if (ERR_peek_last_error() == 0)
		return err_set(err, ERR_IO, "TLS: the connection was closed");
	return err_set(err, ERR_IO, "TLS: %s", openssl_text());
}

static ssize_t result_of(struct smtp_tls *tls, int rc)
{
	if (rc > 0)
		return rc;
	if (must_wait(tls, rc)) {
		errno = EAGAIN;
		return -1;
	}
	if (SSL_get_error(tls->ssl, rc) == SSL_ERROR_ZERO_RETURN)
		return 0;
	errno = ECONNRESET;
	return -1;
}

ssize_t smtp_tls_read(struct smtp_tls *tls, void *buf, size_t len)
{
	ERR_clear_error();
	tls->wants_write = false;
	return result_of(tls, SSL_read(tls->ssl, buf, (int)len));
}

ssize_t smtp_tls_write(struct smtp_tls *tls, const void *buf, size_t len)
{
	ERR_clear_error();
	tls->wants_write = false;
	return result_of(tls, SSL_write(tls->ssl, buf, (int)len));
}

bool smtp_tls_wants_write(const struct smtp_tls *tls)
{
	return tls->wants_write;
}

bool smtp_tls_has_pending(const struct smtp_tls *tls)
{
	return SSL_pending(tls->ssl) > 0;
}
