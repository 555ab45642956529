#include "smtp/sink_fixture.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/wait.h"
#include "base/vec.h"
#include "smtp/certificate_fixture.h"

#include <arpa/inet.h>
#include <fnmatch.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#define MEMBERS 4096
#define READ_BYTES 65536
#define LINE_MOST (256 * 1024) /* whoever says more without an end is left */

struct rule {
	const char *step, *text, *reply;
	int times;
};

/* A connection; one thread has it. */
struct client {
	struct sink *sink;
	struct client *next; /* of those that are open, under the sink's lock */
	int fd;
	SSL *ssl;
	struct strbuf in, out, rcpt;
	bool has_rcpt;
};

struct sink {
	struct sink_options options;
	SSL_CTX *ctx;
	int listen_fd, port;
	pthread_t thread;
	bool is_running;
	/* of the dialogue: */
	struct client client;
	struct strbuf content, problem;
	/* of the server, under lock: */
	pthread_mutex_t lock;
	pthread_cond_t more; /* accepted, or a client is gone */
	struct client *clients;
	VEC(struct rule) rules;
	struct sink_totals totals;
	int count[MEMBERS];
	bool paused, stopping;
};

/* --- a connection --- */

static void flush(struct client *c)
{
	if (c->out.len == 0)
		return;
	if (c->ssl) /* either way: it may be gone */
		(void)SSL_write(c->ssl, c->out.buf, (int)c->out.len);
	else
		(void)send(c->fd, c->out.buf, c->out.len, MSG_NOSIGNAL);
	strbuf_reset(&c->out);
}

/* What was said goes out in one packet, before anything is waited for. */
static void say(struct client *c, const char *line)
{
	strbuf_addstr(&c->out, line);
	strbuf_addstr(&c->out, "\r\n");
}

static bool receive(struct client *c)
{
	char *end;
	ssize_t n;

	flush(c);
	strbuf_reserve(&c->in, READ_BYTES);
	end = c->in.buf + c->in.len;
	n = c->ssl ? SSL_read(c->ssl, end, READ_BYTES)
		   : recv(c->fd, end, READ_BYTES, 0);
	if (n <= 0)
		return false;
	c->in.len += (size_t)n;
	c->in.buf[c->in.len] = '\0';
	return true;
}

static void drop(struct strbuf *sb, size_t n)
{
	memmove(sb->buf, sb->buf + n, sb->len - n + 1);
	sb->len -= n;
}

/* The client's next line, without its end; false: none came. */
static bool read_line(struct client *c, struct strbuf *line)
{
	char *end;

	while (!(end = memchr(c->in.buf, '\n', c->in.len)))
		if (c->in.len > LINE_MOST || !receive(c))
			return false;
	strbuf_reset(line);
	strbuf_add(line, c->in.buf, (size_t)(end - c->in.buf));
	strbuf_trim(line);
	drop(&c->in, (size_t)(end - c->in.buf) + 1);
	return true;
}

/* How long the content is, with the line of the final dot; 0: none came. */
static size_t wait_for_dot(struct client *c)
{
	size_t seen = 0;
	char *dot;

	for (;;) {
		if (c->in.len >= 3 && memcmp(c->in.buf, ".\r\n", 3) == 0)
			return 3;
		dot = memmem(c->in.buf + seen, c->in.len - seen, "\r\n.\r\n",
			     5);
		if (dot)
			return (size_t)(dot - c->in.buf) + 5;
		seen = c->in.len < 4 ? 0 : c->in.len - 4;
		if (!receive(c))
			return 0;
	}
}

static bool begin_tls(struct client *c, SSL_CTX *ctx)
{
	c->ssl = SSL_new(ctx);
	SSL_set_fd(c->ssl, c->fd);
	/* a client that does not trust us goes away: that is its right */
	return SSL_accept(c->ssl) == 1;
}

static void hang_up(struct client *c)
{
	if (c->fd < 0)
		return;
	flush(c);
	SSL_free(c->ssl);
	c->ssl = NULL;
	fd_release(&c->fd);
	strbuf_reset(&c->in);
}

static void client_release(struct client *c)
{
	hang_up(c);
	strbuf_release(&c->in);
	strbuf_release(&c->out);
	strbuf_release(&c->rcpt);
}

/* --- a server that takes what comes --- */

static const char *reply_for(struct sink *s, const char *step,
			     const char *where, const char *usual)
{
	const char *reply = usual;

	pthread_mutex_lock(&s->lock);
	vec_each (&s->rules, r)
		if (r->times > 0 && strcmp(r->step, step) == 0 &&
		    strstr(where, r->text)) {
			r->times--;
			reply = r->reply;
			break;
		}
	pthread_mutex_unlock(&s->lock);
	return reply;
}

/* false: close. */
static bool answer(struct client *c, const char *reply)
{
	if (strcmp(reply, "close") == 0)
		return false;
	say(c, reply);
	return true;
}

static bool on_mail(struct client *c, const char *line)
{
	c->has_rcpt = false;
	strbuf_reset(&c->rcpt);
	return answer(c, reply_for(c->sink, "MAIL", line, "250 2.1.0 Ok"));
}

static bool on_rcpt(struct client *c, const char *line)
{
	const char *reply = reply_for(c->sink, "RCPT", line, "250 2.1.5 Ok");

	c->has_rcpt = reply[0] == '2';
	strbuf_reset(&c->rcpt);
	strbuf_addstr(&c->rcpt, line);
	return answer(c, reply);
}

static void count(struct client *c, size_t bytes, bool is_accepted)
{
	struct sink *s = c->sink;
	const char *m = strstr(c->rcpt.buf, "<m");
	long member = m ? strtol(m + 2, NULL, 10) : 0;

	pthread_mutex_lock(&s->lock);
	s->totals.bytes += (int64_t)bytes;
	if (is_accepted) {
		s->totals.accepted++;
		if (member > 0 && member < MEMBERS)
			s->count[member]++;
		pthread_cond_broadcast(&s->more);
	}
	pthread_mutex_unlock(&s->lock);
}

static bool on_data(struct client *c)
{
	const char *reply;
	size_t bytes;

	if (!c->has_rcpt)
		return answer(c, "554 5.5.1 No valid recipients");
	reply = reply_for(c->sink, "DATA", c->rcpt.buf, "354 Go ahead");
	if (reply[0] != '3')
		return answer(c, reply);
	say(c, reply);
	bytes = wait_for_dot(c);
	if (bytes == 0)
		return false;
	drop(&c->in, bytes);
	reply = reply_for(c->sink, "DOT", c->rcpt.buf, "250 2.0.0 Ok: queued");
	count(c, bytes, reply[0] == '2');
	return answer(c, reply);
}

static void on_ehlo(struct client *c)
{
	say(c, "250-sink");
	if (!c->sink->options.no_pipelining)
		say(c, "250-PIPELINING");
	say(c, "250-SIZE 50000000\r\n250-SMTPUTF8\r\n"
	       "250-ENHANCEDSTATUSCODES\r\n250 8BITMIME");
}

static bool on_command(struct client *c, const char *line)
{
	if (strncasecmp(line, "MAIL", 4) == 0)
		return on_mail(c, line);
	if (strncasecmp(line, "RCPT", 4) == 0)
		return on_rcpt(c, line);
	if (strncasecmp(line, "DATA", 4) == 0)
		return on_data(c);
	if (strncasecmp(line, "EHLO", 4) == 0)
		on_ehlo(c);
	else if (strncasecmp(line, "QUIT", 4) == 0)
		return say(c, "221 Bye"), false;
	else
		say(c, "250 Ok");
	return true;
}

static void *client_main(void *arg)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;
	struct client *c = arg, **at;
	struct sink *s = c->sink;

	say(c, "220 sink ESMTP");
	if (!s->ctx || begin_tls(c, s->ctx)) {
		while (read_line(c, &line) && on_command(c, line.buf))
			;
	}
	flush(c);
	pthread_mutex_lock(&s->lock);
	for (at = &s->clients; *at != c; at = &(*at)->next)
		;
	*at = c->next;
	client_release(c);
	free(c);
	pthread_cond_broadcast(&s->more);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* Under lock. */
static void start_client(struct sink *s, int fd)
{
	struct client *c = calloc(1, sizeof(*c));
	pthread_t thread;
	int one = 1;

	BUG_ON(!c);
	*c = (struct client){ .sink = s,
			      .next = s->clients,
			      .fd = fd,
			      .in = STRBUF_INIT,
			      .out = STRBUF_INIT,
			      .rcpt = STRBUF_INIT };
	s->clients = c;
	s->totals.connections++;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	BUG_ON(pthread_create(&thread, NULL, client_main, c) != 0);
	pthread_detach(thread);
}

static void *server_main(void *arg)
{
	struct sink *s = arg;
	int fd;

	while ((fd = accept(s->listen_fd, NULL, NULL)) >= 0) {
		pthread_mutex_lock(&s->lock);
		if (s->paused || s->stopping)
			close(fd);
		else
			start_client(s, fd);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

/* Under lock. */
static void hang_up_all(struct sink *s)
{
	for (struct client *c = s->clients; c; c = c->next)
		shutdown(c->fd, SHUT_RDWR);
}

static void stop_server(struct sink *s)
{
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	hang_up_all(s);
	while (s->clients)
		pthread_cond_wait(&s->more, &s->lock);
	pthread_mutex_unlock(&s->lock);
	shutdown(s->listen_fd, SHUT_RDWR);
}

void sink_when(struct sink *s, const char *step, const char *text,
	       const char *reply, int times)
{
	struct rule rule = { step, text, reply, times };

	pthread_mutex_lock(&s->lock);
	vec_push(&s->rules, rule);
	pthread_mutex_unlock(&s->lock);
}

struct sink_totals sink_totals(struct sink *s)
{
	struct sink_totals totals;

	pthread_mutex_lock(&s->lock);
	totals = s->totals;
	pthread_mutex_unlock(&s->lock);
	return totals;
}

int sink_count(struct sink *s, int member)
{
	int n;

	pthread_mutex_lock(&s->lock);
	n = s->count[member];
	pthread_mutex_unlock(&s->lock);
	return n;
}

void sink_wait(struct sink *s)
{
	pthread_mutex_lock(&s->lock);
	(void)wait_ms(&s->more, &s->lock, 20);
	pthread_mutex_unlock(&s->lock);
}

void sink_pause(struct sink *s, bool paused)
{
	pthread_mutex_lock(&s->lock);
	s->paused = paused;
	if (paused)
		hang_up_all(s);
	pthread_mutex_unlock(&s->lock);
}

/* --- a dialogue by a script --- */

static bool is_connected(struct sink *s)
{
	struct timeval wait = { .tv_sec = SINK_WAIT_MS / 1000 };
	struct pollfd p = { .fd = s->listen_fd, .events = POLLIN };
	struct client *c = &s->client;

	if (c->fd >= 0)
		return true;
	if (poll(&p, 1, SINK_WAIT_MS) <= 0)
		return false;
	c->fd = accept(s->listen_fd, NULL, NULL);
	(void)setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return c->fd >= 0;
}

static bool expect(struct sink *s, const char *pattern)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;

	if (!read_line(&s->client, &line)) {
		strbuf_addf(&s->problem, "nothing came instead of %s", pattern);
		return false;
	}
	if (fnmatch(pattern, line.buf, 0) == 0)
		return true;
	strbuf_addf(&s->problem, "%s instead of %s", line.buf, pattern);
	return false;
}

static bool keep_content(struct sink *s)
{
	size_t len = wait_for_dot(&s->client);

	if (len == 0) {
		strbuf_addstr(&s->problem, "no final dot came");
		return false;
	}
	if (len > 3) /* not an empty one */
		strbuf_add(&s->content, s->client.in.buf, len);
	drop(&s->client.in, len);
	return true;
}

static void say_without_end(struct client *c)
{
	strbuf_reserve(&c->out, 8192);
	memset(c->out.buf, '2', 8192);
	c->out.len = 8192;
	flush(c);
}

static void say_lines(struct client *c, struct str lines)
{
	while (lines.s) {
		strbuf_addslice(&c->out, str_cut(&lines, '|'));
		strbuf_addstr(&c->out, "\r\n");
	}
	flush(c);
}

static bool take_step(struct sink *s, const char *line)
{
	if (line[0] == 'X') {
		hang_up(&s->client);
		return true;
	}
	if (!is_connected(s)) {
		strbuf_addf(&s->problem, "nobody connected for %s", line);
		return false;
	}
	switch (line[0]) {
	case 'S':
		say_lines(&s->client, str_of(line + 2));
		return true;
	case 'C':
		return expect(s, line + 2);
	case 'D':
		return keep_content(s);
	case 'T':
		return begin_tls(&s->client, s->ctx);
	case 'Z':
		say_without_end(&s->client);
		return true;
	case 'W':
		while (receive(&s->client))
			;
		return true;
	default:
		strbuf_addf(&s->problem, "no such step: %s", line);
		return false;
	}
}

static void *dialogue_main(void *arg)
{
	CLEANUP(strbuf_release) struct strbuf line = STRBUF_INIT;
	struct sink *s = arg;
	struct str rest = str_of(s->options.script);

	do {
		strbuf_reset(&line);
		strbuf_addslice(&line, str_cut(&rest, '\n'));
	} while (line.len > 0 && take_step(s, line.buf) && rest.s);
	hang_up(&s->client);
	fd_release(&s->listen_fd);
	return NULL;
}

const char *sink_finish(struct sink *s)
{
	if (s->is_running)
		(void)pthread_join(s->thread, NULL);
	s->is_running = false;
	return s->problem.buf;
}

struct str sink_content(const struct sink *s)
{
	return strbuf_str(&s->content);
}

/* --- both --- */

static int listen_at(struct sink *s)
{
	const char *address = s->options.address;
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port =
					  htons((uint16_t)s->options.port) };
	socklen_t len = sizeof(at);
	int one = 1;

	BUG_ON(inet_pton(AF_INET, address ? address : "127.0.0.1",
			 &at.sin_addr) != 1);
	s->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one,
			 sizeof(one));
	if (bind(s->listen_fd, (struct sockaddr *)&at, len) < 0 ||
	    listen(s->listen_fd, 512) < 0)
		return -1;
	BUG_ON(getsockname(s->listen_fd, (struct sockaddr *)&at, &len) < 0);
	s->port = ntohs(at.sin_port);
	return 0;
}

/* OpenSSL writes without MSG_NOSIGNAL. */
static void block_sigpipe(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
}

struct sink *sink_start(const struct sink_options *options)
{
	struct sink *s = calloc(1, sizeof(*s));

	BUG_ON(!s);
	s->options = *options;
	s->client = (struct client){ .sink = s,
				     .fd = -1,
				     .in = STRBUF_INIT,
				     .out = STRBUF_INIT,
				     .rcpt = STRBUF_INIT };
	s->content = s->problem = (struct strbuf)STRBUF_INIT;
	if (options->certificate)
		s->ctx = certificate_context(options->certificate);
	pthread_mutex_init(&s->lock, NULL);
	wait_init(&s->more);
	if (listen_at(s) < 0) {
		sink_free(&s);
		return NULL;
	}
	block_sigpipe();
	BUG_ON(pthread_create(&s->thread, NULL,
			      options->script ? dialogue_main : server_main,
			      s) != 0);
	s->is_running = true;
	return s;
}

int sink_port(const struct sink *s)
{
	return s->port;
}

void sink_free(struct sink **sink)
{
	struct sink *s = *sink;

	if (!s)
		return;
	if (s->is_running && !s->options.script)
		stop_server(s);
	(void)sink_finish(s);
	fd_release(&s->listen_fd);
	client_release(&s->client);
	SSL_CTX_free(s->ctx);
	strbuf_release(&s->content);
	strbuf_release(&s->problem);
	vec_release(&s->rules);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->more);
	free(s);
	*sink = NULL;
}
