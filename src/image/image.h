/*
 * image/image.h - a picture that somebody gave, drawn anew for mails
 *
 * What comes in is told by its bytes, checked against limits before anything
 * of its size is allocated, decoded, and encoded again: so nothing of the file
 * but the picture is left. It is turned upright (EXIF), at most IMAGE_WIDTH_MAX
 * wide, and of a kind that mail programs show: JPEG stays JPEG, PNG stays PNG,
 * GIF keeps its animation, WebP becomes PNG if it has transparent parts or is
 * lossless, else JPEG.
 *
 * Any thread; one picture at a time is worked on, others wait, so that memory
 * for one is enough; and only so many, so that some threads are left for what
 * does not wait for pictures.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "base/strbuf.h"

#define IMAGE_BYTES_MAX (10u * 1024 * 1024)
#define IMAGE_PIXELS_MAX (40 * 1000 * 1000)
#define IMAGE_SIDE_MAX 20000
#define IMAGE_WIDTH_MAX 1800
#define IMAGE_FRAMES_MAX 500
#define IMAGE_AT_ONCE 8 /* worked on, or waiting */
/* Of all frames of an animation together. */
#define IMAGE_FRAME_PIXELS_MAX (100 * 1000 * 1000)

/* Stored in the database: append only, never renumber. */
enum image_type {
	IMAGE_JPEG = 1,
	IMAGE_PNG = 2,
	IMAGE_GIF = 3,
	IMAGE_WEBP = 4, /* comes in, never goes out */
};
const char *image_type_mime(enum image_type type);   /* "image/jpeg" */
const char *image_type_ending(enum image_type type); /* "jpg" */

struct image {
	enum image_type type;
	int width, height;
	int64_t work; /* pixels that were decoded for it, which takes the time
		       */
	struct strbuf bytes;
};
void image_release(struct image *image);

/*
 * *out is to be released, also after a failure. ERR_INVALID: no picture that
 * is taken (broken, too large, of another kind, two files in one), in words
 * for people. ERR_RETRY: too many wait already.
 */
int image_make(struct str file, struct image *out, struct err *err);

#endif
