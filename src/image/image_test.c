#include "image/image.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "image/codec.h"
#include "image/image_fixture.h"
#include "image/image_parts.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>

#include <cmocka.h>

static struct image out;
static struct err err;

static int make(const struct strbuf *file)
{
	image_release(&out);
	memset(&err, 0, sizeof(err));
	return image_make(strbuf_str(file), &out, &err);
}

static void must_make(const struct strbuf *file, enum image_type type,
		      int width, int height)
{
	struct image_parts parts;

	if (make(file) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(out.type, type);
	assert_int_equal(out.width, width);
	assert_int_equal(out.height, height);
	assert_true(image_parts_find(strbuf_str(&out.bytes), &parts));
	assert_int_equal(parts.type, type);
	assert_int_equal(parts.end, out.bytes.len);
	assert_int_equal(parts.exif.len, 0);
}

static void must_refuse(const struct strbuf *file, const char *why)
{
	assert_int_equal(make(file), -1);
	assert_int_equal(err.code, ERR_INVALID);
	if (!strstr(err.text, why))
		fail_msg("not \"%s\": %s", why, err.text);
}

static void decode_out(struct raster *r)
{
	struct err why = ERR_INIT;

	assert_int_equal((out.type == IMAGE_JPEG ? jpeg_decode : png_decode)(
				 strbuf_str(&out.bytes), r, &why),
			 0);
}

/* Of the new picture, at eighths of its sides. */
static bool is_red(const struct raster *r, int x8, int y8)
{
	const unsigned char *p =
		r->rgba + ((size_t)(r->height * y8 / 8) * (size_t)r->width +
			   (size_t)(r->width * x8 / 8)) *
				  4;

	return p[0] > 200 && p[2] < 60;
}

/* --- what is taken --- */

static void test_kinds(void **state)
{
	CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;

	(void)state;
	fixture_jpeg(&file, 64, 40);
	must_make(&file, IMAGE_JPEG, 64, 40);
	strbuf_reset(&file);
	fixture_png(&file, 64, 40, 100);
	must_make(&file, IMAGE_PNG, 64, 40);
	strbuf_reset(&file);
	fixture_gif(&file, 64, 40, 1);
	must_make(&file, IMAGE_GIF, 64, 40);
	strbuf_reset(&file);
	fixture_webp(&file, 64, 40, 255, true);
	must_make(&file, IMAGE_JPEG, 64, 40);
	strbuf_reset(&file);
	fixture_webp(&file, 64, 40, 100, true);
	must_make(&file, IMAGE_PNG, 64, 40);
	strbuf_reset(&file);
	fixture_webp(&file, 64, 40, 255, false);
	must_make(&file, IMAGE_PNG, 64, 40);
}

static void test_transparency_is_kept(void **state)
{
	CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
	CLEANUP(raster_release) struct raster r = { .rgba = NULL };

	(void)state;
	fixture_png(&file, 4000, 40, 0);
	must_make(&file, IMAGE_PNG, 1800, 18);
	decode_out(&r);
	assert_int_equal(r.rgba[3], 255);
	assert_int_equal(r.rgba[raster_bytes(&r) - 1], 0);
	assert_true(is_red(&r, 1, 1));
	assert_false(is_red(&r, 7, 1));
}

static void test_wide_ones_are_shrunk(void **state)
{
	static const struct {
		int width, height, new_width, new_height;
	} cases[] = {
		{ 1800, 30, 1800, 30 },     { 1801, 30, 1800, 29 },
		{ 3600, 7, 1800, 3 },       { 20000, 1, 1800, 1 },
		{ 2500, 2500, 1800, 1800 }, { 100, 4000, 100, 4000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
		CLEANUP(raster_release) struct raster r = { .rgba = NULL };

		fixture_png(&file, cases[i].width, cases[i].height, 255);
		must_make(&file, IMAGE_PNG, cases[i].new_width,
			  cases[i].new_height);
		decode_out(&r);
		assert_true(is_red(&r, 1, 0));
		assert_false(is_red(&r, 7, 0));
		assert_true(raster_is_opaque(&r));
	}
}

/* EXIF's eight ways to hold a camera: red is left, right, above or below. */
static void test_turned_upright(void **state)
{
	static const struct {
		int orientation;
		bool is_sideways, red_left, red_top;
	} cases[] = {
		{ 1, false, true, false },  { 2, false, false, false },
		{ 3, false, false, false }, { 4, false, true, false },
		{ 5, true, false, true },   { 6, true, false, true },
		{ 7, true, false, false },  { 8, true, false, false },
		{ 9, false, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
		CLEANUP(raster_release) struct raster r = { .rgba = NULL };
		bool is_sideways = cases[i].is_sideways;

		fixture_turned_jpeg(&file, 64, 32, cases[i].orientation);
		must_make(&file, IMAGE_JPEG, is_sideways ? 32 : 64,
			  is_sideways ? 64 : 32);
		decode_out(&r);
		if (is_sideways) {
			assert_int_equal(is_red(&r, 4, 1), cases[i].red_top);
			assert_int_equal(is_red(&r, 4, 7), !cases[i].red_top);
		} else {
			assert_int_equal(is_red(&r, 1, 4), cases[i].red_left);
			assert_int_equal(is_red(&r, 7, 4), !cases[i].red_left);
		}
	}
}

static void test_animation_is_kept(void **state)
{
	CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf wide = STRBUF_INIT;
	size_t frames = 0;

	(void)state;
	fixture_gif(&file, 20, 10, 7);
	must_make(&file, IMAGE_GIF, 20, 10);
	assert_non_null(
		memmem(out.bytes.buf, out.bytes.len, "NETSCAPE2.0", 11));
	for (size_t i = 0; i + 4 < out.bytes.len; i++)
		frames += memcmp(out.bytes.buf + i, "\x21\xf9\x04\x04\x0a",
				 5) == 0;
	assert_int_equal(frames, 7);
	fixture_gif(&wide, 3000, 30, 2);
	must_make(&wide, IMAGE_GIF, 1800, 18);
}

/* --- what is not --- */

static void test_other_files(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "empty" },
		{ "hello", "give a JPEG" },
		{ "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
		  "give a JPEG" },
		{ "<?xml version=\"1.0\"?><svg/>", "give a JPEG" },
		{ "%PDF-1.7", "give a JPEG" },
		{ "BM000000", "give a JPEG" },
		{ "\xff\xd8\xff", "broken" },
		{ "\x89PNG\r\n\x1a\n", "give a JPEG" },
		{ "\x89PNG\r\n\x1a\nx", "broken" },
		{ "GIF89a", "broken" },
		{ "RIFF\x04xxxWEBP", "broken" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;

		strbuf_addstr(&file, cases[i].text);
		must_refuse(&file, cases[i].why);
	}
}

static void test_limits_come_before_memory(void **state)
{
	static const struct {
		unsigned width, height;
	} cases[] = {
		{ 60000, 60000 },
		{ 20001, 1 },
		{ 1, 20001 },
		{ 8000, 5001 },
		{ 0x7fffffff, 0x7fffffff },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;

		fixture_png_head(&file, cases[i].width, cases[i].height);
		/* libpng has a limit of its own */
		must_refuse(&file,
			    cases[i].width > 1000000 ? "broken" : "too large");
	}
}

static void test_long_files_and_animations(void **state)
{
	CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;

	(void)state;
	fixture_gif(&file, 2, 2, IMAGE_FRAMES_MAX + 1);
	must_refuse(&file, "too long");
	strbuf_reset(&file);
	fixture_gif(&file, 5000, 5000, 5);
	must_refuse(&file, "animation is too large");
	strbuf_reset(&file);
	fixture_jpeg(&file, 16, 16);
	while (file.len <= IMAGE_BYTES_MAX)
		strbuf_addstr(&file, "0123456789abcdef");
	must_refuse(&file, "10 MB");
}

/* A head that claims more than is there must not take its memory. */
static void test_claims_of_gif_and_jpeg(void **state)
{
	CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
	char *size;

	(void)state;
	fixture_gif(&file, 8, 8, 1);
	memset(file.buf + 6, 0xff, 4);
	must_refuse(&file, "too large");
	strbuf_reset(&file);
	fixture_jpeg(&file, 8, 8);
	size = memmem(file.buf, file.len, "\x08\x00\x08\x00\x08", 5);
	assert_non_null(size);
	memset(size + 1, 0x7f, 4);
	must_refuse(&file, "too large");
}

static void make_any(size_t kind, struct strbuf *file)
{
	if (kind == 0)
		fixture_turned_jpeg(file, 24, 16, 6);
	else if (kind == 1)
		fixture_png(file, 24, 16, 90);
	else if (kind == 2)
		fixture_gif(file, 24, 16, 3);
	else
		fixture_webp(file, 24, 16, 90, kind == 3);
}

/* Each cut short at each length, and with each byte turned: refused, or some
 * other picture, and nothing worse. */
static void test_broken_anywhere(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < 5; kind++) {
		CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;

		make_any(kind, &whole);
		for (size_t i = 0; i < whole.len; i++) {
			struct strbuf cut = { whole.buf, i, 0 };

			assert_int_equal(make(&cut), -1);
			whole.buf[i] = (char)~whole.buf[i];
			if (make(&whole) < 0)
				assert_int_equal(err.code, ERR_INVALID);
			whole.buf[i] = (char)~whole.buf[i];
		}
	}
}

static void test_two_files_in_one(void **state)
{
	static const char *const tails[] = {
		"PK\3\4 archive", "%PDF-1.4",       "<script>alert(1)</script>",
		"<html><body>",   "<svg onload=x>", "<?php system($x);",
		"Rar!\x1a\x07",
	};

	(void)state;
	for (size_t kind = 0; kind < 5; kind++)
		for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
			CLEANUP(strbuf_release)
			struct strbuf file = STRBUF_INIT;

			make_any(kind, &file);
			strbuf_addstr(&file, tails[i]);
			must_refuse(&file, "something else");
		}
}

/* What a camera adds behind and inside is left out. */
static void test_nothing_but_the_picture_is_left(void **state)
{
	CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;

	(void)state;
	fixture_jpeg(&plain, 24, 16);
	strbuf_add(&file, plain.buf, 2);
	strbuf_add(&file, "\xff\xfe\x00\x0cSECRET GPS", 14);
	strbuf_add(&file, plain.buf + 2, plain.len - 2);
	strbuf_addstr(&file, "ftypmp42 a film");
	must_make(&file, IMAGE_JPEG, 24, 16);
	assert_null(memmem(out.bytes.buf, out.bytes.len, "SECRET", 6));
	assert_null(memmem(out.bytes.buf, out.bytes.len, "ftyp", 4));
}

#define MANY 32

struct drawing {
	pthread_barrier_t begin;
	struct strbuf file;
	atomic_int made, refused;
};

static void *draw(void *arg)
{
	struct drawing *d = arg;
	struct image image;
	struct err why = ERR_INIT;

	pthread_barrier_wait(&d->begin);
	if (image_make(strbuf_str(&d->file), &image, &why) == 0)
		atomic_fetch_add(&d->made, 1);
	else if (why.code == ERR_RETRY)
		atomic_fetch_add(&d->refused, 1);
	image_release(&image);
	return NULL;
}

/* Who comes when eight are waited for is sent away at once, and not for ever.
 */
static void test_many_at_once(void **state)
{
	struct drawing d = { .file = STRBUF_INIT };
	pthread_t threads[MANY];

	(void)state;
	fixture_png(&d.file, 1500, 1500, 255);
	assert_int_equal(pthread_barrier_init(&d.begin, NULL, MANY), 0);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, draw, &d),
				 0);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(d.made + d.refused, MANY);
	assert_true(d.made >= IMAGE_AT_ONCE);
	assert_true(d.refused > 0);
	d.made = 0;
	pthread_barrier_destroy(&d.begin);
	assert_int_equal(pthread_barrier_init(&d.begin, NULL, 1), 0);
	(void)draw(&d);
	assert_int_equal(d.made, 1);
	pthread_barrier_destroy(&d.begin);
	strbuf_release(&d.file);
}

static int release(void **state)
{
	(void)state;
	image_release(&out);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_transparency_is_kept),
		cmocka_unit_test(test_wide_ones_are_shrunk),
		cmocka_unit_test(test_turned_upright),
		cmocka_unit_test(test_animation_is_kept),
		cmocka_unit_test(test_other_files),
		cmocka_unit_test(test_limits_come_before_memory),
		cmocka_unit_test(test_long_files_and_animations),
		cmocka_unit_test(test_claims_of_gif_and_jpeg),
		cmocka_unit_test(test_broken_anywhere),
		cmocka_unit_test(test_two_files_in_one),
		cmocka_unit_test(test_nothing_but_the_picture_is_left),
		cmocka_unit_test(test_many_at_once),
	};

	out.bytes = (struct strbuf)STRBUF_INIT;
	return cmocka_run_group_tests(tests, NULL, release);
}
