/*
 * http_bench - the HTTP server without anything behind it
 *
 *     http_bench pool|later [WORKERS]
 *
 * Serves a 43-byte GIF at /gif on an ephemeral port, which it prints, until
 * its standard input ends: answered by the handler, or by another thread (as
 * tracking does). Use http_load on it.
 */
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/thread/queue.h"
#include "http/server.h"

#include <pthread.h>
#include <string.h>

static void fill(struct response *rs)
{
	static const unsigned char gif[43] = "GIF89a\1\0\1";

	rs->content_type = "image/gif";
	strbuf_add(&rs->body, gif, sizeof(gif));
}

static int get_gif(struct request *rq, struct response *rs, struct err *err)
{
	struct queue *owed = rq->context;

	(void)err;
	if (!owed) {
		fill(rs);
		return 0;
	}
	response_later(rs);
	(void)queue_push(owed, rs);
	return 1;
}

static void *answer_owed(void *arg)
{
	struct queue *owed = arg;
	void *rs[256];
	size_t n;

	while ((n = queue_take(owed, rs, 256, -1)) > 0) {
		for (size_t i = 0; i < n; i++) {
			fill(rs[i]);
			response_done(rs[i], NULL);
		}
	}
	return NULL;
}

static const struct route routes[] = {
	{ HTTP_GET, "/gif", get_gif, PERMIT_PUBLIC, false },
};

int main(int argc, char **argv)
{
	CLEANUP(router_free) struct router *router = router_new();
	CLEANUP(http_server_free) struct http_server *server = NULL;
	struct http_options options = HTTP_OPTIONS_DEFAULT;
	struct queue *owed = queue_new(100000);
	const char *mode = argc > 1 ? argv[1] : "pool";
	struct err err = ERR_INIT;
	pthread_t answerer;

	crypto_init();
	options.listen = "127.0.0.1:0";
	options.connections = 1000;
	if (argc > 2)
		options.workers = strtol(argv[2], NULL, 10);
	router_add(router,
		   &(struct route_table){ .prefix = "",
					  .dialect = DIALECT_PAGE,
					  .routes = routes,
					  .n = 1,
					  .context = strcmp(mode, "later") == 0
							     ? owed
							     : NULL });
	if (http_server_start(&options, router, &server, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	(void)pthread_create(&answerer, NULL, answer_owed, owed);
	(void)printf("%s\n", http_server_address(server));
	(void)fflush(stdout);
	while (getchar() != EOF)
		;
	http_server_stop(server);
	queue_close(owed);
	(void)pthread_join(answerer, NULL);
	queue_free(&owed);
	return 0;
}
