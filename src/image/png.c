/* PNG. Called by image.c for one picture at a time; any thread. */
#include "base/cleanup.h"
#include "base/err.h"
#include "image/codec.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

static int is_broken(const png_image *png, struct err *err)
{
	return err_set(err, ERR_INVALID, "this PNG picture is broken: %s",
		       png->message);
}

int png_decode(struct str file, struct raster *out, struct err *err)
{
	CLEANUP(png_image_free)
	png_image png = { .version = PNG_IMAGE_VERSION };

	if (!png_image_begin_read_from_memory(&png, file.s, file.len))
		return is_broken(&png, err);
	if (image_check_size(png.width, png.height, err) < 0)
		return -1;
	png.format = PNG_FORMAT_RGBA;
	raster_init(out, (int)png.width, (int)png.height);
	if (!png_image_finish_read(&png, NULL, out->rgba, 0, NULL))
		return is_broken(&png, err);
	return 0;
}

/* --- few colours make small files --- */

#define COLOURS 256
#define SLOTS 1024 /* of a hash table: a power of two, and roomy */

struct palette {
	uint32_t colours[COLOURS];
	int n;
	int16_t slots[SLOTS]; /* -1: free */
	unsigned char *indexes;
};

static void palette_release(struct palette *p)
{
	free(p->indexes);
}

/* -1: there are too many. */
static int palette_find(struct palette *p, uint32_t colour)
{
	uint32_t slot = (colour * 2654435761U) >> 22;

	while (p->slots[slot] >= 0 && p->colours[p->slots[slot]] != colour)
		slot = (slot + 1) % SLOTS;
	if (p->slots[slot] < 0) {
		if (p->n == COLOURS)
			return -1;
		p->slots[slot] = (int16_t)p->n;
		p->colours[p->n++] = colour;
	}
	return p->slots[slot];
}

static bool palette_fill(struct palette *p, const struct raster *r)
{
	size_t n = raster_bytes(r) / 4;

	memset(p->slots, -1, sizeof(p->slots));
	p->indexes = malloc(n);
	BUG_ON(!p->indexes);
	for (size_t i = 0; i < n; i++) {
		uint32_t colour;
		int index;

		memcpy(&colour, r->rgba + i * 4, sizeof(colour));
		index = palette_find(p, colour);
		if (index < 0)
			return false;
		p->indexes[i] = (unsigned char)index;
	}
	return true;
}

int png_encode(const struct raster *r, struct strbuf *out, struct err *err)
{
	CLEANUP(palette_release) struct palette p = { .n = 0 };
	bool is_few = palette_fill(&p, r);
	const void *pixels = is_few ? p.indexes : r->rgba;
	png_image png = {
		.version = PNG_IMAGE_VERSION,
		.width = (png_uint_32)r->width,
		.height = (png_uint_32)r->height,
		.format = is_few ? PNG_FORMAT_RGBA_COLORMAP : PNG_FORMAT_RGBA,
		.colormap_entries = (png_uint_32)p.n,
	};
	png_alloc_size_t size = 0;

	if (!png_image_write_to_memory(&png, NULL, &size, 0, pixels, 0,
				       p.colours))
		return is_broken(&png, err);
	strbuf_reserve(out, size);
	if (!png_image_write_to_memory(&png, out->buf + out->len, &size, 0,
				       pixels, 0, p.colours))
		return is_broken(&png, err);
	out->len += size;
	out->buf[out->len] = '\0';
	return 0;
}
