/*
 * http/client.h - who is connected, what each is doing, and who is too slow
 *
 * A client is a connection. Its phase says what it is doing; the lists of all
 * by phase are in the order in which they entered it, so that whoever must make
 * room is found at once. All of it belongs to the loop's thread.
 *
 * Requests are unfinished while their head or body is not whole. Only these can
 * be held open for nothing, so only these are limited by address.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "base/strbuf.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/queue.h>

struct exchange;
struct http_server;

enum client_phase {
	CLIENT_IDLE,   /* between requests: not a byte has come */
	CLIENT_HEAD,   /* sending the head of a request */
	CLIENT_BODY,   /* sending its body */
	CLIENT_WAITS,  /* others have the request */
	CLIENT_READS,  /* reading the answer */
	CLIENT_LEAVES, /* closed by us; what it still sends is thrown away */
	CLIENT_GONE,   /* freed at the end of the turn */
};
#define CLIENT_PHASES (CLIENT_GONE + 1)
#define CLIENT_ADDRESSES 4096

TAILQ_HEAD(client_list, client);

/* IPv4 as IPv6; of IPv6 the network, since a house has a whole one. */
struct address {
	unsigned char bytes[16];
	int64_t n;
	struct client_list unfinished;
	struct address *next;
};

struct client {
	struct http_server *server;
	int fd;
	enum client_phase phase;
	bool excess;      /* beyond the limit of connections: gets a 503 */
	bool readable;    /* as far as we know; see connection.c */
	bool ended;       /* it will send no more, or is gone */
	int64_t since_ms; /* in this phase */
	int64_t moved_ms; /* the last byte from or to it, or since_ms */
	int64_t bytes;    /* moved in this phase */
	int64_t held;     /* of memory, for its request */
	struct strbuf in; /* received, not understood yet, from `used` on */
	size_t used;
	size_t scanned;          /* of a head, from `used` on */
	struct exchange *x;      /* NULL between requests */
	struct address *address; /* while the request is unfinished */
	unsigned char network[16];
	char ip[46];
	TAILQ_ENTRY(client) of_phase, of_address;
};

struct clients {
	struct client_list in[CLIENT_PHASES];
	struct address *addresses[CLIENT_ADDRESSES];
	atomic_llong n; /* but those that are gone */
	int64_t held;   /* by all of them */
};

void clients_init(struct clients *clients);
void clients_release(struct clients *clients); /* nobody is left */

/* Enters it as idle. The caller closes the socket, then lets it go. */
struct client *client_add(struct clients *clients, int fd,
			  const struct sockaddr *from);
void client_phase(struct clients *clients, struct client *client,
		  enum client_phase phase);
void clients_free_gone(struct clients *clients);

/*
 * Who makes room for somebody new: the one that has been idle for longest, else
 * the one that has been unfinished for longest; at least a second. NULL:
 * nobody.
 */
struct client *clients_dispensable(const struct clients *clients);
/* Which of the same address is to go, when more than `most` are unfinished: the
 * first of them. NULL: there are not so many. */
struct client *client_rival(const struct client *client, int64_t most);
/* Accounts for the memory of an unfinished request or a body. */
void client_hold(struct clients *clients, struct client *client, int64_t bytes);

bool client_is_too_slow(const struct client *client, int64_t now_ms,
			int64_t idle_ms, int64_t slow_ms);

#endif
