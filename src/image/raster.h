/*
 * image/raster.h - pixels in memory: turned, and made smaller
 */
#ifndef IMAGE_RASTER_H
#define IMAGE_RASTER_H

#include <stdbool.h>
#include <stddef.h>

struct raster {
	int width, height;
	unsigned char *rgba; /* 4 bytes a pixel, rows without gaps; malloc */
};
void raster_release(struct raster *raster);
/* Running out of memory ends the process: check sizes before. */
void raster_init(struct raster *raster, int width, int height);
size_t raster_bytes(const struct raster *raster);

/* Upright: orientation as of EXIF, 1 to 8. */
void raster_turn(struct raster *raster, int orientation);
/* At most so wide; each new pixel is the mean of the area that it covers. */
void raster_shrink(struct raster *raster, int width_max);
bool raster_is_opaque(const struct raster *raster);

#endif
