#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void digests_match_the_published_values(void **state)
{
	unsigned char mac[SHA256_BYTES];
	char md5[MD5_HEX + 1];
	char hex[SHA256_HEX + 1];

	(void)state;
	md5_hex(STR(""), md5);
	assert_string_equal(md5, "d41d8cd98f00b204e9800998ecf8427e");
	md5_hex(STR("abc"), md5);
	assert_string_equal(md5, "900150983cd24fb0d6963f7d28e17f72");
	sha256_hex(STR("abc"), hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
				 "b00361a396177a9cb410ff61f20015ad");
	/* RFC 4231, test case 2 */
	hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), mac);
	hex_encode(mac, sizeof(mac), hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c7"
				 "5a003f089d2739839dec58b964ec3843");
}

static void hex_is_read_in_both_cases_and_nothing_else(void **state)
{
	unsigned char out[4];

	(void)state;
	assert_true(hex_decode(STR("00fFaB"), out));
	assert_memory_equal(out, "\x00\xFF\xAB", 3);
	assert_false(hex_decode(STR("0"), out));
	assert_false(hex_decode(STR("0g"), out));
	assert_false(hex_decode(STR("0x"), out));
}

static void base64url_has_one_spelling_a_value(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		const char *value;
	} cases[] = {
		{ "", true, "" },
		{ "Zg", true, "f" },
		{ "Zm8", true, "fo" },
		{ "Zm9v", true, "foo" },
		{ "-_-_", true, "\xFB\xFF\xBF" },
		{ "Zh", false, "" },  /* low bits of the last digit are set */
		{ "Zm9", false, "" }, /* 3 digits: two low bits */
		{ "Zg==", false, "" },
		{ "Zg=", false, "" },
		{ "Z", false, "" },
		{ "Zm9vZ", false, "" },
		{ "+/+/", false, "" },
		{ "Zm 9v", false, "" },
		{ "Zm9v\n", false, "" },
		{ "Zm9v.", false, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		bool ok = base64url_decode(str_of(cases[i].text), &out);

		if (ok != cases[i].valid)
			fail_msg("base64url %s", cases[i].text);
		assert_string_equal(out.buf, cases[i].value);
	}
}

static void base64_goes_there_and_back(void **state)
{
	unsigned char data[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		data[i] = (unsigned char)i;
	for (size_t len = 0; len <= sizeof(data); len++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf back = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
		struct str in = { (char *)data, len };

		base64_encode(in, &text);
		assert_int_equal(text.len, (len + 2) / 3 * 4);
		assert_true(base64_decode(strbuf_str(&text), &back));
		assert_true(str_eq(strbuf_str(&back), in));
		base64url_encode(in, &url);
		strbuf_reset(&back);
		assert_true(base64url_decode(strbuf_str(&url), &back));
		assert_true(str_eq(strbuf_str(&back), in));
	}
}

static void padded_base64_needs_its_padding(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	strbuf_addstr(&out, "kept");
	assert_false(base64_decode(STR("Zg"), &out));
	assert_false(base64_decode(STR("Zg=="
				       "Zg=="),
				   &out));
	assert_string_equal(out.buf, "kept");
	assert_true(base64_decode(STR("Zg=="), &out));
	assert_string_equal(out.buf, "keptf");
}

static void a_password_matches_only_its_hash(void **state)
{
	CLEANUP(strbuf_release) struct strbuf a = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf b = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(password_hash("tropical 🐒", &a, &err), 0);
	assert_int_equal(password_hash("tropical 🐒", &b, &err), 0);
	assert_string_not_equal(a.buf, b.buf);
	assert_true(str_starts(strbuf_str(&a), "$argon2id$"));
	assert_true(password_matches(a.buf, "tropical 🐒"));
	assert_false(password_matches(a.buf, "tropical"));
	assert_false(password_matches("", "tropical"));
	assert_false(password_matches("nonsense", "tropical"));
}

static void comparing_looks_at_all_bytes(void **state)
{
	(void)state;
	assert_true(crypto_equal("abc", "abc", 3));
	assert_false(crypto_equal("abc", "abd", 3));
	assert_true(crypto_equal("abc", "abd", 2));
}

static int set_up(void **state)
{
	(void)state;
	crypto_init();
	crypto_init(); /* a second time does nothing */
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_match_the_published_values),
		cmocka_unit_test(hex_is_read_in_both_cases_and_nothing_else),
		cmocka_unit_test(base64url_has_one_spelling_a_value),
		cmocka_unit_test(base64_goes_there_and_back),
		cmocka_unit_test(padded_base64_needs_its_padding),
		cmocka_unit_test(a_password_matches_only_its_hash),
		cmocka_unit_test(comparing_looks_at_all_bytes),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
