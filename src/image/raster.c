#include "image/raster.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void raster_init(struct raster *r, int width, int height)
{
	*r = (struct raster){ .width = width, .height = height };
	r->rgba = malloc(raster_bytes(r));
	BUG_ON(!r->rgba);
}

void raster_release(struct raster *r)
{
	free(r->rgba);
	*r = (struct raster){ .rgba = NULL };
}

size_t raster_bytes(const struct raster *r)
{
	return (size_t)r->width * (size_t)r->height * 4;
}

static unsigned char *pixel(const struct raster *r, int x, int y)
{
	return r->rgba + ((size_t)y * (size_t)r->width + (size_t)x) * 4;
}

/* Where the pixel of the upright picture stands in the other, whose last
 * column and row are right and bottom. */
static void find_source(int orientation, int x, int y, int right, int bottom,
			int *sx, int *sy)
{
	bool is_sideways = orientation >= 5;
	bool from_right = orientation == 2 || orientation == 3 ||
			  orientation == 7 || orientation == 8;
	bool from_bottom = orientation == 3 || orientation == 4 ||
			   orientation == 6 || orientation == 7;

	*sx = is_sideways ? y : x;
	*sy = is_sideways ? x : y;
	if (from_right)
		*sx = right - *sx;
	if (from_bottom)
		*sy = bottom - *sy;
}

void raster_turn(struct raster *r, int orientation)
{
	bool is_sideways = orientation >= 5;
	struct raster out;
	int sx, sy;

	if (orientation <= 1)
		return;
	raster_init(&out, is_sideways ? r->height : r->width,
		    is_sideways ? r->width : r->height);
	for (int y = 0; y < out.height; y++)
		for (int x = 0; x < out.width; x++) {
			find_source(orientation, x, y, r->width - 1,
				    r->height - 1, &sx, &sy);
			memcpy(pixel(&out, x, y), pixel(r, sx, sy), 4);
		}
	raster_release(r);
	*r = out;
}

/* --- smaller --- */

/* One row of the source, as wide as the result; colours are weighted by how
 * opaque they are, or transparent ones would bleed. */
static void shrink_row(const struct raster *from, int y, int width, float *out)
{
	double step = (double)from->width / width;

	memset(out, 0, (size_t)width * 4 * sizeof(*out));
	for (int x = 0; x < from->width; x++) {
		const unsigned char *p = pixel(from, x, y);
		int first = (int)(x / step);
		double edge = (first + 1) * step;
		/* of this pixel, what the first new one covers */
		double part = edge < x + 1 ? edge - x : 1;

		for (int i = 0; i < 2; i++) {
			float weight = (float)(i ? 1 - part : part);
			float alpha = weight * (float)p[3];
			float *o = out + (size_t)(first + i) * 4;

			if (weight <= 0 || first + i >= width)
				continue;
			for (int c = 0; c < 3; c++)
				o[c] += alpha * (float)p[c];
			o[3] += alpha;
		}
	}
}

static void put_row(const float *sums, double area, int width,
		    unsigned char *out)
{
	for (int x = 0; x < width; x++, sums += 4, out += 4) {
		for (int c = 0; c < 3; c++)
			out[c] = sums[3] > 0
					 ? (unsigned char)(sums[c] / sums[3] +
							   0.5F)
					 : 0;
		out[3] = (unsigned char)(sums[3] / (float)area + 0.5F);
	}
}

static void add_row(float *sums, const float *row, double weight, int width)
{
	for (size_t i = 0; weight > 0 && i < (size_t)width * 4; i++)
		sums[i] += (float)weight * row[i];
}

static void shrink_rows(const struct raster *from, struct raster *to,
			float *row, float *sums)
{
	size_t row_bytes = (size_t)to->width * 4 * sizeof(*sums);
	double step = (double)from->height / to->height;
	double area = step * from->width / to->width;
	int y = 0;

	memset(sums, 0, row_bytes);
	for (int sy = 0; sy < from->height; sy++) {
		double edge = (y + 1) * step;
		double part = edge < sy + 1 ? edge - sy : 1;

		shrink_row(from, sy, to->width, row);
		add_row(sums, row, part, to->width);
		if (edge > sy + 1 + 1e-9 && sy + 1 < from->height)
			continue;
		put_row(sums, area, to->width, pixel(to, 0, y));
		memset(sums, 0, row_bytes);
		add_row(sums, row, 1 - part, to->width);
		if (++y == to->height)
			return;
	}
}

void raster_shrink(struct raster *r, int width_max)
{
	struct raster out;
	float *row, *sums;
	int height;

	if (r->width <= width_max)
		return;
	height = (int)((int64_t)r->height * width_max / r->width);
	raster_init(&out, width_max, height > 0 ? height : 1);
	row = calloc((size_t)width_max * 4, sizeof(*row));
	sums = calloc((size_t)width_max * 4, sizeof(*sums));
	BUG_ON(!row || !sums);
	memset(out.rgba, 0, raster_bytes(&out));
	shrink_rows(r, &out, row, sums);
	free(row);
	free(sums);
	raster_release(r);
	*r = out;
}

bool raster_is_opaque(const struct raster *r)
{
	for (size_t i = 3; i < raster_bytes(r); i += 4)
		if (r->rgba[i] != 255)
			return false;
	return true;
}
