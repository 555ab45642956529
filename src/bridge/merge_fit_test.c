#include "bridge/merge_fit.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void values_fit_or_are_dropped(void **state)
{
	static const char long_text[257] = { [0 ... 255] = 'x' };
	static const struct {
		const char *type, *options, *value;
		const char *fits; /* NULL: it does not */
	} cases[] = {
		{ "text", NULL, " Ann ", "Ann" },
		{ "text", NULL, "O'Brien \xd9\x85", "O'Brien \xd9\x85" },
		{ "text", NULL, long_text, NULL },
		{ "number", NULL, "42", "42" },
		{ "number", NULL, " -1.50 ", "-1.5" },
		{ "number", NULL, "+49 30 1", NULL },
		{ "number", NULL, "1,5", NULL },
		{ "date", NULL, "1980-12-31", "1980-12-31" },
		{ "date", NULL, "1980-12-31T23:00:00Z", "1980-12-31" },
		{ "date", NULL, "31.12.1980", NULL },
		{ "date", NULL, "1980-02-30", NULL },
		{ "date", NULL, "soon", NULL },
		{ "birthday", NULL, "1980-12-31", "12/31" },
		{ "birthday", NULL, "02/29", "02/29" },
		{ "birthday", NULL, "13/01", NULL },
		{ "birthday", NULL, "31.12.", NULL },
		{ "url", NULL, "https://example.org/a?b=c",
		  "https://example.org/a?b=c" },
		{ "url", NULL, "HTTP://example.org", "HTTP://example.org" },
		{ "url", NULL, "www.example.org", NULL },
		{ "url", NULL, "https://example.org/a b", NULL },
		{ "url", NULL, "http://", NULL },
		{ "imageurl", NULL, "javascript:alert(1)", NULL },
		{ "dropdown", "{\"choices\":[\"Red\",\"Green\"]}", "red",
		  "Red" },
		{ "dropdown", "{\"choices\":[\"Red\",\"Green\"]}", "Blue",
		  NULL },
		{ "radio", "{\"choices\":[\"Yes\"]}", " Yes ", "Yes" },
		{ "radio", "{}", "Yes", NULL },
		{ "radio", NULL, "Yes", NULL },
		{ "phone", "{\"phone_format\":\"none\"}", "+49 (30) 1",
		  "+49 (30) 1" },
		{ "phone", NULL, "+49 30 1", "+49 30 1" },
		{ "phone", "{\"phone_format\":\"US\"}", "(404) 555-0123",
		  "404-555-0123" },
		{ "phone", "{\"phone_format\":\"US\"}", "+1 404 555 0123",
		  "404-555-0123" },
		{ "phone", "{\"phone_format\":\"US\"}", "+49 30 123", NULL },
		{ "phone", "{\"phone_format\":\"US\"}", "12345678901234567",
		  NULL },
		{ "zip", NULL, "01067", "01067" },
		{ "zip", NULL, "12345-6789", "12345" },
		{ "zip", NULL, "SW1A 1AA", NULL },
		{ "zip", NULL, "1234", NULL },
		{ "zip", NULL, "12345x6789", NULL },
		{ "address", NULL, "Main Street 1", NULL },
		{ "a type to come", NULL, "x", "x" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(json_free) json_t *options = NULL;
		struct err err = ERR_INIT;
		struct merge_target target = { .tag = "T",
					       .type = cases[i].type };
		bool fits;

		if (cases[i].options)
			assert_int_equal(json_parse(str_of(cases[i].options),
						    &options, &err),
					 0);
		target.options = options;
		fits = merge_fit(&target, cases[i].value, &out);
		if (fits != (cases[i].fits != NULL))
			fail_msg("%s for %s: %s", cases[i].value, cases[i].type,
				 fits ? out.buf : "does not fit");
		if (fits)
			assert_string_equal(out.buf, cases[i].fits);
	}
}

static void an_address_is_whole_or_dropped(void **state)
{
	static const struct postal_parts whole = { "1 Main", "Cork", "Munster",
						   "T12", NULL };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	assert_true(merge_fit_address(&whole, &out));
	assert_string_equal(out.buf,
			    "{\"addr1\":\"1 Main\",\"addr2\":\"\",\"city\":"
			    "\"Cork\",\"state\":\"Munster\",\"zip\":\"T12\","
			    "\"country\":\"\"}");
	for (int i = 0; i < 4; i++) {
		struct postal_parts parts = whole;

		*(i == 0   ? &parts.street
		  : i == 1 ? &parts.city
		  : i == 2 ? &parts.region
			   : &parts.postal_code) = i % 2 ? NULL : " ";
		assert_false(merge_fit_address(&parts, &out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_fit_or_are_dropped),
		cmocka_unit_test(an_address_is_whole_or_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
