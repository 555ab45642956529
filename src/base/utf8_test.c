#include "base/cleanup.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void plain_letters_are_what_a_keyboard_without_them_has(void **state)
{
	static const struct {
		const char *text, *plain;
	} cases[] = {
		{ "Hello 1", "hello 1" },
		{ "Müller", "muller" },
		{ "Mu\u0308ller", "muller" },
		{ "JOSÉ", "jose" },
		{ "Łukasz", "lukasz" },
		{ "Groß GROẞ", "gross gross" },
		{ "Søren Đorđe", "soren dorde" },
		{ "Ægir Œuvre", "aegir oeuvre" },
		{ "Þórður Ħal Iğdır", "thordur hal igdir" },
		{ "ﬁn №", "fin no" },
		{ "Ёжик ΟΔΥΣΣΕΎΣ", "ежик οδυσσευσ" },
		{ "王伟", "王伟" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		utf8_plain(str_of(cases[i].text), &out);
		assert_string_equal(out.buf ? out.buf : "", cases[i].plain);
	}
}

static void only_well_formed_text_is_valid(void **state)
{
	static const struct {
		struct str text;
		bool valid;
	} cases[] = {
		{ { "", 0 }, true },
		{ { NULL, 0 }, true },
		{ { "a\0b", 3 }, true },
		{ { "ä€😀", 9 }, true },
		{ { "\xFF", 1 }, false },
		{ { "\x80", 1 }, false },
		{ { "\xC3", 1 }, false },
		{ { "\xC0\x80", 2 }, false },     /* overlong */
		{ { "\xE0\x80\x80", 3 }, false }, /* overlong */
		{ { "\xED\xA0\x80", 3 }, false }, /* surrogate */
		{ { "\xF4\x90\x80\x80", 4 }, false },
		{ { "\xE2\x82", 2 }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(utf8_is_valid(cases[i].text), cases[i].valid);
}

static void characters_are_counted_and_never_cut(void **state)
{
	(void)state;
	assert_int_equal(utf8_length(STR("aä€😀")), 4);
	assert_int_equal(utf8_prefix(STR("aä€😀"), 100), 10);
	assert_int_equal(utf8_prefix(STR("aä€😀"), 9), 6);
	assert_int_equal(utf8_prefix(STR("aä€😀"), 6), 6);
	assert_int_equal(utf8_prefix(STR("aä€😀"), 5), 3);
	assert_int_equal(utf8_prefix(STR("aä€😀"), 2), 1);
	assert_int_equal(utf8_prefix(STR("ä"), 1), 0);
	assert_int_equal(utf8_sequence(STR("€x")), 3);
	assert_int_equal(utf8_sequence(STR("x")), 1);
	assert_int_equal(utf8_sequence(STR("\xE2\x82")), 0);
	assert_int_equal(utf8_sequence((struct str){ NULL, 0 }), 0);
}

static void folding_makes_equal_what_people_think_equal(void **state)
{
	static const struct {
		const char *text, *folded;
	} cases[] = {
		{ "Hello 1", "hello 1" },
		{ "STRASSE", "strasse" },
		{ "Straße", "strasse" },
		{ "A\u0308", "ä" },
		{ "Ä", "ä" },
		{ "ΣΊΣΥΦΟΣ", "σίσυφοσ" },
		{ "ПЁТР", "пётр" },
		{ "محمد", "محمد" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		utf8_fold(str_of(cases[i].text), &out);
		assert_string_equal(out.buf, cases[i].folded);
	}
}

static void case_is_mapped_for_whole_words(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	utf8_upper(STR("straße x"), &out);
	assert_string_equal(out.buf, "STRASSE X");
	strbuf_reset(&out);
	utf8_lower(STR("ÅSA Nordström"), &out);
	assert_string_equal(out.buf, "åsa nordström");
	strbuf_reset(&out);
	utf8_title(STR("john o'neil ÉMILE"), &out);
	assert_string_equal(out.buf, "John O'neil Émile");
}

static void other_encodings_are_converted(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	utf8_from_cp1252(STR("\x80 J\xF6rg \x93x\x94"), &out);
	assert_string_equal(out.buf, "€ Jörg “x”");
	strbuf_reset(&out);
	utf8_from_utf16((struct str){ "a\0\x3D\xD8\x00\xDE", 6 }, false, &out);
	assert_string_equal(out.buf, "a😀");
	strbuf_reset(&out);
	/* half a pair, then half a unit */
	utf8_from_utf16((struct str){ "\xD8\x3D\0a\0", 5 }, true, &out);
	assert_string_equal(out.buf, "\uFFFDa\uFFFD");
}

static void what_nobody_sees_is_blank(void **state)
{
	static const struct {
		const char *text;
		bool is_blank;
	} cases[] = {
		{ NULL, true },
		{ "", true },
		{ " \t\r\n", true },
		{ "\u200b\u2060\u00ad\ufeff\u00a0", true },
		{ "\u200c\u200d\u200e\u202e\u2066\u2069", true },
		{ "\u3000\u2003\u1680\u2028", true },
		{ "\u115f\u3164\uffa0\u034f\ufe0f\u061c", true },
		{ "\u2800\U000e0020", true },
		{ "\u200b.", false },
		{ "\u00a0é", false },
		{ "می\u200cخواهم", false },
		{ "❤\ufe0f", false },
		{ "\xff", false },
		{ "0", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (utf8_is_blank(cases[i].text) != cases[i].is_blank)
			fail_msg("case %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_well_formed_text_is_valid),
		cmocka_unit_test(
			plain_letters_are_what_a_keyboard_without_them_has),
		cmocka_unit_test(characters_are_counted_and_never_cut),
		cmocka_unit_test(folding_makes_equal_what_people_think_equal),
		cmocka_unit_test(case_is_mapped_for_whole_words),
		cmocka_unit_test(other_encodings_are_converted),
		cmocka_unit_test(what_nobody_sees_is_blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
