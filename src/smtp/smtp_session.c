/*
 * A session before its first message: greeting, EHLO, STARTTLS, AUTH. The
 * pool's thread.
 */
#include "smtp/smtp_private.h"

#include "base/cleanup.h"
#include "base/crypto.h"

static void say_ehlo(struct smtp_conn *conn)
{
	conn->can = 0;
	smtp_conn_command(conn, SMTP_EXPECT_EHLO, "EHLO %s",
			  conn->pool->ehlo_name);
}

void smtp_session_begin(struct smtp_conn *conn)
{
	if (conn->is_greeted)
		say_ehlo(conn); /* again, after STARTTLS */
	else
		smtp_conn_expect(conn, SMTP_EXPECT_GREETING);
	smtp_conn_touch(conn);
}

void smtp_session_quit(struct smtp_conn *conn)
{
	smtp_conn_command(conn, SMTP_EXPECT_QUIT, "QUIT");
	smtp_conn_touch(conn);
}

/* --- what EHLO offers --- */

static unsigned auth_mechanisms(struct str words)
{
	struct str word;
	unsigned can = 0;

	while (words.s) {
		word = str_cut(&words, ' ');
		if (str_ieq(word, "PLAIN"))
			can |= SMTP_CAN_AUTH_PLAIN;
		else if (str_ieq(word, "LOGIN"))
			can |= SMTP_CAN_AUTH_LOGIN;
	}
	return can;
}

static unsigned capability(struct smtp_conn *conn, struct str line)
{
	static const struct {
		const char *word;
		unsigned can;
	} words[] = {
		{ "PIPELINING", SMTP_CAN_PIPELINING },
		{ "8BITMIME", SMTP_CAN_8BITMIME },
		{ "SMTPUTF8", SMTP_CAN_UTF8 },
		{ "STARTTLS", SMTP_CAN_STARTTLS },
	};
	struct str word = str_cut(&line, ' ');
	size_t i;

	if (str_ieq(word, "SIZE")) {
		if (!line.s || !str_to_int(line, &conn->size_most))
			conn->size_most = 0; /* no limit is told */
		return SMTP_CAN_SIZE;
	}
	if (str_ieq(word, "AUTH") || str_ieq(word, "AUTH=PLAIN"))
		return auth_mechanisms(line);
	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (str_ieq(word, words[i].word))
			return words[i].can;
	return 0;
}

static void read_capabilities(struct smtp_conn *conn)
{
	struct str text = strbuf_str(&conn->reply.text);

	(void)str_cut(&text, '\n'); /* the relay's name */
	while (text.s && text.len > 0)
		conn->can |= capability(conn, str_trim(str_cut(&text, '\n')));
	if (conn->pool->options.no_pipelining)
		conn->can &= ~(unsigned)SMTP_CAN_PIPELINING;
}

/* --- AUTH --- */

static void add_base64(struct smtp_conn *conn, struct str secret)
{
	base64_encode(secret, &conn->out);
	strbuf_addstr(&conn->out, "\r\n");
}

static void say_auth_plain(struct smtp_conn *conn)
{
	CLEANUP(strbuf_release) struct strbuf secret = STRBUF_INIT;

	strbuf_addch(&secret, '\0');
	strbuf_addstr(&secret, conn->pool->relay.user);
	strbuf_addch(&secret, '\0');
	strbuf_addstr(&secret, conn->pool->relay.password);
	strbuf_addstr(&conn->out, "AUTH PLAIN ");
	add_base64(conn, strbuf_str(&secret));
	explicit_bzero(secret.buf, secret.len);
	smtp_conn_expect(conn, SMTP_EXPECT_AUTH);
}

static void say_auth(struct smtp_conn *conn)
{
	if (!conn->tls && !conn->is_loopback)
		smtp_conn_fail(conn, SMTP_AT_AUTH,
			       "the relay offers no TLS, and a password is "
			       "not sent in clear");
	else if (conn->can & SMTP_CAN_AUTH_PLAIN)
		say_auth_plain(conn);
	else if (conn->can & SMTP_CAN_AUTH_LOGIN)
		smtp_conn_command(conn, SMTP_EXPECT_AUTH_USER, "AUTH LOGIN");
	else
		smtp_conn_fail(conn, SMTP_AT_AUTH,
			       "the relay offers neither AUTH PLAIN nor LOGIN");
}

/* The password must not stay in a buffer that lives on. */
static void wipe_out(struct smtp_conn *conn)
{
	if (conn->out.cap > 0 && conn->out_sent == conn->out.len)
		explicit_bzero(conn->out.buf, conn->out.cap);
	smtp_conn_forget_sent(conn);
}

/* --- replies --- */

static void get_ready(struct smtp_conn *conn)
{
	conn->is_ready = true;
	smtp_dispatch_reached(conn->pool);
}

static void after_ehlo(struct smtp_conn *conn)
{
	enum smtp_tls_mode mode = conn->pool->relay.tls;

	if (!conn->tls && mode != SMTP_TLS_OFF &&
	    (conn->can & SMTP_CAN_STARTTLS))
		smtp_conn_command(conn, SMTP_EXPECT_STARTTLS, "STARTTLS");
	else if (!conn->tls && mode == SMTP_TLS_REQUIRED)
		smtp_conn_fail(conn, SMTP_AT_TLS,
			       "the relay does not offer STARTTLS");
	else if (conn->pool->relay.user)
		say_auth(conn);
	else
		get_ready(conn);
}

static void on_ehlo(struct smtp_conn *conn)
{
	if (conn->reply.code == 250) {
		read_capabilities(conn);
		after_ehlo(conn);
	} else if (conn->reply.code >= 500 && !conn->tls) {
		smtp_conn_command(conn, SMTP_EXPECT_HELO, "HELO %s",
				  conn->pool->ehlo_name);
	} else {
		smtp_conn_fail(conn, SMTP_AT_EHLO, NULL);
	}
}

static void on_starttls(struct smtp_conn *conn)
{
	if (conn->reply.code != 220)
		smtp_conn_fail(conn, SMTP_AT_TLS, NULL);
	else if (conn->in_len > 0) /* somebody put answers in front of TLS */
		smtp_conn_fail(conn, SMTP_AT_TLS,
			       "more than the answer followed STARTTLS");
	else
		smtp_conn_begin_tls(conn);
}

static void on_auth_login(struct smtp_conn *conn, enum smtp_expect what)
{
	bool is_user = what == SMTP_EXPECT_AUTH_USER;

	if (conn->reply.code != 334) {
		smtp_conn_fail(conn, SMTP_AT_AUTH, NULL);
		return;
	}
	add_base64(conn, str_of(is_user ? conn->pool->relay.user
					: conn->pool->relay.password));
	smtp_conn_expect(conn, is_user ? SMTP_EXPECT_AUTH_PASSWORD
				       : SMTP_EXPECT_AUTH);
}

void smtp_session_on_reply(struct smtp_conn *conn, enum smtp_expect what)
{
	int code = conn->reply.code;

	switch (what) {
	case SMTP_EXPECT_GREETING:
		conn->is_greeted = true;
		if (code == 220)
			say_ehlo(conn);
		else
			smtp_conn_fail(conn, SMTP_AT_GREETING, NULL);
		break;
	case SMTP_EXPECT_EHLO:
		on_ehlo(conn);
		break;
	case SMTP_EXPECT_HELO:
		if (code == 250)
			after_ehlo(conn);
		else
			smtp_conn_fail(conn, SMTP_AT_EHLO, NULL);
		break;
	case SMTP_EXPECT_STARTTLS:
		on_starttls(conn);
		break;
	case SMTP_EXPECT_AUTH_USER:
	case SMTP_EXPECT_AUTH_PASSWORD:
		on_auth_login(conn, what);
		break;
	case SMTP_EXPECT_AUTH:
		wipe_out(conn);
		if (code == 235) {
			smtp_trial_note(conn->pool->trial, "signed in as %s",
					conn->pool->relay.user);
			get_ready(conn);
		} else {
			smtp_conn_fail(conn, SMTP_AT_AUTH, NULL);
		}
		break;
	default: /* QUIT: whatever the answer */
		smtp_conn_close(conn);
		break;
	}
}
