#include "smtp/smtp_pool.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "smtp/certificate_fixture.h"
#include "smtp/sink_fixture.h"
#include "smtp/smtp_relay.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <cmocka.h>

#define MESSAGES_MAX 4
#define CONTENT "Subject: x\r\n\r\n.dot\r\nbody\r\n"

/* --- results, as "accepted content 250 2.0.0" a message --- */

struct results {
	pthread_mutex_t lock;
	pthread_cond_t all_in;
	size_t n, expected;
	char line[MESSAGES_MAX][128];
	struct smtp_pool *pool; /* of the gate, which may keep back one */
	size_t asked_n, kept_back;
};

static void on_result(void *context, const struct smtp_result *r)
{
	struct results *results = context;
	size_t i = (size_t)(uintptr_t)r->cookie - 1;

	(void)pthread_mutex_lock(&results->lock);
	snprintf(results->line[i], sizeof(results->line[i]), "%s %s %d %s%s",
		 smtp_outcome_name(r->outcome), smtp_stage_name(r->stage),
		 r->code, r->enhanced, r->maybe_sent ? " maybe" : "");
	if (++results->n == results->expected)
		(void)pthread_cond_signal(&results->all_in);
	(void)pthread_mutex_unlock(&results->lock);
}

static void wait_for_results(struct results *results)
{
	(void)pthread_mutex_lock(&results->lock);
	while (results->n < results->expected)
		(void)pthread_cond_wait(&results->all_in, &results->lock);
	(void)pthread_mutex_unlock(&results->lock);
}

static void on_gate(void *context, struct smtp_job *job)
{
	struct results *results = context;
	size_t number = (size_t)(uintptr_t)smtp_job_cookie(job);
	bool may = number != results->kept_back;

	(void)pthread_mutex_lock(&results->lock);
	results->asked_n++;
	(void)pthread_mutex_unlock(&results->lock);
	smtp_pool_answer(results->pool, &job, &may, 1);
}

/* --- dialogues --- */

struct dialogue {
	const char *name;
	const char *script;
	const char *expected; /* a line a message */
	const char *url;      /* %d: port; NULL: smtp://127.0.0.1:%d */
	const char *address;  /* to listen on; NULL: 127.0.0.1 */
	const char *san;      /* of the certificate; NULL: none */
	bool distrusts;       /* the client does not know the certificate */
	const char *rcpt, *content;
	/* time-outs; 0: long */
	int64_t connect_ms, greeting_ms, command_ms, dot_ms;
	int64_t messages_each;
	bool no_pipelining;
	bool has_gate;
	size_t kept_back; /* by the gate: the number of a message */
};

static struct smtp_options options_of(const struct dialogue *d)
{
	struct smtp_options o = SMTP_OPTIONS_DEFAULT;

	o.connections = 1;
	o.ehlo_name = "client.example";
	o.no_pipelining = d->no_pipelining;
	o.gate = d->has_gate ? on_gate : NULL;
	o.backoff_least_ms = 1;
	o.backoff_most_ms = o.backoff_silent_ms = 2;
	if (d->messages_each)
		o.messages_each = d->messages_each;
	if (d->connect_ms)
		o.connect_timeout_ms = d->connect_ms;
	if (d->greeting_ms)
		o.greeting_timeout_ms = d->greeting_ms;
	if (d->command_ms)
		o.command_timeout_ms = d->command_ms;
	if (d->dot_ms)
		o.dot_timeout_ms = d->dot_ms;
	return o;
}

static void relay_of(const struct dialogue *d, const struct sink *sink,
		     const struct certificate *certificate, struct arena *arena,
		     struct smtp_relay *relay)
{
	const char *url = d->url ? d->url : "smtp://127.0.0.1";
	struct err err = ERR_INIT;

	assert_int_equal(smtp_relay_parse(url, arena, relay, &err), 0);
	relay->port = sink_port(sink);
	if (certificate && !d->distrusts)
		relay->ca_file = certificate_path(certificate);
}

static void submit(struct smtp_pool *pool, const struct dialogue *d, size_t i)
{
	struct smtp_message m = { .sender = "s@example.org",
				  .content = SMTP_CONTENT_INIT,
				  .cookie = (void *)(uintptr_t)(i + 1) };
	struct err err = ERR_INIT;
	char rcpt[64];

	snprintf(rcpt, sizeof(rcpt), "r%zu@example.net", i + 1);
	m.rcpt = d->rcpt ? d->rcpt : rcpt;
	strbuf_addstr(&m.content.text, d->content ? d->content : CONTENT);
	assert_int_equal(smtp_pool_submit(pool, &m, &err), 0);
	assert_int_equal(m.content.text.len, 0);
}

static size_t count_lines(const char *s)
{
	size_t n = 1;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void join(const struct results *results, struct strbuf *out)
{
	size_t i;

	for (i = 0; i < results->expected; i++)
		strbuf_addf(out, "%s%s", i > 0 ? "\n" : "", results->line[i]);
}

/* Runs it; returns the contents that the relay got. */
static void run_dialogue(const struct dialogue *d, struct strbuf *content)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
	CLEANUP(certificate_free)
	struct certificate *certificate =
		d->san ? certificate_new(d->san) : NULL;
	CLEANUP(sink_free)
	struct sink *sink = sink_start(
		&(struct sink_options){ .address = d->address,
					.script = d->script,
					.certificate = certificate });
	CLEANUP(smtp_pool_free) struct smtp_pool *pool = NULL;
	struct smtp_options options = options_of(d);
	struct results results = { .lock = PTHREAD_MUTEX_INITIALIZER,
				   .all_in = PTHREAD_COND_INITIALIZER,
				   .expected = count_lines(d->expected),
				   .kept_back = d->kept_back };
	struct err err = ERR_INIT;
	struct smtp_relay relay;
	size_t i;

	relay_of(d, sink, certificate, arena, &relay);
	assert_int_equal(smtp_pool_start(&relay, &options, on_result, &results,
					 &pool, &err),
			 0);
	results.pool = pool;
	for (i = 0; i < results.expected; i++)
		submit(pool, d, i);
	wait_for_results(&results);
	smtp_pool_stop(pool);
	join(&results, &got);
	if (sink_finish(sink)[0] != '\0')
		fail_msg("%s: %s", d->name, sink_finish(sink));
	if (strcmp(got.buf, d->expected) != 0)
		fail_msg("%s: %s\ninstead of\n%s", d->name, got.buf,
			 d->expected);
	if (content)
		strbuf_addslice(content, sink_content(sink));
}

#define HELLO                                                                 \
	"S:220 relay\nC:EHLO client.example\nS:250-relay\nS:250-PIPELINING\n" \
	"S:250-ENHANCEDSTATUSCODES\nS:250 8BITMIME\n"
#define PLAIN_HELLO "S:220 relay\nC:EHLO client.example\nS:250 relay\n"
#define GROUP "C:MAIL FROM:<s@example.org>\nC:RCPT TO:<r*>\nC:DATA\n"
#define OPENED GROUP "S:250 ok\nS:250 ok\nS:354 go\n"
#define ACCEPT "D\nS:250 2.0.0 taken\n"
#define BYE "C:QUIT\nS:221 bye\n"

static const struct dialogue plain_ones[] = {
	{ "one message", HELLO OPENED ACCEPT BYE,
	  "accepted content 250 2.0.0" },
	{ "two messages",
	  HELLO OPENED
	  "D\n" GROUP
	  "S:250 2.0.0 a\nS:250 ok\nS:250 ok\nS:354 go\n" ACCEPT BYE,
	  "accepted content 250 2.0.0\naccepted content 250 2.0.0" },
	{ "no pipelining offered",
	  PLAIN_HELLO "C:MAIL*\nS:250 ok\nC:RCPT*\nS:250 ok\nC:DATA\nS:354 go\n"
		      "D\nS:250 taken\n" BYE,
	  "accepted content 250 " },
	{ "no pipelining wanted",
	  HELLO "C:MAIL*\nS:250 ok\nC:RCPT*\nS:250 ok\nC:DATA\nS:354 go\n"
		"D\nS:250 taken\nC:MAIL*\nS:250 ok\nC:RCPT*\nS:250 ok\n"
		"C:DATA\nS:354 go\nD\nS:250 taken\n" BYE,
	  "accepted content 250 \naccepted content 250 ",
	  .no_pipelining = true },
	{ "HELO",
	  "S:220 relay\nC:EHLO*\nS:502 what\nC:HELO client.example\n"
	  "S:250 relay\nC:MAIL*\nS:250 ok\nC:RCPT*\nS:250 ok\n"
	  "C:DATA\nS:354 go\nD\nS:250 taken\n" BYE,
	  "accepted content 250 " },
	{ "a multi-line answer",
	  HELLO OPENED "D\nS:250-2.0.0 all\nS:250 2.0.0 is well\n" BYE,
	  "accepted content 250 2.0.0" },
	{ "a few messages a connection",
	  HELLO OPENED ACCEPT BYE "X\n" HELLO OPENED ACCEPT BYE,
	  "accepted content 250 2.0.0\naccepted content 250 2.0.0",
	  .messages_each = 1 },
};

static const struct dialogue refusals[] = {
	{ "MAIL refused",
	  HELLO GROUP "S:550 5.7.1 no\nS:503 bad\nS:503 bad\n" GROUP
		      "S:250 ok\nS:250 ok\nS:354 go\n" ACCEPT BYE,
	  "refused mail 550 5.7.1\naccepted content 250 2.0.0" },
	{ "RCPT refused",
	  HELLO GROUP "S:250 ok\nS:550 5.1.1 no such user\nS:554 no rcpt\n"
		      "C:RSET\n" GROUP
		      "S:250 ok\nS:250 ok\nS:250 ok\nS:354 go\n" ACCEPT BYE,
	  "refused rcpt 550 5.1.1\naccepted content 250 2.0.0" },
	{ "RCPT refused but DATA accepted",
	  HELLO GROUP "S:250 ok\nS:550 5.1.1 no such user\nS:354 go\n"
		      "D\nS:554 no rcpt\n" GROUP
		      "S:250 ok\nS:250 ok\nS:354 go\n" ACCEPT BYE,
	  "refused rcpt 550 5.1.1\naccepted content 250 2.0.0" },
	{ "the second RCPT refused",
	  HELLO OPENED "D\n" GROUP
		       "S:250 2.0.0 a\nS:250 ok\nS:450 4.2.1 later\n"
		       "S:554 no rcpt\nC:RSET\nS:250 ok\n" BYE,
	  "accepted content 250 2.0.0\ntemporary rcpt 450 4.2.1" },
	{ "DATA refused",
	  HELLO GROUP
	  "S:250 ok\nS:250 ok\nS:451 4.3.0 no\nC:RSET\nS:250 ok\n" BYE,
	  "temporary data 451 4.3.0" },
	{ "content refused", HELLO OPENED "D\nS:554 5.6.0 spam\n" BYE,
	  "refused content 554 5.6.0" },
	{ "content temporarily refused",
	  HELLO OPENED "D\nS:452 4.3.1 full\n" BYE,
	  "temporary content 452 4.3.1" },
	{ "MAIL refused, step by step",
	  PLAIN_HELLO "C:MAIL*\nS:451 4.7.1 no\nC:MAIL*\nS:250 ok\nC:RCPT*\n"
		      "S:250 ok\nC:DATA\nS:354 go\nD\nS:250 taken\n" BYE,
	  "temporary mail 451 4.7.1\naccepted content 250 " },
	{ "RCPT refused, step by step",
	  PLAIN_HELLO "C:MAIL*\nS:250 ok\nC:RCPT*\nS:550 no\nC:RSET\nS:250 ok\n"
		      "C:MAIL*\nS:250 ok\nC:RCPT*\nS:250 ok\nC:DATA\nS:354 go\n"
		      "D\nS:250 taken\n" BYE,
	  "refused rcpt 550 \naccepted content 250 " },
	{ "DATA refused, step by step",
	  PLAIN_HELLO "C:MAIL*\nS:250 ok\nC:RCPT*\nS:250 ok\nC:DATA\n"
		      "S:554 no\nC:RSET\nS:250 ok\n" BYE,
	  "refused data 554 " },
	{ "too large", "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 SIZE 10\n" BYE,
	  "refused mail 0 5.3.4" },
	{ "8-bit content where only 7 bits pass", PLAIN_HELLO BYE,
	  "refused mail 0 5.6.3", .content = "Subject: \xc3\xa9\r\n\r\n" },
	{ "an address that is not ASCII", HELLO BYE, "refused rcpt 0 5.6.7",
	  .rcpt = "\xc3\xa9@example.net" },
};

static const struct dialogue extensions[] = {
	{ "SIZE is told",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 SIZE 1000000\n"
	  "C:MAIL FROM:<s@example.org> SIZE=26\nS:250 ok\nC:RCPT*\nS:250 ok\n"
	  "C:DATA\nS:354 go\nD\nS:250 taken\n" BYE,
	  "accepted content 250 " },
	{ "SIZE without a limit",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 SIZE\n"
	  "C:MAIL FROM:<s@example.org> SIZE=26\nS:250 ok\nC:RCPT*\nS:250 ok\n"
	  "C:DATA\nS:354 go\nD\nS:250 taken\n" BYE,
	  "accepted content 250 " },
	{ "8BITMIME and SMTPUTF8",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250-8bitmime\nS:250 SMTPUTF8\n"
	  "C:MAIL FROM:<s@example.org> BODY=8BITMIME SMTPUTF8\nS:250 ok\n"
	  "C:RCPT TO:<\xc3\xa9@example.net>\nS:250 ok\n"
	  "C:DATA\nS:354 go\nD\nS:250 taken\n" BYE,
	  "accepted content 250 ", .rcpt = "\xc3\xa9@example.net",
	  .content = "Subject: \xc3\xa9\r\n\r\n" },
	{ "a quoted local part may hold what ends an address elsewhere",
	  "S:220 relay\nC:EHLO*\nS:250 relay\nC:MAIL*\nS:250 ok\n"
	  "C:RCPT TO:<\"<a> \\\\\" b\"@example.net>\nS:250 ok\n"
	  "C:DATA\nS:354 go\nD\nS:250 taken\n" BYE,
	  "accepted content 250 ", .rcpt = "\"<a> \\\" b\"@example.net" },
	{ "AUTH PLAIN",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 AUTH LOGIN PLAIN\n"
	  "C:AUTH PLAIN AHUAcEBz\nS:235 2.7.0 welcome\n"
	  "C:MAIL*\nS:250 ok\nC:RCPT*\nS:250 ok\n"
	  "C:DATA\nS:354 go\nD\nS:250 taken\n" BYE,
	  "accepted content 250 ", .url = "smtp://u:p%40s@127.0.0.1" },
	{ "AUTH LOGIN",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 AUTH LOGIN\n"
	  "C:AUTH LOGIN\nS:334 VXNlcm5hbWU6\nC:dQ==\nS:334 UGFzc3dvcmQ6\n"
	  "C:cEBz\nS:235 2.7.0 welcome\n"
	  "C:MAIL*\nS:250 ok\nC:RCPT*\nS:250 ok\n"
	  "C:DATA\nS:354 go\nD\nS:250 taken\n" BYE,
	  "accepted content 250 ", .url = "smtp://u:p%40s@127.0.0.1" },
	{ "a wrong password",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 AUTH PLAIN\n"
	  "C:AUTH PLAIN *\nS:535 5.7.8 no\n",
	  "unreached auth 535 5.7.8", .url = "smtp://u:p%40s@127.0.0.1" },
	{ "AUTH that nobody offers", PLAIN_HELLO, "unreached auth 0 ",
	  .url = "smtp://u:p%40s@127.0.0.1" },
	{ "AUTH of another kind",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 AUTH GSSAPI\n",
	  "unreached auth 0 ", .url = "smtp://u:p%40s@127.0.0.1" },
};

static const struct dialogue tls_ones[] = {
	{ "STARTTLS",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 STARTTLS\nC:STARTTLS\n"
	  "S:220 go\nT\nC:EHLO*\nS:250-relay\nS:250-PIPELINING\n"
	  "S:250 AUTH PLAIN\nC:AUTH PLAIN AHUAcEBz\nS:235 in\n" OPENED ACCEPT
		  BYE,
	  "accepted content 250 2.0.0", .san = "IP:127.0.0.1",
	  .url = "smtp://u:p%40s@127.0.0.1" },
	{ "TLS from the start", "T\n" HELLO OPENED ACCEPT BYE,
	  "accepted content 250 2.0.0", .san = "DNS:localhost",
	  .url = "smtps://localhost" },
	{ "a certificate nobody vouches for",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 STARTTLS\nC:STARTTLS\n"
	  "S:220 go\nT\n",
	  "unreached tls 0 ", .san = "IP:127.0.0.1", .distrusts = true },
	{ "a certificate of another host",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 STARTTLS\nC:STARTTLS\n"
	  "S:220 go\nT\n",
	  "unreached tls 0 ", .san = "DNS:other.example" },
	{ "a certificate of another host, smtps", "T\n", "unreached tls 0 ",
	  .san = "IP:127.0.0.2", .url = "smtps://127.0.0.1" },
	{ "no TLS behind smtps", "S:220 relay\nW\n", "unreached tls 0 ",
	  .url = "smtps://127.0.0.1" },
	{ "STARTTLS offered, then not",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 STARTTLS\nC:STARTTLS\n"
	  "S:454 4.7.0 later\n",
	  "unreached tls 454 4.7.0" },
	{ "answers slipped in before TLS",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250 STARTTLS\nC:STARTTLS\n"
	  "S:220 go|250 injected\nW\n",
	  "unreached tls 0 " },
	{ "TLS required but not offered", PLAIN_HELLO, "unreached tls 0 ",
	  .url = "smtp://127.0.0.1?tls=require" },
	{ "TLS offered but switched off",
	  "S:220 relay\nC:EHLO*\nS:250-relay\nS:250-PIPELINING\n"
	  "S:250 STARTTLS\n" OPENED ACCEPT BYE,
	  "accepted content 250 2.0.0", .url = "smtp://127.0.0.1?tls=off" },
	{ "a relay that dies within TLS", "T\n" HELLO OPENED "D\n",
	  "temporary content 0  maybe", .san = "IP:127.0.0.1",
	  .url = "smtps://127.0.0.1" },
};

#define THRICE(part) part "X\n" part "X\n" part
#define GOING "S:421 4.3.2 going\n"

static const struct dialogue deaths[] = {
	{ "refused at the door", "S:554 5.7.1 go away\n",
	  "unreached greeting 554 5.7.1" },
	{ "busy", "S:421 4.3.2 busy\n", "unreached greeting 421 4.3.2" },
	{ "dies at EHLO", "S:220 relay\nC:EHLO*\n", "unreached ehlo 0 " },
	{ "refuses EHLO and HELO",
	  "S:220 relay\nC:EHLO*\nS:550 no\nC:HELO*\nS:550 no\n",
	  "unreached ehlo 550 " },
	{ "dies at MAIL", THRICE(HELLO GROUP), "temporary mail 0 " },
	{ "dies at RCPT", THRICE(HELLO GROUP "S:250 ok\n"),
	  "temporary rcpt 0 " },
	{ "dies at DATA", THRICE(HELLO GROUP "S:250 ok\nS:250 ok\n"),
	  "temporary data 0 " },
	{ "dies at the dot", HELLO OPENED "D\n", "temporary content 0  maybe" },
	{ "dies at the dot, another message behind it",
	  HELLO OPENED "D\n" GROUP "X\n" HELLO OPENED ACCEPT BYE,
	  "temporary content 0  maybe\naccepted content 250 2.0.0" },
	{ "dies behind another message: no try of the second one",
	  HELLO OPENED ACCEPT GROUP "X\n" THRICE(HELLO GROUP),
	  "accepted content 250 2.0.0\ntemporary mail 0 " },
	{ "one message a connection",
	  HELLO OPENED ACCEPT GROUP "X\n" HELLO OPENED ACCEPT GROUP
				    "X\n" HELLO OPENED ACCEPT BYE,
	  "accepted content 250 2.0.0\naccepted content 250 2.0.0\n"
	  "accepted content 250 2.0.0" },
	{ "dies once", HELLO GROUP "X\n" HELLO OPENED ACCEPT BYE,
	  "accepted content 250 2.0.0" },
	{ "421 at MAIL", HELLO GROUP GOING "X\n" HELLO OPENED ACCEPT BYE,
	  "accepted content 250 2.0.0" },
	{ "421 again and again", THRICE(HELLO GROUP GOING),
	  "temporary mail 421 4.3.2" },
	{ "421 at the dot",
	  HELLO OPENED "D\n" GOING "X\n" HELLO OPENED ACCEPT BYE,
	  "temporary content 421 4.3.2\naccepted content 250 2.0.0" },
	{ "answers the dot with a command's answer",
	  HELLO OPENED "D\nS:354 go\n", "temporary content 0  maybe" },
	{ "garbage for a greeting", "S:hello there\n",
	  "unreached greeting 0 " },
	{ "a greeting that never ends", "Z\nW\n", "unreached greeting 0 " },
	{ "garbage at MAIL", THRICE(HELLO GROUP "S:what?\n"),
	  "temporary mail 0 " },
	{ "250 for DATA", THRICE(HELLO GROUP "S:250 a\nS:250 b\nS:250 c\nW\n"),
	  "temporary data 0 " },
};

static const struct dialogue silences[] = {
	{ "no greeting", "W\n", "unreached greeting 0 ", .greeting_ms = 30 },
	{ "no handshake", "W\n", "unreached tls 0 ", .connect_ms = 30,
	  .url = "smtps://127.0.0.1" },
	{ "no answer to EHLO", "S:220 relay\nW\n", "unreached ehlo 0 ",
	  .command_ms = 30 },
	/* the answer to EHLO has to come in that time */
	{ "no answer to MAIL", THRICE(HELLO "W\n"), "temporary mail 0 ",
	  .command_ms = 1000 },
	{ "no answer to the dot", HELLO OPENED "D\nW\n",
	  "temporary content 0  maybe", .dot_ms = 30 },
};

static void run_all(const struct dialogue *dialogues, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		run_dialogue(&dialogues[i], NULL);
}

static void run_all_with_gate(const struct dialogue *dialogues, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct dialogue d = dialogues[i];

		d.has_gate = true;
		run_dialogue(&d, NULL);
	}
}

static void hands_messages_over(void **state)
{
	(void)state;
	run_all(plain_ones, ARRAY_SIZE(plain_ones));
}

static void goes_on_after_refusals(void **state)
{
	(void)state;
	run_all(refusals, ARRAY_SIZE(refusals));
}

/* Asked about one by one, messages go as they do without. */
static void a_gate_changes_nothing_for_who_may(void **state)
{
	(void)state;
	run_all_with_gate(plain_ones, ARRAY_SIZE(plain_ones));
	run_all_with_gate(refusals, ARRAY_SIZE(refusals));
	run_all_with_gate(deaths, ARRAY_SIZE(deaths));
}

static const struct dialogue gated[] = {
	{ "the first is kept back", HELLO OPENED ACCEPT BYE,
	  "kept_back mail 0 \naccepted content 250 2.0.0", .has_gate = true,
	  .kept_back = 1 },
	/* the answer to the first is not waited for, to ask */
	{ "the second is kept back", HELLO OPENED ACCEPT BYE,
	  "accepted content 250 2.0.0\nkept_back mail 0 ", .has_gate = true,
	  .kept_back = 2 },
	{ "the only one is kept back", HELLO BYE, "kept_back mail 0 ",
	  .has_gate = true, .kept_back = 1 },
};

static void a_gate_keeps_back_who_may_not(void **state)
{
	(void)state;
	run_all(gated, ARRAY_SIZE(gated));
}

static void uses_what_is_offered(void **state)
{
	(void)state;
	run_all(extensions, ARRAY_SIZE(extensions));
}

static void verifies_certificates(void **state)
{
	(void)state;
	run_all(tls_ones, ARRAY_SIZE(tls_ones));
}

static void survives_what_relays_do(void **state)
{
	(void)state;
	run_all(deaths, ARRAY_SIZE(deaths));
}

static void does_not_wait_for_ever(void **state)
{
	(void)state;
	run_all(silences, ARRAY_SIZE(silences));
}

static void doubles_dots(void **state)
{
	static const struct dialogue d = { "dots", HELLO OPENED ACCEPT BYE,
					   "accepted content 250 2.0.0",
					   .content =
						   ".\r\n..a\r\nb.\r\n.\r\n" };
	CLEANUP(strbuf_release) struct strbuf content = STRBUF_INIT;

	(void)state;
	run_dialogue(&d, &content);
	assert_string_equal(content.buf, "..\r\n...a\r\nb.\r\n..\r\n.\r\n");
}

static void sends_large_contents_whole(void **state)
{
	struct dialogue d = { "large", HELLO OPENED ACCEPT BYE,
			      "accepted content 250 2.0.0" };
	struct dialogue tls = { "large", "T\n" HELLO OPENED ACCEPT BYE,
				"accepted content 250 2.0.0",
				.san = "IP:127.0.0.1",
				.url = "smtps://127.0.0.1" };
	CLEANUP(strbuf_release) struct strbuf content = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++)
		strbuf_addf(&content, "line %d of a message\r\n", i);
	d.content = tls.content = content.buf;
	run_dialogue(&d, &got);
	strbuf_addstr(&content, ".\r\n");
	assert_string_equal(got.buf, content.buf);
	strbuf_reset(&got);
	strbuf_truncate(&content, content.len - 3);
	run_dialogue(&tls, &got);
	strbuf_addstr(&content, ".\r\n");
	assert_string_equal(got.buf, content.buf);
}

/* This machine's address that others see, if it has one. */
static bool outer_address(char out[INET_ADDRSTRLEN])
{
	struct ifaddrs *all, *i;
	bool found = false;

	if (getifaddrs(&all) < 0)
		return false;
	for (i = all; i && !found; i = i->ifa_next) {
		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET ||
		    (i->ifa_flags & IFF_LOOPBACK))
			continue;
		found = inet_ntop(AF_INET,
				  &((struct sockaddr_in *)(void *)i->ifa_addr)
					   ->sin_addr,
				  out, INET_ADDRSTRLEN) != NULL;
	}
	freeifaddrs(all);
	return found;
}

static void sends_no_password_in_clear(void **state)
{
	struct dialogue d = {
		"password",
		"S:220 relay\nC:EHLO*\nS:250-relay\nS:250 AUTH PLAIN LOGIN\n",
		"unreached auth 0 "
	};
	char address[INET_ADDRSTRLEN], url[80];

	(void)state;
	if (!outer_address(address))
		skip();
	snprintf(url, sizeof(url), "smtp://u:p@%s", address);
	d.address = address;
	d.url = url;
	run_dialogue(&d, NULL);
}

static void says_when_nobody_listens(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(smtp_pool_free) struct smtp_pool *pool = NULL;
	CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT;
	const struct dialogue d = { .name = "nobody" };
	struct smtp_options options = options_of(&d);
	struct results results = { .lock = PTHREAD_MUTEX_INITIALIZER,
				   .all_in = PTHREAD_COND_INITIALIZER,
				   .expected = 2 };
	struct err err = ERR_INIT;
	struct smtp_relay relay;

	(void)state;
	assert_int_equal(
		smtp_relay_parse("smtp://127.0.0.1:1", arena, &relay, &err), 0);
	assert_int_equal(smtp_pool_start(&relay, &options, on_result, &results,
					 &pool, &err),
			 0);
	assert_false(smtp_pool_is_held_up(pool));
	submit(pool, &d, 0);
	submit(pool, &d, 1);
	wait_for_results(&results);
	assert_string_equal(results.line[0], "unreached connect 0 ");
	assert_string_equal(results.line[1], "unreached connect 0 ");
	assert_true(smtp_pool_is_held_up(pool));
	smtp_pool_stop(pool); /* or a probe is a connection meanwhile */
	smtp_pool_describe(pool, &said);
	assert_string_equal(said.buf, "relay=smtp://127.0.0.1:1 held_up=yes "
				      "connections=0 accepted=0 refused=0 "
				      "temporary=0 unreached=2 kept_back=0");
}

/* The answer would be old when the relay comes back. */
static void nobody_is_asked_about_while_the_relay_is_away(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(smtp_pool_free) struct smtp_pool *pool = NULL;
	const struct dialogue d = { .name = "away", .has_gate = true };
	struct smtp_options options = options_of(&d);
	struct results results = { .lock = PTHREAD_MUTEX_INITIALIZER,
				   .all_in = PTHREAD_COND_INITIALIZER,
				   .expected = 2 };
	struct err err = ERR_INIT;
	struct smtp_relay relay;

	(void)state;
	assert_int_equal(
		smtp_relay_parse("smtp://127.0.0.1:1", arena, &relay, &err), 0);
	assert_int_equal(smtp_pool_start(&relay, &options, on_result, &results,
					 &pool, &err),
			 0);
	results.pool = pool;
	submit(pool, &d, 0);
	submit(pool, &d, 1);
	wait_for_results(&results);
	assert_string_equal(results.line[1], "unreached connect 0 ");
	assert_int_equal(results.asked_n, 0);
}

/* What was not begun comes back at once, whatever the relay does. */
static void leaves_a_relay_that_says_nothing(void **state)
{
	const struct dialogue d = { .name = "silent" };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sink_free)
	struct sink *sink =
		sink_start(&(struct sink_options){ .script = "W\n" });
	CLEANUP(smtp_pool_free) struct smtp_pool *pool = NULL;
	struct smtp_options options = options_of(&d);
	struct results results = { .lock = PTHREAD_MUTEX_INITIALIZER,
				   .all_in = PTHREAD_COND_INITIALIZER,
				   .expected = 2 };
	struct smtp_message late = { .sender = "",
				     .rcpt = "a@b",
				     .content = SMTP_CONTENT_INIT };
	struct err err = ERR_INIT;
	struct smtp_relay relay;

	(void)state;
	options.slow_ms = 1;
	relay_of(&d, sink, NULL, arena, &relay);
	assert_int_equal(smtp_pool_start(&relay, &options, on_result, &results,
					 &pool, &err),
			 0);
	submit(pool, &d, 0);
	submit(pool, &d, 1);
	while (!smtp_pool_is_held_up(pool)) /* long before its greeting fails */
		sched_yield();
	smtp_pool_leave(pool);
	wait_for_results(&results);
	assert_string_equal(results.line[0], "unreached connect 0 ");
	assert_string_equal(results.line[1], "unreached connect 0 ");
	strbuf_addstr(&late.content.text, CONTENT);
	assert_int_equal(smtp_pool_submit(pool, &late, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	smtp_content_release(&late.content);
}

static void refuses_what_could_be_a_command(void **state)
{
	static const struct {
		const char *sender, *rcpt, *content;
	} cases[] = {
		{ "", "", CONTENT },
		{ "", "a@b>\r\nRCPT TO:<c@d", CONTENT },
		{ "a@b\r\nDATA", "a@b", CONTENT },
		{ "a@b\nDATA", "a@b", CONTENT },
		{ "a@b>", "a@b", CONTENT },
		{ "", "a b@c", CONTENT },
		{ "", "\"a b@c", CONTENT },
		{ "", "\"a\\\" b@c", CONTENT },
		{ "", "\"a\"b>@c", CONTENT },
		{ "", "\"a\rb\"@c", CONTENT },
		{ "", "a\x7f@c", CONTENT },
		{ "", "a\xff@c", CONTENT },
		{ "", "a@b", "" },
		{ "", "a@b", "no end" },
		{ "", "a@b", "a\n.\nMAIL FROM:<>\r\n" },
		{ "", "a@b", "a\r.\r\n" },
		{ "", "a@b", "a\n\r\n" },
		{ "", "a@b", "a\r\r\n" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(smtp_pool_free) struct smtp_pool *pool = NULL;
	struct smtp_options options = SMTP_OPTIONS_DEFAULT;
	struct err err = ERR_INIT;
	struct smtp_relay relay;
	size_t i;

	(void)state;
	assert_int_equal(
		smtp_relay_parse("smtp://127.0.0.1:1", arena, &relay, &err), 0);
	assert_int_equal(
		smtp_pool_start(&relay, &options, on_result, NULL, &pool, &err),
		0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct smtp_message m = { .sender = cases[i].sender,
					  .rcpt = cases[i].rcpt,
					  .content = SMTP_CONTENT_INIT };
		const char *buf;

		strbuf_addstr(&m.content.text, cases[i].content);
		buf = m.content.text.buf;
		err = (struct err)ERR_INIT;
		assert_int_equal(smtp_pool_submit(pool, &m, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_ptr_equal(m.content.text.buf, buf);
		smtp_content_release(&m.content);
	}
}

static void takes_nothing_after_stopping(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(smtp_pool_free) struct smtp_pool *pool = NULL;
	struct smtp_options options = SMTP_OPTIONS_DEFAULT;
	struct smtp_message m = { .sender = "",
				  .rcpt = "a@b",
				  .content = SMTP_CONTENT_INIT };
	struct err err = ERR_INIT;
	struct smtp_relay relay;

	(void)state;
	assert_int_equal(
		smtp_relay_parse("smtp://127.0.0.1:1", arena, &relay, &err), 0);
	assert_int_equal(
		smtp_pool_start(&relay, &options, on_result, NULL, &pool, &err),
		0);
	smtp_pool_stop(pool);
	strbuf_addstr(&m.content.text, CONTENT);
	assert_int_equal(smtp_pool_submit(pool, &m, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_string_equal(m.content.text.buf, CONTENT);
	smtp_content_release(&m.content);
}

static void refuses_bad_options(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct smtp_options options = SMTP_OPTIONS_DEFAULT;
	struct smtp_pool *pool = NULL;
	struct err err = ERR_INIT;
	struct smtp_relay relay;

	(void)state;
	assert_int_equal(smtp_relay_parse("smtp://h", arena, &relay, &err), 0);
	options.ehlo_name = "a\r\nMAIL";
	assert_int_equal(
		smtp_pool_start(&relay, &options, on_result, NULL, &pool, &err),
		-1);
	assert_int_equal(err.code, ERR_INVALID);
	options = (struct smtp_options)SMTP_OPTIONS_DEFAULT;
	options.connections = 0;
	assert_int_equal(
		smtp_pool_start(&relay, &options, on_result, NULL, &pool, &err),
		-1);
	options = (struct smtp_options)SMTP_OPTIONS_DEFAULT;
	relay.ca_file = "/nonexistent/ca.pem";
	assert_int_equal(
		smtp_pool_start(&relay, &options, on_result, NULL, &pool, &err),
		-1);
	assert_int_equal(err.code, ERR_IO);
	assert_null(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hands_messages_over),
		cmocka_unit_test(goes_on_after_refusals),
		cmocka_unit_test(a_gate_changes_nothing_for_who_may),
		cmocka_unit_test(a_gate_keeps_back_who_may_not),
		cmocka_unit_test(uses_what_is_offered),
		cmocka_unit_test(verifies_certificates),
		cmocka_unit_test(survives_what_relays_do),
		cmocka_unit_test(does_not_wait_for_ever),
		cmocka_unit_test(doubles_dots),
		cmocka_unit_test(sends_large_contents_whole),
		cmocka_unit_test(sends_no_password_in_clear),
		cmocka_unit_test(says_when_nobody_listens),
		cmocka_unit_test(nobody_is_asked_about_while_the_relay_is_away),
		cmocka_unit_test(leaves_a_relay_that_says_nothing),
		cmocka_unit_test(refuses_what_could_be_a_command),
		cmocka_unit_test(takes_nothing_after_stopping),
		cmocka_unit_test(refuses_bad_options),
	};

	log_set(LOG_ERROR, false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
