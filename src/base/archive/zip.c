#include "base/archive/zip.h"

#include "base/archive/deflate.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"

#include <stdlib.h>
#include <string.h>

/* Of PKWARE's APPNOTE 6.3: a head a file, its bytes, what they were, and at the
 * end of all the central directory. */
#define FILE_HEAD 0x04034b50
#define FILE_END 0x08074b50
#define DIRECTORY_ENTRY 0x02014b50
#define DIRECTORY_END 0x06054b50
#define VERSION 20
#define FLAGS 0x0808 /* sizes stand behind the bytes; names are UTF-8 */
#define DEFLATED 8
#define FULL ((int64_t)4000 << 20)
#define FILES_MAX 65000

struct zip {
	struct deflater *deflater; /* of the file in hand, or NULL */
	int64_t written;
	int64_t begun;  /* where the head of the file in hand stands */
	int64_t packed; /* bytes of it */
	int64_t plain;
	uint32_t crc;
	uint32_t stamp;
	struct strbuf name;
	struct strbuf directory;
	int files;
};

struct zip *zip_new(void)
{
	struct zip *zip = calloc(1, sizeof(*zip));

	BUG_ON(!zip);
	zip->name = (struct strbuf)STRBUF_INIT;
	zip->directory = (struct strbuf)STRBUF_INIT;
	return zip;
}

void zip_free(struct zip **zip)
{
	if (!*zip)
		return;
	deflater_free(&(*zip)->deflater);
	strbuf_release(&(*zip)->name);
	strbuf_release(&(*zip)->directory);
	free(*zip);
	*zip = NULL;
}

static void put(struct strbuf *out, int bytes, uint32_t n)
{
	for (; bytes > 0; bytes--) {
		strbuf_addch(out, (char)(n & 0xff));
		n >>= 8;
	}
}

/* Of MS-DOS: the date in the upper half, from 1980 on; the time in the lower.
 */
static uint32_t stamp_of(int64_t ms)
{
	struct civil c = time_to_civil(ms);
	uint32_t date, time;

	if (c.year < 1980)
		return (1 << 5 | 1) << 16;
	date = (uint32_t)((c.year - 1980) << 9 | c.month << 5 | c.day);
	time = (uint32_t)(c.hour << 11 | c.minute << 5 | c.second / 2);
	return date << 16 | time;
}

/* What stands in the head of a file as in the directory. */
static void put_common(struct zip *zip, struct strbuf *out, bool sizes)
{
	put(out, 2, VERSION);
	put(out, 2, FLAGS);
	put(out, 2, DEFLATED);
	put(out, 4, zip->stamp);
	put(out, 4, sizes ? zip->crc : 0);
	put(out, 4, sizes ? (uint32_t)zip->packed : 0);
	put(out, 4, sizes ? (uint32_t)zip->plain : 0);
	put(out, 2, (uint32_t)zip->name.len);
	put(out, 2, 0); /* no extra field */
}

void zip_begin_file(struct zip *zip, const char *name, int64_t changed_ms,
		    struct strbuf *out)
{
	size_t from = out->len;

	BUG_ON(zip->deflater);
	zip->deflater = deflater_new(DEFLATE_RAW);
	strbuf_reset(&zip->name);
	strbuf_addstr(&zip->name, name);
	zip->begun = zip->written;
	zip->packed = zip->plain = 0;
	zip->crc = 0;
	zip->stamp = stamp_of(changed_ms);
	put(out, 4, FILE_HEAD);
	put_common(zip, out, false);
	strbuf_addslice(out, strbuf_str(&zip->name));
	zip->written += (int64_t)(out->len - from);
}

static void count_packed(struct zip *zip, size_t bytes)
{
	zip->packed += (int64_t)bytes;
	zip->written += (int64_t)bytes;
}

void zip_add(struct zip *zip, struct str plain, struct strbuf *out)
{
	size_t from = out->len;

	zip->crc = crc32_add(zip->crc, plain);
	zip->plain += (int64_t)plain.len;
	deflater_add(zip->deflater, plain, out);
	count_packed(zip, out->len - from);
}

static void add_to_directory(struct zip *zip)
{
	struct strbuf *out = &zip->directory;

	put(out, 4, DIRECTORY_ENTRY);
	put(out, 2, VERSION);
	put_common(zip, out, true);
	put(out, 2, 0); /* no comment */
	put(out, 2, 0); /* on this disk */
	put(out, 2, 0);
	put(out, 4, 0);
	put(out, 4, (uint32_t)zip->begun);
	strbuf_addslice(out, strbuf_str(&zip->name));
	zip->files++;
}

void zip_end_file(struct zip *zip, struct strbuf *out)
{
	size_t from = out->len;

	deflater_end(zip->deflater, out);
	deflater_free(&zip->deflater);
	count_packed(zip, out->len - from);
	from = out->len;
	put(out, 4, FILE_END);
	put(out, 4, zip->crc);
	put(out, 4, (uint32_t)zip->packed);
	put(out, 4, (uint32_t)zip->plain);
	zip->written += (int64_t)(out->len - from);
	add_to_directory(zip);
}

void zip_end(struct zip *zip, struct strbuf *out)
{
	strbuf_addslice(out, strbuf_str(&zip->directory));
	put(out, 4, DIRECTORY_END);
	put(out, 4, 0); /* of one disk */
	put(out, 2, (uint32_t)zip->files);
	put(out, 2, (uint32_t)zip->files);
	put(out, 4, (uint32_t)zip->directory.len);
	put(out, 4, (uint32_t)zip->written);
	put(out, 2, 0);
}

bool zip_is_full(const struct zip *zip)
{
	return zip->written > FULL || zip->plain > FULL ||
	       zip->files > FILES_MAX;
}
