#include "http/server.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/exchange.h"
#include "http/listener.h"

#include <stdlib.h>
#include <sys/resource.h>

/* What else a process has open: databases, relays, logs, uploads. */
#define OTHER_FILES 200
#define CONNECTIONS_LEAST 4

#define OPTION(field, text, type_, least_, most_)                  \
	{                                                          \
		.name = "http." #field, .type = (type_),           \
		.offset = offsetof(struct http_options, field),    \
		.least = (least_), .most = (most_), .help = (text) \
	}

const struct option http_option_table[] = {
	OPTION(connections,
	       "Connections at a time; the idlest makes room, else 503.",
	       OPTION_INT, 4, 100000),
	OPTION(workers, "Requests that are worked on at a time.", OPTION_INT, 1,
	       256),
	OPTION(quick_workers, "The same for unsubscribes and pages of mails.",
	       OPTION_INT, 1, 256),
	OPTION(password_workers,
	       "The same for sign-ins, which compute for long.", OPTION_INT, 1,
	       256),
	OPTION(waiting, "Requests that wait for one; more get 503.", OPTION_INT,
	       1, 100000),
	OPTION(waiting_ms, "Who waited for so long gets 503 too.", OPTION_TIME,
	       MS_SECOND, MS_HOUR),
	OPTION(per_address,
	       "Unfinished requests an address; the oldest makes room; 0: any. "
	       "Not with trust_proxy.",
	       OPTION_INT, 0, 100000),
	OPTION(held_max, "Bytes of memory for bodies and unfinished requests.",
	       OPTION_INT, 1 << 20, (int64_t)1 << 40),
	OPTION(body_max, "Longest body of a request in bytes.", OPTION_INT,
	       1 << 16, (int64_t)1 << 30),
	OPTION(upload_max, "Longest upload in bytes.", OPTION_INT, 1 << 16,
	       (int64_t)1 << 40),
	OPTION(idle_ms, "A silent client is cut after this time.", OPTION_TIME,
	       1000, MS_HOUR),
	OPTION(slow_ms, "Grace for slow clients; then 1 KB/s is the least.",
	       OPTION_TIME, 1000, MS_HOUR),
	OPTION(stop_ms,
	       "What is in hand gets this time at a stop, and at most 1 s.",
	       OPTION_TIME, 0, MS_HOUR),
	OPTION(per_user,
	       "Simultaneous calls of the Marketing API a user; 0: any. With "
	       "Mailchimp it is 10.",
	       OPTION_INT, 0, 10000),
	OPTION(trust_proxy, "Take client addresses from X-Forwarded-For.",
	       OPTION_BOOL, 0, 0),
	{ .name = NULL },
};

/* --- start and stop --- */

/* Every connection is a file. */
static void fit_connections(struct http_server *server)
{
	int64_t *n = &server->options.connections;
	struct rlimit limit;
	int64_t room;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	room = (int64_t)limit.rlim_cur - OTHER_FILES;
	if (room < CONNECTIONS_LEAST)
		room = CONNECTIONS_LEAST;
	if (*n <= room)
		return;
	log_warn("fewer connections than http.connections: the system lets "
		 "this process open too few files",
		 LOG_TEXT("listener", server->options.name),
		 LOG_INT("connections", room),
		 LOG_INT("files", (int64_t)limit.rlim_cur));
	*n = room;
}

static struct http_server *server_new(const struct http_options *options,
				      const struct router *router)
{
	struct http_server *server = calloc(1, sizeof(*server));

	BUG_ON(!server);
	server->options = *options;
	server->router = router;
	server->listen_fd = -1;
	server->loop.epoll_fd = server->loop.wake_fd = -1;
	clients_init(&server->clients);
	(void)pthread_mutex_init(&server->lock, NULL);
	(void)pthread_mutex_init(&server->loop.lock, NULL);
	fit_connections(server);
	return server;
}

static int start_pools(struct http_server *server, struct err *err)
{
	const struct http_options *o = &server->options;
	/* each may have a request there, and the end of another */
	size_t capacity = 2 * (size_t)(o->connections + LOOP_EXCESS);

	const int64_t threads[WORKERS_N] = {
		[WORKERS_USUAL] = o->workers,
		[WORKERS_QUICK] = o->quick_workers,
		[WORKERS_PASSWORD] = o->password_workers,
	};

	for (int i = 0; i < WORKERS_N; i++)
		if (pool_start(threads[i], capacity, exchange_work,
			       &server->pools[i], err) < 0)
			return -1;
	return 0;
}

int http_server_start(const struct http_options *options,
		      const struct router *router, struct http_server **out,
		      struct err *err)
{
	CLEANUP(http_server_free)
	struct http_server *server = server_new(options, router);

	server->listen_fd = listener_open(options->listen, err);
	if (server->listen_fd < 0)
		return -1;
	server->port = listener_name(server->listen_fd, server->address);
	if (start_pools(server, err) < 0 || loop_start(server, err) < 0)
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

void http_server_stop(struct http_server *server)
{
	if (server->stopped)
		return;
	server->stopped = true;
	loop_stop(server);
	for (int i = 0; i < WORKERS_N; i++)
		pool_free(&server->pools[i]);
	fd_release(&server->listen_fd);
}

void http_server_free(struct http_server **server)
{
	struct http_server *s = *server;

	if (!s)
		return;
	http_server_stop(s);
	clients_release(&s->clients);
	(void)pthread_mutex_destroy(&s->lock);
	(void)pthread_mutex_destroy(&s->loop.lock);
	free(s->users);
	free(s);
	*server = NULL;
}
