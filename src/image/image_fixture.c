#include "image/image_fixture.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "image/codec.h"

#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>
#include <zlib.h>

void fixture_raster(struct raster *out, int width, int height, int alpha)
{
	raster_init(out, width, height);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			unsigned char *p =
				out->rgba +
				((size_t)y * (size_t)width + (size_t)x) * 4;

			p[0] = x < width / 2 ? 255 : 0;
			p[1] = 0;
			p[2] = x < width / 2 ? 0 : 255;
			p[3] = (unsigned char)(y < height / 2 ? 255 : alpha);
		}
}

void fixture_jpeg(struct strbuf *out, int width, int height)
{
	CLEANUP(raster_release) struct raster r = { .rgba = NULL };
	struct err err = ERR_INIT;

	fixture_raster(&r, width, height, 255);
	BUG_ON(jpeg_encode(&r, out, &err) < 0);
}

void fixture_turned_jpeg(struct strbuf *out, int width, int height,
			 int orientation)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	static const char head[] = "\xff\xe1\x00\x22"
				   "Exif\0\0MM\0*\0\0\0\x08\0\x01"
				   "\x01\x12\0\x03\0\0\0\x01\0";

	fixture_jpeg(&plain, width, height);
	strbuf_add(out, plain.buf, 2);
	strbuf_add(out, head, sizeof(head) - 1);
	strbuf_addch(out, (char)orientation);
	strbuf_add(out, "\0\0\0\0\0\0", 6);
	strbuf_add(out, plain.buf + 2, plain.len - 2);
}

void fixture_png(struct strbuf *out, int width, int height, int alpha)
{
	CLEANUP(raster_release) struct raster r = { .rgba = NULL };
	struct err err = ERR_INIT;

	fixture_raster(&r, width, height, alpha);
	BUG_ON(png_encode(&r, out, &err) < 0);
}

void fixture_webp(struct strbuf *out, int width, int height, int alpha,
		  bool is_photo)
{
	CLEANUP(raster_release) struct raster r = { .rgba = NULL };
	uint8_t *data = NULL;
	size_t size;

	fixture_raster(&r, width, height, alpha);
	size = is_photo ? WebPEncodeRGBA(r.rgba, width, height, width * 4, 80,
					 &data)
			: WebPEncodeLosslessRGBA(r.rgba, width, height,
						 width * 4, &data);
	BUG_ON(size == 0);
	strbuf_add(out, data, size);
	WebPFree(data);
}

static int write_some(GifFileType *file, const GifByteType *data, int n)
{
	strbuf_add(file->UserData, data, (size_t)n);
	return n;
}

static void put_frame(GifFileType *gif, int width, int height, int number)
{
	GifByteType control[4] = { 4, 10, 0, 0 };
	GifByteType *line = malloc((size_t)width);

	BUG_ON(!line);
	memset(line, number & 1, (size_t)width);
	BUG_ON(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, control) ==
	       GIF_ERROR);
	BUG_ON(EGifPutImageDesc(gif, 0, 0, width, height, false, NULL) ==
	       GIF_ERROR);
	for (int y = 0; y < height; y++)
		BUG_ON(EGifPutLine(gif, line, width) == GIF_ERROR);
	free(line);
}

void fixture_gif(struct strbuf *out, int width, int height, int frames)
{
	static const GifColorType colours[2] = { { 255, 0, 0 }, { 0, 0, 255 } };
	ColorMapObject *map = GifMakeMapObject(2, colours);
	GifFileType *gif = EGifOpen(out, write_some, NULL);

	BUG_ON(!gif || !map);
	EGifSetGifVersion(gif, true);
	BUG_ON(EGifPutScreenDesc(gif, width, height, 1, 0, map) == GIF_ERROR);
	if (frames > 1) {
		EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE);
		EGifPutExtensionBlock(gif, 11, "NETSCAPE2.0");
		EGifPutExtensionBlock(gif, 3, "\1\0\0");
		EGifPutExtensionTrailer(gif);
	}
	for (int i = 0; i < frames; i++)
		put_frame(gif, width, height, i);
	BUG_ON(EGifCloseFile(gif, NULL) == GIF_ERROR);
	GifFreeMapObject(map);
}

static void put_number(char *at, unsigned n)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(n >> (24 - 8 * i));
}

void fixture_png_head(struct strbuf *out, unsigned width, unsigned height)
{
	char head[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDRwwwwhhhh"
		      "\x08\x06\0\0\0cccc"
		      "\0\0\0\0IDAT\x35\xaf\x06\x1e"
		      "\0\0\0\0IEND\xae\x42\x60\x82";

	put_number(head + 16, width);
	put_number(head + 20, height);
	put_number(head + 29, (unsigned)crc32(0, (Bytef *)head + 12, 17));
	strbuf_add(out, head, sizeof(head) - 1);
}
