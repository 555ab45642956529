/* An archive of any bytes, and a page of any bytes in a good one. */
#include "base/archive/zip.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/strbuf.h"
#include "campaign/content_archive.h"

/* One pixel. */
static const char png[] =
	"\211\120\116\107\015\012\032\012\000\000\000\015\111\110\104\122\000"
	"\000\000\001\000\000\000\001\010\006\000\000\000\037\025\304\211\000"
	"\000\000\015\111\104\101\124\170\332\143\144\370\317\120\017\000\003"
	"\206\001\200\132\064\175\153\000\000\000\000\111\105\116\104\256\102"
	"\140\202";

static void add_file(struct zip *z, const char *name, struct str bytes,
		     struct strbuf *out)
{
	zip_begin_file(z, name, 0, out);
	zip_add(z, bytes, out);
	zip_end_file(z, out);
}

static void pack(struct str page, struct strbuf *out)
{
	struct zip *z = zip_new();

	add_file(z, "d/index.html", page, out);
	add_file(z, "d/a.png", (struct str){ png, sizeof(png) - 1 }, out);
	zip_end(z, out);
	zip_free(&z);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const types[] = { "zip", "tar", "tgz", "tbz" };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(content_archive_free) struct content_archive *a = NULL;
	CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf base64 = STRBUF_INIT;
	CLEANUP(json_free) json_t *body = NULL;
	struct err err = ERR_INIT;
	const char *type = "zip";

	if (len == 0)
		return 0;
	if (data[0] < ARRAY_SIZE(types)) {
		type = types[data[0]];
		strbuf_add(&packed, data + 1, len - 1);
	} else {
		pack((struct str){ (const char *)data, len }, &packed);
	}
	base64_encode(strbuf_str(&packed), &base64);
	body = json_pack("{s: {s: s, s: s}}", "archive", "archive_content",
			 base64.buf, "archive_type", type);
	(void)content_archive_open(body, 0, arena, &a, &err);
	return 0;
}
