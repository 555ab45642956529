/*
 * From a filled response to what libmicrohttpd sends.
 */
#include "base/log.h"
#include "http/exchange.h"
#include "http/page.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#define PIECE_BYTES (64 << 10)

static const char page_csp[] =
	"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
static const char api_csp[] = "default-src 'none'; frame-ancestors 'none'";

static bool has_header(const struct exchange *x, const char *name)
{
	for (const struct header *h = x->out.headers; h; h = h->next)
		if (strcasecmp(h->name, name) == 0)
			return true;
	return false;
}

static void add(struct MHD_Response *r, const char *name, const char *value)
{
	(void)MHD_add_response_header(r, name, value); /* valid by our rules */
}

static void add_default(const struct exchange *x, struct MHD_Response *r,
			const char *name, const char *value)
{
	if (!has_header(x, name))
		add(r, name, value);
}

/* In the order in which the handler set them; the list is reversed. */
static void add_own(const struct header *h, struct MHD_Response *r)
{
	const struct header *all[64];
	size_t n = 0;

	for (; h && n < 64; h = h->next)
		all[n++] = h;
	while (n > 0) {
		n--;
		add(r, all[n]->name, all[n]->value);
	}
}

static void add_link(const struct exchange *x, struct MHD_Response *r)
{
	const char *base = x->server->options.public_url;
	char link[512];

	(void)snprintf(link, sizeof(link), "<%s/%s>; rel=\"describedBy\"",
		       base ? base : "",
		       x->rs.status < 400
			       ? "3.0/openapi.json"
			       : "schema/3.0/ProblemDetailDocument.json");
	add_default(x, r, "Link", link);
}

static void add_headers(const struct exchange *x, struct MHD_Response *r)
{
	const char *type = x->rs.content_type;
	bool page = type && strncmp(type, "text/html", 9) == 0;

	if (!type)
		type = "application/json; charset=utf-8";
	if (x->rs.body.len > 0 || x->out.stream)
		add_default(x, r, "Content-Type", type);
	add(r, "X-Request-Id", x->rq.id);
	add_default(x, r, "X-Content-Type-Options", "nosniff");
	add_default(x, r, "Content-Security-Policy", page ? page_csp : api_csp);
	add_default(x, r, "Cache-Control", "no-store");
	if (page)
		add_default(x, r, "Referrer-Policy", "no-referrer");
	if (x->in.dialect == DIALECT_MAILCHIMP)
		add_link(x, r);
	if (atomic_load(&x->server->closing))
		add(r, "Connection", "close");
	add_own(x->out.headers, r);
}

/* 1: there is something to send, 0: the end, -1: failed. */
static int next_piece(struct exchange *x)
{
	struct response_private *out = &x->out;
	struct err err = ERR_INIT;
	int ret = 1;

	while (ret > 0 && out->piece_sent == out->piece.len) {
		strbuf_reset(&out->piece);
		out->piece_sent = 0;
		client_phase(x->client, CLIENT_WAITS, 0);
		ret = out->stream(out->stream_context, &out->piece, &err);
		if (ret == 0 && out->piece.len > 0)
			ret = 1; /* the end comes with the next call */
	}
	if (ret < 0)
		log_error("response cut", LOG_TEXT("request", x->rq.id),
			  LOG_ERR(&err));
	return ret;
}

static ssize_t read_stream(void *context, uint64_t pos, char *buf, size_t max)
{
	struct exchange *x = context;
	struct response_private *out = &x->out;
	size_t n;
	int more = next_piece(x);

	(void)pos;
	if (more < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (more == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	n = out->piece.len - out->piece_sent;
	if (n > max)
		n = max;
	memcpy(buf, out->piece.buf + out->piece_sent, n);
	out->piece_sent += n;
	client_phase(x->client, CLIENT_READS, (int64_t)n);
	return (ssize_t)n;
}

/* Long bodies go piece by piece, so that the watch sees whether the client
 * takes them. */
static ssize_t read_body(void *context, uint64_t pos, char *buf, size_t max)
{
	struct exchange *x = context;
	size_t n = x->rs.body.len - pos;

	if (n > max)
		n = max;
	memcpy(buf, x->rs.body.buf + pos, n);
	client_phase(x->client, CLIENT_READS, (int64_t)n);
	return (ssize_t)n;
}

static struct MHD_Response *make(struct exchange *x)
{
	if (x->out.stream)
		return MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, PIECE_BYTES, read_stream, x, NULL);
	if (x->rs.body.len > PIECE_BYTES)
		return MHD_create_response_from_callback(
			x->rs.body.len, PIECE_BYTES, read_body, x, NULL);
	return MHD_create_response_from_buffer(x->rs.body.len, x->rs.body.buf,
					       MHD_RESPMEM_PERSISTENT);
}

int answer(struct exchange *x)
{
	struct MHD_Response *r = make(x);
	enum MHD_Result ret;

	BUG_ON(!r);
	add_headers(x, r);
	client_phase(x->client, CLIENT_READS, (int64_t)x->rs.body.len);
	client_set_untimed(x, x->out.stream != NULL);
	x->stage = EXCHANGE_ANSWERED;
	ret = MHD_queue_response(x->in.connection, (unsigned)x->rs.status, r);
	MHD_destroy_response(r);
	return ret;
}
