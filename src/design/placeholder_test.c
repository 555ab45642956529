#include "design/placeholder.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The first. */
static struct str placeholder_in_words(struct str line)
{
	struct str found = STR("");
	size_t at = 0;

	(void)placeholder_next(line, &at, &found);
	return found;
}

static void what_nobody_means_is_found(void **state)
{
	static const char *const cases[][2] = {
		{ "Your name here", "Your name here" },
		{ "Ihr Name", "Ihr Name" },
		{ "  – Ihr Name, ", "Ihr Name" },
		{ "YOUR COMPANY NAME", "YOUR COMPANY NAME" },
		{ "We think lorem ipsum dolor.", "lorem ipsum" },
		{ "Dear [Name], hello", "[Name]" },
		{ "Liebe {{ Vorname }}!", "{ Vorname }" },
		{ "am [Datum] in [Ort]", "[Datum]" },
		{ "see [link]", "[link]" },
		{ "Hier Text einfügen", "Hier Text einfügen" },
		{ "Max Mustermann, Musterstraße 1", "Max Mustermann" },
		{ "Your subject here", "Your subject here" },
		{ "Enter text", "Enter text" },
		{ "Ihr Betreff", "Ihr Betreff" },
		{ "Votre texte ici", "Votre texte ici" },
		{ "See https://www.example.com/a.",
		  "https://www.example.com/a" },
		{ "(www.yourwebsite.com)", "www.yourwebsite.com" },
		/* what people write */
		{ "Enter text JOIN to 1234.", "" },
		{ "Your subject is chemistry", "" },
		{ "Write to name@example.com, as in www.examples.com", "" },
		{ "A domain such as example.com is nobody's", "" },
		{ "See https://shop.de/www.example.com", "" },
		{ "Su nombre figura en la lista", "" },
		{ "Please tell us your name.", "" },
		{ "Is your name on the list?", "" },
		{ "Ihr Name steht auf der Liste.", "" },
		{ "Ihr Text hat uns gefallen", "" },
		{ "Our company name has changed", "" },
		{ "Mit freundlichen Grüßen", "" },
		{ "The dolorem ipsumque", "" },
		{ "He said so [1], and [...] more {as ever}", "" },
		{ "Texts [and names] of all", "" },
		{ "name] [date", "" },
		{ "", "" },
		{ "Headline news", "" },
		{ "أهلا بكم", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str found = placeholder_in_words(str_of(cases[i][0]));

		if (!str_is(found, cases[i][1]))
			fail_msg("\"%s\": \"%.*s\"", cases[i][0],
				 (int)found.len, found.s);
	}
}

static void each_of_a_line_is_found(void **state)
{
	static const char *const all[] = { "[Name]", "lorem ipsum", "{ Datum }",
					   "https://example.org" };
	struct str line = STR("Dear [Name], lorem ipsum, your name, {{ Datum "
			      "}} https://example.org"),
		   found;
	size_t at = 0, n = 0;

	(void)state;
	while (placeholder_next(line, &at, &found)) {
		assert_true(n < 4);
		assert_true(str_is(found, all[n++]));
	}
	assert_int_equal(n, 4);
	at = 0;
	assert_true(placeholder_next(STR("Your name"), &at, &found));
	assert_false(placeholder_next(STR("Your name"), &at, &found));
}

static void so_are_links_that_lead_nowhere(void **state)
{
	static const struct {
		const char *href;
		bool is_one;
	} cases[] = {
		{ "https://example.com", true },
		{ "http://www.example.org/a?b=c", true },
		{ "HTTPS://EXAMPLE.COM:443/", true },
		{ "//example.net", true },
		{ "mailto:you@example.com?subject=Hi", true },
		{ "https://www.yourwebsite.com", true },
		{ "https://ihre-website.de/shop", true },
		{ "http://", true },
		{ " https:// ", true },
		{ "#", true },
		{ "javascript:void(0)", true },
		/* whoever is called so */
		{ "https://example-shop.de", false },
		{ "https://myexample.com", false },
		{ "https://www.example.co.uk/", false },
		{ "https://shop.de/example.com", false },
		{ "https://shop.de/?to=//example.com", false },
		{ "https://shop.de/#", false },
		{ "#top", false },
		{ "mailto:example.com@shop.de", false },
		{ "mailto:", false },
		{ "", false },
		{ "*|ARCHIVE|*", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (placeholder_is_link(cases[i].href) != cases[i].is_one)
			fail_msg("%s", cases[i].href);
	assert_true(placeholder_is_picture("https://placehold.co/600x400"));
	assert_false(placeholder_is_picture("https://shop.de/placehold.co"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nobody_means_is_found),
		cmocka_unit_test(each_of_a_line_is_found),
		cmocka_unit_test(so_are_links_that_lead_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
