/* Pictures, for readers of mails: anybody, from anywhere. Handlers; also of the
 * tracking listener. */
#include "campaign/file/file.h"
#include "api/api.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"

#include <string.h>

static int find(const struct request *rq, enum image_type *type,
		struct strbuf *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int found;

	if (store_get(api_of(rq)->store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	found = file_read(db, request_param(rq, "hash"), type, out, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no such image");
	return found;
}

/* The hash is that of the bytes, so an address shows the same for ever. */
int page_file(struct request *rq, struct response *rs, struct err *err)
{
	const char *etag =
		arena_printf(rq->arena, "\"%s\"", request_param(rq, "hash"));
	const char *known = request_header(rq, "If-None-Match");
	enum image_type type = IMAGE_PNG;

	if (find(rq, &type, &rs->body, err) < 0)
		return -1;
	response_header(rs, "ETag", etag);
	response_header(rs, "Cache-Control",
			"public, max-age=31536000, immutable");
	response_header(rs, "Content-Security-Policy",
			"default-src 'none'; sandbox");
	if (known && strstr(known, etag)) {
		response_empty(rs, 304);
		return 0;
	}
	rs->content_type = image_type_mime(type);
	return 0;
}
