#include "mail/dkim.h"

#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/vec.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define PEM_MAX (64 * 1024)
#define RSA_BITS_LEAST 1024
#define SIGNATURE_MAX 1024
#define B_LINE 72

struct dkim_key {
	EVP_PKEY *pkey;
	bool is_ed25519;
	char *domain, *selector;
};

/* What carries meaning; twice: no second one may be added (RFC 6376, 8.15). */
static const struct {
	const char *name;
	bool twice;
} signed_fields[] = {
	{ "from", true },
	{ "to", true },
	{ "subject", true },
	{ "date", false },
	{ "message-id", false },
	{ "reply-to", false },
	{ "cc", false },
	{ "in-reply-to", false },
	{ "references", false },
	{ "list-id", false },
	{ "list-unsubscribe", false },
	{ "list-unsubscribe-post", false },
	{ "mime-version", false },
	{ "content-type", false },
	{ "content-transfer-encoding", false },
};

/* --- keys --- */

static bool is_domain(const char *name)
{
	const char *p;

	for (p = name; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
		      (*p >= '0' && *p <= '9') || strchr("-_.", *p)))
			return false;
	return p > name && p - name < 254;
}

static EVP_PKEY *read_pem(struct str pem)
{
	BIO *bio = BIO_new_mem_buf(pem.s, (int)pem.len);
	EVP_PKEY *pkey;
	char none[] = ""; /* or OpenSSL would ask at the terminal */

	BUG_ON(!bio);
	ERR_clear_error();
	pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, none);
	BIO_free(bio);
	return pkey;
}

static int check_kind(struct dkim_key *key, struct err *err)
{
	int kind = EVP_PKEY_get_base_id(key->pkey);

	key->is_ed25519 = kind == EVP_PKEY_ED25519;
	if (!key->is_ed25519 && kind != EVP_PKEY_RSA)
		return err_set(err, ERR_INVALID,
			       "DKIM: the key is neither RSA nor Ed25519");
	if (!key->is_ed25519 && EVP_PKEY_get_bits(key->pkey) < RSA_BITS_LEAST)
		return err_set(err, ERR_INVALID,
			       "DKIM: the key has less than %d bits",
			       RSA_BITS_LEAST);
	return 0;
}

int dkim_key_parse(struct str pem, const char *domain, const char *selector,
		   struct dkim_key **out, struct err *err)
{
	CLEANUP(dkim_key_free) struct dkim_key *key = NULL;

	if (!is_domain(domain) || !is_domain(selector))
		return err_set(err, ERR_INVALID,
			       "DKIM: domain and selector must be names of the "
			       "domain name system");
	if (pem.len > PEM_MAX)
		return err_set(err, ERR_INVALID, "DKIM: the key is too long");
	key = calloc(1, sizeof(*key));
	BUG_ON(!key);
	key->pkey = read_pem(pem);
	if (!key->pkey)
		return err_set(err, ERR_INVALID,
			       "DKIM: no unencrypted private key in PEM form");
	if (check_kind(key, err) < 0)
		return -1;
	key->domain = strdup(domain);
	key->selector = strdup(selector);
	BUG_ON(!key->domain || !key->selector);
	*out = TAKE(key);
	return 0;
}

int dkim_key_load(const char *pem_file, const char *domain,
		  const char *selector, struct dkim_key **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf pem = STRBUF_INIT;
	int rc;

	if (strbuf_add_file(&pem, pem_file, PEM_MAX, err) < 0)
		return err_prefix(err, "DKIM key");
	rc = dkim_key_parse(strbuf_str(&pem), domain, selector, out, err);
	explicit_bzero(pem.buf, pem.len);
	return rc;
}

void dkim_key_free(struct dkim_key **key)
{
	if (!*key)
		return;
	EVP_PKEY_free((*key)->pkey);
	free((*key)->domain);
	free((*key)->selector);
	free(*key);
	*key = NULL;
}

/* RSA: SubjectPublicKeyInfo; Ed25519: the 32 bytes (RFC 8463 section 4). */
void dkim_key_record(const struct dkim_key *key, struct strbuf *out)
{
	unsigned char raw[32], *der = NULL;
	size_t raw_len = sizeof(raw);
	int der_len;

	strbuf_addf(out,
		    "v=DKIM1; k=%s; p=", key->is_ed25519 ? "ed25519" : "rsa");
	if (key->is_ed25519) {
		BUG_ON(EVP_PKEY_get_raw_public_key(key->pkey, raw, &raw_len) !=
		       1);
		base64_encode((struct str){ (char *)raw, raw_len }, out);
		return;
	}
	der_len = i2d_PUBKEY(key->pkey, &der);
	BUG_ON(der_len <= 0);
	base64_encode((struct str){ (char *)der, (size_t)der_len }, out);
	OPENSSL_free(der);
}

/* --- canonical forms (relaxed, RFC 6376 section 3.4) --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Runs of white space become one space; at the end they go. */
static void add_relaxed(struct strbuf *out, struct str s)
{
	bool pending = false;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (is_blank(s.s[i]) || s.s[i] == '\r' || s.s[i] == '\n') {
			pending = true;
			continue;
		}
		if (pending)
			strbuf_addch(out, ' ');
		pending = false;
		strbuf_addch(out, s.s[i]);
	}
}

/* Whether a line needs nothing done: most of a body. */
static bool is_relaxed_line(struct str line)
{
	size_t i;

	if (line.len > 0 && is_blank(line.s[line.len - 1]))
		return false;
	if (memchr(line.s, '\t', line.len))
		return false;
	for (i = 1; i < line.len; i++)
		if (line.s[i] == ' ' && line.s[i - 1] == ' ')
			return false;
	return true;
}

static void canonical_body(struct str body, struct strbuf *out)
{
	struct str line;
	size_t kept = 0; /* up to the last line that is not empty */

	strbuf_reserve(out, body.len + 2);
	while (body.s && body.len > 0) {
		line = str_cut(&body, '\n');
		if (line.len > 0 && line.s[line.len - 1] == '\r')
			line.len--;
		if (is_relaxed_line(line))
			strbuf_addslice(out, line);
		else
			add_relaxed(out, line);
		if (out->len > 0 && out->buf[out->len - 1] != '\n')
			kept = out->len + 2;
		strbuf_addstr(out, "\r\n");
	}
	strbuf_truncate(out, kept);
}

struct field {
	struct str name, value; /* value with its folds */
};
struct fields VEC_FIELDS(struct field);

static struct str cut_line(struct str *text)
{
	struct str line = str_cut(text, '\n');

	if (line.len > 0 && line.s[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* The fields of the header, and the body behind the empty line. */
static void split(struct str message, struct fields *fields, struct str *body)
{
	struct str line, value;
	struct field *last;

	while (message.s && message.len > 0) {
		line = cut_line(&message);
		if (line.len == 0)
			break;
		if (is_blank(line.s[0]) && fields->n > 0) {
			last = &fields->v[fields->n - 1];
			last->value.len =
				(size_t)(line.s + line.len - last->value.s);
			continue;
		}
		value = line;
		line = str_cut(&value, ':');
		if (value.s)
			vec_push(fields,
				 ((struct field){ str_trim(line), value }));
	}
	*body = message;
}

static void add_canonical_field(struct strbuf *out, const char *name,
				struct str value)
{
	strbuf_addstr(out, name);
	strbuf_addch(out, ':');
	add_relaxed(out, str_trim(value));
}

/* Names for h=, and the fields for the hash: of equals the last one first. */
static void add_fields(const struct fields *fields, struct strbuf *names,
		       struct strbuf *canonical)
{
	size_t i, at;

	for (i = 0; i < ARRAY_SIZE(signed_fields); i++) {
		for (at = fields->n; at-- > 0;) {
			if (!str_ieq(fields->v[at].name, signed_fields[i].name))
				continue;
			strbuf_addf(names, "%s%s", names->len > 0 ? ":" : "",
				    signed_fields[i].name);
			add_canonical_field(canonical, signed_fields[i].name,
					    fields->v[at].value);
			strbuf_addstr(canonical, "\r\n");
		}
		if (signed_fields[i].twice)
			strbuf_addf(names, "%s%s", names->len > 0 ? ":" : "",
				    signed_fields[i].name);
	}
}

/* --- signing --- */

static int sign_bytes(const struct dkim_key *key, struct str data,
		      struct strbuf *base64, struct err *err)
{
	unsigned char sig[SIGNATURE_MAX], digest[SHA256_BYTES];
	size_t len = sizeof(sig);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *md = key->is_ed25519 ? NULL : EVP_sha256();
	int ok;

	BUG_ON(!ctx);
	if (key->is_ed25519) { /* signs the hash, RFC 8463 section 3 */
		sha256(data, digest);
		data = (struct str){ (char *)digest, sizeof(digest) };
	}
	ok = EVP_DigestSignInit(ctx, NULL, md, NULL, key->pkey) == 1 &&
	     EVP_DigestSign(ctx, sig, &len, (const unsigned char *)data.s,
			    data.len) == 1;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return err_set(err, ERR_BUG, "DKIM: the key does not sign");
	base64_encode((struct str){ (char *)sig, len }, base64);
	return 0;
}

/* h= has many names: folded at colons. */
static void add_names(struct strbuf *out, struct str names)
{
	size_t column = 3;
	struct str name;

	strbuf_addstr(out, "\r\n\th=");
	while (names.s) {
		name = str_cut(&names, ':');
		if (column + name.len > B_LINE) {
			strbuf_addstr(out, "\r\n\t ");
			column = 2;
		}
		strbuf_addslice(out, name);
		if (names.s)
			strbuf_addch(out, ':');
		column += name.len + 1;
	}
	strbuf_addstr(out, ";");
}

/* All of the value but the signature. */
static void add_tags(const struct dkim_key *key, struct str names,
		     struct str body_hash, int64_t now_ms, struct strbuf *out)
{
	strbuf_addf(out, "v=1; a=%s; c=relaxed/relaxed;\r\n\td=%s; s=%s;",
		    key->is_ed25519 ? "ed25519-sha256" : "rsa-sha256",
		    key->domain, key->selector);
	strbuf_addf(out, "\r\n\tt=%lld;", (long long)(now_ms / 1000));
	add_names(out, names);
	strbuf_addstr(out, "\r\n\tbh=");
	strbuf_addslice(out, body_hash);
	strbuf_addstr(out, ";\r\n\tb=");
}

static void add_signature(struct strbuf *out, struct str base64)
{
	size_t at, n;

	for (at = 0; at < base64.len; at += n) {
		n = base64.len - at < B_LINE ? base64.len - at : B_LINE;
		if (at > 0)
			strbuf_addstr(out, "\r\n\t ");
		strbuf_add(out, base64.s + at, n);
	}
	strbuf_addstr(out, "\r\n");
}

static void hash_body(struct str body, struct strbuf *base64)
{
	CLEANUP(strbuf_release) struct strbuf canonical = STRBUF_INIT;
	unsigned char digest[SHA256_BYTES];

	canonical_body(body, &canonical);
	sha256(strbuf_str(&canonical), digest);
	base64_encode((struct str){ (char *)digest, sizeof(digest) }, base64);
}

static int check_fields(const struct fields *fields, struct err *err)
{
	size_t i;

	for (i = 0; i < fields->n; i++)
		if (str_ieq(fields->v[i].name, "from"))
			return 0;
	return err_set(err, ERR_INVALID, "DKIM: the message has no From");
}

int dkim_sign(const struct dkim_key *key, struct str message, int64_t now_ms,
	      struct strbuf *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf canonical = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body_hash = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf tags = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf signature = STRBUF_INIT;
	CLEANUP(vec_release) struct fields fields = VEC_INIT;
	struct str body;

	split(message, &fields, &body);
	if (check_fields(&fields, err) < 0)
		return -1;
	hash_body(body, &body_hash);
	add_fields(&fields, &names, &canonical);
	add_tags(key, strbuf_str(&names), strbuf_str(&body_hash), now_ms,
		 &tags);
	add_canonical_field(&canonical, "dkim-signature", strbuf_str(&tags));
	if (sign_bytes(key, strbuf_str(&canonical), &signature, err) < 0)
		return -1;
	strbuf_addstr(out, "DKIM-Signature: ");
	strbuf_addslice(out, strbuf_str(&tags));
	add_signature(out, strbuf_str(&signature));
	return 0;
}

int dkim_put(const struct dkim_key *key, int64_t now_ms, struct strbuf *message,
	     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf signature = STRBUF_INIT;

	if (!key)
		return 0;
	if (dkim_sign(key, strbuf_str(message), now_ms, &signature, err) < 0)
		return -1;
	strbuf_addslice(&signature, strbuf_str(message));
	strbuf_reset(message);
	strbuf_addslice(message, strbuf_str(&signature));
	return 0;
}
