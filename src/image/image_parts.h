/*
 * image/image_parts.h - what a picture's file is made of, without decoding it
 *
 * Walks the blocks of the four formats, reading nothing beyond the file.
 */
#ifndef IMAGE_IMAGE_PARTS_H
#define IMAGE_IMAGE_PARTS_H

#include "image/image.h"

struct image_parts {
	enum image_type type;
	size_t end;      /* where the picture ends; 0: the file is cut short */
	struct str exif; /* a TIFF structure; empty: there is none */
};

/* false: it begins as none of the formats does. */
bool image_parts_find(struct str file, struct image_parts *out);

/* 1 to 8 as EXIF counts them; 1 (upright) if it does not say. */
int exif_orientation(struct str tiff);

/* Made to be taken for something else too: a page, a script, an archive. */
bool image_is_two_files(struct str file, const struct image_parts *parts);

#endif
