#include "http/http_fixture.h"

#include "base/err.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

void reply_release(struct reply *reply)
{
	strbuf_release(&reply->head);
	strbuf_release(&reply->body);
}

struct str reply_header(const struct reply *reply, const char *name)
{
	struct str rest = strbuf_str(&reply->head);

	while (rest.len > 0) {
		struct str line = str_cut(&rest, '\n');
		struct str key = str_cut(&line, ':');

		if (line.s && str_ieq(key, name))
			return str_trim(line);
	}
	return (struct str){ "", 0 };
}

struct http_server *fixture_start(const struct http_options *options,
				  const struct router *router)
{
	struct http_options mine = *options;
	struct http_server *server = NULL;
	struct err err = ERR_INIT;

	mine.listen = "127.0.0.1:0";
	if (http_server_start(&mine, router, &server, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.text);
		abort();
	}
	return server;
}

int fixture_connect(const struct http_server *server)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval limit = { .tv_sec = 20 };
	struct sockaddr_in sa = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)http_server_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	BUG_ON(fd < 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	BUG_ON(connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0);
	return fd;
}

void fixture_send_bytes(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* the server had enough; the answer tells */
		p += n;
		len -= (size_t)n;
	}
}

void fixture_send(int fd, const char *text)
{
	fixture_send_bytes(fd, text, strlen(text));
}

static bool read_some(int fd, struct strbuf *out, size_t max)
{
	char buf[4096];
	ssize_t n = recv(fd, buf, max < sizeof(buf) ? max : sizeof(buf), 0);

	if (n <= 0)
		return false;
	strbuf_add(out, buf, (size_t)n);
	return true;
}

static bool read_exactly(int fd, struct strbuf *out, size_t len)
{
	size_t until = out->len + len;

	while (out->len < until)
		if (!read_some(fd, out, until - out->len))
			return false;
	return true;
}

static bool read_line(int fd, struct strbuf *line)
{
	strbuf_reset(line);
	while (!str_ends(strbuf_str(line), "\r\n"))
		if (!read_some(fd, line, 1))
			return false;
	return true;
}

static bool read_chunks(int fd, struct strbuf *out)
{
	struct strbuf line = STRBUF_INIT;
	bool whole = false;
	size_t len;

	while (read_line(fd, &line)) {
		len = strtoul(line.buf, NULL, 16);
		if (len > 0 && !read_exactly(fd, out, len))
			break;
		if (!read_line(fd, &line))
			break;
		if (len == 0) {
			whole = true;
			break;
		}
	}
	strbuf_release(&line);
	return whole;
}

static void read_body(int fd, struct reply *out)
{
	struct str length = reply_header(out, "Content-Length");
	int64_t n;

	if (str_is(reply_header(out, "Transfer-Encoding"), "chunked")) {
		out->whole = read_chunks(fd, &out->body);
	} else if (str_to_int(length, &n)) {
		out->whole = read_exactly(fd, &out->body, (size_t)n);
	} else {
		while (read_some(fd, &out->body, 4096))
			;
		out->whole = true;
	}
}

void fixture_read(int fd, bool is_head, struct reply *out)
{
	strbuf_reset(&out->head);
	strbuf_reset(&out->body);
	out->status = 0;
	out->whole = false;
	while (!str_ends(strbuf_str(&out->head), "\r\n\r\n"))
		if (!read_some(fd, &out->head, 1))
			return;
	out->status =
		(int)strtol(out->head.buf + strlen("HTTP/1.1 "), NULL, 10);
	if (out->status == 100) {
		fixture_read(fd, is_head, out);
		return;
	}
	out->whole = true;
	if (!is_head && out->status != 204 && out->status != 304)
		read_body(fd, out);
}

void fixture_ask(const struct http_server *server, const char *text,
		 struct reply *out)
{
	int fd = fixture_connect(server);

	fixture_send(fd, text);
	fixture_read(fd, strncmp(text, "HEAD ", 5) == 0, out);
	(void)close(fd); /* nothing more to say */
}

bool fixture_is_closed(int fd)
{
	char c;

	return recv(fd, &c, 1, 0) <= 0;
}
