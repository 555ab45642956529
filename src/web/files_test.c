#include "web/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void the_page_is_there_and_may_change(void **state)
{
	const struct web_file *page = web_find(WEB_PAGE);
	enum web_encoding encoding;
	struct str body;

	(void)state;
	assert_non_null(page);
	assert_false(page->is_immutable);
	assert_int_equal(page->etag[0], '"');
	body = web_body(page, 0, &encoding);
	assert_int_equal(encoding, WEB_PLAIN);
	assert_memory_equal(body.s, "<!doctype html>", 15);
}

static void what_is_not_there_is_not_found(void **state)
{
	static const char *const names[] = { "", "index", "/index.html",
					     "../index.html", "INDEX.HTML" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_null(web_find(names[i]));
}

/* A script is kept in all forms; each client gets the smallest that it takes.
 */
static void the_smallest_form_that_is_taken(void **state)
{
	const struct web_file *page = web_find(WEB_PAGE);
	const char *at = strstr(web_body(page, 0, &(enum web_encoding){ 0 }).s,
				"/app/first-");
	enum web_encoding encoding;
	const struct web_file *script;
	size_t plain, gzip, brotli;
	char name[64];

	(void)state;
	assert_non_null(at);
	assert_int_equal(sscanf(at, "/app/%63[^\"]", name), 1);
	script = web_find(name);
	assert_non_null(script);
	assert_true(script->is_immutable);
	plain = web_body(script, 1U << WEB_PLAIN, &encoding).len;
	assert_int_equal(encoding, WEB_PLAIN);
	gzip = web_body(script, 1U << WEB_GZIP, &encoding).len;
	assert_int_equal(encoding, WEB_GZIP);
	brotli = web_body(script, 1U << WEB_GZIP | 1U << WEB_BROTLI, &encoding)
			 .len;
	assert_int_equal(encoding, WEB_BROTLI);
	assert_true(brotli > 0 && brotli < gzip && gzip < plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_is_there_and_may_change),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(the_smallest_form_that_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
