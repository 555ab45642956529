#include "http/server.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/wait.h"
#include "http/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY_BYTES (64 << 10) /* a connection; also the longest head */
#define STACK_BYTES (1 << 20)
#define EXCESS 64 /* connections beyond the limit that get a 503 */

#define OPTION(field, text, type_, least_, most_)                  \
	{                                                          \
		.name = "http." #field, .type = (type_),           \
		.offset = offsetof(struct http_options, field),    \
		.least = (least_), .most = (most_), .help = (text) \
	}

const struct option http_option_table[] = {
	OPTION(connections, "Connections at a time; more get 503.", OPTION_INT,
	       4, 10000),
	OPTION(body_max, "Longest body of a request in bytes.", OPTION_INT,
	       1 << 16, (int64_t)1 << 30),
	OPTION(upload_max, "Longest upload in bytes.", OPTION_INT, 1 << 16,
	       (int64_t)1 << 40),
	OPTION(idle_ms, "A silent client is cut after this time.", OPTION_TIME,
	       1000, MS_HOUR),
	OPTION(slow_ms, "Grace for slow clients; then 1 KB/s is the least.",
	       OPTION_TIME, 1000, MS_HOUR),
	OPTION(stop_ms, "What is in hand gets this time at a stop.",
	       OPTION_TIME, 0, MS_HOUR),
	OPTION(per_user,
	       "Simultaneous calls of the Marketing API a user; 0: any.",
	       OPTION_INT, 0, 10000),
	OPTION(trust_proxy, "Take client addresses from X-Forwarded-For.",
	       OPTION_BOOL, 0, 0),
	{ .name = NULL },
};

/* --- what libmicrohttpd calls --- */

static void *on_request_line(void *context, const char *target,
			     struct MHD_Connection *connection)
{
	return exchange_new(context, connection, target);
}

static enum MHD_Result on_request(void *context,
				  struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *len, void **state)
{
	(void)context;
	(void)connection;
	(void)url;
	(void)version;
	return (enum MHD_Result)exchange_go_on(*state, method, data, len);
}

static void on_end(void *context, struct MHD_Connection *connection,
		   void **state, enum MHD_RequestTerminationCode why)
{
	(void)context;
	(void)connection;
	(void)why;
	if (*state)
		exchange_end(*state);
	*state = NULL;
}

static void format_ip(const struct sockaddr *sa, char out[46])
{
	const struct sockaddr_in6 *v6 = (const void *)sa;
	const struct sockaddr_in *v4 = (const void *)sa;

	out[0] = 0;
	if (sa->sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &v4->sin_addr, out, 46);
	else if (sa->sa_family == AF_INET6 &&
		 IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		(void)inet_ntop(AF_INET, v6->sin6_addr.s6_addr + 12, out, 46);
	else if (sa->sa_family == AF_INET6)
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, out, 46);
}

static void on_connection(void *context, struct MHD_Connection *connection,
			  void **state,
			  enum MHD_ConnectionNotificationCode what)
{
	struct http_server *server = context;
	struct client *client;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		client_remove(&server->clients, *state);
		*state = NULL;
		return;
	}
	client = client_add(
		&server->clients,
		MHD_get_connection_info(connection,
					MHD_CONNECTION_INFO_CONNECTION_FD)
			->connect_fd,
		server->options.connections);
	format_ip(MHD_get_connection_info(connection,
					  MHD_CONNECTION_INFO_CLIENT_ADDRESS)
			  ->client_addr,
		  client->ip);
	*state = client;
}

/* Paths and queries are decoded by us, segment by segment. */
static size_t do_not_unescape(void *context, struct MHD_Connection *connection,
			      char *s)
{
	(void)context;
	(void)connection;
	return strlen(s);
}

__attribute__((format(printf, 2, 0))) static void on_log(void *context,
							 const char *fmt,
							 va_list ap)
{
	char text[256];

	(void)context;
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = 0;
	log_debug("libmicrohttpd", LOG_TEXT("says", &text[0]));
}

/* --- listening --- */

static int resolve(const char *listen_on, struct addrinfo **out,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf host = STRBUF_INIT;
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
				  .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	const char *colon = strrchr(listen_on, ':');
	int64_t port;
	int code;

	/* getaddrinfo() takes 99999, and makes another port of it. */
	if (!colon || !str_to_int(str_of(colon + 1), &port) || port < 0 ||
	    port > UINT16_MAX)
		return err_set(err, ERR_INVALID,
			       "%s is not an address like 127.0.0.1:8080",
			       listen_on);
	strbuf_add(&host, listen_on, (size_t)(colon - listen_on));
	if (host.len > 2 && host.buf[0] == '[') {
		strbuf_reset(&host);
		strbuf_add(&host, listen_on + 1,
			   (size_t)(colon - listen_on) - 2);
	}
	code = getaddrinfo(
		host.len == 0 || strcmp(host.buf, "*") == 0 ? NULL : host.buf,
		colon + 1, &hints, out);
	if (code != 0)
		return err_set(err, ERR_INVALID, "cannot listen on %s: %s",
			       listen_on, gai_strerror(code));
	return 0;
}

static int bind_to(const struct addrinfo *ai, const char *listen_on,
		   struct err *err)
{
	CLEANUP(fd_release)
	int fd = socket(ai->ai_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, ret;

	if (fd < 0)
		return err_errno(err, "socket");
	/* A restart must not wait for the old connections' TIME_WAIT. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 ||
	    listen(fd, SOMAXCONN) < 0) {
		if (errno == EADDRINUSE)
			return err_set(err, ERR_CONFLICT,
				       "cannot listen on %s: another program "
				       "(another Muster?) does already",
				       listen_on);
		return err_errno(err, "cannot listen on %s", listen_on);
	}
	ret = fd;
	fd = -1;
	return ret;
}

static void read_address(struct http_server *server)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	char host[64] = "?", port[8] = "0";

	if (getsockname(server->listen_fd, (struct sockaddr *)&sa, &len) < 0)
		return;
	(void)getnameinfo((struct sockaddr *)&sa, len, host, sizeof(host), port,
			  sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	server->port = (int)strtol(port, NULL, 10);
	(void)snprintf(server->address, sizeof(server->address),
		       sa.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
		       port);
}

static int listen_on(struct http_server *server, struct err *err)
{
	struct addrinfo *ai = NULL;

	if (resolve(server->options.listen, &ai, err) < 0)
		return -1;
	server->listen_fd = bind_to(ai, server->options.listen, err);
	freeaddrinfo(ai);
	if (server->listen_fd < 0)
		return -1;
	read_address(server);
	return 0;
}

/* --- start and stop --- */

static int start_daemon(struct http_server *server, struct err *err)
{
	const struct http_options *o = &server->options;
	bool pool = o->pool_threads > 0;
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC |
			 MHD_USE_ERROR_LOG;

	flags |= pool ? MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME
		      : MHD_USE_POLL | MHD_USE_THREAD_PER_CONNECTION;
	server->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, server,
		MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
		MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)o->connections + EXCESS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_BYTES,
		MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)((o->idle_ms + 999) / 1000),
		MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
		MHD_OPTION_URI_LOG_CALLBACK, on_request_line, server,
		MHD_OPTION_UNESCAPE_CALLBACK, do_not_unescape, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		o->pool_threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE
				    : MHD_OPTION_END,
		(unsigned)o->pool_threads, MHD_OPTION_END);
	if (!server->daemon)
		return err_errno(err, "cannot start the HTTP server on %s",
				 server->address);
	return 0;
}

static int start_watch(struct http_server *server, struct err *err)
{
	errno = pthread_create(&server->watch, NULL, clients_watch, server);
	if (errno)
		return err_errno(err, "thread");
	server->watching = true;
	return 0;
}

static struct http_server *server_new(const struct http_options *options,
				      const struct router *router)
{
	struct http_server *server = calloc(1, sizeof(*server));

	BUG_ON(!server);
	server->options = *options;
	server->router = router;
	server->listen_fd = -1;
	server->users_n = (size_t)options->connections + EXCESS;
	server->users = calloc(server->users_n, sizeof(*server->users));
	BUG_ON(!server->users);
	(void)pthread_mutex_init(&server->clients.lock, NULL);
	wait_init(&server->clients.wake);
	(void)pthread_mutex_init(&server->lock, NULL);
	wait_init(&server->idle);
	return server;
}

int http_server_start(const struct http_options *options,
		      const struct router *router, struct http_server **out,
		      struct err *err)
{
	CLEANUP(http_server_free)
	struct http_server *server = server_new(options, router);

	if (listen_on(server, err) < 0 || start_watch(server, err) < 0 ||
	    start_daemon(server, err) < 0)
		return -1;
	*out = TAKE(server);
	return 0;
}

const char *http_server_address(const struct http_server *server)
{
	return server->address;
}

int http_server_port(const struct http_server *server)
{
	return server->port;
}

/* Until nothing is in hand; what is owed is waited for without limit. */
static void wait_until_idle(struct http_server *server)
{
	int64_t until_us =
		clock_monotonic_us() + server->options.stop_ms * 1000;
	bool late = false;

	(void)pthread_mutex_lock(&server->lock);
	while (server->in_hand > 0 && !late)
		late = !wait_until(&server->idle, &server->lock, until_us);
	while (server->owed > 0)
		(void)pthread_cond_wait(&server->idle, &server->lock);
	(void)pthread_mutex_unlock(&server->lock);
}

static void stop_watch(struct http_server *server)
{
	if (!server->watching)
		return;
	(void)pthread_mutex_lock(&server->clients.lock);
	server->clients.stopping = true;
	(void)pthread_cond_broadcast(&server->clients.wake);
	(void)pthread_mutex_unlock(&server->clients.lock);
	(void)pthread_join(server->watch, NULL);
	server->watching = false;
}

void http_server_stop(struct http_server *server)
{
	if (server->stopped)
		return;
	server->stopped = true;
	if (server->daemon) {
		atomic_store(&server->closing, true);
		(void)MHD_quiesce_daemon(server->daemon); /* ours to close */
		wait_until_idle(server);
		MHD_stop_daemon(server->daemon);
	}
	stop_watch(server);
	fd_release(&server->listen_fd);
}

void http_server_free(struct http_server **server)
{
	struct http_server *s = *server;

	if (!s)
		return;
	http_server_stop(s);
	(void)pthread_mutex_destroy(&s->clients.lock);
	(void)pthread_cond_destroy(&s->clients.wake);
	(void)pthread_mutex_destroy(&s->lock);
	(void)pthread_cond_destroy(&s->idle);
	free(s->users);
	free(s);
	*server = NULL;
}

void http_server_describe(struct http_server *server, struct strbuf *out)
{
	int64_t in_hand, open;

	(void)pthread_mutex_lock(&server->lock);
	in_hand = server->in_hand;
	(void)pthread_mutex_unlock(&server->lock);
	(void)pthread_mutex_lock(&server->clients.lock);
	open = server->clients.n;
	(void)pthread_mutex_unlock(&server->clients.lock);
	strbuf_addf(out, "%s on %s: %lld connections, %lld requests in hand",
		    server->options.name, server->address, (long long)open,
		    (long long)in_hand);
}
