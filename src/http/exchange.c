/*
 * A request from its head to its answer: what the loop asks for, and what
 * workers do.
 */
#include "http/exchange.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread/patience.h"

#include <stdlib.h>

static struct metric durations = METRIC_HISTOGRAM(
	"muster_http_request_duration_seconds", "From the request to the end");
static struct metric by_class[] = {
	METRIC_COUNTER("muster_http_responses_2xx", "Responses: done"),
	METRIC_COUNTER("muster_http_responses_3xx", "Responses: redirects"),
	METRIC_COUNTER("muster_http_responses_4xx", "Responses: refused"),
	METRIC_COUNTER("muster_http_responses_5xx", "Responses: failed"),
};

struct exchange *exchange_new(struct client *client)
{
	struct spare_arenas *spare = &client->server->loop.spare;
	struct arena *arena = spare->n > 0 ? spare->v[--spare->n] : arena_new();
	struct exchange *x = arena_new_of(arena, struct exchange);

	*x = (struct exchange){
		.rq = { .arena = arena,
			.path = "/",
			.query = "",
			.user_agent = "",
			.content_type = "",
			.client_ip = client->ip,
			.private = &x->in },
		.rs = { .status = 200,
			.body = STRBUF_INIT,
			.private = &x->out },
		.in = { .dialect = DIALECT_PLAIN, .upload_fd = -1 },
		.out = { .exchange = x,
			 .head = STRBUF_INIT,
			 .piece = STRBUF_INIT },
		.body = STRBUF_INIT,
		.chunked = CHUNKED_INIT,
		.server = client->server,
		.client = client,
		.begun_us = clock_monotonic_us(),
	};
	x->rq.now_ms = clock_now_ms();
	make_request_id(&client->server->loop.random, x->rq.id);
	return x;
}

static void report(const struct exchange *x)
{
	int64_t us = clock_monotonic_us() - x->begun_us;
	int class = x->rs.status / 100 - 2;

	if (!x->answered)
		return;
	metric_observe_us(&durations, us);
	if (class >= 0 && class < 4)
		metric_add(&by_class[class], 1);
	log_debug("request", LOG_TEXT("request", x->rq.id),
		  LOG_TEXT("method", http_method_name(x->rq.method)),
		  LOG_TEXT("path", x->rq.path), LOG_INT("status", x->rs.status),
		  LOG_INT("us", us), LOG_TEXT("client", x->rq.client_ip));
}

void response_drop_stream(struct exchange *x)
{
	if (x->out.stream && x->out.stream_free)
		x->out.stream_free(x->out.stream_context);
	x->out.stream = NULL;
}

static void arena_end(struct arena *arena, struct spare_arenas *spare)
{
	if (!spare || spare->n == SPARE_ARENAS || !arena_is_small(arena)) {
		arena_free(&arena);
		return;
	}
	arena_reset(arena);
	spare->v[spare->n++] = arena;
}

void exchange_free(struct exchange *x, struct spare_arenas *spare)
{
	struct arena *arena = x->rq.arena;

	report(x);
	response_drop_stream(x);
	if (x->user_call)
		user_call_end(x->server, x->user_call);
	upload_remove(x);
	json_free(&x->in.json);
	strbuf_release(&x->out.head);
	strbuf_release(&x->out.piece);
	strbuf_release(&x->rs.body);
	strbuf_release(&x->body);
	arena_end(arena, spare);
}

/* --- refusing --- */

void exchange_refuse(struct exchange *x, const struct problem *problem)
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

void exchange_refuse_size(struct exchange *x)
{
	struct err err = ERR_INIT;

	(void)err_title(&err, ERR_LIMIT, "Content Too Large",
			"The body may have at most %lld bytes",
			(long long)x->body_max);
	refuse_err(x, &err);
}

void exchange_refuse_busy(struct exchange *x)
{
	static const struct problem busy = {
		.status = 503,
		.detail = "Too many requests are waiting. Try again."
	};

	exchange_refuse(x, &busy);
}

/* --- the loop's --- */

void exchange_begin(struct exchange *x, struct str text)
{
	struct head *head = &x->in.head;
	struct problem problem = { .status = 400 };

	if (!head_read(text, x->rq.arena, head)) {
		problem.status = head->status;
		problem.detail = head->why;
		x->closes = true; /* nobody knows what the rest means */
		exchange_refuse(x, &problem);
		return;
	}
	x->left = head->length;
	x->whole = !head->chunked && head->length == 0;
	x->closes = !head->keeps || x->client->excess;
	if (find_target(x, &problem) < 0)
		exchange_refuse(x, &problem);
	else if (head->length > x->body_max)
		exchange_refuse_size(x);
}

/* For so long after somebody waited in vain, those who come late are hurried.
 */
#define VAIN_US 1000000

static int64_t patience_ms(const struct exchange *x)
{
	const struct route *route = x->match.route;

	return route && route->patient ? PATIENCE_LONG_MS : PATIENCE_MS;
}

/* Of this worker, whose whole work it is; the client waits since it was given.
 * Once the first of a crowd have waited for a locked database, all the others
 * would do so in their turn, and who only reads behind them. */
static void begin_patience(struct exchange *x)
{
	int64_t vain_us = atomic_load(&x->server->vain_us);

	patience_set(x->step_us + patience_ms(x) * 1000);
	if (vain_us && patience_is_over() &&
	    clock_monotonic_us() - vain_us < VAIN_US)
		patience_hurry();
}

static void note_vain(struct exchange *x, const struct err *err)
{
	if (err->code == ERR_RETRY && patience_is_over() &&
	    !patience_is_hurried())
		atomic_store(&x->server->vain_us, clock_monotonic_us());
}

static void settle(struct exchange *x, int ret, struct err *err)
{
	if (ret >= 0 && x->out.stream && x->rq.method != HTTP_HEAD)
		ret = answer_first_piece(x, err);
	if (ret < 0) {
		note_vain(x, err);
		response_drop_stream(x);
		problem_write_err(&x->rq, &x->rs, x->in.dialect, err);
	}
	answer_compress(x);
	answer(x);
}

void exchange_settle_owed(struct exchange *x)
{
	settle(x, x->done_failed ? -1 : 0, &x->done_err);
}

/* --- workers' --- */

/* Who asked too long ago hardly waits any more: so a jam is over soon. */
static void refuse_late(struct exchange *x)
{
	int64_t waited_us = clock_monotonic_us() - x->given_us;

	if (!x->taken && waited_us >= x->server->options.waiting_ms * 1000)
		exchange_refuse_busy(x);
	x->taken = true;
}

static void check_caller(struct exchange *x)
{
	struct problem problem = { .status = 0 };

	refuse_late(x);
	if (x->refused)
		return;
	if (!x->admitted && admit(x, &problem) < 0)
		exchange_refuse(x, &problem);
	x->admitted = true;
}

static void begin_body(struct exchange *x)
{
	struct err err = ERR_INIT;

	check_caller(x);
	if (!x->refused && x->match.route->upload && upload_begin(x, &err) < 0)
		refuse_err(x, &err);
}

static void spool(struct exchange *x)
{
	struct err err = ERR_INIT;

	if (upload_write(x, &err) < 0)
		refuse_err(x, &err);
}

static void finish_body(struct exchange *x)
{
	struct err err = ERR_INIT;

	if (x->in.upload_path &&
	    (upload_write(x, &err) < 0 || upload_end(x, &err) < 0))
		refuse_err(x, &err);
}

static int call(struct exchange *x, struct err *err)
{
	const struct route *route = x->match.route;
	int ret;

	x->rq.body = strbuf_str(&x->body);
	/* not when it came: a body may take its time, and so may a worker, and
	 * who follows changes by their time would not see an old one */
	x->rq.now_ms = clock_now_ms();
	if (x->match.table->run)
		ret = x->match.table->run(route, &x->rq, &x->rs, err);
	else
		ret = route->fn(&x->rq, &x->rs, err);
	BUG_ON(x->owed != (ret == 1));
	BUG_ON(ret == ROUTE_WOULD_WAIT && x->rq.may_wait);
	return ret;
}

static void run(struct exchange *x)
{
	struct err err = ERR_INIT;
	int ret;

	check_caller(x);
	if (!x->refused)
		finish_body(x);
	if (x->refused)
		return;
	ret = call(x, &err);
	if (!x->owed)
		settle(x, ret, &err);
}

enum exchange_fate exchange_run_here(struct exchange *x)
{
	struct err err = ERR_INIT;
	int ret = call(x, &err);

	if (ret == ROUTE_WOULD_WAIT)
		return FATE_WOULD_WAIT;
	if (!x->owed)
		settle(x, ret, &err);
	else if (atomic_fetch_sub(&x->holders, 1) > 1)
		return FATE_OWED;
	return FATE_DONE;
}

void exchange_work(void *arg)
{
	struct exchange *x = arg;

	begin_patience(x);
	x->rq.may_wait = true;

	switch (x->step) {
	case STEP_ADMIT:
		begin_body(x);
		break;
	case STEP_SPOOL:
		spool(x);
		break;
	case STEP_RUN:
		run(x);
		if (x->owed && atomic_fetch_sub(&x->holders, 1) > 1)
			return; /* response_done gives it back */
		break;
	case STEP_PIECE:
		answer_piece(x);
		break;
	case STEP_END:
		exchange_free(x, NULL);
		return;
	}
	loop_return(x);
}
