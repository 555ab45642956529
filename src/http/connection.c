/*
 * What the loop does with one connection: reads, finds out where a request
 * ends, gives it to workers, sends what they made. Nothing here waits, and
 * nothing touches the database or a disk.
 *
 * Sockets are edge-triggered and never registered again: `readable` is true
 * until a read says that there is no more, and of writing the kernel tells when
 * it is possible again.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "http/exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* So much of a refused body is read and thrown away to keep the connection;
 * with more to come, we answer at once and close it. */
#define DISCARD_MAX (256 << 10)
/* A body up to this is taken before anybody asks whose it is. */
#define SMALL_BODY (64 << 10)
#define SPOOL_BYTES (256 << 10)
#define STEPS_A_TURN 64 /* then others come first */
/* So much of what nobody wants is thrown away before the answer is taken back
 * by closing. */
#define LEAVES_MAX (16 << 20)

static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

static struct metric cut_connections = METRIC_COUNTER(
	"muster_http_cut",
	"Connections cut: too slow, or in the way when room was needed");

static struct clients *clients_of(struct client *c)
{
	return &c->server->clients;
}

/* --- the end --- */

static bool is_loops(const struct exchange *x)
{
	return x->match.route->workers == WORKERS_NONE;
}

static struct pool *pool_of(const struct exchange *x)
{
	return x->server
		->pools[is_loops(x) ? WORKERS_QUICK : x->match.route->workers];
}

static void end_exchange(struct client *c)
{
	struct exchange *x = c->x;

	if (!x)
		return;
	c->x = NULL;
	x->client = NULL;
	client_hold(clients_of(c), c, 0);
	atomic_fetch_sub(&c->server->in_hand, 1);
	if (!x->in.upload_path && !x->out.stream) {
		exchange_free(x, &c->server->loop.spare);
		return;
	}
	x->step = STEP_END;
	pool_give(pool_of(x), x);
}

void connection_close(struct client *c)
{
	BUG_ON(c->phase == CLIENT_WAITS);
	if (c->phase == CLIENT_GONE)
		return;
	end_exchange(c);
	(void)close(c->fd); /* nothing left to do about a failure */
	c->fd = -1;
	client_phase(clients_of(c), c, CLIENT_GONE);
}

void connection_cut(struct client *c, const char *why)
{
	log_debug("client cut", LOG_TEXT("client", c->ip),
		  LOG_TEXT("why", why));
	metric_add(&cut_connections, 1);
	connection_close(c);
}

/* --- bytes --- */

static struct str unread(const struct client *c)
{
	return (struct str){ c->in.buf + c->used, c->in.len - c->used };
}

/* Moves what is left to the front; an idle client costs no buffer. */
static void use_up(struct client *c)
{
	struct str rest = unread(c);

	if (rest.len == 0) {
		strbuf_release(&c->in);
	} else if (c->used > 0) {
		memmove(c->in.buf, rest.s, rest.len);
		strbuf_truncate(&c->in, rest.len);
	}
	c->used = 0;
}

static ssize_t read_bytes(struct client *c)
{
	ssize_t n;

	do {
		n = recv(c->fd, c->server->loop.scratch, SCRATCH_BYTES, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		c->readable = false;
	/* Fewer than there was room for: that was all. Only the end could
	 * have been told already, behind them. */
	if (n > 0 && n < SCRATCH_BYTES && !c->ended)
		c->readable = false;
	return n;
}

/* 1: something came; 0: not now; -1: nothing will. */
static int receive(struct client *c)
{
	ssize_t n;

	if (!c->readable)
		return 0;
	n = read_bytes(c);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n <= 0)
		return -1;
	use_up(c);
	strbuf_add(&c->in, c->server->loop.scratch, (size_t)n);
	c->bytes += n;
	c->moved_ms = clock_monotonic_ms();
	return 1;
}

/* --- limits --- */

static struct client *oldest_unfinished(struct clients *clients)
{
	struct client *first = TAILQ_FIRST(&clients->in[CLIENT_BODY]);

	return first ? first : TAILQ_FIRST(&clients->in[CLIENT_HEAD]);
}

/* It has to wait for the rest of a request. Where too many do, those who have
 * done so for longest make room: a request that is on its way is soon whole. */
static void wait_for_rest(struct client *c)
{
	const struct http_options *o = &c->server->options;
	struct clients *clients = clients_of(c);
	struct client *rival;
	size_t held = c->in.cap + (c->x ? c->x->body.cap : 0);

	client_hold(clients, c, (int64_t)held);
	if (o->per_address > 0 && !o->trust_proxy) {
		rival = client_rival(c, o->per_address);
		if (rival)
			connection_cut(rival, "unfinished, of its address");
	}
	while (clients->held > o->held_max) {
		rival = oldest_unfinished(clients);
		if (!rival)
			return;
		connection_cut(rival, "unfinished, memory");
	}
}

/* --- handing over --- */

static bool answer_now(struct client *c)
{
	struct exchange *x = c->x;

	if (!x->whole)
		x->closes = true;
	if (!x->answered)
		answer(x);
	client_phase(clients_of(c), c, CLIENT_READS);
	return true;
}

static bool refuse_rest(struct client *c)
{
	const struct exchange *x = c->x;

	if (x->whole || x->closes || c->excess || x->in.head.expects ||
	    x->in.head.chunked || x->left > DISCARD_MAX)
		return answer_now(c);
	client_phase(clients_of(c), c, CLIENT_BODY);
	return true;
}

static bool has_room(const struct exchange *x)
{
	return x->given_us ||
	       (int64_t)pool_waiting(pool_of(x)) < x->server->options.waiting;
}

/* From now on it is somebody else's. */
static void let_go(struct client *c, enum exchange_step step)
{
	struct exchange *x = c->x;

	use_up(c);
	client_hold(clients_of(c), c, (int64_t)(c->in.cap + x->body.cap));
	client_phase(clients_of(c), c, CLIENT_WAITS);
	x->step = step;
	x->server->loop.away++;
}

static bool give(struct client *c, enum exchange_step step)
{
	struct exchange *x = c->x;

	if (!has_room(x)) {
		exchange_refuse_busy(x);
		return refuse_rest(c);
	}
	x->step_us = clock_monotonic_us();
	if (!x->given_us)
		x->given_us = x->step_us;
	if (c->phase == CLIENT_BODY)
		x->body_ms = clock_monotonic_ms() - c->since_ms;
	let_go(c, step);
	pool_give(pool_of(x), x);
	return false;
}

static bool take_run(struct client *c)
{
	if (c->x->owed && !c->x->answered)
		exchange_settle_owed(c->x);
	return answer_now(c);
}

/* The request is whole. What waits for nothing is done at once. */
static bool run(struct client *c)
{
	struct exchange *x = c->x;
	enum exchange_fate fate;

	if (!is_loops(x))
		return give(c, STEP_RUN);
	let_go(c, STEP_RUN);
	fate = exchange_run_here(x);
	if (fate == FATE_OWED)
		return false;
	c->server->loop.away--;
	return fate == FATE_DONE ? take_run(c) : give(c, STEP_RUN);
}

/* --- bodies --- */

static bool want_body(struct client *c)
{
	struct exchange *x = c->x;

	if (x->in.head.expects && x->received == 0 && unread(c).len == 0 &&
	    send(c->fd, go_on, sizeof(go_on) - 1, MSG_NOSIGNAL) !=
		    sizeof(go_on) - 1) {
		connection_close(c);
		return false;
	}
	client_phase(clients_of(c), c, CLIENT_BODY);
	c->since_ms -= x->body_ms;
	c->bytes = x->received;
	return true;
}

/* false: it is malformed. */
static bool move_body(struct client *c)
{
	struct exchange *x = c->x;
	struct str rest = unread(c);
	size_t before = x->body.len, n = rest.len;
	int done;

	if (x->in.head.chunked) {
		done = chunked_read(&x->chunked, &rest, &x->body);
		c->used = c->in.len - rest.len;
	} else {
		if ((int64_t)n > x->left)
			n = (size_t)x->left;
		strbuf_add(&x->body, rest.s, n);
		x->left -= (int64_t)n;
		c->used += n;
		done = x->left == 0;
	}
	x->received += (int64_t)(x->body.len - before);
	x->whole = done > 0;
	return done >= 0;
}

static bool refuse_bad(struct client *c, int status, const char *why)
{
	struct problem problem = { .status = status, .detail = why };

	c->x->closes = true;
	exchange_refuse(c->x, &problem);
	return answer_now(c);
}

static bool take_body(struct client *c)
{
	struct exchange *x = c->x;
	int got;

	if (!move_body(c))
		return refuse_bad(c, 400,
				  "The chunks of the body are "
				  "malformed.");
	if (!x->refused && x->received > x->body_max)
		exchange_refuse_size(x);
	if (x->refused)
		strbuf_reset(&x->body);
	if (x->refused && (x->whole || x->received > x->body_max + DISCARD_MAX))
		return answer_now(c);
	if (!x->refused && x->whole)
		return run(c);
	if (!x->refused && x->in.upload_path && x->body.len >= SPOOL_BYTES)
		return give(c, STEP_SPOOL);
	got = receive(c);
	if (got == 0)
		wait_for_rest(c);
	if (got < 0)
		connection_close(c);
	return got > 0;
}

/* --- heads --- */

/* Whom it belongs to is settled before a long body is taken, so that strangers
 * cannot fill the memory. What anybody may send is short. */
static bool admits_first(const struct exchange *x)
{
	const struct head *head = &x->in.head;
	const struct route *route = x->match.route;

	if (route->upload)
		return true;
	return route->permission != PERMIT_PUBLIC &&
	       (head->chunked || head->expects || head->length > SMALL_BODY);
}

static bool begin(struct client *c)
{
	struct exchange *x = exchange_new(c);

	c->x = x;
	atomic_fetch_add(&c->server->in_hand, 1);
	exchange_begin(x, (struct str){ unread(c).s, c->scanned });
	c->used += c->scanned;
	c->scanned = 0;
	if (x->refused)
		return refuse_rest(c);
	if (admits_first(x))
		return give(c, STEP_ADMIT);
	return x->whole ? run(c) : want_body(c);
}

static bool refuse_head(struct client *c, int status, const char *why)
{
	c->x = exchange_new(c);
	atomic_fetch_add(&c->server->in_hand, 1);
	return refuse_bad(c, status, why);
}

static bool refuse_long_head(struct client *c)
{
	struct str rest = unread(c);

	if (!memchr(rest.s, '\n', rest.len))
		return refuse_head(c, 414, NULL);
	return refuse_head(c, 431, "The head of the request is too long.");
}

/* One empty line before a request is ignored (RFC 9112 section 2.2). */
static void skip_empty_line(struct client *c)
{
	if (c->scanned == 0 && c->phase == CLIENT_IDLE &&
	    str_starts(unread(c), "\r\n"))
		c->used += 2;
}

static void wait_for_head(struct client *c)
{
	use_up(c);
	if (c->in.len == 0)
		return;
	if (c->phase == CLIENT_IDLE)
		client_phase(clients_of(c), c, CLIENT_HEAD);
	wait_for_rest(c);
}

static bool take_head(struct client *c)
{
	int found, got;

	skip_empty_line(c);
	found = head_find(unread(c), &c->scanned);
	if (found < 0)
		return refuse_head(c, 400,
				   "The head of the request is "
				   "malformed.");
	if (c->scanned > HEAD_MAX)
		return refuse_long_head(c);
	if (found > 0)
		return begin(c);
	got = receive(c);
	if (got == 0)
		wait_for_head(c);
	if (got < 0)
		connection_close(c);
	return got > 0;
}

/* --- answers --- */

/* 1, 0: the client does not read now, -1: it is gone. */
static int send_some(struct client *c)
{
	struct str *unsent = c->x->out.unsent;
	struct iovec parts[2] = {
		{ .iov_base = (void *)unsent[0].s, .iov_len = unsent[0].len },
		{ .iov_base = (void *)unsent[1].s, .iov_len = unsent[1].len },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n;

	do {
		n = sendmsg(c->fd, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	c->bytes += n;
	c->moved_ms = clock_monotonic_ms();
	for (int i = 0; i < 2; i++) {
		size_t part =
			(size_t)n < unsent[i].len ? (size_t)n : unsent[i].len;

		unsent[i].s += part;
		unsent[i].len -= part;
		n -= (ssize_t)part;
	}
	return 1;
}

static bool finish(struct client *c)
{
	const struct exchange *x = c->x;
	bool closes = x->closes;
	bool may_send = !x->whole || unread(c).len > 0 || x->in.head.keeps;

	end_exchange(c);
	if (!closes) {
		client_phase(clients_of(c), c, CLIENT_IDLE);
		return true;
	}
	if (!may_send || shutdown(c->fd, SHUT_WR) < 0) {
		connection_close(c);
		return false;
	}
	/* Closing a socket with something unread would take the answer back. */
	c->used = c->in.len;
	client_phase(clients_of(c), c, CLIENT_LEAVES);
	return true;
}

static bool send_answer(struct client *c)
{
	struct response_private *out = &c->x->out;
	int sent;

	if (out->unsent[0].len + out->unsent[1].len == 0)
		return out->stream && !out->ended ? give(c, STEP_PIECE)
						  : finish(c);
	sent = send_some(c);
	if (sent < 0)
		connection_close(c);
	return sent > 0;
}

static bool throw_away(struct client *c)
{
	int got = receive(c);

	c->used = c->in.len;
	if (got >= 0 && c->bytes <= LEAVES_MAX)
		return got > 0;
	connection_close(c);
	return false;
}

/* --- turns --- */

/* false: it has to wait for something. */
static bool step(struct client *c)
{
	switch (c->phase) {
	case CLIENT_IDLE:
	case CLIENT_HEAD:
		return take_head(c);
	case CLIENT_BODY:
		return take_body(c);
	case CLIENT_READS:
		return send_answer(c);
	case CLIENT_LEAVES:
		return throw_away(c);
	default:
		return false;
	}
}

void connection_go_on(struct client *c)
{
	for (int i = 0; i < STEPS_A_TURN; i++)
		if (!step(c))
			return;
	loop_call_again(c);
}

void connection_take_back(struct exchange *x)
{
	struct client *c = x->client;
	bool goes_on = true;

	if (x->step == STEP_RUN || x->step == STEP_PIECE)
		goes_on = take_run(c);
	else if (x->refused)
		goes_on = refuse_rest(c);
	else if (x->whole)
		goes_on = run(c);
	else
		goes_on = want_body(c);
	if (goes_on)
		connection_go_on(c);
}
