/*
 * The relay's name to addresses, without the loop waiting for it. A thread of
 * its own a question.
 */
#include "smtp/smtp_private.h"

#include "base/thread/thread.h"

#include <errno.h>
#include <netdb.h>
#include <unistd.h>

/* Shared by the pool and the thread; the last one frees it. */
struct smtp_resolver {
	atomic_int users;
	atomic_bool is_done;
	char *host;
	char port[8];
	int wake_fd;
	int error;
	int error_errno;
	struct addrinfo *found;
};

static void unref(struct smtp_resolver *r)
{
	if (atomic_fetch_sub(&r->users, 1) > 1)
		return;
	if (r->found)
		freeaddrinfo(r->found);
	if (r->wake_fd >= 0)
		(void)close(r->wake_fd); /* a copy of the pool's */
	free(r->host);
	free(r);
}

static void look_up(struct smtp_resolver *r, int flags)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = flags | AI_NUMERICSERV };

	r->error = getaddrinfo(r->host, r->port, &hints, &r->found);
	r->error_errno = errno;
}

static void *run(void *arg)
{
	struct smtp_resolver *r = arg;
	uint64_t one = 1;

	look_up(r, AI_ADDRCONFIG);
	atomic_store(&r->is_done, true);
	(void)!write(r->wake_fd, &one, sizeof(one)); /* only full if awake */
	unref(r);
	return NULL;
}

static void start_thread(struct smtp_resolver *r)
{
	pthread_t thread;

	atomic_fetch_add(&r->users, 1);
	if (thread_start(&thread, "resolver", run, r) != 0) {
		atomic_fetch_sub(&r->users, 1);
		r->error = EAI_AGAIN;
		atomic_store(&r->is_done, true);
	} else {
		(void)pthread_detach(thread);
	}
}

struct smtp_resolver *smtp_resolver_start(const char *host, int port,
					  int wake_fd)
{
	struct smtp_resolver *r = calloc(1, sizeof(*r));

	BUG_ON(!r);
	atomic_init(&r->users, 1);
	r->host = strdup(host);
	BUG_ON(!r->host);
	snprintf(r->port, sizeof(r->port), "%d", port);
	r->wake_fd = -1;
	look_up(r, AI_NUMERICHOST); /* asks nobody */
	if (r->error == 0) {
		atomic_store(&r->is_done, true);
		return r;
	}
	r->wake_fd = dup(wake_fd);
	start_thread(r);
	return r;
}

int smtp_resolver_poll(struct smtp_resolver *r, struct smtp_address *out,
		       size_t *n_out, struct err *err)
{
	const struct addrinfo *ai;
	size_t n = 0;

	if (!atomic_load(&r->is_done))
		return 0;
	if (r->error != 0)
		return err_set(err, ERR_RETRY,
			       "cannot find the relay's address: %s",
			       r->error == EAI_SYSTEM ? strerror(r->error_errno)
						      : gai_strerror(r->error));
	for (ai = r->found; ai && n < SMTP_ADDRESSES_MAX; ai = ai->ai_next) {
		if (ai->ai_family != AF_INET && ai->ai_family != AF_INET6)
			continue;
		memcpy(&out[n].addr, ai->ai_addr, ai->ai_addrlen);
		out[n++].len = ai->ai_addrlen;
	}
	if (n == 0)
		return err_set(err, ERR_RETRY, "the relay has no address");
	*n_out = n;
	return 1;
}

void smtp_resolver_free(struct smtp_resolver **r)
{
	if (*r)
		unref(*r);
	*r = NULL;
}
