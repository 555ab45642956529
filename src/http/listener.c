#include "http/listener.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

static int resolve(const char *address, struct addrinfo **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf host = STRBUF_INIT;
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
				  .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	const char *colon = strrchr(address, ':');
	int64_t port;
	int code;

	/* getaddrinfo() takes 99999, and makes another port of it. */
	if (!colon || !str_to_int(str_of(colon + 1), &port) || port < 0 ||
	    port > UINT16_MAX)
		return err_set(err, ERR_INVALID,
			       "%s is not an address like 127.0.0.1:8080",
			       address);
	strbuf_add(&host, address, (size_t)(colon - address));
	if (host.len > 2 && host.buf[0] == '[') {
		strbuf_reset(&host);
		strbuf_add(&host, address + 1, (size_t)(colon - address) - 2);
	}
	code = getaddrinfo(
		host.len == 0 || strcmp(host.buf, "*") == 0 ? NULL : host.buf,
		colon + 1, &hints, out);
	if (code != 0)
		return err_set(err, ERR_INVALID, "cannot listen on %s: %s",
			       address, gai_strerror(code));
	return 0;
}

static int bind_to(const struct addrinfo *ai, const char *address,
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
				       address);
		return err_errno(err, "cannot listen on %s", address);
	}
	ret = fd;
	fd = -1;
	return ret;
}

int listener_open(const char *address, struct err *err)
{
	struct addrinfo *ai = NULL;
	int fd;

	if (resolve(address, &ai, err) < 0)
		return -1;
	fd = bind_to(ai, address, err);
	freeaddrinfo(ai);
	return fd;
}

int listener_name(int fd, char out[80])
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	char host[64] = "?", port[8] = "0";

	out[0] = 0;
	if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		return 0;
	(void)getnameinfo((struct sockaddr *)&sa, len, host, sizeof(host), port,
			  sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	(void)snprintf(out, 80, sa.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s",
		       host, port);
	return (int)strtol(port, NULL, 10);
}
