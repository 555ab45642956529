#include "base/crypto.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define SHA256_BLOCK 64 /* bytes */

/*
 * Fetched once: EVP_md5() and EVP_sha256() look their algorithm up again for
 * each digest, which costs more than hashing an address. Written by
 * crypto_init before threads start, then only read.
 */
static EVP_MD *md5_algorithm;
static EVP_MD *sha256_algorithm;

void crypto_init(void)
{
	if (md5_algorithm)
		return;
	BUG_ON(sodium_init() < 0);
	md5_algorithm = EVP_MD_fetch(NULL, "MD5", NULL);
	sha256_algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	BUG_ON(!md5_algorithm || !sha256_algorithm);
}

static void digest(const EVP_MD *algorithm, struct str data, unsigned char *out)
{
	BUG_ON(!algorithm); /* crypto_init was not called */
	BUG_ON(!EVP_Digest(data.s, data.len, out, NULL, algorithm, NULL));
}

void md5_hex(struct str data, char out[MD5_HEX + 1])
{
	unsigned char bytes[MD5_HEX / 2];

	digest(md5_algorithm, data, bytes);
	hex_encode(bytes, sizeof(bytes), out);
}

void sha256(struct str data, unsigned char out[SHA256_BYTES])
{
	digest(sha256_algorithm, data, out);
}

void sha256_hex(struct str data, char out[SHA256_HEX + 1])
{
	unsigned char bytes[SHA256_BYTES];

	sha256(data, bytes);
	hex_encode(bytes, sizeof(bytes), out);
}

/* One half of HMAC (RFC 2104): the hash of the padded key and the data. */
static void hmac_half(const unsigned char *key, unsigned char pad,
		      const void *data, size_t len,
		      unsigned char out[SHA256_BYTES])
{
	unsigned char small[512];
	unsigned char *text = small;

	if (len > sizeof(small) - SHA256_BLOCK)
		text = malloc(SHA256_BLOCK + len);
	BUG_ON(!text);
	for (size_t i = 0; i < SHA256_BLOCK; i++)
		text[i] = key[i] ^ pad;
	if (len > 0)
		memcpy(text + SHA256_BLOCK, data, len);
	sha256((struct str){ (const char *)text, SHA256_BLOCK + len }, out);
	if (text != small)
		free(text);
}

/* By hand: OpenSSL's HMAC() looks its algorithm up at each call, which costs
 * more than the hashing, and a mail has a dozen signed links. */
void hmac_sha256(struct str key, struct str data,
		 unsigned char out[SHA256_BYTES])
{
	unsigned char block[SHA256_BLOCK] = { 0 }, inner[SHA256_BYTES];

	if (key.len > SHA256_BLOCK)
		sha256(key, block);
	else if (key.len > 0)
		memcpy(block, key.s, key.len);
	hmac_half(block, 0x36, data.s, data.len, inner);
	hmac_half(block, 0x5c, inner, sizeof(inner), out);
}

bool crypto_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void hex_encode(const void *data, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[p[i] >> 4];
		*out++ = digits[p[i] & 15];
	}
	*out = '\0';
}

int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(struct str hex, unsigned char *out)
{
	if (hex.len % 2 != 0)
		return false;
	for (size_t i = 0; i < hex.len; i += 2) {
		int high = hex_value(hex.s[i]);
		int low = hex_value(hex.s[i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static void encode(struct str data, int variant, struct strbuf *out)
{
	size_t size = sodium_base64_encoded_len(data.len, variant);

	strbuf_reserve(out, size);
	sodium_bin2base64(out->buf + out->len, size,
			  (const unsigned char *)(data.s ? data.s : ""),
			  data.len, variant);
	out->len += size - 1; /* without the NUL */
}

/* libsodium refuses foreign characters, wrong padding and low bits that are
 * not zero. */
static bool decode(struct str text, int variant, struct strbuf *out)
{
	size_t most = text.len / 4 * 3 + 3;
	size_t len = 0;
	const char *end = NULL;

	if (text.len == 0)
		return true;
	strbuf_reserve(out, most);
	if (sodium_base642bin((unsigned char *)out->buf + out->len, most,
			      text.s, text.len, NULL, &len, &end,
			      variant) < 0 ||
	    end != text.s + text.len) {
		strbuf_truncate(out, out->len);
		return false;
	}
	out->len += len;
	out->buf[out->len] = '\0';
	return true;
}

void base64_encode(struct str data, struct strbuf *out)
{
	encode(data, sodium_base64_VARIANT_ORIGINAL, out);
}

bool base64_decode(struct str text, struct strbuf *out)
{
	return decode(text, sodium_base64_VARIANT_ORIGINAL, out);
}

bool base64_decode_lines(const char *text, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;

	while (*text) {
		size_t len = strcspn(text, " \t\r\n");

		strbuf_add(&packed, text, len);
		text += len + strspn(text + len, " \t\r\n");
	}
	return base64_decode(strbuf_str(&packed), out);
}

void base64url_encode(struct str data, struct strbuf *out)
{
	encode(data, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out);
}

bool base64url_decode(struct str text, struct strbuf *out)
{
	return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out);
}

/* One at a time: a crowd that signs in must not take 64 MiB each. */
static pthread_mutex_t hashing = PTHREAD_MUTEX_INITIALIZER;

int password_hash(const char *password, struct strbuf *out, struct err *err)
{
	char hash[crypto_pwhash_STRBYTES];
	int ret;

	pthread_mutex_lock(&hashing);
	ret = crypto_pwhash_str(hash, password, strlen(password),
				crypto_pwhash_OPSLIMIT_INTERACTIVE,
				crypto_pwhash_MEMLIMIT_INTERACTIVE);
	pthread_mutex_unlock(&hashing);
	if (ret < 0)
		return err_set(err, ERR_RETRY,
			       "not enough memory to hash a password");
	strbuf_addstr(out, hash);
	return 0;
}

bool password_matches(const char *hash, const char *password)
{
	bool same;

	pthread_mutex_lock(&hashing);
	same = crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
	pthread_mutex_unlock(&hashing);
	return same;
}
