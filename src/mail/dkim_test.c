#include "mail/dkim.h"

#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/*
 * A verifier of its own, written from RFC 6376 without a look at dkim.c, and
 * itself tested with the example of RFC 8463. Slow and simple: one byte at a
 * time.
 */

static bool is_wsp(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of a tag without any white space. */
static void tag_value(const char *header, const char *tag, struct strbuf *out)
{
	const char *p = header, *name;

	while (*p) {
		while (is_wsp(*p) || *p == ';')
			p++;
		name = p;
		while (*p && *p != '=')
			p++;
		if ((size_t)(p - name) == strlen(tag) &&
		    strncmp(name, tag, strlen(tag)) == 0) {
			for (p++; *p && *p != ';'; p++)
				if (!is_wsp(*p))
					strbuf_addch(out, *p);
			return;
		}
		while (*p && *p != ';')
			p++;
	}
}

static void relaxed(const char *s, size_t len, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (!is_wsp(s[i]))
			strbuf_addch(out, s[i]);
		else if (out->len > 0 && out->buf[out->len - 1] != ' ')
			strbuf_addch(out, ' ');
	}
	while (out->len > 0 && out->buf[out->len - 1] == ' ')
		strbuf_truncate(out, out->len - 1);
}

static void relaxed_body(const char *body, struct strbuf *out)
{
	const char *p = body, *end;

	while (*p) {
		end = strstr(p, "\r\n");
		assert_non_null(end);
		for (; p < end; p++) {
			if (*p != ' ' && *p != '\t')
				strbuf_addch(out, *p);
			else if (p + 1 < end && p[1] != ' ' && p[1] != '\t')
				strbuf_addch(out, ' ');
		}
		strbuf_addstr(out, "\r\n");
		p = end + 2;
	}
	while (out->len >= 4 &&
	       strcmp(out->buf + out->len - 4, "\r\n\r\n") == 0)
		strbuf_truncate(out, out->len - 2);
	if (out->len == 2)
		strbuf_reset(out);
}

/* Field number `nth` from the end with that name; its end in *end. */
static const char *find_field(const char *message, const char *name, int nth,
			      const char **end)
{
	const char *found[32], *ends[32], *p = message, *eol;
	int n = 0;

	while (*p && strncmp(p, "\r\n", 2) != 0) {
		eol = strstr(p, "\r\n");
		while (eol[2] == ' ' || eol[2] == '\t')
			eol = strstr(eol + 2, "\r\n");
		if (strncasecmp(p, name, strlen(name)) == 0 &&
		    p[strlen(name)] == ':' && n < 32) {
			found[n] = p;
			ends[n++] = eol;
		}
		p = eol + 2;
	}
	if (nth >= n)
		return NULL;
	*end = ends[n - 1 - nth];
	return found[n - 1 - nth];
}

static void add_field(const char *message, const char *name, int nth,
		      struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf lower = STRBUF_INIT;
	const char *end, *start = find_field(message, name, nth, &end);

	if (!start)
		return;
	relaxed(start + strlen(name) + 1,
		(size_t)(end - start) - strlen(name) - 1, &value);
	strbuf_addstr(&lower, name);
	strbuf_tolower(&lower);
	strbuf_addf(out, "%s:%s\r\n", lower.buf,
		    value.buf + (value.buf[0] == ' '));
}

static void signed_fields(const char *message, const char *names,
			  struct strbuf *out)
{
	struct str rest = str_of(names), name;
	char seen[64][64];
	int n = 0, nth, i;

	while (rest.s) {
		name = str_cut(&rest, ':');
		snprintf(seen[n], sizeof(seen[n]), "%.*s", (int)name.len,
			 name.s);
		for (nth = 0, i = 0; i < n; i++)
			nth += strcasecmp(seen[i], seen[n]) == 0;
		add_field(message, seen[n], nth, out);
		n++;
	}
}

/* The header's value with b= emptied, canonical. */
static void own_field(const char *value, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const char *p = value, *b = NULL;

	for (; *p; p++)
		if (p[0] == 'b' && p[1] == '=' &&
		    (is_wsp(p[-1]) || p[-1] == ';'))
			b = p + 2;
	assert_non_null(b);
	strbuf_add(&text, value, (size_t)(b - value));
	while (*b && *b != ';')
		b++;
	strbuf_addstr(&text, b);
	strbuf_addstr(out, "dkim-signature:");
	{
		CLEANUP(strbuf_release) struct strbuf v = STRBUF_INIT;

		relaxed(text.buf, text.len, &v);
		strbuf_addstr(out, v.buf + (v.buf[0] == ' '));
	}
}

static bool check_signature(EVP_PKEY *key, bool is_ed25519,
			    const struct strbuf *data, const char *base64)
{
	CLEANUP(strbuf_release) struct strbuf sig = STRBUF_INIT;
	unsigned char digest[SHA256_BYTES];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	assert_true(base64_decode(str_of(base64), &sig));
	sha256(strbuf_str(data), digest);
	ok = EVP_DigestVerifyInit(ctx, NULL, is_ed25519 ? NULL : EVP_sha256(),
				  NULL, key) == 1 &&
	     EVP_DigestVerify(ctx, (unsigned char *)sig.buf, sig.len,
			      is_ed25519 ? digest : (unsigned char *)data->buf,
			      is_ed25519 ? sizeof(digest) : data->len) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

/* nth: which signature, from the end. */
static bool verifies(const char *message, int nth, EVP_PKEY *key)
{
	CLEANUP(strbuf_release) struct strbuf header = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf bh = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf kind = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body_hash = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf data = STRBUF_INIT;
	unsigned char digest[SHA256_BYTES];
	const char *end, *start;

	start = find_field(message, "DKIM-Signature", nth, &end);
	assert_non_null(start);
	strbuf_add(&header, start + 15, (size_t)(end - start) - 15);
	tag_value(header.buf, "a", &kind);
	tag_value(header.buf, "h", &names);
	tag_value(header.buf, "bh", &bh);
	tag_value(header.buf, "b", &b);
	relaxed_body(strstr(message, "\r\n\r\n") + 4, &body);
	sha256(strbuf_str(&body), digest);
	base64_encode((struct str){ (char *)digest, sizeof(digest) },
		      &body_hash);
	if (strcmp(body_hash.buf, bh.buf) != 0)
		return false;
	signed_fields(message, names.buf, &data);
	own_field(header.buf, &data);
	return check_signature(key, strcmp(kind.buf, "ed25519-sha256") == 0,
			       &data, b.buf);
}

static const char rfc8463_message[] =
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	" d=football.example.com; i=@football.example.com;\r\n"
	" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
	" subject : date : message-id : from : subject : date;\r\n"
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
	" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
	" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
	"From: Joe SixPack <joe@football.example.com>\r\n"
	"To: Suzie Q <suzie@shopping.example.net>\r\n"
	"Subject: Is dinner ready?\r\n"
	"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
	"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
	"\r\n"
	"Hi.\r\n"
	"\r\n"
	"We lost the game.  Are you hungry yet?\r\n"
	"\r\n"
	"Joe.\r\n";

static EVP_PKEY *ed25519_public(const char *base64)
{
	CLEANUP(strbuf_release) struct strbuf raw = STRBUF_INIT;

	assert_true(base64_decode(str_of(base64), &raw));
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
					   (unsigned char *)raw.buf, raw.len);
}

static void the_verifier_agrees_with_rfc_8463(void **state)
{
	EVP_PKEY *key =
		ed25519_public("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
	CLEANUP(strbuf_release) struct strbuf changed = STRBUF_INIT;

	(void)state;
	assert_true(verifies(rfc8463_message, 0, key));
	strbuf_addstr(&changed, rfc8463_message);
	changed.buf[changed.len - 4] = 'y';
	assert_false(verifies(changed.buf, 0, key));
	EVP_PKEY_free(key);
}

/* --- our signatures --- */

static EVP_PKEY *new_key(bool ed25519, struct strbuf *pem)
{
	EVP_PKEY *key = ed25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
				: EVP_RSA_gen(2048);
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	long len;

	assert_int_equal(
		PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL),
		1);
	len = BIO_get_mem_data(bio, &data);
	strbuf_add(pem, data, (size_t)len);
	BIO_free(bio);
	return key;
}

static const char *const messages[] = {
	"From: a@b\r\n\r\n",
	"From: a@b\r\n\r\n\r\n\r\n",
	"From: a@b\r\n\r\n  \r\n\t\r\n",
	"From: a@b\r\n\r\nbody\r\n",
	"From: a@b\r\n\r\nbody\r\n\r\n \r\n\r\n",
	"From:\ta@b  \r\nTO:  x\r\n  <y@z>\r\nSubject: a\r\n\tb \r\n"
	"Received: not signed\r\nList-Unsubscribe: <https://a.example/>,\r\n"
	" <mailto:x@y>\r\nMessage-ID:<1@2>\r\n\r\n"
	"  a  b \t c \r\n.\r\n\r\nend\t\r\n",
	"Cc: one@x\r\nFrom: a@b\r\nCc: two@x\r\n\r\nbody  \r\n",
};

static void signs_with(bool ed25519)
{
	CLEANUP(strbuf_release) struct strbuf pem = STRBUF_INIT;
	CLEANUP(dkim_key_free) struct dkim_key *key = NULL;
	EVP_PKEY *pkey = new_key(ed25519, &pem);
	struct err err = ERR_INIT;
	size_t i;

	assert_int_equal(dkim_key_parse(strbuf_str(&pem), "example.org", "s1",
					&key, &err),
			 0);
	for (i = 0; i < ARRAY_SIZE(messages); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf forged = STRBUF_INIT;

		assert_int_equal(dkim_sign(key, str_of(messages[i]),
					   1637707916000, &out, &err),
				 0);
		assert_non_null(strstr(out.buf, "d=example.org; s=s1;"));
		assert_non_null(strstr(out.buf, "t=1637707916;"));
		strbuf_addstr(&forged, "From: evil@example.org\r\n");
		strbuf_addslice(&forged, strbuf_str(&out));
		strbuf_addstr(&out, messages[i]);
		assert_true(verifies(out.buf, 0, pkey));
		/* a second From in front must break it */
		strbuf_addstr(&forged, messages[i]);
		assert_false(verifies(forged.buf, 0, pkey));
	}
	EVP_PKEY_free(pkey);
}

static void signs_with_rsa(void **state)
{
	(void)state;
	signs_with(false);
}

static void signs_with_ed25519(void **state)
{
	(void)state;
	signs_with(true);
}

static void signs_no_message_without_a_sender(void **state)
{
	CLEANUP(strbuf_release) struct strbuf pem = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(dkim_key_free) struct dkim_key *key = NULL;
	struct err err = ERR_INIT;

	(void)state;
	EVP_PKEY_free(new_key(true, &pem));
	assert_int_equal(dkim_key_parse(strbuf_str(&pem), "example.org", "s1",
					&key, &err),
			 0);
	assert_int_equal(dkim_sign(key, STR("To: x\r\n\r\n"), 0, &out, &err),
			 -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_int_equal(dkim_sign(key, STR(""), 0, &out, &err), -1);
	assert_int_equal(out.len, 0);
}

static void refuses_what_is_no_key(void **state)
{
	CLEANUP(strbuf_release) struct strbuf pem = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf ec = STRBUF_INIT;
	struct dkim_key *key = NULL;
	struct err err = ERR_INIT;
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	long len;

	(void)state;
	EVP_PKEY_free(new_key(true, &pem));
	PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL);
	len = BIO_get_mem_data(bio, &data);
	strbuf_add(&ec, data, (size_t)len);
	BIO_free(bio);
	EVP_PKEY_free(pkey);

	assert_int_equal(
		dkim_key_parse(strbuf_str(&ec), "a.example", "s", &key, &err),
		-1);
	assert_int_equal(
		dkim_key_parse(STR("nonsense"), "a.example", "s", &key, &err),
		-1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_int_equal(
		dkim_key_parse(strbuf_str(&pem), "a b; d=x", "s", &key, &err),
		-1);
	assert_int_equal(
		dkim_key_parse(strbuf_str(&pem), "a.example", "", &key, &err),
		-1);
	assert_int_equal(
		dkim_key_load("/nonexistent", "a.example", "s", &key, &err),
		-1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_null(key);
}

static void writes_the_record_of_the_key(void **state)
{
	CLEANUP(strbuf_release) struct strbuf pem = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf record = STRBUF_INIT;
	CLEANUP(dkim_key_free) struct dkim_key *key = NULL;
	struct err err = ERR_INIT;
	EVP_PKEY *pkey = new_key(true, &pem), *published;

	(void)state;
	assert_int_equal(
		dkim_key_parse(strbuf_str(&pem), "a.example", "s", &key, &err),
		0);
	dkim_key_record(key, &record);
	assert_int_equal(strncmp(record.buf, "v=DKIM1; k=ed25519; p=", 22), 0);
	published = ed25519_public(record.buf + 22);
	assert_int_equal(EVP_PKEY_eq(published, pkey), 1);
	EVP_PKEY_free(published);
	EVP_PKEY_free(pkey);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verifier_agrees_with_rfc_8463),
		cmocka_unit_test(signs_with_rsa),
		cmocka_unit_test(signs_with_ed25519),
		cmocka_unit_test(signs_no_message_without_a_sender),
		cmocka_unit_test(refuses_what_is_no_key),
		cmocka_unit_test(writes_the_record_of_the_key),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
