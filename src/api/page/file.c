/*
 * Pictures and documents, for readers of mails: anybody, from anywhere. Nothing
 * of it runs in a browser: pictures were drawn here, documents are saved, and
 * the policy forbids the rest. Handlers; also of the tracking listener.
 */
#include "campaign/file/file.h"
#include "api/api.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"

#include <string.h>

static int find(const struct request *rq, enum file_type *type,
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

/* The last part of the path, as file_path makes it; what else somebody puts
 * there is no name. */
static const char *name_to_save(const struct request *rq, enum file_type type)
{
	const char *name = request_param(rq, "file");
	const char *dot = strrchr(name, '.');
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	if (n == 0 || n > 80 || dot != name + n)
		return arena_printf(rq->arena, "file.%s",
				    file_type_ending(type));
	return arena_printf(rq->arena, "%.*s.%s", (int)n, name,
			    file_type_ending(type));
}

/* The hash is that of the bytes, so an address shows the same for ever. */
int page_file(struct request *rq, struct response *rs, struct err *err)
{
	const char *etag =
		arena_printf(rq->arena, "\"%s\"", request_param(rq, "hash"));
	const char *known = request_header(rq, "If-None-Match");
	enum file_type type = FILE_PNG;

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
	rs->content_type = file_type_mime(type);
	if (!file_type_is_image(type))
		response_header(rs, "Content-Disposition",
				arena_printf(rq->arena,
					     "attachment; filename=\"%s\"",
					     name_to_save(rq, type)));
	return 0;
}
