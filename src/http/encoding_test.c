#include "http/encoding.h"

#include "base/cleanup.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static void codings_are_taken_as_the_header_says(void **state)
{
	static const struct {
		const char *header;
		bool gzip, br;
	} cases[] = {
		{ NULL, false, false },
		{ "", false, false },
		{ "gzip", true, false },
		{ "gzip, deflate, br", true, true },
		{ "GZip;Q=1.0", true, false },
		{ "gzip;q=0", false, false },
		{ "gzip ; q=0.000, br;q=0.001", false, true },
		{ "*", true, true },
		{ "*;q=0", false, false },
		{ "gzip;q=0, *", false, true },
		{ "*, gzip;q=0", false, true },
		{ "identity", false, false },
		{ "xgzip, gzipx", false, false },
		{ ",,;q=0,gzip;level=9", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(encoding_is_taken(cases[i].header, "gzip"),
				 cases[i].gzip);
		assert_int_equal(encoding_is_taken(cases[i].header, "br"),
				 cases[i].br);
	}
}

static void only_long_texts_are_worth_it(void **state)
{
	(void)state;
	assert_true(encoding_is_worth("text/html; charset=utf-8", 5000));
	assert_true(encoding_is_worth("application/json", 5000));
	assert_true(encoding_is_worth("application/problem+json", 5000));
	assert_false(encoding_is_worth("application/json", 1000));
	assert_false(encoding_is_worth("image/png", 5000));
	assert_false(encoding_is_worth("message/rfc822", 5000));
	assert_false(encoding_is_worth(NULL, 5000));
}

static void gzip_can_be_read_again(void **state)
{
	static const size_t sizes[] = { 0, 1, 1024, 70000, 1 << 20 };
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;

	(void)state;
	while (plain.len < 1 << 20)
		strbuf_addf(&plain, "%zu,", plain.len * 7919);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT;
		z_stream z = { .next_in = NULL };

		strbuf_addstr(&packed, "before");
		encoding_gzip((struct str){ plain.buf, sizes[i] }, &packed);
		strbuf_reserve(&again, sizes[i] + 1);
		z.next_in = (unsigned char *)packed.buf + 6;
		z.avail_in = (unsigned)packed.len - 6;
		z.next_out = (unsigned char *)again.buf;
		z.avail_out = (unsigned)sizes[i] + 1;
		assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
		assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
		assert_int_equal(z.total_out, sizes[i]);
		assert_memory_equal(again.buf, plain.buf, sizes[i]);
		(void)inflateEnd(&z);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codings_are_taken_as_the_header_says),
		cmocka_unit_test(only_long_texts_are_worth_it),
		cmocka_unit_test(gzip_can_be_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
