#include "image/image.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "image/codec.h"
#include "image/image_parts.h"

#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static atomic_int at_once;

const char *image_type_mime(enum image_type type)
{
	static const char *const names[] = {
		[IMAGE_JPEG] = "image/jpeg",
		[IMAGE_PNG] = "image/png",
		[IMAGE_GIF] = "image/gif",
		[IMAGE_WEBP] = "image/webp",
	};

	return names[type];
}

const char *image_type_ending(enum image_type type)
{
	static const char *const names[] = {
		[IMAGE_JPEG] = "jpg",
		[IMAGE_PNG] = "png",
		[IMAGE_GIF] = "gif",
		[IMAGE_WEBP] = "webp",
	};

	return names[type];
}

void image_release(struct image *image)
{
	strbuf_release(&image->bytes);
}

int image_check_size(int64_t width, int64_t height, struct err *err)
{
	if (width < 1 || height < 1)
		return err_set(err, ERR_INVALID, "the picture is empty");
	if (width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX ||
	    width * height > IMAGE_PIXELS_MAX)
		return err_set(err, ERR_INVALID,
			       "the picture is too large: %lld x %lld pixels; "
			       "at most %d million, and %d a side, are taken",
			       (long long)width, (long long)height,
			       IMAGE_PIXELS_MAX / 1000000, IMAGE_SIDE_MAX);
	return 0;
}

static int decode(struct str file, enum image_type *type, struct raster *out,
		  struct err *err)
{
	bool is_photo;

	if (*type == IMAGE_JPEG)
		return jpeg_decode(file, out, err);
	if (*type == IMAGE_PNG)
		return png_decode(file, out, err);
	if (webp_decode(file, out, &is_photo, err) < 0)
		return -1;
	*type = is_photo && raster_is_opaque(out) ? IMAGE_JPEG : IMAGE_PNG;
	return 0;
}

static int redraw(struct str file, const struct image_parts *parts,
		  struct image *out, struct err *err)
{
	CLEANUP(raster_release) struct raster r = { .rgba = NULL };
	int orientation = exif_orientation(parts->exif);

	out->type = parts->type;
	if (out->type == IMAGE_GIF)
		return gif_redraw(file, out, err);
	if (decode(file, &out->type, &r, err) < 0)
		return -1;
	out->work = (int64_t)r.width * r.height;
	/* smaller first, unless that is its height */
	if (orientation < 5)
		raster_shrink(&r, IMAGE_WIDTH_MAX);
	raster_turn(&r, orientation);
	raster_shrink(&r, IMAGE_WIDTH_MAX);
	out->width = r.width;
	out->height = r.height;
	return out->type == IMAGE_JPEG ? jpeg_encode(&r, &out->bytes, err)
				       : png_encode(&r, &out->bytes, err);
}

static int check_file(struct str file, struct image_parts *parts,
		      struct err *err)
{
	if (file.len == 0)
		return err_set(err, ERR_INVALID, "the file is empty");
	if (file.len > IMAGE_BYTES_MAX)
		return err_set(err, ERR_INVALID,
			       "the file is too large: at most %u MB are taken",
			       IMAGE_BYTES_MAX / 1024 / 1024);
	if (!image_parts_find(file, parts))
		return err_set(err, ERR_INVALID,
			       "this is no picture that mail programs show: "
			       "give a JPEG, PNG, GIF or WebP file");
	if (parts->end == 0)
		return err_set(err, ERR_INVALID,
			       "the file is broken or cut short");
	if (image_is_two_files(file, parts))
		return err_set(err, ERR_INVALID,
			       "the file holds something else than a picture: "
			       "save the picture again by itself");
	return 0;
}

int image_make(struct str file, struct image *out, struct err *err)
{
	struct image_parts parts;
	int result;

	*out = (struct image){ .bytes = STRBUF_INIT };
	if (check_file(file, &parts, err) < 0)
		return -1;
	file.len = parts.end;
	if (atomic_fetch_add(&at_once, 1) < IMAGE_AT_ONCE) {
		pthread_mutex_lock(&one_at_a_time);
		result = redraw(file, &parts, out, err);
		pthread_mutex_unlock(&one_at_a_time);
	} else {
		result = err_set(err, ERR_RETRY,
				 "many pictures are being drawn just now: try "
				 "again in a moment");
	}
	(void)atomic_fetch_sub(&at_once, 1);
	if (result == 0 && out->bytes.len > IMAGE_BYTES_MAX)
		return err_set(err, ERR_INVALID,
			       "the picture is too large: make it smaller");
	return result;
}
