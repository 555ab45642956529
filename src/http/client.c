#include "http/client.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/metrics.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_PER_MS 1 /* the least we put up with, after a grace period */
#define KEPT_LEAST_MS 1000
#define LEAVES_MS 2000

static struct metric open_connections =
	METRIC_GAUGE("muster_http_connections", "Open HTTP connections");

static int64_t monotonic_ms(void)
{
	return clock_monotonic_ms();
}

void clients_init(struct clients *clients)
{
	for (int i = 0; i < CLIENT_PHASES; i++)
		TAILQ_INIT(&clients->in[i]);
}

void clients_release(struct clients *clients)
{
	clients_free_gone(clients);
	BUG_ON(clients->n > 0);
}

/* --- addresses --- */

static void read_address(struct client *client, const struct sockaddr *from)
{
	const struct sockaddr_in6 *v6 = (const void *)from;
	const struct sockaddr_in *v4 = (const void *)from;
	unsigned char *n = client->network;

	if (from->sa_family == AF_INET6)
		memcpy(n, &v6->sin6_addr, 16);
	if (from->sa_family == AF_INET) {
		n[10] = n[11] = 0xff;
		memcpy(n + 12, &v4->sin_addr, 4);
	}
	if (IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)n)) {
		(void)inet_ntop(AF_INET, n + 12, client->ip,
				sizeof(client->ip));
		return;
	}
	(void)inet_ntop(AF_INET6, n, client->ip, sizeof(client->ip));
	memset(n + 8, 0, 8);
}

static struct address **address_at(struct clients *clients,
				   const unsigned char network[16])
{
	struct address **at;
	uint32_t hash = 2166136261;

	for (int i = 0; i < 16; i++)
		hash = (hash ^ network[i]) * 16777619;
	at = &clients->addresses[hash % CLIENT_ADDRESSES];
	while (*at && memcmp((*at)->bytes, network, 16) != 0)
		at = &(*at)->next;
	return at;
}

static void enter_address(struct clients *clients, struct client *client)
{
	struct address **at = address_at(clients, client->network);

	if (!*at) {
		*at = calloc(1, sizeof(**at));
		BUG_ON(!*at);
		memcpy((*at)->bytes, client->network, 16);
		TAILQ_INIT(&(*at)->unfinished);
	}
	client->address = *at;
	client->address->n++;
	TAILQ_INSERT_TAIL(&client->address->unfinished, client, of_address);
}

static void leave_address(struct clients *clients, struct client *client)
{
	struct address **at = address_at(clients, client->network);
	struct address *address = *at;

	TAILQ_REMOVE(&address->unfinished, client, of_address);
	client->address = NULL;
	if (--address->n > 0)
		return;
	*at = address->next;
	free(address);
}

struct client *client_rival(const struct client *client, int64_t most)
{
	const struct address *address = client->address;

	return address && address->n > most ? TAILQ_FIRST(&address->unfinished)
					    : NULL;
}

/* --- phases --- */

struct client *client_add(struct clients *clients, int fd,
			  const struct sockaddr *from)
{
	struct client *client = calloc(1, sizeof(*client));

	BUG_ON(!client);
	client->fd = fd;
	client->in = (struct strbuf)STRBUF_INIT;
	read_address(client, from);
	client->since_ms = client->moved_ms = monotonic_ms();
	TAILQ_INSERT_TAIL(&clients->in[CLIENT_IDLE], client, of_phase);
	atomic_fetch_add(&clients->n, 1);
	metric_add(&open_connections, 1);
	return client;
}

static bool is_unfinished(enum client_phase phase)
{
	return phase == CLIENT_HEAD || phase == CLIENT_BODY;
}

void client_phase(struct clients *clients, struct client *client,
		  enum client_phase phase)
{
	TAILQ_REMOVE(&clients->in[client->phase], client, of_phase);
	TAILQ_INSERT_TAIL(&clients->in[phase], client, of_phase);
	client->phase = phase;
	client->since_ms = client->moved_ms = monotonic_ms();
	client->bytes = 0;
	if (is_unfinished(phase) && !client->address)
		enter_address(clients, client);
	if (!is_unfinished(phase) && client->address)
		leave_address(clients, client);
	if (phase == CLIENT_GONE) {
		client_hold(clients, client, 0);
		atomic_fetch_sub(&clients->n, 1);
		metric_add(&open_connections, -1);
	}
}

void clients_free_gone(struct clients *clients)
{
	struct client *client;

	while ((client = TAILQ_FIRST(&clients->in[CLIENT_GONE]))) {
		TAILQ_REMOVE(&clients->in[CLIENT_GONE], client, of_phase);
		strbuf_release(&client->in);
		free(client);
	}
}

void client_hold(struct clients *clients, struct client *client, int64_t bytes)
{
	clients->held += bytes - client->held;
	client->held = bytes;
}

struct client *clients_dispensable(const struct clients *clients)
{
	static const enum client_phase order[] = { CLIENT_IDLE, CLIENT_HEAD,
						   CLIENT_BODY };
	int64_t least = monotonic_ms() - KEPT_LEAST_MS;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		struct client *first = TAILQ_FIRST(&clients->in[order[i]]);

		if (first && first->since_ms <= least)
			return first;
	}
	return NULL;
}

bool client_is_too_slow(const struct client *client, int64_t now_ms,
			int64_t idle_ms, int64_t slow_ms)
{
	int64_t spent = now_ms - client->since_ms;
	bool is_silent = now_ms - client->moved_ms > idle_ms;

	switch (client->phase) {
	case CLIENT_IDLE:
		return spent > idle_ms;
	case CLIENT_HEAD:
		return is_silent || spent > slow_ms;
	case CLIENT_BODY:
	case CLIENT_READS:
		return is_silent ||
		       spent > slow_ms + client->bytes / BYTES_PER_MS;
	case CLIENT_LEAVES:
		return spent > LEAVES_MS;
	default:
		return false;
	}
}
