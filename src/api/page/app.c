/* The web app: one page for all its addresses, and the files that it loads.
 * What is signed in, and what it may see, is the API's affair. Handlers; quick
 * workers, for nothing here waits. */
#include "api/api.h"
#include "api/handlers.h"
#include "api/routes.h"
#include "base/err.h"
#include "http/encoding.h"
#include "web/files.h"

#include <string.h>

/* Styles are put into the page by the components; scripts are files of ours.
 * Mails are shown in frames, each from an address with a policy of its own. */
static const char app_csp[] =
	"default-src 'none'; script-src 'self'; style-src 'self' "
	"'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
	"connect-src 'self'; frame-src 'self'; form-action 'self'; "
	"frame-ancestors 'none'; base-uri 'none'";

static unsigned taken_by(const struct request *rq)
{
	const char *header = request_header(rq, "Accept-Encoding");

	return (encoding_is_taken(header, "gzip") ? 1U << WEB_GZIP : 0) |
	       (encoding_is_taken(header, "br") ? 1U << WEB_BROTLI : 0);
}

static void add_encoding(struct response *rs, enum web_encoding encoding)
{
	response_header(rs, "Vary", "Accept-Encoding");
	if (encoding != WEB_PLAIN)
		response_header(rs, "Content-Encoding",
				encoding == WEB_GZIP ? "gzip" : "br");
}

static void reply(const struct request *rq, struct response *rs,
		  const struct web_file *file)
{
	const char *known = request_header(rq, "If-None-Match");
	enum web_encoding encoding;
	struct str body = web_body(file, taken_by(rq), &encoding);

	response_header(rs, "ETag", file->etag);
	response_header(rs, "Cache-Control",
			file->is_immutable
				? "public, max-age=31536000, immutable"
				: "no-cache");
	if (known && strstr(known, file->etag)) {
		response_empty(rs, 304);
		return;
	}
	rs->content_type = file->type;
	add_encoding(rs, encoding);
	strbuf_addslice(&rs->body, body);
}

static void add_policy(struct response *rs)
{
	response_header(rs, "Content-Security-Policy", app_csp);
	response_header(rs, "Referrer-Policy", "same-origin");
}

int page_app(struct request *rq, struct response *rs, struct err *err)
{
	(void)err;
	add_policy(rs);
	reply(rq, rs, web_find(WEB_PAGE));
	return 0;
}

/* The app says in words that there is no such page. */
int page_app_missing(struct request *rq, struct response *rs, struct err *err)
{
	const struct web_file *file = web_find(WEB_PAGE);
	enum web_encoding encoding;
	struct str body = web_body(file, taken_by(rq), &encoding);

	(void)err;
	rs->status = 404;
	rs->content_type = file->type;
	add_policy(rs);
	add_encoding(rs, encoding);
	strbuf_addslice(&rs->body, body);
	return 0;
}

int page_app_file(struct request *rq, struct response *rs, struct err *err)
{
	const struct web_file *file = web_find(request_param(rq, "file"));

	if (!file)
		return err_set(err, ERR_NOT_FOUND,
			       "there is no such file: the server was updated; "
			       "load the page again");
	reply(rq, rs, file);
	return 0;
}
