/*
 * smtp_sink - takes mail as fast as it comes and throws it away
 *
 *     smtp_sink [--port N] [--no-pipelining] [--when STEP TEXT REPLY]...
 *
 * For benches and tests; listens on 127.0.0.1 only. Port 0 (the default) takes
 * a free one. Prints "port N" at the start and, at SIGTERM or SIGINT,
 * "accepted N bytes N connections N". STEP is MAIL, RCPT, DATA or DOT; if the
 * command holds TEXT ("" always does; for DATA and DOT it is looked for in the
 * recipient), REPLY is given instead of the usual one; a REPLY of "close"
 * closes the connection.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define IN_MAX (256 * 1024)
#define OUT_MAX 4096
#define RULES_MAX 32

struct rule {
	const char *step, *text, *reply;
};

struct sink {
	struct rule rules[RULES_MAX];
	int rules_n;
	int port;
	bool no_pipelining;
	int epoll_fd, listen_fd, signal_fd;
	long long accepted, bytes, connections;
};

struct conn {
	int fd;
	bool in_data, has_rcpt;
	char rcpt[512];
	char *in;
	size_t in_len;
	char out[OUT_MAX];
	size_t out_len;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void conn_free(struct conn *c)
{
	close(c->fd);
	free(c->in);
	free(c);
}

static void say(struct conn *c, const char *reply)
{
	size_t len = strlen(reply);

	if (c->out_len + len + 2 > OUT_MAX)
		return; /* a client that never reads gets no more */
	memcpy(c->out + c->out_len, reply, len);
	memcpy(c->out + c->out_len + len, "\r\n", 2);
	c->out_len += len + 2;
}

/* The rule's reply, or the usual one. */
static const char *reply_for(const struct sink *sink, const char *step,
			     const char *where, const char *usual)
{
	int i;

	for (i = 0; i < sink->rules_n; i++)
		if (strcmp(sink->rules[i].step, step) == 0 &&
		    strstr(where, sink->rules[i].text))
			return sink->rules[i].reply;
	return usual;
}

/* false: close. */
static bool answer(struct conn *c, const char *reply)
{
	if (strcmp(reply, "close") == 0)
		return false;
	say(c, reply);
	return true;
}

static void on_ehlo(const struct sink *sink, struct conn *c)
{
	say(c, "250-sink");
	if (!sink->no_pipelining)
		say(c, "250-PIPELINING");
	say(c, "250-SIZE 50000000");
	say(c, "250-SMTPUTF8");
	say(c, "250-ENHANCEDSTATUSCODES");
	say(c, "250 8BITMIME");
}

static bool on_command(const struct sink *sink, struct conn *c, char *line)
{
	const char *reply;

	if (strncasecmp(line, "MAIL", 4) == 0) {
		c->has_rcpt = false;
		c->rcpt[0] = '\0';
		return answer(c, reply_for(sink, "MAIL", line, "250 2.1.0 Ok"));
	}
	if (strncasecmp(line, "RCPT", 4) == 0) {
		reply = reply_for(sink, "RCPT", line, "250 2.1.5 Ok");
		c->has_rcpt = reply[0] == '2';
		snprintf(c->rcpt, sizeof(c->rcpt), "%.500s", line);
		return answer(c, reply);
	}
	if (strncasecmp(line, "DATA", 4) == 0) {
		if (!c->has_rcpt)
			return answer(c, "554 5.5.1 No valid recipients");
		reply = reply_for(sink, "DATA", c->rcpt, "354 Go ahead");
		c->in_data = reply[0] == '3';
		return answer(c, reply);
	}
	if (strncasecmp(line, "EHLO", 4) == 0)
		on_ehlo(sink, c);
	else if (strncasecmp(line, "QUIT", 4) == 0)
		return say(c, "221 Bye"), false;
	else
		say(c, "250 Ok");
	return true;
}

/* End of the content in buf: past the final dot's line. NULL: not there. */
static char *find_dot(char *buf, size_t len)
{
	char *dot;

	if (len >= 3 && memcmp(buf, ".\r\n", 3) == 0)
		return buf + 3;
	dot = memmem(buf, len, "\r\n.\r\n", 5);
	return dot ? dot + 5 : NULL;
}

static bool on_data(struct sink *sink, struct conn *c, char **at, char *end)
{
	char *dot = find_dot(*at, (size_t)(end - *at));
	const char *reply;
	size_t keep;

	if (!dot) { /* the dot's line may be cut: keep four bytes of it */
		keep = end - *at < 4 ? (size_t)(end - *at) : 4;
		sink->bytes += end - *at - (long)keep;
		*at = end - keep;
		return true;
	}
	sink->bytes += dot - *at;
	*at = dot;
	c->in_data = false;
	reply = reply_for(sink, "DOT", c->rcpt, "250 2.0.0 Ok: queued");
	if (reply[0] == '2')
		sink->accepted++;
	return answer(c, reply);
}

static bool process(struct sink *sink, struct conn *c)
{
	char *at = c->in, *end = c->in + c->in_len, *eol, *before;

	while (at < end) {
		before = at;
		if (c->in_data) {
			if (!on_data(sink, c, &at, end))
				return false;
			if (c->in_data)
				break;
			continue;
		}
		eol = memchr(at, '\n', (size_t)(end - at));
		if (!eol)
			break;
		*eol = '\0';
		at = eol + 1;
		if (!on_command(sink, c, before))
			return false;
	}
	c->in_len = (size_t)(end - at);
	memmove(c->in, at, c->in_len);
	return c->in_len < IN_MAX;
}

static bool flush(struct conn *c)
{
	ssize_t n;

	if (c->out_len == 0)
		return true;
	n = send(c->fd, c->out, c->out_len, MSG_NOSIGNAL);
	c->out_len = 0; /* replies always fit into the socket's buffer */
	return n > 0;
}

static void serve(struct sink *sink, struct conn *c)
{
	ssize_t n = recv(c->fd, c->in + c->in_len, IN_MAX - c->in_len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_free(c);
		return;
	}
	c->in_len += (size_t)n;
	if (!process(sink, c) || !flush(c)) {
		(void)flush(c);
		conn_free(c);
	}
}

static void accept_one(struct sink *sink)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct conn *c;
	int one = 1;
	int fd = accept4(sink->listen_fd, NULL, NULL, SOCK_NONBLOCK);

	if (fd < 0)
		return;
	c = calloc(1, sizeof(*c));
	if (!c || !(c->in = malloc(IN_MAX)))
		die("smtp_sink");
	c->fd = fd;
	sink->connections++;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	event.data.ptr = c;
	epoll_ctl(sink->epoll_fd, EPOLL_CTL_ADD, fd, &event);
	say(c, "220 sink ESMTP");
	(void)flush(c);
}

static void add(const struct sink *sink, int fd, const void *tag)
{
	struct epoll_event event = { .events = EPOLLIN };

	event.data.ptr = (void *)tag;
	if (epoll_ctl(sink->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
		die("epoll_ctl");
}

static void listen_on(struct sink *sink)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)sink->port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	sigset_t stop;
	int one = 1;

	sink->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(sink->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one,
		   sizeof(one));
	if (bind(sink->listen_fd, (struct sockaddr *)&addr, len) < 0 ||
	    listen(sink->listen_fd, 512) < 0)
		die("smtp_sink: listen");
	getsockname(sink->listen_fd, (struct sockaddr *)&addr, &len);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	sink->signal_fd = signalfd(-1, &stop, 0);
	sink->epoll_fd = epoll_create1(0);
	add(sink, sink->listen_fd, &sink->listen_fd);
	add(sink, sink->signal_fd, &sink->signal_fd);
	printf("port %d\n", ntohs(addr.sin_port));
	fflush(stdout);
}

static void usage(void)
{
	fputs("usage: smtp_sink [--port N] [--no-pipelining] "
	      "[--when MAIL|RCPT|DATA|DOT TEXT REPLY]...\n",
	      stderr);
	exit(2);
}

static void read_arguments(struct sink *sink, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--port") == 0 && i + 1 < argc)
			sink->port = (int)strtol(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--no-pipelining") == 0)
			sink->no_pipelining = true;
		else if (strcmp(argv[i], "--when") == 0 && i + 3 < argc &&
			 sink->rules_n < RULES_MAX) {
			sink->rules[sink->rules_n++] =
				(struct rule){ argv[i + 1], argv[i + 2],
					       argv[i + 3] };
			i += 3;
		} else {
			usage();
		}
	}
}

int main(int argc, char **argv)
{
	struct epoll_event events[64];
	struct sink sink = { 0 };
	int n, i;

	read_arguments(&sink, argc, argv);
	listen_on(&sink);
	for (;;) {
		n = epoll_wait(sink.epoll_fd, events, 64, -1);
		for (i = 0; i < n; i++) {
			if (events[i].data.ptr == &sink.signal_fd) {
				printf("accepted %lld bytes %lld connections "
				       "%lld\n",
				       sink.accepted, sink.bytes,
				       sink.connections);
				return 0;
			}
			if (events[i].data.ptr == &sink.listen_fd)
				accept_one(&sink);
			else
				serve(&sink, events[i].data.ptr);
		}
	}
}
