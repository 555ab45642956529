/* WebP, which comes in only. Called by image.c for one picture at a time; any
 * thread. */
#include "base/cleanup.h"
#include "base/err.h"
#include "image/codec.h"

#include <webp/decode.h>

int webp_decode(struct str file, struct raster *out, bool *is_photo,
		struct err *err)
{
	const uint8_t *data = (const uint8_t *)file.s;
	WebPBitstreamFeatures about;

	if (WebPGetFeatures(data, file.len, &about) != VP8_STATUS_OK)
		return err_set(err, ERR_INVALID, "this WebP picture is broken");
	if (about.has_animation)
		return err_set(err, ERR_INVALID,
			       "mail programs show no animated WebP: give it "
			       "as GIF");
	if (image_check_size(about.width, about.height, err) < 0)
		return -1;
	*is_photo = about.format == 1;
	raster_init(out, about.width, about.height);
	if (!WebPDecodeRGBAInto(data, file.len, out->rgba, raster_bytes(out),
				about.width * 4))
		return err_set(err, ERR_INVALID, "this WebP picture is broken");
	return 0;
}
