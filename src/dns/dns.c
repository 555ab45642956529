#include "dns/dns.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/stop.h"

#include <ares.h>
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>

#define TRY_MS 1200
#define TRIES 2
#define LOOK_MS 200        /* between looks at the stop */
#define EDNS_SIZE 1232     /* fits into one packet anywhere */
#define TEXT_MAX (8 << 10) /* bytes of a record that are looked at */

/* One question, what c-ares' callback sees. */
struct question {
	struct arena *arena;
	struct dns_answer *answer;
	bool is_done;
};

static void channel_free(ares_channel *channel)
{
	if (*channel)
		ares_destroy(*channel);
	*channel = NULL;
}

/* 192.0.2.1, 192.0.2.1:53, 2001:db8::1, [2001:db8::1]:53 */
static bool is_server(struct str s)
{
	bool in_brackets = str_starts(s, "[");
	bool is_v6 = in_brackets ||
		     (s.len > 0 &&
		      memchr(s.s, ':', s.len) != memrchr(s.s, ':', s.len));
	struct str host = s, port = { NULL, 0 };
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	int64_t n;

	if (in_brackets) {
		port = (struct str){ s.s + 1, s.len - 1 };
		host = str_cut(&port, ']');
		if (!port.s || (port.len > 0 && *port.s != ':'))
			return false;
		port = port.len ? (struct str){ port.s + 1, port.len - 1 }
				: (struct str){ NULL, 0 };
	} else if (!is_v6) {
		port = s;
		host = str_cut(&port, ':');
	}
	if (host.len >= sizeof(text) ||
	    (port.s && (!str_to_int(port, &n) || n < 1 || n > 65535)))
		return false;
	memcpy(text, host.s, host.len);
	text[host.len] = '\0';
	return inet_pton(is_v6 ? AF_INET6 : AF_INET, text, bytes) == 1;
}

int dns_check_server(const char *text, struct err *err)
{
	if (!*text || is_server(str_of(text)))
		return 0;
	return err_set(err, ERR_INVALID,
		       "\"%s\" is no address of a resolver: write 192.0.2.1, "
		       "192.0.2.1:53 or [2001:db8::1]:53",
		       text);
}

/* --- an answer --- */

static void unknown(struct question *q, const char *why)
{
	q->answer->found = DNS_UNKNOWN;
	q->answer->why = why;
}

static void add_bytes(struct strbuf *out, const unsigned char *s, size_t n)
{
	for (size_t i = 0; i < n && out->len < TEXT_MAX; i++)
		strbuf_addch(out,
			     s[i] >= 0x20 && s[i] < 0x7f ? (char)s[i] : '?');
}

static void keep_texts(struct question *q, const struct ares_txt_ext *list)
{
	struct dns_answer *a = q->answer;

	a->texts = arena_array(q->arena, const char *, DNS_TEXTS_MAX);
	while (list && a->n < DNS_TEXTS_MAX) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

		do {
			add_bytes(&text, list->txt, list->length);
			list = list->next;
		} while (list && !list->record_start);
		a->texts[a->n++] = arena_str(q->arena, strbuf_str(&text));
	}
	a->found = a->n > 0 ? DNS_FOUND : DNS_NOTHING;
}

static void read_reply(struct question *q, const unsigned char *bytes, int len)
{
	struct ares_txt_ext *list = NULL;
	int status = ares_parse_txt_reply_ext(bytes, len, &list);

	if (status == ARES_SUCCESS)
		keep_texts(q, list);
	else if (status != ARES_ENODATA)
		unknown(q, "the resolver's answer makes no sense");
	if (list)
		ares_free_data(list);
}

static void on_reply(void *arg, int status, int timeouts, unsigned char *bytes,
		     int len)
{
	struct question *q = arg;

	(void)timeouts;
	q->is_done = true;
	switch (status) {
	case ARES_SUCCESS:
		read_reply(q, bytes, len);
		break;
	case ARES_ENOTFOUND:
	case ARES_ENODATA:
		break;
	case ARES_EBADNAME:
		unknown(q, "this is no name to ask for");
		break;
	case ARES_ETIMEOUT: /* or it says that it fails, or refuses */
	case ARES_ECANCELLED:
	case ARES_ECONNREFUSED:
	case ARES_ESERVFAIL:
	case ARES_EREFUSED:
	case ARES_ENOTIMP:
		unknown(q, "no resolver gives an answer");
		break;
	default:
		unknown(q, "the resolver's answer makes no sense");
	}
}

/* --- a question --- */

static int open_channel(const struct dns_options *o, ares_channel *channel,
			struct err *err)
{
	struct ares_options a = {
		.flags = ARES_FLAG_EDNS | ARES_FLAG_NOALIASES,
		.timeout = TRY_MS,
		.tries = TRIES,
		.ednspsz = EDNS_SIZE,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
		   ARES_OPT_EDNSPSZ;
	int status = ares_init_options(channel, &a, mask);

	if (status == ARES_SUCCESS && o->server && *o->server)
		status = ares_set_servers_ports_csv(*channel, o->server);
	return status == ARES_SUCCESS
		       ? 0
		       : err_set(err, ERR_IO, "asking the DNS: %s",
				 ares_strerror(status));
}

/* Until something comes, c-ares wants to try again, or it is time to look. */
static void wait_and_go_on(ares_channel channel)
{
	ares_socket_t socks[ARES_GETSOCK_MAXNUM];
	unsigned mask =
		(unsigned)ares_getsock(channel, socks, ARES_GETSOCK_MAXNUM);
	struct pollfd fds[ARES_GETSOCK_MAXNUM];
	struct timeval most = { .tv_usec = LOOK_MS * 1000 }, tv, *due;
	nfds_t n = 0;

	for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		/* c-ares' own macros shift a signed 1 out of its bits */
		bool reads = mask >> i & 1U;
		bool writes = mask >> (i + ARES_GETSOCK_MAXNUM) & 1U;

		if (reads || writes)
			fds[n++] = (struct pollfd){
				.fd = socks[i],
				.events = (short)((reads ? POLLIN : 0) |
						  (writes ? POLLOUT : 0))
			};
	}
	due = ares_timeout(channel, &most, &tv);
	(void)poll(fds, n, (int)(due->tv_sec * 1000 + due->tv_usec / 1000 + 1));
	if (n == 0) /* only what is late */
		ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	for (nfds_t i = 0; i < n; i++)
		ares_process_fd(channel,
				fds[i].revents & (POLLIN | POLLERR | POLLHUP)
					? fds[i].fd
					: ARES_SOCKET_BAD,
				fds[i].revents & POLLOUT ? fds[i].fd
							 : ARES_SOCKET_BAD);
}

int dns_ask_texts(const struct dns_options *options, const char *name,
		  struct arena *arena, struct dns_answer *out, struct err *err)
{
	CLEANUP(channel_free) ares_channel channel = NULL;
	struct question q = { .arena = arena, .answer = out };
	int64_t end_us = clock_monotonic_us() + options->total_ms * 1000;

	*out = (struct dns_answer){ .found = DNS_NOTHING };
	if (open_channel(options, &channel, err) < 0)
		return -1;
	ares_query(channel, name, 1 /* IN */, 16 /* TXT */, on_reply, &q);
	while (!q.is_done && clock_monotonic_us() < end_us && !stop_is_asked())
		wait_and_go_on(channel);
	if (!q.is_done)
		ares_cancel(channel); /* calls on_reply */
	return stop_check(err);
}
