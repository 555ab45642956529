/*
 * One message in a session: MAIL, RCPT, DATA, the dot, and their replies. The
 * pool's thread.
 */
#include "smtp/smtp_private.h"

/* --- beginning a message --- */

/* true: this relay cannot be given the message, *why says it. An address of
 * the recipient's is said to be refused where it would have been named. */
static bool find_obstacle(const struct smtp_conn *conn,
			  const struct smtp_job *job, struct smtp_result *why)
{
	if (job->needs_utf8 && !(conn->can & SMTP_CAN_UTF8)) {
		why->enhanced = "5.6.7";
		why->text = "the relay takes no addresses outside ASCII";
		if (job->has_ascii_sender)
			why->stage = SMTP_AT_RCPT;
	} else if (job->content.has_8bit && !(conn->can & SMTP_CAN_8BITMIME)) {
		why->enhanced = "5.6.3";
		why->text = "the relay takes no 8-bit content";
	} else if (conn->size_most > 0 &&
		   job->content.text.len > (uint64_t)conn->size_most) {
		why->enhanced = "5.3.4";
		why->text = "the message is larger than the relay takes";
	}
	return why->text != NULL;
}

static bool was_refused_here(struct smtp_conn *conn, struct smtp_job *job)
{
	struct smtp_result why = { .outcome = SMTP_REFUSED,
				   .stage = SMTP_AT_MAIL };

	if (!find_obstacle(conn, job, &why))
		return false;
	smtp_pool_finish(conn->pool, job, &why);
	return true;
}

static void say_mail(struct smtp_conn *conn, const struct smtp_job *job)
{
	struct strbuf *out = &conn->out;

	strbuf_addstr(out, "MAIL FROM:<");
	strbuf_addstr(out, job->sender);
	strbuf_addch(out, '>');
	if (conn->can & SMTP_CAN_SIZE) {
		strbuf_addstr(out, " SIZE=");
		strbuf_addint(out, (int64_t)job->content.text.len);
	}
	if (job->content.has_8bit)
		strbuf_addstr(out, " BODY=8BITMIME");
	if (job->needs_utf8)
		strbuf_addstr(out, " SMTPUTF8");
	strbuf_addstr(out, "\r\n");
	smtp_conn_expect(conn, SMTP_EXPECT_MAIL);
}

static void say_rcpt(struct smtp_conn *conn, const struct smtp_job *job)
{
	strbuf_addstr(&conn->out, "RCPT TO:<");
	strbuf_addstr(&conn->out, job->rcpt);
	strbuf_addstr(&conn->out, ">\r\n");
	smtp_conn_expect(conn, SMTP_EXPECT_RCPT);
}

static void say_data(struct smtp_conn *conn)
{
	strbuf_addstr(&conn->out, "DATA\r\n");
	smtp_conn_expect(conn, SMTP_EXPECT_DATA);
}

void smtp_mail_begin(struct smtp_conn *conn, struct smtp_job *job)
{
	if (was_refused_here(conn, job))
		return;
	conn->open = job;
	conn->mail_accepted = false;
	conn->messages++;
	say_mail(conn, job);
	if (conn->can & SMTP_CAN_PIPELINING) {
		say_rcpt(conn, job);
		say_data(conn);
	}
}

static bool has_room(const struct smtp_conn *conn)
{
	int64_t most = conn->pool->options.messages_each;

	return !conn->open && (most == 0 || conn->messages < most);
}

bool smtp_conn_is_free(const struct smtp_conn *conn)
{
	if (conn->phase != SMTP_TALKING || !conn->is_ready || !has_room(conn))
		return false;
	if (conn->expect_n == 0)
		return true;
	return conn->expect_n == 1 && (conn->can & SMTP_CAN_PIPELINING) &&
	       (conn->expect[0] == SMTP_EXPECT_DOT ||
		conn->expect[0] == SMTP_EXPECT_RSET);
}

/* Take the next message, if the connection is free to begin one. */
static void begin_next(struct smtp_conn *conn)
{
	struct smtp_job *job;

	while (has_room(conn)) {
		job = smtp_dispatch_take(conn->pool);
		if (!job)
			break;
		smtp_mail_begin(conn, job);
	}
	if (smtp_conn_is_idle(conn) && !has_room(conn))
		smtp_session_quit(conn);
}

/* --- replies --- */

static void protocol_error(struct smtp_conn *conn, enum smtp_stage stage)
{
	smtp_conn_fail(conn, stage, "the relay does not speak SMTP");
}

/* 421: the relay is going away. The message is not to blame. */
static bool is_going_away(struct smtp_conn *conn, enum smtp_stage stage)
{
	if (conn->reply.code != 421)
		return false;
	smtp_conn_fail(conn, stage, NULL);
	return true;
}

static void fail_open(struct smtp_conn *conn, enum smtp_stage stage)
{
	struct smtp_job *job = conn->open;

	conn->open = NULL;
	conn->answered++;
	smtp_pool_finish_reply(conn->pool, job, stage, &conn->reply);
}

/* No reply to the failed message is due any more. */
static void end_failed(struct smtp_conn *conn)
{
	if (conn->mail_accepted) {
		conn->mail_accepted = false;
		smtp_conn_command(conn, SMTP_EXPECT_RSET, "RSET");
		if (!(conn->can & SMTP_CAN_PIPELINING))
			return;
	}
	begin_next(conn);
}

static void on_mail(struct smtp_conn *conn)
{
	bool pipelined = conn->can & SMTP_CAN_PIPELINING;

	if (is_going_away(conn, SMTP_AT_MAIL))
		return;
	if (conn->reply.code / 100 == 2) {
		conn->mail_accepted = true;
		if (!pipelined)
			say_rcpt(conn, conn->open);
	} else if (conn->reply.code / 100 == 3) {
		protocol_error(conn, SMTP_AT_MAIL);
	} else {
		fail_open(conn, SMTP_AT_MAIL);
		if (!pipelined)
			end_failed(conn);
	}
}

static void on_rcpt(struct smtp_conn *conn)
{
	bool pipelined = conn->can & SMTP_CAN_PIPELINING;

	if (is_going_away(conn, SMTP_AT_RCPT))
		return;
	if (!conn->open) /* MAIL had failed */
		return;
	if (conn->reply.code / 100 == 2) {
		if (!pipelined)
			say_data(conn);
	} else if (conn->reply.code / 100 == 3) {
		protocol_error(conn, SMTP_AT_RCPT);
	} else {
		fail_open(conn, SMTP_AT_RCPT);
		if (!pipelined)
			end_failed(conn);
	}
}

static void send_content(struct smtp_conn *conn)
{
	conn->sent = conn->open;
	conn->open = NULL;
	conn->mail_accepted = false;
	smtp_content_add_to(&conn->sent->content, &conn->out);
	conn->dot_end = conn->out.len;
	smtp_conn_expect(conn, SMTP_EXPECT_DOT);
	/* the next MAIL travels with this content (RFC 2920 section 3.1) */
	if (conn->can & SMTP_CAN_PIPELINING)
		begin_next(conn);
}

static void on_data(struct smtp_conn *conn)
{
	if (is_going_away(conn, SMTP_AT_DATA))
		return;
	if (conn->reply.code == 354 && conn->open) {
		send_content(conn);
	} else if (conn->reply.code == 354) {
		conn->mail_accepted = false;
		smtp_conn_command(conn, SMTP_EXPECT_EMPTY_DOT, ".");
	} else if (conn->reply.code / 100 < 4) {
		protocol_error(conn, SMTP_AT_DATA);
	} else {
		if (conn->open)
			fail_open(conn, SMTP_AT_DATA);
		end_failed(conn);
	}
}

static void on_dot(struct smtp_conn *conn)
{
	bool is_early = conn->out_sent < conn->dot_end;
	struct smtp_job *job = conn->sent;
	int class = conn->reply.code / 100;

	if (class == 3 || (is_early && class == 2)) {
		protocol_error(conn, SMTP_AT_CONTENT);
		return;
	}
	conn->sent = NULL;
	conn->answered++;
	smtp_pool_finish_reply(conn->pool, job, SMTP_AT_CONTENT, &conn->reply);
	if (is_going_away(conn, SMTP_AT_MAIL))
		return;
	if (is_early) { /* the rest would be taken for commands */
		smtp_conn_fail(conn, SMTP_AT_MAIL,
			       "the relay answered before the content's end");
		return;
	}
	smtp_conn_forget_sent(conn);
	if (!conn->open)
		begin_next(conn);
}

void smtp_mail_on_reply(struct smtp_conn *conn, enum smtp_expect what)
{
	switch (what) {
	case SMTP_EXPECT_MAIL:
		on_mail(conn);
		break;
	case SMTP_EXPECT_RCPT:
		on_rcpt(conn);
		break;
	case SMTP_EXPECT_DATA:
		on_data(conn);
		break;
	case SMTP_EXPECT_DOT:
		on_dot(conn);
		break;
	case SMTP_EXPECT_EMPTY_DOT:
		if (!is_going_away(conn, SMTP_AT_MAIL))
			end_failed(conn);
		break;
	default: /* RSET */
		if (conn->reply.code / 100 != 2)
			smtp_conn_fail(conn, SMTP_AT_MAIL, NULL);
		else if (!conn->open && conn->expect_n == 0)
			begin_next(conn);
		break;
	}
}
