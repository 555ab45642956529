#include "reader/reader_text.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* How often a merge tag, or part of one, stands in a text. */
static int count(const char *text, const char *what)
{
	int n = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

static void assert_like_english(const struct reader_language *l, int i)
{
	static const char *const tags[] = {
		"*|EMAIL|*",        "*|UNSUB|*", "*|UPDATE_PROFILE|*",
		"*|LIST:COMPANY|*", "*|",        "|*"
	};
	const char *english = reader_language_english()->text[i];

	if (!l->text[i] || !*l->text[i])
		fail_msg("%s lacks text %d: %s", l->tag, i, english);
	assert_true(utf8_is_valid(str_of(l->text[i])));
	for (size_t t = 0; t < sizeof(tags) / sizeof(tags[0]); t++)
		if (count(l->text[i], tags[t]) != count(english, tags[t]))
			fail_msg("%s: %s in \"%s\"", l->tag, tags[t],
				 l->text[i]);
}

static void every_language_has_every_text(void **state)
{
	int languages = 0;

	(void)state;
	for (int n = 0; reader_languages[n]; n++, languages++)
		for (int i = 0; i < READER_TEXTS; i++)
			assert_like_english(reader_languages[n], i);
	assert_int_equal(languages, READER_LANGUAGES);
}

/* Nobody signs up for a list: a word of ours. But friends' addresses are one.
 */
static void nobody_is_told_of_lists(void **state)
{
	static const char *const words[] = { "his list",    "cette liste",
					     "esta lista",  "questa lista",
					     "deze lijst",  "desta lista",
					     "dieser Liste" };

	(void)state;
	for (int n = 0; reader_languages[n]; n++)
		for (int i = 0; i < READER_TEXTS; i++)
			for (size_t w = 0; w < ARRAY_SIZE(words); w++)
				assert_null(strstr(reader_languages[n]->text[i],
						   words[w]));
}

static void a_text_says_who_sends(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	const char *text =
		reader_language_find("fr")->text[READER_CONFIRM_MAIL];

	(void)state;
	reader_text_fill(text, "Maison <du> Th\303\251", &out);
	assert_non_null(strstr(out.buf, "e-mails de Maison <du> Th\303\251. "));
	assert_null(strstr(out.buf, "*|"));
	strbuf_reset(&out);
	reader_text_fill("*|LIST:COMPANY|*, *|LIST:COMPANY|*", "T", &out);
	assert_string_equal(out.buf, "T, T");
	strbuf_reset(&out);
	reader_text_fill("of *|LIST:COMPANY|*.", "Club e.V.", &out);
	assert_string_equal(out.buf, "of Club e.V.");
}

static void a_language_has_one_place(void **state)
{
	(void)state;
	for (int n = 0; n < READER_LANGUAGES; n++)
		assert_int_equal(reader_language_place(reader_languages[n]), n);
	assert_null(reader_languages[READER_LANGUAGES]);
}

/* Those that are not English are not left in English. */
static void nothing_is_left_untranslated(void **state)
{
	const struct reader_language *english = reader_language_english();

	(void)state;
	for (int n = 0; reader_languages[n]; n++)
		for (int i = 0; i < READER_TEXTS; i++)
			if (reader_languages[n] != english &&
			    i != READER_LIST) /* "Newsletter" */
				assert_string_not_equal(
					reader_languages[n]->text[i],
					english->text[i]);
}

static void assert_tag(const struct reader_language *found, const char *tag)
{
	assert_string_equal(found ? found->tag : "none", tag);
}

static void a_language_is_found_by_its_primary_subtag(void **state)
{
	static const struct {
		const char *tag, *found;
	} cases[] = {
		{ "de", "de" },       { "de-AT", "de" },
		{ "DE_ch", "de" },    { "pt_PT", "pt" },
		{ "ar-EG", "ar" },    { "iw", "he" },
		{ "he-IL", "he" },    { " fr ", "fr" },
		{ "nl-x-own", "nl" }, { "und", "none" },
		{ "", "none" },       { "zh-Hant", "none" },
		{ "deu", "none" },    { "english", "none" },
		{ "-de", "none" },    { "*|L|*", "none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_tag(reader_language_find(cases[i].tag), cases[i].found);
	assert_null(reader_language_find(NULL));
}

static void a_browser_is_answered_in_what_it_likes_best(void **state)
{
	static const struct {
		const char *header, *found;
	} cases[] = {
		{ "de-AT,de;q=0.9,en;q=0.8", "de" },
		{ "en;q=0.8, fr", "fr" },
		{ "zh-CN,zh;q=0.9,it;q=0.5,en;q=0.4", "it" },
		{ "es;q=0.5,nl;q=0.5", "es" }, /* the first of equals */
		{ "he ; q=0.7 , ar ; q=0.9", "ar" },
		{ "de;q=0,zh", "en" },
		{ "de;q=x,it;q=0.1", "it" },
		{ "*", "en" },
		{ "", "en" },
		{ ",;,q=1,;;", "en" },
		{ NULL, "en" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_tag(reader_language_accepted(cases[i].header),
			   cases[i].found);
}

static void only_two_run_from_right_to_left(void **state)
{
	(void)state;
	for (int n = 0; reader_languages[n]; n++) {
		const char *tag = reader_languages[n]->tag;
		bool rtl = strcmp(tag, "ar") == 0 || strcmp(tag, "he") == 0;

		assert_string_equal(reader_direction(reader_languages[n]),
				    rtl ? "rtl" : "ltr");
	}
}

#define TEST(test) cmocka_unit_test(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_language_has_every_text),
		TEST(nobody_is_told_of_lists),
		TEST(a_text_says_who_sends),
		TEST(a_language_has_one_place),
		TEST(nothing_is_left_untranslated),
		TEST(a_language_is_found_by_its_primary_subtag),
		TEST(a_browser_is_answered_in_what_it_likes_best),
		TEST(only_two_run_from_right_to_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
