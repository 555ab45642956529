#include "http/exchange.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* So much of a refused body is read and thrown away to keep the connection;
 * with more to come, we answer at once and close it. */
#define DISCARD_MAX (256 << 10)

static struct metric durations = METRIC_HISTOGRAM(
	"muster_http_request_duration_seconds", "From the request to the end");
static struct metric by_class[] = {
	METRIC_COUNTER("muster_http_responses_2xx", "Responses: done"),
	METRIC_COUNTER("muster_http_responses_3xx", "Responses: redirects"),
	METRIC_COUNTER("muster_http_responses_4xx", "Responses: refused"),
	METRIC_COUNTER("muster_http_responses_5xx", "Responses: failed"),
};

struct exchange *exchange_new(struct http_server *server,
			      struct MHD_Connection *connection,
			      const char *target)
{
	struct exchange *x = calloc(1, sizeof(*x));
	struct arena *arena = arena_new();

	BUG_ON(!x);
	*x = (struct exchange){
		.rq = { .arena = arena,
			.path = "/",
			.query = "",
			.private = &x->in },
		.rs = { .status = 200,
			.body = STRBUF_INIT,
			.private = &x->out },
		.in = { .connection = connection, .upload_fd = -1 },
		.out = { .exchange = x, .piece = STRBUF_INIT },
		.body = STRBUF_INIT,
		.server = server,
		.begun_us = clock_monotonic_us(),
		.target = arena_strdup(arena, target),
		.client =
			MHD_get_connection_info(
				connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
				->socket_context,
	};
	(void)pthread_cond_init(&x->done_wake, NULL);
	return x;
}

static void count_in(struct exchange *x)
{
	(void)pthread_mutex_lock(&x->server->lock);
	x->server->in_hand++;
	(void)pthread_mutex_unlock(&x->server->lock);
	x->in_hand = true;
}

static void count_out(struct exchange *x)
{
	(void)pthread_mutex_lock(&x->server->lock);
	x->server->in_hand--;
	(void)pthread_cond_broadcast(&x->server->idle);
	(void)pthread_mutex_unlock(&x->server->lock);
}

static void report(const struct exchange *x)
{
	int64_t us = clock_monotonic_us() - x->begun_us;
	int class = x->rs.status / 100 - 2;

	if (x->stage != EXCHANGE_ANSWERED)
		return;
	metric_observe_us(&durations, us);
	if (class >= 0 && class < 4)
		metric_add(&by_class[class], 1);
	log_debug("request", LOG_TEXT("request", x->rq.id),
		  LOG_TEXT("method", http_method_name(x->rq.method)),
		  LOG_TEXT("path", x->rq.path), LOG_INT("status", x->rs.status),
		  LOG_INT("us", us), LOG_TEXT("client", x->rq.client_ip));
}

void exchange_end(struct exchange *x)
{
	struct response_private *out = &x->out;
	struct arena *arena = x->rq.arena;

	report(x);
	client_phase(x->client, CLIENT_HEAD, 0);
	if (out->stream && out->stream_free)
		out->stream_free(out->stream_context);
	if (x->user_call)
		user_call_end(x->server, x->rq.caller.user_id);
	upload_remove(x);
	json_free(&x->in.json);
	strbuf_release(&out->piece);
	strbuf_release(&x->rs.body);
	strbuf_release(&x->body);
	(void)pthread_cond_destroy(&x->done_wake);
	if (x->in_hand)
		count_out(x);
	free(x);
	arena_free(&arena);
}

static void refuse(struct exchange *x, const struct problem *problem)
{
	x->refused = true;
	strbuf_release(&x->body);
	if (problem->status)
		problem_write(&x->rq, &x->rs, x->in.dialect, problem);
}

static void refuse_err(struct exchange *x, const struct err *err)
{
	x->refused = true;
	strbuf_release(&x->body);
	problem_write_err(&x->rq, &x->rs, x->in.dialect, err);
}

static void refuse_size(struct exchange *x)
{
	struct err err = ERR_INIT;

	(void)err_title(&err, ERR_LIMIT, "Content Too Large",
			"The body may have at most %lld bytes",
			(long long)x->body_max);
	refuse_err(x, &err);
}

/* -1: unknown (chunked); 0: none. */
static int64_t announced(const struct exchange *x)
{
	const char *length = request_header(&x->rq, "Content-Length");
	int64_t n;

	if (request_header(&x->rq, "Transfer-Encoding"))
		return -1;
	return length && text_to_int(length, &n) ? n : 0;
}

/*
 * The first call of libmicrohttpd, when the head is there. An answer that is
 * queued now closes the connection (it was measured: a sixth of the speed), so
 * only requests with a long body that nobody wants get one.
 */
static int begin(struct exchange *x, const char *method)
{
	struct err err = ERR_INIT;
	struct problem problem;
	int64_t length;

	x->stage = EXCHANGE_BODY;
	count_in(x);
	client_set_untimed(x, false);
	if (admit(x, method, &problem) < 0)
		refuse(x, &problem);
	length = announced(x);
	if (!x->refused && length > x->body_max)
		refuse_size(x);
	if (!x->refused && x->match.route->upload && upload_begin(x, &err) < 0)
		refuse_err(x, &err);
	if (x->refused &&
	    (x->client->excess || length < 0 || length > DISCARD_MAX))
		return answer(x);
	client_phase(x->client, CLIENT_BODY, 0);
	return MHD_YES;
}

static int take(struct exchange *x, const char *data, size_t *len)
{
	struct err err = ERR_INIT;
	size_t n = *len;

	*len = 0;
	x->received += (int64_t)n;
	atomic_store(&x->client->bytes, x->received);
	if (!x->refused && x->received > x->body_max)
		refuse_size(x);
	if (x->refused)
		return x->received <= x->body_max + DISCARD_MAX ? MHD_YES
								: MHD_NO;
	if (x->in.upload_path && upload_write(x, data, n, &err) < 0)
		refuse_err(x, &err);
	else if (!x->in.upload_path)
		strbuf_add(&x->body, data, n);
	return MHD_YES;
}

void response_drop_stream(struct exchange *x)
{
	if (x->out.stream && x->out.stream_free)
		x->out.stream_free(x->out.stream_context);
	x->out.stream = NULL;
}

static int settle(struct exchange *x, int ret, struct err *err)
{
	const struct route_table *table = x->match.table;

	if (ret >= 0 && table->finish && !x->out.stream && x->rs.body.len > 0)
		ret = table->finish(&x->rq, &x->rs, err);
	if (ret < 0) {
		response_drop_stream(x);
		problem_write_err(&x->rq, &x->rs, x->in.dialect, err);
	}
	return answer(x);
}

static int settle_owed(struct exchange *x)
{
	struct http_server *server = x->server;

	(void)pthread_mutex_lock(&server->lock);
	while (!x->done && server->options.pool_threads == 0)
		(void)pthread_cond_wait(&x->done_wake, &server->lock);
	(void)pthread_mutex_unlock(&server->lock);
	BUG_ON(!x->done);
	return settle(x, x->done_failed ? -1 : 0, &x->done_err);
}

static int run(struct exchange *x)
{
	const struct route *route = x->match.route;
	struct err err = ERR_INIT;
	int ret;

	client_phase(x->client, CLIENT_WAITS, 0);
	if (!x->refused && x->in.upload_path && upload_end(x, &err) < 0)
		refuse_err(x, &err);
	if (x->refused)
		return answer(x);
	x->rq.body = strbuf_str(&x->body);
	if (x->match.table->run)
		ret = x->match.table->run(route, &x->rq, &x->rs, &err);
	else
		ret = route->fn(&x->rq, &x->rs, &err);
	if (x->stage != EXCHANGE_OWED) {
		BUG_ON(ret > 0);
		return settle(x, ret, &err);
	}
	BUG_ON(ret != 1);
	if (x->server->options.pool_threads > 0)
		return MHD_YES; /* called again when it is resumed */
	return settle_owed(x);
}

int exchange_go_on(struct exchange *x, const char *method, const char *data,
		   size_t *len)
{
	switch (x->stage) {
	case EXCHANGE_NEW:
		return begin(x, method);
	case EXCHANGE_BODY:
		return *len > 0 ? take(x, data, len) : run(x);
	case EXCHANGE_OWED:
		return settle_owed(x);
	case EXCHANGE_ANSWERED:
		return MHD_YES;
	}
	return MHD_NO;
}
