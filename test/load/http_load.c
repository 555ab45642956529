/*
 * http_load HOST:PORT PATH... - how many requests a second a server answers
 *
 *     http_load [-c connections] [-s seconds] [-k key] 127.0.0.1:8080 /ping
 *     http_load -f paths.txt 127.0.0.1:8080
 *
 * One thread, epoll, keep-alive, one request at a time a connection. Several
 * paths, or those of the lines of a file, are asked for in turn. Prints
 * requests a second and latencies; a status other than 2xx or 3xx is counted as
 * an error. Exit 1 if there were any.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPLY_MAX 65536
/* What a browser sends beside: it has to be read. */
#define BROWSER                                                          \
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:115.0) "         \
	"Gecko/20100101 Firefox/115.0\r\nAccept: image/avif,image/webp," \
	"*/*\r\nAccept-Language: en-US,en;q=0.5\r\n"                     \
	"Accept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n"
#define SLOTS 20000 /* latencies in steps of 50 us, up to 1 s */

struct connection {
	int fd;
	int64_t asked_us;
	size_t got;
	char reply[REPLY_MAX];
};

struct load {
	struct sockaddr_storage address;
	socklen_t address_len;
	int epoll;
	struct request {
		char *text;
		size_t len;
	} * requests;
	int requests_n, next;
	int64_t answered, errors, reconnects;
	int64_t slots[SLOTS];
};

static int64_t now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void ask(struct load *l, struct connection *c)
{
	const struct request *request = &l->requests[l->next];

	l->next = (l->next + 1) % l->requests_n;
	c->got = 0;
	c->asked_us = now_us();
	if (send(c->fd, request->text, request->len, MSG_NOSIGNAL) < 0)
		l->errors++;
}

static void open_connection(struct load *l, struct connection *c)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	c->fd = socket(l->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 ||
	    connect(c->fd, (void *)&l->address, l->address_len) < 0)
		die("connect");
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &event) < 0)
		die("epoll_ctl");
	ask(l, c);
}

/* Is the reply whole? Servers under test give a Content-Length. */
static bool is_whole(const struct connection *c)
{
	const char *end = strstr(c->reply, "\r\n\r\n");
	const char *length = strcasestr(c->reply, "\ncontent-length:");
	size_t n;

	if (!end)
		return false;
	n = length && length < end ? strtoul(length + 16, NULL, 10) : 0;
	return c->got >= (size_t)(end + 4 - c->reply) + n;
}

static void count(struct load *l, const struct connection *c)
{
	int64_t slot = (now_us() - c->asked_us) / 50;

	l->slots[slot < SLOTS ? slot : SLOTS - 1]++;
	l->answered++;
	if (c->reply[9] != '2' && c->reply[9] != '3')
		l->errors++;
}

static void go_on(struct load *l, struct connection *c)
{
	ssize_t n = recv(c->fd, c->reply + c->got, REPLY_MAX - 1 - c->got,
			 MSG_DONTWAIT);

	if (n <= 0) {
		(void)close(c->fd);
		l->reconnects++;
		open_connection(l, c);
		return;
	}
	c->got += (size_t)n;
	c->reply[c->got] = 0;
	if (!is_whole(c))
		return;
	count(l, c);
	ask(l, c);
}

static double percentile_ms(const struct load *l, double part)
{
	int64_t left = (int64_t)(part * (double)l->answered);

	for (int i = 0; i < SLOTS; i++) {
		left -= l->slots[i];
		if (left < 0)
			return (double)i * 0.05;
	}
	return 1000;
}

static void resolve(struct load *l, char *host)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *ai;
	char *port = strrchr(host, ':');

	if (!port) {
		(void)fprintf(stderr, "%s has no port\n", host);
		exit(2);
	}
	*port++ = 0;
	if (getaddrinfo(host, port, &hints, &ai) != 0)
		die(host);
	memcpy(&l->address, ai->ai_addr, ai->ai_addrlen);
	l->address_len = ai->ai_addrlen;
	freeaddrinfo(ai);
}

static void add_request(struct load *l, const char *path, const char *key)
{
	struct request *r;
	int len;

	l->requests = realloc(l->requests, ((size_t)l->requests_n + 1) *
						   sizeof(*l->requests));
	if (!l->requests)
		die("memory");
	r = &l->requests[l->requests_n++];
	len = asprintf(&r->text,
		       "GET %s HTTP/1.1\r\nHost: bench\r\n" BROWSER
		       "%s%s%s\r\n",
		       path, key ? "Authorization: Bearer " : "",
		       key ? key : "", key ? "\r\n" : "");
	if (len < 0)
		die("memory");
	r->len = (size_t)len;
}

static void read_requests(struct load *l, const char *name, const char *key)
{
	FILE *file = fopen(name, "re");
	char line[4096];

	if (!file)
		die(name);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		add_request(l, line, key);
	}
	(void)fclose(file);
}

static void run(struct load *l, int connections, int seconds)
{
	struct connection *all = calloc((size_t)connections, sizeof(*all));
	struct epoll_event events[256];
	int64_t begun = now_us(), until = begun + seconds * 1000000LL;

	if (!all)
		die("memory");
	for (int i = 0; i < connections; i++)
		open_connection(l, &all[i]);
	while (now_us() < until) {
		int n = epoll_wait(l->epoll, events, 256, 100);

		for (int i = 0; i < n; i++)
			go_on(l, events[i].data.ptr);
	}
	(void)printf("%.0f requests/s, p50 %.2f ms, p99 %.2f ms, %lld answers, "
		     "%lld errors, %lld reconnects\n",
		     (double)l->answered * 1e6 / (double)(now_us() - begun),
		     percentile_ms(l, 0.5), percentile_ms(l, 0.99),
		     (long long)l->answered, (long long)l->errors,
		     (long long)l->reconnects);
	for (int i = 0; i < connections; i++)
		(void)close(all[i].fd);
	free(all);
}

int main(int argc, char **argv)
{
	static struct load l;
	int connections = 100, seconds = 4, option;
	const char *key = NULL, *file = NULL;

	while ((option = getopt(argc, argv, "c:s:k:f:")) > 0) {
		if (option == 'c')
			connections = (int)strtol(optarg, NULL, 10);
		else if (option == 's')
			seconds = (int)strtol(optarg, NULL, 10);
		else if (option == 'k')
			key = optarg;
		else if (option == 'f')
			file = optarg;
		else
			return 2;
	}
	if (argc - optind < (file ? 1 : 2) || connections < 1) {
		(void)fprintf(stderr, "http_load [-c connections] [-s seconds] "
				      "[-k key] [-f FILE] HOST:PORT PATH...\n");
		return 2;
	}
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	resolve(&l, argv[optind]);
	if (file)
		read_requests(&l, file, key);
	for (int i = optind + 1; i < argc; i++)
		add_request(&l, argv[i], key);
	if (l.requests_n == 0)
		return 2;
	run(&l, connections, seconds);
	for (int i = 0; i < l.requests_n; i++)
		free(l.requests[i].text);
	free(l.requests);
	return l.errors > 0;
}
