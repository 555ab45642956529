/*
 * From a filled response to the bytes that the loop sends.
 */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/encoding.h"
#include "http/exchange.h"
#include "http/page.h"

#include <string.h>
#include <strings.h>

#define PIECE_BYTES (64 << 10)
#define HEAD_BYTES 512 /* most have less */

static const char page_csp[] =
	"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
static const char api_csp[] = "default-src 'none'; frame-ancestors 'none'";
static const char usual_type[] = "application/json; charset=utf-8";

static bool has_header(const struct exchange *x, const char *name)
{
	for (const struct header *h = x->out.headers; h; h = h->next)
		if (strcasecmp(h->name, name) == 0)
			return true;
	return false;
}

static void add_field(struct exchange *x, const char *name, const char *value)
{
	struct strbuf *out = &x->out.head;

	strbuf_addstr(out, name);
	strbuf_addstr(out, ": ");
	strbuf_addstr(out, value);
	strbuf_addstr(out, "\r\n");
}

static void add_default(struct exchange *x, const char *name, const char *value)
{
	if (!has_header(x, name))
		add_field(x, name, value);
}

/* In the order in which the handler set them; the list is reversed. */
static void add_own(struct exchange *x)
{
	const struct header *all[64];
	size_t n = 0;

	for (const struct header *h = x->out.headers; h && n < 64; h = h->next)
		all[n++] = h;
	while (n > 0) {
		n--;
		add_field(x, all[n]->name, all[n]->value);
	}
}

static void add_link(struct exchange *x)
{
	const char *base = x->server->options.public_url;
	char link[512];

	(void)snprintf(link, sizeof(link), "<%s/%s>; rel=\"describedBy\"",
		       base ? base : "",
		       x->rs.status < 400
			       ? "3.0/openapi.json"
			       : "schema/3.0/ProblemDetailDocument.json");
	add_default(x, "Link", link);
}

static bool has_no_body(int status)
{
	return status == 204 || status == 304;
}

/* How the client knows the end of the answer. */
static void add_framing(struct exchange *x)
{
	struct strbuf *out = &x->out.head;

	if (x->out.stream && x->in.head.is_1_0)
		x->closes = true;
	if (x->closes)
		add_field(x, "Connection", "close");
	else if (x->in.head.is_1_0)
		add_field(x, "Connection", "keep-alive");
	if (x->out.stream && !x->in.head.is_1_0)
		add_field(x, "Transfer-Encoding", "chunked");
	if (!x->out.stream && !has_no_body(x->rs.status)) {
		strbuf_addstr(out, "Content-Length: ");
		strbuf_addint(out, (int64_t)x->rs.body.len);
		strbuf_addstr(out, "\r\n");
	}
}

static void add_headers(struct exchange *x)
{
	const char *type = x->rs.content_type;
	bool page = type && strncmp(type, "text/html", 9) == 0;

	if (!type)
		type = usual_type;
	if (x->rs.body.len > 0 || x->out.stream)
		add_default(x, "Content-Type", type);
	add_field(x, "X-Request-Id", x->rq.id);
	add_default(x, "X-Content-Type-Options", "nosniff");
	add_default(x, "Content-Security-Policy", page ? page_csp : api_csp);
	add_default(x, "Cache-Control", "no-store");
	if (page)
		add_default(x, "Referrer-Policy", "no-referrer");
	if (x->in.dialect == DIALECT_MAILCHIMP)
		add_link(x);
	add_own(x);
}

static const char *reason_of(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Other";
}

/* Short pieces are sent together. 1: there is more; 0: that was the end. */
static int collect(struct exchange *x, struct err *err)
{
	struct response_private *out = &x->out;
	int more;

	strbuf_reset(&out->piece);
	do {
		more = out->stream(out->stream_context, &out->piece, err);
	} while (more > 0 && out->piece.len < PIECE_BYTES);
	return more;
}

/* Behind what stands in the head. */
static void add_piece(struct exchange *x, bool more)
{
	struct response_private *out = &x->out;

	out->ended = !more;
	if (!x->in.head.is_1_0) {
		if (out->piece.len > 0) {
			strbuf_addf(&out->head, "%zx\r\n", out->piece.len);
			strbuf_addstr(&out->piece, "\r\n");
		}
		if (!more)
			strbuf_addstr(&out->piece, "0\r\n\r\n");
	}
	out->unsent[1] = strbuf_str(&out->piece);
}

void answer_compress(struct exchange *x)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	const char *type = x->rs.content_type ? x->rs.content_type : usual_type;

	if (x->out.stream || has_header(x, "Content-Encoding") ||
	    !encoding_is_worth(type, x->rs.body.len))
		return;
	response_header(&x->rs, "Vary", "Accept-Encoding");
	if (!encoding_is_taken(request_header(&x->rq, "Accept-Encoding"),
			       "gzip"))
		return;
	plain = x->rs.body;
	x->rs.body = (struct strbuf)STRBUF_INIT;
	encoding_gzip(strbuf_str(&plain), &x->rs.body);
	response_header(&x->rs, "Content-Encoding", "gzip");
}

int answer_first_piece(struct exchange *x, struct err *err)
{
	int more = collect(x, err);

	if (more < 0)
		return -1;
	x->out.more = more > 0;
	return 0;
}

void answer(struct exchange *x)
{
	struct response_private *out = &x->out;
	bool has_body = x->rq.method != HTTP_HEAD && !has_no_body(x->rs.status);

	if (atomic_load(&x->server->closing))
		x->closes = true;
	strbuf_reserve(&out->head, HEAD_BYTES);
	strbuf_addstr(&out->head, "HTTP/1.1 ");
	strbuf_addint(&out->head, x->rs.status);
	strbuf_addch(&out->head, ' ');
	strbuf_addstr(&out->head, reason_of(x->rs.status));
	strbuf_addstr(&out->head, "\r\nDate: ");
	time_format_http(clock_now_ms(), &out->head);
	strbuf_addstr(&out->head, "\r\n");
	add_framing(x);
	add_headers(x);
	strbuf_addstr(&out->head, "\r\n");
	if (has_body && out->stream)
		add_piece(x, out->more);
	else
		out->ended = true;
	out->unsent[0] = strbuf_str(&out->head);
	if (has_body && !out->stream)
		out->unsent[1] = strbuf_str(&x->rs.body);
	x->answered = true;
}

void answer_piece(struct exchange *x)
{
	struct response_private *out = &x->out;
	struct err err = ERR_INIT;
	int more = collect(x, &err);

	if (more < 0) {
		log_error("response cut", LOG_TEXT("request", x->rq.id),
			  LOG_ERR(&err));
		x->closes = true; /* so that nobody takes it for complete */
	}
	strbuf_reset(&out->head);
	if (more < 0) {
		out->ended = true;
		out->unsent[1] = (struct str){ NULL, 0 };
	} else {
		add_piece(x, more > 0);
	}
	out->unsent[0] = strbuf_str(&out->head);
}
