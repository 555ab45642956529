#include "app/listen.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A port that is free now, in the place of 0: links and leases name it. */
static int free_port(const char *host, int *out, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICHOST | AI_PASSIVE };
	CLEANUP(fd_release) int fd = -1;
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	struct addrinfo *ai = NULL;
	char port[8] = "0";

	if (getaddrinfo(host, "0", &hints, &ai) != 0)
		return err_set(err, ERR_INVALID,
			       "listen: %s is no address to listen on", host);
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, ai->ai_addr, ai->ai_addrlen) < 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &len) < 0) {
		freeaddrinfo(ai);
		return err_errno(err, "listen: no free port at %s", host);
	}
	freeaddrinfo(ai);
	(void)getnameinfo((struct sockaddr *)&sa, len, NULL, 0, port,
			  sizeof(port), NI_NUMERICSERV);
	*out = (int)strtol(port, NULL, 10);
	return 0;
}

/* A name may lead anywhere; what looks like an address must be one. */
static bool is_host(const char *host)
{
	struct in6_addr any;
	size_t len = strlen(host);

	if (host[0] == '[')
		return host[len - 1] == ']';
	if (len > 0 && strspn(host, "0123456789.") == len)
		return inet_pton(AF_INET, host, &any) == 1;
	return true;
}

int listen_check(const char *text, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *colon = strrchr(text, ':');
	int64_t port;

	if (!colon || !text_to_int(colon + 1, &port) || port < 0 ||
	    port > UINT16_MAX ||
	    !is_host(arena_strndup(arena, text, (size_t)(colon - text))))
		return err_set(err, ERR_INVALID,
			       "\"%s\" is not an address like 127.0.0.1:8080",
			       text);
	return 0;
}

int listen_settle(const char **listen, struct arena *arena, struct err *err)
{
	const char *colon = strrchr(*listen, ':');
	struct str host;
	int port = 0;

	if (colon == *listen)
		*listen = arena_printf(arena, "127.0.0.1%s", colon);
	colon = strrchr(*listen, ':');
	if (!colon || strcmp(colon, ":0") != 0)
		return 0;
	host = (struct str){ *listen, (size_t)(colon - *listen) };
	if (host.len > 2 && host.s[0] == '[')
		host = (struct str){ host.s + 1, host.len - 2 };
	if (free_port(str_is(host, "*") ? NULL : arena_str(arena, host), &port,
		      err) < 0)
		return -1;
	*listen = arena_printf(arena, "%.*s:%d", (int)(colon - *listen),
			       *listen, port);
	return 0;
}
