#include "bridge/hash_set.h"

#include "base/cleanup.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void name(uint64_t n, char out[MD5_HEX + 1])
{
	md5_hex((struct str){ (const char *)&n, sizeof(n) }, out);
}

static void what_was_added_is_found_and_marked(void **state)
{
	CLEANUP(hash_set_release) struct hash_set s = HASH_SET_INIT;
	struct prng random = { 7 };
	char hex[MD5_HEX + 1];
	size_t seen = 0;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		name(prng_below(&random, 3000), hex);
		assert_true(hash_set_add(&s, hex));
	}
	hash_set_seal(&s);
	assert_true(s.n <= 3000);
	for (uint64_t n = 0; n < 6000; n++) {
		name(n, hex);
		if (hash_set_see(&s, hex))
			seen++;
	}
	assert_int_equal(seen, s.n);
	for (size_t i = 0; i < s.n; i++)
		assert_true(s.seen[i]);
}

static void an_empty_set_has_nobody(void **state)
{
	CLEANUP(hash_set_release) struct hash_set s = HASH_SET_INIT;

	(void)state;
	hash_set_seal(&s);
	assert_false(hash_set_see(&s, "d41d8cd98f00b204e9800998ecf8427e"));
}

static void what_is_no_hash_is_refused(void **state)
{
	CLEANUP(hash_set_release) struct hash_set s = HASH_SET_INIT;
	static const char *const wrong[] = {
		"", "d41d8cd98f00b204e9800998ecf8427", "not-a-hash",
		"zz1d8cd98f00b204e9800998ecf8427e", NULL
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(hash_set_add(&s, wrong[i]));
	assert_int_equal(s.n, 0);
}

static void digits_come_back_as_they_were(void **state)
{
	CLEANUP(hash_set_release) struct hash_set s = HASH_SET_INIT;
	char hex[MD5_HEX + 1];

	(void)state;
	assert_true(hash_set_add(&s, "d41d8cd98f00b204e9800998ecf8427e"));
	hash_set_seal(&s);
	hash_set_get(&s, 0, hex);
	assert_string_equal(hex, "d41d8cd98f00b204e9800998ecf8427e");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_is_found_and_marked),
		cmocka_unit_test(an_empty_set_has_nobody),
		cmocka_unit_test(what_is_no_hash_is_refused),
		cmocka_unit_test(digits_come_back_as_they_were),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
