#include "smtp/certificate_fixture.h"

#include "base/err.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

struct certificate {
	char path[64];
	EVP_PKEY *key;
	X509 *x509;
};

static void add_extension(X509 *x509, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	BUG_ON(!ext);
	X509_add_ext(x509, ext, -1);
	X509_EXTENSION_free(ext);
}

static X509 *make_x509(EVP_PKEY *key, const char *san)
{
	X509 *x509 = X509_new();
	X509_NAME *name;

	BUG_ON(!x509);
	X509_set_version(x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
	X509_gmtime_adj(X509_getm_notBefore(x509), -60);
	X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
	X509_set_pubkey(x509, key);
	name = X509_get_subject_name(x509);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
				   (const unsigned char *)"test", -1, -1, 0);
	X509_set_issuer_name(x509, name);
	add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(x509, NID_subject_alt_name, san);
	BUG_ON(X509_sign(x509, key, EVP_sha256()) == 0);
	return x509;
}

struct certificate *certificate_new(const char *san)
{
	struct certificate *c = calloc(1, sizeof(*c));
	FILE *f;
	int fd;

	BUG_ON(!c);
	c->key = EVP_EC_gen("P-256");
	BUG_ON(!c->key);
	c->x509 = make_x509(c->key, san);
	snprintf(c->path, sizeof(c->path), "/tmp/muster-smtp-XXXXXX");
	fd = mkstemp(c->path);
	BUG_ON(fd < 0);
	f = fdopen(fd, "w");
	BUG_ON(!f || PEM_write_X509(f, c->x509) != 1 || fclose(f) != 0);
	return c;
}

const char *certificate_path(const struct certificate *c)
{
	return c->path;
}

void certificate_free(struct certificate **c)
{
	if (!*c)
		return;
	(void)unlink((*c)->path);
	X509_free((*c)->x509);
	EVP_PKEY_free((*c)->key);
	free(*c);
	*c = NULL;
}

SSL_CTX *certificate_context(const struct certificate *c)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	SSL_CTX_use_certificate(ctx, c->x509);
	SSL_CTX_use_PrivateKey(ctx, c->key);
	return ctx;
}
