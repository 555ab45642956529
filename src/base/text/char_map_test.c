#include "base/cleanup.h"
#include "base/random.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include <cmocka.h>

#define TEXTS 200000
#define LONGEST 6

/* What libunistring says of the whole text. */
static void fold_whole(struct str s, struct strbuf *out)
{
	size_t len = 0;
	uint8_t *text = u8_casefold((const uint8_t *)s.s, s.len, "",
				    UNINORM_NFC, NULL, &len);

	assert_non_null(text);
	strbuf_add(out, text, len);
	free(text);
}

static void add_character(struct strbuf *out, ucs4_t c)
{
	uint8_t bytes[6];
	int n = u8_uctomb(bytes, c, sizeof(bytes));

	if (n > 0)
		strbuf_add(out, bytes, (size_t)n);
}

static void check(struct str text)
{
	CLEANUP(strbuf_release) struct strbuf kept = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;

	utf8_fold(text, &kept);
	fold_whole(text, &whole);
	assert_int_equal(kept.len, whole.len);
	assert_memory_equal(kept.buf, whole.buf, whole.len);
}

static void every_character_is_folded_as_the_library_does(void **state)
{
	(void)state;
	for (ucs4_t c = 0x80; c < 0x30000; c++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

		add_character(&text, c);
		if (text.len > 0)
			check(strbuf_str(&text));
	}
}

/* Scripts that have marks, syllables and capitals; and anything. */
static ucs4_t some_character(struct prng *random)
{
	static const ucs4_t from[] = { 0x20,   0xC0,   0x300,  0x370,
				       0x590,  0x900,  0xE00,  0x1100,
				       0x1E00, 0x1F00, 0xAC00, 0xFB00 };

	if (prng_below(random, 8) == 0)
		return (ucs4_t)prng_below(random, 0x11000);
	return from[prng_below(random, ARRAY_SIZE(from))] +
	       (ucs4_t)prng_below(random, 0x100);
}

static void every_text_is_folded_as_the_library_does(void **state)
{
	struct prng random = { 20261129 };

	(void)state;
	for (int i = 0; i < TEXTS; i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		uint64_t n = 1 + prng_below(&random, LONGEST);

		while (n-- > 0)
			add_character(&text, some_character(&random));
		if (text.len > 0)
			check(strbuf_str(&text));
	}
}

/* Accents leave a text whether they stand in a letter or behind it. */
static void plain_texts_have_no_accents_of_either_kind(void **state)
{
	struct prng random = { 20261129 };

	(void)state;
	for (int i = 0; i < TEXTS; i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf one = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf two = STRBUF_INIT;
		uint8_t *apart;
		size_t len = 0;

		for (uint64_t n = 1 + prng_below(&random, LONGEST); n > 0; n--)
			add_character(&text, some_character(&random));
		apart = u8_normalize(UNINORM_NFD, (const uint8_t *)text.buf,
				     text.len, NULL, &len);
		assert_non_null(apart);
		utf8_plain(strbuf_str(&text), &one);
		utf8_plain((struct str){ (const char *)apart, len }, &two);
		free(apart);
		assert_int_equal(one.len, two.len);
		if (one.len > 0)
			assert_memory_equal(one.buf, two.buf, two.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_is_folded_as_the_library_does),
		cmocka_unit_test(every_text_is_folded_as_the_library_does),
		cmocka_unit_test(plain_texts_have_no_accents_of_either_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
