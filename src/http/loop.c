/*
 * The thread that holds all connections of a server. It waits for sockets and
 * for what workers give back, and for nothing else.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/thread/thread.h"
#include "http/exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define ACCEPTS_A_TURN 64
#define TICK_MS 500
#define CLIENT_EVENTS (EPOLLIN | EPOLLOUT | EPOLLRDHUP | (unsigned)EPOLLET)

static int64_t now_ms(void)
{
	return clock_monotonic_ms();
}

/* --- what comes back --- */

static void wake(struct loop *loop)
{
	uint64_t one = 1;
	ssize_t n = write(loop->wake_fd, &one, sizeof(one));

	(void)n; /* a full counter wakes as well */
}

/* The lock is held until all is done: the loop may end with this exchange, and
 * its memory with it. */
void loop_return(struct exchange *x)
{
	struct loop *loop = &x->server->loop;

	x->next_returned = NULL;
	(void)pthread_mutex_lock(&loop->lock);
	if (!loop->returned)
		wake(loop);
	*loop->last_returned = x;
	loop->last_returned = &x->next_returned;
	(void)pthread_mutex_unlock(&loop->lock);
}

static void take_back(struct loop *loop)
{
	struct exchange *x;
	uint64_t count;
	ssize_t n = read(loop->wake_fd, &count, sizeof(count));

	(void)n; /* nobody woke us: fine */
	(void)pthread_mutex_lock(&loop->lock);
	x = loop->returned;
	loop->returned = NULL;
	loop->last_returned = &loop->returned;
	(void)pthread_mutex_unlock(&loop->lock);
	while (x) {
		struct exchange *next = x->next_returned;

		loop->away--;
		connection_take_back(x);
		x = next;
	}
}

/* --- who comes --- */

static int listen_now(struct http_server *server, bool listening)
{
	struct epoll_event event = { .events = EPOLLIN,
				     .data.ptr = &server->listen_fd };

	if (server->loop.listening == listening)
		return 0;
	server->loop.listening = listening;
	return epoll_ctl(server->loop.epoll_fd,
			 listening ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
			 server->listen_fd, &event);
}

static void make_room(struct http_server *server)
{
	struct client *client = clients_dispensable(&server->clients);

	if (client)
		connection_cut(client, "its place is needed");
}

static void let_in(struct http_server *server, int fd,
		   const struct sockaddr_storage *from)
{
	struct clients *clients = &server->clients;
	struct epoll_event event = { .events = CLIENT_EVENTS };
	int64_t limit = server->options.connections;
	struct client *client;

	if (clients->n >= limit)
		make_room(server);
	if (clients->n >= limit + LOOP_EXCESS) {
		(void)close(fd); /* it may try again */
		return;
	}
	client = client_add(clients, fd, (const struct sockaddr *)from);
	client->server = server;
	client->excess = clients->n > limit;
	client->readable = true;
	event.data.ptr = client;
	if (epoll_ctl(server->loop.epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		connection_close(client);
		return;
	}
	connection_go_on(client);
}

static void accept_some(struct http_server *server)
{
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		struct sockaddr_storage from = { .ss_family = 0 };
		socklen_t len = sizeof(from);
		int fd = accept4(server->listen_fd, (struct sockaddr *)&from,
				 &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			let_in(server, fd, &from);
			continue;
		}
		if (errno == EAGAIN)
			return;
		if (errno == EINTR || errno == ECONNABORTED)
			continue;
		/* No more files, or no memory: later, with one less. */
		log_debug("nobody can be accepted", LOG_INT("errno", errno));
		make_room(server);
		(void)listen_now(server, false); /* the tick tries again */
		return;
	}
}

void loop_call_again(struct client *client)
{
	struct epoll_event event = { .events = CLIENT_EVENTS,
				     .data.ptr = client };

	if (epoll_ctl(client->server->loop.epoll_fd, EPOLL_CTL_MOD, client->fd,
		      &event) < 0)
		connection_close(client);
}

static void on_client(struct client *client, uint32_t events)
{
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		client->ended = true;
	if (client->ended || (events & EPOLLIN))
		client->readable = true;
	connection_go_on(client);
}

/* --- time --- */

static void cut_slow_ones(struct http_server *server, enum client_phase phase,
			  int64_t now)
{
	const struct http_options *o = &server->options;
	struct client *client, *next;

	for (client = TAILQ_FIRST(&server->clients.in[phase]); client;
	     client = next) {
		next = TAILQ_NEXT(client, of_phase);
		if (client_is_too_slow(client, now, o->idle_ms, o->slow_ms))
			connection_cut(client, "slow");
		else if (phase == CLIENT_IDLE)
			return; /* the others came later */
	}
}

static void tick(struct http_server *server)
{
	int64_t now = now_ms();

	if (now - server->loop.ticked_ms < TICK_MS)
		return;
	server->loop.ticked_ms = now;
	for (int phase = 0; phase < CLIENT_GONE; phase++)
		cut_slow_ones(server, (enum client_phase)phase, now);
	if (!server->loop.closing && listen_now(server, true) < 0)
		log_warn("cannot listen", LOG_INT("errno", errno));
}

/* --- the end --- */

static void close_all(struct http_server *server, enum client_phase phase)
{
	struct client *client;

	while ((client = TAILQ_FIRST(&server->clients.in[phase])))
		connection_close(client);
}

/* true: all is over. What is not whole will never be a request. */
static bool wind_down(struct http_server *server)
{
	struct loop *loop = &server->loop;
	bool is_late;

	if (!atomic_load(&server->closing))
		return false;
	if (!loop->closing) {
		loop->closing = true;
		loop->stop_by_ms = now_ms() + server->options.stop_ms;
		(void)listen_now(server, false); /* it is closed soon */
	}
	close_all(server, CLIENT_IDLE);
	close_all(server, CLIENT_HEAD);
	close_all(server, CLIENT_BODY);
	is_late = now_ms() >= loop->stop_by_ms;
	if (is_late)
		close_all(server, CLIENT_READS);
	if (loop->away > 0 || !TAILQ_EMPTY(&server->clients.in[CLIENT_READS]))
		return false;
	close_all(server, CLIENT_LEAVES);
	return true;
}

/* --- the thread --- */

static void run_once(struct http_server *server)
{
	struct epoll_event events[EVENTS];
	struct loop *loop = &server->loop;
	bool come = false, back = false;
	int n = epoll_wait(loop->epoll_fd, events, EVENTS, TICK_MS);

	for (int i = 0; i < n; i++) {
		if (events[i].data.ptr == &server->listen_fd)
			come = true;
		else if (events[i].data.ptr == loop)
			back = true;
		else
			on_client(events[i].data.ptr, events[i].events);
	}
	if (back)
		take_back(loop);
	if (come && loop->listening)
		accept_some(server);
	tick(server);
	clients_free_gone(&server->clients);
}

static void *run(void *arg)
{
	struct http_server *server = arg;

	while (!wind_down(server))
		run_once(server);
	clients_free_gone(&server->clients);
	return NULL;
}

int loop_start(struct http_server *server, struct err *err)
{
	struct loop *loop = &server->loop;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = loop };

	loop->last_returned = &loop->returned;
	loop->scratch = malloc(SCRATCH_BYTES);
	BUG_ON(!loop->scratch);
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->epoll_fd < 0 || loop->wake_fd < 0 ||
	    epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd, &event) <
		    0 ||
	    listen_now(server, true) < 0)
		return err_errno(err, "epoll");
	errno = thread_start(&loop->thread, "http", run, server);
	if (errno)
		return err_errno(err, "thread");
	loop->running = true;
	return 0;
}

void loop_stop(struct http_server *server)
{
	struct loop *loop = &server->loop;

	if (loop->running) {
		atomic_store(&server->closing, true);
		wake(loop);
		(void)pthread_join(loop->thread, NULL);
		loop->running = false;
	}
	fd_release(&loop->epoll_fd);
	fd_release(&loop->wake_fd);
	free(loop->scratch);
	loop->scratch = NULL;
	while (loop->spare.n > 0)
		arena_free(&loop->spare.v[--loop->spare.n]);
}
