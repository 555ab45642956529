/*
 * image/codec.h - the pictures' formats, each by its library
 *
 * Sizes are read and checked (check_size) before anything is decoded. Errors
 * are ERR_INVALID with the library's words.
 */
#ifndef IMAGE_CODEC_H
#define IMAGE_CODEC_H

#include "image/image.h"
#include "image/raster.h"

int image_check_size(int64_t width, int64_t height, struct err *err);

int jpeg_decode(struct str file, struct raster *out, struct err *err);
int png_decode(struct str file, struct raster *out, struct err *err);
/* *is_photo: it was compressed as one, with loss. */
int webp_decode(struct str file, struct raster *out, bool *is_photo,
		struct err *err);

int jpeg_encode(const struct raster *raster, struct strbuf *out,
		struct err *err);
int png_encode(const struct raster *raster, struct strbuf *out,
	       struct err *err);

/* Its frames, at most IMAGE_WIDTH_MAX wide, with times and loops. */
int gif_redraw(struct str file, struct image *out, struct err *err);

#endif
