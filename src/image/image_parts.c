#include "image/image_parts.h"

#include "base/cleanup.h"

#include <string.h>
#include <strings.h>

static const unsigned char png_signature[] = { 0x89, 'P',  'N',  'G',
					       '\r', '\n', 0x1a, '\n' };

/* --- numbers; 0 beyond the end --- */

static unsigned byte_at(struct str f, size_t at)
{
	return at < f.len ? (unsigned char)f.s[at] : 0;
}

static uint32_t number_at(struct str f, size_t at, int bytes, bool is_little)
{
	uint32_t n = 0;

	for (int i = 0; i < bytes; i++)
		n = n << 8 |
		    byte_at(f, at + (size_t)(is_little ? bytes - 1 - i : i));
	return n;
}

static bool has(struct str f, size_t at, const char *text)
{
	size_t len = strlen(text);

	return at <= f.len && f.len - at >= len &&
	       memcmp(f.s + at, text, len) == 0;
}

static struct str slice(struct str f, size_t at, size_t len)
{
	if (at > f.len || f.len - at < len)
		return (struct str){ NULL, 0 };
	return (struct str){ f.s + at, len };
}

/* --- the formats --- */

/* Bytes of the picture itself never look like a marker: FF is followed by 0 or
 * by a restart there. */
static void walk_jpeg(struct str f, struct image_parts *out)
{
	size_t at = 2;

	while (at + 2 <= f.len) {
		unsigned marker = byte_at(f, at + 1);
		size_t len = number_at(f, at + 2, 2, false);

		if (byte_at(f, at) != 0xff || marker == 0xff) {
			at++;
		} else if (marker <= 1 || (marker >= 0xd0 && marker <= 0xd8)) {
			at += 2;
		} else if (marker == 0xd9) {
			out->end = at + 2;
			return;
		} else {
			if (marker == 0xe1 && len > 8 && !out->exif.len &&
			    has(f, at + 4, "Exif"))
				out->exif = slice(f, at + 10, len - 8);
			at += 2 + (len < 2 ? 2 : len);
		}
	}
}

static void walk_png(struct str f, struct image_parts *out)
{
	size_t at = sizeof(png_signature);

	while (at + 12 <= f.len) {
		size_t len = number_at(f, at, 4, false);

		if (len > f.len - at - 12)
			return;
		if (has(f, at + 4, "eXIf"))
			out->exif = slice(f, at + 8, len);
		if (has(f, at + 4, "IEND")) {
			out->end = at + 12 + len;
			return;
		}
		at += 12 + len;
	}
}

static void walk_webp(struct str f, struct image_parts *out)
{
	size_t size = number_at(f, 4, 4, true), at = 12;

	if (size < 4 || size > f.len - 8)
		return;
	out->end = 8 + size + (size & 1);
	while (at + 8 <= 8 + size) {
		size_t len = number_at(f, at + 4, 4, true);

		if (has(f, at, "EXIF"))
			out->exif = slice(f, at + 8, len);
		at += 8 + len + (len & 1);
	}
	if (has(out->exif, 0, "Exif")) /* some write JPEG's mark too */
		out->exif = slice(out->exif, 6, out->exif.len - 6);
}

static size_t colours_end(size_t at, unsigned flags)
{
	return flags & 0x80 ? at + ((size_t)6 << (flags & 7)) : at;
}

static size_t pieces_end(struct str f, size_t at)
{
	while (byte_at(f, at) != 0)
		at += 1 + byte_at(f, at);
	return at + 1;
}

static void walk_gif(struct str f, struct image_parts *out)
{
	size_t at = colours_end(13, byte_at(f, 10));

	while (at < f.len)
		switch (byte_at(f, at)) {
		case 0x3b:
			out->end = at + 1;
			return;
		case 0x21:
			at = pieces_end(f, at + 2);
			break;
		case 0x2c:
			at = colours_end(at + 10, byte_at(f, at + 9));
			at = pieces_end(f, at + 1);
			break;
		default:
			return;
		}
}

bool image_parts_find(struct str f, struct image_parts *out)
{
	*out = (struct image_parts){ .end = 0 };
	if (has(f, 0, "\xff\xd8\xff")) {
		out->type = IMAGE_JPEG;
		walk_jpeg(f, out);
	} else if (f.len > sizeof(png_signature) &&
		   memcmp(f.s, png_signature, sizeof(png_signature)) == 0) {
		out->type = IMAGE_PNG;
		walk_png(f, out);
	} else if (has(f, 0, "GIF87a") || has(f, 0, "GIF89a")) {
		out->type = IMAGE_GIF;
		walk_gif(f, out);
	} else if (has(f, 0, "RIFF") && has(f, 8, "WEBP")) {
		out->type = IMAGE_WEBP;
		walk_webp(f, out);
	} else {
		return false;
	}
	if (out->end > f.len)
		out->end = 0;
	return true;
}

/* --- EXIF --- */

int exif_orientation(struct str tiff)
{
	bool is_little = has(tiff, 0, "II");
	size_t at = number_at(tiff, 4, 4, is_little), n;

	if ((!is_little && !has(tiff, 0, "MM")) || at > tiff.len)
		return 1;
	n = number_at(tiff, at, 2, is_little);
	at += 2;
	for (size_t i = 0; i < n && at + 12 <= tiff.len; i++, at += 12) {
		uint32_t value = number_at(tiff, at + 8, 2, is_little);

		if (number_at(tiff, at, 2, is_little) == 0x0112)
			return value >= 1 && value <= 8 ? (int)value : 1;
	}
	return 1;
}

/* --- more than a picture --- */

static bool holds(struct str f, const char *const *marks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(marks[i]);

		for (size_t at = 0; at + len <= f.len; at++)
			if (strncasecmp(f.s + at, marks[i], len) == 0)
				return true;
	}
	return false;
}

/* Long marks do not come about by chance in what is compressed; short ones
 * count only behind the picture, where cameras keep films and thumbnails. */
bool image_is_two_files(struct str f, const struct image_parts *parts)
{
	static const char *const pages[] = { "<script", "<!doctype", "<iframe",
					     "<?php " };
	static const char *const others[] = { "PK\3\4",   "%PDF-",
					      "Rar!\x1a", "7z\xbc\xaf",
					      "\177ELF",  "<svg",
					      "<html" };
	size_t end = parts->end ? parts->end : f.len;

	return holds(f, pages, ARRAY_SIZE(pages)) ||
	       holds(slice(f, end, f.len - end), others, ARRAY_SIZE(others));
}
