#include "base/archive/deflate.h"
#include "base/archive/tar.h"
#include "base/archive/unpack.h"
#include "base/archive/zip.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Text of any length, of which some compresses well and some not. */
static void make_text(size_t len, struct strbuf *out)
{
	struct prng p = { len };

	strbuf_reset(out);
	while (out->len < len)
		strbuf_addch(out,
			     out->len % 3 ? 'a' : (char)(prng_next(&p) & 0xff));
}

static void what_was_packed_is_unpacked(void **state)
{
	static const size_t lengths[] = { 0,     1,     100,    16383,
					  16384, 16385, 400000, 3000000 };
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		make_text(lengths[i], &plain);
		strbuf_reset(&packed);
		strbuf_reset(&again);
		deflate_all(strbuf_str(&plain), &packed);
		assert_int_equal(
			inflate_all(strbuf_str(&packed), 1 << 22, &again, &err),
			0);
		assert_int_equal(again.len, plain.len);
		assert_memory_equal(again.buf, plain.buf, plain.len);
	}
	(void)state;
}

static void what_is_damaged_or_too_long_is_refused(void **state)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;

	make_text(100000, &plain);
	deflate_all(strbuf_str(&plain), &packed);
	strbuf_addstr(&out, "before");
	assert_int_equal(inflate_all(strbuf_str(&packed), 50000, &out, &err),
			 -1);
	strbuf_truncate(&packed, packed.len - 5);
	assert_int_equal(inflate_all(strbuf_str(&packed), 200000, &out, &err),
			 -1);
	assert_int_equal(inflate_all(str_of("\xff\xff no"), 100, &out, &err),
			 -1);
	assert_int_equal(inflate_all(str_of(""), 100, &out, &err), -1);
	assert_string_equal(out.buf, "before");
	(void)state;
}

static void a_stream_is_the_same_whatever_its_pieces(void **state)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf pieces = STRBUF_INIT;
	struct deflater *d = deflater_new(DEFLATE_RAW);

	make_text(200000, &plain);
	deflate_all(strbuf_str(&plain), &whole);
	for (size_t at = 0; at < plain.len; at += 4321)
		deflater_add(
			d,
			(struct str){ plain.buf + at, plain.len - at < 4321
							      ? plain.len - at
							      : 4321 },
			&pieces);
	deflater_end(d, &pieces);
	deflater_free(&d);
	assert_int_equal(pieces.len, whole.len);
	assert_memory_equal(pieces.buf, whole.buf, whole.len);
	(void)state;
}

static void files_of_a_tar_stand_in_blocks(void **state)
{
	CLEANUP(strbuf_release) struct strbuf tar = STRBUF_INIT;

	tar_begin_file(&tar, "a.json", 3, 1700000000000);
	strbuf_addstr(&tar, "[1]");
	tar_end_file(&tar, 3);
	tar_begin_file(&tar, "b.json", 512, 0);
	for (int i = 0; i < 512; i++)
		strbuf_addch(&tar, 'x');
	tar_end_file(&tar, 512);
	tar_end(&tar);
	assert_int_equal(tar.len, 512 * (2 + 2 + 2));
	assert_string_equal(tar.buf, "a.json");
	assert_memory_equal(tar.buf + 124, "00000000003", 12);
	assert_memory_equal(tar.buf + 136, "14524770400", 11);
	assert_memory_equal(tar.buf + 257, "ustar\00000", 8);
	assert_memory_equal(tar.buf + 512, "[1]\0\0", 5);
	assert_memory_equal(tar.buf + 1024, "b.json", 7);
	(void)state;
}

/* Of the last bytes: how many files, how long the directory, where it is. */
static void a_zip_ends_with_its_directory(void **state)
{
	CLEANUP(strbuf_release) struct strbuf zip = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf again = STRBUF_INIT;
	struct zip *z = zip_new();
	struct err err = ERR_INIT;
	const unsigned char *end;

	zip_begin_file(z, "a.txt", 1700000000000, &zip);
	zip_add(z, str_of("hello "), &zip);
	zip_add(z, str_of("hello"), &zip);
	zip_end_file(z, &zip);
	zip_begin_file(z, "empty", 0, &zip);
	zip_end_file(z, &zip);
	assert_false(zip_is_full(z));
	zip_end(z, &zip);
	zip_free(&z);
	assert_memory_equal(zip.buf, "PK\003\004", 4);
	assert_memory_equal(zip.buf + 30, "a.txt", 5);
	assert_int_equal(inflate_all((struct str){ zip.buf + 35, 20 }, 100,
				     &again, &err),
			 0);
	assert_string_equal(again.buf, "hello hello");
	end = (const unsigned char *)zip.buf + zip.len - 22;
	assert_memory_equal(end, "PK\005\006", 4);
	assert_int_equal(end[10], 2);
	assert_memory_equal(zip.buf + (end[16] | end[17] << 8), "PK\001\002",
			    4);
	assert_int_equal((end[16] | end[17] << 8) + (end[12] | end[13] << 8),
			 zip.len - 22);
	(void)state;
}

static void make_zip(struct strbuf *out)
{
	struct zip *z = zip_new();

	zip_begin_file(z, "n/\xc3\xbc.txt", 1700000000000, out);
	zip_add(z, str_of("hello hello"), out);
	zip_end_file(z, out);
	zip_begin_file(z, "../../etc/passwd", 0, out);
	zip_end_file(z, out);
	zip_end(z, out);
	zip_free(&z);
}

static void a_zip_is_unpacked_whatever_its_names_say(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf zip = STRBUF_INIT;
	CLEANUP(vec_release) struct unpacked files = VEC_INIT;
	struct err err = ERR_INIT;

	(void)state;
	make_zip(&zip);
	assert_int_equal(unpack(strbuf_str(&zip), "zip", arena, &files, &err),
			 0);
	assert_int_equal(files.n, 2);
	assert_string_equal(files.v[0].name, "n/\xc3\xbc.txt");
	assert_true(str_is(files.v[0].bytes, "hello hello"));
	assert_string_equal(files.v[1].name, "../../etc/passwd");
	assert_int_equal(files.v[1].bytes.len, 0);
	assert_int_equal(unpack(strbuf_str(&zip), "tar", arena, &files, &err),
			 -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_true(unpack_is_type("tbz"));
	assert_false(unpack_is_type("rar"));
}

static void a_broken_archive_is_refused(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf zip = STRBUF_INIT;

	(void)state;
	make_zip(&zip);
	for (size_t i = 0; i < zip.len; i++) {
		CLEANUP(vec_release) struct unpacked files = VEC_INIT;
		struct err cut = ERR_INIT, bent = ERR_INIT;
		int rc;

		if (unpack((struct str){ zip.buf, i }, "zip", arena, &files,
			   &cut) < 0)
			assert_int_equal(cut.code, ERR_INVALID);
		zip.buf[i] ^= 0x55;
		rc = unpack(strbuf_str(&zip), "zip", arena, &files, &bent);
		zip.buf[i] ^= 0x55;
		if (rc < 0)
			assert_int_equal(bent.code, ERR_INVALID);
	}
}

/* The sum in the head of a tar's first entry, after a change to it. */
static void sum_head(struct strbuf *tar)
{
	unsigned sum = 0;

	memset(tar->buf + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)tar->buf[i];
	(void)snprintf(tar->buf + 148, 8, "%06o", sum);
}

static void links_and_folders_are_passed_over(void **state)
{
	(void)state;
	for (const char *kind = "12345"; *kind; kind++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		CLEANUP(strbuf_release) struct strbuf tar = STRBUF_INIT;
		CLEANUP(vec_release) struct unpacked files = VEC_INIT;
		struct err err = ERR_INIT;

		tar_begin_file(&tar, "a", 0, 0);
		tar_end_file(&tar, 0);
		tar.buf[156] = *kind;
		memcpy(tar.buf + 157, "/etc/passwd", 11);
		sum_head(&tar);
		tar_begin_file(&tar, "b", 1, 0);
		strbuf_addch(&tar, 'x');
		tar_end_file(&tar, 1);
		tar_end(&tar);
		assert_int_equal(
			unpack(strbuf_str(&tar), "tar", arena, &files, &err),
			0);
		assert_int_equal(files.n, 1);
		assert_string_equal(files.v[0].name, "b");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_is_unpacked),
		cmocka_unit_test(what_is_damaged_or_too_long_is_refused),
		cmocka_unit_test(a_stream_is_the_same_whatever_its_pieces),
		cmocka_unit_test(files_of_a_tar_stand_in_blocks),
		cmocka_unit_test(a_zip_ends_with_its_directory),
		cmocka_unit_test(a_zip_is_unpacked_whatever_its_names_say),
		cmocka_unit_test(a_broken_archive_is_refused),
		cmocka_unit_test(links_and_folders_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
