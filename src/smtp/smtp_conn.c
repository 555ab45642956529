/*
 * A connection: bytes in and out, TLS, timeouts. Called by the pool's loop; its
 * thread.
 */
#include "smtp/smtp_private.h"

#include "smtp/smtp_tls.h"

#include "base/cleanup.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#define OUT_KEEP (256 * 1024) /* a larger buffer is given back when empty */
#define QUIT_TIMEOUT_MS 1000
#define TLS_RECORD 16384 /* the most that SSL_write takes at once */
#define CONNECTION_LOST "the connection was lost"

static bool is_loopback(const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)addr;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)addr;

	if (addr->ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

static int64_t timeout_ms(const struct smtp_conn *conn)
{
	const struct smtp_options *o = &conn->pool->options;

	if (conn->phase != SMTP_TALKING)
		return o->connect_timeout_ms;
	if (conn->expect_n == 0)
		return o->idle_timeout_ms;
	if (conn->sent && conn->out_sent < conn->dot_end)
		return o->content_timeout_ms;
	switch (conn->expect[0]) {
	case SMTP_EXPECT_GREETING:
		return o->greeting_timeout_ms;
	case SMTP_EXPECT_DOT:
		return o->dot_timeout_ms;
	case SMTP_EXPECT_QUIT:
		return QUIT_TIMEOUT_MS;
	default:
		return o->command_timeout_ms;
	}
}

void smtp_conn_touch(struct smtp_conn *conn)
{
	conn->deadline_ms = conn->pool->now_ms + timeout_ms(conn);
}

/* Ask epoll for what the connection waits for, if that changed. */
static void arm(struct smtp_conn *conn)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = conn };

	if (conn->phase == SMTP_CLOSED)
		return;
	if (conn->phase == SMTP_CONNECTING ||
	    (conn->phase == SMTP_TALKING && conn->out_sent < conn->out.len) ||
	    (conn->tls && smtp_tls_wants_write(conn->tls)))
		event.events |= EPOLLOUT;
	if (event.events == conn->armed)
		return;
	(void)epoll_ctl(conn->pool->epoll_fd,
			conn->armed ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, conn->fd,
			&event); /* valid descriptors: cannot fail */
	conn->armed = event.events;
}

void smtp_conn_close(struct smtp_conn *conn)
{
	if (conn->phase != SMTP_CLOSED)
		atomic_fetch_sub(&conn->pool->open_n, 1);
	conn->phase = SMTP_CLOSED;
	smtp_tls_free(&conn->tls);
	fd_release(&conn->fd); /* leaves epoll's set by that */
	conn->armed = 0;
	strbuf_release(&conn->out);
	smtp_reply_release(&conn->reply);
	conn->in_len = conn->out_tried = conn->out_sent = 0;
	conn->expect_n = 0;
	conn->is_greeted = conn->is_ready = false;
}

/* What the messages of a dead connection are told. The first one of it may be
 * why it died; one that came behind others is not. */
static void settle(struct smtp_conn *conn, bool was_ready, bool is_past_dot,
		   struct smtp_result *why)
{
	struct smtp_job *sent = TAKE(conn->sent), *open = TAKE(conn->open);
	bool is_first = conn->answered == 0;

	if (open)
		smtp_waiting_again(conn->pool, open, is_first && !sent, why);
	why->stage = sent ? SMTP_AT_CONTENT : why->stage;
	why->maybe_sent = is_past_dot;
	if (is_past_dot)
		smtp_pool_finish(conn->pool, sent, why);
	else if (sent)
		smtp_waiting_again(conn->pool, sent, is_first, why);
	if (was_ready)
		return;
	why->outcome = SMTP_UNREACHED;
	smtp_dispatch_failed(conn->pool, why);
}

void smtp_conn_fail(struct smtp_conn *conn, enum smtp_stage stage,
		    const char *text)
{
	CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT;
	char enhanced[SMTP_ENHANCED_MAX] = "";
	struct smtp_result why = { .outcome = SMTP_TEMPORARY,
				   .stage = stage,
				   .enhanced = enhanced,
				   .text = text };
	bool was_ready = conn->is_ready;
	bool is_past_dot = conn->sent && conn->out_tried >= conn->dot_end;

	if (!text) {
		why.code = conn->reply.code;
		memcpy(enhanced, conn->reply.enhanced, sizeof(enhanced));
		smtp_reply_describe(&conn->reply, SMTP_RESULT_TEXT_MAX, &said);
		why.text = said.buf;
	}
	smtp_conn_close(conn);
	settle(conn, was_ready, is_past_dot, &why);
}

/* Which step the reply that is missing belongs to. */
static enum smtp_stage stage_of(const struct smtp_conn *conn)
{
	static const enum smtp_stage stages[] = {
		[SMTP_EXPECT_GREETING] = SMTP_AT_GREETING,
		[SMTP_EXPECT_EHLO] = SMTP_AT_EHLO,
		[SMTP_EXPECT_HELO] = SMTP_AT_EHLO,
		[SMTP_EXPECT_STARTTLS] = SMTP_AT_TLS,
		[SMTP_EXPECT_AUTH_USER] = SMTP_AT_AUTH,
		[SMTP_EXPECT_AUTH_PASSWORD] = SMTP_AT_AUTH,
		[SMTP_EXPECT_AUTH] = SMTP_AT_AUTH,
		[SMTP_EXPECT_MAIL] = SMTP_AT_MAIL,
		[SMTP_EXPECT_RCPT] = SMTP_AT_RCPT,
		[SMTP_EXPECT_DATA] = SMTP_AT_DATA,
		[SMTP_EXPECT_DOT] = SMTP_AT_CONTENT,
		[SMTP_EXPECT_EMPTY_DOT] = SMTP_AT_CONTENT,
		[SMTP_EXPECT_RSET] = SMTP_AT_MAIL,
		[SMTP_EXPECT_QUIT] = SMTP_AT_CONTENT,
	};

	if (conn->phase == SMTP_CONNECTING)
		return SMTP_AT_CONNECT;
	if (conn->phase == SMTP_HANDSHAKE)
		return SMTP_AT_TLS;
	return conn->expect_n > 0 ? stages[conn->expect[0]] : SMTP_AT_MAIL;
}

/* --- connecting --- */

static int connect_to(struct smtp_conn *conn, const struct smtp_address *to)
{
	int one = 1;

	conn->fd = socket(to->addr.ss_family,
			  SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (conn->fd < 0)
		return -1;
	(void)setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one,
			 sizeof(one)); /* slower without, no more */
	conn->is_loopback = is_loopback(&to->addr);
	if (connect(conn->fd, (const struct sockaddr *)&to->addr, to->len) == 0)
		return 0;
	return errno == EINPROGRESS ? 0 : -1;
}

/* This address did not answer: try the next one, or give up. */
static void connect_failed(struct smtp_conn *conn, int error)
{
	char text[160];

	snprintf(text, sizeof(text), "cannot connect: %s", strerror(error));
	if (conn->address + 1 >= conn->pool->addresses_n) {
		smtp_conn_fail(conn, SMTP_AT_CONNECT, text);
		return;
	}
	smtp_conn_close(conn);
	conn->address++;
	smtp_conn_open(conn);
}

void smtp_conn_open(struct smtp_conn *conn)
{
	atomic_fetch_add(&conn->pool->open_n, 1);
	conn->phase = SMTP_CONNECTING;
	conn->can = 0;
	conn->size_most = 0;
	conn->messages = conn->answered = 0;
	if (connect_to(conn, &conn->pool->addresses[conn->address]) < 0) {
		connect_failed(conn, errno);
		return;
	}
	smtp_conn_touch(conn);
	arm(conn);
}

static void on_handshake(struct smtp_conn *conn)
{
	struct err err = ERR_INIT;
	int done = smtp_tls_handshake(conn->tls, &err);

	if (done < 0) {
		smtp_conn_fail(conn, SMTP_AT_TLS, err.text);
	} else if (done > 0) {
		smtp_trial_note(conn->pool->trial,
				conn->pool->relay.tls == SMTP_TLS_IMPLICIT
					? "TLS"
					: "STARTTLS");
		conn->phase = SMTP_TALKING;
		smtp_session_begin(conn);
	}
}

void smtp_conn_begin_tls(struct smtp_conn *conn)
{
	struct err err = ERR_INIT;

	conn->phase = SMTP_HANDSHAKE;
	smtp_conn_touch(conn);
	if (smtp_tls_new(conn->pool->tls, conn->fd, conn->pool->relay.host,
			 &conn->tls, &err) < 0)
		smtp_conn_fail(conn, SMTP_AT_TLS, err.text);
	else
		on_handshake(conn); /* the client speaks first */
}

static void on_connected(struct smtp_conn *conn)
{
	socklen_t len = sizeof(int);
	int error = 0;

	(void)getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0) {
		connect_failed(conn, error);
		return;
	}
	smtp_trial_note(conn->pool->trial, "connected to %s:%d",
			conn->pool->relay.host, conn->pool->relay.port);
	if (conn->pool->relay.tls == SMTP_TLS_IMPLICIT) {
		smtp_conn_begin_tls(conn);
		return;
	}
	conn->phase = SMTP_TALKING;
	smtp_session_begin(conn);
}

/* --- writing --- */

void smtp_conn_expect(struct smtp_conn *conn, enum smtp_expect what)
{
	BUG_ON(conn->expect_n == SMTP_EXPECT_MAX);
	conn->expect[conn->expect_n++] = what;
}

void smtp_conn_command(struct smtp_conn *conn, enum smtp_expect what,
		       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&conn->out, fmt, ap);
	va_end(ap);
	strbuf_addstr(&conn->out, "\r\n");
	smtp_conn_expect(conn, what);
}

static ssize_t send_some(struct smtp_conn *conn)
{
	const char *from = conn->out.buf + conn->out_sent;
	size_t len = conn->out.len - conn->out_sent;

	if (!conn->tls)
		return send(conn->fd, from, len, MSG_NOSIGNAL);
	if (len > TLS_RECORD)
		len = TLS_RECORD;
	/* a record may be on its way though the call says "later" */
	conn->out_tried = conn->out_sent + len;
	return smtp_tls_write(conn->tls, from, len);
}

void smtp_conn_forget_sent(struct smtp_conn *conn)
{
	if (conn->sent || conn->out_sent < conn->out.len)
		return; /* dot_end is a place in it */
	conn->out_sent = conn->out_tried = 0;
	if (conn->out.cap > OUT_KEEP)
		strbuf_release(&conn->out);
	else
		strbuf_reset(&conn->out);
}

void smtp_conn_flush(struct smtp_conn *conn)
{
	ssize_t n;

	while (conn->phase == SMTP_TALKING && conn->out_sent < conn->out.len) {
		n = send_some(conn);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n <= 0) {
			smtp_conn_fail(conn, stage_of(conn), CONNECTION_LOST);
			return;
		}
		conn->out_sent += (size_t)n;
		if (conn->out_tried < conn->out_sent)
			conn->out_tried = conn->out_sent;
		smtp_conn_touch(conn);
	}
	smtp_conn_forget_sent(conn);
	arm(conn);
}

/* --- reading --- */

static void on_reply(struct smtp_conn *conn)
{
	enum smtp_expect what;

	if (conn->expect_n == 0) { /* "421 idle for too long", or worse */
		smtp_conn_fail(conn, SMTP_AT_MAIL,
			       "the relay ended the session");
		return;
	}
	what = conn->expect[0];
	conn->expect_n--;
	memmove(conn->expect, conn->expect + 1,
		(size_t)conn->expect_n * sizeof(conn->expect[0]));
	if (what < SMTP_EXPECT_MAIL || what == SMTP_EXPECT_QUIT)
		smtp_session_on_reply(conn, what);
	else
		smtp_mail_on_reply(conn, what);
	if (conn->phase == SMTP_CLOSED)
		return;
	smtp_reply_reset(&conn->reply);
	smtp_conn_touch(conn);
}

/* Take whole replies from the buffer. */
static void read_replies(struct smtp_conn *conn)
{
	struct str in = { conn->in, conn->in_len };
	int done = 1;

	while (done > 0 && conn->phase == SMTP_TALKING) {
		done = smtp_reply_read(&conn->reply, &in);
		/* what follows is for the handlers: STARTTLS must see it */
		memmove(conn->in, in.s, in.len);
		conn->in_len = in.len;
		in.s = conn->in;
		if (done > 0) {
			on_reply(conn);
			in.len = conn->in_len;
		}
	}
	if (done < 0 && conn->phase == SMTP_TALKING) {
		smtp_conn_fail(conn, stage_of(conn),
			       "the relay does not speak SMTP");
	}
}

static ssize_t receive_some(struct smtp_conn *conn)
{
	char *to = conn->in + conn->in_len;
	size_t room = sizeof(conn->in) - conn->in_len;

	if (conn->tls)
		return smtp_tls_read(conn->tls, to, room);
	return recv(conn->fd, to, room, 0);
}

static void on_readable(struct smtp_conn *conn)
{
	bool again = true;
	ssize_t n;

	while (again && conn->phase == SMTP_TALKING) {
		n = receive_some(conn);
		if (n < 0 &&
		    (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
			return;
		if (n <= 0) {
			smtp_conn_fail(conn, stage_of(conn), CONNECTION_LOST);
			return;
		}
		conn->in_len += (size_t)n;
		read_replies(conn);
		again = conn->tls && smtp_tls_has_pending(conn->tls);
	}
}

void smtp_conn_on_event(struct smtp_conn *conn, uint32_t events)
{
	if (conn->phase == SMTP_CONNECTING)
		on_connected(conn);
	else if (conn->phase == SMTP_HANDSHAKE)
		on_handshake(conn);
	if (conn->phase == SMTP_TALKING &&
	    (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		on_readable(conn);
	smtp_conn_flush(conn);
}

void smtp_conn_on_timeout(struct smtp_conn *conn)
{
	if (conn->phase == SMTP_TALKING && conn->expect_n == 0 &&
	    conn->is_ready) {
		smtp_session_quit(conn);
		smtp_conn_flush(conn);
		return;
	}
	smtp_conn_fail(conn, stage_of(conn),
		       "the relay did not answer in time");
}
