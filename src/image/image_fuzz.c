/* image: any bytes are refused, or become a picture that is taken again */
#include "image/image.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "image/image_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(image_release) struct image image = { .bytes = STRBUF_INIT };
	CLEANUP(image_release) struct image again = { .bytes = STRBUF_INIT };
	struct str file = { (const char *)data, size };
	struct err err = ERR_INIT;
	struct image_parts parts;

	if (image_parts_find(file, &parts)) {
		int orientation = exif_orientation(parts.exif);

		BUG_ON(parts.end > size);
		BUG_ON(orientation < 1 || orientation > 8);
	}
	if (image_make(file, &image, &err) < 0)
		return 0;
	BUG_ON(image.width > IMAGE_WIDTH_MAX || image.width < 1);
	BUG_ON(image_make(strbuf_str(&image.bytes), &again, &err) < 0);
	BUG_ON(again.type != image.type || again.width != image.width ||
	       again.height != image.height);
	return 0;
}
