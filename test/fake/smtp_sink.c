/*
 * smtp_sink - takes mail as fast as it comes and throws it away
 *
 *     smtp_sink [--port N] [--tls] [--no-pipelining]
 *               [--when STEP TEXT REPLY]...
 *
 * For benches; listens on 127.0.0.1 only. Port 0 (the default) takes a free
 * one. Prints "port N" at the start (with --tls, also "certificate FILE": what
 * to trust) and, at SIGTERM or SIGINT, "accepted N
 * bytes N connections N". STEP, TEXT and REPLY are those of
 * smtp/sink_fixture.h; "" as TEXT always fits.
 */
#include "smtp/certificate_fixture.h"
#include "smtp/sink_fixture.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(void)
{
	fputs("usage: smtp_sink [--port N] [--tls] [--no-pipelining] "
	      "[--when MAIL|RCPT|DATA|DOT TEXT REPLY]...\n",
	      stderr);
	return 2;
}

/* How many arguments the option takes; -1: there is no such option. */
static int arguments_of(const char *option)
{
	if (strcmp(option, "--port") == 0)
		return 1;
	if (strcmp(option, "--when") == 0)
		return 3;
	return strcmp(option, "--no-pipelining") == 0 ||
			       strcmp(option, "--tls") == 0
		       ? 0
		       : -1;
}

static void add_rules(struct sink *sink, char **argv)
{
	for (; *argv; argv += 1 + arguments_of(*argv))
		if (strcmp(*argv, "--when") == 0)
			sink_when(sink, argv[1], argv[2], argv[3], SINK_ALWAYS);
}

static void tell_totals(struct sink *sink)
{
	struct sink_totals t = sink_totals(sink);

	printf("accepted %lld bytes %lld connections %lld\n",
	       (long long)t.accepted, (long long)t.bytes,
	       (long long)t.connections);
}

static void tell_place(const struct sink *sink, const struct certificate *c)
{
	printf("port %d\n", sink_port(sink));
	if (c)
		printf("certificate %s\n", certificate_path(c));
	(void)fflush(stdout);
}

int main(int argc, char **argv)
{
	struct certificate *certificate = NULL;
	struct sink_options options = { 0 };
	struct sink *sink;
	sigset_t stop;
	int got;

	for (int i = 1; i < argc; i += 1 + arguments_of(argv[i])) {
		int n = arguments_of(argv[i]);

		if (n < 0 || i + n >= argc)
			return usage();
		if (strcmp(argv[i], "--tls") == 0)
			certificate = certificate_new("IP:127.0.0.1");
		else if (n == 0)
			options.no_pipelining = true;
		else if (n == 1)
			options.port = (int)strtol(argv[i + 1], NULL, 10);
	}
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &stop, NULL);
	options.certificate = certificate;
	sink = sink_start(&options);
	if (!sink) {
		perror("smtp_sink");
		return 1;
	}
	add_rules(sink, argv + 1);
	tell_place(sink, certificate);
	(void)sigwait(&stop, &got);
	tell_totals(sink);
	sink_free(&sink);
	certificate_free(&certificate);
	return 0;
}
