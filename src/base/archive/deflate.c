#include "base/archive/deflate.h"

#include "base/err.h"

#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#define LEVEL 6
#define MEMORY 8
#define WINDOW 15 /* 32 KiB; with a minus: no head, with 16: gzip's */
#define OUT_BYTES ((size_t)16 << 10)

struct deflater {
	z_stream z;
};

struct deflater *deflater_new(enum deflate_form form)
{
	struct deflater *d = calloc(1, sizeof(*d));

	BUG_ON(!d || deflateInit2(&d->z, LEVEL, Z_DEFLATED,
				  form == DEFLATE_RAW ? -WINDOW : WINDOW + 16,
				  MEMORY, Z_DEFAULT_STRATEGY) != Z_OK);
	return d;
}

static void run(struct deflater *d, struct str plain, int flush,
		struct strbuf *out)
{
	int ret;

	d->z.next_in = (z_const unsigned char *)plain.s;
	d->z.avail_in = (unsigned)plain.len;
	do {
		strbuf_reserve(out, OUT_BYTES);
		d->z.next_out = (unsigned char *)out->buf + out->len;
		d->z.avail_out = OUT_BYTES;
		ret = deflate(&d->z, flush);
		BUG_ON(ret == Z_STREAM_ERROR);
		out->len += OUT_BYTES - d->z.avail_out;
		out->buf[out->len] = '\0';
	} while (d->z.avail_out == 0);
	BUG_ON(d->z.avail_in > 0);
}

void deflater_add(struct deflater *d, struct str plain, struct strbuf *out)
{
	if (plain.len > 0)
		run(d, plain, Z_NO_FLUSH, out);
}

void deflater_end(struct deflater *d, struct strbuf *out)
{
	run(d, str_of(""), Z_FINISH, out);
}

void deflater_free(struct deflater **d)
{
	if (!*d)
		return;
	(void)deflateEnd(&(*d)->z); /* it may have been left before its end */
	free(*d);
	*d = NULL;
}

void deflate_all(struct str plain, struct strbuf *out)
{
	struct deflater *d = deflater_new(DEFLATE_RAW);

	deflater_add(d, plain, out);
	deflater_end(d, out);
	deflater_free(&d);
}

int inflate_all(struct str packed, size_t most, struct strbuf *out,
		struct err *err)
{
	z_stream z = { .next_in = (z_const unsigned char *)packed.s,
		       .avail_in = (unsigned)packed.len };
	size_t from = out->len;
	int ret;

	BUG_ON(inflateInit2(&z, -WINDOW) != Z_OK);
	do {
		strbuf_reserve(out, OUT_BYTES);
		z.next_out = (unsigned char *)out->buf + out->len;
		z.avail_out = OUT_BYTES;
		ret = inflate(&z, Z_NO_FLUSH);
		out->len += OUT_BYTES - z.avail_out;
		out->buf[out->len] = '\0';
	} while (ret == Z_OK && out->len - from <= most);
	(void)inflateEnd(&z); /* nothing is left to do with it */
	if (ret == Z_STREAM_END && out->len - from <= most)
		return 0;
	strbuf_truncate(out, from);
	return err_set(err, ERR_BUG, "what was packed cannot be unpacked");
}

uint32_t crc32_add(uint32_t crc, struct str bytes)
{
	return (uint32_t)crc32(crc, (const unsigned char *)bytes.s,
			       (unsigned)bytes.len);
}
