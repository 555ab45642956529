#include "httpc/link_check.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/thread/stop.h"
#include "httpc/httpc.h"

#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define KEPT_MAX 32

/* Answers by the path: /200, /head/405/200 (HEAD and GET), /to/URL, /drop,
 * /drop/head, /silent, /long. */
struct site {
	int fd, port;
	pthread_t thread;
	int kept[KEPT_MAX]; /* whom nothing is answered */
	int kept_n;
	atomic_int heads, bodies;
};

static void answer(struct site *s, int fd, const char *request)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	bool is_head = strncmp(request, "HEAD ", 5) == 0;
	const char *path = strchr(request, ' ') + 1;
	char target[300] = "";
	int status = 0, by_get = 0;

	atomic_fetch_add(is_head ? &s->heads : &s->bodies, 1);
	if (sscanf(path, "/to/%299[^ ]", target) == 1)
		strbuf_addf(&out, "HTTP/1.1 302 Found\r\nLocation: %s\r\n",
			    target);
	else if (strncmp(path, "/drop ", 6) == 0 ||
		 (is_head && strncmp(path, "/drop/head", 10) == 0))
		return;
	else if (strncmp(path, "/long", 5) == 0)
		strbuf_addf(&out, "HTTP/1.1 %d X\r\n", is_head ? 405 : 200);
	else if (sscanf(path, "/head/%d/%d", &status, &by_get) == 2)
		strbuf_addf(&out, "HTTP/1.1 %d X\r\n",
			    is_head ? status : by_get);
	else
		strbuf_addf(&out, "HTTP/1.1 %d X\r\n",
			    sscanf(path, "/%d", &status) == 1 ? status : 200);
	strbuf_addf(&out, "Connection: close\r\nContent-Length: %d\r\n\r\n",
		    strncmp(path, "/long", 5) == 0 ? 200000 : 0);
	if (!is_head && strncmp(path, "/long", 5) == 0)
		for (int i = 0; i < 200000; i++)
			strbuf_addch(&out, 'x');
	(void)send(fd, out.buf, out.len, MSG_NOSIGNAL);
}

static void *site_main(void *arg)
{
	struct site *s = arg;

	for (;;) {
		CLEANUP(fd_release) int fd = accept(s->fd, NULL, NULL);
		char request[2048];
		ssize_t n;

		if (fd < 0)
			return NULL;
		n = recv(fd, request, sizeof(request) - 1, 0);
		if (n <= 0)
			continue;
		request[n] = '\0';
		if (strstr(request, " /silent") && s->kept_n < KEPT_MAX) {
			s->kept[s->kept_n++] = fd;
			fd = -1;
			continue;
		}
		answer(s, fd, request);
	}
}

static void site_start(struct site *s)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);

	*s = (struct site){ .fd = socket(AF_INET, SOCK_STREAM, 0) };
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(s->fd, (void *)&sa, len), 0);
	assert_int_equal(listen(s->fd, 100), 0);
	assert_int_equal(getsockname(s->fd, (void *)&sa, &len), 0);
	s->port = ntohs(sa.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, site_main, s), 0);
}

static void site_stop(struct site *s)
{
	(void)shutdown(s->fd, SHUT_RDWR);
	(void)pthread_join(s->thread, NULL);
	(void)close(s->fd);
	for (int i = 0; i < s->kept_n; i++)
		(void)close(s->kept[i]);
}

static const struct link_check_options usual = {
	.one_ms = 5000,
	.all_ms = 20000,
	.allow_private = true,
};

static void links_are_judged_by_what_comes(void **state)
{
	static const struct {
		const char *path;
		enum link_state state;
		int status;
		const char *problem;
	} cases[] = {
		{ "/200", LINK_GOOD, 200, NULL },
		{ "/204", LINK_GOOD, 204, NULL },
		{ "/head/405/200", LINK_GOOD, 200, NULL },
		{ "/head/404/200", LINK_GOOD, 200, NULL },
		{ "/head/500/404", LINK_BROKEN, 404, "no such page" },
		{ "/drop/head", LINK_GOOD, 200, NULL },
		{ "/long", LINK_GOOD, 200, NULL },
		{ "/401", LINK_UNKNOWN, 401, "yourself" },
		{ "/403", LINK_UNKNOWN, 403, "yourself" },
		{ "/405", LINK_UNKNOWN, 405, "yourself" },
		{ "/429", LINK_UNKNOWN, 429, "yourself" },
		{ "/999", LINK_UNKNOWN, 999, "yourself" },
		{ "/304", LINK_UNKNOWN, 304, "neither" },
		{ "/404", LINK_BROKEN, 404, "no such page" },
		{ "/410", LINK_BROKEN, 410, "no such page" },
		{ "/400", LINK_BROKEN, 400, "refuses" },
		{ "/500", LINK_BROKEN, 500, "fails" },
		{ "/to//200", LINK_GOOD, 200, NULL },
		{ "/to//404", LINK_BROKEN, 404, "no such page" },
		{ "/to//to//to//200", LINK_GOOD, 200, NULL },
		{ "/to/file:///etc/passwd", LINK_BROKEN, 302, "no address" },
		{ "/drop", LINK_BROKEN, 0, "no answer" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct link_check links[ARRAY_SIZE(cases)];
	struct site site;

	(void)state;
	site_start(&site);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		links[i].url = arena_printf(arena, "http://127.0.0.1:%d%s",
					    site.port, cases[i].path);
	link_check_all(&usual, links, ARRAY_SIZE(cases), arena);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (links[i].state != cases[i].state ||
		    links[i].status != cases[i].status ||
		    !links[i].problem != !cases[i].problem ||
		    (cases[i].problem &&
		     !strstr(links[i].problem, cases[i].problem)))
			fail_msg("%s: %s, %d, %s", cases[i].path,
				 link_state_name(links[i].state),
				 links[i].status, links[i].problem);
	site_stop(&site);
}

static void nothing_inside_is_asked(void **state)
{
	static const char *const urls[] = {
		"http://127.0.0.1:%d/200",
		"http://localhost:%d/200",
		"http://127.1:%d/200",
		"http://2130706433:%d/200",
		"http://0x7f000001:%d/200",
		"http://0177.0.0.1:%d/200",
		"http://0.0.0.0:%d/200",
		"http://[::1]:%d/200",
		"http://[::]:%d/200",
		"http://[::ffff:127.0.0.1]:%d/200",
		"http://[64:ff9b::7f00:1]:%d/200",
		"http://user:pass@127.0.0.1:%d/200",
		"http://10.0.0.1:%d/",
		"http://172.16.0.1:%d/",
		"http://192.168.0.1:%d/",
		"http://169.254.169.254:%d/latest/meta-data/",
		"http://100.64.0.1:%d/",
		"http://[fe80::1]:%d/",
		"http://[fd00::1]:%d/",
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct link_check_options o = usual;
	struct link_check links[ARRAY_SIZE(urls)];
	struct site site;

	(void)state;
	o.allow_private = false;
	site_start(&site);
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		const char *d = strstr(urls[i], "%d");

		links[i].url =
			arena_printf(arena, "%.*s%d%s", (int)(d - urls[i]),
				     urls[i], site.port, d + 2);
	}
	link_check_all(&o, links, ARRAY_SIZE(urls), arena);
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++)
		if (links[i].state != LINK_UNKNOWN || links[i].status != 0 ||
		    !strstr(links[i].problem, "private network"))
			fail_msg("%s: %s, %d, %s", links[i].url,
				 link_state_name(links[i].state),
				 links[i].status, links[i].problem);
	site_stop(&site);
	assert_int_equal(site.heads + site.bodies, 0);
}

static void what_is_no_web_address_is_broken(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct link_check links[] = { { .url = "ftp://127.0.0.1/" },
				      { .url = "file:///etc/passwd" },
				      { .url = "gopher://127.0.0.1:25/x" },
				      { .url = "http://" } };

	(void)state;
	link_check_all(&usual, links, ARRAY_SIZE(links), arena);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		assert_int_equal(links[i].state, LINK_BROKEN);
}

static void time_is_limited(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct link_check_options o = usual;
	struct link_check links[20];
	struct site site;

	(void)state;
	o.one_ms = 300;
	o.all_ms = 500;
	site_start(&site);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		links[i].url = arena_printf(arena, "http://127.0.0.1:%d/silent",
					    site.port);
	link_check_all(&o, links, ARRAY_SIZE(links), arena);
	assert_int_equal(links[19].state, LINK_UNKNOWN);
	assert_non_null(strstr(links[19].problem, "no time"));
	site_stop(&site);
}

static void a_stop_ends_it(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct link_check link;
	atomic_bool stop = true;
	struct site site;

	(void)state;
	site_start(&site);
	link.url = arena_printf(arena, "http://127.0.0.1:%d/silent", site.port);
	stop_bind(&stop);
	link_check_all(&usual, &link, 1, arena);
	stop_bind(NULL);
	assert_int_equal(link.state, LINK_UNKNOWN);
	site_stop(&site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_judged_by_what_comes),
		cmocka_unit_test(nothing_inside_is_asked),
		cmocka_unit_test(what_is_no_web_address_is_broken),
		cmocka_unit_test(time_is_limited),
		cmocka_unit_test(a_stop_ends_it),
	};

	httpc_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
