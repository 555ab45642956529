/*
 * Connections, and the watch on the slow ones. libmicrohttpd cuts clients that
 * are silent; those that send or take a byte now and then would hold a thread
 * for as long as they please.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/wait.h"
#include "http/exchange.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BYTES_PER_MS 1 /* the least we put up with, after a grace period */
#define IDLE_LEAST_MS 1000

static struct metric open_connections =
	METRIC_GAUGE("muster_http_connections", "Open HTTP connections");
static struct metric cut_connections = METRIC_COUNTER(
	"muster_http_cut",
	"Connections cut: too slow, or idle when room was needed");

static int64_t monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

/* The lock is held, so the connection is not closed, and its number not given
 * to another, in between. */
static void cut(struct clients *clients, struct client *client)
{
	(void)shutdown(client->fd, SHUT_RDWR); /* it may be gone already */
	client->cut = true;
	clients->n--;
	metric_add(&cut_connections, 1);
}

static void make_room(struct clients *clients)
{
	struct client *idlest = NULL;
	int64_t least = monotonic_ms() - IDLE_LEAST_MS;

	for (struct client *c = clients->first; c; c = c->next) {
		int64_t since = atomic_load(&c->since_ms);

		if (c->cut || atomic_load(&c->phase) != CLIENT_HEAD ||
		    since > least)
			continue;
		idlest = c;
		least = since;
	}
	if (idlest)
		cut(clients, idlest);
}

struct client *client_add(struct clients *clients, int fd, int64_t limit)
{
	struct client *client = calloc(1, sizeof(*client));

	BUG_ON(!client);
	client->fd = fd;
	client_phase(client, CLIENT_HEAD, 0);
	(void)pthread_mutex_lock(&clients->lock);
	if (clients->n >= limit)
		make_room(clients);
	client->excess = clients->n >= limit;
	client->next = clients->first;
	if (client->next)
		client->next->prev = client;
	clients->first = client;
	clients->n++;
	(void)pthread_mutex_unlock(&clients->lock);
	metric_add(&open_connections, 1);
	return client;
}

void client_remove(struct clients *clients, struct client *client)
{
	(void)pthread_mutex_lock(&clients->lock);
	if (client->prev)
		client->prev->next = client->next;
	else
		clients->first = client->next;
	if (client->next)
		client->next->prev = client->prev;
	if (!client->cut)
		clients->n--;
	(void)pthread_mutex_unlock(&clients->lock);
	metric_add(&open_connections, -1);
	free(client);
}

void client_phase(struct client *client, enum client_phase phase, int64_t bytes)
{
	atomic_store(&client->bytes, bytes);
	atomic_store(&client->since_ms, monotonic_ms());
	atomic_store(&client->phase, (int)phase);
}

void client_set_untimed(struct exchange *x, bool untimed)
{
	int64_t idle_ms = untimed ? 0 : x->server->options.idle_ms;

	if (x->client->untimed == untimed)
		return;
	x->client->untimed = untimed;
	(void)MHD_set_connection_option(x->in.connection,
					MHD_CONNECTION_OPTION_TIMEOUT,
					(unsigned)((idle_ms + 999) / 1000));
}

bool client_is_too_slow(const struct client *client, int64_t now_ms,
			int64_t idle_ms, int64_t slow_ms)
{
	int64_t spent = now_ms - atomic_load(&client->since_ms);

	switch (atomic_load(&client->phase)) {
	case CLIENT_HEAD:
		return spent > idle_ms + slow_ms;
	case CLIENT_BODY:
	case CLIENT_READS:
		return spent >
		       slow_ms + atomic_load(&client->bytes) / BYTES_PER_MS;
	default:
		return false;
	}
}

static void cut_slow_ones(struct http_server *server)
{
	int64_t now_ms = monotonic_ms();

	for (struct client *c = server->clients.first; c; c = c->next) {
		if (c->cut ||
		    !client_is_too_slow(c, now_ms, server->options.idle_ms,
					server->options.slow_ms))
			continue;
		cut(&server->clients, c);
		log_debug("slow client cut", LOG_TEXT("client", c->ip));
	}
}

void *clients_watch(void *arg)
{
	struct http_server *server = arg;
	struct clients *clients = &server->clients;

	(void)pthread_mutex_lock(&clients->lock);
	while (!clients->stopping) {
		(void)wait_ms(&clients->wake, &clients->lock, MS_SECOND);
		cut_slow_ones(server);
	}
	(void)pthread_mutex_unlock(&clients->lock);
	return NULL;
}
