/* JPEG. Called by image.c for one picture at a time; any thread. */
#include "base/cleanup.h"
#include "base/err.h"
#include "image/codec.h"

#include <turbojpeg.h>

#define QUALITY 85

static void handle_free(tjhandle *handle)
{
	if (*handle)
		(void)tjDestroy(*handle);
	*handle = NULL;
}

static int is_broken(tjhandle handle, struct err *err)
{
	return err_set(err, ERR_INVALID, "this JPEG picture is broken: %s",
		       tjGetErrorStr2(handle));
}

/* Printers' colours, which Adobe writes inverted. */
static void cmyk_to_rgb(struct raster *r)
{
	for (size_t i = 0; i < raster_bytes(r); i += 4) {
		unsigned char *p = r->rgba + i;

		for (int c = 0; c < 3; c++)
			p[c] = (unsigned char)(p[c] * p[3] / 255);
		p[3] = 255;
	}
}

int jpeg_decode(struct str file, struct raster *out, struct err *err)
{
	CLEANUP(handle_free) tjhandle tj = tjInitDecompress();
	const unsigned char *data = (const unsigned char *)file.s;
	int width, height, sampling, space;
	bool is_cmyk;

	BUG_ON(!tj);
	if (tjDecompressHeader3(tj, data, file.len, &width, &height, &sampling,
				&space) < 0)
		return is_broken(tj, err);
	if (image_check_size(width, height, err) < 0)
		return -1;
	is_cmyk = space == TJCS_CMYK || space == TJCS_YCCK;
	raster_init(out, width, height);
	/* a picture with a scratch is shown with it, as browsers do */
	if (tjDecompress2(tj, data, file.len, out->rgba, width, 0, height,
			  is_cmyk ? TJPF_CMYK : TJPF_RGBA,
			  TJFLAG_LIMITSCANS) < 0 &&
	    tjGetErrorCode(tj) != TJERR_WARNING)
		return is_broken(tj, err);
	if (is_cmyk)
		cmyk_to_rgb(out);
	return 0;
}

int jpeg_encode(const struct raster *r, struct strbuf *out, struct err *err)
{
	CLEANUP(handle_free) tjhandle tj = tjInitCompress();
	unsigned char *data = NULL;
	unsigned long size = 0;
	int failed;

	BUG_ON(!tj);
	failed = tjCompress2(tj, r->rgba, r->width, 0, r->height, TJPF_RGBX,
			     &data, &size, TJSAMP_420, QUALITY,
			     TJFLAG_PROGRESSIVE);
	if (!failed)
		strbuf_add(out, data, size);
	tjFree(data);
	return failed ? err_set(err, ERR_INVALID,
				"this picture cannot be written as JPEG: %s",
				tjGetErrorStr2(tj))
		      : 0;
}
