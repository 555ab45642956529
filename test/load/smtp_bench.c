/*
 * smtp_bench - how fast smtp_pool hands messages over
 *
 *     smtp_bench URL MESSAGES BYTES [CONNECTIONS] [IN_FLIGHT] [no-pipelining]
 *
 * Prints messages a second and the CPU time of this process a message. Run it
 * against smtp_sink; compare with postfix' smtp-source -d on the same sink.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "smtp/smtp_pool.h"
#include "smtp/smtp_relay.h"

#include <stdatomic.h>
#include <sys/resource.h>

struct bench {
	atomic_llong accepted, other;
};

static void on_result(void *context, const struct smtp_result *result)
{
	struct bench *bench = context;

	if (result->outcome == SMTP_ACCEPTED)
		atomic_fetch_add(&bench->accepted, 1);
	else
		atomic_fetch_add(&bench->other, 1);
}

static void make_content(struct strbuf *out, int64_t bytes)
{
	strbuf_addstr(out, "From: <a@example.org>\r\nTo: <b@example.org>\r\n"
			   "Subject: bench\r\n\r\n");
	while (out->len + 74 < (size_t)bytes)
		strbuf_addstr(out, "Lorem ipsum dolor sit amet, consectetur "
				   "adipiscing elit, sed do eiusmod.\r\n");
}

static int64_t cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
	       u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static int send_all(struct smtp_pool *pool, int64_t messages,
		    struct str content, struct err *err)
{
	struct smtp_message m = { .sender = "bounce@example.org" };
	char rcpt[64];
	int64_t i;

	for (i = 0; i < messages; i++) {
		snprintf(rcpt, sizeof(rcpt), "user%lld@example.net",
			 (long long)i);
		m.rcpt = rcpt;
		m.content = (struct smtp_content)SMTP_CONTENT_INIT;
		strbuf_reserve(&m.content.text, content.len);
		strbuf_addslice(&m.content.text, content);
		if (smtp_pool_submit(pool, &m, err) < 0)
			return -1;
	}
	return 0;
}

static int run(char **argv, const struct smtp_options *options, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf content = STRBUF_INIT;
	CLEANUP(smtp_pool_free) struct smtp_pool *pool = NULL;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	int64_t messages = strtoll(argv[2], NULL, 10), start, us;
	struct bench bench = { 0 };
	struct smtp_relay relay;

	make_content(&content, strtoll(argv[3], NULL, 10));
	if (smtp_relay_parse(argv[1], arena, &relay, err) < 0 ||
	    smtp_pool_start(&relay, options, on_result, &bench, &pool, err) < 0)
		return -1;
	start = clock_monotonic_us();
	if (send_all(pool, messages, strbuf_str(&content), err) < 0)
		return -1;
	smtp_pool_stop(pool);
	us = clock_monotonic_us() - start;
	printf("%lld accepted, %lld not; %.0f msg/s, %.1f us CPU a message\n",
	       atomic_load(&bench.accepted), atomic_load(&bench.other),
	       (double)messages * 1e6 / (double)us,
	       (double)cpu_us() / (double)messages);
	return 0;
}

int main(int argc, char **argv)
{
	struct smtp_options options = SMTP_OPTIONS_DEFAULT;
	struct err err = ERR_INIT;

	if (argc < 4) {
		fputs("usage: smtp_bench URL MESSAGES BYTES [CONNECTIONS] "
		      "[IN_FLIGHT] [no-pipelining]\n",
		      stderr);
		return 2;
	}
	if (argc > 4)
		options.connections = strtoll(argv[4], NULL, 10);
	options.queue = argc > 5 ? strtoll(argv[5], NULL, 10) : 32;
	options.no_pipelining = argc > 6;
	options.messages_each = 0;
	options.stop_timeout_ms = 60000;
	if (run(argv, &options, &err) < 0) {
		fprintf(stderr, "smtp_bench: %s\n", err.text);
		return 1;
	}
	return 0;
}
