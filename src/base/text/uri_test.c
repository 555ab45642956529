#include "base/text/uri.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void what_people_write_becomes_a_uri(void **state)
{
	static const struct {
		const char *text, *uri;
	} cases[] = {
		{ "", "" },
		{ "https://a.example/b?c=d&e[0]=f#g", NULL },
		{ "https://u:p@a.example:8080/~x/(1)'*!$+,;=@:", NULL },
		{ "https://a.example/100%25?x=%zz", NULL },
		{ "mailto:a@b.example", NULL },
		{ "/path//with", NULL },
		{ "https://[2001:db8::1]:80/a", NULL },
		{ "HTTPS://A.Example/B", NULL },
		{ "https://a.example/my file (1).pdf",
		  "https://a.example/my%20file%20(1).pdf" },
		{ "https://a.example/\"<>\\^`{|}\x01\x7f",
		  "https://a.example/%22%3C%3E%5C%5E%60%7B%7C%7D%01%7F" },
		{ "https://a.example/stra\xc3\x9f"
		  "e?q=\xc3\xbc#\xf0\x9f\x98\x80",
		  "https://a.example/stra%C3%9Fe?q=%C3%BC#%F0%9F%98%80" },
		{ "https://b\xc3\xbc"
		  "cher.example:81/\xc3\xbc",
		  "https://xn--bcher-kva.example:81/%C3%BC" },
		{ "//B\xc3\xbc"
		  "cher.example",
		  "//xn--bcher-kva.example" },
		{ "https://\xc3\xbc@fa\xc3\x9f.example?\xc3\xbc",
		  "https://%C3%BC@xn--fa-hia.example?%C3%BC" },
		/* no domain: what IDNA refuses, and what is not UTF-8 */
		{ "https://-\xc3\xbc-.example/", "https://-%C3%BC-.example/" },
		{ "https://\xff.example/\xff", "https://%FF.example/%FF" },
		/* the slashes of a path are no authority's */
		{ "/a?u=https://b\xc3\xbc.example",
		  "/a?u=https://b%C3%BC.example" },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT;
		const char *uri = cases[i].uri ? cases[i].uri : cases[i].text;

		uri_of_text(str_of(cases[i].text), &out);
		assert_string_equal(out.buf, uri);
		uri_of_text(strbuf_str(&out), &again);
		assert_string_equal(again.buf, uri);
	}
}

static void each_byte_is_encoded_or_stays(void **state)
{
	(void)state;

	for (int c = 0; c < 256; c++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		char byte = (char)c;

		uri_of_text((struct str){ &byte, 1 }, &out);
		assert_true(out.len == 1 || out.len == 3);
		for (size_t i = 0; i < out.len; i++)
			assert_true(out.buf[i] > ' ' && out.buf[i] < 0x7f);
	}
}

static void a_web_address_has_a_host(void **state)
{
	static const char *const good[] = { "http://a", "HTTPS://a.example/x",
					    "http://u@a:80?q",
					    "http://[::1]/" };
	static const char *const bad[] = {
		"",           "http:/a",   "http://", "https:///a", "http://?a",
		"http://:80", "http://u@", "ftp://a", "//a"
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (!uri_is_web(str_of(good[i])))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (uri_is_web(str_of(bad[i])))
			fail_msg("%s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_people_write_becomes_a_uri),
		cmocka_unit_test(each_byte_is_encoded_or_stays),
		cmocka_unit_test(a_web_address_has_a_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
