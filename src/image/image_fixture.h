/*
 * image/image_fixture.h - files of pictures, made for tests
 */
#ifndef IMAGE_IMAGE_FIXTURE_H
#define IMAGE_IMAGE_FIXTURE_H

#include "base/strbuf.h"
#include "image/raster.h"

/* Left half red, right half blue; the lower half of alpha `alpha`. */
void fixture_raster(struct raster *out, int width, int height, int alpha);

void fixture_jpeg(struct strbuf *out, int width, int height);
/* With an APP1 of EXIF that says so. */
void fixture_turned_jpeg(struct strbuf *out, int width, int height,
			 int orientation);
void fixture_png(struct strbuf *out, int width, int height, int alpha);
void fixture_webp(struct strbuf *out, int width, int height, int alpha,
		  bool is_photo);
/* Frames one after the other, 1/10 s each, without end if there are several. */
void fixture_gif(struct strbuf *out, int width, int height, int frames);
/* A head that claims a size, with a checksum that is right. */
void fixture_png_head(struct strbuf *out, unsigned width, unsigned height);

#endif
