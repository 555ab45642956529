#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define A10 "aaaaaaaaaa"
#define A60 A10 A10 A10 A10 A10 A10
#define A64 A60 "aaaa"

static void good_addresses_are_folded(void **state)
{
	static const struct {
		const char *text, *address, *folded, *domain;
	} cases[] = {
		{ " Bob@Example.COM\r\n", "Bob@Example.COM", "bob@example.com",
		  "example.com" },
		{ "o'neil@example.ie", "o'neil@example.ie", "o'neil@example.ie",
		  "example.ie" },
		{ "a+b_c-d.e@x.co.uk", "a+b_c-d.e@x.co.uk", "a+b_c-d.e@x.co.uk",
		  "x.co.uk" },
		{ "!#$%&'*+/=?^_`{|}~-@a.de", "!#$%&'*+/=?^_`{|}~-@a.de",
		  "!#$%&'*+/=?^_`{|}~-@a.de", "a.de" },
		{ "\"John Doe\"@example.com", "\"John Doe\"@example.com",
		  "\"john doe\"@example.com", "example.com" },
		{ "\"Ann.B\"@example.com", "\"Ann.B\"@example.com",
		  "ann.b@example.com", "example.com" },
		{ "\"A\\nn.\\B\"@example.com", "\"A\\nn.\\B\"@example.com",
		  "ann.b@example.com", "example.com" },
		{ "\"\\a \\\"\\\\\"@example.com",
		  "\"\\a \\\"\\\\\"@example.com", "\"a \\\"\\\\\"@example.com",
		  "example.com" },
		{ "\"a@b\"@example.com", "\"a@b\"@example.com",
		  "\"a@b\"@example.com", "example.com" },
		{ "\"a\\\"b\"@example.com", "\"a\\\"b\"@example.com",
		  "\"a\\\"b\"@example.com", "example.com" },
		{ "info@MÜNCHEN.de", "info@MÜNCHEN.de",
		  "info@xn--mnchen-3ya.de", "xn--mnchen-3ya.de" },
		{ "info@mu\u0308nchen.de", "info@mu\u0308nchen.de",
		  "info@xn--mnchen-3ya.de", "xn--mnchen-3ya.de" },
		{ "info@straße.de", "info@straße.de", "info@xn--strae-oqa.de",
		  "xn--strae-oqa.de" },
		{ "x@XN--MNCHEN-3YA.de", "x@XN--MNCHEN-3YA.de",
		  "x@xn--mnchen-3ya.de", "xn--mnchen-3ya.de" },
		{ "ÅSA@example.se", "ÅSA@example.se", "åsa@example.se",
		  "example.se" },
		{ "A\u030asa@example.se", "A\u030asa@example.se",
		  "åsa@example.se", "example.se" },
		{ "محمد@مثال.السعودية", "محمد@مثال.السعودية",
		  "محمد@xn--mgbh0fb.xn--mgberp4a5d4ar",
		  "xn--mgbh0fb.xn--mgberp4a5d4ar" },
		{ "用户@例子.中国", "用户@例子.中国",
		  "用户@xn--fsqu00a.xn--fiqs8s", "xn--fsqu00a.xn--fiqs8s" },
		{ "ПЁТР@пример.рф", "ПЁТР@пример.рф",
		  "пётр@xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai" },
		{ "1@2.c3", "1@2.c3", "1@2.c3", "2.c3" },
		{ "a@r3---sn.example.com", "a@r3---sn.example.com",
		  "a@r3---sn.example.com", "r3---sn.example.com" },
		{ A64 "@example.com", A64 "@example.com", A64 "@example.com",
		  "example.com" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct email e;
		struct err err = ERR_INIT;
		char hash[MD5_HEX + 1];

		if (email_parse(cases[i].text, arena, &e, &err) < 0)
			fail_msg("%s: %s", cases[i].text, err.text);
		assert_string_equal(e.address, cases[i].address);
		assert_string_equal(e.folded, cases[i].folded);
		assert_string_equal(e.domain, cases[i].domain);
		md5_hex(str_of(e.folded), hash);
		assert_string_equal(e.hash, hash);
		assert_true(email_is_valid(cases[i].text));
	}
}

/* What goes over the wire: only the domain changes. */
static void a_domain_goes_as_a_labels(void **state)
{
	static const struct {
		const char *text, *wire;
		bool is_ascii;
	} cases[] = {
		{ " Ann.Lee@Example.ORG", "Ann.Lee@example.org", true },
		{ "News@b\xC3\xBC"
		  "cher.example",
		  "News@xn--bcher-kva.example", true },
		{ "J\xC3\xB6rg@example.org", "J\xC3\xB6rg@example.org", false },
		{ "\"a@b\"@b\xC3\xBC"
		  "cher.example",
		  "\"a@b\"@xn--bcher-kva.example", true },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct email e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(email_parse(cases[i].text, arena, &e, &err),
				 0);
		assert_string_equal(e.wire, cases[i].wire);
		assert_int_equal(email_has_ascii_local(cases[i].text),
				 cases[i].is_ascii);
	}
}

static void bad_addresses_are_refused(void **state)
{
	static const char *const cases[] = {
		"",
		" ",
		"@",
		"bob",
		"bob@",
		"@example.com",
		"bob@localhost",
		"bob@example..com",
		"bob@.example.com",
		"bob@example.com.",
		"bob@-example.com",
		"bob@example-.com",
		"bob@exa_mple.com",
		"bob@10.0.0.1",
		"bob@[10.0.0.1]",
		"bob@example.123",
		".bob@example.com",
		"bob.@example.com",
		"b..b@example.com",
		"b b@example.com",
		"b,b@example.com",
		"b(b)@example.com",
		"Bob <bob@example.com>",
		"<bob@example.com>",
		"a@b@example.com",
		"bob@exam ple.com",
		"mailto:bob@example.com,eve@example.com",
		"bob@example.com\r\nBcc: eve@example.com",
		"bob\r\n@example.com",
		"bob\n@example.com",
		"\"b\r\nb\"@example.com",
		"\"b\nb\"@example.com",
		"bob@example.com\nx",
		"bob\t@example.com",
		"bob@example.com\tx",
		"\"\"@example.com",
		"\"a\"b\"@example.com",
		"\"a\\\"@example.com",
		"\"a@example.com",
		"a\"b\"@example.com",
		"\xFF@example.com",
		"b\xC3@example.com",
		"bob@\xE4.de",
		"b\u202Eob@example.com",
		"b\u200Bob@example.com",
		"b\u00A0ob@example.com",
		"b\xC2\x85"
		"ob@example.com",
		"bob@xn--zzzzzzzz99999.com",
		"bob@a\u202Eb.com",
		A64 "a@example.com",
		"bob@" A60 "aaaa.com",
		"bob@" A60 "." A60 "." A60 "." A60 ".example.com",
		/* 64 bytes, and one more when folded */
		"\u0130" A60 "aa@example.com",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct err err = ERR_INIT;
		struct email e;

		if (email_parse(cases[i], arena, &e, &err) == 0)
			fail_msg("taken as good: %s", cases[i]);
		assert_int_equal(err.code, ERR_INVALID);
		assert_true(err.text[0]);
		assert_false(email_is_valid(cases[i]));
	}
}

static void the_longest_address_has_254_bytes(void **state)
{
	static const char longest[] = A64 "@" A60 "." A60 "." A60 ".abcdef";
	static const char longer[] = A64 "@" A60 "." A60 "." A60 ".abcdefg";

	(void)state;
	assert_int_equal(sizeof(longest) - 1, EMAIL_MAX);
	assert_true(email_is_valid(longest));
	assert_false(email_is_valid(longer));
}

static void addresses_are_found_in_any_text(void **state)
{
	/* Between spaces, what is found. */
	static const struct {
		const char *text, *found;
	} cases[] = {
		{ "", "" },
		{ "@ a@ @b x@y a@b..c", "" },
		{ "a@x.org", "a@x.org " },
		{ "Ann B <a@x.org>", "a@x.org " },
		{ "<a@x.org", "a@x.org " },
		{ "mailto:a@x.org?subject=hi", "a@x.org " },
		{ "a@x.org.", "a@x.org " },
		{ "'a@x.org'", "a@x.org " },
		{ "a@x.org; b@y.org,c@z.org", "a@x.org b@y.org c@z.org " },
		{ "a@x.org/b@y.org / c@z.org", "a@x.org b@y.org c@z.org " },
		{ "a@x.org&b", "a@x.org " },
		{ "a@@x.org a@b@y.org", "b@y.org " },
		{ "[a@x.org](mailto:a@x.org)", "a@x.org a@x.org " },
		{ "1,\"a@x.org\"z,ja", "a@x.org " },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CLEANUP(strbuf_release) struct strbuf found = STRBUF_INIT;
		struct email email;
		size_t at = 0;

		while (email_next(str_of(cases[i].text), &at, arena, &email))
			strbuf_addf(&found, "%s ", email.folded);
		assert_string_equal(found.buf, cases[i].found);
	}
}

static void hash_is_md5_of_the_lower_case_text(void **state)
{
	char hash[MD5_HEX + 1], other[MD5_HEX + 1];

	(void)state;
	email_hash("Urist.McVankab@freddiesjokes.com", hash);
	assert_string_equal(hash, "62eeb292278cc15f5817cb78f7790b08");
	email_hash("urist.mcvankab+3@freddiesjokes.com", hash);
	email_hash("\xFF", hash); /* must not fail */
	email_hash("no Address", other);
	email_hash("NO ADDRESS", hash);
	assert_string_equal(hash, other);
}

/* However the domain is written, and in any case. */
static void an_address_has_one_hash(void **state)
{
	static const char *const same[] = {
		"ann@b\xc3\xbc"
		"cher.example",
		"Ann@B\xc3\x9c"
		"CHER.Example",
		"ann@xn--bcher-kva.example",
		"ANN@XN--BCHER-KVA.EXAMPLE",
		" ann@xn--bcher-kva.example ",
	};
	char hash[MD5_HEX + 1], other[MD5_HEX + 1];

	(void)state;
	email_hash("ann@xn--bcher-kva.example", hash);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		email_hash(same[i], other);
		assert_string_equal(hash, other);
	}
	md5_hex(STR("ann@b\xc3\xbc"
		    "cher.example"),
		other);
	assert_true(email_shown_hash("ann@xn--bcher-kva.example", hash));
	assert_string_equal(hash, other);
	assert_false(email_shown_hash("ann@example.org", hash));
	assert_false(email_shown_hash("xn--ann@example.org", hash));
	assert_false(email_shown_hash("", hash));
}

static int set_up(void **state)
{
	(void)state;
	crypto_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_addresses_are_folded),
		cmocka_unit_test(a_domain_goes_as_a_labels),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(the_longest_address_has_254_bytes),
		cmocka_unit_test(addresses_are_found_in_any_text),
		cmocka_unit_test(hash_is_md5_of_the_lower_case_text),
		cmocka_unit_test(an_address_has_one_hash),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
